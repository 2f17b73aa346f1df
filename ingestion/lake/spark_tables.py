"""The lake as tables of Apache Spark: external Parquet with the schema that the contracts give.

A feed of which nothing came is an empty table: its columns are declared, not read from a file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa

from ingestion.contracts import Catalog
from ingestion.lake.schema import lake_schemas

SCHEMA = "lake"


def lake_tables(catalog: Catalog, lake: Path) -> dict[str, str]:
    """Name → the statement that makes it, of every lake table, to lie in the schema `lake`."""
    return {name: _statement(name, schema, lake / name) for name, schema in lake_schemas(catalog).items()}


def lake_mark(tables: dict[str, str]) -> str:
    """Names what `tables` declare: equal marks, equal tables."""
    return hashlib.sha256("\0".join(tables.values()).encode()).hexdigest()[:24]


def _statement(name: str, schema: pa.Schema, folder: Path) -> str:
    columns = ", ".join(f"`{field.name}` {spark_type(field.type)}" for field in schema)
    location = str(folder).replace("\\", "\\\\").replace("'", "\\'")
    return f"create table {SCHEMA}.`{name}` ({columns}) using parquet location '{location}'"


def spark_type(kind: pa.DataType) -> str:
    """Spark's name of an Arrow type of the lake; raises ValueError for one that no schema of ours has."""
    if pa.types.is_dictionary(kind):
        return spark_type(kind.value_type)
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind) and kind.tz is None:
        return "timestamp_ntz"
    try:
        return _NAMES[kind]
    except KeyError:
        raise ValueError(f"no type of Spark for {kind}") from None


_NAMES = {
    pa.string(): "string",
    pa.large_string(): "string",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float32(): "float",
    pa.float64(): "double",
}
