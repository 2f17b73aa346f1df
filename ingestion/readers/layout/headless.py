"""Sheets without a header: a cover, an explanation, or data whose header was left on another sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ingestion.readers.grid import Grid
from ingestion.readers.layout import row_kinds as kinds
from ingestion.readers.layout.likeness import usual_of
from ingestion.readers.model import Table

_LOOKED_AT = 200  # rows of the sheet
_SAMPLE = 50  # rows of each table that it is compared with
_FEWEST = 3  # cells: beside an ID number alone stands an explanation
_AS_WIDE = 0.6  # of the cells of a data row: then the row above names its columns


def data_in(grid: Grid, tables: Sequence[Table]) -> Literal["none", "some", "most"]:
    """How much of a sheet reads as data: 'most' when it is a list of people without any header."""
    rows = [cells for cells in grid.rows(0, _LOOKED_AT) if kinds.joined(cells)]
    people = [n for n, cells in enumerate(rows) if _width(cells) >= _FEWEST and _has_id(cells)]
    if people:
        width = _width(rows[people[0]])
        has_header = any(_width(cells) >= _AS_WIDE * width for cells in rows[: people[0]])
        return "most" if len(people) * 2 >= len(rows) and not has_header else "some"
    usual = [usual_of(table.cells.head(_SAMPLE).to_numpy().tolist(), table.header) for table in tables]
    alike = any(one.filled and one.is_like(cells, counted=False) for one in usual for cells in rows)
    return "some" if alike else "none"


def _width(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _has_id(cells: Sequence[str]) -> bool:
    return any(map(kinds.is_id_like, cells))
