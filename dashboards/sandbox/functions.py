"""Which of DuckDB's functions an analyst may call, derived by kind into `functions.json`.

Allowed are scalar and aggregate functions that DuckDB itself calls free of side effects, macros made
of nothing else, and a few named ones. Whatever a new version of DuckDB adds is refused until this
module is run again and the difference has been read.
"""

from __future__ import annotations

import json
import sys

import duckdb

from dashboards.sandbox.gate import FUNCTIONS, function_names, syntax_tree

# Volatile or table functions that still do nothing but answer.
NAMED = {
    "random", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "now", "today", "current_date",
    "get_current_time", "get_current_timestamp", "transaction_timestamp", "current_database",
    "current_schema", "current_schemas", "in_search_path", "error", "repeat", "version",
    "pg_get_constraintdef",
    "range", "generate_series", "unnest", "repeat_row", "json_each", "json_tree", "icu_calendar_names",
    "pg_timezone_names", "pragma_table_info", "pragma_show", "duckdb_columns", "duckdb_constraints",
    "duckdb_databases", "duckdb_indexes", "duckdb_keywords", "duckdb_schemas", "duckdb_tables",
    "duckdb_types", "duckdb_views",
}  # fmt: skip

# Free of side effects by DuckDB's own word, but not for analysts.
REFUSED = {
    "current_setting": "tells the server's settings",
    "getvariable": "there are no variables",
    "json_serialize_sql": "takes SQL as text",
    "json_serialize_plan": "takes SQL as text",
    "json_deserialize_sql": "takes SQL as text",
    "parse_duckdb_log_message": "reads DuckDB's own log",
    "create_sort_key": "internal",
    "vector_type": "internal",
    "finalize": "reads the memory of an aggregate",
    "combine": "reads the memory of an aggregate",
    "remap_struct": "internal",
    "cast_to_type": "internal",
    "replace_type": "internal",
    "constant_or_null": "internal",
    "variant_bytes_to_variant": "reads foreign bytes as internal structure",
    "variant_to_parquet_variant": "internal",
    "variant_normalize": "internal",
}
_INTERNAL = ("__internal_", "icu_collate_")

_LIST = """
    select
        lower(function_name), function_type,
        coalesce(bool_or(has_side_effects), false), max(macro_definition)
    from duckdb_functions() where internal group by all order by all
"""


def derive() -> dict[str, object]:
    """`{"duckdb": version, "allowed": […], "refused": […]}`; every function is in one of the lists."""
    with duckdb.connect(":memory:") as connection:
        functions = connection.execute(_LIST).fetchall()
        allowed = set(NAMED)
        for name, kind, effects, _ in functions:
            pure = kind in ("scalar", "aggregate") and not effects
            if pure and name not in REFUSED and not name.startswith(_INTERNAL):
                allowed.add(name)
        # One name, several kinds: the strictest counts.
        acting = {name for name, kind, effects, _ in functions if effects or kind in ("table", "pragma")}
        allowed -= acting - NAMED
        called = {
            name: function_names(syntax_tree(connection, f"select {body}"))
            for name, kind, _, body in functions
            if kind == "macro"
        }
    while added := {name for name, used in called.items() if used <= allowed} - allowed - set(REFUSED):
        allowed |= added
    refused = {name for name, *_ in functions} - allowed
    return {"duckdb": duckdb.__version__, "allowed": sorted(allowed), "refused": sorted(refused)}


def main() -> int:
    FUNCTIONS.write_text(json.dumps(derive(), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
