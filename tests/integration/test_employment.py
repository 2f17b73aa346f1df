"""Jobs, posts, training and workshops of the sample county, in both styles, as counted by hand.

The oracle goes through the rows as they were made up and the ID numbers of the register of December; of the
warehouse it knows nothing. A member is compared by what its row in the lake is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import pytest

from benchmarks.same_behaviour import Side
from sample_county.world.model import Tables

pytestmark = pytest.mark.slow

FIRST, LAST, MONTH = date(2019, 1, 1), date(2019, 12, 31), date(2019, 12, 1)
FEEDS = ("employment", "public_post", "training", "workshop", "fund_inspection")
CLASSES = {"县内": "emp_near", "县外省内": "emp_out", "省外": "emp_out", "顺德": "emp_shunde"}
FIRST_OF_ONE_MONTH = ("顺德", "省外", "县外省内", "县内")
# Of which column of which feed each member is told.
TOLD_BY = {
    **dict.fromkeys(("emp_total", "emp_near", "emp_out", "emp_shunde", "emp_workshop_pp"), "employment"),
    "emp_public_post": "public_post",
    "emp_train_pp": "training",
    "emp_train_amt": "training",
    "emp_workshops": "workshop",
    "fund_check_201908": "fund_inspection",
    "fund_check_201910": "fund_inspection",
}
COLUMNS = {"workshop": "said.workshop_name", "fund_inspection": "said.inspection_name"}
Row = dict[str, Any]
Members = Counter[Any]


def rows(table: pd.DataFrame) -> Iterator[Row]:
    for record in table.astype(object).to_dict("records"):
        yield {name: _plain(value) for name, value in record.items()}


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def jobs(table: pd.DataFrame, registered: set[str]) -> dict[str, Members]:
    now: dict[str, list[Row]] = {}
    for row in rows(table):
        is_current = row["started_month"] <= MONTH <= (row["ended_month"] or MONTH)
        if is_current and row["id_number"] in registered:
            now.setdefault(row["id_number"], []).append(row)
    found: dict[str, Members] = {figure: Counter() for figure in (*CLASSES.values(), "emp_workshop_pp")}
    for person, own in now.items():
        last = max(row["started_month"] for row in own)
        areas = {row["work_area"] for row in own if row["started_month"] == last}
        (area, *_) = (area for area in FIRST_OF_ONE_MONTH if area in areas)
        found[CLASSES[area]][person] = 1
        if any(row["job_channel"] == "扶贫车间" for row in own):
            found["emp_workshop_pp"][person] = 1
    return {**found, "emp_total": Counter(now.keys())}


def posts(table: pd.DataFrame, registered: set[str]) -> Members:
    paid: Counter[str] = Counter()
    for row in rows(table):
        if row["amount_yuan"] < 0 or row["payment_status"] == "成功":
            paid[row["id_number"]] += row["amount_yuan"]
    return Counter(person for person, yuan in paid.items() if yuan > 0 and person in registered)


def trainings(table: pd.DataFrame, registered: set[str]) -> dict[str, Members]:
    trained, paid = set(), Counter[Any]()
    for row in rows(table):
        if row["id_number"] not in registered:
            continue
        if FIRST <= row["finished_on"] <= LAST and row["attended_days"] != 0:
            trained.add(row["id_number"])
        if row["paid_on"] and FIRST <= row["paid_on"] <= LAST:
            paid[row["id_number"], Decimal(str(row["subsidy_yuan"])).quantize(Decimal("0.01"))] += 1
    return {"emp_train_pp": Counter(trained), "emp_train_amt": paid}


def workshops(table: pd.DataFrame) -> Members:
    return Counter(
        row["workshop_name"]
        for row in rows(table)
        if row["recognised_on"] <= LAST
        and (row["stopped_on"] > LAST if row["stopped_on"] else row["workshop_status"] in (None, "在营"))
    )


def inspections(table: pd.DataFrame, kind: str, month: int) -> Members:
    return Counter(
        {
            row["inspection_name"]
            for row in rows(table)
            if row["inspection_kind"] == kind
            and (row["started_on"].year, row["started_on"].month) == (2019, month)
        }
    )


@pytest.fixture(scope="module")
def expected(tables: Tables) -> dict[str, Members]:
    registered = set(tables["register_person"]["2019-12-31"]["id_number"])
    checks = tables["fund_inspection"]["2019"]
    return {
        **jobs(tables["employment"]["2019"], registered),
        "emp_public_post": posts(tables["public_post"]["2019-12"], registered),
        **trainings(tables["training"]["2019"], registered),
        "emp_workshops": workshops(tables["workshop"]["2019"]),
        "fund_check_201908": inspections(checks, "专项检查", 8),
        "fund_check_201910": inspections(checks, "专题审查", 10),
    }


def test_members_and_values_are_those_counted_by_hand(
    side: Side, warehouse: duckdb.DuckDBPyConnection, expected: dict[str, Members]
) -> None:
    assert set(expected) == set(TOLD_BY) and all(expected.values())
    for figure, feed in TOLD_BY.items():
        told = COLUMNS.get(feed, "said.id_number") + (", m.amount" if figure == "emp_train_amt" else "")
        found = warehouse.execute(
            f"""
            select {told}
            from mart.fct_figure_member m
            join read_parquet('{side.home}/lake/{feed}/*.parquet') said
                on said._batch_id = m.source_batch_id and said._source_row = m.source_row
                and coalesce(said._source_sheet, '') = m.source_sheet
            where m.figure_id = ?
            """,
            [figure],
        ).fetchall()
        assert Counter(row if len(row) > 1 else row[0] for row in found) == expected[figure], figure
        stated = warehouse.execute(
            "select value, count_state from mart.fct_figure where figure_id = ? and area_level = 'county'",
            [figure],
        ).fetchall()
        wanted = Decimal(expected[figure].total())
        if figure == "emp_train_amt":
            wanted = sum((yuan * n for (_, yuan), n in expected[figure].items()), Decimal()) / 10_000
        assert stated == [(wanted, "COUNTED")], figure


def test_public_posts_are_among_the_employed(expected: dict[str, Members]) -> None:
    assert set(expected["emp_public_post"]) < set(expected["emp_total"])
    assert sum(len(expected[figure]) for figure in set(CLASSES.values())) == len(expected["emp_total"])


def test_no_row_is_held(warehouse: duckdb.DuckDBPyConnection) -> None:
    landed = warehouse.execute(
        "select feed, max(delivery_state), sum(rows_held) from mart.fct_delivery where list_contains(?, feed)"
        " group by feed",
        [list(FEEDS)],
    ).fetchall()
    assert sorted(landed) == sorted((feed, "LOADED", 0) for feed in FEEDS)


def test_much_of_the_lists_counts_nowhere(tables: Tables, expected: dict[str, Members]) -> None:
    listed = tables["employment"]["2019"]
    assert set(listed["id_number"]) > set(expected["emp_total"])
    assert len(listed) > len(set(listed["id_number"]))
    assert len(set(tables["public_post"]["2019-12"]["id_number"])) > len(expected["emp_public_post"])
    assert len(tables["workshop"]["2019"]) > 7 == len(expected["emp_workshops"])
    assert len(tables["fund_inspection"]["2019"]) > 20
