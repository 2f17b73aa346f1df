"""What is true of the synthetic county, from how it was built; no rule of the warehouse is run here."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd

from sample_county.calibration import NOT_IN_SCHOOL, STATED_FIGURES
from sample_county.world import (
    consumption,
    employment,
    funds,
    industry,
    inspections,
    party,
    rectification,
    responsibility,
    survey,
    training,
    visits,
)
from sample_county.world.geography import ARSENIC_TOWNS, TOWN_NAMES
from sample_county.world.housing import BATCHES
from sample_county.world.model import Tables, World
from sample_county.world.people import Array
from sample_county.world.population import County
from sample_county.world.studies import FIRST_GRADE, NINTH_GRADE, STAGES, TECH

GUARANTEES = ("education", "medical", "housing", "water", "safety_net")
FATE_STATES = {
    "ill": "EXEMPT",
    "disabled": "EXEMPT",
    "postponed": "EXEMPT",
    "suspended_approved": "EXEMPT",
    "dropped_out": "NOT_MET",
    "suspended": "NOT_MET",
    "absent": "NOT_MET",
    "moved_away": "UNKNOWN",
}
# The later of two stages paid in a year is the stage a person is counted under.
STAGE_FIGURES = {
    "小学": "edu_sub_compulsory",
    "初中": "edu_sub_compulsory",
    "普高": "edu_sub_high",
    "中职": "edu_sub_voc",
    "大专": "edu_sub_college",
    "技工": "edu_sub_tech",
}


def expected_states(county: County) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Households and persons on the register of 31 December 2019, with their states on that day."""
    persons = county.persons[county.persons["left_on"].isna()]
    education = _education(persons)
    person_truth = pd.DataFrame(
        {
            "register_person_no": persons["person_no"],
            "education_state": education,
            "medical_state": "MET",
            "education_subsidy_state": np.where(
                (persons["autumn"] >= FIRST_GRADE) & (persons["autumn"] <= TECH), "MET", "NOT_APPLICABLE"
            ),
        }
    )
    households = county.households[~county.households["is_left"]]
    truth = pd.DataFrame(
        {
            "register_household_no": households["household_no"],
            "education_state": _roll_up(education, persons["household"]).reindex(households.index),
            "medical_state": "MET",
            "housing_state": households["housing_state"],
            "water_state": households["water_state"],
            "safety_net_state": np.where(households["kind"] == "labour", "NOT_APPLICABLE", "MET"),
            "food_state": households["food_state"],
            "clothing_state": households["clothing_state"],
        }
    )
    states = truth[[f"{g}_state" for g in GUARANTEES]]
    truth["not_met_count"] = (states == "NOT_MET").sum(axis=1)
    truth["unknown_count"] = (states == "UNKNOWN").sum(axis=1)
    truth["is_guaranteed"] = (truth["not_met_count"] + truth["unknown_count"]) == 0
    return (
        truth.sort_values("register_household_no", ignore_index=True),
        person_truth.sort_values("register_person_no", ignore_index=True),
    )


def _in_scope(persons: pd.DataFrame) -> pd.Series[bool]:
    return persons["age"].between(6, 15) | persons["autumn"].between(FIRST_GRADE, NINTH_GRADE)


def _education(persons: pd.DataFrame) -> pd.Series[str]:
    state = persons["fate"].map(FATE_STATES).fillna("MET")
    return state.where(_in_scope(persons), "NOT_APPLICABLE")


def _roll_up(state: pd.Series[str], household: pd.Series[int]) -> pd.Series[str]:
    """The worst state of those in scope: NOT_MET, UNKNOWN, MET, EXEMPT, then nobody in scope."""
    order = ["NOT_MET", "UNKNOWN", "MET", "EXEMPT", "NOT_APPLICABLE"]
    rank = state.map({s: i for i, s in enumerate(order)})
    return rank.groupby(household).min().map(dict(enumerate(order)))


def half_up(value: float, digits: int) -> float:
    factor = float(10**digits)
    return math.floor(value * factor + 0.5) / factor


def figures(
    county: County, truth_households: pd.DataFrame, truth_persons: pd.DataFrame, tables: Tables
) -> dict[str, float]:
    """Every figure of the report that the county's tables can give, `grt_*` counts and `bridge_*` steps."""
    persons = county.persons[county.persons["left_on"].isna()]
    households = county.households[~county.households["is_left"]]
    return {
        **_register_figures(county, households, persons),
        **_education_figures(county, persons),
        **_bridge(county, persons),
        **_support_figures(households, persons),
        **_settlement_figures(county, persons, tables),
        **_housing_figures(county),
        **_water_figures(county),
        **responsibility.figures(county.places),
        **rectification.figures(),
        **funds.figures(),
        **inspections.figures(),
        **employment.figures(county),
        **training.figures(county),
        **industry.figures(county.places),
        **consumption.figures(),
        **survey.figures(county),
        **party.figures(),
        **visits.figures(county),
        "towns": len(TOWN_NAMES),
        **_state_counts(truth_households, truth_persons),
    }


def _register_figures(county: County, households: pd.DataFrame, persons: pd.DataFrame) -> dict[str, float]:
    size = persons.groupby("household").size().reindex(households.index)
    lifted, exited = households["is_lifted"], households["is_exited"]
    villages = county.places.villages
    home = np.zeros(len(villages), dtype=bool)
    home[households["village"]] = True
    relative = villages["is_relative_poor"].to_numpy(bool)
    figure: dict[str, float] = {
        "vlg_with_poor": int(home.sum()),
        "vlg_relative_poor": int(relative.sum()),
        "vlg_dispersed": int((home & ~relative).sum()),
    }
    everybody = pd.Series(True, index=households.index)
    for name, mask in {
        "reg": everybody,
        "lifted": lifted,
        "exited": exited,
        "not_lifted": ~lifted,
        "lifted_not_exited": lifted & ~exited,
    }.items():
        figure[f"{name}_hh"], figure[f"{name}_pp"] = int(mask.sum()), int(size[mask].sum())
    figure["lifted_rate"] = half_up(100 * figure["lifted_pp"] / figure["reg_pp"], 2)
    figure["exit_rate"] = half_up(100 * figure["exited_pp"] / figure["reg_pp"], 2)
    return figure


def _last_stage(county: County) -> pd.Series[str]:
    """Stage of the last payment of 2019 of each person, blank for who was paid nothing."""
    everyone = county.persons
    spring = STAGES[everyone["spring"].to_numpy(np.int64)]
    autumn = np.where(everyone["left_on"].isna(), STAGES[everyone["autumn"].to_numpy(np.int64)], "")
    return pd.Series(np.where(autumn != "", autumn, spring), index=everyone.index, dtype="str")


def _education_figures(county: County, persons: pd.DataFrame) -> dict[str, float]:
    scope = persons[_in_scope(persons)]
    stage = _last_stage(county)
    figure: dict[str, float] = {
        "edu_compulsory_pp": len(scope),
        "edu_in_school_pp": int((~scope["fate"].isin(NOT_IN_SCHOOL)).sum()),
        "edu_subsidy_pp": int((stage != "").sum()),
        "edu_sub_rate": 100.0,
    }
    figure["edu_enrol_rate"] = half_up(100 * figure["edu_in_school_pp"] / max(1, len(scope)), 1)
    counts = stage[stage != ""].map(STAGE_FIGURES).value_counts()
    return figure | {name: int(counts.get(name, 0)) for name in STAGE_FIGURES.values()}


def _bridge(county: County, persons: pd.DataFrame) -> dict[str, float]:
    """From the pupils in scope to those paid at compulsory stage, by cause; the steps add up."""
    everyone, stage = county.persons, _last_stage(county)
    in_scope = _in_scope(everyone) & everyone["left_on"].isna()
    compulsory = stage.isin(["小学", "初中"])
    has_left = everyone["left_on"].notna()
    steps: dict[str, float] = {
        "bridge_in_scope": int(in_scope.sum()),
        "bridge_minus_in_upper_stage": -int((in_scope & ~compulsory & (stage != "")).sum()),
        "bridge_minus_never_paid": -int((in_scope & (stage == "")).sum()),
        "bridge_plus_graduated": int((compulsory & ~in_scope & ~has_left).sum()),
        "bridge_plus_left_register": int((compulsory & has_left).sum()),
    }
    steps["bridge_paid_compulsory"] = sum(steps.values())
    return steps


def _support_figures(households: pd.DataFrame, persons: pd.DataFrame) -> dict[str, float]:
    kind = persons["kind"]
    names = {"all": kind != "labour", "dibao": kind == "allowance", "wubao": kind == "destitute"}
    figure: dict[str, float] = {"dib_rate": 100.0}
    for name, mask in names.items():
        figure[f"dib_{name}_hh"] = int(persons.loc[mask, "household"].nunique())
        figure[f"dib_{name}_pp"] = int(mask.sum())
    return figure


def _settlement_figures(county: County, persons: pd.DataFrame, tables: Tables) -> dict[str, float]:
    # A bill that was reversed and its reversal cancel out: subtract both from what is registered.
    stays = pd.concat(tables["inpatient_settlement"].values())
    own = stays[stays["poverty_mark"].notna() & (stays["care_place"] == "县内")]
    return {
        "ins_resident_pp": int((~persons["is_employee"]).sum()),
        "ins_employee_pp": int(persons["is_employee"].sum()),
        "ins_rate": 100.0,
        "inpatient_times": len(own) - 2 * int(own["is_reversal"].sum()),
    }


def _housing_figures(county: County) -> dict[str, float]:
    figure: dict[str, float] = {}
    for year, tasks, registered in BATCHES.values():
        count, own = county.targets.count(tasks), county.targets.count(registered)
        for suffix, value in (("", count), ("_reg", own)):
            figure[f"hous_{year}_task{suffix}"] = figure[f"hous_{year}_done{suffix}"] = value
            figure[f"hous_{year}_rate{suffix}"] = 100.0
    return figure


def _water_figures(county: County) -> dict[str, float]:
    natural = county.places.natural_villages
    population = int(natural["agricultural_population"].sum())
    served = int(natural["served_population"].sum())
    lifted = county.households[county.households["is_lifted"] & ~county.households["is_left"]]
    bad: Array = natural["water_fate"].isin(["arsenic", "untested"]).to_numpy(bool)
    good = int((~bad[lifted["natural"]]).sum())
    return {
        "wat_vlg": len(natural),
        "wat_agri_pop": half_up(population / 10_000, 2),
        "wat_agri_persons": population,
        "wat_vlg_on": int(natural["is_piped"].sum()),
        "wat_pop_on": half_up(served / 10_000, 2),
        "wat_served_persons": served,
        "wat_cover": half_up(100 * served / population, 1),
        "wat_quality_lifted": 100.0 * good / len(lifted),
        "wat_arsenic_towns": len(ARSENIC_TOWNS),
        **STATED_FIGURES,
    }


def _state_counts(households: pd.DataFrame, persons: pd.DataFrame) -> dict[str, float]:
    """`grt_<guarantee>_<state>`: persons for education and medical, households for the others."""
    figure: dict[str, float] = {}
    for guarantee in GUARANTEES:
        source = persons if f"{guarantee}_state" in persons.columns else households
        counts = source[f"{guarantee}_state"].value_counts()
        for state in ("MET", "NOT_MET", "UNKNOWN", "EXEMPT", "NOT_APPLICABLE"):
            figure[f"grt_{guarantee}_{state.lower()}"] = int(counts.get(state, 0))
    return figure


def write_truth(world: World, directory: Path) -> None:
    """households.parquet, persons.parquet, figures.csv and bridge.csv; history.csv where there is any."""
    directory.mkdir(parents=True, exist_ok=True)
    world.truth_households.to_parquet(directory / "households.parquet", index=False)
    world.truth_persons.to_parquet(directory / "persons.parquet", index=False)
    rows = pd.DataFrame(list(world.truth_figures.items()), columns=["figure_id", "value"])
    is_bridge = rows["figure_id"].str.startswith("bridge_")
    rows[~is_bridge].to_csv(directory / "figures.csv", index=False)
    bridge = rows[is_bridge].rename(columns={"figure_id": "step", "value": "persons"})
    bridge.assign(persons=bridge["persons"].astype(int)).to_csv(directory / "bridge.csv", index=False)
    if len(world.truth_history):
        world.truth_history.to_csv(directory / "history.csv", index=False)
