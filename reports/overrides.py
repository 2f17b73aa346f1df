"""What is by hand, as documents tell it: who said so, why, on what evidence, until when, against what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from reports.published import Published
from reports.workbook import Styles, write_cell, write_heads

Record = Mapping[str, Any]
SHEET = "人工认定"
NOTE = "以下状态经人认定，代替文件得出的状态，到期自行失效。"
# Column of fct_override, its head, its width in a workbook.
COLUMNS = (
    ("town_name", "乡镇", 14), ("village_name", "行政村", 16), ("register_household_no", "户编号", 16),
    ("head_name", "户主", 12), ("register_person_no", "人编号", 16), ("guarantee_label", "保障", 16),
    ("state_label", "认定为", 10), ("state_label_before_override", "文件得出", 10),
    ("reason_before_override", "文件得出的原因", 40), ("recorded_by", "认定人", 12),
    ("reason", "认定原因", 40),
    ("evidence", "依据", 40), ("speaks_for_on", "自", 12), ("until_on", "到", 12),
    ("override_state_label", "所处", 16), ("amendment_reason", "更正已签发的原因", 30),
    ("override_id", "编号", 46),
)  # fmt: skip
_IN_FORCE = """
    select o.* from mart.fct_override o
    where o.as_of = $as_of and o.is_in_force and {whose}
    order by o.town_code nulls last, o.village_code nulls last, o.register_household_no,
        o.register_person_no nulls first, o.guarantee, o.override_id
"""


def of_household(published: Published, household_id: str) -> list[dict[str, Any]]:
    """The overrides in force of a household and of those who live in it now."""
    whose = (
        "(o.household_id = $household or o.register_person_no in ("
        "select register_person_no from mart.dim_person where as_of = $as_of and household_id = $household))"
    )
    return _read(published, whose, {"household": household_id})


def of_village(published: Published, town_name: str, village_name: str) -> list[dict[str, Any]]:
    """The overrides in force of a village, by the names that the register's list gives it."""
    whose = (
        "o.household_id in (select household_id from mart.dim_household"
        " where as_of = $as_of and town_name = $town and village_name = $village)"
    )
    return _read(published, whose, {"town": town_name, "village": village_name})


def _read(published: Published, whose: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not published.has_rows("fct_override"):  # what an older release published has none
        return []
    return published.records(_IN_FORCE.format(whose=whose), parameters)


def told(override: Record) -> str:
    """王某认定，依据：入户记录；自 2019-12-31 到 2020-03-31；文件得出：待核实（没有房屋鉴定）."""
    files = override["state_label_before_override"] or "没有"
    why = (override["reason_before_override"] or "").rstrip("。")
    return (
        f"{override['recorded_by']}认定，原因：{_bare(override['reason'])}；依据：{_bare(override['evidence'])}；"
        f"自 {override['speaks_for_on']} 到 {override['until_on']}；文件得出：{files}"
        + (f"（{why}）" if why else "")
    )


def _bare(text: str) -> str:
    return text.rstrip("。；; ")


def write_overrides(sheet: Worksheet, overrides: Sequence[Record], styles: Styles) -> None:
    """A sheet with a line per override."""
    sheet.write(0, 0, "人工认定的保障状态", styles.title)
    sheet.write(1, 0, f"共 {len(overrides)} 条。{NOTE}")
    heads = [head for _, head, _ in COLUMNS]
    write_heads(sheet, 3, heads, [width for _, _, width in COLUMNS], styles)
    for row, each in enumerate(overrides, 4):
        for column, (name, _, _) in enumerate(COLUMNS):
            value = each[name]
            write_cell(sheet, row, column, None if value is None else str(value), styles.text)
    sheet.freeze_panes(4, 3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
