"""Everybody: the registered households, those that have left the register, and all the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sample_county.calibration import HOUSEHOLDS, STUDY, Targets
from sample_county.world import compose
from sample_county.world.geography import FARMS, Places
from sample_county.world.identity import identify, number
from sample_county.world.people import Array, days_between, generator, pick_exact

EVERYBODY = 630_000  # insured at full scale, registered or not
# What 2019 did to the register between its June and December editions, at full scale.
MARRIED_IN = 130
DIED_MEMBERS = 120
DIED_ALONE = 60


@dataclass(frozen=True)
class County:
    """The people and places that every department's table is drawn from.

    `households` and `persons` are those registered at some time in 2019 (`left_on` null: still
    registered on 31 December); `crowd` is everybody else. `household` is a position in `households`
    for the former, a mere group number for the latter.
    """

    seed: int
    targets: Targets
    places: Places
    households: pd.DataFrame
    persons: pd.DataFrame
    crowd: pd.DataFrame


def build_people(seed: int, targets: Targets, places: Places) -> County:
    rng = generator(seed, "people")
    households, persons = _registered(rng, targets)
    _tune_school_age(rng, targets, households, persons)
    _place(rng, households, places)
    _status(rng, targets, households, places)
    persons["left_on"] = np.datetime64("NaT", "s")
    persons["joined_after_june"] = _married_in(rng, targets, persons)
    households, persons = _with_leavers(rng, targets, households, persons)
    crowd = _crowd(rng, targets, places, targets.count(EVERYBODY) - len(persons))
    identify(rng, persons, crowd)
    number(rng, households, persons, places)
    return County(seed, targets, places, households, persons, crowd)


def registered_at(county: County, day: str) -> pd.DataFrame:
    """The persons in the register's edition of that day."""
    persons = county.persons
    is_member = persons["left_on"].isna() | (persons["left_on"] > pd.Timestamp(day))
    if day == "2019-06-30":
        is_member &= ~persons["joined_after_june"]
    return persons[is_member]


def with_persons(county: County, persons: pd.DataFrame) -> County:
    return replace(county, persons=persons)


def _registered(rng: np.random.Generator, targets: Targets) -> tuple[pd.DataFrame, pd.DataFrame]:
    households, persons, first = [], [], 0
    for place, kinds in HOUSEHOLDS.items():
        for kind in kinds:
            count, total = targets.households(place, kind)
            size = compose.sizes(rng, kind, count, total)
            households.append(pd.DataFrame({"place": place, "kind": kind, "size": size}))
            if count:
                persons.append(compose.members(rng, kind, size, first))
            first += count
    return pd.concat(households, ignore_index=True), pd.concat(persons, ignore_index=True)


def _tune_school_age(
    rng: np.random.Generator, targets: Targets, households: pd.DataFrame, persons: pd.DataFrame
) -> None:
    """Make exactly so many persons 6 to 15 years old, by four years' difference to some children."""
    age = persons["age"].to_numpy(np.int64).copy()
    head_age = persons["household"].map(persons[persons["role"] == "H"].set_index("household")["age"])
    is_child = (persons["role"] == "C") & (households["kind"].to_numpy()[persons["household"]] == "labour")
    gap = head_age.to_numpy(np.int64) - age
    surplus = int(((age >= 6) & (age <= 15)).sum()) - targets.study("aged_6_to_15")
    if surplus >= 0:
        movable = is_child & (age >= 12) & (age <= 15) & (gap >= 26)
    else:
        movable = is_child & (age >= 16) & (age <= 19)
    chosen = rng.permutation(np.flatnonzero(movable))[: abs(surplus)]
    age[chosen] += 4 if surplus >= 0 else -4
    persons["age"] = age


def _place(rng: np.random.Generator, households: pd.DataFrame, places: Places) -> None:
    """Give each household its village; each village that has poor households gets at least one."""
    villages = places.villages
    name, town = villages["village_name"], villages["town_name"]
    is_manghai = (town == "南山镇") & (name == "芒海村")
    weight = villages["agricultural_population"] * np.where(villages["is_relative_poor"], 2.2, 1.0)
    areas = {
        "manghai": is_manghai,
        "nanshan": villages["has_poor"] & (town == "南山镇") & ~is_manghai,
        "elsewhere": villages["has_poor"] & (town != "南山镇"),
    }
    village = np.zeros(len(households), dtype=np.int64)
    for place, area in areas.items():
        own = rng.permutation(np.flatnonzero(households["place"] == place))
        choices = np.flatnonzero(area)
        shares = weight.to_numpy(np.float64)[choices]
        village[own] = rng.choice(choices, size=len(own), p=shares / shares.sum())
        village[own[: len(choices)]] = choices[: len(own)]
        if place == "elsewhere":
            households["may_move"] = False
            households.loc[own[len(choices) :], "may_move"] = True
    households["village"] = village
    households["natural"] = natural_in(rng, places, village)


def natural_in(rng: np.random.Generator, places: Places, village: Array) -> Array:
    """A natural village in each village, by population, where the water has no special fate."""
    natural = places.natural_villages
    weight = natural["agricultural_population"] * (natural["water_fate"] == "good")
    upper = weight.cumsum().to_numpy(np.float64)
    total = weight.groupby(natural["village"]).sum().to_numpy(np.float64)
    start = np.concatenate([[0.0], np.cumsum(total)[:-1]])
    draw = start[village] + rng.uniform(0.001, 0.999, len(village)) * total[village]
    found: Array = np.searchsorted(upper, draw)
    return found


def _status(rng: np.random.Generator, targets: Targets, households: pd.DataFrame, places: Places) -> None:
    """Who is not lifted, who is lifted but not exited; half of the former live where the water is bad."""
    size = households["size"].to_numpy(np.int64)
    movable = households["may_move"].to_numpy(bool)
    not_lifted = pick_exact(rng, size, movable, targets.count(80, least=2), targets.count(272, least=6))
    free = movable.copy()
    free[not_lifted] = False
    waiting = pick_exact(rng, size, free, targets.count(12, least=1), targets.count(57, least=4))
    households["is_lifted"], households["is_exited"] = True, True
    households.loc[not_lifted, ["is_lifted", "is_exited"]] = False
    households.loc[waiting, "is_exited"] = False
    fated = np.flatnonzero(places.natural_villages["water_fate"] != "good")
    moved = rng.permutation(not_lifted)[: len(not_lifted) // 2]
    homes = fated[np.arange(len(moved)) % len(fated)]
    households.loc[moved, "natural"] = homes
    households.loc[moved, "village"] = places.natural_villages["village"].to_numpy(np.int64)[homes]


def _married_in(rng: np.random.Generator, targets: Targets, persons: pd.DataFrame) -> Array:
    young_wife = (persons["role"] == "D") | ((persons["role"] == "S") & ~persons["is_male"])
    candidates = np.flatnonzero(young_wife & (persons["age"] >= 20) & (persons["age"] <= 32))
    result = np.zeros(len(persons), dtype=bool)
    result[rng.permutation(candidates)[: targets.count(MARRIED_IN)]] = True
    return result


def _with_leavers(
    rng: np.random.Generator, targets: Targets, households: pd.DataFrame, persons: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add those who were in the June register and are no more in December's."""
    mothers = _died_members(rng, targets, households, persons)
    shuffled = households[households["place"] == "elsewhere"].iloc[
        rng.permutation(int((households["place"] == "elsewhere").sum()))
    ]
    alone = shuffled[shuffled["kind"] == "destitute"].iloc[: targets.count(DIED_ALONE)]
    pupils = [targets.study(x) for x in STUDY if x.startswith("moved_off_register_")]
    moved = shuffled[shuffled["kind"] == "labour"].iloc[: (sum(pupils) + 1) // 2]
    new_houses = pd.concat([alone.assign(size=1), moved.assign(size=4)], ignore_index=True)
    first = len(households)
    singles = pd.DataFrame({"household": first + np.arange(len(alone)), "role": "H"})
    singles["age"] = rng.integers(72, 94, len(alone))
    singles["is_male"] = rng.random(len(alone)) < 0.9
    singles["left_on"] = days_between(rng, len(alone), "2019-07-08", "2019-12-20")
    families = _families(rng, len(moved), sum(pupils[1:]), first + len(alone))
    families["left_on"] = np.repeat(days_between(rng, len(moved), "2019-08-05", "2019-11-20"), 4)
    everyone = pd.concat([persons, mothers, singles, families], ignore_index=True)
    everyone["is_frail"] = everyone["is_frail"].fillna(False).astype(bool)
    everyone["joined_after_june"] = everyone["joined_after_june"].fillna(False).astype(bool)
    everyone["has_died"] = everyone["left_on"].notna() & (everyone["household"] < first + len(alone))
    houses = pd.concat([households, new_houses], ignore_index=True)
    houses["is_left"] = np.arange(len(houses)) >= first
    return houses, everyone.sort_values("household", kind="stable", ignore_index=True)


def _died_members(
    rng: np.random.Generator, targets: Targets, households: pd.DataFrame, persons: pd.DataFrame
) -> pd.DataFrame:
    """Old mothers of heads who had none left in December."""
    has_mother = persons.loc[persons["role"].isin(["M", "F"]), "household"]
    is_labour = (households["kind"] == "labour") & (households["size"] <= 6)
    free = np.setdiff1d(np.flatnonzero(is_labour), has_mother)
    chosen = np.sort(rng.permutation(free)[: targets.count(DIED_MEMBERS)])
    head_age = persons[persons["role"] == "H"].set_index("household")["age"]
    result = pd.DataFrame({"household": chosen, "role": "M", "is_male": False})
    result["age"] = np.minimum(99, head_age.reindex(chosen).to_numpy() + rng.integers(24, 32, len(chosen)))
    result["left_on"] = days_between(rng, len(chosen), "2019-07-08", "2019-12-20")
    return result


def _families(rng: np.random.Generator, count: int, past_school_age: int, first: int) -> pd.DataFrame:
    """Couples with two children each; in the first of them the elder is past compulsory schooling."""
    head_age = rng.integers(42, 52, count)
    elder = np.where(
        np.arange(count) < past_school_age, rng.integers(18, 20, count), rng.integers(11, 14, count)
    )
    ages = np.stack([head_age, head_age - rng.integers(0, 4, count), elder, rng.integers(7, 11, count)])
    is_male = np.stack(
        [np.ones(count, bool), np.zeros(count, bool), rng.random(count) < 0.5, rng.random(count) < 0.5]
    )
    return pd.DataFrame(
        {
            "household": np.repeat(np.arange(count) + first, 4),
            "role": np.tile(list("HSCC"), count),
            "is_male": is_male.T.ravel(),
            "age": ages.T.ravel(),
        }
    )


def _crowd(rng: np.random.Generator, targets: Targets, places: Places, total: int) -> pd.DataFrame:
    size = compose.sizes(rng, "crowd", round(total / 3.55), total)
    crowd = compose.members(rng, "crowd", size, 0)
    weight = places.natural_villages["agricultural_population"].to_numpy(np.float64)
    natural = rng.choice(len(weight), size=len(size), p=weight / weight.sum())
    natural[rng.random(len(size)) < 0.02] = -1  # a farm's households belong to no town
    crowd["natural"] = natural[crowd["household"]]
    village = places.natural_villages["village"].to_numpy(np.int64)
    crowd["village"] = np.where(crowd["natural"] >= 0, village[crowd["natural"]], -1)
    crowd["farm"] = np.array(FARMS, dtype=object)[crowd["household"] % len(FARMS)]
    return crowd
