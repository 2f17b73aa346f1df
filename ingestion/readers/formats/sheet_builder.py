"""Lay out the cells of a marked-up table: spans, gaps, bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.readers.grid import Grid, Merge, SheetFacts, from_rows

MAX_CELLS = 30_000_000
MAX_COLUMNS = 16_384
MAX_ROWS = 1 << 20


class TooLargeError(Exception):
    """Spans that would lay out more cells than any file may have."""


@dataclass
class SheetBuilder:
    """Cells laid out row by row, with what earlier rows reach down into."""

    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    reach: dict[int, int] = field(default_factory=dict)  # column → last row covered from above
    cells: int = 0
    facts: SheetFacts = field(default_factory=SheetFacts)
    next_column: int = 0  # where the next column declaration begins

    def start_row(self, number: int) -> None:
        """Begin row `number`. Rows left out before it are blank ones, so that ranges stay true."""
        first = self.numbers[-1] + 1 if self.numbers else number
        self.cells += number - first
        if number - first > MAX_ROWS or self.cells > MAX_CELLS:
            raise TooLargeError
        for missing in range(first, number + 1):
            self.rows.append([])
            self.numbers.append(missing)

    def next_free(self) -> int:
        at, row = len(self.rows[-1]), len(self.rows) - 1
        while self.reach.get(at, -1) >= row:
            at += 1
        return at

    def put(self, column: int, text: str, across: int, down: int) -> None:
        """Write a cell that covers `across` more columns and `down` more rows."""
        across, down = min(across, MAX_COLUMNS), min(down, MAX_ROWS)
        row, at = self.rows[-1], len(self.rows) - 1
        self.cells += column + across + 1 - len(row)
        if column > MAX_COLUMNS or self.cells > MAX_CELLS:
            raise TooLargeError
        row += [""] * (column - len(row)) + [text] + [""] * across
        if down:
            self.reach.update((c, at + down) for c in range(column, column + across + 1))
        if across or down:
            self.merges.append((at, column, at + down, column + across))

    def grid(self, name: str) -> Grid:
        last = len(self.rows) - 1
        grid = from_rows(self.rows, self.numbers, sheet=name)
        width = len(grid.columns) - 1
        grid.merges = [(a, b, min(c, last), min(d, width)) for a, b, c, d in self.merges]
        grid.facts = self.facts
        return grid
