"""What is known of single cells of a sheet, by the places they have in its tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ingestion.readers.grid import SheetFacts
from ingestion.readers.model import Cells, Table


def with_marks(table: Table, facts: SheetFacts) -> Table:
    """`table` with those of its cells that are scaled, struck out or never computed."""
    if not (facts.scaled or facts.struck or facts.uncomputed or facts.date_offset):
        return table
    return replace(
        table,
        scaled=_cells(table, facts.scaled),
        uncomputed=_cells(table, ((row, column, 0, "") for row, column in facts.uncomputed)),
        struck=_cells(table, ((row, column, 0, "") for row, column in facts.struck)),
        date_offset=facts.date_offset,
    )


def _cells(table: Table, places: Iterable[tuple[int, int, int, str]]) -> tuple[Cells, ...]:
    """By column and power, those of the table among (sheet row, sheet column, power, what is held)."""
    found: dict[tuple[int, int], dict[int, str]] = {}
    below = {(column, first): last for column, first, last in table.merged}
    for row, column, power, held in places:
        at = column - table.first_column
        if 0 <= at < len(table.header):
            found.setdefault((at, power), {})[row + 1] = held
    cells = []
    for (column, power), by_number in sorted(found.items()):
        rows: dict[int, str] = {}
        for first in np.flatnonzero(np.isin(table.row_numbers, list(by_number))).tolist():
            text = by_number[int(table.row_numbers[first])]
            rows |= dict.fromkeys(range(first, below.get((column, first), first) + 1), text)
        if rows:
            cells.append(Cells(column, np.array(list(rows), np.int64), power, tuple(rows.values())))
    return tuple(cells)
