"""A county of a few dozen made-up rows per delivery, straight from the contracts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ingestion.contracts import Catalog, Column, Contract, load_catalog
from sample_county.dirt import check_digit
from sample_county.files.plan import FilePlan, all_files
from sample_county.world.model import Tables, World

ROWS = 60
TOWNS = ("徐城街道", "迈陈镇", "城北乡")
STATES = {"education_state": "MET", "medical_state": "MET", "education_subsidy_state": "MET"}


def id_number(number: int) -> str:
    year, month, day = 1955 + number % 60, number % 12 + 1, number % 28 + 1
    body = f"440899{year}{month:02d}{day:02d}{number % 900:03d}"
    return body + check_digit(body)


def person_name(number: int) -> str:
    return "陈林黄李吴"[number % 5] + chr(0x4E00 + number) + ("" if number % 7 else "𬭎")


def _values(column: Column, plan: FilePlan, n: int, shift: int) -> Any:
    at = np.arange(n)
    match column.type:
        case "id_number" | "person_document":
            return [id_number(int(i) + shift) for i in at]
        case "person_name":
            return [person_name(int(i) + shift) for i in at]
        case "code":
            codes = column.codes[:1] if column.name == "id_kind" else column.codes  # of these numbers
            return np.array(codes)[at % len(codes)]
        case "school_year":
            return ["2019-2020"] * n
        case "date":
            return pd.Timestamp("2019-03-01") + pd.to_timedelta(at * 5, unit="D")
        case "year_month":
            return pd.to_datetime(["2019-10-01"] * n)
        case "year":
            return pd.array([2019] * n, dtype="Int64")
        case "count":
            return pd.array(at % 7 + 1, dtype="Int64")
        case "money_yuan" | "measurement":
            return (at % 11) * 1000.5 + 0.25
        case "yes_no":
            return pd.array(at % 3 == 0, dtype="boolean")
        case "test_value":
            return np.array(["0.004", "<0.001", "未检出", "0.0125"])[at % 4]
        case _:
            return [f"{column.header.split('(')[0]}{i}" for i in at]


def delivery(contract: Contract, plan: FilePlan, n: int = ROWS) -> pd.DataFrame:
    shift = 0 if contract.feed.startswith("register") else 30
    frame = pd.DataFrame({c.name: _values(c, plan, n, shift) for c in contract.columns})
    if "town_name" in frame:
        frame["town_name"] = np.array(TOWNS)[np.arange(n) % 3]
    if "village_name" in frame:
        frame["village_name"] = np.array(["二桥村", "五里村", "东方社区"])[np.arange(n) % 3]
    if "register_household_no" in frame and "register_person_no" in frame:
        frame["register_household_no"] = [f"户编号{i // 3}" for i in range(n)]
    if contract.feed == "insurance_enrolment":
        frame["insurance_kind"] = plan.label
    if "remark" in frame:
        frame.loc[frame.index % 2 == 0, "remark"] = None
    text = frame.columns[[isinstance(v, str) for v in frame.iloc[1]]]
    return frame.astype(dict.fromkeys(text, "str"))


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def tables(catalog: Catalog) -> Tables:
    found: Tables = {}
    for plan in all_files():
        found.setdefault(plan.feed, {})[plan.label] = delivery(catalog[plan.feed], plan)
    return found


@pytest.fixture
def world(tables: Tables) -> World:
    people = tables["register_person"]["2019-12-31"]
    houses = tables["register_household"]["2019-12-31"][["register_household_no"]].copy()
    for name in ("education", "medical", "housing", "water", "safety_net", "food", "clothing"):
        houses[f"{name}_state"] = "MET"
    houses = houses.assign(not_met_count=0, unknown_count=0, is_guaranteed=True)
    persons = people[["register_person_no"]].assign(**STATES)
    return World(tables, houses, persons, {"ins_resident_pp": 1.0}, frozenset(people["id_number"]))
