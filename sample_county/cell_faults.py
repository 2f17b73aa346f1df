"""Single cells spoiled the way hands and programs spoil them, whatever the column decides.

The truth is not changed by them: what is known of a household or person is then less, never other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from ingestion.contracts import Catalog, Column, Contract
from sample_county.files.deliver import Mark
from sample_county.files.people import Register
from sample_county.files.planting import PlantedMark
from sample_county.files.sheet import Cell
from sample_county.world.model import World

# A file of which more is wrong is no case of single cells: it may be refused as a whole.
ROWS_PER_FAULT = 30
OWN_SHARE = 0.7  # of the faults are on rows of registered people, where there are such
NUMBERS = ("count", "money_yuan", "measurement", "year", "test_value")
Spoil = Callable[[Column, "pd.Series[Any]", np.random.Generator], Cell]


def _reference_lost(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    return "#REF!"


def _blank(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    return None


def _digits_swapped(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    """Two neighbours of a number the other way round: never the number itself."""
    text = str(row[column.name])
    places = [
        at for at in range(6, len(text) - 1) if text[at] != text[at + 1] and text[at : at + 2].isdigit()
    ]
    at = places[int(rng.integers(len(places)))]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _odd_code(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    return ("待核", "见附件", "Q7", "不清楚")[int(rng.integers(4))]


def _shifted(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    """What belongs into the cell to the left."""
    at = list(row.index).index(column.name)
    left = row.iloc[at - 1]
    return left if isinstance(left, str) and left else "同意"


def _no_date(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    return ("2019-02-30", "2019-13-01", "去年年底", "20190")[int(rng.integers(4))]


def _no_number(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    return ("面议", "约3", "1O", "1.2.3")[int(rng.integers(4))]


def _no_answer(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    return ("待定", "?", "是/否", "2")[int(rng.integers(4))]


def _damaged_name(column: Column, row: pd.Series[Any], rng: np.random.Generator) -> Cell:
    return f"{str(row[column.name])[:1]}？{str(row[column.name])[2:]}"


# kind → what it is for, and how it spoils.
KINDS: dict[str, tuple[Callable[[Column], bool], Spoil]] = {
    "reference_lost": (lambda column: True, _reference_lost),
    "blank": (lambda column: True, _blank),
    "id_digits_swapped": (lambda column: column.is_identity and not column.multiple, _digits_swapped),
    "odd_code": (lambda column: column.type == "code", _odd_code),
    "shifted_text": (lambda column: True, _shifted),
    "no_date": (lambda column: column.type in ("date", "year_month"), _no_date),
    "no_number": (lambda column: column.type in NUMBERS, _no_number),
    "no_answer": (lambda column: column.type == "yes_no", _no_answer),
    "damaged_name": (lambda column: column.type == "person_name", _damaged_name),
}


def spoil(world: World, catalog: Catalog, count: int, rng: np.random.Generator) -> tuple[PlantedMark, ...]:
    """`count` spoiled cells, kind after kind, in all feeds; no two in one row."""
    if not count:
        return ()
    register = Register.of(world)
    sheets = [(feed, label) for feed, labels in world.tables.items() for label in labels]
    room = {at: len(world.tables[at[0]][at[1]]) // ROWS_PER_FAULT for at in sheets}
    marks: dict[tuple[str, str, int], PlantedMark] = {}
    for turn in range(100 * count):
        if len(marks) == count:
            return tuple(marks.values())
        feed, label = sheets[int(rng.integers(len(sheets)))]
        kind = list(KINDS)[turn % len(KINDS)]
        if room[feed, label] < 1:
            continue
        only = "" if len(world.tables[feed]) == 1 else label  # a feed with one delivery needs no label
        mark = _one(world.tables[feed][label], catalog[feed], register, kind, rng)
        if mark and (feed, label, mark.row) not in marks:
            marks[feed, label, mark.row] = PlantedMark(feed, only, mark)
            room[feed, label] -= 1
    raise ValueError(f"the county has no room for {count} spoiled cells, only for {len(marks)}")


def _one(
    frame: pd.DataFrame, contract: Contract, register: Register, kind: str, rng: np.random.Generator
) -> Mark | None:
    """One spoiled cell of a filled column; None where the table has no cell for the kind."""
    fits, change = KINDS[kind]
    columns = [column for column in contract.columns if fits(column) and column.name in frame]
    if not columns:
        return None
    column = columns[int(rng.integers(len(columns)))]
    free = frame[column.name].notna().to_numpy(bool) & (frame[column.name].astype(object) != "").to_numpy(
        bool
    )
    own = free & ~register.is_outside(frame, contract)
    rows = np.flatnonzero(own if own.any() and rng.random() < OWN_SHARE else free)
    if not len(rows):
        return None
    at = int(rows[int(rng.integers(len(rows)))])
    raw = change(column, frame.iloc[at], rng)
    return Mark(int(frame.index[at]), column.name, kind, kind, True, raw)
