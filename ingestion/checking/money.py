"""The accounts of a batch's money: what stands in the file is what is taken and what is held, to the cent.

Sums are decimal. The typed amounts are held against the cells once more, by another way than the parser's:
plain numbers are read as decimals, and no filled cell of a row that is taken may have come to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch
from ingestion.contracts import Contract
from ingestion.parsing.base import Mask, mask
from ingestion.parsing.column_types import YUAN

_PLAIN = r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$"
Sums = dict[tuple[str, str], Decimal]  # (column, period) → yuan


def money_columns(contract: Contract) -> list[str]:
    """The columns whose cells are amounts."""
    return [column.name for column in contract.columns if column.type == "money_yuan"]


def sums(batch: Batch, rows: Mask) -> Sums:
    """The money of some rows, by column and period; a row whose period is unknown is of period ''."""
    periods = pa.repeat("", batch.row_count) if batch.period is None else pc.fill_null(batch.period, "")
    names = money_columns(batch.contract)
    table = pa.table({**{name: batch.columns[name] for name in names}, "period": periods})
    return sums_of(table.filter(pa.array(rows)), names, "period")


def sums_of(table: pa.Table, names: list[str], period: str) -> Sums:
    """The same of a table with a column of periods."""
    counted = table.group_by(period).aggregate([(name, "sum") for name in names])
    return {
        (name, row[period]): row[f"{name}_sum"] or Decimal() for row in counted.to_pylist() for name in names
    }


def miscounted(batch: Batch, taken: Mask, landed: pa.Table) -> list[str]:
    """Where the money of the file is not that of the rows that are taken and of the others; [] is right.

    `landed` are the rows for the lake (`_period`), `taken` says which they are; each entry names a
    column and no amount.
    """
    names = money_columns(batch.contract)
    found = [name for name in names if name in batch.texts and not _as_written(batch, name, taken).all()]
    whole, rest = sums(batch, np.ones(batch.row_count, np.bool_)), sums(batch, ~taken)
    there = sums_of(landed, names, "_period")
    keys = whole.keys() | rest.keys() | there.keys()
    return found + [
        f"{name} {period}"
        for name, period in sorted(keys)
        if whole.get((name, period), 0) != there.get((name, period), 0) + rest.get((name, period), 0)
    ]


def _as_written(batch: Batch, name: str, taken: Mask) -> Mask:
    """Whether the amount of a row is what its cell says, as far as that is a plain number."""
    values, coded = batch.columns[name], batch.texts[name]
    texts = pc.utf8_trim_whitespace(coded.texts)
    plain = mask(pc.match_substring_regex(texts, _PLAIN))
    numbers = pc.if_else(pa.array(plain), texts, pa.scalar("0")).cast(YUAN)
    at = pa.array(coded.codes)
    known = plain[coded.codes] & mask(values.is_valid()) & _in_yuan(batch, name)
    differs = known & mask(pc.not_equal(values, numbers.take(at)))
    emptied = batch.emptied.get(name, np.zeros(batch.row_count, np.bool_))
    lost = taken & ~batch.is_blank(name) & ~emptied & ~mask(values.is_valid())
    right: Mask = ~(differs | lost)
    return right


def _in_yuan(batch: Batch, name: str) -> Mask:
    """Whether the table of a row names no other unit."""
    return np.array(list(_units(batch, name)), np.bool_)[batch.table_of_row]


def _units(batch: Batch, name: str) -> Iterator[bool]:
    # Only here: the inbox is looked at all day, without the libraries that read files.
    from ingestion.matching.units import factor_of

    column = batch.contract.column(name)
    for matched in batch.tables:
        yield factor_of(column, matched.table, matched.positions.get(name)) == 1.0
