"""The Arrow type of each domain type: what its parser gives and the lake holds."""

from __future__ import annotations

import pyarrow as pa

TEXT = pa.string()
YUAN = pa.decimal128(18, 2)

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": TEXT,
    "person_name": TEXT,
    "id_number": TEXT,
    "person_document": TEXT,
    "code": TEXT,
    "school_year": TEXT,
    "date": pa.date32(),
    "year": pa.int32(),
    "year_month": pa.date32(),
    "money_yuan": YUAN,
    "count": pa.int32(),
    "measurement": pa.float64(),
    "test_value": pa.float64(),
    "yes_no": pa.bool_(),
}
# A type that carries a second answer beside its value: the suffix of that column.
COMPANIONS = {"id_number": "_state", "person_document": "_state", "test_value": "_op"}
# The kind of document that a number is of, which follows from the number and from what its row says.
KIND = "_kind"


def companion_suffixes(column_type: str) -> tuple[str, ...]:
    """The suffixes of the lake columns that stand beside a column of this type."""
    own = (COMPANIONS[column_type],) if column_type in COMPANIONS else ()
    return (*own, KIND) if column_type == "person_document" else own
