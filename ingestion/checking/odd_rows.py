"""Rows that no single cell gives away: shifted by a column, merged with others, of another month."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding, Rows, arrow_columns
from ingestion.parsing import Setting, parser_for
from ingestion.parsing.base import Mask, mask, select
from ingestion.parsing.column_types import TEXT

SHIFTED = "ROW_SHIFTED"
_LEAST = 3  # cells that cannot be read where they stand
_STRAY = 1  # of them may stay unreadable one place on: where the row was torn
# What fails by itself: a blank or a limit says nothing about where a cell belongs.
_NOT_READ = frozenset(
    {
        *("BLANK_REQUIRED", "ID_BLANK", "BELOW_MINIMUM", "ABOVE_MAXIMUM", "DITTO_MARK"),
        *("FORMULA_ERROR", "FORMULA_WITHOUT_VALUE", "SHOWN_UNLIKE_HELD"),
    }
)

# An amount or a number that is one cell over several rows: for all of them together, or for each?
MERGED = "AMOUNT_MERGED"
ONCE = "merged_once"
_SUMMED = ("money_yuan", "count")

# A row of another month among rows of one: it would speak for a whole month that nobody delivered.
STRAY_MONTH = "MONTH_UNLIKE_OTHERS"
_NEARLY_ALL = 0.95  # of the rows of a table that name a month


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
            found.append(Finding(SHIFTED, "error", finding.rows[first], finding.column))
    return found


def settle_merged_amounts(batch: Batch) -> None:
    """One cell of money or counts over several rows: filled down, it would count for each of them.

    Over the rows of one thing it is that thing's, once, and stands in the first of them. Over rows of
    different things nobody knows what each has: they are held. In sums it counts once in either case. A
    record that is merged in all its cells is repeated as a whole and no matter of this check.
    """
    for name, shared, again in _shared(batch):
        filled = shared & ~batch.is_blank(name)
        rows = np.flatnonzero(filled & ~_of_one_thing(batch, again))
        if len(rows):
            batch.findings = [_without(f, rows) if f.column == name else f for f in batch.findings]
            batch.findings = [f for f in batch.findings if f.column != name or len(f.rows)]
            batch.findings.append(Finding(MERGED, "error", rows, name))
        if filled.any():
            once = np.flatnonzero(filled & again)
            batch.repairs.append((name, ONCE, once[~np.isin(once, rows)]))
        batch.columns[name] = select(batch.columns[name], ~again)
        batch.blank[name] = batch.blank[name] | again


def _of_one_thing(batch: Batch, again: Mask) -> Mask:
    """Rows whose merged cell belongs to one thing: the key without its period is the same in all of them.

    `again` are the rows that only repeat the cell above: each begins a cell where it is False.
    """
    cell = np.cumsum(~again)
    alike = np.ones(batch.row_count, np.bool_)
    for column in batch.contract.lasting_key or ():
        values = batch.columns[column]
        same = mask(pc.equal(values[1:], values[:-1]))  # null is like nothing
        alike[1:] &= same | ~again[1:]
    broken = np.unique(cell[~alike])
    one: Mask = ~np.isin(cell, broken)
    return one if batch.contract.lasting_key else np.zeros(batch.row_count, np.bool_)


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
            batch.findings.append(
                Finding(STRAY_MONTH, "error", rows, name, pa.array(usual[rows], pa.string()))
            )
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
