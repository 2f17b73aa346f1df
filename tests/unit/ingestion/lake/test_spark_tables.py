"""The lake's tables for Spark say what the one schema list says."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from ingestion.contracts import load_catalog
from ingestion.lake.schema import lake_schemas
from ingestion.lake.spark_tables import lake_mark, lake_tables, spark_type


def test_every_table_of_the_lake_has_its_columns_and_folder() -> None:
    catalog = load_catalog()
    tables = lake_tables(catalog, Path("/home/it's/lake"))
    schemas = lake_schemas(catalog)
    assert tables.keys() == schemas.keys()
    for name, statement in tables.items():
        for field in schemas[name]:
            assert f"`{field.name}` {spark_type(field.type)}" in statement
        assert statement.endswith(f"location '/home/it\\'s/lake/{name}'")


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (pa.decimal128(18, 2), "decimal(18,2)"),
        (pa.timestamp("us"), "timestamp_ntz"),
        (pa.dictionary(pa.int32(), pa.string()), "string"),
        (pa.date32(), "date"),
        (pa.int32(), "int"),
    ],
)
def test_types_are_named_as_spark_names_them(kind: pa.DataType, named: str) -> None:
    assert spark_type(kind) == named


def test_a_type_that_the_lake_never_has_is_refused() -> None:
    for kind in (pa.list_(pa.string()), pa.timestamp("us", "UTC")):
        with pytest.raises(ValueError, match="no type of Spark"):
            spark_type(kind)


def test_the_mark_changes_with_a_column() -> None:
    tables = lake_tables(load_catalog(), Path("/lake"))
    assert lake_mark(tables) == lake_mark(dict(tables))
    assert lake_mark(tables) != lake_mark({**tables, "delivery": tables["delivery"] + " "})
