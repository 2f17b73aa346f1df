"""How figures and the lists behind them look on a terminal: in words, and readable at eighty columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table as RichTable

from foundation.language import Language
from sanbao.cli import render
from sanbao.errors import mask
from sanbao.queries import lists, serving
from sanbao.queries.serving import Table, served_as_of
from sanbao.settings import Settings
from sanbao.words import text

if TYPE_CHECKING:
    from reports.difference import Difference

_HEADS = {
    "is_counted": ("计入", "Counted"), "town_name": ("乡镇", "Town"), "village_name": ("行政村", "Village"),
    "register_household_no": ("户编号", "Household"), "head_name": ("户主", "Head"),
    "register_person_no": ("人编号", "Person"), "person_name": ("姓名", "Name"), "state": ("状态", "State"),
    "reason": ("原因", "Why"), "amount": ("计入量", "Amount"), "member_key": ("标识", "Key"),
    "guarantee": ("保障", "Guarantee"), "department_name": ("部门", "Department"),
    "file_name": ("文件", "File"),
    "source_sheet": ("表页", "Sheet"), "source_row": ("行", "Row"), "label": ("指标", "Figure"),
    "figure_id": ("代码", "Id"), "value": ("数", "Value"), "unit": ("单位", "Unit"),
    "change": ("变化", "Change"), "role": ("位置", "Role"), "amount_before": ("原计入", "Before"),
    "amount_after": ("现计入", "After"), "happened": ("事项", "What"), "happened_at": ("时间", "When"),
    "feed_title": ("数据", "Table"), "count_state": ("计数", "Count"),
    "report_value": ("印过的", "Printed"), "is_equal": ("相等", "Equal"), "members": ("名单", "List"),
    "identity_id": ("代码", "Id"), "left_amount": ("名单计入", "Listed"),
    "right_amount": ("相符的", "Borne out"),
    "override_count": ("人工认定", "By hand"),
    "override_id": ("编号", "Id"), "guarantee_label": ("保障", "Guarantee"),
    "override_state": ("所处", "Stands"), "until_on": ("到期日", "Until"),
    "recorded_by": ("认定人", "By"), "evidence": ("依据", "Evidence"), "lifted_by": ("撤销人", "Lifted by"),
    "lift_reason": ("撤销原因", "Why lifted"), "override_by": ("人工认定", "By hand of"),
    "override_evidence": ("认定依据", "Its evidence"), "override_until": ("认定到期", "Holds until"),
    "state_before_override": ("文件得出", "By the files"),
    "files": ("文件数", "Files"), "caveat": ("数据提示", "What it lacks"),
}  # fmt: skip
_STATES = {
    "MET": ("有保障", "met"), "NOT_MET": ("没有保障", "not met"), "UNKNOWN": ("情况不明", "unknown"),
    "EXEMPT": ("免除", "exempt"), "NOT_APPLICABLE": ("不适用", "not applicable"),
    "COUNTED": ("已计全", "counted"), "COUNTED_WITH_GAPS": ("有缺口", "with gaps"),
    "NOT_COUNTABLE": ("算不出", "not countable"),
    "entered": ("进入", "entered"), "left": ("退出", "left"), "changed": ("变了", "changed"),
    "numerator": ("计入", "counted"), "denominator": ("分母", "below the line"),
    "IN_FORCE": ("有效", "in force"), "LAPSING": ("即将到期", "about to lapse"),
    "REDUNDANT": ("文件已一致", "said by the files"),
    "UNFOUND": ("登记册无此户（人）", "not in the register"),
    "NOT_BEGUN": ("未到起始日", "not begun"), "REPLACED": ("另有认定", "replaced"),
    "LAPSED": ("已到期", "lapsed"), "LIFTED": ("已撤销", "lifted"),
    "RECORDED": ("待加工", "not built yet"),
    "LIFT_RECORDED": ("已撤销，待加工", "lifted, not built yet"),
    "received": ("收到", "received"), "withdrawn": ("撤回", "withdrawn"),
    "recorded": ("人工认定", "recorded by hand"), "lifted": ("撤销认定", "lifted"),
}  # fmt: skip
_COLOURS = {
    "LAPSING": "yellow", "REDUNDANT": "yellow", "UNFOUND": "red", "LAPSED": "dim", "LIFTED": "dim",
    "NOT_MET": "red", "UNKNOWN": "yellow", "NOT_COUNTABLE": "red", "COUNTED_WITH_GAPS": "yellow",
}  # fmt: skip
_MEMBERS = (
    "is_counted", "town_name", "village_name", "register_household_no", "head_name", "register_person_no",
    "person_name", "state", "reason", "override_by", "override_until", "amount",
)  # fmt: skip
_ROWS = ("label", "department_name", "file_name", "source_sheet", "source_row", "override_by")
_EVIDENCE = (
    "guarantee", "state", "reason", "file_name", "source_sheet", "source_row", "override_by",
    "override_evidence", "override_until", "state_before_override",
)  # fmt: skip
_MOVED = (
    "change", "role", "town_name", "village_name", "register_household_no", "head_name", "person_name",
    "amount_before", "amount_after", "file_name",
)  # fmt: skip
_ARRIVALS = ("happened", "happened_at", "department_name", "feed_title", "file_name")
_NUMBERS = {
    "value",
    "amount",
    "left_amount",
    "right_amount",
    "source_row",
    "report_value",
    "members",
    "files",
    "override_count",
}
_REPORTED = ("label", "report_value", "value", "unit", "is_equal", "members", "files", "feed_title")
_FIGURES = ("figure_id", "label", "value", "unit", "override_count", "count_state", "caveat")


def figures(settings: Settings, as_of: date | None, lang: Language, as_program: bool) -> None:
    content = serving.figures(settings, as_of)
    if as_program:
        render.as_json(content.records())
        return
    day = served_as_of(settings, as_of)
    print_list(content, _FIGURES, text("figures.title", lang, as_of=day.isoformat()), lang, "count_state")


def reported(settings: Settings, as_of: date | None, lang: Language, as_program: bool) -> None:
    content = serving.reported(settings, as_of)
    if as_program:
        render.as_json(content.records())
        return
    found = content.records()
    day, equal = served_as_of(settings, as_of).isoformat(), sum(bool(row["is_equal"]) for row in found)
    print_list(content, _REPORTED, text("reported.title", lang, as_of=day, equal=equal, all=len(found)), lang)


def members(
    settings: Settings,
    figure: str,
    town: str | None,
    lacking: bool,
    as_of: date | None,
    lang: Language,
    as_program: bool,
) -> None:
    content = lists.members(settings, figure, town, as_of, lacking)
    if as_program:
        render.as_json(content.records())
        return
    found = content.records()
    day = served_as_of(settings, as_of)
    label = next(
        (row["label"] for row in serving.figures(settings, day).records() if row["figure_id"] == figure),
        figure,
    )
    title = text("members.title", lang, label=label, as_of=day.isoformat(), count=len(found))
    if any(row["state"] for row in found):
        by_state = {state: sum(row["state"] == state for row in found) for state in lists.LACKING}
        title += "\n" + text("members.states", lang, not_met=by_state["NOT_MET"], unknown=by_state["UNKNOWN"])
    # A thing that is neither household nor person has nothing but its key to be told by.
    columns = _MEMBERS if any(row["register_household_no"] for row in found) else (*_MEMBERS, "member_key")
    print_list(content, columns, title, lang, "state")


def trace(settings: Settings, what: str, as_of: date | None, lang: Language, as_program: bool) -> None:
    household = lists.household_of(settings, what, as_of)
    rows = lists.trace(settings, what, as_of)
    known = lists.states(settings, household, as_of) if household else None
    if as_program:
        render.as_json([*(known.records() if known else ()), *rows.records()])
        return
    day = served_as_of(settings, as_of).isoformat()
    if known is not None:
        print_list(known, _EVIDENCE, text("trace.states", lang, as_of=day), lang, "state")
    print_list(rows, _ROWS, text("trace.figures", lang), lang)


def difference(found: Difference, lang: Language) -> None:
    """Before and after, who moved, and the files that came between."""
    either = found.after or found.before
    assert either is not None
    before, after = (
        each.printed or each.count_state if each else "—" for each in (found.before, found.after)
    )
    typer.echo(text("diff.title", lang, label=either.label, before=before, after=after))
    if not found.moved:
        typer.echo(text("diff.none", lang))
    else:
        title = text("diff.moved", lang, count=len(found.moved))
        print_list(_as_table(found.moved), _MOVED, title, lang)
    if found.arrivals:
        title = text("diff.arrivals", lang, count=len(found.arrivals))
        print_list(_as_table(found.arrivals), _ARRIVALS, title, lang)


def _as_table(rows: Sequence[Any]) -> Table:
    names = tuple(each.name for each in fields(rows[0]))
    return Table(names, [tuple(getattr(row, name) for name in names) for row in rows])


def print_list(
    content: Table, columns: tuple[str, ...], title: str, lang: Language, state: str | None = None
) -> None:
    """Those of the columns in which anything stands; tab-separated lines into a pipe."""
    found = content.records()
    used = [name for name in columns if any(_worth(name, row[name]) for row in found)]
    place = 0 if lang == "zh" else 1
    heads = [_HEADS[name][place] for name in used]
    lines = [[mask(_said(row[name], place)) for name in used] for row in found]
    console = Console()
    if not console.is_terminal:
        typer.echo("\n".join([title, "\t".join(heads), *("\t".join(line) for line in lines)]))
        return
    view = RichTable(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for name, head in zip(used, heads, strict=True):
        is_number = name in _NUMBERS
        view.add_column(head, justify="right" if is_number else "left", overflow="fold")
    for row, line in zip(found, lines, strict=True):
        view.add_row(*line, style=_style(row, state))
    console.print(view)


def _worth(name: str, value: Any) -> bool:
    """Whether a column with this value tells anything: that each counts once goes without saying."""
    taken_for_granted = {"amount": 1, "left_amount": 1, "right_amount": 0, "override_count": 0}
    return value is not None and value != taken_for_granted.get(name)


def _style(row: Mapping[str, Any], state: str | None) -> str | None:
    return _COLOURS.get(str(row[state])) if state else None


def _said(value: Any, place: int) -> str:
    if isinstance(value, bool):
        return (("否", "是"), ("no", "yes"))[place][value]
    if isinstance(value, str) and value in _STATES:
        return _STATES[value][place]
    return render.cell(value)
