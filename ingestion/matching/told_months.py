"""The month or year that titles (or the file's name) name in place of a column, or of a year in its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from ingestion.contracts import Column, Contract
from ingestion.parsing.stated_dates import Span, in_digits, named_span, without_filling_day
from ingestion.readers import Table

_MONTH = re.compile(r"(?<!\d)(\d{1,2})\s*月")


def month_columns(contract: Contract) -> list[Column]:
    """The columns that say for which month a row speaks."""
    return [c for c in map(contract.column, contract.period_by) if c.type == "year_month"]


def told_month(table: Table, file_name: str) -> date | None:
    """First day of the one month that the titles name, else the sheet, else the file.

    None where there are two: 2019年12月发放11月补贴, or a sheet 11月 in a file of December.
    """
    lines = _lines(table)
    stem = file_name.rpartition(".")[0] or file_name
    months = _months(lines) or _months([table.sheet]) or _months([stem])
    month = months.pop() if len(months) == 1 else None
    numbers = {int(n) for text in (*lines, table.sheet) for n in _MONTH.findall(in_digits(text))}
    return month if month and numbers <= {month.month} else None


def told_year(table: Table, file_name: str) -> Span | None:
    """First and last day of what titles and sheet name, else the file, if it lies within one year."""
    stem = file_name.rpartition(".")[0] or file_name
    for texts in ([*_lines(table), table.sheet], [stem]):
        spans = [span for text in texts if (span := named_span(text))]
        if spans:
            first, last = min(span[0] for span in spans), max(span[1] for span in spans)
            return (first, last) if first.year == last.year else None
    return None


def _lines(table: Table) -> list[str]:
    """What stands above the header, without the day on which somebody filled it in."""
    lines = [*table.title_lines, *(row.text for row in table.skipped if row.kind in ("title", "unit"))]
    return [without_filling_day(line) for line in lines]


def _months(texts: Iterable[str]) -> set[date | None]:
    """The months that `texts` name; None among them for a span of more or less than a month."""
    spans = [span for text in texts if (span := named_span(text))]
    return {first if _is_a_month(first, last) else None for first, last in spans}


def _is_a_month(first: date, last: date) -> bool:
    return first.day == 1 and first < last and (first.year, first.month) == (last.year, last.month)
