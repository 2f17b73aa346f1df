"""Find the header of a table: one to three rows whose cells the contracts know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.readers.grid import Merge
from ingestion.text.headers import OWN_COLUMNS, clean_header, is_known, normalise_header

_DATA_LIKE = re.compile(r"^\s*[<>≤≥+-]?\d[\d\s,./:年月日-]*(?:[eE]\+?\d+|[xX%元])*\s*$")
_LABELLED = re.compile(r"[:\uff1a]")
_OWN = frozenset(normalise_header(name) for pair in OWN_COLUMNS.values() for name in pair)
MAX_DEPTH = 3


@dataclass(frozen=True)
class Header:
    """Rows `first` to `last` (positions) hold the header; `names` are flattened, one per column."""

    first: int
    last: int
    names: tuple[str, ...]
    matched: int


def find_header(
    rows: Sequence[Sequence[str]], merges: Sequence[Merge], known: frozenset[str]
) -> Header | None:
    """The first rows of which most cells are known headers."""
    memory: dict[str, bool] = {}

    def knows(text: str) -> bool:
        if text not in memory:
            memory[text] = len(text) <= 60 and is_known(text, known)
        return memory[text]

    for last in range(len(rows)):
        names = [cell for cell in rows[last] if cell and knows(cell)]
        matched = len(set(names))  # one name in several cells is a value of that spelling
        lower = _subheader_matches(rows, last, knows) if matched else 0
        if matched + lower < 2:
            continue
        given = [cell for cell in rows[last] if cell.strip() and normalise_header(cell[:20]) not in _OWN]
        if (len(names) + lower) * 5 >= len(given) * 2:
            return _grow(rows, last, merges, knows)
    return None


def _subheader_matches(rows: Sequence[Sequence[str]], at: int, knows: object) -> int:
    """Known cells in the next row, when it reads as the lower half of a two-row header."""
    if at + 1 >= len(rows) or not _reads_as_lower(rows[at], rows[at + 1]):
        return 0
    assert callable(knows)
    return sum(1 for cell in rows[at + 1] if cell and knows(cell))


def _reads_as_lower(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Lower cells stand only under a group: an upper cell with blanks to its right, or those blanks."""
    if sum(1 for cell in upper if cell.strip()) < 2 or not any(cell.strip() for cell in lower):
        return False
    if any(_LABELLED.search(cell) for cell in upper):
        return False
    grouped = False
    for index, cell in enumerate(lower):
        above = upper[index].strip() if index < len(upper) else ""
        if not cell.strip():
            continue
        if _DATA_LIKE.match(cell):
            return False
        if above:
            following = upper[index + 1].strip() if index + 1 < len(upper) else ""
            beside = lower[index + 1].strip() if index + 1 < len(lower) else ""
            if following or not beside:
                return False
        elif not any(upper[i].strip() for i in range(index)):
            return False
        grouped = True
    return grouped


def _grow(rows: Sequence[Sequence[str]], at: int, merges: Sequence[Merge], knows: object) -> Header:
    """Take in the header rows below and above the one that matched."""
    assert callable(knows)
    first = last = at
    below = max((m[2] for m in merges if m[0] == at and m[2] > at and m[2] - at < MAX_DEPTH), default=at)
    if (
        below > at
        and below < len(rows)
        and any(cell.strip() for row in rows[at + 1 : below + 1] for cell in row)
    ):
        last = below
    elif at + 1 < len(rows) and _reads_as_lower(rows[at], rows[at + 1]):
        last = at + 1
    while first > 0 and last - first + 1 < MAX_DEPTH and _is_group_row(rows, first - 1, merges):
        first -= 1
    names = flatten(rows[first : last + 1], [_shift(m, first) for m in merges])
    return Header(first, last, names, sum(1 for name in names if name and knows(name)))


def _is_group_row(rows: Sequence[Sequence[str]], at: int, merges: Sequence[Merge]) -> bool:
    """A row of group names over the header: several short cells, none of them 'label: value'."""
    present = [(index, cell) for index, cell in enumerate(rows[at]) if cell.strip()]
    if len(present) < 2 or any(_LABELLED.search(c) or _DATA_LIKE.match(c) or len(c) > 20 for _, c in present):
        return False
    spans = any(m[0] <= at < m[2] or (m[0] == at == m[2] and m[3] > m[1]) for m in merges)
    return spans or _reads_as_lower_mostly(rows[at], rows[at + 1])


def _reads_as_lower_mostly(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Without merge ranges: every column is named by the lower row, or by the upper one alone."""
    width = max(len(upper), len(lower))
    low = [cell.strip() for cell in lower] + [""] * (width - len(lower))
    high = [cell.strip() for cell in upper] + [""] * (width - len(upper))
    return all(low[i] or high[i] for i in range(width)) and len(set(filter(None, high))) >= 2


def _shift(merge: Merge, rows: int) -> Merge:
    return merge[0] - rows, merge[1], merge[2] - rows, merge[3]


def flatten(block: Sequence[Sequence[str]], merges: Sequence[Merge]) -> tuple[str, ...]:
    """One name per column: the texts above one another, joined by '/', repetitions left out."""
    width = max(len(row) for row in block)
    grid = [[clean_header(cell) for cell in row] + [""] * (width - len(row)) for row in block]
    inside = [m for m in merges if m[0] >= 0 and m[2] < len(block) and m[3] < width]
    for r0, c0, r1, c1 in inside:
        for r in range(r0, r1 + 1):
            for c in range(c0, c1 + 1):
                grid[r][c] = grid[r0][c0]
    if not any(m[3] > m[1] for m in inside):
        for r in range(len(grid) - 1):
            _spread_right(grid, r)
    names = []
    for c in range(width):
        parts = dict.fromkeys(row[c] for row in grid if row[c])
        names.append("/".join(parts))
    return tuple(names)


def _spread_right(grid: list[list[str]], r: int) -> None:
    """A group name in a file without merge ranges speaks for the blanks to its right."""
    for c in range(1, len(grid[r])):
        if not grid[r][c] and grid[r + 1][c] and grid[r + 1][c - 1]:
            grid[r][c] = grid[r][c - 1]
