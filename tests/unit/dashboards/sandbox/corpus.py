"""Statements that must not do harm: generated from what DuckDB itself lists, and written by hand."""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

import duckdb

CANARY = "canary-of-the-sandbox"
# `{file}`: a readable file that holds the canary; `{new}`: a path where nothing may appear.
_ARGUMENTS = {
    "VARCHAR": "'{file}'", "BOOLEAN": "true", "BLOB": "'{file}'::blob", "DATE": "date '2019-12-31'",
    "TIMESTAMP": "timestamp '2019-12-31'", "TIMESTAMP WITH TIME ZONE": "now()", "TIME": "time '10:00'",
    "INTERVAL": "interval 1 day", "VARCHAR[]": "['{file}']", "ANY[]": "['{file}']", "T[]": "['{file}']",
    "JSON": "'{{}}'::json", "LAMBDA": "lambda x: x",
}  # fmt: skip


@dataclass(frozen=True)
class Attack:
    kind: str
    sql: str


def generated() -> list[Attack]:
    """Every function, macro, pragma, setting and extension of the DuckDB that is installed."""
    with duckdb.connect(":memory:") as connection:
        return [
            *_functions(connection),
            *_settings(connection),
            *_extensions(connection),
            *_views(connection),
        ]


def _functions(connection: duckdb.DuckDBPyConnection) -> list[Attack]:
    rows = connection.execute(
        "select distinct on (function_type, function_name) function_type, function_name, parameter_types"
        " from duckdb_functions() order by all"
    ).fetchall()
    attacks = []
    for kind, name, types in rows:
        quoted = '"' + name.replace('"', '""') + '"'
        given = ", ".join(_ARGUMENTS.get(str(one), "1") for one in types or [])
        if kind in ("table", "table_macro"):
            attacks += [
                Attack(kind, f"select * from {quoted}({given})"),
                Attack("call", f"call {name}({given})"),
            ]
        elif kind == "pragma":
            attacks += [Attack(kind, f"pragma {name}"), Attack(kind, f"pragma {name}('{{file}}')"),
                        Attack("call", f"call {name}()")]  # fmt: skip
        else:
            attacks.append(Attack(kind, f"select {quoted}({given})"))
    return attacks


def _settings(connection: duckdb.DuckDBPyConnection) -> list[Attack]:
    attacks = []
    for name, value in connection.execute(
        "select name, coalesce(value, '') from duckdb_settings()"
    ).fetchall():
        text = value.replace("'", "''").replace("{", "{{").replace("}", "}}")
        attacks += [
            Attack("set", f"set {name} = '{text}'"),
            Attack("set", f"set global {name} = '1'"),
            Attack("set", f"reset {name}"),
            Attack("set", f"pragma {name} = '{text}'"),
            Attack("set", f"select current_setting('{name}')"),
        ]
    return attacks


def _extensions(connection: duckdb.DuckDBPyConnection) -> list[Attack]:
    names = [
        row[0] for row in connection.execute("select extension_name from duckdb_extensions()").fetchall()
    ]
    return [
        Attack("extension", f"{verb} {name}")
        for name in names
        for verb in ("load", "install", "force install")
    ]


def _views(connection: duckdb.DuckDBPyConnection) -> list[Attack]:
    rows = connection.execute("select schema_name, view_name from duckdb_views() where internal").fetchall()
    return [Attack("view", f'select * from {schema}."{name}"') for schema, name in rows]


WRITTEN = [
    Attack("statement", sql)
    for sql in (
        "", ";", "-- nothing", "/* nothing */", "select 1; drop table mart.fct_figure", "select 1;;select 2",
        "create table mart.mine as select 1", "create temp table mine as select 1", "create view v as select 1",
        "create schema s", "create sequence s", "create type t as enum ('a')", "create macro m() as 1",
        "create macro m() as table select * from read_text('{file}')", "create index i on mart.fct_figure (unit)",
        "create secret s (type s3, key_id 'a', secret 'b')", "drop table mart.fct_figure", "drop schema mart cascade",
        "alter table mart.fct_figure add column x integer", "insert into mart.fct_figure default values",
        "insert into mart.fct_figure select * from mart.fct_figure", "update mart.fct_figure set value = 0",
        "delete from mart.fct_figure", "truncate mart.fct_figure", "merge into mart.fct_figure a using mart.fct_figure"
        " b on a.unit = b.unit when matched then delete", "attach '{new}'", "attach ':memory:' as m",
        "attach '{file}' as other (type sqlite)", "detach serving", "use system", "use mart",
        "copy mart.fct_figure to '{new}'", "copy mart.fct_figure to '{new}' (format parquet)",
        "copy (select 1) to '/dev/stdout'", "copy mart.fct_figure from '{file}'", "export database '{new}'",
        "import database '{new}'", "copy from database serving to serving", "checkpoint", "force checkpoint",
        "vacuum", "analyze", "begin", "commit", "rollback", "abort", "prepare p as select 1", "execute p",
        "deallocate p", "explain select 1", "explain analyze select 1", "explain (format html) select 1",
        "call enable_logging('QueryLog')", "call enable_logging(storage = 'file', storage_path = '{new}')",
        "call disable_logging()", "call truncate_duckdb_logs()", "call enable_profiling()",
        "pragma enable_profiling", "pragma profiling_output = '{new}'", "pragma database_size", "pragma version",
        "pragma table_info('mart.fct_figure')", "set variable x = 1", "set variable x = (select content from read_text('{file}'))",
        "set schema 'mart'", "set time zone 'UTC'", "set memory_limit = '100GB'", "set threads = 64",
        "set temp_directory = '{new}'", "set enable_external_access = true", "set lock_configuration = false",
        "set allow_unsigned_extensions = true", "set custom_extension_repository = 'http://127.0.0.1:1'",
        "reset memory_limit", "comment on table mart.fct_figure is 'x'", "update extensions", "select 1 into x",
        "pivot mart.fct_figure on unit using sum(value)", "with x as (delete from mart.fct_figure returning 1) select * from x",
        "from read_text('{file}') select content", "load '{file}'", "install '{file}'",
    )
] + [
    Attack("file", sql)
    for sql in (
        "select * from '{file}'", 'select * from "{file}"', "from '{file}'", "select * from '/etc/passwd'",
        "select * from '/proc/self/environ'", "select * from read_text('/proc/self/environ')",
        "select * from read_csv('{file}')", "select * from read_csv_auto('{file}')", "select * from READ_CSV('{file}')",
        'select * from "read_csv"(\'{file}\')', "select * from main.read_csv('{file}')",
        "select * from system.main.read_csv('{file}')", "select * from read_text(['{file}'])",
        "select * from read_blob('{file}')", "select * from read_json('{file}')", "select * from read_parquet('{file}')",
        "select * from parquet_scan('{file}')", "select * from parquet_metadata('{file}')", "select * from glob('/*')",
        "select * from sniff_csv('{file}')", "select * from read_duckdb('{file}')", "select * from query('select 1')",
        "select * from query('select * from read_text(''{file}'')')", "select * from query_table('{file}')",
        "select * from query_table(['mart.fct_figure'])", "select * from json_execute_serialized_sql('x')",
        "select * from json_execute_serialized_sql(json_serialize_sql('select * from read_text(''{file}'')'))",
        "select * from read_csv('https://127.0.0.1:1/x')", "select * from 's3://bucket/x.parquet'",
        "select * from 'https://127.0.0.1:1/x.csv'", "describe select * from read_csv('{file}')", "describe '{file}'",
        "describe table '{file}'", "summarize '{file}'", "summarize select * from read_csv('{file}')",
        "show '{file}'", "with x as (select * from read_text('{file}')) select * from x",
        "select (select content from read_text('{file}'))", "select exists (from read_text('{file}'))",
        "select * from mart.fct_figure where unit in (select content from read_text('{file}'))",
        "select 1 order by (select count(*) from read_text('{file}'))",
        "select 1 group by (select content from read_text('{file}'))",
        "select count(*) filter (where exists (from read_text('{file}'))) from mart.fct_figure",
        "select sum(1) over (partition by (select content from read_text('{file}'))) from mart.fct_figure",
        "select * from range(1), lateral (select * from read_text('{file}'))",
        "select list_transform([1], lambda x: (select content from read_text('{file}')))",
        "values ((select content from read_text('{file}')))", "select 1 union all select content from read_text('{file}')",
        "select 1 limit (select count(*) from read_text('{file}'))", "select unnest((select [content] from read_text('{file}')))",
        "select * from (values (1)) t(x) join read_text('{file}') on true",
        "select * from mart.fct_figure semi join read_text('{file}') on true",
        "select case when true then (select content from read_text('{file}')) end",
        "from mart.fct_figure pivot (sum(value) for unit in ('x')), read_text('{file}')",
        "select 'x' like (select content from read_text('{file}'))", "select * replace ((select content from read_text('{file}')) as unit) from mart.fct_figure",
        "select * from histogram('{file}', content)", "select * from histogram_values('mart.fct_figure', value)",
        "select '{file}'.read_text()", "select getenv('HOME')", "select current_setting('home_directory')",
        "select getvariable('x')", "select * from duckdb_secrets()", "select * from which_secret('s3://x', 's3')",
        "select * from duckdb_settings()", "select * from pg_settings", "select * from duckdb_logs", "select * from pool",
        "select * from session", "select * from connection", "select * from self", "select * from sql",
        "select nextval('s')", "select currval('s')", "select setseed(0.5)", "select write_log('x')",
        "select write_log('x', level := 'error', scope := 'database')", "select sleep_ms(100000)", "select pg_sleep(100)",
        "select * from test_all_types()", "select * from test_vector_types(null::integer)", "select stats(1)",
        "select * from seq_scan('x')", "select * from python_map_function(1)", "select * from pandas_scan(1)",
        "select * from arrow_scan(1, 2, 3)", "select * from arrow_scan_dumb(94000000, 94000000, 94000000)",
        "select * from pragma_storage_info('mart.fct_figure')", "select * from force_checkpoint()",
        "select add_parquet_key('k', 'v')", "select __internal_decompress_string(1)", "select vector_type(1)",
    )
]  # fmt: skip

_CROSS = "mart.fct_household_guarantee a, mart.fct_household_guarantee b, mart.fct_household_guarantee c"
# What may be tried: the limits have to hold.
BOMBS = [
    Attack("time", "select count(*) from range(1000000000000)"),
    Attack("time", f"select count(*) from {_CROSS} where a.town_code || b.town_code <> c.town_code"),
    Attack("time", "with recursive r as (select 1 as a union all select a + 1 from r) select count(*) from r"),
    Attack("time", "select levenshtein(repeat('ab', 200000), repeat('ba', 200000))"),
    Attack("time", "select damerau_levenshtein(repeat('ab', 9000), repeat('ba', 9000)) from range(100)"),
    Attack("time", "select list_reduce(range(100000000), lambda x, y: x + y)"),
    Attack("time", "select count(*) from range(100000000) a(x) where regexp_matches(repeat('a', x % 1000), '(a|a?)+$')"),
    Attack("time", "select sum(sqrt(x)) from generate_series(1, 1000000000000) a(x)"),
    Attack("memory", "select repeat('x', 1000000000)"),
    Attack("memory", "select length(repeat(repeat('x', 1000000), 4000))"),
    Attack("memory", "select lpad('x', 2000000000, 'y')"),
    Attack("memory", "select printf('%2000000000d', 1)"),
    Attack("memory", "select format('{:2000000000d}', 1)"),
    Attack("memory", "select list_aggregate(range(1000000000), 'sum')"),
    Attack("memory", "select list_sort(range(100000000))"),
    Attack("memory", "select flatten(list_transform(range(100000), lambda x: range(100000)))"),
    Attack("memory", f"select string_agg(a.household_id || b.household_id) from {_CROSS}"),
    Attack("memory", f"select list(a.household_id || b.household_id) from {_CROSS}"),
    Attack("memory", f"select histogram(a.household_id || b.household_id) from {_CROSS}"),
    Attack("memory", "with recursive r as (select 1 a, repeat('x', 1000) b union all select a + 1, b from r) select * from r"),
    Attack("memory", "select bitstring('1', 2000000000)"),
    Attack("spill", f"select * from {_CROSS} order by a.household_id || c.household_id, b.household_id"),
    Attack("spill", f"select distinct a.household_id || b.household_id from {_CROSS}"),
    Attack("spill", f"select a.household_id || b.household_id, count(*) from {_CROSS} group by all"),
    Attack("spill", "select x, row_number() over (order by hash(x)) from range(1000000000) r(x)"),
    Attack("answer", "select x, repeat('y', 1000) from range(10000000) r(x)"),
    Attack("answer", "select * from range(1000000000)"),
    Attack("parser", "select " + "(" * 50_000 + "1" + ")" * 50_000),
    Attack("parser", "select " + "+".join(["1"] * 100_000)),
    Attack("parser", "select " + "not " * 60_000 + "true"),
    Attack("parser", "select " + "[" * 60_000 + "]" * 60_000),
    Attack("parser", "select " + "case when true then " * 10_000 + "1" + " end" * 10_000),
    Attack("parser", "select * from " + "(select * from " * 15_000 + "range(1)" + ")" * 15_000),
    Attack("parser", " union all ".join(["select 1"] * 15_000)),
    Attack("parser", "select '" + "x" * 300_000 + "'"),
    Attack("parser", "select \x00"),
    Attack("parser", "select '\ud800'"),
]  # fmt: skip
