"""The register's editions before the sample's own: the year ends, and the month ends of 2019.

They are told backwards from the county of 2019, so that its own editions stay what they are: people who are
born later are not there yet, others who died since are; households are registered in their year, lifted in
theirs, and some had been lifted before and fell back; some stood in another village, some were one household
that was split, some were two that were merged; some people had another ID number.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from sample_county.world import register
from sample_county.world.model import Tables
from sample_county.world.people import (
    Array,
    days_between,
    generator,
    given_names,
    id_numbers,
    phones,
    surnames,
)
from sample_county.world.population import County, natural_in

MOST_YEARS = 5
YEAR = 2019
SETTLED = 2016  # who was registered by then may have a history
# At full scale: how many of each.
DIED, MOVED, SPLIT, MERGED, RENUMBERED, FELL_BACK = 600, 180, 60, 60, 300, 90
_BROTHER, _OTHER = "之兄弟姐妹", "其他"
_NOT_STUDYING = 0
_GROWTH, _OTHER_PHONE = 1.08, 0.02  # of income from year to year; share of households in one edition


@dataclass(frozen=True)
class Past:
    """Everybody and every household that any edition has, with what was otherwise before.

    `households` has what they were `_before` they `moved_in` that year, when they were `first_lifted` and
    `fell_back`, and the year ends at which they stood by themselves (`since`, `until`); behind those of the
    county stand those that were merged. `persons` has `number_before` they were `renumbered_in` that year and
    `household_before` they `moved_house_in` that.
    """

    county: County
    households: pd.DataFrame
    persons: pd.DataFrame


def days(years: int) -> list[date]:
    """The dates of the editions before those that the sample has anyway; none for one year."""
    if not 1 <= years <= MOST_YEARS:
        raise ValueError(f"1 to {MOST_YEARS} years, not {years}")
    if years == 1:
        return []
    ends = [date(year, 12, 31) for year in range(YEAR - years + 1, YEAR)]
    months = [date(YEAR, month, monthrange(YEAR, month)[1]) for month in range(1, 11)]
    return [*ends, *(day for day in months if day.isoformat() not in register.EDITIONS)]


def editions(county: County, years: int) -> tuple[Tables, pd.DataFrame]:
    """The earlier editions by feed and date, and what their figures are (as_of, figure_id, value)."""
    tables: Tables = {"register_household": {}, "register_person": {}}
    truth = []
    past = _past(county)
    for day in days(years):
        then = _county_at(past, day)
        label = day.isoformat()
        tables["register_household"][label] = register.household_table(then, label)
        tables["register_person"][label] = register.person_table(then, label)
        truth += [(label, figure, value) for figure, value in _figures(then, label).items()]
    return tables, pd.DataFrame(truth, columns=["as_of", "figure_id", "value"])


def _past(county: County) -> Past:
    rng = generator(county.seed, "history")
    households, persons = county.households.copy(), county.persons.copy()
    settled = np.flatnonzero((households["registered_year"] <= SETTLED) & ~households["is_left"])
    count = county.targets.count
    free = rng.permutation(settled)  # one thing happens to a household
    moved, free = free[: count(MOVED, least=1)], free[count(MOVED, least=1) :]
    households["since"], households["until"] = households["registered_year"], YEAR
    _moves(rng, county, households, moved)
    _falls(rng, households, free[: count(FELL_BACK, least=2) * 40], count(FELL_BACK, least=2))
    persons["household_before"], persons["moved_house_in"] = -1, 0
    _splits(rng, households, persons, free, count(SPLIT, least=1))
    households = _merges(rng, households, persons, free, count(MERGED, least=1))
    persons = _renumbered(rng, county, _with_dead(rng, county, households, persons))
    return Past(county, households, persons)


def _moves(rng: np.random.Generator, county: County, households: pd.DataFrame, chosen: Array) -> None:
    """Before, these stood in another village of their town."""
    towns = county.places.villages["town_name"].to_numpy(object)
    has_poor = county.places.villages["has_poor"].to_numpy(bool)
    village = households["village"].to_numpy(np.int64)
    before = village.copy()
    for at in chosen:
        others = np.flatnonzero((towns == towns[village[at]]) & has_poor)
        before[at] = rng.choice(others)
    natural = natural_in(rng, county.places, before)
    households["village_before"] = before
    households["natural_before"] = np.where(before == village, households["natural"], natural)
    households["moved_in"] = rng.choice([2017, 2018], len(households))


def _falls(rng: np.random.Generator, households: pd.DataFrame, among: Array, most: int) -> None:
    """Lifted in 2016 or 2017, fallen back a year or two later, lifted (again) in 2019 or not yet."""
    is_late = ~households["is_lifted"] | (households["lifted_year"] == YEAR)
    chosen = among[is_late.to_numpy(bool)[among]][:most]
    first, fell = (pd.Series(pd.NA, index=households.index, dtype="Int64") for _ in range(2))
    start = np.maximum(rng.choice([2016, 2017], len(chosen)), households["registered_year"].iloc[chosen])
    first.iloc[chosen] = start.to_numpy(np.int64)
    fell.iloc[chosen] = np.minimum(start.to_numpy(np.int64) + rng.integers(1, 3, len(chosen)), YEAR - 1)
    households["first_lifted"], households["fell_back"] = first, fell


def _splits(
    rng: np.random.Generator, households: pd.DataFrame, persons: pd.DataFrame, free: Array, most: int
) -> None:
    """Pairs of one village that were one household before: the second's people stood in the first."""
    rows = households.iloc[free]
    rows = rows[(rows["kind"] == "labour") & (rows["village"] == rows["village_before"])]
    paired = rows.groupby("village").cumcount()
    pairs = [tuple(group.index[:2]) for _, group in rows[paired < 2].groupby("village") if len(group) >= 2][
        :most
    ]
    for kept, parted in pairs:
        year = int(rng.choice([2017, 2018]))
        households.loc[parted, "since"] = year
        own = persons["household"] == parted
        persons.loc[own, "household_before"], persons.loc[own, "moved_house_in"] = kept, year


def _merges(
    rng: np.random.Generator, households: pd.DataFrame, persons: pd.DataFrame, free: Array, most: int
) -> pd.DataFrame:
    """Parents who stood by themselves before they were written into a child's household."""
    is_parent = (
        persons["role"].isin(["F", "M"]) & (persons["household_before"] < 0) & persons["left_on"].isna()
    )
    with_parents = [at for at in free if households["since"].iloc[at] <= SETTLED]
    chosen = [at for at in with_parents if at in set(persons.loc[is_parent, "household"])][:most]
    old = households.iloc[chosen].copy()
    old.index = pd.RangeIndex(len(households), len(households) + len(chosen))
    serial = pd.Series(np.arange(len(chosen)), index=old.index).astype("str").str.zfill(4)
    old["household_no"] = old["household_no"].str[:5] + "9" + serial
    old["kind"], old["poverty_type"] = "allowance", "低保贫困户"
    until = rng.choice([2016, 2017], len(chosen))
    old["until"] = until
    for position, at, year in zip(old.index, chosen, until, strict=True):
        own = is_parent & (persons["household"] == at)
        persons.loc[own, "household_before"], persons.loc[own, "moved_house_in"] = (
            int(position),
            int(year) + 1,
        )
    return pd.concat([households, old])


def _with_dead(
    rng: np.random.Generator, county: County, households: pd.DataFrame, persons: pd.DataFrame
) -> pd.DataFrame:
    """Old mothers of heads who died before the sample year."""
    heads = persons[(persons["role"] == "H") & persons["left_on"].isna() & (persons["moved_house_in"] == 0)]
    registered = households["registered_year"].reindex(heads["household"]).to_numpy(np.int64)
    free = heads[
        (registered <= SETTLED) & ~heads["household"].isin(persons.loc[persons["role"] == "M", "household"])
    ]
    dead = free.iloc[rng.permutation(len(free))[: county.targets.count(DIED, least=2)]].copy()
    age = np.minimum(100, dead["age"].to_numpy(np.int64) + rng.integers(24, 30, len(dead)))
    dead["age"], dead["role"], dead["is_male"], dead["relation"] = age, "M", False, "之母"
    dead["birth_on"] = pd.to_datetime(
        pd.DataFrame(
            {
                "year": YEAR - age,
                "month": rng.integers(1, 9, len(dead)),
                "day": rng.integers(1, 29, len(dead)),
            }
        )
    ).to_numpy("datetime64[s]")
    dead["name"] = surnames(rng, len(dead)) + given_names(rng, np.zeros(len(dead), dtype=bool))
    dead["person_no"] = dead["household_no"] + "90"
    dead["health"], dead["labour"], dead["work_area"] = "长期慢性病", "无劳动力", None
    dead["is_employee"] = False
    dead["left_on"] = days_between(rng, len(dead), "2016-03-01", "2018-11-30")
    dead["id_number"] = _unused(county, dead)
    return pd.concat([persons, dead], ignore_index=True)


def _renumbered(rng: np.random.Generator, county: County, persons: pd.DataFrame) -> pd.DataFrame:
    """Some had a number before that was not theirs: the same day and sex, another sequence."""
    adults = np.flatnonzero((persons["age"] >= 20) & persons["left_on"].isna())
    chosen = rng.permutation(adults)[: county.targets.count(RENUMBERED, least=2)]
    before = persons["id_number"].copy()
    taken = persons[persons["person_no"].str.endswith("90")]
    before.iloc[chosen] = _unused(county, persons.iloc[chosen], taken).to_numpy()
    return persons.assign(number_before=before, renumbered_in=rng.choice([2017, 2018], len(persons)))


def _unused(county: County, people: pd.DataFrame, taken: pd.DataFrame | None = None) -> pd.Series[str]:
    """A number for each of the people that nobody of the county has: those of a birth date go on."""
    everybody = [county.persons, county.crowd, *([] if taken is None else [taken]), people]
    birth = np.concatenate([part["birth_on"].to_numpy("datetime64[s]") for part in everybody])
    is_male = np.concatenate([part["is_male"].to_numpy(bool) for part in everybody])
    numbers = id_numbers(birth, is_male).iloc[-len(people) :]
    return pd.Series(numbers.to_numpy(), index=people.index, dtype="str")


def _county_at(past: Past, day: date) -> County:
    """The county as its register had it on that day. What changes with a year does so at its end."""
    year = day.year if (day.month, day.day) == (12, 31) else day.year - 1
    households, persons = past.households.copy(), past.persons.copy()
    is_before = persons["moved_house_in"] > year
    persons.loc[is_before, "household"] = persons.loc[is_before, "household_before"]
    stands = (
        (households["since"] <= year)
        & (households["until"] >= year)
        & (households["registered_year"] <= year)
    )
    is_there = (persons["left_on"].isna() | (persons["left_on"] > pd.Timestamp(day))) & ~persons[
        "joined_after_june"
    ]
    is_there &= (persons["birth_on"] <= pd.Timestamp(day)) & stands.reindex(persons["household"]).to_numpy(
        bool
    )
    persons = _as_they_were(persons[is_there].copy(), past, is_before[is_there], year)
    has_moved = households["moved_in"] <= year
    for name in ("village", "natural"):
        households[name] = households[name].where(has_moved, households[f"{name}_before"])
    again = (households["is_lifted"] & (households["lifted_year"] <= year)).to_numpy(bool)
    once = (
        ((households["first_lifted"] <= year) & (households["fell_back"] > year)).fillna(False).to_numpy(bool)
    )
    households["lifted_year"] = np.where(
        again, households["lifted_year"], households["first_lifted"].fillna(0)
    )
    households["income"] = (households["income"] * _GROWTH ** (day.year - YEAR)).round(2)
    # No two months are alike: some gave another phone number.
    rng = generator(past.county.seed, f"phones {day}")
    other = rng.random(len(households)) < _OTHER_PHONE
    other[rng.integers(len(past.county.households))] = True
    households["phone"] = households["phone"].where(~other, phones(rng, len(households)).to_numpy())
    return replace(
        past.county,
        households=households.assign(is_lifted=again | once, is_lifted_late=False),
        persons=persons,
    )


def _as_they_were(
    people: pd.DataFrame, past: Past, was_elsewhere: pd.Series[bool], year: int
) -> pd.DataFrame:
    """Their household, head, relation, number and age of that time."""
    people["household_no"] = past.households["household_no"].reindex(people["household"]).to_numpy(object)
    people["age"] -= YEAR - year
    people["id_number"] = people["id_number"].where(people["renumbered_in"] <= year, people["number_before"])
    by_themselves = was_elsewhere & (people["household"] >= len(past.county.households))
    with_kin = was_elsewhere & ~by_themselves
    people.loc[with_kin, "relation"] = np.where(people.loc[with_kin, "role"] == "H", _BROTHER, _OTHER)
    people.loc[with_kin, "role"] = "B"
    first = by_themselves & ~people["household"].where(by_themselves).duplicated()
    people.loc[by_themselves, ["role", "relation"]] = ("S", "配偶")
    people.loc[first, ["role", "relation"]] = ("H", "户主")
    people["head_name"] = people["household"].map(
        people[people["role"] == "H"].set_index("household")["name"]
    )
    people["spring"], people["autumn"], people["fate"] = _NOT_STUDYING, _NOT_STUDYING, ""
    is_child = people["age"] < 16
    people["labour"] = people["labour"].where(~is_child, "无劳动力")
    for name in ("work_area", "work_months"):
        people[name] = people[name].where(~is_child)
    people["is_employee"] &= people["age"] >= 20
    return people


def _figures(county: County, day: str) -> dict[str, float]:
    """What the register of that day comes to; nobody had exited before November 2019."""
    size = county.persons.groupby("household").size()
    lifted = county.households["is_lifted"].reindex(size.index)
    found: dict[str, float] = {}
    for name, mask in {
        "reg": lifted | True,
        "lifted": lifted,
        "exited": lifted & False,
        "not_lifted": ~lifted,
    }.items():
        found[f"{name}_hh"], found[f"{name}_pp"] = int(mask.sum()), int(size[mask].sum())
    return found
