"""What is in force in the lake: rows with their corrections, and per part the delivery that holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.checking.arrival import arrival_of
from ingestion.checking.batch import Batch, Group
from ingestion.contracts import Contract
from ingestion.contracts.model import UniqueCheck
from ingestion.lake import batch_files
from ingestion.lake.compacted import is_compacted
from ingestion.lake.deliveries import History, standing
from ingestion.lake.home import Home
from ingestion.lake.rows import Key, Place, base_of, held_keys, origins, place_of, rows_of
from ingestion.lake.schema import feed_schema
from ingestion.parsing.column_types import companion_suffixes

HELD_CELLS = "_held_cells"


@dataclass(frozen=True)
class Content:
    """What rows say: one number per row that is the same for the same content, and some columns as text."""

    hashes: list[int]
    texts: dict[str, list[str | None]]

    def values(self, names: Sequence[str], at: int) -> tuple[str, ...] | None:
        """The texts of `names` in one row; None where one is missing."""
        found = tuple(text for name in names if (text := self.texts[name][at]) is not None)
        return found if len(found) == len(names) else None


@dataclass(frozen=True)
class Standing:
    """The rows of a group that hold, each by the row it first came as, and those that wait for correction."""

    keys: list[Key]
    content: Content
    held: frozenset[Key]


def standing_of(history: History, batch: Batch, group: Group) -> Standing:
    """What holds of `group`: its rows but for those that were corrected since."""
    home, contract = history.home, history.contract
    members = history.members(group)
    keys: list[Key] = []
    content = Content([], {name: [] for name in telling_columns(contract)})
    replaced: set[Key] = set()
    for member in reversed(members):  # the newest first: what it replaced is gone from the older ones
        own = origins(home, member)
        for place, number, texts in _landed(home, batch, member):
            key = own.get(place, (member, *place))
            if key not in replaced:
                keys.append(key)
                content.hashes.append(number)
                for name, text in zip(content.texts, texts, strict=True):
                    content.texts[name].append(text)
        replaced |= {base_of(row) for row in rows_of(home, "correction", member) if row["is_accepted"]}
    waiting = {key for member in members for key in held_keys(home, member)} - set(keys)
    return Standing(keys, content, frozenset(waiting))


def replaced_rows(history: History, group: Group) -> set[Key]:
    """The rows of a group's batches whose place a later correction has taken."""
    gone: set[Key] = set()
    taken: set[Key] = set()
    for member in reversed(history.members(group)):
        for row in rows_of(history.home, "correction", member):
            if row["is_accepted"]:
                gone |= {base_of(row)} | ({(member, *place_of(row))} if base_of(row) in taken else set())
                taken.add(base_of(row))
    return gone


def typed(batch: Batch) -> pa.Table:
    """The columns of the contract, as they would land."""
    schema = feed_schema(batch.contract)
    return pa.table({n: batch.columns[n].cast(schema.field(n).type) for n in _names(batch)})


def content_of(batch: Batch) -> Content:
    """What the rows of a batch say."""
    names = telling_columns(batch.contract)
    with duckdb.connect() as connection:
        connection.register("own", typed(batch).append_column(HELD_CELLS, batch.held_cells))
        rows = connection.execute(f"select {_selected(batch)} from own").fetchall()  # noqa: S608
    texts = {name: [row[at] for row in rows] for at, name in enumerate(names, start=1)}
    return Content([row[0] for row in rows], texts)


def telling_columns(contract: Contract) -> list[str]:
    """The columns that tell rows apart: the key, what must be unique, an ID number, what a row does."""
    names = [*contract.key, *contract.period_by]
    names += [name for check in contract.checks if isinstance(check, UniqueCheck) for name in check.columns]
    names += [c.name for c in contract.columns if c.is_identity][:1]
    if contract.payments is not None:
        names += [contract.payments.amount, *contract.payments.effects]
    return list(dict.fromkeys(names))


def landed(history: History, batch: Batch, batch_id: str) -> dict[int, Place]:
    """What the rows of a batch said when they came, by the number of their content."""
    return {number: place for place, number, _ in _landed(history.home, batch, batch_id)}


def _landed(home: Home, batch: Batch, member: str) -> list[tuple[Place, int, tuple[str | None, ...]]]:
    path = batch_files.file_of(home, batch.contract.feed, member)
    if path is None:
        return []
    # A file from before a column was agreed on says nothing in it.
    lacking = [name for name in (*_names(batch), HELD_CELLS) if name not in _column_names(path)]
    nothing = "".join(f", null as {name}" for name in lacking)
    rows_of_file = f"(select *{nothing} from read_parquet($path) where _batch_id = $member)"  # noqa: S608
    sql = f"select _source_sheet, _source_row, {_selected(batch)} from {rows_of_file}"  # noqa: S608
    with duckdb.connect() as connection:
        rows = connection.execute(sql, {"path": str(path), "member": member}).fetchall()
    return [((row[0] or "", row[1]), row[2], row[3:]) for row in rows]


def _selected(batch: Batch) -> str:
    """SQL: a hash of the columns this batch and the lake both have, and the telling columns as text."""
    texts = [f", cast({name} as varchar)" for name in telling_columns(batch.contract)]
    # How an ID number was written is no part of what the row says.
    how = {
        c.name + suffix
        for c in batch.contract.columns
        if c.is_identity
        for suffix in companion_suffixes(c.type)
    }
    said = [name for name in _names(batch) if name not in how]
    said.append(f"coalesce({HELD_CELLS}, '')")  # a cell that is blank by right says something else
    return f"hash({', '.join(said)}){''.join(texts)}"


def _names(batch: Batch) -> list[str]:
    return [name for name in feed_schema(batch.contract).names if name in batch.columns]


@dataclass(frozen=True)
class Winner:
    """The delivery in force for one part at some date."""

    part: str
    group: str
    day: date


def winners_at(history: History, day: date, batch_id: str) -> list[Winner]:
    """Per part the deliveries in force of the last date up to `day`; not `batch_id` itself."""
    earlier = [p for p in history.parts if p["speaks_for_on"] <= day and p["group_batch_id"] != batch_id]
    found: dict[Winner, None] = {}
    for name in dict.fromkeys(p["part"] for p in earlier):
        own = [p for p in earlier if p["part"] == name]
        last = max(p["speaks_for_on"] for p in own)
        for p in standing([p for p in own if p["speaks_for_on"] == last]):
            found[Winner(name, p["group_batch_id"], last)] = None
    return list(found)


def view_of(
    connection: duckdb.DuckDBPyConnection, name: str, history: History, winners: list[Winner]
) -> frozenset[str]:
    """A view on the rows in force of `winners`; returns the columns that all their files have."""
    members = {group: _members(history, group) for group in {winner.group for winner in winners}}
    wanted = [(b, w.part, w.day) for w in winners for b in members[w.group]]
    paths = batch_files.files_of(history.home, history.contract.feed, sorted({b for b, _, _ in wanted}))
    gone = [key for group in members for key in _replaced(history, group)]
    gone += sorted(_corrected_by_events(history))
    present = {(p["batch_id"], p["part"], p["speaks_for_on"]) for p in history.parts}
    batches = {batch for batch, _, _ in wanted}
    whole = {at for at in present if at[0] in batches} <= set(wanted)
    alone = not any(is_compacted(path) for path in paths)
    filters = list(_filters(connection, name, None if whole and alone else wanted, gone))
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    where = f" where {' and '.join(filters)}" if filters else ""
    source = f"read_parquet([{files}], union_by_name=true)"
    if history.contract.one_file_has and len(members) > 1:
        where += _of_last_files(connection, name, history, members)
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
        yield f"_batch_id in (select b from {name}_wanted)"  # noqa: S608
        yield f"(_batch_id, _part, _speaks_for_on) in (select (b, p, d) from {name}_wanted)"  # noqa: S608
    if gone:
        columns = list(zip(*gone, strict=True))
        connection.register(f"{name}_gone", pa.table([pa.array(c) for c in columns], names=["b", "s", "r"]))
        row = "(_batch_id, coalesce(_source_sheet, ''), cast(_source_row as bigint))"
        yield f"{row} not in (select (b, s, r) from {name}_gone)"  # noqa: S608


def _of_last_files(
    connection: duckdb.DuckDBPyConnection, name: str, history: History, members: dict[str, list[str]]
) -> str:
    """SQL: of rows that are of one file (`Contract.one_file_has`) those of the last date, received last."""
    found = [(delivery, group) for group in members if (delivery := history.delivery(group))]
    ordered = [group for _, group in sorted(found, key=lambda at: (arrival_of(at[0]), at[1]))]
    ranks = [(batch, rank) for rank, group in enumerate(ordered) for batch in members[group]]
    columns = list(zip(*ranks, strict=True))
    connection.register(f"{name}_rank", pa.table([pa.array(c) for c in columns], names=["b", "r"]))
    age = f"(_speaks_for_on, (select r from {name}_rank where b = _batch_id))"  # noqa: S608
    kept = (
        f"({by[-1]} is null or {age} = max({age}) over (partition by {', '.join(by)}))"
        for by in history.contract.one_file_has
    )
    return f" qualify {' and '.join(kept)}"


def _members(history: History, group: str) -> list[str]:
    delivery = history.delivery(group)
    return history.members(history.group_of(delivery)) if delivery else []


def _replaced(history: History, group: str) -> list[tuple[str, str, int]]:
    delivery = history.delivery(group)
    return sorted(replaced_rows(history, history.group_of(delivery))) if delivery else []


def _corrected_by_events(history: History) -> set[Key]:
    """Rows whose place the rows of a later file took that is no marked copy: a file of corrections."""
    if history.contract.payments is None:
        return set()
    own = [d["batch_id"] for d in history.deliveries if not d["corrects_batch_id"] and history.stands(d)]
    rows = (row for batch in own for row in rows_of(history.home, "correction", batch))
    return {base_of(row) for row in rows if row["is_accepted"]}


def _column_names(path: Path) -> frozenset[str]:
    return frozenset(pq.read_schema(path).names)
