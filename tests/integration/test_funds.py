"""The money of the sample county, in both styles: members and values as counted by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from benchmarks.same_behaviour import Side
from sample_county.world.model import Tables

pytestmark = pytest.mark.slow

FIRST, LAST = date(2016, 1, 1), date(2019, 12, 31)
SOURCES = ("省级", "对口帮扶市", "湛江市", "县级")
VALUES = {"fund_in": "44891", "fund_used": "43943.7", "fund_use_rate": "97.89"}
PRINTED = {"fund_in": "44891万元", "fund_used": "43943.7万元", "fund_use_rate": "97.89%"}
Entries = Counter[tuple[date, str, Decimal]]


def entries(table: Any, paid_on: str) -> Entries:
    """The entries that count, each by day, project and money."""
    found: Entries = Counter()
    for row in table.to_dict("records"):
        day = row[paid_on].date()
        if row["fund_source"] in SOURCES and FIRST <= day <= LAST:
            found[day, row["project_name"], Decimal(str(row["amount_yuan"])).quantize(Decimal("0.01"))] += 1
    return found


@pytest.fixture(scope="module")
def expected(tables: Tables) -> dict[tuple[str, str], Entries]:
    came = entries(tables["fund_received"]["2019"], "received_on")
    went = entries(tables["fund_spent"]["2019"], "paid_on")
    return {
        ("fund_in", "numerator"): came,
        ("fund_used", "numerator"): went,
        ("fund_use_rate", "denominator"): came,
        ("fund_use_rate", "numerator"): went,
    }


def test_members_are_those_counted_by_hand(
    side: Side, warehouse: duckdb.DuckDBPyConnection, expected: dict[tuple[str, str], Entries]
) -> None:
    assert all(found for found in expected.values())
    for (figure, role), wanted in expected.items():
        is_in = wanted is expected["fund_in", "numerator"]
        feed, day = ("fund_received", "received_on") if is_in else ("fund_spent", "paid_on")
        found = warehouse.execute(
            f"""
            select said.{day}, said.project_name, m.amount
            from mart.fct_figure_member m
            join read_parquet('{side.home}/lake/{feed}/*.parquet') said
                on said._batch_id = m.source_batch_id and said._source_row = m.source_row
                and coalesce(said._source_sheet, '') = m.source_sheet
            where m.figure_id = ? and m.role = ?
            """,
            [figure, role],
        ).fetchall()
        assert Counter(found) == wanted, (figure, role)


def test_values_are_those_of_the_report(
    warehouse: duckdb.DuckDBPyConnection, expected: dict[tuple[str, str], Entries]
) -> None:
    yuan = {place: sum(money * n for (_, _, money), n in found.items()) for place, found in expected.items()}
    assert yuan["fund_in", "numerator"] == 448_910_000 and yuan["fund_used", "numerator"] == 439_437_000
    stated = warehouse.sql(
        "select figure_id, value, count_state from mart.fct_figure"
        " where area_level = 'county' and figure_id like 'fund_%'"
    ).fetchall()
    found = {figure: (value, state) for figure, value, state in stated if figure in VALUES}
    assert found == {figure: (Decimal(value), "COUNTED") for figure, value in VALUES.items()}
    printed = warehouse.sql("select figure_id, printed, is_equal from mart.rpt_self_assessment").fetchall()
    assert {figure: text for figure, text, is_equal in printed if figure in VALUES and is_equal} == PRINTED


def test_no_row_is_held_and_much_counts_nowhere(
    warehouse: duckdb.DuckDBPyConnection, tables: Tables, expected: dict[tuple[str, str], Entries]
) -> None:
    landed = warehouse.sql(
        "select delivery_state, sum(rows_held) from mart.fct_delivery"
        " where feed in ('fund_received', 'fund_spent') group by all"
    ).fetchall()
    assert landed == [("LOADED", 0)]
    for feed, figure in (("fund_received", "fund_in"), ("fund_spent", "fund_used")):
        assert len(tables[feed]["2019"]) > expected[figure, "numerator"].total() + 3
