"""The sheets of a workbook as rows of values, for a copy that is written anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from python_calamine import SheetTypeEnum

from ingestion.readers import Reading
from ingestion.readers.formats.workbook import facts_at, facts_of, open_workbook, sheet_merges, sheet_rows
from ingestion.readers.grid import Grid
from ingestion.readers.model import Refusal
from ingestion.readers.reader import markup_grids

_CALAMINE = ("xlsx", "xlsm", "xlsb", "xls")
_CHUNK = 5_000
Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sheet:
    """`merges`, hidden rows and columns are positions in the sheet, from 0."""

    name: str
    first_row: int
    first_column: int
    rows: Iterator[Sequence[Any]]
    merges: Sequence[Merge] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)


def sheets_of(data: bytes, reading: Reading) -> list[Sheet]:
    """Every sheet that holds anything, in order; values typed where the format has types."""
    if reading.format in _CALAMINE:
        return list(_typed(data, reading.format))
    found = markup_grids(data, reading.format)
    assert not isinstance(found, Refusal)  # it has been read
    return [_from_grid(grid) for grid in found[0]]


def _typed(data: bytes, kind: str) -> Iterator[Sheet]:
    extra, book = facts_of(data, kind), open_workbook(data)
    assert not isinstance(extra, Refusal)
    assert not isinstance(book, Refusal)
    metas = book.sheets_metadata
    for index, meta in enumerate(metas):
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.start is None:
            continue
        facts = facts_at(extra, index, meta.name, len(metas))
        row0, column0, rows = sheet_rows(sheet, facts)
        yield Sheet(
            meta.name,
            row0,
            column0,
            iter(rows),
            sheet_merges(sheet, facts),
            frozenset(facts.hidden_rows),
            frozenset(facts.hidden_columns),
        )


def _from_grid(grid: Grid) -> Sheet:
    row0 = int(grid.row_numbers[0]) - 1 if grid.height else 0
    column0 = grid.first_column
    merges = [(a + row0, b + column0, c + row0, d + column0) for a, b, c, d in grid.merges]
    hidden = frozenset(grid.facts.hidden_rows), frozenset(grid.facts.hidden_columns)
    return Sheet(grid.sheet, row0, column0, _text_rows(grid), merges, *hidden)


def _text_rows(grid: Grid) -> Iterator[Sequence[str]]:
    for start in range(0, grid.height, _CHUNK):
        yield from grid.rows(start, start + _CHUNK)
