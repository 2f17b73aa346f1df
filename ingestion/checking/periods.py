"""What each row speaks for: date, period and part, as the contract splits them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch
from ingestion.parsing.column_types import TEXT
from ingestion.parsing.stated_dates import (
    Span,
    contradicts,
    filling_days,
    named_span,
    period_in,
    stated_date,
    year_in,
)
from ingestion.readers import Table

_FILLED_WITHIN = timedelta(days=30)  # of the end of a period somebody fills in its table
_EVENT_DATES = ("paid_on", "entered_on", "assessed_on")


DateOf = Callable[[str], date | None]  # a sheet → its date


def state_dates(batch: Batch, file_name: str, corrected: DateOf | None = None) -> None:
    """Give the batch its date, and each row of a workbook the date of its own sheet.

    `corrected` are the dates of the delivery that this one corrects: they stay, whatever it says.
    """
    tables = [matched.table for matched in batch.tables]
    dates = [corrected(table.sheet) for table in tables] if corrected else table_dates(tables, file_name)
    if not any(dates):
        fallback = _from_columns(batch)
        dates = [fallback] * len(dates)
    batch.as_of = max((day for day in dates if day), default=None)
    by_table = pa.array(dates, pa.date32()).take(pa.array(batch.table_of_row))
    months = _month_ends(batch)
    batch.speaks_for_on = by_table if months is None else pc.coalesce(months, by_table)
    if months is not None and corrected is None:
        batch.as_of = _by_months(batch, months)
    _set_period(batch)
    _doubt(batch, file_name, None if months is None else pc.max(months).as_py(), dates)


def _by_months(batch: Batch, months: pa.Array) -> date | None:
    """The date of a file whose rows name their months: as stated, where that is in the last of them."""
    last: date | None = pc.max(months.filter(pa.array(~batch.held))).as_py() or pc.max(months).as_py()
    stated = batch.as_of
    is_told = stated and (last is None or (stated.year, stated.month) == (last.year, last.month))
    return stated if is_told else last


def _doubt(batch: Batch, file_name: str, last_month: date | None, dates: Sequence[date | None]) -> None:
    """Say so when file name or title names another time than the rows (or, for the name, the title)."""
    name = named_span(file_name.rpartition(".")[0] or file_name)
    lines = [line for matched in batch.tables for line in matched.table.title_lines]
    titles = [span for line in lines if (span := named_span(line))]
    said = [name] if name and name[0] < name[1] else []  # a day in a file name may be that of its export
    stated = max(titles, key=lambda span: span[1], default=None)
    if last_month:
        said, stated = [*said, *titles], (last_month.replace(day=1), last_month)
    if batch.corrects:
        return
    wrong = next((span for span in said if stated and contradicts(span, stated)), None)
    found = (wrong[1], stated[1]) if wrong and stated else None
    if found is None and not last_month:
        found = _filled_at_another_time(batch, dates, [*said, *titles])
    if found:
        words = {"said": found[0].isoformat(), "stated": found[1].isoformat()}
        batch.notes = [*batch.notes, ("AS_OF_DOUBTFUL", words)]


def _filled_at_another_time(
    batch: Batch, dates: Sequence[date | None], spans: Sequence[Span]
) -> tuple[date, date] | None:
    """The lone day in a title that is too early or too late for the date its sheet was taken for."""
    for matched, end in zip(batch.tables, dates, strict=True):
        begin = min((span[0] for span in spans if end and span[0] <= end <= span[1]), default=end)
        for day in filling_days(matched.table.title_lines):
            if end and begin and not (begin <= day or _filled_for(day, end)):
                return day, end
            if end and day > end + _FILLED_WITHIN:
                return day, end
    return None


def _filled_for(day: date, end: date) -> bool:
    """Whether a table for the period that ends on `end` may well have been filled in on `day`."""
    return end.replace(day=1) <= day <= end + _FILLED_WITHIN


def changed_date(batch: Batch, corrected: DateOf, known: Collection[date | None]) -> date | None:
    """The date in a title of a correction that is not that of its sheet, nor one of `known`."""
    if any(batch.contract.column(name).type == "year_month" for name in batch.contract.period_by):
        return None  # each row has its own
    for table in (matched.table for matched in batch.tables):
        base, lines = corrected(table.sheet), table.title_lines
        day = stated_date(lines, "")
        if day and base and not period_in(lines) and (year_in(lines) == base.year or _filled_for(day, base)):
            continue  # the year alone, or the day on which it was filled in
        if day and day != base and day not in known:
            return day
    return None


def table_dates(tables: Sequence[Table], file_name: str) -> list[date | None]:
    """What each table of a file speaks for: its own titles, else those of another table, else the name."""
    own = [period_in(_title_texts(table), _below(table)) for table in tables]
    shared = next((day for day in own if day), None)
    dates = [day or _date_of(table, shared, file_name) for day, table in zip(own, tables, strict=True)]
    whole = next((day for day in dates if day), None)
    return [day or whole for day in dates]


def _date_of(table: Table, shared: date | None, file_name: str) -> date | None:
    """The date of a table whose titles name no period; `shared` is that of another table of the file."""
    titles = _title_texts(table)
    if shared and year_in(titles) in (None, shared.year):
        return shared
    return stated_date(titles, file_name, _below(table))


def set_periods(batch: Batch) -> None:
    """The part of each row; date and period follow when the file's date is known."""
    batch.part = _joined(batch, batch.contract.part_by)


def _title_texts(table: Table) -> list[str]:
    return [*table.title_lines, *(r.text for r in table.skipped if r.kind in ("title", "unit"))]


def _below(table: Table) -> list[str]:
    """Notes and signatures: what they say of a date is mostly when somebody signed."""
    return [r.text for r in table.skipped if r.kind in ("note", "signature")]


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
