"""Rows above a header that are no title: a list sorted together with its header looks like that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from ingestion.readers import rows as kinds
from ingestion.readers.headers import clean_header

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DIGIT = re.compile(r"\d")
_FEWEST = 3  # cells: fewer may be 'label, value' of a title line
_FILLED = 0.6  # of the cells of a usual row
_FITTING = 0.8  # of the cells that a row fills


def data_above(
    above: Sequence[Sequence[str]], below: Sequence[Sequence[str]], names: Sequence[str]
) -> set[int]:
    """Positions in `above` of rows as wide as those below the header, with the like in each column."""
    usual, shapes = _usual(below, names)
    return {at for at, cells in enumerate(above) if _is_data(cells, usual, shapes)}


def _usual(below: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[float, list[set[str]]]:
    """How many cells a data row fills, and what the cells of each column are made of."""
    shapes: list[set[str]] = [set() for _ in names]
    counts = []
    for cells in below:
        here = [(at, shape) for at, cell in enumerate(cells[: len(names)]) if (shape := _shape(cell))]
        if len(here) >= _FEWEST and kinds.total_label(cells) is None:
            counts.append(len(here))
            for at, shape in here:
                shapes[at].add(shape)
    return (median(counts) if counts else 0), shapes


def _is_data(cells: Sequence[str], usual: float, shapes: Sequence[set[str]]) -> bool:
    here = [(at, shape) for at, cell in enumerate(cells) if (shape := _shape(cell))]
    if len(here) < max(_FEWEST, _FILLED * usual):
        return False
    if kinds.is_numbering([text for text in map(clean_header, cells) if text]):
        return False
    is_person = any(kinds.is_id_like(cell) for cell in cells)
    if not usual:  # nothing below the header to compare with
        return is_person
    fitting = [shape for at, shape in here if at < len(shapes) and shape in shapes[at]]
    mixed = is_person or ("中" in fitting and any("9" in shape for shape in fitting))
    return mixed and len(fitting) >= _FITTING * len(here)


def _shape(cell: str) -> str:
    """What a cell is made of: '中' Chinese, '9' digits, '中9' both, 'a' anything else, '' nothing."""
    text = clean_header(cell)
    found = ("中" if _CHINESE.search(text) else "") + ("9" if _DIGIT.search(text) else "")
    return found or ("a" if text else "")
