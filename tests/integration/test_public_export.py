"""The files that `sanbao export --public` writes, read back and attacked by who knows every sum."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pytest

from sanbao.cli.app import main
from sanbao.settings import Settings
from tests.unit.dashboards.test_suppression import Stranger

COUNTS = ("分子", "分母", "已保障数", "未保障数", "情况不明数", "免除数")
TRUE = ("numerator", "denominator", "met_count", "not_met_count", "unknown_count", "exempt_count")
ABOUT_PLACES = {"vlg_with_poor", "vlg_relative_poor", "vlg_dispersed", "wat_vlg", "wat_vlg_on"}
Cell = tuple[str, tuple[str, str]]  # figure and column, level and code of the area


@pytest.fixture
def exported(loaded_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, Path]:
    monkeypatch.setenv("SANBAO_HOME", str(loaded_home.home))
    monkeypatch.setenv("SANBAO_LANG", "zh")
    with pytest.raises(SystemExit) as ended:
        main(["export", "--public", "--as-of", "2019-12-31", "--out", str(tmp_path / "out")])
    assert not ended.value.code
    return loaded_home, tmp_path / "out"


def read_csv(folder: Path) -> list[dict[str, str]]:
    (path,) = folder.glob("*.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["指标代码"]]


def read_book(folder: Path) -> list[dict[str, str]]:
    (path,) = folder.glob("*.xlsx")
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    _, heads, *rows = sheet.iter_rows(values_only=True)
    return [
        {str(head): "" if cell is None else str(cell) for head, cell in zip(heads, row, strict=True)}
        for row in rows
    ]


def hidden(row: dict[str, str]) -> list[str]:
    return [head for head in COUNTS if row[head] == "*"]


class ReaderOfTheFile(Stranger):
    """Knows the file, that villages make up towns and towns the county, and which columns are always the same
    or the sum of two others: all of them, found in the true figures."""

    def __init__(self, rows: list[dict[str, str]], truth: dict[Cell, int]) -> None:
        self.index, self.rows, self.known, self.secret, self._system = {}, [], {}, {}, None
        areas: dict[tuple[str, str], str] = {}
        columns: dict[str, None] = {}
        for row in rows:
            area = (row["地区层级"], row["地区代码"])
            areas[area] = row["乡镇"]
            for head in COUNTS:
                if row[head] == "" or row["指标代码"] in ABOUT_PLACES:
                    continue
                name = f"{row['指标代码']}.{head}"
                columns[name] = None
                true = truth.get((name, area), 0)
                if row[head] == "*":
                    self.secret[self.at(name, area)] = true
                else:
                    assert float(row[head]) == true, (name, area)
                    self.known[self.at(name, area)] = true
        self._sums_of_areas(areas, columns)
        self._sums_of_columns(areas, columns, truth)

    def _sums_of_areas(self, areas: dict[tuple[str, str], str], columns: dict[str, None]) -> None:
        (county,) = [area for area in areas if area[0] == "县"]
        towns = [area for area in areas if area[0] == "乡镇"]
        for name in columns:
            self.equal((name, county), [(name, town) for town in towns])
            for town in towns:
                inside = [area for area, of in areas.items() if area[0] == "行政村" and of == areas[town]]
                self.equal((name, town), [(name, village) for village in inside])

    def _sums_of_columns(
        self, areas: dict[tuple[str, str], str], columns: dict[str, None], truth: dict[Cell, int]
    ) -> None:
        values = {name: np.array([truth.get((name, area), 0) for area in areas]) for name in columns}
        totals: dict[bytes, list[str]] = {}
        for name, counts in values.items():
            if counts.any():
                totals.setdefault(counts.tobytes(), []).append(name)
        different = [names[0] for names in totals.values()]
        for names in totals.values():
            for name in names[1:]:
                for area in areas:
                    self.equal((names[0], area), [(name, area)])
        for one, other in combinations(different, 2):
            for name in totals.get((values[one] + values[other]).tobytes(), [])[:1]:
                for area in areas:
                    self.equal((name, area), [(one, area), (other, area)])


def true_counts(settings: Settings) -> dict[Cell, int]:
    levels = {"county": "县", "town": "乡镇", "village": "行政村"}
    with duckdb.connect(str(settings.serving), read_only=True) as connection:
        rows = connection.execute(
            f"select figure_id, area_level, area_code, {', '.join(TRUE)} from mart.fct_figure"
            " where as_of = date '2019-12-31'"
        ).fetchall()
    return {
        (f"{figure}.{head}", (levels[level], code)): int(count or 0)
        for figure, level, code, *counts in rows
        if level in levels
        for head, count in zip(COUNTS, counts, strict=True)
    }


@pytest.mark.slow
def test_the_command_writes_both_files_and_shows_nothing_small(exported: tuple[Settings, Path]) -> None:
    _, folder = exported
    assert sorted(path.name for path in folder.iterdir()) == [
        "公开指标_2019-12-31.csv", "公开指标_2019-12-31.xlsx",
    ]  # fmt: skip
    rows, book = read_csv(folder), read_book(folder)
    assert [row["指标名称"] for row in rows] == [row["指标名称"] for row in book]
    assert all(row[head] == cell[head] for row, cell in zip(rows, book, strict=True) for head in COUNTS)
    people = [row for row in rows if row["单位"] in ("户", "人") or row["指标代码"].startswith("grt_")]
    assert any(row[head] == "*" for row in people for head in COUNTS)
    assert any(row[head] not in ("", "*", "0") for row in people for head in COUNTS)
    for row in people:
        assert not {row[head] for head in COUNTS} & {"1", "2", "3", "4"}, row["指标名称"]
    forbidden = ("残疾", "医保", "住院", "低保", "特困")
    assert not [row["指标名称"] for row in rows if any(word in row["指标名称"] for word in forbidden)]


@pytest.mark.slow
def test_no_cell_of_the_sample_county_is_recovered(exported: tuple[Settings, Path]) -> None:
    settings, folder = exported
    stranger = ReaderOfTheFile(read_book(folder), true_counts(settings))
    assert len(stranger.secret) > 500
    assert stranger.recovered() == []


@pytest.mark.slow
def test_a_cell_left_out_alone_is_recovered(exported: tuple[Settings, Path]) -> None:
    """The same reader, before a file in which one cell alone is left out: the test above can fail."""
    settings, folder = exported
    truth = true_counts(settings)
    rows = read_csv(folder)
    for row in rows:
        area = (row["地区层级"], row["地区代码"])
        row |= {head: str(truth.get((f"{row['指标代码']}.{head}", area), 0)) for head in hidden(row)}
    villages = [row for row in rows if row["指标代码"] == "reg_hh" and row["地区层级"] == "行政村"]
    alone = next(row for row in villages if row["分子"] != "0")
    alone["分子"] = "*"
    stranger = ReaderOfTheFile(rows, truth)
    assert [name for (name, _), _ in stranger.recovered()] == ["reg_hh.分子"]
