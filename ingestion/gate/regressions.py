"""A snapshot against the last good delivery for the same parts: fewer rows, other keys, a town gone.

Each date in a file is compared with the nearest earlier or equal date in the lake, so that history
loaded in one night is never measured against its future. A first delivery has nothing to fear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from ingestion.checking.batch import Batch
from ingestion.contracts import Column
from ingestion.gate.previous_delivery import Sides, lay_side_by_side
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.lake.in_force import Winner, view_of, winners_at
from ingestion.messages.problems import FileProblem

Words = dict[str, str]
_ENOUGH = 100  # rows on both sides: the shares of fewer say nothing
_SHARED_VALUES = frozenset({"code", "yes_no"})
_PERIOD_TYPES = frozenset({"date", "year", "year_month"})
_NAMED_TOWNS = 5
_RISEN = 20  # rows: what only rises and had as many does not fall by chance
_TOWN_HALVED = 0.5  # of its rows: a town alone may shrink further than the whole


@dataclass
class Compared:
    """What is suspicious about a file: what refuses it, and what is only said."""

    problems: list[FileProblem] = field(default_factory=list)
    warnings: list[tuple[str, Words]] = field(default_factory=list)


def compare(batch: Batch, parts: pa.Table, home: Home, batch_id: str) -> Compared:
    """Everything suspicious about a snapshot whose delivery parts are `parts`; the worst comes first."""
    found = Compared()
    if batch.contract.delivery != "snapshot" or not len(parts):
        return found
    history = History(home, batch.contract)
    for day in sorted(set(parts["speaks_for_on"].to_pylist())):
        own = {p["part"] for p in parts.to_pylist() if p["speaks_for_on"] == day}
        winners = winners_at(history, day, batch_id)
        last = [winner for winner in winners if winner.part in own]
        if not last:
            continue
        with duckdb.connect() as connection:
            sides = lay_side_by_side(connection, history, batch, day, last)
            towns = _towns_before(sides, winners, history)
            town = _missing_towns(sides, towns)
            came = {w.part for w in winners if w.day == day}
            if due := _still_due(sides, towns, came):
                found.warnings.append(("TOWNS_STILL_DUE", due))
            found_here = (_shrunk(sides), town, _shrunk_towns(sides), _lost_keys(sides), _shifted(sides))
            for problem in found_here:
                if problem:
                    found.problems.append(FileProblem(problem[0], problem[1], batch.contract.feed))
            if again := _unchanged(sides):
                _add_unchanged(found, batch, again)
    return found


def _add_unchanged(found: Compared, batch: Batch, words: Words) -> None:
    if batch.contract.if_unchanged == "refuse":
        found.problems.append(FileProblem("LAST_PERIOD_AGAIN", words, batch.contract.feed))
    else:
        found.warnings.append(("UNCHANGED_SINCE", words))


def _shrunk(sides: Sides) -> tuple[str, Words] | None:
    now, before = sides.one("select (select count(*) from own), (select count(*) from last)")
    if now >= sides.batch.contract.shrink_limit * before:
        return None
    return "SHRUNK", {**sides.title, "rows": str(now), "before": str(before)}


def _towns_before(sides: Sides, winners: list[Winner], history: History) -> list[tuple[str, int, bool]]:
    """The towns of the delivery before, their rows, and whether this file has them, if only in held rows."""
    contract = sides.batch.contract
    town = contract.town_column
    if contract.complete_for != "county" or town is None or town not in sides.names:
        return []
    relation = "last"
    if town in contract.part_by:  # what lacks is a part of its own: look at the whole delivery before
        own = set(sides.batch.part.to_pylist()) if sides.batch.part is not None else set()
        mates = {(w.group, w.day) for w in winners if w.part in own}
        view_of(sides.connection, "mates", history, [w for w in winners if (w.group, w.day) in mates])
        relation = "mates"
    sql = f"""
        select b.town, b.rows, b.town in (select {town} from file where _is_new) as is_there
        from (select {town} as town, count(*) as rows from {relation} group by all) as b
        where b.town is not null
    """  # noqa: S608
    return [(name, count, is_there) for name, count, is_there in sides.connection.execute(sql).fetchall()]


def _is_a_few(sides: Sides, towns: list[tuple[str, int, bool]]) -> bool:
    """Whether some towns were delivered by themselves, as the contract allows."""
    there = sum(1 for *_, is_there in towns if is_there)
    return sides.batch.contract.town_column in sides.batch.contract.part_by and there * 2 <= len(towns)


def _still_due(sides: Sides, towns: list[tuple[str, int, bool]], came: set[str]) -> Words | None:
    """The towns that have not come yet for this date, when the file has but a few."""
    due = sorted(name for name, _, is_there in towns if not is_there and name not in came)
    if not due or not _is_a_few(sides, towns):
        return None
    words = {key: sides.title[key] for key in ("title", "day")}
    return {**words, "count": str(len(due)), "towns": "、".join(due), "towns_en": ", ".join(due)}


def _missing_towns(sides: Sides, towns: list[tuple[str, int, bool]]) -> tuple[str, Words] | None:
    """Towns of some size that the delivery before had and this file, which has most of them, lacks."""
    floor = sides.batch.contract.town_floor
    gone = sorted((-count, name) for name, count, is_there in towns if not is_there and count >= floor)
    if _is_a_few(sides, towns):
        return None
    if not gone:
        return None
    words = {**sides.title, "count": str(len(gone))}
    words["towns"] = "、".join(f"{name}（{-count} 行）" for count, name in gone[:_NAMED_TOWNS])
    words["towns_en"] = ", ".join(f"{name} ({-count} rows)" for count, name in gone[:_NAMED_TOWNS])
    return "TOWN_MISSING", words


def _shrunk_towns(sides: Sides) -> tuple[str, Words] | None:
    """Towns of which most rows are gone while the others hide it; rows that are held count as there."""
    contract = sides.batch.contract
    town = contract.town_column
    if town is None or town not in contract.part_by or town not in sides.names:
        return None
    sql = f"""
        with before as (select {town} as town, count(*) as rows from last group by all),
             now as (select {town} as town, count(*) as rows from file where _is_new group by all)
        select b.town, b.rows, n.rows
        from before as b join now as n using (town)
        where b.rows >= {contract.town_floor} and n.rows < {_TOWN_HALVED} * b.rows
        order by n.rows - b.rows, b.town
    """  # noqa: S608
    rows = sides.connection.execute(sql).fetchall()
    if not rows:
        return None
    named = rows[:_NAMED_TOWNS]
    words = {**sides.title, "count": str(len(rows))}
    words["towns"] = "、".join(f"{name}由 {before} 行变成 {now} 行" for name, before, now in named)
    words["towns_en"] = ", ".join(f"{name} from {before} to {now} rows" for name, before, now in named)
    return "TOWN_SHRUNK", words


def _lost_keys(sides: Sides) -> tuple[str, Words] | None:
    contract = sides.batch.contract
    key = contract.lasting_key
    if not key or not sides.is_near or not sides.names.issuperset(key):
        return None
    listed = ", ".join(key)
    filled = " and ".join(f"{name} is not null" for name in key)
    total, kept = sides.one(f"""
        with before as (select distinct {listed} from last where {filled})
        select (select count(*) from before),
               (select count(*) from before semi join file using ({listed}))
    """)  # noqa: S608
    lost = total - kept
    if total < _ENOUGH or lost <= contract.key_loss_limit * total:
        return None
    header = "、".join(contract.column(name).header for name in key)
    return "KEYS_LOST", {**sides.title, "header": header, "lost": str(lost), "before": str(total)}


def _shifted(sides: Sides) -> tuple[str, Words] | None:
    """The column whose shares moved furthest beyond its limit, with the value that moved most."""
    now, before = sides.one("select (select count(*) from own), (select count(*) from last)")
    if not sides.is_near or min(now, before) < _ENOUGH:
        return None
    contract = sides.batch.contract
    asked = {question.column for question in sides.batch.questions}  # waits for an answer of its own
    columns = [
        c
        for c in contract.columns
        if c.name in sides.names and c.name in sides.batch.texts
        if c.name not in (*contract.period_by, *contract.part_by) and c.name not in asked
    ]
    moved = [(beyond, shift) for beyond, shift in _shifts(sides, columns, now, before) if beyond > 0]
    if not moved:
        return None
    _, words = max(moved, key=lambda entry: entry[0])
    return "DISTRIBUTION_SHIFTED", {**sides.title, **words}


def _shifts(sides: Sides, columns: list[Column], now: int, before: int) -> Iterator[tuple[float, Words]]:
    """Per column, how far its shares moved beyond its limit (total variation distance)."""
    counts = ", ".join(f"count({c.name})" for c in columns)
    filled_now = sides.one(f"select {counts} from own")  # noqa: S608
    filled_before = sides.one(f"select {counts} from last")  # noqa: S608
    for column, new, old in zip(columns, filled_now, filled_before, strict=True):
        if not old:
            continue  # nobody filled it before: that it is filled now is no loss
        if column.type in _SHARED_VALUES:
            shares = _shares(sides, column.name, now, before)
        else:
            shares = {"": ((now - new) / now, (before - old) / before)}
        if column.fall_limit:
            yield from _falls(column, shares, before)
            continue
        # A value's gain is another's loss; a share of blanks stands alone.
        moved = sum(abs(new - old) for new, old in shares.values())
        distance = moved / 2 if column.type in _SHARED_VALUES else moved
        value, moved_most = max(shares.items(), key=_moved)
        limit = column.shift_limit or sides.batch.contract.shift_limit
        yield distance - limit, _shift_words(column, value, *moved_most)


def _falls(
    column: Column, shares: dict[str, tuple[float, float]], before: int
) -> Iterator[tuple[float, Words]]:
    """What only rises may rise as it likes: how far beyond its limit it fell, as a share of what it had."""
    value = "是" if column.type == "yes_no" else ""
    share_now, share_before = shares.get(value, (0.0, 0.0))
    had_now, had = (share_now, share_before) if value else (1 - share_now, 1 - share_before)
    if column.fall_limit and had * before >= _RISEN:
        words = _shift_words(column, value, share_now, share_before)
        yield (had - had_now) / had - column.fall_limit, words


def _shift_words(column: Column, value: str, now: float, before: float) -> Words:
    return {
        "header": column.header,
        "value": value or "空白",
        "value_en": value or "blank cells",
        "before": f"{before:.0%}",
        "now": f"{now:.0%}",
    }


def _moved(share: tuple[str, tuple[float, float]]) -> tuple[float, float, str]:
    """How far a value moved; of two that changed places, the one that was there before."""
    value, (now, before) = share
    return round(abs(now - before), 9), before, value


def _shares(sides: Sides, name: str, now: int, before: int) -> dict[str, tuple[float, float]]:
    """Value of a coded column ('' for blank) → its share in the file and in the delivery before."""

    def counted(relation: str) -> dict[str, int]:
        sql = f"select coalesce(cast({name} as varchar), ''), count(*) from {relation} group by 1"  # noqa: S608
        said = {"true": "是", "false": "否"}
        return {said.get(value, value): count for value, count in sides.connection.execute(sql).fetchall()}

    own, last = counted("own"), counted("last")
    return {value: (own.get(value, 0) / now, last.get(value, 0) / before) for value in {*own, *last}}


def _unchanged(sides: Sides) -> Words | None:
    """Words when the file has the very rows of an earlier date, but for what names the date."""
    contract = sides.batch.contract
    if contract.if_unchanged == "allow" or contract.period_by or not sides.all_earlier:
        return None
    now, before = sides.one("select (select count(*) from own), (select count(*) from last)")
    names = [c.name for c in contract.columns if c.name in sides.names]
    names = [name for name in names if not _names_the_date(sides, contract.column(name))]
    if now != before or now < contract.unchanged_floor or not names:
        return None
    digest = f"count(*), sum(hash({', '.join(names)})::hugeint), bit_xor(hash({', '.join(names)}))"
    own, last = (sides.one(f"select {digest} from {side}") for side in ("own", "last"))  # noqa: S608
    return {**sides.title, "day": sides.day.isoformat(), "rows": str(now)} if own == last else None


def _names_the_date(sides: Sides, column: Column) -> bool:
    """Whether a column holds one and the same date in all rows, as a date of statement does."""
    if column.type not in _PERIOD_TYPES:
        return False
    name = column.name
    same = f"count({name}) = count(*) and min({name}) = max({name})"
    return all(sides.one(f"select {same} from {side}")[0] for side in ("own", "last"))  # noqa: S608
