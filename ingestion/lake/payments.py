"""The payments of a file and those that stand for the same parts of periods, as tables of DuckDB.

`paid` (of the file, without later copies of a row) and `stands` have period, part, payee, key, amount,
paid_on, effect, yuan (signed; 0 where it could not be read) and where each row lies. A payment of `paid`
that is one of `stands` (payee, amount, day, effect) `is_same`; several alike are matched one by one.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ingestion.checking.batch import Batch
from ingestion.contracts.payments import YES, Payments
from ingestion.lake.deliveries import History
from ingestion.lake.in_force import Winner, typed, view_of

NO_DAY = "date '0001-01-01'"


def lay_payments(connection: duckdb.DuckDBPyConnection, history: History, batch: Batch) -> bool:
    """Make the tables `paid` and `stands`; False when nothing stands in any part of the file."""
    contract, payments = batch.contract, batch.contract.payments
    assert payments is not None and batch.period is not None and batch.part is not None
    places = set(zip(batch.period.to_pylist(), batch.part.to_pylist(), strict=True))
    found = [p for period, part in sorted(places) for p in history.standing_parts(period, part)]
    winners = {Winner(p["part"], p["group_batch_id"], p["speaks_for_on"]) for p in found}
    if history.adds_up:  # an event of any date may be the one that came again
        winners = {Winner(p["part"], p["group_batch_id"], p["speaks_for_on"]) for p in history.parts}
    if not winners:
        return False
    view_of(connection, "last", history, sorted(winners, key=lambda w: (w.part, w.group, w.day)))
    own = typed(batch).append_column("_period", batch.period).append_column("_part", batch.part)
    own = own.append_column("_at", pa.array(range(batch.row_count), pa.int64()))
    own = own.append_column("_lands", pa.array(batch.landing))
    connection.register("file", own.filter(pa.array(~batch.duplicate)))
    there = {row[0] for row in connection.execute("describe last").fetchall()}
    lacking = "".join(f", null as {name}" for name in payments.columns if name not in there)
    columns = _columns(payments, contract.key)
    place = ", ".join(contract.key) if history.adds_up else "_period, _part"
    here = f"where ({place}) in (select ({place}) from file)"  # noqa: S608
    connection.execute(f"create table own_payment as select {columns}, _at, _lands from file")  # noqa: S608
    connection.execute(f"""
        create table old_payment as
        select {columns}, _batch_id, coalesce(_source_sheet, '') as _source_sheet, _source_row
        from (select *{lacking} from last {here})
    """)  # noqa: S608
    _match(connection)
    return True


_EVENT = "period, part, payee, amount, paid_on, effect"


def _match(connection: duckdb.DuckDBPyConnection) -> None:
    """Number payments that are alike on both sides; the n-th of the one is the n-th of the other."""
    ranked = f"row_number() over (partition by {_EVENT} order by"
    connection.execute(f"""
        create table paid as
        select own.*, old._batch_id is not null and own._lands as is_same,
            old._batch_id, old._source_sheet, old._source_row
        from (select *, {ranked} not _lands, _at) as nth from own_payment) as own
        left join (
            select *, {ranked} _batch_id, _source_sheet, _source_row) as nth from old_payment
        ) as old using ({_EVENT}, nth)
    """)  # noqa: S608
    connection.execute("""
        create table stands as
        select old.*, same._at is not null as is_same
        from old_payment as old
        left join (select * from paid where is_same) as same
            using (_batch_id, _source_sheet, _source_row)
    """)


def _columns(payments: Payments, key: tuple[str, ...]) -> str:
    effect, amount = effect_sql(payments), payments.amount
    paid_on = f"coalesce({payments.paid_on}, {NO_DAY})" if payments.paid_on else NO_DAY
    return f"""
        _period as period, _part as part, {_joined(payments.payee)} as payee, {_joined(key)} as key,
        coalesce({amount}, 0) as amount, {amount} is null as is_unread, {paid_on} as paid_on,
        {effect} as effect,
        case {effect}
            when 'takes_back' then -abs(coalesce({amount}, 0))
            when 'pays_nothing' then 0
            else coalesce({amount}, 0)
        end as yuan
    """


def _joined(names: tuple[str, ...]) -> str:
    texts = [f"coalesce(cast({name} as varchar), '')" for name in names] or ["''"]
    return f"concat_ws('|', {', '.join(texts)})"


def effect_sql(payments: Payments) -> str:
    """SQL of the effect of a row, as `Payments.effect_of` says it."""
    cases = "".join(
        f" when {name} then '{effect}'" if code == YES else f" when {name} = '{code}' then '{effect}'"
        for name, effects in payments.effects.items()
        for code, effect in effects.items()
    )
    return f"(case{cases} when {payments.amount} < 0 then 'takes_back' else 'pays' end)"
