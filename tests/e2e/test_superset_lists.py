"""Every number of both dashboards opens to the things it counts: asked of a real Superset's chart data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from dashboards.catalog import Chart, read_catalog
from dashboards.client import SupersetClient
from tests.e2e.conftest import County

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

DAYS = {
    day: datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000
    for day in ("2019-12-31", "2019-11-30")
}
LATEST, EARLIER = DAYS.values()
AREAS: dict[str, dict[str, str]] = {
    "county": {},
    "town": {"town_name": "前山镇"},
    "village": {"town_name": "前山镇", "village_name": "东村"},
}
# What counts rows; the rows that it opens are then its members.
COUNTS = {"households", "items", "feed_count", "open_rows"}
Selection = dict[str, Any]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def superset(county: County) -> Iterator[SupersetClient]:
    with county.client() as client:
        yield client


@pytest.fixture(scope="module")
def ids(superset: SupersetClient) -> dict[str, int]:
    """Chart → its id."""
    titles = {each["slice_name"]: each["id"] for each in superset.list_all("chart", ["id", "slice_name"])}
    return {name: titles[chart.title] for name, chart in read_catalog().charts.items()}


def opened(superset: SupersetClient, chart: int, selection: Selection) -> list[Row]:
    """The rows that "drill to detail" shows."""
    context = json.loads(superset.get(f"/api/v1/chart/{chart}")["result"]["query_context"])
    context["result_type"] = "drill_detail"
    for query in context["queries"]:
        query["row_limit"] = 50_000
        query["filters"] += [{"col": column, "op": "==", "val": value} for column, value in selection.items()]
    rows: list[Row] = superset.post("/api/v1/chart/data", json=context)["result"][0]["data"]
    return rows


def ask(county: County, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(county.serving.resolve()), read_only=True) as connection:
        return connection.execute(sql, values).fetchall()


def measuring_charts() -> list[Chart]:
    """Those with numbers, but for trends, whose dates are their axis."""
    return [chart for chart in read_catalog().charts.values() if chart.metrics and chart.kind != "lines"]


def counting_charts() -> list[Chart]:
    return [chart for chart in measuring_charts() if set(chart.metrics) <= COUNTS]


def columns_of(chart: Chart, selection: Selection) -> Selection:
    """Those of the selection that the chart's dataset has: a board knows no towns."""
    known = (
        {"as_of"} if chart.dataset in ("rpt_delivery_board", "fct_held_row") else {"as_of", *AREAS["village"]}
    )
    return {column: value for column, value in selection.items() if column in known}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("chart", counting_charts(), ids=lambda chart: chart.chart)
def test_a_number_opens_to_as_many_rows(
    superset: SupersetClient, ids: dict[str, int], chart: Chart, area: str
) -> None:
    selection = columns_of(chart, {"as_of": LATEST, **AREAS[area]})
    cells = superset.chart_data(ids[chart.chart], selection)
    dimensions = [*chart.rows, *chart.by]
    for cell in cells:
        wanted = {**selection, **{name: cell[name] for name in dimensions}}
        rows = opened(superset, ids[chart.chart], wanted)
        [number] = [cell[metric] for metric in chart.metrics]
        assert number == len(rows), (chart.chart, wanted)


def test_there_are_numbers_to_open() -> None:
    assert {chart.chart for chart in counting_charts()} >= {
        "registered_households", "guaranteed_households", "households_lacking", "guarantee_by_town",
        "gaps_by_town", "feeds_late", "held_by_age",
    }  # fmt: skip


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize(
    ("chart", "sql"),
    [
        ("registered_households", "select m.household_id from mart.fct_figure_member m"
         " where m.figure_id = 'reg_hh'"),
        ("households_lacking", "select m.household_id from mart.fct_figure_member m"
         " where m.figure_id like 'grt_%' and m.state = 'NOT_MET'"),
    ],
)  # fmt: skip
def test_the_rows_are_the_members_of_the_figure(
    county: County, superset: SupersetClient, ids: dict[str, int], chart: str, sql: str, area: str
) -> None:
    rows = opened(superset, ids[chart], {"as_of": LATEST, **AREAS[area]})
    where = "".join(f" and m.{column} = '{value}'" for column, value in AREAS[area].items())
    members = ask(county, f"{sql} and m.as_of = '2019-12-31'{where}")
    assert members
    assert {row["household_id"] for row in rows} == {key for (key,) in members}
    assert list(rows[0])[:4] == ["register_household_no", "head_name", "town_name", "village_name"]
    assert all(row["register_household_no"] and row["head_name"] for row in rows)


@pytest.mark.parametrize("area", AREAS)
def test_each_cell_of_the_guarantees_is_the_figure_and_its_members(
    county: County, superset: SupersetClient, ids: dict[str, int], area: str
) -> None:
    selection = {"as_of": LATEST, **AREAS[area]}
    cells = superset.chart_data(ids["guarantee_by_town"], selection)
    where = "".join(f" and {column} = '{value}'" for column, value in AREAS[area].items())
    figures = ask(
        county,
        "select town_name, replace(label, '有保障户比例', ''), met_count, not_met_count, unknown_count,"
        " exempt_count"
        f" from mart.fct_figure where as_of = '2019-12-31' and figure_id like 'grt_%'"
        f" and area_level = '{'village' if area == 'village' else 'town'}'{where}",
    )
    labels = ("有保障", "未保障", "待核实", "免除")
    expected = {
        (town, guarantee, label): count
        for town, guarantee, *counts in figures
        for label, count in zip(labels, counts, strict=True)
        if count
    }
    assert expected
    assert {(c["town_name"], c["guarantee_label"], c["state_label"]): c["items"] for c in cells} == expected
    told = next(cell for cell in cells if cell["state_label"] == "未保障")
    cell = {name: told[name] for name in ("town_name", "guarantee_label", "state_label")}
    rows = opened(superset, ids["guarantee_by_town"], {**selection, **cell})
    members = ask(
        county,
        "select household_id from mart.fct_figure_member m"
        " where as_of = '2019-12-31' and role = 'denominator' and state = 'NOT_MET'"
        f" and label = $label and town_name = $town{where}",
        label=f"{told['guarantee_label']}有保障户比例",
        town=told["town_name"],
    )
    assert {row["household_id"] for row in rows} == {key for (key,) in members}
    assert {(row["state_label"], row["reason"]) for row in rows} == {("未保障", "没有达到。")}


def figure_charts() -> list[Chart]:
    """Those whose numbers are figures: rates, people, the funnel, the summary and the trends."""
    return [chart for chart in read_catalog().charts.values() if chart.dataset == "fct_figure_member"]


def test_every_number_opens_to_what_it_counts_or_to_its_members() -> None:
    of_figures = {chart.chart for chart in figure_charts()}
    assert of_figures >= {
        "registered_persons", "lifted_rate", "exit_rate", "register_funnel", "guarantee_summary",
        "guarantee_trend", "register_trend",
    }  # fmt: skip
    with_numbers = {chart.chart for chart in read_catalog().charts.values() if chart.metrics}
    counting = {chart.chart for chart in counting_charts()}
    counting.add("deliveries_trend")  # of feeds, not of a figure
    assert with_numbers == of_figures | counting


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("chart", figure_charts(), ids=lambda chart: chart.chart)
def test_a_figure_opens_to_exactly_its_members(
    county: County, superset: SupersetClient, ids: dict[str, int], chart: Chart, area: str
) -> None:
    is_trend = chart.kind == "lines"
    selection: Selection = dict(AREAS[area]) if is_trend else {"as_of": LATEST, **AREAS[area]}
    [figures] = [condition.values for condition in chart.where if condition.column == "figure_id"]
    where = "".join(f" and {column} = '{value}'" for column, value in AREAS[area].items())
    seen = set()
    for cell in superset.chart_data(ids[chart.chart], selection):
        wanted = {**selection, **{name: cell[name] for name in (*chart.rows, *chart.by)}}
        rows = opened(superset, ids[chart.chart], wanted)
        assert rows, wanted
        assert list(rows[0])[:4] == ["register_household_no", "head_name", "town_name", "village_name"]
        [(figure, day)] = {(row["figure_id"], row["as_of"]) for row in rows}
        assert figure in figures
        seen.add((figure, day))
        on = datetime.fromtimestamp(day / 1000, UTC).date()
        members = ask(
            county,
            "select member_key, any_value(h.register_household_no), any_value(h.head_name),"
            " any_value(m.village_name), any_value(s.state_label), any_value(s.reason),"
            " if(max(role) = 'numerator', '计入', '不计入')"
            " from mart.fct_figure_member as m join mart.dim_household as h using (as_of, household_id,"
            " town_name, village_name)"
            " left join (select distinct state, state_label, reason from mart.fct_guarantee) as s"
            " using (state)"
            f" where figure_id = $figure and as_of = $day{where} group by member_key",
            figure=figure,
            day=on,
        )
        shown = ("member_key", "register_household_no", "head_name", "village_name", "state_label", "reason",
                 "counted_label")  # fmt: skip
        assert sorted(tuple(row[name] for name in shown) for row in rows) == sorted(members), wanted
        [(numerator, denominator)] = ask(
            county,
            "select numerator, denominator from mart.fct_figure where figure_id = $figure and as_of = $day"
            f" and area_level = $area{where}",
            figure=figure,
            day=on,
            area=area,
        )
        assert sum(row["counted_amount"] for row in rows) == numerator
        assert denominator is None or sum(row["amount"] for row in rows) == denominator
        check_the_number(chart, cell, rows, numerator, denominator)
    dates = 3 if is_trend else 1
    assert len(seen) == len(figures) * dates


def check_the_number(
    chart: Chart, cell: Row, rows: list[Row], numerator: float, denominator: float | None
) -> None:
    """What the chart shows is the figure's own number."""
    for metric in chart.metrics:
        if metric.startswith("figure_number"):
            assert cell[metric] == numerator
        elif metric in ("rate", "rate_by_date", "guarantee_rate"):
            assert denominator
            least = 0.9999 if numerator < denominator else 1
            assert cell[metric] == pytest.approx(min(numerator / denominator, least))
        elif metric == "in_scope":
            assert cell[metric] == denominator == len(rows)
        else:
            assert cell[metric] == sum(row["state"] == metric.upper() for row in rows), metric


@pytest.mark.parametrize("chart", measuring_charts(), ids=lambda chart: chart.chart)
def test_a_chart_opened_alone_says_what_it_says_of_the_latest_date(
    superset: SupersetClient, ids: dict[str, int], chart: Chart
) -> None:
    def known(rows: list[Row]) -> list[Row]:
        found = [row for row in rows if any(row[metric] not in (None, 0) for metric in chart.metrics)]
        return sorted(found, key=str)

    alone, dated = (superset.chart_data(ids[chart.chart], chosen) for chosen in ({}, {"as_of": LATEST}))
    assert known(alone) == known(dated)
    if chart.dataset != "rpt_delivery_board" or chart.chart == "feeds_late":
        assert known(dated)


def analysts_chart(superset: SupersetClient, table: str, columns: list[str], metric: str) -> list[Row]:
    """What somebody gets who opens a data set, picks columns and a metric, and touches no filter."""
    [dataset] = [
        d["id"] for d in superset.list_all("dataset", ["id", "table_name"]) if d["table_name"] == table
    ]
    query = {"columns": columns, "metrics": [metric], "filters": [], "orderby": [], "row_limit": 10_000,
             "extras": {"having": "", "where": ""}}  # fmt: skip
    context = {"datasource": {"id": dataset, "type": "table"}, "force": False, "queries": [query],
               "form_data": {}, "result_format": "json", "result_type": "full"}  # fmt: skip
    rows: list[Row] = superset.post("/api/v1/chart/data", json=context)["result"][0]["data"]
    return rows


@pytest.mark.parametrize("table", ["fct_household_guarantee_latest", "fct_household_guarantee"])
def test_the_first_chart_of_an_analyst_is_right(county: County, superset: SupersetClient, table: str) -> None:
    """未保障户 by village, of all dates and of the one: a village that is gone has no number of before."""
    rows = analysts_chart(superset, table, ["town_name", "village_name"], "not_met_households")
    expected = ask(
        county,
        "select town_name, village_name, count(*) from mart.fct_household_guarantee"
        " where as_of = '2019-12-31' and not_met_count > 0 group by all",
    )
    assert expected
    told = {(row["town_name"], row["village_name"]): row["not_met_households"] for row in rows}
    assert {village: count for village, count in told.items() if count} == {(t, v): n for t, v, n in expected}
    assert ("前山镇", "旧村") in {(t, v) for t, v in ask(
        county, "select distinct town_name, village_name from mart.fct_household_guarantee")}  # fmt: skip


@pytest.mark.parametrize("level", ["town", "village"])
def test_a_dataset_of_one_level_cannot_be_summed_over_levels(
    county: County, superset: SupersetClient, level: str
) -> None:
    rows = analysts_chart(superset, f"fct_figure_{level}", ["figure_id"], "figure_number")
    expected = ask(county, "select figure_id, numerator from mart.fct_figure"
                   " where area_level = 'county' and as_of = '2019-12-31'")  # fmt: skip
    assert {row["figure_id"]: row["figure_number"] for row in rows} == dict(expected)
