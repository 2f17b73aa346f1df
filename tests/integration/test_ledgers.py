"""The offices' ledgers of the sample county, in both styles: members and values as counted by hand.

The oracle goes through the rows as they were made up, one by one, by what the report says is counted; of
the warehouse it knows nothing. A member is compared by what its row in the lake is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.same_behaviour import Side
from benchmarks.two_hands import night
from sample_county.build import build

pytestmark = pytest.mark.slow

SCALE, SEED = 0.01, 2019
FIRST, LAST = date(2019, 1, 1), date(2019, 12, 31)
Row = dict[str, Any]
Members = dict[str, set[Any]]
MEETINGS = {
    "县委书记专题会议": "mtg_secretary_special",
    "县委常委会": "mtg_standing_cttee",
    "县政府常务会": "mtg_gov_exec",
    "行业部门联席会议": "mtg_joint_dept",
    "领导小组专题会议": "mtg_leading_group",
}
LEADERS = ("县委书记", "县长")
# What tells a member of these figures: columns of the row that proves it.
TOLD_BY = {
    **dict.fromkeys(MEETINGS.values(), ("meeting", ("meeting_name",))),
    "research_times": ("research_visit", ("started_on", "town_name")),
    "research_report_201909": ("research_visit", ("visit_subject",)),
}
REPORT = {
    "mtg_secretary_special": 2, "mtg_standing_cttee": 10, "mtg_gov_exec": 9, "mtg_joint_dept": 5,
    "mtg_leading_group": 8, "research_times": 38, "research_days": 38, "research_months": 12,
    "research_towns": 15, "research_report_201909": 1,
}  # fmt: skip


def rows(table: Any) -> Iterator[Row]:
    """The rows of a made-up ledger with plain values; what is blank is None."""
    for record in table.to_dict("records"):
        yield {
            name: None if value is None or value != value else value.date() if hasattr(value, "date") else value
            for name, value in record.items()
        }


def of_year(day: date) -> bool:
    return FIRST <= day <= LAST


def meetings(table: Any) -> Members:
    found: Members = {figure: set() for figure in MEETINGS.values()}
    for row in rows(table):
        held = row["meeting_status"] in (None, "已召开") and of_year(row["held_on"])
        if held and row["is_on_poverty"] and row["meeting_kind"] in MEETINGS:
            found[MEETINGS[row["meeting_kind"]]].add((row["meeting_name"],))
    return found


def visits(table: Any, poor_villages: set[tuple[str, str]]) -> Members:
    trips, days, places = set(), set(), set()
    months: dict[str, set[date]] = {post: set() for post in LEADERS}
    reports = set()
    for row in rows(table):
        if row["visit_kind"] == "主题教育调研" and row["has_report"] and f"{row['started_on']:%Y-%m}" == "2019-09":
            reports.add((row["visit_subject"],))
        if row["visit_kind"] != "专题调研" or row["leader_post"] not in LEADERS:
            continue
        length = ((row["ended_on"] or row["started_on"]) - row["started_on"]).days
        if row["is_in_households"]:
            under_way = (row["started_on"] + timedelta(days=n) for n in range(length + 1))
            days |= {day for day in under_way if of_year(day)}
        if of_year(row["started_on"]):
            trips.add((row["started_on"], row["town_name"]))
            months[row["leader_post"]].add(row["started_on"].replace(day=1))
            places |= {(row["town_name"], name) for name in (row["village_name"] or "").split("、")}
    return {
        "research_times": trips,
        "research_days": {(str(day),) for day in days},
        "research_months": {(str(month),) for month in months["县委书记"] & months["县长"]},
        "research_towns": {(town,) for town, _ in places},
        "research_vlg_poor": places & poor_villages,
        "research_report_201909": reports,
    }


@pytest.fixture(scope="module")
def expected() -> Members:
    tables = build(seed=SEED, scale=SCALE).tables
    villages = tables["village"]["2019"]
    poor = villages[villages["is_relative_poor"]][["town_name", "village_name"]]
    return {
        **meetings(tables["meeting"]["2019"]),
        **visits(tables["research_visit"]["2019"], set(poor.itertuples(index=False, name=None))),
    }


@pytest.fixture(scope="module", params=[1, 2])
def side(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Side:
    return night(tmp_path_factory.mktemp("ledgers"), request.param, seed=SEED, scale=SCALE)


@pytest.fixture(scope="module")
def warehouse(side: Side) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(side.home / "warehouse/warehouse.duckdb"), read_only=True) as connection:
        yield connection


def members(connection: duckdb.DuckDBPyConnection, lake: Path, figure: str) -> list[tuple[Any, ...]]:
    """The members of a figure by what they are about."""
    if figure in TOLD_BY:
        feed, columns = TOLD_BY[figure]
        sql = f"""
            select {", ".join(f"said.{name}" for name in columns)}
            from mart.fct_figure_member m
            join read_parquet('{lake}/{feed}/*.parquet') said
                on said._batch_id = m.source_batch_id and said._source_row = m.source_row
                and coalesce(said._source_sheet, '') = m.source_sheet
            where m.figure_id = $figure
        """
    else:
        what = {"research_towns": "town_name", "research_vlg_poor": "town_name, village_name"}
        sql = f"select {what.get(figure, 'member_key')} from mart.fct_figure_member where figure_id = $figure"
    return connection.execute(sql, {"figure": figure}).fetchall()


def test_members_and_values_are_those_counted_by_hand(
    side: Side, warehouse: duckdb.DuckDBPyConnection, expected: Members
) -> None:
    assert {name: len(found) for name, found in expected.items() if name in REPORT} == REPORT
    for figure, wanted in expected.items():
        found = members(warehouse, side.home / "lake", figure)
        assert len(found) == len(set(found)), f"{figure} counts something twice"
        assert set(found) == wanted, figure
        stated = warehouse.execute(
            "select value, count_state from mart.fct_figure where figure_id = ? and area_level = 'county'",
            [figure],
        ).fetchall()
        assert [(float(value), state) for value, state in stated] == [(len(wanted), "COUNTED")], figure


def test_no_row_of_a_ledger_is_held(warehouse: duckdb.DuckDBPyConnection) -> None:
    landed = warehouse.sql(
        "select feed, count(*), sum(rows_held) from mart.fct_delivery"
        " where feed in ('meeting', 'research_visit') group by feed order by feed"
    ).fetchall()
    assert landed == [("meeting", 1, 0), ("research_visit", 1, 0)]


def test_much_of_the_ledgers_counts_nowhere() -> None:
    tables = build(seed=SEED, scale=SCALE).tables
    every = {(row["meeting_name"],) for row in rows(tables["meeting"]["2019"])}
    counted = set().union(*meetings(tables["meeting"]["2019"]).values())
    assert counted < every and len(list(rows(tables["meeting"]["2019"]))) > 2 * len(counted)
    trips = {(row["started_on"], row["town_name"]) for row in rows(tables["research_visit"]["2019"])}
    assert len(trips) > 50
