"""Cells that hold both ends of a time: one message for both; a lone day may be but a beginning."""

from __future__ import annotations

import numpy as np

from ingestion.checking.batch import Batch, Finding
from ingestion.contracts.model import Range
from ingestion.parsing.base import Mask, mask
from ingestion.parsing.dates import names_a_range

NO_END = "RANGE_WITHOUT_END"


def settle_ranges(batch: Batch) -> None:
    """Judge the columns that were read twice, for their first and for their last day."""
    for ends in batch.contract.ranges:
        shared = _shared(batch, ends)
        if shared.any():
            _once(batch, ends, shared)
            if not ends.single:
                _without_end(batch, ends, shared)


def _shared(batch: Batch, ends: Range) -> Mask:
    """The rows of tables in which one column holds both ends."""
    both = [
        ends.first in table.positions and table.positions[ends.first] == table.positions.get(ends.last)
        for table in batch.tables
    ]
    found: Mask = np.array(both, np.bool_)[batch.table_of_row]
    return found


def _once(batch: Batch, ends: Range, shared: Mask) -> None:
    told = {(f.code, f.severity): f.rows for f in batch.findings if f.column == ends.first}
    for at, finding in enumerate(batch.findings):
        rows = told.get((finding.code, finding.severity))
        if finding.column == ends.last and rows is not None:
            again = np.isin(finding.rows, rows) & shared[finding.rows]
            batch.findings[at] = finding.only(~again)
    batch.findings = [f for f in batch.findings if len(f.rows) or f.at_row is not None]


def _without_end(batch: Batch, ends: Range, shared: Mask) -> None:
    coded, values = batch.texts[ends.last], batch.columns[ends.last]
    alone = shared & mask(values.is_valid()) & ~names_a_range(coded.texts)[coded.codes]
    if alone.any():
        batch.findings.append(Finding(NO_END, "error", np.flatnonzero(alone), ends.last))
