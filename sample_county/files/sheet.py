"""One sheet as an office lays it out: title rows, header, body, totals, signature, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sample_county.rare_formats.page import Merge, Page

Cell = str | int | float | date | None
Row = Sequence[Cell]
ERRORS = {"#REF!": 0x17, "#N/A": 0x2A, "#DIV/0!": 0x07, "#VALUE!": 0x0F}  # with their numbers in BIFF


@dataclass
class Sheet:
    """Everything a writer needs; `body_rows` says in which 1-based row each data row ended up."""

    name: str
    width: int
    top: list[Row] = field(default_factory=list)
    header: list[Row] = field(default_factory=list)
    body: list[Row] = field(default_factory=list)
    bottom: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden: frozenset[int] = frozenset()
    wide: frozenset[int] = frozenset()  # columns of long texts
    body_rows: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)  # which of the file's rows each of them is

    @property
    def header_at(self) -> int:
        """0-based row of the first header line."""
        return len(self.top)

    @property
    def body_at(self) -> int:
        """0-based row of the first row under the header."""
        return len(self.top) + len(self.header)

    def rows(self) -> list[Row]:
        return [*self.top, *self.header, *self.body, *self.bottom]

    def as_page(self) -> Page:
        """The same for the writers of rare formats."""
        rows = [list(row) for row in self.rows()]
        errors = {
            (r, c): cell
            for r, row in enumerate(rows)
            for c, cell in enumerate(row)
            if isinstance(cell, str) and cell in ERRORS
        }
        hidden = tuple(sorted(self.hidden))
        return Page(rows, self.name or "Sheet1", tuple(self.merges), hidden_columns=hidden, errors=errors)


def group_header(names: Sequence[str], groups: Sequence[str], at: int) -> tuple[list[Row], list[Merge]]:
    """Two header rows with merged cells: a group above its columns, a lone column over both rows.

    `groups` names the group of each column, '' for none; equal neighbours share one merged cell.
    """
    upper: list[Cell] = [group or name for name, group in zip(names, groups, strict=True)]
    lower: list[Cell] = [name if group else None for name, group in zip(names, groups, strict=True)]
    merges: list[Merge] = []
    start = 0
    while start < len(names):
        end = start
        if groups[start]:
            while end + 1 < len(names) and groups[end + 1] == groups[start]:
                end += 1
                upper[end] = None
            if end > start:
                merges.append((at, start, at, end))
        else:
            merges.append((at, start, at + 1, start))
        start = end + 1
    return [upper, lower], merges
