"""What the data rows of a table look like, and whether another row is one of them.

Titles, notes, signatures and totals fill few cells. A row about as full as the data rows, with the like
in each column, is data whatever its words say: "审核通过" in a first column signs nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingestion.readers.layout import row_kinds as kinds
from ingestion.text.headers import clean_header

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DIGIT = re.compile(r"\d")
# What most cells are: Chinese alone, or digits alone; any other is looked at more closely.
_PLAIN = re.compile(r"([\u4e00-\u9fff]+)|[0-9]+(\.[0-9]+)?")
# An account, a card, a number of a case: what a sum never looks like. Twelve digits may be an area code.
_KEY = re.compile(r"^([a-z]{1,4}\d{4,}|[\d*]{13,}x?|\d(\.\d+)?e\+1\d)$", re.I)
_FEWEST = 3  # cells: fewer may be 'label, value' of a title line
_FILLED = 0.6  # of the cells of a usual row
_SPARSE = 0.5
_FITTING = 0.8  # of the cells that a row fills
_WORDS = 4  # beside its label; a subtotal may name county, town and village


@dataclass(frozen=True)
class Usual:
    """How many cells a data row fills, how many of them are words, what each column is made of."""

    filled: float
    words: float
    shapes: tuple[Counter[str], ...]

    def is_like(self, cells: Sequence[str], *, counted: bool) -> bool:
        """Whether a row reads like the others; `counted`: it may itself be among those looked at."""
        here = _shapes_of(cells)
        if len(here) < max(_FEWEST, _FILLED * self.filled):
            return False
        if kinds.is_numbering([text for text in map(clean_header, cells) if text]):
            return False
        is_person = any(kinds.is_id_like(cell) for cell in cells)
        if not self.filled:  # nothing to compare with
            return is_person
        least = 1 if counted else 0
        fitting = [s for at, s in here if at < len(self.shapes) and self.shapes[at][s] > least]
        mixed = is_person or ("中" in fitting and any("9" in shape for shape in fitting))
        return mixed and len(fitting) >= _FITTING * len(here)

    def is_sparse(self, cells: Sequence[str]) -> bool:
        """Whether a row fills less than half of what a data row fills, and names no person."""
        few = len(_shapes_of(cells)) < self.filled * _SPARSE
        return few and not any(kinds.is_id_like(cell) for cell in cells)

    def is_no_total(self, cells: Sequence[str]) -> bool:
        """Whether a row that says 合计 is full of what is never summed: names, places, account numbers."""
        here = _shapes_of(cells)
        if not self.filled or len(here) < max(_FEWEST, _FILLED * self.filled):
            return False
        words = sum(1 for at, shape in here if shape == "中" and not kinds.is_total(cells[at]))
        has_key = any(_KEY.match(clean_header(cell)) for cell in cells)
        return bool(has_key and words) or words >= max(_WORDS, _FILLED * self.words)


def usual_of(rows: Sequence[Sequence[str]], names: Sequence[str]) -> Usual:
    """What most of the filled cells of `rows` stand in: a few sparse rows between do not count."""
    found = [_shapes_of(cells[: len(names)]) for cells in rows]
    filled = _middle([len(here) for here in found if len(here) >= _FEWEST])
    full = [here for here in found if len(here) >= max(_FEWEST, _FILLED * filled)]
    shapes: tuple[Counter[str], ...] = tuple(Counter() for _ in names)
    for here in full:
        for at, shape in here:
            shapes[at][shape] += 1
    words = _middle([sum(1 for _, shape in here if shape == "中") for here in full])
    return Usual(filled, words, shapes)


def _middle(counts: Sequence[int]) -> float:
    """The size of the row that holds the middle one of all cells."""
    ranked = sorted(counts)
    left = sum(ranked) / 2
    for count in ranked:
        left -= count
        if left <= 0:
            return count
    return 0


def _shapes_of(cells: Sequence[str]) -> list[tuple[int, str]]:
    return [(at, shape) for at, cell in enumerate(cells) if cell and (shape := _shape(cell))]


@lru_cache(maxsize=50_000)  # words repeat down a column, and a row is looked at from more sides than one
def _shape(cell: str) -> str:
    """What a cell is made of: '中' Chinese, '9' digits, '中9' both, 'a' anything else, '' nothing.

    A colon is part of the shape: 'label: value' stands in titles and signatures.
    """
    if plain := _PLAIN.fullmatch(cell):
        return "中" if plain[1] else "9"
    text = clean_header(cell)
    found = ("中" if _CHINESE.search(text) else "") + ("9" if _DIGIT.search(text) else "")
    return (found or ("a" if text else "")) + (":" if ":" in text else "")


# Rows above a header that are no title: a list sorted together with its header looks like that.
def data_above(
    above: Sequence[Sequence[str]], below: Sequence[Sequence[str]], names: Sequence[str]
) -> set[int]:
    """Positions in `above` of rows as wide as those below the header, with the like in each column."""
    usual = usual_of(below, names)
    return {at for at, cells in enumerate(above) if usual.is_like(cells, counted=False)}
