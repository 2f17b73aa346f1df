"""What stands in the lake: the deliveries of a feed, and the rows of a delivery with its corrections."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.batch import Batch, Group
from ingestion.contracts import Contract
from ingestion.contracts.model import UniqueCheck
from ingestion.home import Home
from ingestion.schema import COMPANIONS, feed_schema

Place = tuple[str, int]  # sheet, row
Key = tuple[str, str, int]  # batch, sheet, row
Part = tuple[str, str]  # period, part


@dataclass(frozen=True)
class History:
    """The deliveries of one feed, read once."""

    home: Home
    contract: Contract
    without: str = ""  # a batch that is being judged: an earlier, killed load of it says nothing

    @cached_property
    def deliveries(self) -> list[dict[str, Any]]:
        """The rows of `lake/delivery/`."""
        paths = sorted((self.home.lake / "delivery").glob(f"*-{self.contract.feed}.parquet"))
        paths = [path for path in paths if path.stem != self.without]
        return [row for path in paths for row in pq.read_table(path).to_pylist()]

    @cached_property
    def withdrawn(self) -> set[str]:
        """The batches that were withdrawn."""
        paths = sorted((self.home.lake / "withdrawal").glob("*.parquet"))
        return {batch for path in paths for batch in pq.read_table(path)["batch_id"].to_pylist()}

    @cached_property
    def parts(self) -> list[dict[str, Any]]:
        """The delivery parts of batches that were landed to the end and not withdrawn."""
        finished = {d["batch_id"] for d in self.deliveries} - self.withdrawn
        paths = sorted((self.home.lake / "delivery_part").glob(f"*-{self.contract.feed}.parquet"))
        rows = [row for path in paths if path.stem in finished for row in pq.read_table(path).to_pylist()]
        return [row for row in rows if row["group_batch_id"] not in self.withdrawn]

    def delivery(self, batch_id: str) -> dict[str, Any] | None:
        return next((d for d in self.deliveries if d["batch_id"] == batch_id), None)

    def group_of(self, delivery: dict[str, Any]) -> Group:
        """The group of a delivery: its own, or that of the delivery it corrects."""
        root = self.delivery(delivery["corrects_batch_id"] or "") or delivery
        return Group(root["batch_id"], root["received_at"].replace(tzinfo=UTC))

    def members(self, group: Group) -> list[str]:
        """The batches of a group in the order they came, withdrawn ones left out."""
        found = [d for d in self.deliveries if d["corrects_batch_id"] == group.batch_id]
        ordered = sorted(found, key=lambda d: (d["received_at"], d["batch_id"]))
        batches = [group.batch_id, *(d["batch_id"] for d in ordered)]
        return [batch for batch in batches if batch not in self.withdrawn]

    @property
    def adds_up(self) -> bool:
        """Whether the feed's batches add up instead of replacing one another."""
        contract = self.contract
        return contract.delivery == "events" and bool(contract.key) and not contract.period_by

    def stands(self, delivery: dict[str, Any]) -> bool:
        """Whether neither a delivery nor the one that it corrects was withdrawn."""
        return not self.withdrawn & {delivery["batch_id"], delivery["corrects_batch_id"]}

    def own_parts(self, group: Group) -> set[Part]:
        """What a group speaks for: the parts of its rows, and those of which every row is held."""
        own = {(p["period"], p["part"]) for p in self.parts if p["group_batch_id"] == group.batch_id}
        held = held_parts(self.home, group.batch_id)
        return own | {(period, part) for period, part in held if self._is_known(period, part)}

    def newer_parts(self, group: Group) -> dict[Part, str]:
        """The parts of the feed that a file newer than `group` holds, and the batch of the newest."""
        if self.adds_up:
            return {}
        moment = group.received_at.astimezone(UTC).replace(tzinfo=None)
        ages = sorted(
            (p["group_received_at"], p["group_batch_id"], (p["period"], p["part"])) for p in self.parts
        )
        return {part: batch for at, batch, part in ages if (at, batch) > (moment, group.batch_id)}

    def superseded_by(self, group: Group) -> str | None:
        """The name of the newest file when newer ones hold in all parts of `group`."""
        own, newer = self.own_parts(group), self.newer_parts(group)
        if not own or not own <= newer.keys():
            return None
        found = [d for part in own if (d := self.delivery(newer[part]))]
        last = max(found, key=lambda d: (d["received_at"], d["batch_id"]), default=None)
        return f"“{last['file_name']}”" if last else None

    def _is_known(self, period: str | None, part: str | None) -> bool:
        """A held row whose period or part could not be read is of no part that another file could hold."""
        contract = self.contract
        texts = [period, *((part or "").split("|") if contract.part_by else ())]
        texts += (period or "").split("|") if contract.period_by else ()
        return part is not None and all(texts)

    def open_rows(self, batch_id: str) -> tuple[set[Place], set[Place]]:
        """Of the held rows of a batch: those still open, and those accepted in a correction since.

        A row that came back and was held again is neither: it is open in the batch that holds it now.
        """
        own = self.delivery(batch_id)
        if own is None:
            return set(), set()
        members = self.members(self.group_of(own))
        later = members[members.index(batch_id) + 1 :] if batch_id in members else []
        newer = self.newer_parts(self.group_of(own))
        returned: dict[Key, bool] = {}
        for member in later:
            returned |= {_base(row): row["is_accepted"] for row in _rows(self.home, "correction", member)}
        found = origins(self.home, batch_id)
        rows = _rows(self.home, "held_row", batch_id)
        places = {_place(row) for row in rows}
        accepted = {place for place in places if returned.get(found[place])}
        settled = _copies(self.home, batch_id)
        settled |= {_place(row) for row in rows if (row["period"], row["part"]) in newer}
        return {place for place in places - settled if found[place] not in returned}, accepted


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


def standing(history: History, batch: Batch, group: Group) -> Standing:
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
        replaced |= {_base(row) for row in _rows(home, "correction", member) if row["is_accepted"]}
    waiting = {key for member in members for key in _held(home, member)} - set(keys)
    return Standing(keys, content, frozenset(waiting))


def replaced_rows(history: History, group: Group) -> set[Key]:
    """The rows of a group's batches whose place a later correction has taken."""
    gone: set[Key] = set()
    taken: set[Key] = set()
    for member in reversed(history.members(group)):
        for row in _rows(history.home, "correction", member):
            if row["is_accepted"]:
                gone |= {_base(row)} | ({(member, *_place(row))} if _base(row) in taken else set())
                taken.add(_base(row))
    return gone


def typed(batch: Batch) -> pa.Table:
    """The columns of the contract, as they would land."""
    schema = feed_schema(batch.contract)
    return pa.table({n: batch.columns[n].cast(schema.field(n).type) for n in _names(batch)})


def content_of(batch: Batch) -> Content:
    """What the rows of a batch say."""
    names = telling_columns(batch.contract)
    with duckdb.connect() as connection:
        connection.register("own", typed(batch))
        rows = connection.execute(f"select {_selected(batch)} from own").fetchall()  # noqa: S608
    texts = {name: [row[at] for row in rows] for at, name in enumerate(names, start=1)}
    return Content([row[0] for row in rows], texts)


def telling_columns(contract: Contract) -> list[str]:
    """The columns that tell rows apart: the key, what must be unique, else the first ID number."""
    names = [*contract.key, *contract.period_by]
    names += [name for check in contract.checks if isinstance(check, UniqueCheck) for name in check.columns]
    names += [c.name for c in contract.columns if c.type == "id_number"][:1]
    return list(dict.fromkeys(names))


def origins(home: Home, batch_id: str) -> dict[Place, Key]:
    """Row of a batch → the row it stands for; rows of a first delivery stand for themselves."""
    found: dict[Place, Key] = {}
    for row in _rows(home, "held_row", batch_id):
        found[_place(row)] = (batch_id, *_place(row))
    for row in _rows(home, "correction", batch_id):
        found[_place(row)] = _base(row)
    return found


def held_parts(home: Home, batch_id: str) -> set[tuple[str, str]]:
    """(period, part) of the rows of a batch that are held."""
    path = home.lake / "held_row" / f"{batch_id}.parquet"
    rows = pq.read_table(path, columns=["period", "part"]).to_pylist() if path.exists() else []
    return {(row["period"], row["part"]) for row in rows}


def landed(history: History, batch: Batch, batch_id: str) -> dict[int, Place]:
    """What the rows of a batch said when they came, by the number of their content."""
    return {number: place for place, number, _ in _landed(history.home, batch, batch_id)}


def held_cells(home: Home, batch_id: str) -> dict[Key, dict[str, str]]:
    """The held rows of a batch as they stood in the file: header → cell."""
    found = origins(home, batch_id)
    rows = _rows(home, "held_row", batch_id)
    return {found[_place(row)]: json.loads(row["row_json"] or "{}") for row in rows}


def dates(home: Home, feed: str, batch_id: str) -> dict[str, date]:
    """Sheet of a batch → its date, where all its rows have one date."""
    found: dict[str, set[date]] = {}
    for table, names in (
        ("held_row", ("source_sheet", "speaks_for_on")),
        (feed, ("_source_sheet", "_speaks_for_on")),
    ):
        path = home.lake / table / f"{batch_id}.parquet"
        if path.exists():
            for row in (
                pq.read_table(path, columns=list(names)).group_by(list(names)).aggregate([]).to_pylist()
            ):
                found.setdefault(row[names[0]] or "", set()).add(row[names[1]])
    return {sheet: day for sheet, days in found.items() if len(days) == 1 and (day := next(iter(days)))}


def sheets(home: Home, feed: str, batch_id: str) -> tuple[str, ...]:
    """The sheets that the rows of a batch came from."""
    found = [row["source_sheet"] or "" for row in _rows(home, "held_row", batch_id)]
    path = home.lake / feed / f"{batch_id}.parquet"
    if path.exists():
        column = pq.read_table(path, columns=["_source_sheet"])["_source_sheet"]
        found += [sheet or "" for sheet in column.unique().to_pylist()]
    return tuple(dict.fromkeys(found))


def _landed(home: Home, batch: Batch, member: str) -> list[tuple[Place, int, tuple[str | None, ...]]]:
    path = home.lake / batch.contract.feed / f"{member}.parquet"
    if not path.exists():
        return []
    sql = f"select _source_sheet, _source_row, {_selected(batch)} from read_parquet($path)"  # noqa: S608
    with duckdb.connect() as connection:
        rows = connection.execute(sql, {"path": str(path)}).fetchall()
    return [((row[0] or "", row[1]), row[2], row[3:]) for row in rows]


def _selected(batch: Batch) -> str:
    """SQL: a hash of the columns this batch and the lake both have, and the telling columns as text."""
    texts = [f", cast({name} as varchar)" for name in telling_columns(batch.contract)]
    # How an ID number was written is no part of what the row says.
    how = {f"{column.name}{COMPANIONS['id_number']}" for column in batch.contract.columns}
    said = [name for name in _names(batch) if name not in how]
    return f"hash({', '.join(said)}){''.join(texts)}"


def _names(batch: Batch) -> list[str]:
    return [name for name in feed_schema(batch.contract).names if name in batch.columns]


def _copies(home: Home, batch_id: str) -> set[Place]:
    """The later copies of a row in one batch: held, and nothing is to be corrected in them."""
    rows = _rows(home, "problem", batch_id)
    return {_place(row) for row in rows if row["code"] == "DUPLICATE_ROW"}


def _held(home: Home, batch_id: str) -> set[Key]:
    found = origins(home, batch_id)
    return {found[_place(row)] for row in _rows(home, "held_row", batch_id)}


def _place(row: dict[str, Any]) -> Place:
    return row["source_sheet"] or "", row["source_row"]


def _base(row: dict[str, Any]) -> Key:
    return row["base_batch_id"], row["base_source_sheet"] or "", row["base_source_row"]


def _rows(home: Home, table: str, batch_id: str) -> list[dict[str, Any]]:
    path = home.lake / table / f"{batch_id}.parquet"
    return list(pq.read_table(path).to_pylist()) if path.exists() else []
