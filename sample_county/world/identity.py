"""What people are called and numbered by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.geography import Places
from sample_county.world.people import births, given_names, id_numbers, surnames

RELATIONS = {
    "H": ("户主", "户主"),
    "S": ("配偶", "配偶"),
    "C": ("之子", "之女"),
    "K": ("之子", "之女"),
    "D": ("之儿媳", "之儿媳"),
    "G": ("之孙子", "之孙女"),
    "F": ("之父", "之父"),
    "M": ("之母", "之母"),
    "B": ("之兄弟姐妹", "之兄弟姐妹"),
}


def identify(rng: np.random.Generator, persons: pd.DataFrame, crowd: pd.DataFrame) -> None:
    """Birth dates, ID numbers and names, over all people at once so that no number recurs."""
    age = np.concatenate([persons["age"], crowd["age"]]).astype(np.int64)
    is_male = np.concatenate([persons["is_male"], crowd["is_male"]]).astype(bool)
    birth = births(rng, age)
    numbers = id_numbers(birth, is_male)
    split = len(persons)
    for people, part in ((persons, slice(0, split)), (crowd, slice(split, None))):
        people["birth_on"] = birth[part].astype("datetime64[s]")
        people["id_number"] = numbers.iloc[part].to_numpy()
        people["name"] = _names(rng, people)
        people["head_name"] = people["household"].map(
            people[people["role"] == "H"].set_index("household")["name"]
        )


def _names(rng: np.random.Generator, people: pd.DataFrame) -> pd.Series[str]:
    """The line of the (male) head shares a surname; who married into it has another."""
    house = people["household"].to_numpy(np.int64)
    count = int(house.max()) + 1
    head, spouse = surnames(rng, count), surnames(rng, count)
    is_head = (people["role"] == "H").to_numpy(bool)
    head_is_male = np.zeros(count, dtype=bool)
    head_is_male[house[is_head]] = people["is_male"].to_numpy(bool)[is_head]
    has_spouse = np.zeros(count, dtype=bool)
    has_spouse[house[(people["role"] == "S").to_numpy(bool)]] = True
    children = np.where(head_is_male | ~has_spouse, head, spouse)
    role = people["role"].to_numpy(object)
    line = np.where(np.isin(role, ["C", "K", "G"]), children[house], head[house])
    line = np.where(role == "S", spouse[house], line)
    line = np.where(np.isin(role, ["D", "M"]), surnames(rng, len(people)), line)
    return pd.Series(
        line + given_names(rng, people["is_male"].to_numpy(bool)), index=people.index, dtype="str"
    )


def number(rng: np.random.Generator, households: pd.DataFrame, persons: pd.DataFrame, places: Places) -> None:
    """Register numbers: 25, the town, a serial by village; persons add their place in the household."""
    town = places.villages["town"].to_numpy(object)[households["village"]]
    order = np.lexsort((rng.random(len(town)), households["village"].to_numpy(np.int64)))
    serial = (pd.Series(town[order], index=order).groupby(town[order]).cumcount() + 1).sort_index()
    households["household_no"] = (
        "25" + pd.Series(town, dtype="str") + serial.astype("str").str.zfill(5)
    ).to_numpy()
    number = households["household_no"].to_numpy(object)[persons["household"]]
    within = persons.groupby("household").cumcount() + 1
    persons["household_no"] = pd.Series(number, dtype="str")
    persons["person_no"] = persons["household_no"] + within.astype("str").str.zfill(2)
    male, female = ({r: t[i] for r, t in RELATIONS.items()} for i in (0, 1))
    persons["relation"] = np.where(persons["is_male"], persons["role"].map(male), persons["role"].map(female))
    persons["village"] = households["village"].to_numpy(np.int64)[persons["household"]]
    persons["natural"] = households["natural"].to_numpy(np.int64)[persons["household"]]
    persons["kind"] = households["kind"].to_numpy(object)[persons["household"]]
