"""An amount or a number that is one cell over several rows: for all of them together, or for each?"""

from __future__ import annotations

import numpy as np

from ingestion.batch import Batch, Finding, Rows
from ingestion.types.base import Mask, select

CODE = "AMOUNT_MERGED"
_SUMMED = ("money_yuan", "count")


def hold_merged_amounts(batch: Batch) -> None:
    """Hold the rows that share one cell of money or counts: filled down, it would count for each of them.

    In sums it counts once. A record that is merged in all its cells is repeated as a whole and no matter
    of this check.
    """
    for name, shared, again in _shared(batch):
        rows = np.flatnonzero(shared & ~batch.is_blank(name))
        if not len(rows):
            continue
        batch.findings = [_without(f, rows) if f.column == name else f for f in batch.findings]
        batch.findings = [f for f in batch.findings if f.column != name or len(f.rows)]
        batch.findings.append(Finding(CODE, "error", rows, name))
        batch.columns[name] = select(batch.columns[name], ~again)
        batch.blank[name] = batch.blank[name] | again


def _shared(batch: Batch) -> list[tuple[str, Mask, Mask]]:
    """Per summed column, the rows under a merged cell, and those of them that only repeat it."""
    names = [c.name for c in batch.contract.columns if c.type in _SUMMED and c.name in batch.texts]
    found: dict[str, tuple[Mask, Mask]] = {}
    start = 0
    for matched in batch.tables:
        name_at = {matched.positions[name]: name for name in names if name in matched.positions}
        for column, first, last in matched.table.merged:
            rows = slice(start + first, start + last + 1)
            if column not in name_at or int((~batch.duplicate[rows]).sum()) < 2:
                continue
            none = np.zeros(batch.row_count, np.bool_)
            shared, again = found.setdefault(name_at[column], (none, none.copy()))
            shared[rows] = True
            again[start + first + 1 : start + last + 1] = True
        start += len(matched.table.row_numbers)
    return [(name, *masks) for name, masks in found.items()]


def _without(finding: Finding, rows: Rows) -> Finding:
    return finding.only(~np.isin(finding.rows, rows))
