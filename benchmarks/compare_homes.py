"""What two homes hold, beside each other: marts, lake, returned files, summaries.

Left out by name is only what a clock writes; see CLOCKS and TIMES.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

# The moment of the run. Two runs cannot have the same one; whether a clock decides anything shows in the
# columns that are derived from it, which are compared.
CLOCKS = {
    "received_at", "group_received_at", "arrived_at", "loaded_at", "recorded_at", "decided_at",
    "withdrawn_at", "waived_at", "answered_at", "built_at", "published_at",
}  # fmt: skip
# Receipt slips and reminders name the minute; workbooks hold when they were saved.
TIMES = re.compile(r"\d{4}(-\d\d-\d\d|年\d+月\d+日)[ T　]?\d\d:\d\d(:\d\d(\.\d+)?)?")
SAVED = {"docProps/core.xml"}
SCHEMAS = ("mart",)


@dataclass(frozen=True)
class Difference:
    """`name` is what a list of expected differences matches; `what` is for people."""

    name: str
    what: str


def compare_texts(name: str, old: Mapping[str, object], new: Mapping[str, object]) -> list[Difference]:
    """Two summaries, key by key."""
    return [
        Difference(f"{name}.{key}", f"{_short(old.get(key))} → {_short(new.get(key))}")
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]


def _short(value: object) -> str:
    return TIMES.sub("<time>", json.dumps(value, ensure_ascii=False, default=str))[:200]


def compare_returned(old: Path, new: Path, name: str) -> list[Difference]:
    """The files given back: the same names, the same content but for the moment it was written."""
    sides = [
        {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()} for root in (old, new)
    ]
    found = []
    for path in sorted({*sides[0], *sides[1]}):
        if path not in sides[0] or path not in sides[1]:
            found.append(Difference(f"{name}.{path}", "only in " + ("new" if path in sides[1] else "old")))
            continue
        parts = [content(side[path]) for side in sides]
        changed = [
            part for part in sorted({*parts[0], *parts[1]}) if parts[0].get(part) != parts[1].get(part)
        ]
        if changed:
            found.append(Difference(f"{name}.{path}", f"content differs {changed}"))
    return found


def content(path: Path) -> dict[str, bytes]:
    """The parts of a workbook (of another file, its one), without times."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            return {name: _timeless(book.read(name)) for name in book.namelist() if name not in SAVED}
    return {"": _timeless(path.read_bytes())}


def _timeless(data: bytes) -> bytes:
    for encoding in ("utf-8", "gb18030"):
        try:
            return TIMES.sub("<time>", data.decode(encoding)).encode(encoding)
        except UnicodeDecodeError:
            continue
    return data


def compare_lakes(old: Path, new: Path) -> list[Difference]:
    """Every table of the lake, the messages (`problem`) among them."""
    connection = duckdb.connect()
    tables = {}
    for side, root in (("old", old), ("new", new)):
        connection.execute(f"create schema {side}")
        named = {path.parent.name for path in root.glob("*/*.parquet")}
        tables[side] = named - {"secret"}
        for table in sorted(tables[side]):
            files = f"{root}/{table}/*.parquet".replace("'", "''")
            connection.execute(
                f"create view {side}.\"{table}\" as from read_parquet('{files}', union_by_name=true)"
            )
    found = _missing("lake", tables["old"], tables["new"])
    for table in sorted(tables["old"] & tables["new"]):
        found += _compare_tables(connection, table, f'old."{table}"', f'new."{table}"', "lake", ())
    return found


def compare_marts(old: Path, new: Path) -> list[Difference]:
    """Every table of the marts of two warehouse folders, over all dates that were built."""
    connection = duckdb.connect()
    tables = {}
    for side, folder in (("old", old), ("new", new)):
        connection.execute(f"attach '{folder}/warehouse.duckdb' as {side} (read_only)")
        rows = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = ? and schema_name in ?",
            [side, list(SCHEMAS)],
        ).fetchall()
        tables[side] = {name for (name,) in rows}
    if not tables["old"]:
        raise SystemExit("no marts to compare")
    grains = _grains(old)
    found = _missing("", tables["old"], tables["new"])
    for table in sorted(tables["old"] & tables["new"]):
        grain = grains.get(table.split(".")[1], ())
        found += _compare_tables(connection, table, f"old.{table}", f"new.{table}", "", grain)
    return found


def _grains(warehouse: Path) -> dict[str, tuple[str, ...]]:
    """Model → its grain, as dbt's manifest of the old build says."""
    manifest = json.loads((warehouse / "dbt/target/manifest.json").read_text("utf-8"))
    nodes = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return {node["name"]: tuple(node["config"]["meta"].get("grain", ())) for node in nodes}


def _missing(prefix: str, old: set[str], new: set[str]) -> list[Difference]:
    dot = f"{prefix}." if prefix else ""
    return [
        Difference(f"{dot}{table}", "only in " + ("old" if table in old else "new"))
        for table in sorted(old ^ new)
    ]


def _compare_tables(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    old: str,
    new: str,
    prefix: str,
    grain: tuple[str, ...],
) -> list[Difference]:
    """Columns that one lacks, then rows; where rows differ, the columns that do."""
    name = f"{prefix}.{table}" if prefix else table
    kinds = [dict(_described(connection, side)) for side in (old, new)]
    found = [
        Difference(f"{name}.{column}", f"column {kinds[0].get(column)} → {kinds[1].get(column)}")
        for column in sorted({*kinds[0], *kinds[1]})
        if kinds[0].get(column) != kinds[1].get(column)
    ]
    columns = [c for c in kinds[0] if c in kinds[1] and c not in CLOCKS]
    listed = ", ".join(f'"{column}"' for column in columns)
    rows = (
        f"select count(*) from ((select {listed} from {old} except all select {listed} from {new}) "
        f"union all (select {listed} from {new} except all select {listed} from {old}))"
    )
    if not columns or not _number(connection, rows):
        return found
    return found + _differing_columns(connection, name, old, new, columns, grain)


def _described(connection: duckdb.DuckDBPyConnection, relation: str) -> Iterable[tuple[str, str]]:
    rows = connection.execute(f"describe select * from {relation}").fetchall()
    return [(row[0], row[1]) for row in rows]


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


def _differing_columns(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    old: str,
    new: str,
    columns: list[str],
    grain: tuple[str, ...],
) -> list[Difference]:
    """With a grain: rows of one side, and changed cells; without: columns whose values differ as a bag."""
    found = []
    if set(grain) & CLOCKS or not set(grain) <= set(columns):
        grain = ()
    if grain:
        on = " and ".join(f'o."{c}" is not distinct from n."{c}"' for c in grain)
        for one, other, side in ((old, new, "old"), (new, old, "new")):
            sql = f"select count(*) from {one} o where not exists (select 1 from {other} n where {on})"
            if count := _number(connection, sql):
                found.append(Difference(name, f"{count} rows only in {side}"))
    for column in columns:
        if grain:
            differs = f'o."{column}" is distinct from n."{column}"'
            sql = f"select count(*) from {old} o join {new} n on {on} where {differs}"
        else:
            sql = (
                f'select count(*) from (select "{column}" from {old} except all select "{column}" from {new})'
            )
        if count := _number(connection, sql):
            example = ""
            if grain:
                values = f'o."{column}", n."{column}"'
                row = connection.execute(
                    f"select {values} from {old} o join {new} n on {on} where {differs} limit 1"
                ).fetchone()
                example = f", e.g. {_short(row)}"
            found.append(Difference(f"{name}.{column}", f"{count} cells{example}"))
    return found or [Difference(name, "rows differ in their combination")]
