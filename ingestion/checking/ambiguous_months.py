"""2019.1, which a number cell makes of 2019.10: title and file name say which month was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding, Rows
from ingestion.parsing.stated_dates import named_span

AMBIGUOUS = "MONTH_AMBIGUOUS"
_SHORT = timedelta(days=92)  # a longer time says nothing about a month
Span = tuple[date, date]


def settle_ambiguous_months(batch: Batch, file_name: str) -> None:
    """Read such a month of a period column as October where title or name say October and not January.

    Where they say both, the month is held. Where they say neither it stays January, with the warning.
    """
    for at, finding in enumerate(batch.findings):
        if finding.code != AMBIGUOUS or finding.column not in batch.contract.period_by:
            continue
        spans = [_spans(matched.table.title_lines, file_name) for matched in batch.tables]
        verdicts = [_verdict(batch, finding, spans, int(row)) for row in finding.rows]
        october = finding.rows[np.array([verdict == "10" for verdict in verdicts], np.bool_)]
        unclear = finding.rows[np.array([verdict == "" for verdict in verdicts], np.bool_)]
        kept = np.array([verdict != "" for verdict in verdicts], np.bool_)
        batch.findings[at] = replace(
            finding.only(kept), detail=pa.array([verdict for verdict in verdicts if verdict], pa.string())
        )
        _move(batch, finding.column, october, unclear)
        if len(unclear):
            batch.findings.append(Finding("MONTH_FORM", "error", unclear, finding.column))
    batch.findings = [f for f in batch.findings if len(f.rows) or f.at_row is not None]


def _spans(titles: Sequence[str], file_name: str) -> list[Span]:
    named = [named_span(line) for line in (*titles, file_name.rpartition(".")[0] or file_name)]
    return [span for span in named if span and span[1] - span[0] <= _SHORT]


def _verdict(batch: Batch, finding: Finding, spans: Sequence[Sequence[Span]], row: int) -> str:
    """'10', '1', or '' where both months are named."""
    month = batch.columns[finding.column or ""][row].as_py()
    if month is None:
        return "1"
    said = spans[batch.table_of_row[row]]
    january, october = (any(_holds(span, month.year, number) for span in said) for number in (1, 10))
    if january and october:
        return ""
    return "10" if october else "1"


def _holds(span: Span, year: int, month: int) -> bool:
    first, last = ((day.year, day.month) for day in span)
    return first <= (year, month) <= last


def _move(batch: Batch, column: str, october: Rows, unclear: Rows) -> None:
    months = batch.columns[column]
    if not len(october) and not len(unclear):
        return
    days = months.to_numpy(zero_copy_only=False).astype("datetime64[M]")
    days[october] += 9
    valid = np.asarray(months.is_valid()).copy()
    valid[unclear] = False
    batch.columns[column] = pa.array(
        days.astype("datetime64[D]").astype(np.int64).astype(np.int32), mask=~valid
    ).cast(pa.date32())
    assert pc.count(batch.columns[column]).as_py() == int(valid.sum())
