"""Projects, sales, surveys, visits and the party's ledgers of the sample county, in both styles.

Members and values are those that `work_oracle` counts by hand; of the warehouse it knows nothing.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from benchmarks.same_behaviour import Side
from sample_county.calibration import STATED_FIGURES
from sample_county.world.model import Tables
from tests.integration.test_ledgers import Members
from tests.integration.work_oracle import all_members, survey_states

pytestmark = pytest.mark.slow

# What does not grow with the county has the values of the report at every scale.
REPORT = {
    "ind_town_n": 23, "ind_town_amt": 7670.12, "ind_vlg_n": 36, "ind_vlg_amt": 3448.75,
    "ind_one_village": 2497.98, "ind_one_village_fiscal": 800, "ind_one_village_own": 1697.98,
    "cons_points": 18, "cons_sales": 512, "cons_cities": 4, "cons_platforms": 3,
    "visit_plan_doc": 1, "policy_families": 10, "party_sec_filled": 15, "party_red_villages": 3,
    "towns": 15, "gaps": 3,
}  # fmt: skip
WAN = {name for name in REPORT if name.endswith("_amt") or "one_village" in name} | {"cons_sales"}
RATES = {"inpatient_relief_rate"}
# What tells a member of these figures: columns of the row that proves it.
TOLD_BY = {
    **dict.fromkeys(
        [name for name in REPORT if name.startswith("ind_")],
        ("industry_project", ("project_level", "project_name")),
    ),
    "cons_points": ("consumption_point", ("town_name", "point_name")),
    "cons_sales": ("consumption_sale", ("sold_on", "product_name")),
    "cons_platforms": ("sales_platform", ("platform_name",)),
    "visit_plan_doc": ("policy_document", ("document_no",)),
    "party_sec_filled": ("village_secretary", ("town_name", "secretary_name", "appointed_on")),
    "mon_hh": ("monitoring_household", ("head_id_number",)),
    "gaps": ("audit_issue", ("issue_text",)),
}
# Of the others: columns of the member itself.
OF_MEMBER = {"towns": "town_name", "party_red_villages": "town_name, village_name"}
FEEDS = (
    "attested_statement", "consumption_point", "consumption_sale", "household_income_survey",
    "household_visit", "industry_project", "monitoring_household", "party_village", "policy_document",
    "sales_platform", "village_secretary",
)  # fmt: skip


@pytest.fixture(scope="module")
def expected(tables: Tables) -> Members:
    return all_members(tables)


def members(connection: duckdb.DuckDBPyConnection, side: Side, figure: str) -> list[tuple[Any, ...]]:
    """The members of a figure by what they are about, each with what it counts."""
    amount = "cast(m.amount as double)"
    of_it = "where m.figure_id = $figure and m.role = 'numerator'"
    if figure in TOLD_BY:
        feed, columns = TOLD_BY[figure]
        sql = f"""
            select {", ".join(f"said.{name}" for name in columns)}, {amount}
            from mart.fct_figure_member m
            join read_parquet('{side.home / "lake"}/{feed}/*.parquet') said
                on said._batch_id = m.source_batch_id and said._source_row = m.source_row
                and coalesce(said._source_sheet, '') = m.source_sheet
            {of_it}
        """
    elif figure.endswith("_hh"):
        sql = f"""
            select d.register_household_no, {amount}
            from mart.fct_figure_member m join mart.dim_household d using (household_id, as_of) {of_it}
        """
    else:
        sql = f"""
            select {OF_MEMBER.get(figure, "member_key")}, {amount} from mart.fct_figure_member m {of_it}
        """
    return connection.execute(sql, {"figure": figure}).fetchall()


def value_of(figure: str, found: set[Any]) -> float:
    return round(sum(member[-1] for member in found) / (10_000 if figure in WAN else 1), 2)


def stated(connection: duckdb.DuckDBPyConnection, figure: str) -> tuple[float, str]:
    sql = "select value, count_state from mart.fct_figure where figure_id = ? and area_level = 'county'"
    ((value, state),) = connection.execute(sql, [figure]).fetchall()
    return float(value), state


def test_members_and_values_are_those_counted_by_hand(
    side: Side, warehouse: duckdb.DuckDBPyConnection, expected: Members
) -> None:
    counted = {figure: value_of(figure, found) for figure, found in expected.items()}
    assert {figure: counted[figure] for figure in REPORT} == REPORT
    for figure, wanted in expected.items():
        found = members(warehouse, side, figure)
        assert len(found) == len(set(found)), f"{figure} counts something twice"
        assert set(found) == wanted, figure
        if figure not in RATES:
            assert stated(warehouse, figure) == (counted[figure], "COUNTED"), figure


def test_rates_are_over_all_that_they_are_about(
    side: Side, warehouse: duckdb.DuckDBPyConnection, expected: Members, tables: Tables
) -> None:
    households = len(tables["register_household"]["2019-12-31"])
    rate = round(100 * len(expected["visit_hh"]) / households + 1e-9, 2)
    assert stated(warehouse, "visit_rate") == (rate, "COUNTED") and rate < 100
    stays = stated(warehouse, "inpatient_times")[0]
    relieved = len(expected["inpatient_relief_rate"])
    assert stated(warehouse, "inpatient_relief_rate") == (round(100 * relieved / stays, 1), "COUNTED")


def test_what_is_stated_has_the_unit_of_its_figure(warehouse: duckdb.DuckDBPyConnection) -> None:
    for figure, value in STATED_FIGURES.items():
        assert stated(warehouse, figure) == (value, "COUNTED"), figure


def test_food_and_clothing_are_as_the_last_visit_found_them(
    warehouse: duckdb.DuckDBPyConnection, tables: Tables
) -> None:
    found = warehouse.sql(
        "select d.register_household_no, g.food_state, g.clothing_state"
        " from mart.fct_household_guarantee g join mart.dim_household d using (household_id, as_of)"
    ).fetchall()
    wanted = survey_states(tables)
    assert {number: states for number, *states in found} == {n: list(s) for n, s in wanted.items()}
    assert {state for pair in wanted.values() for state in pair} == {"MET", "NOT_MET", "UNKNOWN"}


def test_no_row_of_a_ledger_is_held(warehouse: duckdb.DuckDBPyConnection) -> None:
    landed = warehouse.execute(
        "select feed, sum(rows_held) from mart.fct_delivery"
        " where list_contains(?, feed) group by feed order by feed",
        [list(FEEDS)],
    ).fetchall()
    assert landed == [(feed, 0) for feed in FEEDS]


def test_much_of_the_ledgers_counts_nowhere(expected: Members, tables: Tables) -> None:
    counted = {m[:2] for name in WAN - {"cons_sales"} for m in expected[name]}
    every = tables["industry_project"]["2019"]
    assert len(every) > len(every.drop_duplicates(["project_level", "project_name"])) > len(counted)
    assert len(tables["consumption_point"]["2019"]) > REPORT["cons_points"]
    assert len(tables["sales_platform"]["2019"]) > REPORT["cons_platforms"]
    sold = tables["consumption_sale"]["2019"]
    assert sold["amount_yuan"].min() < 0 and sold["amount_yuan"].sum() > 5_120_000
    assert len(tables["village_secretary"]["2019"]) > REPORT["party_sec_filled"] + 10
    assert len(tables["monitoring_household"]["2019"]) > len(expected["mon_hh"])
    assert len(tables["household_visit"]["2019"]) > len(expected["visit_hh"])
