"""Only one SELECT, and in it only functions that compute.

DuckDB's own parser judges the text, on the connection that will run it: a second parser could read
a statement differently. `json_serialize_sql` knows nothing but SELECT statements, so that PRAGMA,
CALL, EXPLAIN and whatever a later version brings are refused without being named here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from dashboards.sandbox.refusals import QueryRefused

FUNCTIONS = Path(__file__).with_name("functions.json")

# Views of DuckDB's catalogue that tell which tables and columns there are, and nothing else.
_CATALOGUE_VIEWS = {"duckdb_columns", "duckdb_constraints", "duckdb_databases", "duckdb_indexes",
                    "duckdb_schemas", "duckdb_tables", "duckdb_types", "duckdb_views"}  # fmt: skip
_OWN_PREFIXES = ("duckdb_", "pragma_", "sqlite_")


def allowed_functions() -> frozenset[str]:
    """The names in `functions.json` (generated: `python -m dashboards.sandbox.functions`)."""
    return frozenset(json.loads(FUNCTIONS.read_text("utf-8"))["allowed"])


def admit(connection: duckdb.DuckDBPyConnection, sql: str, allowed: frozenset[str], longest: int) -> None:
    """Raises QueryRefused, or DuckDB's ParserException for text that is no SQL."""
    if len(sql.encode("utf-8", "replace")) > longest:
        raise QueryRefused("STATEMENT_TOO_LONG")
    tree = syntax_tree(connection, sql)
    for name in function_names(tree):
        if name not in allowed:
            raise QueryRefused("FUNCTION_REFUSED", name=name)
    for name in _tables(tree):
        if name == "pg_settings" or (name.startswith(_OWN_PREFIXES) and name not in _CATALOGUE_VIEWS):
            raise QueryRefused("TABLE_REFUSED", name=name)


def syntax_tree(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    """The tree of the one SELECT that `sql` consists of."""
    found = connection.execute("select json_serialize_sql($1::varchar)", [sql]).fetchone()
    try:
        answer = json.loads(found[0]) if found else {}
    except RecursionError:
        raise QueryRefused("STATEMENT_TOO_LONG") from None
    if answer.get("error"):
        if answer.get("error_type") == "parser":
            raise duckdb.ParserException(f"Parser Error: {answer['error_message']}")
        raise QueryRefused("ONE_SELECT")
    statements = answer.get("statements", [])
    if len(statements) != 1:
        raise QueryRefused("ONE_SELECT")
    tree: dict[str, Any] = statements[0]
    return tree


def function_names(tree: dict[str, Any]) -> set[str]:
    """Every function that is called anywhere in the statement, operators included, in lower case."""
    return {str(node["function_name"]).lower() for node in _nodes(tree) if "function_name" in node}


def _tables(tree: dict[str, Any]) -> set[str]:
    return {str(node["table_name"]).lower() for node in _nodes(tree)
            if node.get("type") in ("BASE_TABLE", "SHOW_REF") and "table_name" in node}  # fmt: skip


def _nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every object of the tree; without recursion, because a statement may be nested deeply."""
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
