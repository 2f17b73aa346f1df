"""What each row speaks for: date, period and part, as the contract splits them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.as_of import stated_date
from ingestion.batch import Batch
from ingestion.schema import TEXT

_EVENT_DATES = ("paid_on", "entered_on", "assessed_on")


def state_dates(batch: Batch, file_name: str, corrected: date | None = None) -> None:
    """Give the batch its date, and each row of a workbook the date of its own sheet.

    `corrected` is the date of the delivery that this one corrects: it counts for more than a file name.
    """
    own = [stated_date(_title_texts(batch, i), "") for i in range(len(batch.tables))]
    whole = next((day for day in own if day), None) or corrected or stated_date((), file_name)
    dates = [day or whole for day in own]
    if whole is None:
        fallback = _from_columns(batch)
        dates = [fallback] * len(dates)
    batch.as_of = max((day for day in dates if day), default=None)
    by_table = pa.array(dates, pa.date32()).take(pa.array(batch.table_of_row))
    months = _month_ends(batch)
    batch.speaks_for_on = by_table if months is None else pc.coalesce(months, by_table)
    if batch.as_of is None and months is not None:
        batch.as_of = pc.max(months).as_py()
    _set_period(batch)


def set_periods(batch: Batch) -> None:
    """The part of each row; date and period follow when the file's date is known."""
    batch.part = _joined(batch, batch.contract.part_by)


def _title_texts(batch: Batch, table: int) -> list[str]:
    found = batch.tables[table].table
    return [
        *found.title_lines,
        *(r.text for r in found.skipped if r.kind in ("title", "unit", "note", "signature")),
    ]


def _set_period(batch: Batch) -> None:
    if batch.contract.period_by:
        batch.period = _joined(batch, batch.contract.period_by)
    elif batch.speaks_for_on is not None:
        batch.period = pc.fill_null(batch.speaks_for_on.cast(TEXT), "")


def _month_ends(batch: Batch) -> pa.Array | None:
    """The last day of each row's month, when the contract has a month among its period columns."""
    for name in batch.contract.period_by:
        if batch.contract.column(name).type == "year_month":
            months = batch.columns[name]
            days = months.to_numpy(zero_copy_only=False).astype("datetime64[M]") + 1
            last = days.astype("datetime64[D]") - 1
            return pc.if_else(
                months.is_valid(), pa.array(last.astype(np.int64).astype(np.int32)).cast(pa.date32()), None
            )
    return None


def _from_columns(batch: Batch) -> date | None:
    """The date that a file without any speaks for: its year's end, or its last payment."""
    for name in batch.contract.period_by:
        if batch.contract.column(name).type == "year":
            year = pc.max(batch.columns[name]).as_py()
            return date(year, 12, 31) if year else None
    if batch.contract.period_by and batch.contract.delivery == "events":
        for mapping in batch.contract.entity.values():
            for key in _EVENT_DATES:
                column = mapping.get(key)
                if isinstance(column, str):
                    last: date | None = pc.max(batch.columns[column]).as_py()
                    return last
    return None


def _joined(batch: Batch, names: Sequence[str]) -> pa.Array:
    """The values of `names` as text, joined by '|'; '' where there are none."""
    if not names:
        return pa.repeat(pa.scalar("", TEXT), batch.row_count)
    parts = [pc.fill_null(batch.columns[name].cast(TEXT), "") for name in names]
    return pc.binary_join_element_wise(*parts, pa.scalar("|", TEXT)) if len(parts) > 1 else parts[0]
