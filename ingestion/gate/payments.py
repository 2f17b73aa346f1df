"""Payments that come beside those that stand: a supplement adds, a correction takes the place of what it
corrects, a list sent again replaces; and nobody, no row and no yuan is lost unless a person says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.checking.batch import Batch, Group
from ingestion.gate.payment_reading import Beside, Mode, Read, Sums, hint_of, loses, read_beside
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.lake.payments import lay_payments
from ingestion.lake.schema import CORRECTION
from ingestion.messages.problems import FileProblem

FEWER, UNCLEAR = "PAYMENTS_FEWER", "PAYMENTS_UNCLEAR"
_NAMED = 5
_DOES = {
    Mode.REPLACES: ("整期取代原有的", "they replace what stands"),
    Mode.ADDS: ("加在原有的上面", "they are added to what stands"),
    Mode.CORRECTS: ("只取代同样的人原来的各笔", "they take the place of the same persons' payments"),
}


@dataclass
class Settled:
    """A file of payments beside what stands: its parts, the rows whose place it takes, what is asked."""

    parts: pa.Table
    corrections: pa.Table | None = None
    problems: list[FileProblem] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    """One part of a period, with the file beside what stands there and how it is read."""

    period: str
    part: str
    beside: Beside
    read: Read


def settle_payments(batch: Batch, parts: pa.Table, home: Home, batch_id: str, file_name: str) -> Settled:
    """Read the file in each part of a period where payments stand already."""
    settled = Settled(parts)
    history = History(home, batch.contract, without=batch_id)
    if batch.contract.payments is None or not len(parts):
        return settled
    with duckdb.connect() as connection:
        if not lay_payments(connection, history, batch):
            return settled
        if history.adds_up:
            settled.problems = _lost_keys(connection, history, batch)
            return settled
        places = _places(connection, batch, file_name)
        modes = {(p.period, p.part): p.read.mode for p in places}
        settled.parts = _with_adds(parts, [at for at, mode in modes.items() if mode is not Mode.REPLACES])
        correcting = [at for at, mode in modes.items() if mode is Mode.CORRECTS]
        pairs, unpaired = _pairs(connection, correcting)
        settled.corrections = _corrections(batch, batch_id, pairs) if pairs else None
        settled.problems = _problems(batch, places, _yuan_lost(connection, correcting), unpaired)
    return settled


def inherit(parts: pa.Table, history: History, group: Group) -> pa.Table:
    """The parts of a marked copy: they add where the delivery added that it corrects."""
    base = {
        (p["period"], p["part"]) for p in history.parts if p["batch_id"] == group.batch_id and p.get("adds")
    }
    return _with_adds(parts, sorted(base)) if base else parts


def replacing(parts: pa.Table) -> pa.Table:
    """Those of a file's parts that take the place of what stands."""
    return parts.filter(pa.array([not adds for adds in parts["adds"].to_pylist()], pa.bool_()))


def _with_adds(parts: pa.Table, places: Sequence[tuple[str, str]]) -> pa.Table:
    wanted = set(places)
    at = zip(parts["period"].to_pylist(), parts["part"].to_pylist(), strict=True)
    adds = pa.array([place in wanted for place in at], pa.bool_())
    return parts.set_column(parts.schema.get_field_index("adds"), parts.schema.field("adds"), adds)


def _places(connection: duckdb.DuckDBPyConnection, batch: Batch, file_name: str) -> list[_Place]:
    lines = [line for matched in batch.tables for line in matched.table.title_lines]
    hint = hint_of([file_name, *lines])
    is_list = batch.contract.delivery == "snapshot"
    found = [(row[0], row[1], _beside(row[2:])) for row in connection.execute(_BESIDE).fetchall()]
    return [_Place(*place, read_beside(place[2], hint, is_list=is_list)) for place in found]


# Rows that are held are there: they have messages of their own.
_BESIDE = """
    with
    payees as (select distinct period, part, payee from stands),
    open_payees as (select distinct period, part, payee from stands where not is_same and effect = 'pays'),
    told as (
        select
            paid.*,
            payees.payee is not null as is_known,
            open_payees.payee is not null as is_open
        from paid
        left join payees using (period, part, payee)
        left join open_payees using (period, part, payee)
    ),
    before as (
        select
            period, part, count(*) as n, count(distinct payee) as payees, sum(yuan) as yuan,
            count(distinct case when (period, part, payee) not in (select (period, part, payee) from paid)
                then payee end) as lost,
            list(distinct paid_on) as days
        from stands group by period, part
    ),
    now as (
        select
            period, part, count(*) as n, count(distinct payee) as payees, sum(yuan) as yuan,
            count(*) filter (where is_same) as same,
            count(*) filter (where _lands and not is_same and effect = 'pays' and is_open) as changed,
            count(*) filter (where _lands and not is_same and not is_known) as new,
            count(*) filter (where _lands and not is_same and is_known
                and not (effect = 'pays' and is_open)) as extra,
            count(*) filter (where not _lands) as held,
            bool_or(is_unread) as is_unread,
            list(distinct paid_on) as days
        from told group by period, part
    )
    select
        now.period, now.part, before.n, before.payees, before.yuan,
        now.n, now.payees, case when now.is_unread then greatest(now.yuan, before.yuan) else now.yuan end,
        now.same, now.changed, now.new, now.extra, greatest(before.lost - now.held, 0),
        not list_has_any(now.days, before.days)
    from now inner join before using (period, part)
    order by now.period, now.part
"""


def _beside(row: Sequence[Any]) -> Beside:
    before, now = Sums(row[0], row[1], Decimal(row[2])), Sums(row[3], row[4], Decimal(row[5]))
    same, changed, new, extra, lost, dates_are_new = row[6:12]
    return Beside(before, now, same, changed, new, extra, lost, bool(dates_are_new))


def _pairs(
    connection: duckdb.DuckDBPyConnection, places: Sequence[tuple[str, str]]
) -> tuple[list[tuple[Any, ...]], set[tuple[str, str]]]:
    """(row of the file, row whose place it takes), and the places where that is not certain.

    The same payment takes its own place; another one of the same payee that of the only one left.
    """
    if not places:
        return [], set()
    chosen = pa.table([pa.array(c) for c in zip(*places, strict=True)], names=["period", "part"])
    connection.register("chosen", chosen)
    left = "not is_same and effect = 'pays' and (period, part) in (select (period, part) from chosen)"
    order = "partition by period, part, payee order by paid_on, amount"
    connection.execute(f"""
        create table pair as
        select p.period, p.part, p._at, s._batch_id, s._source_sheet, s._source_row, p.yuan as now,
            s.yuan as before,
            p._at is null or (s._batch_id is null and s_payee is not null) as is_odd
        from (
            select *, row_number() over ({order}, _at) as nth from paid where _lands and {left}
        ) as p
        full outer join (
            select *, payee as s_payee, row_number() over ({order}, _batch_id, _source_row) as nth
            from stands
            where {left} and (period, part, payee) in
                (select (period, part, payee) from paid where _lands and {left})
        ) as s using (period, part, payee, nth)
    """)  # noqa: S608
    odd = connection.execute("select distinct period, part from pair where is_odd").fetchall()
    pairs = connection.execute("""
        select _at, _batch_id, _source_sheet, _source_row from pair
        where _at is not null and _batch_id is not null
        union all
        select _at, _batch_id, _source_sheet, _source_row from paid
        where is_same and (period, part) in (select (period, part) from chosen)
        order by all
    """).fetchall()
    return pairs, {(period, part) for period, part in odd}


def _yuan_lost(
    connection: duckdb.DuckDBPyConnection, places: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Decimal]:
    """By how much the payments of a part that are corrected were more than what takes their place."""
    if not places:
        return {}
    rows = connection.execute("""
        select period, part, sum(before) - sum(now) from pair
        where _at is not null and _batch_id is not null
        group by period, part
    """).fetchall()
    return {(period, part): Decimal(lost) for period, part, lost in rows if lost > 0}


def _corrections(batch: Batch, batch_id: str, pairs: Sequence[tuple[Any, ...]]) -> pa.Table:
    sheets = [table.table.sheet for table in batch.tables]
    rows = [
        {
            "batch_id": batch_id,
            "feed": batch.contract.feed,
            "source_sheet": sheets[int(batch.table_of_row[at])],
            "source_row": int(batch.row_number[at]),
            "base_batch_id": base,
            "base_source_sheet": sheet,
            "base_source_row": row,
            "was_held": False,
            "is_accepted": True,
        }
        for at, base, sheet, row in pairs
    ]
    return pa.Table.from_pylist(rows, schema=CORRECTION)


def _problems(
    batch: Batch,
    places: Sequence[_Place],
    yuan_lost: dict[tuple[str, str], Decimal],
    unpaired: set[tuple[str, str]],
) -> list[FileProblem]:
    fewer = [p for p in places if p.read.mode is Mode.REPLACES and loses(p.beside)]
    lowered = [p for p in places if (p.period, p.part) in yuan_lost]
    doubtful = [p for p in places if p.read.is_doubtful or (p.period, p.part) in unpaired]
    doubtful = [p for p in doubtful if p not in fewer]
    found = []
    if fewer or lowered:
        now = sum((p.beside.now.yuan for p in fewer), Decimal())
        now += sum((p.beside.before.yuan - yuan_lost[p.period, p.part] for p in lowered), Decimal())
        rows = sum(p.beside.now.rows for p in fewer) + sum(p.beside.before.rows for p in lowered)
        words = _words(batch, [*fewer, *lowered], rows, now)
        lost = sum(p.beside.lost_payees for p in fewer)
        words |= {"lost": str(lost) if lost else ""}
        found.append(FileProblem(FEWER, words, batch.contract.feed))
    if doubtful:
        rows = sum(p.beside.now.rows for p in doubtful)
        words = _words(batch, doubtful, rows, sum((p.beside.now.yuan for p in doubtful), Decimal()))
        words |= {"changed": str(sum(p.beside.changed for p in doubtful))}
        found.append(FileProblem(UNCLEAR, words, batch.contract.feed))
    return found


def _words(batch: Batch, places: Sequence[_Place], rows: int, yuan: Decimal) -> dict[str, str]:
    named = [" ".join(text for text in (p.period, p.part) if text) for p in places[:_NAMED]]
    does, does_en = _DOES[places[0].read.mode]
    return {
        "title": batch.contract.title,
        "area": "、".join(dict.fromkeys(name.replace("|", " ") for name in named)),
        "before": str(sum(p.beside.before.rows for p in places)),
        "before_yuan": f"{sum((p.beside.before.yuan for p in places), Decimal()):.2f}",
        "rows": str(rows),
        "yuan": f"{yuan:.2f}",
        "does": does,
        "does_en": does_en,
    }


def _lost_keys(connection: duckdb.DuckDBPyConnection, history: History, batch: Batch) -> list[FileProblem]:
    """Of events that a key names: what the file takes away by sending another under a key that stands."""
    ages = {p["batch_id"]: (p["group_received_no"] or 0, p["group_received_at"]) for p in history.parts}
    order = {batch_id: at for at, batch_id in enumerate(sorted(ages, key=lambda b: (*ages[b], b)))}
    arrived = pa.table({"_batch_id": list(order), "age": list(order.values())})
    connection.register("arrived", arrived)
    row = connection.execute("""
        with old as (
            select stands.*, effect = 'takes_back' as is_back
            from stands inner join arrived using (_batch_id)
            qualify dense_rank() over (partition by key, effect = 'takes_back' order by age desc) = 1
        ),
        keyed as (select *, effect = 'takes_back' as is_back from paid),
        replaced as (
            select old.key, old.is_back, count(*) as n, sum(old.yuan) as yuan, any_value(old.payee) as payee
            from old group by all
        ),
        own as (
            select key, is_back, count(*) as n, sum(yuan) as yuan, any_value(payee) as payee,
                bool_or(is_unread) as is_unread
            from keyed group by all
        )
        select
            sum(replaced.n), sum(replaced.yuan), sum(own.n), sum(own.yuan),
            count(*) filter (where own.payee <> replaced.payee),
            bool_or(own.n < replaced.n or own.payee <> replaced.payee
                or (abs(own.yuan) < abs(replaced.yuan) and not own.is_unread))
        from replaced inner join own using (key, is_back)
    """).fetchone()
    if row is None or not row[5]:
        return []
    before, now = Sums(row[0], 0, Decimal(row[1])), Sums(row[2], 0, Decimal(row[3]))
    beside = Beside(before, now, 0, 0, 0, 0, row[4], dates_are_new=False)
    words = _words(batch, [_Place("", "", beside, Read(Mode.CORRECTS))], now.rows, now.yuan)
    return [FileProblem(FEWER, {**words, "lost": str(row[4] or "")}, batch.contract.feed)]
