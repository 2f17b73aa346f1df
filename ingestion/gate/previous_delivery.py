"""The file at hand and the last good delivery for the same parts, side by side in DuckDB.

The relation `file` has every row of the batch, `own` those that land and have something to compare
with, `last` the rows in force of the deliveries before, corrections applied. Nothing is copied: a
question reads the columns it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch
from ingestion.lake.deliveries import History
from ingestion.lake.in_force import Winner, typed, view_of

_NAMED_PARTS = 5


@dataclass(frozen=True)
class Sides:
    """Two relations of one connection, `own` and `last`, with the columns that both have."""

    connection: duckdb.DuckDBPyConnection
    batch: Batch
    day: date
    last_on: date
    all_earlier: bool
    names: frozenset[str]
    area: str = ""  # the parts that are compared, where they are few

    def one(self, sql: str) -> tuple[int, ...]:
        """The numbers of a query that gives one row; null is 0."""
        row = self.connection.execute(sql).fetchone()
        assert row is not None
        return tuple(int(value or 0) for value in row)

    @property
    def title(self) -> dict[str, str]:
        """Words for a sentence: which table, for when and for where, and of when the delivery before is."""
        return {
            "title": self.batch.contract.title,
            "day": self.day.isoformat(),
            "before_on": self.last_on.isoformat(),
            "area": self.area,
        }

    @property
    def is_near(self) -> bool:
        """Whether the one before was still fresh at this date: older ones may differ by right."""
        return (self.day - self.last_on).days <= self.batch.contract.max_age_days


def lay_side_by_side(
    connection: duckdb.DuckDBPyConnection, history: History, batch: Batch, day: date, last: list[Winner]
) -> Sides:
    """Make the relations `file`, `own` (its rows of `day`) and `last` (those of the winners).

    A row of the file `_is_new` when it speaks for `day` or any later time than the winners do, or for
    a time that nobody can tell.
    """
    names = view_of(connection, "last", history, last)
    assert batch.part is not None and batch.speaks_for_on is not None
    here = pc.is_in(batch.part, pa.array([winner.part for winner in last]))
    if batch.vacated.get(day):  # of the whole county: what stood elsewhere may now stand in any part
        here = pa.repeat(pa.scalar(True), batch.row_count)
    here = pc.and_(pc.and_(here, pc.equal(batch.speaks_for_on, pa.scalar(day))), pa.array(batch.landing))
    own = typed(batch)
    stated = pc.or_(
        pc.equal(batch.speaks_for_on, pa.scalar(day)),
        pc.greater(batch.speaks_for_on, pa.scalar(max(winner.day for winner in last))),
    )
    own = own.append_column("_is_new", pc.fill_null(stated, True))
    connection.register("file", own.append_column("_own", here))
    connection.execute("create view own as select * from file where _own")
    days = [winner.day for winner in last]
    parts = sorted(winner.part.replace("|", " ") for winner in last if winner.part)
    area = "、".join(parts) if len(parts) <= _NAMED_PARTS else ""
    return Sides(connection, batch, day, max(days), max(days) < day, names & set(own.column_names), area)
