"""The rows of one batch, wherever they lie: in its own file, or in a compacted one.

The only place that knows which. Until a compaction is at its end a batch may have both: its own file holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.lake.compacted import Cut, compaction, is_compacted
from ingestion.lake.home import Home
from ingestion.lake.parquet import read_parquet

Row = dict[str, Any]


def own_file(home: Home, table: str, batch_id: str) -> Path:
    """Where a batch's rows of a table are written, and lie until they are compacted."""
    return home.lake / table / f"{batch_id}.parquet"


def own_files(home: Home, table: str, pattern: str = "*") -> list[Path]:
    """The files of a table that hold one batch each."""
    paths = (home.lake / table).glob(f"{pattern}.parquet")
    return sorted(path for path in paths if path.name[0] not in "._" and not is_compacted(path))


def file_of(home: Home, table: str, batch_id: str) -> Path | None:
    """The file that holds a batch's rows of a table, and maybe those of others; None where it has none."""
    own = own_file(home, table, batch_id)
    if own.exists():
        return own
    cut = compaction(home).cuts.get(f"{table}/{own.name}")
    return home.lake / cut.file.name if cut else None


def files_of(home: Home, table: str, batch_ids: Iterable[str]) -> list[Path]:
    """The files that hold the rows of these batches, each once."""
    found = (file_of(home, table, batch_id) for batch_id in batch_ids)
    return list(dict.fromkeys(path for path in found if path is not None))


def batches(home: Home, table: str, beginning: str = "", ending: str = "") -> list[str]:
    """The batches that have a file of this table, in the order of their ids."""
    own = {path.stem for path in own_files(home, table, f"{beginning}*{ending}")}
    packed = compaction(home).batches(table)
    own.update(batch for batch in packed if batch.startswith(beginning) and batch.endswith(ending))
    return sorted(own)


def read(
    home: Home,
    table: str,
    batch_id: str,
    columns: Sequence[str] | None = None,
    schema: pa.Schema | None = None,
) -> pa.Table | None:
    """A batch's rows of a table; None where it has none. With `schema`, columns that it lacks are empty."""
    own = own_file(home, table, batch_id)
    if own.exists():
        return read_parquet(own, columns, schema)
    cut = compaction(home).cuts.get(f"{table}/{own.name}")
    return _cut_out(home.lake / cut.file.name, cut, columns, schema) if cut else None


def rows_ending(home: Home, table: str, ending: str) -> list[Row]:
    """The rows of all batches whose id ends so; what nobody changes is read once."""
    found = [row for path in own_files(home, table, f"*{ending}") for row in _rows(path)]
    for file in compaction(home).by_table.get(table, ()):
        found += _rows(home.lake / file.name, ending)
    return sorted(found, key=lambda row: str(row["batch_id"]))  # stable: a batch's rows stay in their order


def _cut_out(path: Path, cut: Cut, columns: Sequence[str] | None, schema: pa.Schema | None) -> pa.Table:
    with pq.ParquetFile(path) as file:
        there = file.schema_arrow.remove_metadata()
        wanted = list(columns if columns is not None else (schema or there).names)
        names = [name for name in wanted if name in there.names]
        groups: list[int] = []
        before = first = 0
        for at in range(file.num_row_groups):
            end = before + file.metadata.row_group(at).num_rows
            if end > cut.first and before < cut.first + cut.rows:
                first = first if groups else before
                groups.append(at)
            before = end
        rows = file.read_row_groups(groups, columns=names) if groups else there.empty_table()
    rows = rows.select(names).slice(cut.first - first if groups else 0, cut.rows)
    if schema is None:
        return rows.replace_schema_metadata(None)
    return pa.table(
        {
            name: rows[name].cast(schema.field(name).type)
            if name in names
            else pa.nulls(len(rows), schema.field(name).type)
            for name in wanted
        }
    )


def _rows(path: Path, ending: str = "") -> tuple[Row, ...]:
    now = path.stat()
    return _rows_of(path, ending, now.st_ino, now.st_mtime_ns, now.st_size)


@lru_cache(maxsize=20_000)  # what stands is read again for every file of a feed
def _rows_of(path: Path, ending: str, *_: int) -> tuple[Row, ...]:
    rows = read_parquet(path)
    if ending:
        batch_ids = rows["batch_id"].to_pylist()
        rows = rows.filter(pa.array([batch_id.endswith(ending) for batch_id in batch_ids], pa.bool_()))
    return tuple(rows.to_pylist())
