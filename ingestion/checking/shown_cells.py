"""Cells that show something else than they hold: scaled numbers, formulas never computed, struck text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding
from ingestion.contracts import Column
from ingestion.matching.units import factor_of
from ingestion.parsing import Parsed
from ingestion.parsing.base import Mask
from ingestion.parsing.column_types import TEXT
from ingestion.readers.model import Cells, Table

UNCOMPUTED = "FORMULA_WITHOUT_VALUE"
SCALED = "SHOWN_UNLIKE_HELD"
STRUCK = "ROW_STRUCK_OUT"
DATES_1904 = "DATES_FROM_1904"


def uncomputed(batch: Batch, column: str) -> Mask:
    """Which cells of a column are formulas that nobody ever computed."""
    found = np.zeros(batch.row_count, np.bool_)
    for _, start, cells in _marked(batch, column, lambda table: table.uncomputed):
        found[start + cells.rows] = True
    return found


def without_scaled(batch: Batch, column: Column, parsed: Parsed) -> Parsed:
    """Cells shown smaller than they are held count only where the unit of the column explains it.

    40000 shown as 4.0 under 万元 is 40,000 yuan. Under 元, or under no unit at all, nobody can tell
    which of the two was meant: that is asked, and neither is taken.
    """
    unclear = np.zeros(batch.row_count, np.bool_)
    held = np.full(batch.row_count, "", dtype=object)
    for number, start, cells in _marked(batch, column.name, lambda table: table.scaled):
        table = batch.tables[number]
        if factor_of(column, table.table, cells.column) != 10.0**cells.power:
            unclear[start + cells.rows] = True
            held[start + cells.rows] = cells.held
    rows = np.flatnonzero(unclear)
    if not len(rows):
        return parsed
    batch.findings.append(Finding(SCALED, "error", rows, column.name, pa.array(held[rows], TEXT)))
    left = {code: rest for code, part in parsed.problems.items() if (rest := part & ~unclear).any()}
    values = pc.if_else(pa.array(unclear), pa.scalar(None, parsed.values.type), parsed.values)
    return replace(parsed, values=values, problems=left)


def tell_struck_rows(batch: Batch) -> None:
    """Warn once at each row with struck cells: it was read, and may have been meant to be gone."""
    said = batch.duplicate.copy()
    for name in batch.texts:
        struck = np.zeros(batch.row_count, np.bool_)
        for _, start, cells in _marked(batch, name, lambda table: table.struck):
            struck[start + cells.rows] = True
        rows = np.flatnonzero(struck & ~batch.is_blank(name) & ~said)
        if len(rows):
            batch.findings.append(Finding(STRUCK, "warning", rows, name))
            said[rows] = True


def tell_date_system(batch: Batch) -> None:
    """Say it when plain numbers were read as days of a workbook that counts from 1904."""
    if not any(table.table.date_offset for table in batch.tables):
        return
    offsets = np.array([table.table.date_offset for table in batch.tables])[batch.table_of_row]
    for column, code, rows in batch.repairs:
        there = rows[offsets[rows] != 0] if code == "excel_serial" else rows[:0]
        if len(there):
            first = int(there[0])
            words = {
                "header": batch.headers(column)[batch.table_of_row[first]],
                "count": str(len(there)),
                "value": str(batch.texts[column].raw[first].as_py()).strip(),
                "day": str(batch.columns[column][first].as_py()),
            }
            batch.notes.append((DATES_1904, words))


def _marked(
    batch: Batch, column: str, marks: Callable[[Table], tuple[Cells, ...]]
) -> Iterator[tuple[int, int, Cells]]:
    """(table, its first row in the batch, cells) of the marks that lie in a column."""
    start = 0
    for number, matched in enumerate(batch.tables):
        position = matched.positions.get(column)
        for cells in marks(matched.table):
            if cells.column == position:
                yield number, start, cells
        start += len(matched.table.row_numbers)
