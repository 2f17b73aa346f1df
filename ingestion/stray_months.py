"""A row of another month among rows of one: it would speak for a whole month that nobody delivered."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.batch import Batch, Finding
from ingestion.types.base import Mask, mask, select

CODE = "MONTH_UNLIKE_OTHERS"
_NEARLY_ALL = 0.95  # of the rows of a table that name a month


def hold_stray_months(batch: Batch) -> None:
    """Hold the few rows whose month is another than that of nearly all rows of their table.

    Their month is taken for unread, so that neither date nor period of the file comes from it.
    """
    for name in batch.contract.period_by:
        if batch.contract.column(name).type != "year_month" or name not in batch.texts:
            continue
        months = batch.columns[name]
        stray: Mask = np.zeros(batch.row_count, np.bool_)
        usual = np.full(batch.row_count, "", dtype=object)
        for number in range(len(batch.tables)):
            here = batch.table_of_row == number
            month = _usual(months.filter(pa.array(here)))
            if month is not None:
                stray |= here & mask(pc.not_equal(months, month))
                usual[here] = str(month.as_py())[:7]
        rows = np.flatnonzero(stray)
        if len(rows):
            batch.findings.append(Finding(CODE, "error", rows, name, pa.array(usual[rows], pa.string())))
            batch.columns[name] = select(months, ~stray)


def _usual(months: pa.Array) -> pa.Scalar | None:
    """The month of nearly all; None where they have one only, or none that prevails."""
    counts = pc.value_counts(months.drop_null())
    if len(counts) < 2:
        return None
    sizes = counts.field("counts")
    most = int(np.argmax(sizes.to_numpy()))
    return (
        counts.field("values")[most] if sizes[most].as_py() >= _NEARLY_ALL * pc.sum(sizes).as_py() else None
    )
