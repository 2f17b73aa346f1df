"""The annex of the report as a workbook: every figure with what it is, how it comes about, and its list.

A figure has a sheet of its own. Long lists of registered households and persons stand once, in the
sheets 建档立卡户 and 建档立卡人口, with a column per figure: half a million lines of the same people
serve nobody.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from foundation.files import write_bytes
from foundation.language import moment_in_words
from reports.basis import Basis, Figure, plain, with_unit
from reports.document import AUTHOR, in_words, midnight, timeless
from reports.overrides import SHEET, write_overrides
from reports.workbook import Styles, make_styles, open_book, write_cell, write_heads

LONG_LIST = 1_000  # members above which registered households and persons stand in the shared sheets
_REGISTER = {"household": "建档立卡户", "person": "建档立卡人口"}
_STATES = {
    "MET": "有保障", "NOT_MET": "未保障", "UNKNOWN": "情况不明", "EXEMPT": "免除", "NOT_APPLICABLE": "不适用",
}  # fmt: skip
_COUNT_STATES = {"COUNTED": "已计全", "COUNTED_WITH_GAPS": "已计，数据有缺口", "NOT_COUNTABLE": "算不出"}
_KINDS = {"H": "户", "P": "人", "E": "事项", "V": "村", "L": "台账", "A": "出具说明（没有名单）"}
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_SHEET_LENGTH = 31
_IDENTITY_STATES = {
    "HELD": "成立", "BROKEN": "不成立", "NOT_COUNTABLE": "算不出", "NOT_CLAIMED": "没有人这样说",
}  # fmt: skip
_COMPARATORS = {"=": "＝", "<=": "≤", "in": "列入", "apart": "不在", "none": "应没有"}


@dataclass(frozen=True)
class Annexed:
    """What the annex holds: sheets, and members in them by figure."""

    sheet_count: int
    member_counts: dict[str, int]


def write_annex(basis: Basis, figure_ids: Sequence[str], stamp: date, out: Path) -> Annexed:
    """Write the annex, whole or not at all: contents, identities, the figures named, register lists."""
    buffer = io.BytesIO()
    book = open_book(buffer)
    book.set_properties(
        {
            "title": "自评报告附表",
            "author": AUTHOR,
            "created": midnight(stamp),
        }
    )
    styles = make_styles(book)
    figures = [basis.figures[each] for each in figure_ids]
    counts = dict(basis.rows("select figure_id, count(*) from fct_figure_member group by figure_id"))
    shared = {kind: [each for each in figures if _is_shared(each, counts, kind)] for kind in _REGISTER}
    names = _sheet_names(figures)
    _write_contents(book.add_worksheet("目录"), basis, figures, names, counts, styles)
    _write_identities(book.add_worksheet("恒等关系"), basis, styles)
    if any(each.contradiction_id for each in basis.identities):
        _write_contradictions(book.add_worksheet("矛盾"), basis, styles)
    _write_claims(book.add_worksheet("说法与所数"), basis, styles)
    if basis.overrides:
        write_overrides(book.add_worksheet(SHEET), basis.overrides, styles)
    for figure in figures:
        is_shared = any(figure in each for each in shared.values())
        sheet = book.add_worksheet(names[figure.figure_id])
        _write_figure(sheet, basis, figure, is_shared, styles)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    for kind, members in shared.items():
        sheet = book.add_worksheet(_REGISTER[kind])
        _write_register(sheet, basis, kind, members, styles)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
    book.close()
    write_bytes(timeless(buffer.getvalue()), out)
    return Annexed(
        len(book.worksheets()), {each.figure_id: counts.get(each.figure_id, 0) for each in figures}
    )


def _is_shared(figure: Figure, counts: dict[str, int], kind: str) -> bool:
    wanted = {"household": "H", "person": "P"}[kind]
    return figure.has_list and figure.kind == wanted and counts.get(figure.figure_id, 0) > LONG_LIST


def _sheet_names(figures: Sequence[Figure]) -> dict[str, str]:
    """Figure id → a name that Excel takes and that nobody else has."""
    taken: set[str] = set()
    names = {}
    for place, figure in enumerate(figures, 1):
        label = _SHEET_FORBIDDEN.sub("", figure.label)
        name = f"{place}.{label}"[:_SHEET_LENGTH]
        names[figure.figure_id] = name
        taken.add(name)
    return names


def _write_contents(
    sheet: Worksheet, basis: Basis, figures: Sequence[Figure], names: dict[str, str], counts: dict[str, int],
    styles: Styles,
) -> None:  # fmt: skip
    sheet.write(0, 0, f"自评报告附表（截至{in_words(basis.as_of)}）", styles.title)
    known = moment_in_words(basis.known_by.replace(tzinfo=UTC), "zh")
    sheet.write(1, 0, f"数据按 {known} 所知；底表摘要 {basis.sha256[:16]}。点指标名称打开名单。")
    heads = (
        "序号",
        "报告部分",
        "指标",
        "数",
        "单位",
        "计数情况",
        "数据提示或不得印出的原因",
        "名单行数",
        "指标代码",
    )
    widths = (6, 16, 40, 14, 8, 18, 60, 10, 24)
    write_heads(sheet, 3, heads, widths, styles)
    sheet.freeze_panes(4, 3)
    for row, figure in enumerate(figures, 4):
        sheet.write_number(row, 0, row - 3)
        sheet.write(row, 1, figure.section or "")
        sheet.write_url(row, 2, f"internal:'{names[figure.figure_id]}'!A1", styles.link, figure.label)
        sheet.write(row, 3, figure.printed or "不得印出", styles.number if figure.printed else styles.warn)
        sheet.write(row, 4, figure.unit)
        sheet.write(row, 5, _COUNT_STATES[figure.count_state])
        said = figure.blocked_reason or figure.caveat or ""
        sheet.write(row, 6, said, styles.warn if figure.blocked_reason else styles.text)
        if figure.has_list:
            sheet.write_number(row, 7, counts.get(figure.figure_id, 0))
        else:
            sheet.write(row, 7, "不发布")
        sheet.write(row, 8, figure.figure_id)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)


def _write_identities(sheet: Worksheet, basis: Basis, styles: Styles) -> None:
    sheet.write(0, 0, "各数之间的恒等关系", styles.title)
    heads = ("代码", "关系", "左边", "", "右边", "是否成立", "两边计入不同的")
    write_heads(sheet, 2, heads, (24, 40, 60, 4, 40, 12, 16), styles)
    sheet.freeze_panes(3, 0)
    row = 3
    for each in basis.identities:
        style = styles.text if each.identity_state in ("HELD", "NOT_CLAIMED") else styles.warn
        values = (
            each.identity_id, each.label, each.left_text, _COMPARATORS[each.comparator],
            each.right_text, _IDENTITY_STATES[each.identity_state], each.differing_count,
        )  # fmt: skip
        for column, value in enumerate(values):
            sheet.write(row, column, value, style)
        row += 1
    row = _write_differing(sheet, basis, row + 2, styles)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_contradictions(sheet: Worksheet, basis: Basis, styles: Styles) -> None:
    sheet.write(0, 0, "报告里说的，与数出来的矛盾的（名单在“恒等关系”表下方，按代码找）", styles.title)
    heads = (
        "矛盾", "报告原话", "查什么", "代码", "查的结果", "所说", "单位", "数出来", "单位", "不符的",
        "级别", "依据文件",
    )  # fmt: skip
    write_heads(sheet, 2, heads, (8, 44, 40, 18, 14, 12, 8, 12, 8, 10, 14, 40), styles)
    sheet.freeze_panes(3, 0)
    found = [each for each in basis.identities if each.contradiction_id]
    for row, each in enumerate(sorted(found, key=lambda each: not each.is_contradicted), 3):
        values = (
            each.contradiction_id, each.statement, each.label, each.identity_id,
            _IDENTITY_STATES[each.identity_state], plain(each.claimed_value), each.claimed_unit,
            plain(each.counted_value), each.counted_unit, each.differing_count,
            "不得印" if each.severity == "BLOCK" else "提示", each.document_name,
        )  # fmt: skip
        style = styles.warn if each.is_contradicted else styles.text
        for column, value in enumerate(values):
            sheet.write(row, column, "" if value is None else value, style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_claims(sheet: Worksheet, basis: Basis, styles: Styles) -> None:
    sheet.write(0, 0, "有名单可数的指标，别处另有说法的", styles.title)
    heads = ("指标", "所说的数", "单位", "数出来的数", "单位", "对照", "依据文件", "出具单位", "指标代码")
    write_heads(sheet, 2, heads, (40, 14, 8, 14, 8, 14, 44, 20, 24), styles)
    sheet.freeze_panes(3, 1)
    said = {
        "AGREES": "一致", "CONTRADICTED": "矛盾", "UNIT_DIFFERS": "单位不同", "NOT_COUNTABLE": "算不出",
    }  # fmt: skip
    for row, each in enumerate(basis.claims, 3):
        values = (
            each.label, plain(each.claimed_value), each.claimed_unit, plain(each.counted_value), each.unit,
            said[each.claim_state], each.document_name, each.claimed_by or "", each.figure_id,
        )  # fmt: skip
        style = styles.warn if each.claim_state == "CONTRADICTED" else styles.text
        for column, value in enumerate(values):
            sheet.write_string(row, column, value, style)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_differing(sheet: Worksheet, basis: Basis, row: int, styles: Styles) -> int:
    """The members that count on one side only, below the identities."""
    sql = """
        select i.identity_id, m.town_name, m.village_name, h.register_household_no, h.head_name,
            p.person_name, m.left_amount, m.right_amount
        from fct_identity i
        join fct_identity_member m on m.identity_id = i.identity_id
        left join dim_household h on h.household_id = m.household_id
        left join (from dim_person qualify row_number() over (
            partition by person_key order by register_person_no) = 1) p on p.person_key = m.person_key
        where i.identity_state = 'BROKEN'
        order by i.sort_order, m.town_name, m.village_name, m.member_key
    """
    found = basis.rows(sql)
    if not found:
        return row
    for column, head in enumerate(
        ("代码", "乡镇", "行政村", "户编号", "户主", "姓名", "左边计入", "右边计入")
    ):
        sheet.write(row, column, head, styles.head)
    for each in found:
        row += 1
        for column, value in enumerate(each):
            write_cell(sheet, row, column, value)
    return row


def _write_figure(sheet: Worksheet, basis: Basis, figure: Figure, is_shared: bool, styles: Styles) -> None:
    sheet.write(0, 0, figure.label, styles.title)
    last_year = "" if figure.last_year_value is None else plain(figure.last_year_value)
    facts = (
        (
            "数",
            with_unit(figure) or "不得印出",
        ),
        ("不得印出的原因", figure.blocked_reason),
        ("算法", figure.arithmetic),
        ("时间口径", figure.as_of_rule),
        ("计数情况", _COUNT_STATES[figure.count_state]),
        ("数据提示", figure.caveat),
        (SHEET, _by_hand(basis, figure)),
        ("类别", _KINDS.get(figure.kind, figure.kind)),
        ("主要数据", "　".join(each for each in (figure.feed_title, figure.department_name) if each)),
        ("去年同日", last_year),
        ("县报告印过的数", plain(figure.report_value) if figure.report_value is not None else ""),
        ("指标代码", figure.figure_id),
    )
    row = 1
    for label, value in facts:
        if value:
            sheet.write(row, 0, label, styles.label)
            sheet.write(row, 1, value)
            row += 1
    row = _write_sources(sheet, basis, figure, row + 1, styles)
    if not figure.has_list:
        sheet.write(row, 0, "名单涉及个人健康，只计数，不发布。", styles.warn)
        return
    if is_shared:
        kind = "household" if figure.kind == "H" else "person"
        sheet.write_url(
            row, 0, f"internal:'{_REGISTER[kind]}'!A1", styles.link, f"名单见“{_REGISTER[kind]}”表"
        )
        sheet.write(row, 1, f"在“{figure.label}”一列筛选。")
        _write_towns(sheet, basis, figure, row + 2, styles)
        return
    _write_members(sheet, basis, figure, row, styles)


def _by_hand(basis: Basis, figure: Figure) -> str:
    count = basis.by_hand.get(figure.figure_id, 0)
    return f"名单中有 {count} 个的状态经人工认定，见“{SHEET}”表" if count else ""


def _write_sources(sheet: Worksheet, basis: Basis, figure: Figure, row: int, styles: Styles) -> int:
    """The files that its members stand in."""
    sql = """
        select d.department_name, d.file_name, d.feed_title, left(d.sha256, 16), count(*)
        from fct_figure_member m join fct_delivery d on d.batch_id = m.source_batch_id
        where m.figure_id = $figure
        group by all order by d.department_name, d.file_name, d.feed_title, 4
    """
    found = basis.rows(sql, {"figure": figure.figure_id})
    if not found:
        return row
    for column, head in enumerate(("来源部门", "文件", "数据", "文件摘要", "名单行数")):
        sheet.write(row, column, head, styles.head)
    for each in found:
        row += 1
        for column, value in enumerate(each):
            write_cell(sheet, row, column, value)
    return row + 2


def _write_towns(sheet: Worksheet, basis: Basis, figure: Figure, row: int, styles: Styles) -> None:
    sql = """
        select coalesce(area_name, '其他'), numerator, denominator, value, not_met_count, unknown_count
        from fct_figure where figure_id = $figure and area_level = 'town' order by area_code
    """
    for column, head in enumerate(
        ("乡镇", "分子（计入）", "分母", f"数（{figure.unit}）", "未保障", "情况不明")
    ):
        sheet.write(row, column, head, styles.head)
    for each in basis.rows(sql, {"figure": figure.figure_id}):
        row += 1
        for column, value in enumerate(each):
            write_cell(sheet, row, column, value)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 44)
    sheet.set_column(2, 5, 14)


def _write_members(sheet: Worksheet, basis: Basis, figure: Figure, row: int, styles: Styles) -> None:
    """The list: of a rate everybody below the line, and whether above it."""
    by_hand = "m.override_id" if basis.by_hand else "null"
    sql = f"""
        with listed as (
            select *, max(role) over whole = 'numerator' as is_counted,
                row_number() over (whole order by role) as place
            from fct_figure_member where figure_id = $figure window whole as (partition by member_key)
        )
        select m.town_name, m.village_name, h.register_household_no, h.head_name, p.person_name, m.state,
            {by_hand}, m.amount, d.file_name, m.source_sheet, m.source_row, m.is_counted
        from listed m
        left join fct_delivery d on d.batch_id = m.source_batch_id
        left join dim_household h on h.household_id = m.household_id
        left join (from dim_person qualify row_number() over (
            partition by person_key order by register_person_no) = 1) p on p.person_key = m.person_key
        where m.place = 1
        order by m.town_code nulls last, m.village_code nulls last, m.member_key
    """  # noqa: S608  (a column of ours)
    members = basis.rows(sql, {"figure": figure.figure_id})
    used = [place for place in range(len(_LISTED)) if any(each[place] is not None for each in members)]
    heads = ("计入", *(_LISTED[place][0] for place in used))
    write_heads(sheet, row, heads, (16, *(_LISTED[place][1] for place in used)), styles)
    sheet.set_column(1, 1, 44)  # the facts above stand in it
    for each in members:
        row += 1
        sheet.write(row, 0, "是" if each[-1] else "否")
        for column, place in enumerate(used, 1):
            value = each[place]
            write_cell(sheet, row, column, _STATES.get(value, value) if place == _STATE else value)


_LISTED = (
    ("乡镇", 14), ("行政村", 16), ("户编号", 16), ("户主", 12), ("姓名", 12), ("状态", 12), (SHEET, 46),
    ("计入量", 12),
    ("来源文件", 44), ("表页", 16), ("行", 8),
)  # fmt: skip
_STATE = 5


def _write_register(
    sheet: Worksheet, basis: Basis, kind: str, figures: Sequence[Figure], styles: Styles
) -> None:
    """One line per registered household or person, a column per figure: 计入, or 分母 below the line only."""
    sheet.write(0, 0, f"{_REGISTER[kind]}名单：每个指标一列，“计入”即在该指标的名单上", styles.title)
    fixed = (
        ("乡镇", "行政村", "户编号", "户主", "人口数")
        if kind == "household"
        else ("乡镇", "行政村", "户编号", "户主", "人编号", "姓名", "性别", "出生年")
    )
    heads = (*fixed, *(each.label for each in figures))
    write_heads(sheet, 2, heads, [12] * len(fixed) + [14] * len(figures), styles)
    sheet.freeze_panes(3, len(fixed))
    row = 2
    for each in basis.rows(_register_sql(kind, [figure.figure_id for figure in figures])):
        row += 1
        sheet.write_row(row, 0, ["" if value is None else value for value in each])
    sheet.autofilter(2, 0, max(row, 3), len(heads) - 1)


def _register_sql(kind: str, figure_ids: Sequence[str]) -> str:
    """One row per registered household or person, and per member that is in no register any more.

    Figure ids come from the catalogue; they are written as text literals.
    """
    columns = "".join(
        f", case max(case when m.figure_id <> '{each}' then null when m.role = 'numerator' then 2 else 1 end)"
        " when 2 then '计入' when 1 then '分母' end"
        for each in figure_ids
    )
    wanted = ", ".join(f"'{each}'" for each in figure_ids) or "''"
    if kind == "household":
        register = """
            select household_id as place_key, town_code, town_name, village_code, village_name,
                register_household_no, head_name, member_count
            from dim_household
        """
        resolved = "household_id"
        listed = "u.register_household_no, u.head_name, u.member_count"
    else:
        register = """
            select p.register_person_no as place_key, p.town_code, p.town_name, p.village_code,
                p.village_name, h.register_household_no, h.head_name, p.register_person_no, p.person_name,
                p.sex_code, p.birth_year
            from dim_person p left join dim_household h on h.household_id = p.household_id
        """
        # Figures of rows name the person's number, figures of persons the person, who is shown once.
        resolved = """coalesce(
            (select p.register_person_no from dim_person p where p.register_person_no = member_key limit 1),
            (select min(p.register_person_no) from dim_person p where p.person_key = member_key),
            member_key)"""
        listed = (
            "u.register_household_no, u.head_name, u.register_person_no, u.person_name, u.sex_code,"
            " u.birth_year"
        )
    return f"""
        select coalesce(u.town_name, any_value(m.town_name)),
            coalesce(u.village_name, any_value(m.village_name)), {listed}{columns}
        from ({register}) u
        full outer join (
            select *, {resolved} as place_key from fct_figure_member
            where member_kind = '{kind}' and figure_id in ({wanted})
        ) m on m.place_key = u.place_key
        group by coalesce(u.place_key, m.place_key), u.town_code, u.village_code, u.town_name,
            u.village_name, {listed}
        order by u.town_code nulls last, u.village_code nulls last, {listed.split(",")[0]} nulls last,
            coalesce(u.place_key, m.place_key)
    """  # noqa: S608  (names and ids of the catalogue)
