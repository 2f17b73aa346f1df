"""Faults of a state: every cell is well-formed, and a rule has to find what is wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sample_county.files.plan import STAGES
from sample_county.files.planting import LATEST, Kind, Planting

INSURED = ("ins_resident_pp", "ins_rate")
SCHOOLED = ("edu_in_school_pp", "edu_enrol_rate")
LIFTED = ("lifted_hh", "lifted_pp", "lifted_rate", "not_lifted_hh", "not_lifted_pp", "lifted_not_exited_hh",
          "lifted_not_exited_pp")  # fmt: skip


def row_of(frame: pd.DataFrame, column: str, value: Any) -> int | None:
    """The only row of the value; None where there is none or several."""
    rows = frame.index[frame[column] == value]
    return int(rows[0]) if len(rows) == 1 else None


def insured(p: Planting) -> tuple[pd.Series[Any], int] | None:
    """A registered person insured by exactly one row of the residents' roll, and that row."""
    person = p.person("medical_state")
    if person is None or (p.table("insurance_enrolment", "职工")["id_number"] == person["id_number"]).any():
        return None
    row = row_of(p.table("insurance_enrolment", "居民"), "id_number", person["id_number"])
    return None if row is None else (person, row)


def uninsured(p: Planting) -> bool:
    if (found := insured(p)) is None:
        return False
    person, row = found
    p.put("insurance_enrolment", "居民", p.table("insurance_enrolment", "居民").drop(index=row))
    p.absent("徐闻县2019年度城乡居民基本医疗保险参保名册.csv", "insurance_enrolment", "R15", "uninsured")
    p.judge_person(person, medical_state="NOT_MET")
    p.unsettle(*INSURED)
    return True


def insurance_suspended(p: Planting) -> bool:
    if (found := insured(p)) is None:
        return False
    person, row = found
    p.change("insurance_enrolment", "居民", row, insurance_status="暂停")
    p.mark("insurance_enrolment", "居民", row, "insurance_status", "R15", "insurance_suspended")
    p.judge_person(person, medical_state="NOT_MET")
    p.unsettle(*INSURED)
    return True


def pupil(p: Planting) -> tuple[pd.Series[Any], int] | None:
    person = p.person("education_state")
    if person is None:
        return None
    frame = p.table("school_enrolment")
    row = row_of(frame, "id_number", person["id_number"])
    if row is None or frame.loc[row, "stage"] not in STAGES[1:3]:
        return None
    exempt = p.table("schooling_exemption")["id_number"] == person["id_number"]
    return None if exempt.any() else (person, row)


def pupil_status(status: str, kind: str) -> Kind:
    def plant_it(p: Planting) -> bool:
        if (found := pupil(p)) is None:
            return False
        person, row = found
        p.change("school_enrolment", "", row, enrolment_status=status)
        p.mark("school_enrolment", "", row, "enrolment_status", "R04", kind)
        p.judge_person(person, education_state="NOT_MET")
        p.unsettle(*SCHOOLED)
        return True

    return plant_it


def appraised(p: Planting) -> tuple[str, int] | None:
    """A household whose dwelling is safe by one appraisal alone, and the row of it."""
    truth = p.truth_households
    people = p.persons[~p.persons["register_household_no"].isin(p.used_households)]
    good = truth.loc[truth["housing_state"] == "MET", "register_household_no"]
    people = people[people["register_household_no"].isin(good)]
    frame = p.table("housing_appraisal")
    housed = people.merge(frame["id_number"].reset_index(), on="id_number")
    others = pd.concat(
        [p.table("renovation_task")["id_number"], p.table("destitute_support", "2019-12")["id_number"]]
    )
    bound = people.loc[people["id_number"].isin(others), "register_household_no"]
    housed = housed[~housed["register_household_no"].duplicated(keep=False)]
    housed = housed[~housed["register_household_no"].isin(bound)]
    row = p.choose(housed["index"].drop_duplicates(keep=False).tolist())
    if row is None:
        return None
    return str(housed.loc[housed["index"] == row, "register_household_no"].iloc[0]), row


def dwelling_unsafe(p: Planting) -> bool:
    if (found := appraised(p)) is None:
        return False
    household, row = found
    p.change("housing_appraisal", "", row, dwelling_grade="D")
    p.mark("housing_appraisal", "", row, "dwelling_grade", "R21", "dwelling_unsafe")
    p.judge_households([household], housing_state="NOT_MET")
    return True


def arsenic_over_limit(p: Planting) -> bool:
    """The latest tap sample of a works fails: every household it serves is not met."""
    supply = p.table("village_water_supply", "2019-12")
    household = p.table("register_household", LATEST)
    keys = ["town_name", "village_name", "natural_village_name"]
    served = household.merge(supply[[*keys, "works_name"]], on=keys)
    tests = p.table("water_quality_test", "丰水期")
    met = p.truth_households.loc[p.truth_households["water_state"] == "MET", "register_household_no"]
    free = served[served["works_name"].isin(tests["works_name"]) & served["register_household_no"].isin(met)]
    sizes = free["works_name"].value_counts()
    works = [name for name in sizes.index if not set(_served_by(served, name)) & p.used_households]
    if not works:
        return False
    name = works[-1]  # the smallest: one fault, not a county without water
    rows = tests.index[tests["works_name"] == name]
    for row in rows:
        p.change("water_quality_test", "丰水期", int(row), arsenic_mg_l="0.08", verdict="不合格")
        p.mark("water_quality_test", "丰水期", int(row), "arsenic_mg_l", "R24", "arsenic_over_limit")
    p.judge_households(_served_by(served, name), water_state="NOT_MET")
    p.unsettle("wat_quality_lifted", "wat_arsenic_towns")
    return True


def _served_by(served: pd.DataFrame, works: str) -> list[str]:
    return served.loc[served["works_name"] == works, "register_household_no"].tolist()


def paid_after_death(p: Planting) -> bool:
    """A death in September, and still on the payrolls of October to December."""
    paid = p.table("destitute_support", "2019-12")
    deaths = p.table("death_notice")
    people = p.persons[p.persons["id_number"].isin(paid["id_number"])]
    people = people[~people["register_household_no"].isin(p.used_households)]
    people = people[~people["id_number"].isin(deaths["id_number"])]
    at = p.choose(people.index)
    if at is None:
        return False
    person = people.loc[[at]].iloc[0]
    payment = paid[paid["id_number"] == person["id_number"]].iloc[0]
    number = person["id_number"]
    row = {
        "person_name": person["person_name"],
        "sex": "男" if int(number[16]) % 2 else "女",
        "id_number": number,
        "birth_on": pd.Timestamp(f"{number[6:10]}-{number[10:12]}-{number[12:14]}"),
        "died_on": pd.Timestamp("2019-09-15"),
        "registered_on": pd.Timestamp("2019-10-10"),
        "information_source": "殡葬登记",
        "town_name": payment["town_name"],
        "village_name": payment["village_name"],
    }
    label = int(deaths.index.max()) + 1 if len(deaths) else 0
    added = pd.DataFrame([row], index=[label])[list(deaths.columns)].astype(deaths.dtypes.to_dict())
    p.put("death_notice", "", pd.concat([deaths, added]))
    p.mark("death_notice", "", label, "died_on", "R08", "paid_after_death")
    p.used_households.add(str(person["register_household_no"]))
    return True


def exited_not_lifted(p: Planting) -> bool:
    frame = p.table("register_household", LATEST)
    free = frame["is_exited"].fillna(value=False) & ~frame["register_household_no"].isin(p.used_households)
    row = p.choose(frame.index[free])
    if row is None:
        return False
    p.change("register_household", LATEST, row, is_lifted=False, lifted_year=pd.NA)
    p.mark("register_household", LATEST, row, "lifted_year", "EXITED_NOT_LIFTED", "exited_not_lifted")
    p.used_households.add(str(frame.at[row, "register_household_no"]))
    p.unsettle(*LIFTED)
    return True


def two_heads(p: Planting) -> bool:
    frame = p.table("register_person", LATEST)
    free = (frame["relation_code"] == "配偶") & ~frame["register_household_no"].isin(p.used_households)
    row = p.choose(frame.index[free])
    if row is None:
        return False
    p.change("register_person", LATEST, row, relation_code="户主")
    p.mark("register_person", LATEST, row, "relation_code", "HEAD_COUNT", "two_heads")
    p.used_households.add(str(frame.at[row, "register_household_no"]))
    return True


def served_over_population(p: Planting) -> bool:
    feed, label = "village_water_supply", "2019-12"
    frame = p.table(feed, label)
    row = p.choose(frame.index[frame["is_piped"].fillna(value=False)])
    if row is None:
        return False
    p.change(feed, label, row, served_population=p.value(feed, label, row, "agricultural_population") + 100)
    p.mark(feed, label, row, "served_population", "SERVED_OVER_POPULATION", "served_over_population")
    p.unsettle("wat_pop_on", "wat_cover")
    return True
