"""The file at hand and the last good delivery for the same parts, side by side in DuckDB.

The relation `file` has every row of the batch, `own` those that land and have something to compare
with, `last` the rows in force of the deliveries before, corrections applied. Nothing is copied: a
question reads the columns it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.arrival import arrival_of
from ingestion.batch import Batch
from ingestion.history import History
from ingestion.standing import replaced_rows, typed

_NAMED_PARTS = 5


@dataclass(frozen=True)
class Winner:
    """The delivery in force for one part at some date."""

    part: str
    group: str
    day: date


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


def winners_at(history: History, day: date, batch_id: str) -> list[Winner]:
    """Per part the delivery of the last date up to `day`, as last received; not `batch_id` itself."""
    last: dict[str, dict[str, Any]] = {}

    def age(part: dict[str, Any]) -> tuple[Any, ...]:
        return part["speaks_for_on"], arrival_of(part, "group_"), part["group_batch_id"]

    for part in history.parts:
        if part["speaks_for_on"] <= day and part["group_batch_id"] != batch_id:
            last[part["part"]] = max(part, last.get(part["part"], part), key=age)
    return [Winner(name, p["group_batch_id"], p["speaks_for_on"]) for name, p in last.items()]


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


def view_of(
    connection: duckdb.DuckDBPyConnection, name: str, history: History, winners: list[Winner]
) -> frozenset[str]:
    """A view on the rows in force of `winners`; returns the columns that all their files have."""
    feed, lake = history.contract.feed, history.home.lake
    members = {group: _members(history, group) for group in {winner.group for winner in winners}}
    wanted = [(b, w.part, w.day) for w in winners for b in members[w.group]]
    paths = [
        path for b in sorted({b for b, _, _ in wanted}) if (path := lake / feed / f"{b}.parquet").exists()
    ]
    gone = [key for group in members for key in _replaced(history, group)]
    present = {(p["batch_id"], p["part"], p["speaks_for_on"]) for p in history.parts}
    batches = {batch for batch, _, _ in wanted}
    whole = {at for at in present if at[0] in batches} <= set(wanted)
    filters = list(_filters(connection, name, None if whole else wanted, gone))
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    where = f" where {' and '.join(filters)}" if filters else ""
    source = f"read_parquet([{files}], union_by_name=true)"
    connection.execute(f"create view {name} as select * from {source}{where}")  # noqa: S608
    return frozenset.intersection(*(_column_names(path) for path in paths)) if paths else frozenset()


def _filters(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    wanted: list[tuple[str, str, date]] | None,
    gone: list[tuple[str, str, int]],
) -> Iterator[str]:
    if wanted is not None:
        columns = list(zip(*wanted, strict=True))
        connection.register(f"{name}_wanted", pa.table([pa.array(c) for c in columns], names=["b", "p", "d"]))
        yield f"(_batch_id, _part, _speaks_for_on) in (select (b, p, d) from {name}_wanted)"  # noqa: S608
    if gone:
        columns = list(zip(*gone, strict=True))
        connection.register(f"{name}_gone", pa.table([pa.array(c) for c in columns], names=["b", "s", "r"]))
        row = "(_batch_id, coalesce(_source_sheet, ''), cast(_source_row as bigint))"
        yield f"{row} not in (select (b, s, r) from {name}_gone)"  # noqa: S608


def _members(history: History, group: str) -> list[str]:
    delivery = history.delivery(group)
    return history.members(history.group_of(delivery)) if delivery else []


def _replaced(history: History, group: str) -> list[tuple[str, str, int]]:
    delivery = history.delivery(group)
    return sorted(replaced_rows(history, history.group_of(delivery))) if delivery else []


def _column_names(path: Path) -> frozenset[str]:
    return frozenset(pq.read_schema(path).names)
