"""Several codes in one cell: 因病、因学, 因病因学."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.base import Mask, Parsed, Setting, compatible, mask
from ingestion.parsing.several import SEPARATOR
from ingestion.parsing.words import parse_code

_PARTS = re.compile(r"[、;,/|&+\s]+|和|及|与|兼")
_MOST = 6


def parse_several_codes(texts: pa.Array, setting: Setting) -> Parsed:
    """Every code of every cell in its order, each once; one that is unknown makes the cell unknown."""
    parsed = parse_code(texts, setting)
    unknown = parsed.problems.get("CODE_UNKNOWN")
    if unknown is None:
        return parsed
    cells = compatible(texts.filter(pa.array(unknown))).to_pylist()
    found = [_codes(cell or "", setting) for cell in cells]
    if not any(found):
        return parsed
    values = pc.replace_with_mask(parsed.values, pa.array(unknown), pa.array(found, pa.string()))
    known: Mask = unknown & mask(values.is_valid())
    left = unknown & ~known
    changed = parsed.repairs.get("code_alias", np.zeros(len(texts), np.bool_)) | known
    problems = {**parsed.problems, "CODE_UNKNOWN": left}
    return Parsed(
        values,
        {code: part for code, part in problems.items() if part.any()},
        {**parsed.repairs, "code_alias": changed},
        parsed.blank,
    )


def _codes(cell: str, setting: Setting) -> str | None:
    """The codes of a cell, joined; None where one of its parts is none, or there are no parts."""
    parts = [part for part in _PARTS.split(cell) if part]
    if len(parts) == 1:
        parts = _without_signs(parts[0], setting)
    if not 1 < len(parts) <= _MOST:
        return None
    codes = parse_code(pa.array(parts, pa.string()), setting).values.to_pylist()
    return None if None in codes else SEPARATOR.join(dict.fromkeys(codes))


def _without_signs(text: str, setting: Setting) -> list[str]:
    """The parts of 因病因学 where it can be taken apart in one way only."""
    words = {*setting.column.codes, *setting.column.spellings}
    ways: list[list[list[str]]] = [[[]]]
    for end in range(1, len(text) + 1):
        ways.append([
            [*way, text[begin:end]]
            for begin in range(max(0, end - 12), end)
            if text[begin:end] in words
            for way in ways[begin][:2]
        ])  # fmt: skip
    return ways[-1][0] if len(ways[-1]) == 1 else []
