"""Homes that differ in a cell, a row, a column, a message or a returned line are not the same."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.compare_homes import compare_lakes, compare_marts, compare_returned

FIGURES = "select * from (values ('a', 1, timestamp '2026-01-01'), ('b', 2, timestamp '2026-01-01'))"
NAMES = "t(figure_id, value, received_at)"


def mart(home: Path, sql: str) -> Path:
    (home / "dbt/target").mkdir(parents=True)
    node = {"resource_type": "model", "name": "fct_figure", "config": {"meta": {"grain": ["figure_id"]}}}
    (home / "dbt/target/manifest.json").write_text(json.dumps({"nodes": {"x": node}}))
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("create schema mart")
        connection.execute(f"create table mart.fct_figure as {sql}")
    return home


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (f"{FIGURES} as {NAMES}", []),
        (f"{FIGURES.replace('2026-01-01', '2026-01-02')} as {NAMES}", []),  # only the clock
        (f"{FIGURES.replace('2,', '3,')} as {NAMES}", ["mart.fct_figure.value"]),
        (f"{FIGURES} as {NAMES} where figure_id = 'a'", ["mart.fct_figure"]),
        (f"select *, 1 as more from ({FIGURES} as {NAMES})", ["mart.fct_figure.more"]),
        (f"{FIGURES} as {NAMES} union all {FIGURES} as {NAMES}", ["mart.fct_figure"]),
    ],
)
def test_marts(tmp_path: Path, sql: str, found: list[str]) -> None:
    old, new = mart(tmp_path / "old", f"{FIGURES} as {NAMES}"), mart(tmp_path / "new", sql)
    assert [difference.name for difference in compare_marts(old, new)] == found


def test_a_message_that_differs(tmp_path: Path) -> None:
    for side, sentence in (("old", "不是日期"), ("new", "不是 日期")):
        folder = tmp_path / side / "problem"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"code": ["DATE_FORM"], "message": [sentence]}), folder / "1.parquet")
    names = [difference.name for difference in compare_lakes(tmp_path / "old", tmp_path / "new")]
    assert names == ["lake.problem.message"]


def test_returned_files_by_their_content(tmp_path: Path) -> None:
    for side, minute, told in (("old", "08:01", "暂扣 1 行"), ("new", "09:30", "暂扣 2 行")):
        folder = tmp_path / side
        folder.mkdir()
        (folder / "same.txt").write_text(f"2026年11月29日 {minute} 收下", "utf-8")
        (folder / "other.txt").write_text(told, "utf-8")
        with zipfile.ZipFile(folder / "book.xlsx", "w") as book:
            book.writestr("xl/sheet.xml", "<v>1</v>")
            book.writestr("docProps/core.xml", minute)
    (tmp_path / "new" / "more.txt").write_text("", "utf-8")
    found = compare_returned(tmp_path / "old", tmp_path / "new", "returned")
    assert [difference.name for difference in found] == ["returned.more.txt", "returned.other.txt"]
