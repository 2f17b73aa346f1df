"""Totals rows, with the data rows that each of them sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ingestion.readers.grid import Grid, Mask
from ingestion.readers.layout import row_kinds as kinds
from ingestion.readers.model import RowKind, TotalsRow

LeftOut = tuple[int, RowKind, str, list[str]]  # position, kind, text, cells of a row that is no data row


def totals_of(
    body: Grid, left_out: Sequence[LeftOut], keep: Mask, first_column: int, width: int
) -> tuple[TotalsRow, ...]:
    """Totals rows with the data rows they sum.

    A header that comes again right after a grand total begins a table of its own: its first grand total
    sums that table, any further one the whole. After a subtotal it begins but a page.
    """
    position_of: npt.NDArray[np.int64] = np.cumsum(keep) - keep
    count = int(keep.sum())
    starts = [int(position_of[p]) for p, kind, _, _ in left_out if kind == "total"]
    leading = bool(starts) and starts[0] == 0  # totals stand above what they sum
    result: list[TotalsRow] = []
    section, is_summed = 0, False
    for p, kind, _, cells in left_out:
        at, index = int(position_of[p]), len(result)
        before = starts[index - 1] if index else 0
        if kind == "repeated_header" and is_summed and at == before and not leading:
            section, is_summed = at, False
        if kind != "total":
            continue
        label = kinds.total_label(cells) or ""
        sub = kinds.is_subtotal(label)
        if leading:
            first, last = (at, starts[index + 1] if index + 1 < len(starts) else count) if sub else (0, count)
        else:
            first, last = (before if sub else 0 if is_summed else section), at
            is_summed = is_summed or not sub
        chosen = tuple(cells[first_column : first_column + width])
        page = (max(starts[:index], default=0), at) if not leading and not kinds.is_grand(label) else None
        result.append(TotalsRow(int(body.row_numbers[p]), label, sub, chosen, first, last, page))
    return tuple(result)
