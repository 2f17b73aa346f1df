"""Reading one Parquet file without what pyarrow's `read_table` brings along: it imports pandas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def read_parquet(
    source: Path | pa.NativeFile, columns: Sequence[str] | None = None, schema: pa.Schema | None = None
) -> pa.Table:
    """The rows of a file: all columns of it, or `columns`, or those of `schema`.

    With a schema columns have its types, and one that the file lacks is empty. Raises OSError,
    pa.ArrowInvalid for a file that cannot be read or does not fit.
    """
    with pq.ParquetFile(source) as file:
        held = file.schema_arrow.names
        names = list(columns) if columns is not None else (held if schema is None else schema.names)
        table = file.read(columns=[name for name in names if name in held])
        count = file.metadata.num_rows
    if schema is None:
        return table.select(names)  # a column that is not there is an error
    wanted = pa.schema([schema.field(name) for name in names])
    arrays = [
        table[field.name].cast(field.type) if field.name in held else pa.nulls(count, field.type)
        for field in wanted
    ]
    return pa.Table.from_arrays(arrays, schema=wanted)
