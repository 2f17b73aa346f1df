"""Where in the departments' files a served cell was typed: for those who have to correct it."""

# ruff: noqa: S608  (SQL made of the warehouse's own identifiers, quoted)

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb

from dashboards.people import quoted

NAMED = 5
_PLACE = ("batch_id", "source_sheet", "source_row")


def origins(
    connection: duckdb.DuckDBPyConnection, cells: Sequence[str], shown: Callable[[str], str]
) -> list[str]:
    """（批次 b1，文件“…”，表页“…”，第 5 行） of rows of the `warehouse` that hold one of `cells` as it is.

    At most `NAMED`; empty where no row does, because the cell was made and not typed.
    """
    found: list[tuple[str, str, int]] = []
    for name, columns in _tables(connection):
        texts = [column for column, kind in columns if kind == "VARCHAR" and column not in _PLACE]
        if len({*found}) >= NAMED or not texts or not {*_PLACE} <= {column for column, _ in columns}:
            continue
        here = " or ".join(f"{quoted(column)} in (select unnest($cells))" for column in texts)
        found += connection.execute(
            f"select distinct batch_id, source_sheet, source_row from {name} where {here}"
            f" order by all limit {NAMED}",
            {"cells": list(cells)},
        ).fetchall()
    files = _file_names(connection)
    named = dict.fromkeys(found)  # several views hold the same row
    return [place(batch, files.get(batch, ""), sheet, row, shown) for batch, sheet, row in named][:NAMED]


def place(batch: str, file: str, sheet: str, row: int | str, shown: Callable[[str], str]) -> str:
    """In words, with what departments wrote as it may be shown."""
    parts = [f"批次 {batch}" if batch else "", f"文件“{shown(file)}”" if file else ""]
    parts += [f"表页“{shown(sheet)}”" if sheet else "", f"第 {row} 行" if row else ""]
    return f"（{'，'.join(part for part in parts if part)}）"


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[tuple[str, str]]]]:
    """The tables of staging with their columns; one whose files are gone holds nothing."""
    names = connection.execute(
        "select view_name from duckdb_views() where database_name = 'warehouse' and schema_name = 'staging'"
        " union select table_name from duckdb_tables()"
        " where database_name = 'warehouse' and schema_name = 'staging' order by 1"
    ).fetchall()
    found = []
    for (name,) in names:
        source = f"warehouse.staging.{quoted(name)}"
        try:
            columns = connection.execute(f"describe {source}").fetchall()
        except duckdb.Error:
            continue
        found.append((source, [(column, kind) for column, kind, *_ in columns]))
    return found


def _file_names(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    try:
        rows = connection.execute("select batch_id, file_name from warehouse.mart.fct_delivery").fetchall()
    except duckdb.Error:
        return {}
    return {batch: name or "" for batch, name in rows}
