"""Totals rows that do not say so: a row of numbers alone, each the sum of what stands above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache

from ingestion.readers.grid import Grid
from ingestion.readers.layout import row_kinds as kinds
from ingestion.readers.layout.totals import LeftOut
from ingestion.text.headers import clean_header

_CENT = Decimal("0.011")
_FEWEST = 2  # rows that are summed


def unlabelled_totals(
    body: Grid, looked_at: Mapping[int, Sequence[str]], left_out: Sequence[LeftOut], usual: kinds.Usual
) -> list[LeftOut]:
    """Rows among those `looked_at` whose every number is a sum, or the count, of the rows above.

    Above are all rows of the body, or those since the last totals row.
    """
    gone = {position: kind for position, kind, _, _ in left_out}
    found: list[LeftOut] = []

    @cache
    def numbers(column: int) -> list[Decimal | None]:
        return [_number(text) for text in body.columns[column].to_pylist()]

    for position, cells in sorted(looked_at.items()):
        present = {at: clean_header(cell) for at, cell in enumerate(cells) if cell.strip()}
        if position in gone or not present or not all(map(kinds.is_number, present.values())):
            continue
        if not usual.is_sparse(cells):
            continue
        totals = [p for p, kind in gone.items() if kind == "total" and p < position]
        for start in {0, max(totals, default=-1) + 1}:
            rows = [p for p in range(start, position) if p not in gone]
            if len(rows) >= _FEWEST and _are_sums(present, rows, numbers):
                found.append((position, "total", kinds.joined(cells), list(cells)))
                gone[position] = "total"
                break
    return found


def _are_sums(present: Mapping[int, str], rows: Sequence[int], numbers: object) -> bool:
    assert callable(numbers)
    sums = 0
    for column, text in present.items():
        stated = _number(text)
        values = [value for value in map(numbers(column).__getitem__, rows) if value is not None]
        if stated and len(values) >= _FEWEST and abs(sum(values) - stated) < _CENT:
            sums += 1
        elif stated != len(rows):
            return False
    return sums > 0


def _number(text: str) -> Decimal | None:
    plain = clean_header(text).replace(",", "").rstrip("元人户次名个")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
