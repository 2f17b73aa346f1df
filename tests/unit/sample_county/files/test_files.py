"""A written file, read back by other means, holds the rows it was made from."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import python_calamine

from ingestion.contracts import Catalog, Column
from sample_county.faults import plant
from sample_county.files.deliver import Job, deliver, rows_of
from sample_county.files.layout import columns_in_order, grouped_order, header_text
from sample_county.files.plan import FilePlan, all_files
from sample_county.world.model import Tables, World
from sample_county.write import table_of, write_files

pytestmark = pytest.mark.slow

PLANS = {plan.name: plan for plan in all_files()}


def job_of(plan: FilePlan, tables: Tables, catalog: Catalog, out: Path, *, clean: bool) -> Job:
    frame = rows_of(plan, table_of(tables, plan))
    everybody = np.ones(len(frame), dtype=np.bool_)
    return Job(plan, catalog[plan.feed], frame, out / plan.name, 2019, everybody, everybody, is_clean=clean)


def read_back(path: Path, plan: FilePlan) -> dict[str, list[list[Any]]]:
    if plan.suffix == "csv":
        return {"": list(csv.reader(io.StringIO(path.read_bytes().decode(plan.encoding), newline="")))}
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def plain(value: Any, column: Column, plan: FilePlan) -> Any:
    """Clean cells of both sides in one form, so that they can be compared."""
    if value is None or value == "" or value is pd.NA or value != value:
        return "否" if column.name in plan.ticks else None
    match column.type:
        case "date" | "year_month":
            if isinstance(value, date):
                return pd.Timestamp(value).date()
            parts = re.findall(r"\d+", str(value))
            if len(parts) == 1:
                parts = [parts[0][:4], parts[0][4:6], parts[0][6:] or "1"]
            return date(int(parts[0]), int(parts[1]), int((*parts, "1")[2]))
        case "count" | "year":
            return int(value)
        case "money_yuan" | "measurement":
            number = float(str(value).replace(",", ""))
            return round(
                number * (10_000 if column.name in plan.in_wan and isinstance(value, float) else 1), 2
            )
        case "yes_no":
            return "是" if value in (True, "是", "1", "有", "Y", "√") else "否"
        case "test_value" if column.name in plan.in_micro:
            return str(value).lstrip("<")
        case _:
            return str(value)


@pytest.mark.parametrize("name", PLANS)
def test_clean_file_parses_back(name: str, tables: Tables, catalog: Catalog, tmp_path: Path) -> None:
    plan = PLANS[name]
    job = job_of(plan, tables, catalog, tmp_path, clean=True)
    assert len(job.frame), "the plan's file would be empty"
    deliver(job)
    columns = columns_in_order(catalog[plan.feed], plan)
    found = [row for rows in read_back(job.path, plan).values() for row in data_rows(rows, plan, columns)]
    assert len(found) == len(job.frame)
    for row, (_, wanted) in zip(found, in_file_order(job.frame, plan).iterrows(), strict=True):
        for column, cell in zip(columns, row, strict=True):
            if column.name in plan.merged or column.name in plan.in_micro or column.name in plan.in_wan:
                continue
            assert plain(cell, column, plan) == plain(wanted[column.name], column, plan), column.name


def in_file_order(frame: pd.DataFrame, plan: FilePlan) -> pd.DataFrame:
    """Rows of one merged cell, or of one sheet, stand together."""
    if plan.merge_by:
        frame = frame.iloc[grouped_order(frame[plan.merge_by])]
    return frame.iloc[grouped_order(frame[plan.sheet_by])] if plan.sheet_by else frame


def data_rows(rows: list[list[Any]], plan: FilePlan, columns: list[Column]) -> list[list[Any]]:
    """The rows under the header without totals, signatures and notes; only the contract's columns."""
    lead = 1 if plan.has_serial else 0
    start = (0 if not plan.title else 2) + (2 if plan.groups else 1)
    headers = [cell for row in rows[:start] for cell in row]
    for column in columns:
        assert header_text(column, plan) in headers
    kept = []
    for row in rows[start:]:
        if str(row[0]).startswith(("合计", "小计", "制表人", "注：", "备注：")):
            continue
        kept.append(row[lead : lead + len(columns)])
    return kept


def test_units_in_the_header_are_those_of_the_cells(tables: Tables, catalog: Catalog, tmp_path: Path) -> None:
    plan = PLANS["2019年9月农村饮水水质检测结果表（丰水期）.xls"]
    job = job_of(plan, tables, catalog, tmp_path, clean=True)
    deliver(job)
    rows = read_back(job.path, plan)["Sheet1"]
    at = [str(cell) for cell in rows[3]].index("砷 μg/L")
    assert {row[at] for row in rows[4:]} >= {"4", "<1", "未检出", "12.5"}


def test_totals_are_the_sums_of_their_rows(tables: Tables, catalog: Catalog, tmp_path: Path) -> None:
    plan = PLANS["2019年11月特困人员救助供养金发放表.xlsx"]
    job = job_of(plan, tables, catalog, tmp_path, clean=False)
    deliver(job)
    at = 1 + [c.name for c in columns_in_order(catalog[plan.feed], plan)].index("amount_yuan")
    for town, rows in read_back(job.path, plan).items():
        wanted = job.frame.loc[job.frame["town_name"] == town, "amount_yuan"].sum()
        assert [row[at] for row in rows if row[0] == "合计"] == [pytest.approx(wanted)]
        assert sum(row[at] for row in rows if row[0] == "小计") == pytest.approx(wanted)


def test_merged_cells_hold_the_first_of_their_rows(tables: Tables, catalog: Catalog, tmp_path: Path) -> None:
    plan = PLANS["建档立卡贫困人口信息表2019年11月.xlsx"]
    job = job_of(plan, tables, catalog, tmp_path, clean=True)
    deliver(job)
    book = python_calamine.CalamineWorkbook.from_path(str(job.path))
    ranges = book.get_sheet_by_index(0).merged_cell_ranges
    assert len(ranges) == 1 + 2 * job.frame["register_household_no"].nunique()  # the title is one


def test_same_seed_same_bytes(tables: Tables, catalog: Catalog, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        for plan in PLANS.values():
            deliver(job_of(plan, tables, catalog, tmp_path / folder, clean=False))
    for plan in PLANS.values():
        assert (tmp_path / "a" / plan.name).read_bytes() == (tmp_path / "b" / plan.name).read_bytes()


def test_zip_has_gbk_names(world: World, catalog: Catalog, tmp_path: Path) -> None:
    planted = plant(world, 0, np.random.default_rng(0))
    write_files(world, catalog, tmp_path, seed=1, planted=planted)
    (container,) = tmp_path.rglob("*.zip")
    with zipfile.ZipFile(container, metadata_encoding="gbk") as archive:
        assert sorted(archive.namelist()) == [
            "2019年6月建档立卡贫困人口信息表.xls",
            "2019年6月建档立卡贫困户信息表.xls",
        ]
        assert all(not entry.flag_bits & 0x800 for entry in archive.infolist())
    assert not list(tmp_path.rglob("2019年6月*.xls")), "what travels in the zip does not lie beside it"


def test_unusable_ids_are_where_they_are_said(tables: Tables, catalog: Catalog, tmp_path: Path) -> None:
    plan = PLANS["徐闻县2019年度城乡居民基本医疗保险参保名册.csv"]
    frame = pd.concat([tables["insurance_enrolment"]["居民"]] * 300, ignore_index=True)
    outside = np.arange(len(frame)) % 2 == 0
    job = Job(plan, catalog[plan.feed], frame, tmp_path / plan.name, 1, outside, outside)
    placed = deliver(job)
    rows = read_back(job.path, plan)[""]
    columns = [c.name for c in columns_in_order(catalog[plan.feed], plan)]
    assert {p.code for p in placed} >= {"DUPLICATE_ROW", "ID_CHECKSUM"}
    for spot in placed:
        row = rows[spot.source_row - 1]
        if spot.code == "DUPLICATE_ROW":
            assert row == rows[spot.source_row - 2]
        else:
            cell = row[columns.index(spot.column_name)]
            assert cell not in set(frame["id_number"])
    spoiled = {rows[p.source_row - 1][0] for p in placed if p.code != "DUPLICATE_ROW"}
    assert spoiled <= set(frame.loc[outside, "insured_no"])
