"""A sheet of any format: what its cells hold, and what is merged, hidden or an error in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

Cell = str | int | float | date | datetime | None
Row = list[Cell]
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; 0-based


@dataclass(frozen=True)
class Page:
    """One sheet; `hidden_rows` and `hidden_columns` are 0-based, `errors` maps places to '#REF!'."""

    rows: list[Row]
    name: str = "Sheet1"
    merges: tuple[Merge, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    is_hidden: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def with_rows(self, rows: list[Row]) -> Page:
        return replace(self, rows=rows)


def shown(value: Cell) -> str:
    """A value as text formats show it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)
