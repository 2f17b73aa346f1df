"""Rows whose cells stand one place to the left or right of their headers: one message, not ten."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.batch import Batch, Finding, Rows, arrow_columns
from ingestion.schema import TEXT
from ingestion.types import Setting, parser_for
from ingestion.types.base import Mask, mask

CODE = "ROW_SHIFTED"
_LEAST = 3  # cells that cannot be read where they stand
_STRAY = 1  # of them may stay unreadable one place on: where the row was torn
# What fails by itself: a blank or a limit says nothing about where a cell belongs.
_NOT_READ = frozenset({"BLANK_REQUIRED", "ID_BLANK", "BELOW_MINIMUM", "ABOVE_MAXIMUM", "FORMULA_ERROR"})


def mark_shifted(batch: Batch) -> None:
    """Find rows in which the cells that cannot be read can be one column on, and say only that of them."""
    wrong = [f for f in batch.findings if f.severity == "error" and f.column and f.code not in _NOT_READ]
    count = np.zeros(batch.row_count, np.int64)
    for finding in wrong:
        count[finding.rows] += 1
    candidates = (count >= _LEAST) & ~batch.duplicate
    if not candidates.any():
        return
    shifted = np.zeros(batch.row_count, np.bool_)
    for step in (1, -1):
        fits = np.zeros(batch.row_count, np.int64)
        for finding in wrong:
            rows = finding.rows[candidates[finding.rows]]
            fits[rows] += _reads_beside(batch, finding.column or "", rows, step)
        shifted |= candidates & (fits >= np.maximum(_LEAST, count - _STRAY))
    if shifted.any():
        batch.leave_out(shifted)
        batch.findings += _findings(batch, wrong, shifted)


def _reads_beside(batch: Batch, column: str, rows: Rows, step: int) -> Mask:
    """For each of `rows`, whether the cell `step` places on holds what `column` wants."""
    declared = batch.contract.column(column)
    found = np.zeros(len(rows), np.bool_)
    starts = np.cumsum([0, *(len(t.table.row_numbers) for t in batch.tables)])
    for number, table in enumerate(batch.tables):
        position = table.positions.get(column, -1) + step
        here = batch.table_of_row[rows] == number
        if not here.any() or not 0 <= position < len(table.table.header) or column not in table.positions:
            continue
        cells = pa.chunked_array(arrow_columns(table, position), TEXT)
        texts = cells.take(pa.array(rows[here] - starts[number])).combine_chunks()
        parsed = parser_for(declared)(texts, Setting(declared))
        found[here] = mask(parsed.values.is_valid()) & ~mask(pc.equal(texts, ""))
    return found


def _findings(batch: Batch, wrong: list[Finding], shifted: Mask) -> list[Finding]:
    """One per column in which such a row first goes wrong."""
    order = {c.name: at for at, c in enumerate(batch.contract.columns)}
    place = np.full(batch.row_count, len(order), np.int64)
    for table_number, table in enumerate(batch.tables):
        here = shifted & (batch.table_of_row == table_number)
        for finding in wrong:
            at = finding.rows[here[finding.rows]]
            place[at] = np.minimum(place[at], table.positions.get(finding.column or "", len(order)))
    found: list[Finding] = []
    for finding in wrong:
        first = np.array(
            [
                shifted[row]
                and batch.tables[batch.table_of_row[row]].positions.get(finding.column or "") == place[row]
                for row in finding.rows
            ],
            np.bool_,
        )
        if first.any():
            found.append(Finding(CODE, "error", finding.rows[first], finding.column))
    return found
