"""The figures that may be made public, county to village, as a workbook and a CSV without small counts."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from dashboards.suppression import Area, Areas, Group, Part, left_out
from foundation.files import read_sealed, write_sealed

HIDDEN = "*"
# Figures about places, not people: nothing small in them is anybody's.
_PLACES = ("village", "natural_village", "town")
_STATES = ("met_count", "not_met_count", "unknown_count", "exempt_count")
_HEADS = ("截止日期", "地区层级", "地区代码", "乡镇", "行政村", "指标代码", "指标名称", "单位", "指标值",
          "分子", "分母", "已保障数", "未保障数", "情况不明数", "免除数", "计数状态")  # fmt: skip
_NUMBERS = slice(8, 15)
_LEVELS = {"county": "县", "town": "乡镇", "village": "行政村"}
_NOTE = f"“{HIDDEN}”：少于 5 的数目，或与之同组、可用来推算它的数目，不公开。"
_COUNT_STATES = {"COUNTED": "已计", "COUNTED_WITH_GAPS": "已计，数据有缺口", "NOT_COUNTABLE": "算不出"}
_SQL = """
    select s.figure_id, s.label, s.unit, s.member_kind, s.public_group, s.public_root, s.measure,
        s.has_states, f.area_level, f.area_code, f.area_name, f.town_code, f.town_name, f.village_name,
        f.value, f.numerator, f.denominator, f.met_count, f.not_met_count, f.unknown_count, f.exempt_count,
        f.count_state
    from warehouse.seed.figure s left join serving.mart.fct_figure f
        on f.figure_id = s.figure_id and f.as_of = $as_of
    where s.is_public order by s.sort_order
"""


LeftOut = dict[str, set[Area]]


class LostMemory(Exception):
    """What earlier exports left out is damaged: another export could tell what they kept back."""


class UnguardedFigure(Exception):
    """A public figure about people of which the seed `figure` does not say with what it is left out."""


@dataclass(frozen=True)
class PublicFigure:
    """One figure with its rows by area."""

    figure_id: str
    label: str
    unit: str
    group: str
    root: str
    is_rate: bool
    has_states: bool
    rows: dict[Area, dict[str, Any]]

    def counts(self, column: str) -> dict[Area, int]:
        return {area: int(row[column] or 0) for area, row in self.rows.items()}

    def count_state(self, area: Area) -> str:
        """Where an area has no member, its county says whether that is nought."""
        row = self.rows.get(area) or next((r for (level, _), r in self.rows.items() if level == "county"), {})
        return str(row.get("count_state") or "COUNTED")


@dataclass(frozen=True)
class Exported:
    """The files, and how many cells were shown and left out."""

    files: tuple[Path, ...]
    shown: int
    hidden: int


def export_public(serving: Path, warehouse: Path, as_of: date, folder: Path, memory: Path) -> Exported:
    """Write 公开指标_<as_of>.xlsx and .csv into `folder`; raises UnguardedFigure.

    `memory` keeps which cells were left out by this and by earlier exports, of whatever date.
    """
    with duckdb.connect(":memory:") as connection:
        for name, path in (("serving", serving), ("warehouse", warehouse)):
            connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {name} (read_only)")
        cursor = connection.execute(_SQL, {"as_of": as_of})
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    figures = _figures(rows)
    areas, words = _areas(rows)
    hidden = left_out_cells(figures, areas, recalled(memory))
    remember(memory, hidden)  # before the files: what was shown once cannot be taken back
    table = public_table(figures, areas, hidden)
    lines = [
        [
            as_of.isoformat(),
            *words[area],
            figure.figure_id,
            figure.label,
            figure.unit,
            *table[figure.figure_id, area],
            _COUNT_STATES[figure.count_state(area)],
        ]
        for figure in figures
        for area in areas.all
    ]
    folder.mkdir(parents=True, exist_ok=True)
    files = (folder / f"公开指标_{as_of}.xlsx", folder / f"公开指标_{as_of}.csv")
    _write_book(files[0], lines)
    with files[1].open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([_HEADS, *lines, [_NOTE]])
    cells = [cell for line in lines for cell in line[_NUMBERS] if cell != ""]
    count = sum(cell == HIDDEN for cell in cells)
    return Exported(files, len(cells) - count, count)


def recalled(memory: Path) -> LeftOut:
    """What earlier exports left out; raises LostMemory where that was kept and cannot be read."""
    if (data := read_sealed(memory)) is None:
        if memory.exists():
            raise LostMemory(memory.name)
        return {}
    return {name: {(level, code) for level, code in found} for name, found in json.loads(data).items()}


def remember(memory: Path, hidden: Mapping[str, Set[Area]]) -> None:
    """Add what an export leaves out to what earlier ones did."""
    before = recalled(memory)
    both = {name: sorted({*before.get(name, ()), *hidden.get(name, ())}) for name in {*before, *hidden}}
    write_sealed(json.dumps(both, ensure_ascii=False, sort_keys=True).encode(), memory)


def left_out_cells(
    figures: list[PublicFigure], areas: Areas, before: Mapping[str, Collection[Area]]
) -> LeftOut:
    """Column of a figure → areas in which it is left out."""
    by_id = {figure.figure_id: figure for figure in figures}
    names = {figure.root for figure in figures if figure.group}
    roots = {name: by_id[name].counts("numerator") for name in sorted(names)}
    groups: dict[str, Group] = {}
    for figure in figures:
        if figure.group:
            groups.setdefault(figure.group, Group()).parts.extend(_parts(figure))
    return left_out(areas, roots, groups, before)


def public_table(
    figures: list[PublicFigure], areas: Areas, hidden: Mapping[str, Set[Area]]
) -> dict[tuple[str, Area], list[Any]]:
    """(figure, area) → value, numerator, denominator and the four states, as they may be shown."""
    return {
        (figure.figure_id, area): _cells(figure, area, hidden) for figure in figures for area in areas.all
    }


def _parts(figure: PublicFigure) -> list[Part]:
    columns = [*(["denominator"] if figure.is_rate else []), *(_STATES if figure.has_states else ())]
    if figure.figure_id != figure.root:
        columns.append("numerator")
    return [
        Part(f"{figure.figure_id}.{column}", figure.root, figure.counts(column), column == "denominator")
        for column in columns
    ]


def _cells(figure: PublicFigure, area: Area, hidden: Mapping[str, Set[Area]]) -> list[Any]:
    row = figure.rows.get(area, {})
    if figure.count_state(area) == "NOT_COUNTABLE":
        return [""] * 7

    def cell(column: str) -> Any:
        own = (
            figure.root
            if column == "numerator" and figure.figure_id == figure.root
            else f"{figure.figure_id}.{column}"
        )
        if area in hidden.get(own, ()):
            return HIDDEN
        return int(row.get(column) or 0)

    numerator = cell("numerator")
    denominator = cell("denominator") if figure.is_rate else ""
    states = [cell(state) if figure.has_states else "" for state in _STATES]
    value = HIDDEN if HIDDEN in (numerator, denominator) else row.get("value", None if figure.is_rate else 0)
    return [value if isinstance(value, str) else _number(value), numerator, denominator, *states]


def _number(value: Any) -> Any:
    return "" if value is None else float(value)


def _figures(rows: list[dict[str, Any]]) -> list[PublicFigure]:
    found: dict[str, PublicFigure] = {}
    for row in rows:
        if row["member_kind"] not in _PLACES and not row["public_group"]:
            raise UnguardedFigure(row["figure_id"])
        figure = found.setdefault(
            row["figure_id"],
            PublicFigure(row["figure_id"], row["label"], row["unit"], row["public_group"] or "",
                         row["public_root"] or "", row["measure"] == "rate", row["has_states"], {}),
        )  # fmt: skip
        if row["area_code"] is not None:
            figure.rows[row["area_level"], row["area_code"]] = row
    return list(found.values())


def _areas(rows: list[dict[str, Any]]) -> tuple[Areas, dict[Area, list[str]]]:
    """Every area that any figure has, and its level, code, town and village in words."""
    county: Area = ("county", "")
    towns: dict[Area, dict[Area, None]] = {}
    words: dict[Area, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row["area_level"] or "", row["area_code"] or "")):
        if row["area_code"] is None:
            continue
        area: Area = (row["area_level"], row["area_code"])
        town: Area = ("town", row["town_code"] or "unlocated")
        if area[0] == "county":
            county = area
        elif area[0] == "town":
            towns.setdefault(area, {})
        else:
            towns.setdefault(town, {})[area] = None
        words[area] = [_LEVELS[area[0]], area[1], row["town_name"] or "", row["village_name"] or ""]
    return Areas(county, {town: tuple(villages) for town, villages in towns.items()}), words


def _write_book(path: Path, lines: list[list[Any]]) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("公开指标")
        bold = book.add_format({"bold": True})
        sheet.write_string(0, 0, _NOTE)
        sheet.write_row(1, 0, _HEADS, bold)
        for number, line in enumerate(lines, start=2):
            sheet.write_row(number, 0, line)
        sheet.freeze_panes(2, 0)
        sheet.autofilter(1, 0, 1 + len(lines), len(_HEADS) - 1)
        sheet.set_column(0, len(_HEADS) - 1, 12)
        sheet.set_column(6, 6, 34)
