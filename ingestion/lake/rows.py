"""What the lake holds of one batch: its rows, the held ones, and the rows they stand for."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from ingestion.lake import batch_files
from ingestion.lake.home import Home

Place = tuple[str, int]  # sheet, row
Key = tuple[str, str, int]  # batch, sheet, row
Part = tuple[str, str]  # period, part


def origins(home: Home, batch_id: str) -> dict[Place, Key]:
    """Row of a batch → the row it stands for; rows of a first delivery stand for themselves."""
    found: dict[Place, Key] = {}
    for row in rows_of(home, "held_row", batch_id):
        found[place_of(row)] = (batch_id, *place_of(row))
    for row in rows_of(home, "correction", batch_id):
        found[place_of(row)] = base_of(row)
    return found


def held_parts(home: Home, batch_id: str) -> set[tuple[str, str]]:
    """(period, part) of the rows of a batch that are held."""
    rows = batch_files.read(home, "held_row", batch_id, ["period", "part"])
    return {(row["period"], row["part"]) for row in (rows.to_pylist() if rows is not None else ())}


def held_cells(home: Home, batch_id: str) -> dict[Key, dict[str, str]]:
    """The held rows of a batch as they stood in the file: header → cell."""
    found = origins(home, batch_id)
    rows = rows_of(home, "held_row", batch_id)
    return {found[place_of(row)]: json.loads(row["row_json"] or "{}") for row in rows}


def dates(home: Home, feed: str, batch_id: str) -> dict[str, date]:
    """Sheet of a batch → its date, where all its rows have one date."""
    found: dict[str, set[date]] = {}
    for table, names in (
        ("held_row", ("source_sheet", "speaks_for_on")),
        (feed, ("_source_sheet", "_speaks_for_on")),
    ):
        rows = batch_files.read(home, table, batch_id, names)
        if rows is not None:
            for row in rows.group_by(list(names)).aggregate([]).to_pylist():
                found.setdefault(row[names[0]] or "", set()).add(row[names[1]])
    return {sheet: day for sheet, days in found.items() if len(days) == 1 and (day := next(iter(days)))}


def sheets(home: Home, feed: str, batch_id: str) -> tuple[str, ...]:
    """The sheets that the rows of a batch came from."""
    found = [row["source_sheet"] or "" for row in rows_of(home, "held_row", batch_id)]
    rows = batch_files.read(home, feed, batch_id, ["_source_sheet"])
    if rows is not None:
        found += [sheet or "" for sheet in rows["_source_sheet"].unique().to_pylist()]
    return tuple(dict.fromkeys(found))


def held_keys(home: Home, batch_id: str) -> set[Key]:
    found = origins(home, batch_id)
    return {found[place_of(row)] for row in rows_of(home, "held_row", batch_id)}


def place_of(row: dict[str, Any]) -> Place:
    return row["source_sheet"] or "", row["source_row"]


def base_of(row: dict[str, Any]) -> Key:
    return row["base_batch_id"], row["base_source_sheet"] or "", row["base_source_row"]


def rows_of(home: Home, table: str, batch_id: str) -> list[dict[str, Any]]:
    rows = batch_files.read(home, table, batch_id)
    return list(rows.to_pylist()) if rows is not None else []
