"""In which town the rows of a feed are that need not name one: by what stands in the lake."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ingestion.contracts import Contract
from ingestion.lake.batch_files import files_of
from ingestion.lake.deliveries import History
from ingestion.lake.in_force import Winner, view_of

Key = tuple[str, ...]  # the values of the columns `by` of a cut


def town_of_part(contract: Contract, part: str) -> str:
    """The town that a part of a cut feed is of; '' where it is of none."""
    texts, at = part.split("|"), len(contract.part_by)
    return texts[at] if len(texts) > at else ""


def without_town(contract: Contract, part: str) -> str:
    """A part by the contract's own columns alone."""
    return "|".join(part.split("|")[: len(contract.part_by)])


def part_of_town(contract: Contract, part: str, town: str) -> str:
    """The part `part` of the contract's own columns, in one town ('' for none)."""
    return f"{part}|{town}" if contract.part_by and town else town or part


def register_places(register: History, column: str) -> dict[Key, str]:
    """Value of `column` in a feed whose rows name their town → that town, as it was said last."""
    town = register.contract.town_column
    numbers = {part["batch_id"]: part["group_received_no"] or 0 for part in register.parts}
    paths = [str(path) for path in files_of(register.home, register.contract.feed, sorted(numbers))]
    if not paths:
        return {}
    sql = f"""
        select cast({column} as varchar), arg_max({town}, (_speaks_for_on, arrival.number, _batch_id))
        from read_parquet($paths, union_by_name=true)
        join (select unnest($batches) as batch, unnest($numbers) as number) as arrival on batch = _batch_id
        where {column} is not null and {town} is not null
        group by 1
    """  # noqa: S608
    known = {"paths": paths, "batches": list(numbers), "numbers": list(numbers.values())}
    with duckdb.connect() as connection:
        return {(key,): place for key, place in connection.execute(sql, known).fetchall()}


def standing_places(history: History, by: Sequence[str], winners: list[Winner]) -> dict[Key, str]:
    """The values of `by` that stand in a cut feed → the town of the part under which they do, '' for none."""
    if not winners or not by:
        return {}
    with duckdb.connect() as connection:
        if not set(by) <= view_of(connection, "standing", history, winners):
            return {}
        listed = ", ".join(f"cast({name} as varchar)" for name in by)
        sql = f"select {listed}, _part, max(_speaks_for_on) as day from standing group by all order by day"  # noqa: S608
        rows = connection.execute(sql).fetchall()
    return {row[:-2]: town_of_part(history.contract, row[-2]) for row in rows}
