"""Where the two added columns of a sheet stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.matching.marked_columns import FEEDBACK_COLUMNS
from ingestion.readers import Table

_FROZEN_UP_TO = 12  # rows above the data that may stay in sight without filling the screen


@dataclass(frozen=True)
class Frame:
    """Rows count from 1, columns from 0. `column` holds 问题, the next one 如何改正."""

    column: int
    header_rows: tuple[int, ...]
    first_column: int
    last_row: int
    old_columns: frozenset[int]  # of an earlier marked copy: what stands there is ours and goes

    @property
    def frozen_rows(self) -> int:
        """Rows to keep in sight; 0 when there are several tables or too many rows above the data."""
        alone = len(self.header_rows) == 1 and self.header_rows[0] <= _FROZEN_UP_TO
        return self.header_rows[0] if alone else 0

    @property
    def filter_range(self) -> tuple[int, int, int, int] | None:
        """First row (1-based), first column, last row, last column for a filter; none for several tables."""
        if len(self.header_rows) != 1 or self.last_row <= self.header_rows[0]:
            return None
        return self.header_rows[0], self.first_column, self.last_row, self.column + 1


def frame_of(tables: Sequence[Table], marked_rows: Sequence[int]) -> Frame:
    """One pair of columns for all tables of a sheet, right of the widest."""
    old: set[int] = set()
    ends = [0]
    for table in tables:
        pairs = zip(table.header, table.header[1:], strict=False)
        mine = [at for at, pair in enumerate(pairs) if pair in FEEDBACK_COLUMNS]
        own = {table.first_column + at + place for at in mine for place in (0, 1)}
        columns = set(range(table.first_column, table.first_column + len(table.header)))
        ends.append(max(columns - own, default=0) + 1)
        old |= own
    last = [int(table.row_numbers.max(initial=table.header_row)) for table in tables]
    return Frame(
        column=max(ends),
        header_rows=tuple(table.header_row for table in tables),
        first_column=min((table.first_column for table in tables), default=0),
        last_row=max([*last, *marked_rows], default=1),
        old_columns=frozenset(old),
    )
