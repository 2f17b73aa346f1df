"""The list of a village's registered households (花名册) as a workbook, ready to be printed on A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from io import BytesIO
from math import ceil
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from foundation.files import write_bytes
from foundation.language import moment_in_words
from reports import overrides
from reports.audience import UNNAMED, Audience
from reports.document import AUTHOR, midnight, timeless
from reports.household_sheet import told_of
from reports.households import LACKING, Record
from reports.published import Published
from reports.workbook import Styles, make_styles, open_book, write_cell, write_heads

_A4 = 9  # as Excel counts paper
_HEAD_ROW = 4
_FILLS = {"NOT_MET": "#F2D4D2", "UNKNOWN": "#F8E8C4"}
_FIXED = (
    ("序号", 5), ("户编号", 12), ("户主", 9), ("人口", 5), ("成员", 22), ("自然村", 10), ("脱贫退出", 9),
    ("户类型", 10),
)  # fmt: skip
_GUARANTEE_WIDTH = 17
_LINE = 15  # points


@dataclass(frozen=True)
class Village:
    """A village by the names that the register's list gives it."""

    town_name: str
    village_name: str


@dataclass(frozen=True)
class Listed:
    """How many households and people a list has."""

    household_count: int
    member_count: int


def read_villages(published: Published) -> list[tuple[Village, frozenset[str]]]:
    """The villages in which somebody is registered, each with its codes."""
    sql = """
        select town_name, village_name,
            list(distinct village_code) filter (where village_code is not null) as codes
        from mart.dim_household where as_of = $as_of and village_name is not null
        group by town_name, village_name order by min(town_code) nulls last, town_name, village_name
    """
    return [
        (Village(each["town_name"], each["village_name"]), frozenset(each["codes"] or ()))
        for each in published.records(sql)
    ]


def write_village_list(
    published: Published, village: Village, audience: Audience, stamp: date, out: Path
) -> Listed:
    """Write the list, whole or not at all; `stamp` is its date in the file's properties."""
    where = {"town": village.town_name, "village": village.village_name}
    households, guarantees = _households(published, where), _guarantees(published, where, audience)
    members = _members(published, where, audience)
    buffer = BytesIO()
    book = open_book(buffer)
    title = f"{village.town_name}{village.village_name}建档立卡户花名册"
    book.set_properties({"title": title, "author": AUTHOR, "created": midnight(stamp)})
    styles = make_styles(book)
    people = sum(len(each) for each in members.values())
    sheet = book.add_worksheet("花名册")
    _write_top(sheet, published, title, audience, (len(households), people), guarantees, styles)
    _write_households(book, sheet, households, guarantees, members, audience)
    by_hand = overrides.of_village(published, village.town_name, village.village_name)
    if by_hand and audience.has_sources:
        overrides.write_overrides(book.add_worksheet(overrides.SHEET), by_hand, styles)
    _write_sources(book.add_worksheet("来源"), published, where, audience, styles)
    book.close()
    write_bytes(timeless(buffer.getvalue()), out)
    return Listed(len(households), people)


def _households(published: Published, where: Record) -> list[Record]:
    sql = """
        select * from mart.dim_household
        where as_of = $as_of and town_name = $town and village_name = $village
        order by natural_village_name nulls last, register_household_no
    """
    return published.records(sql, where)


def _guarantees(published: Published, where: Record, audience: Audience) -> list[Record]:
    """Those of the households that are counted, in the order of the columns."""
    sql = """
        select * from mart.fct_guarantee
        where as_of = $as_of and town_name = $town and village_name = $village and is_counted
        order by sort_order, guarantee
    """
    return [each for each in published.records(sql, where) if each["guarantee"] not in audience.hidden]


def _members(published: Published, where: Record, audience: Audience) -> dict[str, list[str]]:
    """Household → the names of its people, the head first."""
    sql = """
        select p.household_id, p.person_name from mart.dim_person p
        join mart.dim_household h on h.household_id = p.household_id and h.as_of = p.as_of
        where p.as_of = $as_of and h.town_name = $town and h.village_name = $village
        order by p.household_id, p.relation_code <> '户主', p.register_person_no
    """
    found: dict[str, list[str]] = {}
    for each in published.records(sql, where):
        found.setdefault(each["household_id"], []).append(audience.name(each["person_name"]))
    return found


def _write_top(
    sheet: Worksheet,
    published: Published,
    title: str,
    audience: Audience,
    counts: tuple[int, int],
    guarantees: Sequence[Record],
    styles: Styles,
) -> None:
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(1, 0, told_of(published, audience))
    sheet.write_string(2, 0, f"共 {counts[0]} 户，人口表 {counts[1]} 人。{_summary(guarantees)}")
    heads = [*_fixed(audience), *((label, _GUARANTEE_WIDTH) for label in _labels(guarantees))]
    write_heads(sheet, _HEAD_ROW, [head for head, _ in heads], [width for _, width in heads], styles)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.freeze_panes(_HEAD_ROW + 1, 3)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _fixed(audience: Audience) -> tuple[tuple[str, int], ...]:
    """Heads and widths before the guarantees."""
    return _FIXED if audience.has_circumstances else _FIXED[:-1]


def _labels(guarantees: Sequence[Record]) -> dict[str, str]:
    """Label → guarantee, in the order of the columns."""
    return {each["guarantee_label"]: each["guarantee"] for each in guarantees}


def _summary(guarantees: Sequence[Record]) -> str:
    said = []
    for label, name in _labels(guarantees).items():
        counts = {
            state: [
                each["state_label"]
                for each in guarantees
                if (each["guarantee"], each["state"]) == (name, state)
            ]
            for state in LACKING
        }
        told = [f"{labels[0]} {len(labels)} 户" for labels in counts.values() if labels]
        if told:
            said.append(f"{label}：{'、'.join(told)}")
    return "；".join(said) + "。" if said else "所列各项没有未保障、待核实的户。"


def _write_households(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    households: Sequence[Record],
    guarantees: Sequence[Record],
    members: dict[str, list[str]],
    audience: Audience,
) -> None:
    ruled = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True, "border": 1}
    plain = book.add_format(ruled)
    centred = book.add_format({**ruled, "align": "center"})
    fills: dict[str, Format] = {
        state: book.add_format({**ruled, "bg_color": colour}) for state, colour in _FILLS.items()
    }
    of = {(each["household_id"], each["guarantee"]): each for each in guarantees}
    names = list(_labels(guarantees).values())
    for number, household in enumerate(households, 1):
        row, key = _HEAD_ROW + number, household["household_id"]
        people = members.get(key, [])
        fixed = (
            number, household["register_household_no"], audience.name(household["head_name"]),
            household["member_count"], _together(people), household["natural_village_name"],
            _lifted(household), household["poverty_type"],
        )[: len(_fixed(audience))]  # fmt: skip
        for column, value in enumerate(fixed):
            write_cell(sheet, row, column, value, centred if isinstance(value, int) else plain)
        told = [of.get((key, name)) for name in names]
        for column, each in enumerate(told, len(fixed)):
            text = _told(each) if each else None
            write_cell(sheet, row, column, text, fills.get(each["state"], plain) if each else plain)
        lines = max([ceil(len(_together(people)) / 12), *(ceil(_length(each) / 9) for each in told)])
        sheet.set_row(row, _LINE * max(1, lines) + 4)
    last = _HEAD_ROW + max(len(households), 1)
    sheet.autofilter(_HEAD_ROW, 0, last, len(_fixed(audience)) + len(names) - 1)


def _length(told: Record | None) -> int:
    return len(_told(told)) if told else 0


def _told(guarantee: Record) -> str:
    """What the files say stays beside what is by hand; who said so stands in a sheet of its own."""
    if guarantee.get("override_id") is not None:
        files = f"{guarantee['state_label_before_override']}，{guarantee['reason_before_override']}"
        return f"{guarantee['state_label']}（{overrides.SHEET}）；文件得出：{files}"
    return f"{guarantee['state_label']}：{guarantee['reason']}"


def _together(people: Sequence[str]) -> str:
    """陈大、陈二，不列名 2 人."""
    named = [each for each in people if each != UNNAMED]
    unnamed = f"不列名 {len(people) - len(named)} 人" if len(named) < len(people) else ""
    return "，".join(each for each in ("、".join(named), unnamed) if each)


def _lifted(household: Record) -> str | None:
    if household["is_exited"]:
        return "已退出"
    if household["is_lifted"] is None:
        return None
    return "已脱贫" if household["is_lifted"] else "未脱贫"


def _write_sources(
    sheet: Worksheet, published: Published, where: Record, audience: Audience, styles: Styles
) -> None:
    """The files on which the list rests: its register, and the evidence of its guarantees."""
    sql = """
        with used as (
            select source_batch_id as batch_id, household_id from mart.fct_figure_member
            where as_of = $as_of and figure_id in ('reg_hh', 'reg_pp')
            union all
            select evidence_batch_id, household_id from mart.fct_guarantee
            where as_of = $as_of and is_counted and guarantee <> all ($hidden)
        )
        select d.department_name, d.feed_title, d.as_of as speaks_for_on, d.received_at, d.file_name,
            left(d.sha256, 16) as digest, count(*) as row_count
        from used u
        join mart.dim_household h on h.household_id = u.household_id and h.as_of = $as_of
        join mart.fct_delivery d on d.batch_id = u.batch_id
        where h.town_name = $town and h.village_name = $village
        group by all order by d.department_name, d.feed_title, d.received_at, d.file_name
    """
    found = published.records(sql, {**where, "hidden": sorted(audience.hidden)})
    heads: list[tuple[str, int]] = [("部门", 20), ("数据", 34), ("数据日期", 12), ("收到时间", 20)]
    if audience.has_sources:
        heads += [("文件", 44), ("文件摘要", 20), ("本表所用行数", 14)]
    sheet.write_string(0, 0, "本表依据的文件", styles.title)
    write_heads(sheet, 2, [head for head, _ in heads], [width for _, width in heads], styles)
    for row, each in enumerate(found, 3):
        received = moment_in_words(each["received_at"].replace(tzinfo=UTC), "zh")
        day = each["speaks_for_on"].isoformat() if each["speaks_for_on"] else None
        values = (
            each["department_name"], each["feed_title"], day, received, each["file_name"], each["digest"],
            each["row_count"],
        )  # fmt: skip
        for column, value in enumerate(values[: len(heads)]):
            write_cell(sheet, row, column, value)
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
