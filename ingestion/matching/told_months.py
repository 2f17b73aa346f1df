"""The month of a payroll that its title (or its file's name) names in place of a column."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ingestion.contracts import Column, Contract
from ingestion.parsing.stated_dates import named_span
from ingestion.readers import Table


def month_columns(contract: Contract) -> list[Column]:
    """The columns that say for which month a row speaks."""
    return [c for c in map(contract.column, contract.period_by) if c.type == "year_month"]


def told_month(table: Table, file_name: str) -> date | None:
    """First day of the one month that the titles name, else the file's name; None where there are two."""
    skipped = (row.text for row in table.skipped if row.kind in ("title", "unit"))
    stem = file_name.rpartition(".")[0] or file_name
    titled = _months([*table.title_lines, *skipped])
    months = titled or _months([table.sheet]) or _months([stem])
    return months.pop() if len(months) == 1 else None


def _months(texts: Iterable[str]) -> set[date | None]:
    """The months that `texts` name; None among them for a span of more or less than a month."""
    spans = [span for text in texts if (span := named_span(text))]
    return {first if _is_a_month(first, last) else None for first, last in spans}


def _is_a_month(first: date, last: date) -> bool:
    return first.day == 1 and first < last and (first.year, first.month) == (last.year, last.month)
