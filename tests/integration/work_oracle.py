"""What the figures of projects, sales, surveys, visits and the party's ledgers have to be, counted by hand.

It goes through the rows of the sample county as they were made up, one by one, by what the report says is
counted. A member is a tuple that tells what it is about, with what it counts at its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sample_county.world.model import Tables
from tests.integration.test_ledgers import LAST, Members, Row, of_year, rows

LEVELS = {"镇级": ("ind_town_n", "ind_town_amt"), "村级": ("ind_vlg_n", "ind_vlg_amt")}
ONE_VILLAGE = {
    "ind_one_village": "total_yuan",
    "ind_one_village_fiscal": "fiscal_yuan",
    "ind_one_village_own": "own_yuan",
}
FRESH = LAST - timedelta(days=365)


def all_members(tables: Tables) -> Members:
    """Every figure that is counted here with its members."""
    return {
        **projects(tables),
        **consumption(tables),
        **policies(tables),
        **party(tables),
        **places(tables),
        **visited(tables),
        **watched(tables),
        **stays(tables),
        "towns": {(row["town_name"], 1.0) for row in rows(tables["village"]["2019"])},
        "gaps": {
            (row["issue_text"], float(row["issue_count"] or 1))
            for row in rows(tables["audit_issue"]["2019"])
            if row["issue_source"] == "自查" and (row["reported_on"] is None or of_year(row["reported_on"]))
        },
    }


def projects(tables: Tables) -> Members:
    """Each project by level and name; its money once, however many rows it has."""
    names = [name for pair in LEVELS.values() for name in pair]
    found: Members = {name: set() for name in (*names, *ONE_VILLAGE)}
    together: dict[Any, list[Row]] = {}
    for row in rows(tables["industry_project"]["2019"]):
        key = row["project_no"] or (row["project_level"], row["town_name"], row["project_name"])
        together.setdefault(key, []).append(row)
    for parts in together.values():
        first = parts[0]
        has_ended = all(part["project_status"] == "终止" for part in parts)
        if has_ended or (first["initiated_on"] or LAST) > LAST:
            continue
        told = (first["project_level"], first["project_name"])
        if first["project_level"] in LEVELS:
            number, amount = LEVELS[first["project_level"]]
            found[number].add((*told, 1.0))
            found[amount].add((*told, first["total_yuan"]))
        else:
            for figure, column in ONE_VILLAGE.items():
                found[figure].add((*told, first[column]))
    return found


def is_open(row: Row, since: str = "opened_on", until: str = "closed_on") -> bool:
    if row[since] > LAST:
        return False
    return row[until] > LAST if row[until] else row.get("operation_status") != "停业"


def consumption(tables: Tables) -> Members:
    sales = [row for row in rows(tables["consumption_sale"]["2019"]) if of_year(row["sold_on"])]
    fairs = [row for row in sales if row["sale_channel"] == "推介会"]
    points = [row for row in rows(tables["consumption_point"]["2019"]) if is_open(row)]
    platforms = [row for row in rows(tables["sales_platform"]["2019"]) if is_open(row)]
    return {
        "cons_points": {(row["town_name"], row["point_name"], 1.0) for row in points},
        "cons_platforms": {(row["platform_name"], 1.0) for row in platforms},
        "cons_sales": {(row["sold_on"], row["product_name"], row["amount_yuan"]) for row in sales},
        "cons_cities": {
            (city.removesuffix("市"), 1.0) for row in fairs for city in row["city_name"].split("、")
        },
    }


def policies(tables: Tables) -> Members:
    own = [
        row
        for row in rows(tables["policy_document"]["2019"])
        if row["issued_level"] == "县" and is_open(row, "issued_on", "repealed_on")
    ]
    plans = [row for row in own if row["policy_category"] == "遍访方案"]
    families = {row["policy_category"] for row in own} - {"遍访方案", "综合"}
    return {
        "visit_plan_doc": {(row["document_no"], 1.0) for row in plans},
        "policy_families": {(name, 1.0) for name in families},
    }


def party(tables: Tables) -> Members:
    filled = {
        (row["town_name"], row["secretary_name"], row["appointed_on"], 1.0)
        for row in rows(tables["village_secretary"]["2019"])
        if row["appointment_kind"] in ("补齐", "配强") and of_year(row["appointed_on"])
    }
    red = {
        (row["town_name"], row["village_name"], 1.0)
        for row in rows(tables["party_village"]["2019"])
        if row["model_kind"] == "红色村" and is_open(row, "listed_on", "delisted_on")
    }
    return {"party_sec_filled": filled, "party_red_villages": red}


def households_of(tables: Tables) -> list[Row]:
    return list(rows(tables["register_household"]["2019-12-31"]))


def last_surveys(tables: Tables) -> dict[str, list[Row]]:
    """By household number, the visits of its last day by the end of the year."""
    every: dict[str, list[Row]] = {}
    for table in tables["household_income_survey"].values():
        for row in rows(table):
            if row["surveyed_on"] <= LAST:
                every.setdefault(row["register_household_no"], []).append(row)
    days = {number: max(row["surveyed_on"] for row in visits) for number, visits in every.items()}
    return {n: [v for v in visits if v["surveyed_on"] == days[n]] for n, visits in every.items()}


def survey_states(tables: Tables) -> dict[str, tuple[str, str]]:
    """By household number its states of food and clothing."""
    surveys = last_surveys(tables)
    return {
        number: (
            _worst(row["is_food_secure"] for row in surveys.get(number, ()) if row["surveyed_on"] >= FRESH),
            _worst(
                row["is_clothing_secure"] for row in surveys.get(number, ()) if row["surveyed_on"] >= FRESH
            ),
        )
        for number in (row["register_household_no"] for row in households_of(tables))
    }


def _worst(answers: Iterable[bool | None]) -> str:
    found = set(answers)
    if False in found:
        return "NOT_MET"
    return "MET" if found == {True} else "UNKNOWN"


def places(tables: Tables) -> Members:
    surveys = last_surveys(tables)
    found: Members = {}
    for name, own in (
        ("ind_nanshan", [row for row in households_of(tables) if row["town_name"] == "南山镇"]),
        (
            "ind_manghai",
            [
                row
                for row in households_of(tables)
                if (row["town_name"], row["village_name"]) == ("南山镇", "芒海村")
            ],
        ),
    ):
        numbers = {row["register_household_no"] for row in own}
        found[f"{name}_hh"] = {(number, 1.0) for number in numbers}
        found[f"{name}_pp"] = {
            (row["register_person_no"], 1.0)
            for row in rows(tables["register_person"]["2019-12-31"])
            if row["register_household_no"] in numbers
        }
    found["ind_nanshan_veg_hh"] = {
        member
        for member in found["ind_nanshan_hh"]
        for row in surveys.get(member[0], ())
        if row["surveyed_on"] >= FRESH and row["main_industry"] == "蔬菜"
    }
    return found


def visited(tables: Tables) -> Members:
    of_head = {
        row["id_number"]: row["register_household_no"]
        for row in rows(tables["register_person"]["2019-12-31"])
    }
    numbers = {row["register_household_no"] for row in households_of(tables)}
    seen = {
        row["register_household_no"] or of_head.get(row["head_id_number"])
        for row in rows(tables["household_visit"]["2019"])
        if of_year(row["visited_on"])
    }
    return {"visit_hh": {(number, 1.0) for number in seen & numbers}}


def watched(tables: Tables) -> Members:
    def is_at_risk(row: Row) -> bool:
        if row["cleared_on"]:
            return bool(row["cleared_on"] > LAST)
        return row["is_cleared"] is not True

    at_risk = [row for row in rows(tables["monitoring_household"]["2019"]) if is_at_risk(row)]
    return {"mon_hh": {(row["head_id_number"], 1.0) for row in at_risk if row["listed_on"] <= LAST}}


def stays(tables: Tables) -> Members:
    """Those in the county that were not undone, and of these those with some relief."""
    registered = {row["id_number"] for row in rows(tables["register_person"]["2019-12-31"])}
    own = [
        row
        for table in tables["inpatient_settlement"].values()
        for row in rows(table)
        if row["id_number"] in registered and row["care_place"] == "县内" and of_year(row["settled_on"])
    ]
    undone = {_stay(row) for row in own if row["is_reversal"]}
    relief = ("critical_illness_paid_yuan", "relief_paid_yuan", "other_paid_yuan")
    return {
        "inpatient_relief_rate": {
            (row["settlement_no"], 1.0)
            for row in own
            if _stay(row) not in undone and sum(row[name] or 0 for name in relief) > 0
        }
    }


def _stay(row: Row) -> tuple[str, str, date, date, float]:
    return (
        row["id_number"],
        row["hospital_name"],
        row["admitted_on"],
        row["discharged_on"],
        abs(row["total_yuan"]),
    )
