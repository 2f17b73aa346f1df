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
import pandas as pd
import pytest

from benchmarks.same_behaviour import Side
from sample_county.world.model import Tables

pytestmark = pytest.mark.slow

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
PROGRAMME = date(2016, 1, 1)
ISSUES = {
    "rect_issues": 71, "rect_issues_insp": 25, "rect_issues_audit": 46,
    "rect_closed": 31, "rect_closed_insp": 21, "rect_closed_audit": 10,
    "rect_ongoing": 40, "rect_ongoing_insp": 4, "rect_ongoing_audit": 36,
    "aud_22_total": 7, "aud_22_edu": 3, "aud_22_house": 4, "aud_22_done": 7,
}  # fmt: skip
# What tells a member of these figures: columns of the row that proves it.
TOLD_BY = {
    **dict.fromkeys(MEETINGS.values(), ("meeting", ("meeting_name",))),
    "research_times": ("research_visit", ("started_on", "town_name")),
    "research_report_201909": ("research_visit", ("visit_subject",)),
    **dict.fromkeys(("rect_insp_n", "rect_audit_n"), ("audit_report", ("document_no",))),
    **dict.fromkeys(ISSUES, ("audit_issue", ("issue_text",))),
}
REPORT = {
    "mtg_secretary_special": 2, "mtg_standing_cttee": 10, "mtg_gov_exec": 9, "mtg_joint_dept": 5,
    "mtg_leading_group": 8, "research_times": 38, "research_days": 38, "research_months": 12,
    "research_towns": 15, "research_report_201909": 1, "rect_insp_n": 1, "rect_audit_n": 2, **ISSUES,
}  # fmt: skip


def rows(table: Any) -> Iterator[Row]:
    """The rows of a made-up ledger with plain values; what is blank is None."""
    for record in table.astype(object).to_dict("records"):
        yield {name: _plain(value) for name, value in record.items()}


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


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
        if (
            row["visit_kind"] == "主题教育调研"
            and row["has_report"]
            and f"{row['started_on']:%Y-%m}" == "2019-09"
        ):
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


def letters(table: Any) -> Members:
    found: Members = {"rect_insp_n": set(), "rect_audit_n": set()}
    kinds = {"巡察": "rect_insp_n", "审计": "rect_audit_n"}
    for row in rows(table):
        is_counted = row["field"] in (None, "精准扶贫") and PROGRAMME <= row["reported_on"] <= LAST
        if is_counted and row["supervision_kind"] in kinds:
            found[kinds[row["supervision_kind"]]].add((row["document_no"],))
    return found


def issues(table: Any) -> Members:
    """Each issue by its text, with how many it stands for."""
    together: dict[Any, list[Row]] = {}
    for at, row in enumerate(rows(table)):
        together.setdefault(row["issue_no"] or at, []).append(row)
    found: Members = {figure: set() for figure in ISSUES}
    for parts in together.values():
        first = parts[0]
        told = (first["issue_text"], 1 if first["issue_count"] is None else int(first["issue_count"]))
        closed = all(part["rectification_status"] == "销号" and by(part["closed_on"]) for part in parts)
        done = all(
            part["rectification_status"] in ("已整改", "销号")
            and by(part["rectified_on"] or part["closed_on"])
            for part in parts
        )
        suffix = {"巡察": "_insp", "审计": "_audit"}.get(first["issue_source"])
        if suffix and (first["reported_on"] is None or first["reported_on"] >= PROGRAMME):
            for what in ("rect_issues", "rect_closed" if closed else "rect_ongoing"):
                found[what].add(told)
                found[what + suffix].add(told)
        if first["document_no"] == "粤审农报〔2019〕22号":
            found["aud_22_total"].add(told)
            part = {"教育资助": "aud_22_edu", "购买商品房": "aud_22_house"}[first["issue_category"]]
            found[part].add(told)
            found["aud_22_done"] |= {told} if done else set()
    return found


def by(day: date | None) -> bool:
    return day is None or day <= LAST


@pytest.fixture(scope="module")
def expected(tables: Tables) -> Members:
    villages = tables["village"]["2019"]
    poor = villages[villages["is_relative_poor"]][["town_name", "village_name"]]
    return {
        **meetings(tables["meeting"]["2019"]),
        **letters(tables["audit_report"]["2019"]),
        **issues(tables["audit_issue"]["2019"]),
        **visits(tables["research_visit"]["2019"], set(poor.itertuples(index=False, name=None))),
    }


def members(connection: duckdb.DuckDBPyConnection, lake: Path, figure: str) -> list[tuple[Any, ...]]:
    """The members of a figure by what they are about."""
    if figure in TOLD_BY:
        feed, columns = TOLD_BY[figure]
        weight = ", cast(m.amount as integer)" if figure in ISSUES else ""
        sql = f"""
            select {", ".join(f"said.{name}" for name in columns)}{weight}
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


def value_of(figure: str, found: set[Any]) -> int:
    return sum(weight for _, weight in found) if figure in ISSUES else len(found)


def test_members_and_values_are_those_counted_by_hand(
    side: Side, warehouse: duckdb.DuckDBPyConnection, expected: Members
) -> None:
    counted = {name: value_of(name, found) for name, found in expected.items()}
    assert {name: count for name, count in counted.items() if name in REPORT} == REPORT
    for figure, wanted in expected.items():
        found = members(warehouse, side.home / "lake", figure)
        assert len(found) == len(set(found)), f"{figure} counts something twice"
        assert set(found) == wanted, figure
        stated = warehouse.execute(
            "select value, count_state from mart.fct_figure where figure_id = ? and area_level = 'county'",
            [figure],
        ).fetchall()
        assert [(float(value), state) for value, state in stated] == [(counted[figure], "COUNTED")], figure


def test_no_row_of_a_ledger_is_held(warehouse: duckdb.DuckDBPyConnection) -> None:
    landed = warehouse.sql(
        "select feed, count(*), sum(rows_held) from mart.fct_delivery"
        " where feed in ('audit_issue', 'audit_report', 'meeting', 'research_visit')"
        " group by feed order by feed"
    ).fetchall()
    assert landed == [(feed, 1, 0) for feed in ("audit_issue", "audit_report", "meeting", "research_visit")]


def test_much_of_the_ledgers_counts_nowhere(tables: Tables) -> None:
    every = {(row["meeting_name"],) for row in rows(tables["meeting"]["2019"])}
    counted = set().union(*meetings(tables["meeting"]["2019"]).values())
    assert counted < every and len(list(rows(tables["meeting"]["2019"]))) > 2 * len(counted)
    trips = {(row["started_on"], row["town_name"]) for row in rows(tables["research_visit"]["2019"])}
    assert len(trips) > 50
    told = set().union(*issues(tables["audit_issue"]["2019"]).values())
    assert {row["issue_text"] for row in rows(tables["audit_issue"]["2019"])} > {text for text, _ in told}
    assert len(tables["audit_issue"]["2019"]) > len(told) + 10
