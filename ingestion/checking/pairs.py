"""Names and numbers that stand in one cell each: the first name belongs to the first number."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingestion.checking.batch import Batch, Finding
from ingestion.parsing.base import Mask, compatible
from ingestion.parsing.column_types import TEXT, companion_suffixes
from ingestion.parsing.several import MOST, SEPARATOR, value_count

UNPAIRED = "SEVERAL_UNPAIRED"


def pair_values(batch: Batch) -> None:
    """Hold the rows whose columns of several values hold unequal numbers of them.

    Names that only blanks part are as many as the numbers beside them, or one. Who stands twice in one
    row is there once.
    """
    columns = [c for c in batch.contract.columns if c.multiple and c.name in batch.texts]
    if not columns:
        return
    first = columns[0].name
    for column in columns[1:]:
        _part_by_blanks(batch, first, value_count(batch.columns[column.name]))
    counts = {c.name: value_count(batch.columns[c.name]) for c in columns}
    several = np.any([count > 1 for count in counts.values()], axis=0)
    if not several.any():
        return
    wrong: Mask = np.zeros(batch.row_count, np.bool_)
    for column in columns[1:]:
        filled = ~batch.is_blank(first) & ~batch.is_blank(column.name)
        odd = filled & ~wrong & (counts[first] != counts[column.name]) | (counts[first] > MOST)
        rows = np.flatnonzero(odd)
        if len(rows):
            words = [f"{counts[column.name][row]} / {counts[first][row]}" for row in rows]
            detail = pa.array(words, TEXT)
            batch.findings.append(Finding(UNPAIRED, "error", rows, column.name, detail, beside=first))
        wrong |= odd
    _once(batch, [c.name for c in columns], np.flatnonzero(several & ~wrong).tolist())


def _part_by_blanks(batch: Batch, name: str, wanted: np.ndarray) -> None:
    """Take 陈秀珍 黄国栋 for two where two numbers stand beside it."""
    values = batch.columns[name]
    rows = np.flatnonzero((wanted > 1) & (value_count(values) == 1) & ~batch.is_blank(name))
    if not len(rows):
        return
    texts = compatible(batch.texts[name].raw.take(pa.array(rows))).to_pylist()
    found = values.to_pylist()
    for row, parts in zip(rows.tolist(), map(str.split, texts), strict=True):
        if len(parts) == wanted[row]:
            found[row] = SEPARATOR.join(parts)
    batch.columns[name] = pa.array(found, TEXT)


def _once(batch: Batch, names: list[str], rows: list[int]) -> None:
    lake = [
        *names,
        *(
            name + suffix
            for name in names
            for suffix in companion_suffixes(batch.contract.column(name).type)
        ),
    ]  # fmt: skip
    columns = {name: batch.columns[name].to_pylist() for name in lake}
    again: list[int] = []
    for row in rows:
        cells = {name: (columns[name][row] or "").split(SEPARATOR) for name in lake}
        longest = max(len(cell) for cell in cells.values())
        people = list(zip(*(cells[name] for name in names if len(cells[name]) == longest), strict=True))
        keep = [at for at, one in enumerate(people) if one not in people[:at]]
        if len(keep) < longest:
            again.append(row)
            for name, cell in cells.items():
                if len(cell) == longest:
                    columns[name][row] = SEPARATOR.join(cell[at] for at in keep)
    if again:
        for name in lake:
            batch.columns[name] = pa.array(columns[name], TEXT)
        batch.repairs.append((names[0], "value_again", np.array(again, np.int64)))
