"""Plant faults of many kinds into the county, and change the truth to what is then true.

A fault of a cell is written over the clean value and held by ingestion; a fault of a state is in
the world itself: every cell is well-formed, and a rule has to find it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ingestion.contracts import load_catalog
from sample_county.dirt import scientific_id, wrong_check_id
from sample_county.files.broken import BROKEN_FILES, BrokenFile
from sample_county.files.deliver import Placed
from sample_county.files.planting import Kind, Planted, PlantedMark, Planting
from sample_county.files.states import (
    INSURED,
    SCHOOLED,
    appraised,
    arsenic_over_limit,
    dwelling_unsafe,
    exited_not_lifted,
    insurance_suspended,
    insured,
    paid_after_death,
    pupil,
    pupil_status,
    row_of,
    served_over_population,
    two_heads,
    uninsured,
)
from sample_county.world.model import World


def plant(world: World, count: int, rng: np.random.Generator) -> Planted:
    """`count` faults, kind after kind. Changes the tables and the truth of `world`."""
    for deliveries in world.tables.values():
        for label, frame in deliveries.items():
            deliveries[label] = frame.reset_index(drop=True)
    if not count:
        return Planted()
    planting = Planting(world, load_catalog(), rng)
    done, turn = 0, 0
    while done < count:
        if turn >= 20 * len(KINDS) + 4 * count:
            raise ValueError(f"the county has no room for {count} faults, only for {done}")
        done += KINDS[turn % len(KINDS)](planting)
        turn += 1
    return Planted(tuple(planting.marks), tuple(planting.files), tuple(planting.extra_files))


def _insurance_cell(column: str, raw: str | None, code: str, kind: str) -> Kind:
    def plant_it(p: Planting) -> bool:
        if (found := insured(p)) is None:
            return False
        person, row = found
        text = raw or wrong_check_id(person["id_number"])
        p.overwrite("insurance_enrolment", "居民", row, column, text, code, kind)
        p.judge_person(person, medical_state="UNKNOWN")
        p.unsettle(*INSURED)
        return True

    return plant_it


def _pupil_cell(column: str, raw: str | None, code: str, kind: str) -> Kind:
    def plant_it(p: Planting) -> bool:
        if (found := pupil(p)) is None:
            return False
        person, row = found
        p.overwrite(
            "school_enrolment", "", row, column, raw or wrong_check_id(person["id_number"]), code, kind
        )
        p.judge_person(person, education_state="UNKNOWN")
        p.unsettle(*SCHOOLED)
        return True

    return plant_it


def subsidy_id_scientific(p: Planting) -> bool:
    person = p.person("education_subsidy_state")
    if person is None:
        return False
    label = "2019-2020-1"
    row = row_of(p.table("education_subsidy", label), "id_number", person["id_number"])
    if row is None:
        return False
    text = scientific_id(person["id_number"])
    p.overwrite("education_subsidy", label, row, "id_number", text, "ID_SCIENTIFIC", "subsidy_id_scientific")
    p.judge_person(person, education_subsidy_state="UNKNOWN")
    p.used_households.add(str(person["register_household_no"]))
    p.unsettle("edu_subsidy_pp", "edu_sub_rate", "edu_sub_compulsory", "edu_sub_high", "edu_sub_voc",
               "edu_sub_college")  # fmt: skip
    return True


def _appraisal_cell(column: str, raw: str, code: str, kind: str) -> Kind:
    def plant_it(p: Planting) -> bool:
        if (found := appraised(p)) is None:
            return False
        household, row = found
        p.overwrite("housing_appraisal", "", row, column, raw, code, kind)
        p.judge_households([household], housing_state="UNKNOWN")
        return True

    return plant_it


def _outsider_cell(feed: str, label: str, column: str, raw: str | int | None, code: str, kind: str) -> Kind:
    """A cell nobody can read, on the row of somebody outside the register."""

    def plant_it(p: Planting) -> bool:
        row = p.outsider(feed, label, column)
        if row is None:
            return False
        p.overwrite(feed, label, row, column, raw, code, kind)
        return True

    return plant_it


def _outsider_dates(feed: str, label: str, earlier: str, later: str, code: str, kind: str) -> Kind:
    """Two dates of an outsider's row in the wrong order."""

    def plant_it(p: Planting) -> bool:
        row = p.outsider(feed, label, earlier, later)
        if row is None:
            return False
        last = p.value(feed, label, row, later)
        p.change(feed, label, row, **{earlier: last + pd.Timedelta(days=9)})
        p.mark(feed, label, row, earlier, code, kind)
        return True

    return plant_it


def support_number_twice(p: Planting) -> bool:
    feed, label = "destitute_support", "2019-12"
    first = p.outsider(feed, label, "support_no")
    frame = p.table(feed, label)
    if first is None:
        return False
    town = frame.loc[first, "town_name"]
    later = [r for r in frame.index[(frame["town_name"] == town) & (frame.index > first)]
             if frame.loc[r, "id_number"] not in p.register.ids]  # fmt: skip
    second = p.choose(later)
    if second is None:
        return False
    p.change(feed, label, second, support_no=frame.loc[first, "support_no"])
    p.mark(feed, label, second, "support_no", "SUPPORT_TWICE", "support_number_twice")
    return True


def _broken(file: BrokenFile) -> Kind:
    def plant_it(p: Planting) -> bool:
        if any(found.kind == file.kind for found in p.files):
            return False  # the same bytes twice would be one delivery

        def make(out: Path) -> None:
            path = out / file.department / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            file.make(path)

        p.extra_files.append(make)
        p.files.append(Placed(file.name, "", 0, "", file.code, file.feed, file.kind))
        return True

    return plant_it


KINDS: tuple[Kind, ...] = (
    uninsured,
    _insurance_cell("id_number", None, "ID_CHECKSUM", "insurance_id_checksum"),
    pupil_status("辍学", "pupil_dropped_out"),
    _pupil_cell("id_number", None, "ID_CHECKSUM", "pupil_id_checksum"),
    dwelling_unsafe,
    arsenic_over_limit,
    paid_after_death,
    exited_not_lifted,
    two_heads,
    *(_broken(file) for file in BROKEN_FILES),
    insurance_suspended,
    _insurance_cell("insurance_status", "参保中断", "CODE_UNKNOWN", "insurance_status_unknown"),
    pupil_status("休学", "pupil_suspended"),
    _pupil_cell("grade", "十三年级", "CODE_UNKNOWN", "grade_unknown"),
    subsidy_id_scientific,
    _appraisal_cell("appraised_on", "2019-02-30", "DATE_IMPOSSIBLE", "appraisal_date_impossible"),
    _appraisal_cell("dwelling_grade", "E", "CODE_UNKNOWN", "dwelling_grade_unknown"),
    _outsider_cell("disability_card", "", "person_name", None, "BLANK_REQUIRED", "card_name_missing"),
    _outsider_cell(
        "subsistence_allowance", "2019-12", "covered_count", -2, "BELOW_MINIMUM", "negative_count"
    ),
    _outsider_cell("property_contract", "", "price_yuan", "面议", "MONEY_FORM", "price_not_a_number"),
    _outsider_cell(
        "inpatient_settlement", "联网结算", "settlement_no", None, "BLANK_REQUIRED", "settlement_no_missing"
    ),
    _outsider_dates(
        "inpatient_settlement", "联网结算", "admitted_on", "discharged_on", "STAY_DATES", "stay_reversed"
    ),
    _outsider_dates("death_notice", "", "birth_on", "died_on", "DEATH_DATES", "died_before_birth"),
    support_number_twice,
    served_over_population,
)

__all__ = ["KINDS", "Planted", "PlantedMark", "plant"]
