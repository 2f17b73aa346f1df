"""The texts of a column before they are parsed: without what nobody sees, ditto marks as the cell above."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding, arrow_columns
from ingestion.contracts import Column
from ingestion.contracts.model import Severity
from ingestion.matching.choices import chosen_texts
from ingestion.parsing import Coded, Parsed
from ingestion.parsing.base import Mask, mask, select, stands_for_above, stands_for_another
from ingestion.parsing.column_types import TEXT
from ingestion.text.invisible import visible_column

DITTO = "DITTO_MARK"


def texts_of(batch: Batch, column: Column) -> Coded:
    """The column as it is seen; each cell that held something invisible is one repair."""
    chunks: list[pa.Array] = []
    for table in batch.tables:
        position = table.positions.get(column.name)
        if position is None:
            text = table.told.get(column.name, "")
            chunks.append(pa.repeat(pa.scalar(text, TEXT), len(table.table.row_numbers)))
        elif column.name in table.choices:
            chunks.append(pa.array(chosen_texts(table.table, table.choices[column.name]), TEXT))
        else:
            chunks += arrow_columns(table, position)
    coded = Coded.of(pa.chunked_array(chunks, TEXT))
    seen = visible_column(coded.texts)
    if seen is coded.texts:
        return coded
    rows = np.flatnonzero(mask(pc.not_equal(seen, coded.texts))[coded.codes])
    batch.repairs.append((column.name, "invisible_removed", rows))
    return Coded.of(pa.chunked_array([seen.take(pa.array(coded.codes))], TEXT))


def repeat_the_cell_above(batch: Batch) -> None:
    """Put the cell above in the place of 同上, in the columns whose contract allows it."""
    for column in batch.contract.columns:
        coded = batch.texts.get(column.name)
        if (
            not column.ditto
            or coded is None
            or not (marks := stands_for_above(coded.texts)[coded.codes]).any()
        ):
            continue
        above = np.arange(batch.row_count)
        above[marks | ~_there(batch, column)] = -1
        above = np.maximum.accumulate(above)
        # Not beyond the first row of its own table.
        copied = marks & (above >= 0)
        copied &= batch.table_of_row[above] == batch.table_of_row
        blank = mask(pc.equal(pc.utf8_trim_whitespace(coded.texts), ""))[coded.codes]
        copied &= ~blank[above]
        if copied.any():
            codes = np.where(copied, coded.codes[above], coded.codes)
            batch.texts[column.name] = Coded.of(pa.chunked_array([coded.texts.take(pa.array(codes))], TEXT))
            batch.repairs.append((column.name, "cell_above", np.flatnonzero(copied)))


def _there(batch: Batch, column: Column) -> Mask:
    """The rows of the tables that have the column."""
    has = np.array([column.name in table.positions for table in batch.tables], np.bool_)
    return has[batch.table_of_row]


def without_ditto_marks(batch: Batch, column: Column, parsed: Parsed, severity: Severity) -> Parsed:
    """`parsed` without the 同上 that are left: such a cell has no value, and no other problem."""
    coded = batch.texts[column.name]
    found = stands_for_another(coded.texts)
    if not found.any():
        return parsed
    found = found[coded.codes]
    batch.findings.append(Finding(DITTO, severity, np.flatnonzero(found), column.name))
    left = {code: rest for code, part in parsed.problems.items() if (rest := part & ~found).any()}
    repairs = {code: rest for code, part in parsed.repairs.items() if (rest := part & ~found).any()}
    companion = parsed.companion
    if companion is not None:
        nothing = pa.scalar("unusable" if column.is_identity else None, TEXT)
        companion = pc.if_else(pa.array(found), nothing, companion)
    blank = None if parsed.blank is None else parsed.blank & ~found
    return Parsed(select(parsed.values, ~found), left, repairs, blank, companion)
