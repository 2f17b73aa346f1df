"""Households of plausible shape: who lives with whom, and how old they are.

A shape is a word with a letter per member: H head, S spouse, C child, K married son, D his wife,
G grandchild, F father, M mother, B brother or sister of the head. Ages are completed years on
31 August 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_county.world.people import Array

LETTERS = "HSCKDGFMB"
MOST_MEMBERS = 9


@dataclass(frozen=True)
class Shape:
    members: str
    weight: float
    youngest: int  # the head's age
    oldest: int
    is_frail: bool = False  # a head of working age who cannot work


LABOUR = (
    Shape("H", 1.0, 22, 58),
    Shape("HS", 0.35, 30, 59),
    Shape("HC", 0.3, 30, 50),
    Shape("HM", 0.35, 25, 55),
    Shape("HSC", 0.6, 28, 57),
    Shape("HCM", 0.3, 28, 52),
    Shape("HCC", 0.2, 30, 52),
    Shape("HSCC", 0.6, 30, 57),
    Shape("HSCM", 0.4, 28, 54),
    Shape("HCCM", 0.15, 30, 52),
    Shape("HSCCC", 0.45, 32, 57),
    Shape("HSCCM", 0.5, 30, 55),
    Shape("HSCFM", 0.2, 28, 50),
    Shape("HSCCCM", 0.35, 33, 56),
    Shape("HSCCFM", 0.25, 30, 52),
    Shape("HSCCCC", 0.15, 36, 57),
    Shape("HSKDGG", 0.25, 49, 59),
    Shape("HSCCCFM", 0.4, 33, 54),
    Shape("HSCCCCM", 0.25, 36, 56),
    Shape("HSKDGGG", 0.2, 50, 59),
    Shape("HSKDGGC", 0.15, 49, 59),
    Shape("HSCCCCFM", 0.4, 36, 54),
    Shape("HSKDGGCC", 0.3, 49, 59),
    Shape("HSKDGGGM", 0.3, 50, 59),
    Shape("HSCCCCCFM", 0.4, 39, 55),
    Shape("HSKDGGGCM", 0.6, 50, 59),
)
ALLOWANCE = (
    Shape("H", 0.6, 62, 88),
    Shape("H", 0.4, 40, 59, is_frail=True),
    Shape("HS", 0.55, 62, 84),
    Shape("HG", 0.2, 60, 78),
    Shape("HC", 0.25, 36, 50, is_frail=True),
    Shape("HSB", 0.35, 62, 78),
    Shape("HSG", 0.5, 60, 76),
    Shape("HSC", 0.3, 36, 48, is_frail=True),
    Shape("HGG", 0.2, 60, 76),
    Shape("HSGG", 0.7, 60, 74),
    Shape("HSCC", 0.3, 36, 48, is_frail=True),
    Shape("HSGGG", 0.7, 60, 72),
    Shape("HSCCC", 0.3, 38, 48, is_frail=True),
)
DESTITUTE = (
    Shape("H", 0.92, 60, 93),
    Shape("H", 0.08, 34, 59, is_frail=True),
    Shape("HB", 0.55, 61, 82),
    Shape("HS", 0.45, 63, 85),
    Shape("HBB", 1.0, 62, 80),
)
CROWD = (
    *LABOUR,
    Shape("H", 1.0, 60, 88),
    Shape("HS", 1.0, 60, 84),
    Shape("HSG", 0.3, 60, 76),
)
SHAPES = {"labour": LABOUR, "allowance": ALLOWANCE, "destitute": DESTITUTE, "crowd": CROWD}
SIZE_SHARES = {
    "labour": (0.03, 0.10, 0.18, 0.27, 0.22, 0.12, 0.05, 0.02, 0.01),
    "allowance": (0.27, 0.36, 0.25, 0.09, 0.03),
    "destitute": (0.888, 0.104, 0.008),
    "crowd": (0.08, 0.17, 0.21, 0.23, 0.17, 0.09, 0.035, 0.01, 0.005),
}


def sizes(rng: np.random.Generator, kind: str, count: int, total: int) -> Array:
    """Household sizes of the kind's distribution that sum to `total`."""
    shares = np.array(SIZE_SHARES[kind])
    size = rng.choice(np.arange(1, len(shares) + 1), size=count, p=shares / shares.sum())
    while count and (gap := total - int(size.sum())):
        step = 1 if gap > 0 else -1
        room = np.flatnonzero((size < len(shares)) if gap > 0 else (size > 1))
        if not len(room):
            raise ValueError(f"{count} households of kind {kind} cannot hold {total} persons")
        size[rng.permutation(room)[: abs(gap)]] += step
    return size


def members(rng: np.random.Generator, kind: str, size: Array, first_household: int) -> pd.DataFrame:
    """One row per person: household, role (a letter), is_male, age, is_frail."""
    shapes = SHAPES[kind]
    shape = _shapes_for(rng, kind, size)
    roles = np.array([[LETTERS.find(x) for x in s.members.ljust(MOST_MEMBERS)] for s in shapes])
    ordinal = np.array([[s.members[:i].count(s.members[i : i + 1] or " ") for i in range(9)] for s in shapes])
    head_age = rng.integers(
        np.array([s.youngest for s in shapes])[shape], np.array([s.oldest + 1 for s in shapes])[shape]
    )
    house = np.repeat(np.arange(len(size)), size)
    person_role = roles[shape][roles[shape] >= 0]
    person_ordinal = ordinal[shape][roles[shape] >= 0]
    head_is_male = rng.random(len(size)) < (0.9 if kind == "destitute" else 0.86)
    age = _ages(rng, kind, head_age[house], person_role, person_ordinal)
    return pd.DataFrame(
        {
            "household": house + first_household,
            "role": np.array(list(LETTERS))[person_role],
            "is_male": _sexes(rng, head_is_male[house], person_role),
            "age": age,
            "is_frail": np.array([s.is_frail for s in shapes])[shape][house] & (age >= 18),
        }
    )


def _shapes_for(rng: np.random.Generator, kind: str, size: Array) -> Array:
    shapes = SHAPES[kind]
    shape = np.zeros(len(size), dtype=np.int64)
    for members_count in np.unique(size):
        fitting = [i for i, s in enumerate(shapes) if len(s.members) == members_count]
        weights = np.array([shapes[i].weight for i in fitting])
        where = np.flatnonzero(size == members_count)
        shape[where] = rng.choice(fitting, size=len(where), p=weights / weights.sum())
    return shape


def _ages(rng: np.random.Generator, kind: str, head: Array, role: Array, ordinal: Array) -> Array:
    def noise(low: int, high: int) -> Array:
        return rng.integers(low, high + 1, len(head))

    is_poor_without_labour = kind in ("allowance", "destitute")
    child = head - 24 - 3 * ordinal - noise(0, 4)
    child = np.where(child < 0, noise(0, 4), child)
    grandchild = np.abs(head - 47 - 2 * ordinal - noise(0, 9))
    if is_poor_without_labour:  # nobody there is of working age and able
        child = noise(7, 15) - 3 * ordinal
        grandchild = noise(7, 15) - 3 * ordinal
    by_role = {
        "H": head,
        "S": np.clip(head - noise(-2, 5), 60 if kind == "destitute" else 20, 95),
        "C": np.clip(child, 0, 15 if is_poor_without_labour else 34),
        "K": np.clip(head - 23 - noise(0, 3), 20, 60),
        "D": np.clip(head - 24 - noise(0, 4), 20, 60),
        "G": np.clip(grandchild, 0, 15),
        "F": np.clip(head + 24 + noise(0, 9), 46, 96),
        "M": np.clip(head + 22 + noise(0, 8), 44, 98),
        "B": np.clip(head + noise(-6, 6), 60, 95),
    }
    return np.select([role == LETTERS.index(x) for x in by_role], list(by_role.values()))


def _sexes(rng: np.random.Generator, head_is_male: Array, role: Array) -> Array:
    either = rng.random(len(role)) < 0.52
    letter = np.array(list(LETTERS))[role]
    return np.select(
        [letter == "H", letter == "S", np.isin(letter, ["K", "F"]), np.isin(letter, ["D", "M"])],
        [head_is_male, ~head_is_male, np.ones(len(role), bool), np.zeros(len(role), bool)],
        either,
    )
