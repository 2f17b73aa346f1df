"""The truth agrees with what the tables say by the definitions, worked out here a second time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.model import World

AS_OF = "2019-12-31"
IN_SCHOOL = ["在校", "送教上门", "随班就读", "特教", "异地就读已核"]


def by_no(world: World, column: str) -> pd.Series:
    return world.truth_households.set_index("register_household_no")[column]


def household_of(world: World, numbers: pd.Series) -> pd.Series:
    people = world.tables["register_person"][AS_OF].set_index("id_number")["register_household_no"]
    return numbers.map(people)


def test_truth_has_a_row_for_each_registered(world: World) -> None:
    house, people = world.tables["register_household"][AS_OF], world.tables["register_person"][AS_OF]
    assert list(world.truth_households["register_household_no"]) == list(house["register_household_no"])
    assert list(world.truth_persons["register_person_no"]) == list(people["register_person_no"])


def test_housing(world: World) -> None:
    appraisal, task = world.tables["housing_appraisal"]["2019"], world.tables["renovation_task"]["2019"]
    appraisal = appraisal.assign(no=household_of(world, appraisal["id_number"])).sort_values("appraised_on")
    last = appraisal.dropna(subset="no").groupby("no")["dwelling_grade"].last()
    tasks = task.assign(no=household_of(world, task["id_number"])).dropna(subset="no").set_index("no")
    payroll = world.tables["destitute_support"]["2019-12"]
    inside = set(household_of(world, payroll.loc[payroll["support_kind"] == "集中", "id_number"]).dropna())
    truth = by_no(world, "housing_state")
    index = truth.index.to_series()
    grade, accepted = index.map(last), index.map(tasks["accepted_on"]).notna()
    waiting = index.isin(tasks.index) & ~accepted
    expected = np.select(
        [grade.isin(["A", "B"]), accepted, waiting, index.isin(inside), grade.isin(["C", "D"])],
        ["MET", "MET", "UNKNOWN", "MET", "NOT_MET"],
        "UNKNOWN",
    )
    assert (truth == expected).all()
    assert truth.value_counts().to_dict() == {"MET": 9521, "UNKNOWN": 37, "NOT_MET": 18}


def test_water(world: World) -> None:
    ledger = world.tables["village_water_supply"]["2019-12"]
    tests = pd.concat(world.tables["water_quality_test"].values()).sort_values("sampled_on")
    last = tests[tests["sampled_on"] == tests.groupby("works_name")["sampled_on"].transform("max")]
    worst = (last["verdict"] == "不合格").groupby(last["works_name"]).any()
    quality = ledger["works_name"].map(worst).map({True: "NOT_MET", False: "MET"}).fillna("UNKNOWN")
    amount = ledger["daily_litres_per_head"].ge(35).map({True: "MET", False: "NOT_MET"})
    near = ledger["is_at_home"] | ledger["fetch_minutes"].le(20)
    way = near.map({True: "MET", False: "NOT_MET"}).fillna("UNKNOWN")
    supply = ledger["outage_days"].le(36).map({True: "MET", False: "NOT_MET"})
    parts = pd.concat([quality, amount, way, supply], axis=1)
    ledger = ledger.assign(
        state=np.select(
            [(parts == "NOT_MET").any(axis=1), (parts == "UNKNOWN").any(axis=1)],
            ["NOT_MET", "UNKNOWN"],
            "MET",
        ),
        quality=quality,
    )
    house = world.tables["register_household"][AS_OF]
    home = house.merge(ledger, on=["town_name", "village_name", "natural_village_name"], how="left")
    home = home.set_index("register_household_no")
    assert (home["state"] == by_no(world, "water_state")).all()
    assert (home.loc[home["is_lifted"].astype(bool), "quality"] == "MET").all()
    assert {"MET", "NOT_MET", "UNKNOWN"} == set(home["state"])


def test_education(world: World) -> None:
    people, roll = world.tables["register_person"][AS_OF], world.tables["school_enrolment"]["2019-2020-1"]
    status = people["id_number"].map(roll.set_index("id_number")["enrolment_status"])
    approved = people["id_number"].isin(world.tables["schooling_exemption"]["2019"]["id_number"])
    scope = people["birth_on"].between("2003-09-01", "2013-08-31") | people["student_status"].isin(
        ["一年级", "九年级"]
    )
    expected = np.select(
        [~scope, status.isin(IN_SCHOOL), approved, status == "转出"],
        ["NOT_APPLICABLE", "MET", "EXEMPT", "UNKNOWN"],
        "NOT_MET",
    )
    assert (world.truth_persons["education_state"] == expected).all()
    assert (by_no(world, "education_state") == "NOT_APPLICABLE").sum() > 1000


def test_lifted_households_are_mostly_guaranteed(world: World) -> None:
    house = world.tables["register_household"][AS_OF]
    lifted = house["is_lifted"].to_numpy(bool)
    guaranteed = world.truth_households["is_guaranteed"].to_numpy(bool)
    assert guaranteed[lifted].mean() > 0.985 > 0.6 > guaranteed[~lifted].mean()


def test_no_namesake_can_hide_a_child_who_is_not_in_school(world: World) -> None:
    people = world.tables["register_person"][AS_OF]
    at_home = people.loc[people["not_in_school_reason"].notna(), ["id_number", "person_name"]]
    everybody = pd.concat(world.tables["insurance_enrolment"].values())
    namesakes = everybody[everybody["person_name"].isin(at_home["person_name"])]
    assert len(at_home) == 26 and set(namesakes["id_number"]) == set(at_home["id_number"])
