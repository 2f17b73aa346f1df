"""Several things in one cell: the owners of a flat and their numbers, one behind the other.

The values of a cell are kept in its order, joined by SEPARATOR, which no name or number holds. Warehouse
rows are made of them in staging, one per value; in the lake the row stays one, as it is in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.base import Mask, Parsed, Setting, compatible, mask, trimmed
from ingestion.parsing.ids import LATER_NUMBER, WHOLE_NUMBER

SEPARATOR = "、"
MOST = 200  # values of one cell that staging takes apart
_PARTS = re.compile(r"[、;,/|&\n\r]+")
_SOME_PART = r"[、;,/|&\n\r]"
_NUMBERS_APART = re.compile(rf"(?<![0-9]){WHOLE_NUMBER}(?:\s+{WHOLE_NUMBER})+(?![0-9])")

ParseItems = Callable[[pa.Array, Setting], Parsed]


def parse_several(texts: pa.Array, setting: Setting, parse_items: ParseItems) -> Parsed:
    """Every value of every cell by `parse_items`; what is wrong with one of them is wrong with the cell."""
    whole = trimmed(compatible(trimmed(texts)))
    parts = pc.or_(pc.match_substring_regex(whole, _SOME_PART), pc.match_substring_regex(whole, LATER_NUMBER))
    many = mask(parts)
    if not many.any():
        return parse_items(texts, setting)
    cells = [values_of(text) for text in whole.filter(pa.array(many)).to_pylist()]
    owner = np.repeat(np.arange(len(cells)), [len(cell) for cell in cells])
    items = parse_items(pa.array([value for cell in cells for value in cell], pa.string()), setting)
    single = parse_items(pc.if_else(pa.array(many), pa.scalar(""), texts), setting)
    return _together(single, items, many, owner)


def values_of(text: str) -> list[str]:
    """The values of a cell (after NFKC), in order; blanks part only numbers that are whole."""
    apart = _NUMBERS_APART.sub(lambda found: re.sub(r"\s+", SEPARATOR, found[0]), text)
    return [value for part in _PARTS.split(apart) if (value := part.strip())] or [""]


def value_count(values: pa.Array) -> npt.NDArray[np.int64]:
    """How many values each parsed cell holds."""
    counts = pc.add(pc.count_substring(pc.fill_null(values, ""), SEPARATOR), 1)
    result: npt.NDArray[np.int64] = counts.to_numpy(zero_copy_only=False).astype(np.int64)
    return result


def _together(single: Parsed, items: Parsed, many: Mask, owner: npt.NDArray[np.int64]) -> Parsed:
    count = int(many.sum())
    assert items.blank is not None and single.blank is not None
    kept = ~items.blank  # 无 beside a number is nobody's

    def joined(texts: pa.Array) -> pa.Array:
        parts: list[list[str]] = [[] for _ in range(count)]
        for cell, text, keep in zip(owner.tolist(), texts.to_pylist(), kept.tolist(), strict=True):
            if keep:
                parts[cell].append(text or "")
        return pa.array([SEPARATOR.join(part) or None for part in parts], pa.string())

    def spread(one: dict[str, Mask], more: dict[str, Mask]) -> dict[str, Mask]:
        found: dict[str, Mask] = {code: part & ~many for code, part in one.items()}
        for code, part in more.items():
            cells = np.zeros(count, np.bool_)
            cells[owner[part & kept]] = True
            there = found.setdefault(code, np.zeros(len(many), np.bool_))
            there[many] = cells
        return {code: part for code, part in found.items() if part.any()}

    there = pa.array(many)
    filled = np.zeros(count, np.bool_)
    filled[owner[kept]] = True
    blank = single.blank & ~many
    blank[many] = ~filled
    companion = None
    if single.companion is not None and items.companion is not None:
        companion = pc.replace_with_mask(single.companion, there, joined(items.companion))
    return Parsed(
        pc.replace_with_mask(single.values, there, joined(items.values)),
        spread(single.problems, items.problems),
        spread(single.repairs, items.repairs),
        blank,
        companion,
    )
