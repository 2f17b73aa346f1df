"""A column that an earlier delivery of the same parts filled and this one does not: said, so that a
state that rested on it does not turn unknown unheard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.checking.arrival import arrival_of
from ingestion.checking.batch import Batch
from ingestion.lake import batch_files
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.messages.problems import quoted

_MOSTLY = 0.5  # filled rows of a column before; a column that is there and empty may have been so by chance
_LISTED = 5
Words = dict[str, str]


def columns_gone(batch: Batch, parts: pa.Table, home: Home, batch_id: str) -> list[tuple[str, Words]]:
    """The note on a file, `parts` being its delivery parts; nothing when it is the first for them."""
    before = _last_of_the_parts(History(home, batch.contract, without=batch_id), parts)
    if before is None or not batch.row_count:
        return []
    shares = dict(_filled_shares(home, batch.contract.feed, before["batch_id"]))
    headers = [
        column.header
        for column in batch.contract.columns
        if shares.get(column.name, 0) > (0 if _is_absent(batch, column.name) else _MOSTLY)
        and _is_empty(batch, column.name)
    ]
    if not headers:
        return []
    named = quoted(headers[:_LISTED])
    named += f"等 {len(headers)} 列" if len(headers) > _LISTED else ""
    words = {"title": batch.contract.title, "date": before["as_of"].isoformat(), "columns": named}
    return [("COLUMNS_GONE", words)]


def _last_of_the_parts(history: History, parts: pa.Table) -> dict[str, Any] | None:
    """The newest delivery that said something of one of the parts; a marked copy is not asked."""
    own = set(parts["part"].to_pylist())
    spoke = {part["batch_id"] for part in history.parts if part["part"] in own}
    found = [d for d in history.deliveries if d["batch_id"] in spoke and d["rows_accepted"]]
    whole = [delivery for delivery in found if not delivery["corrects_batch_id"]]
    return max(whole, key=arrival_of, default=None)


def _filled_shares(home: Home, feed: str, batch_id: str) -> Iterator[tuple[str, float]]:
    """Per column of a landed batch, the share of its rows that hold a value.

    Read off the statistics where the batch has a file of its own.
    """
    path = batch_files.own_file(home, feed, batch_id)
    if not path.exists():
        if (rows := batch_files.read(home, feed, batch_id)) is not None and len(rows):
            yield from ((name, 1 - rows[name].null_count / len(rows)) for name in rows.column_names)
        return
    kept = pq.ParquetFile(path).metadata
    for at in range(kept.num_columns):
        chunks = [kept.row_group(group).column(at) for group in range(kept.num_row_groups)]
        if chunks and all(chunk.statistics is not None for chunk in chunks):
            empty = sum(chunk.statistics.null_count for chunk in chunks)
            yield chunks[0].path_in_schema, 1 - empty / max(kept.num_rows, 1)


def _is_absent(batch: Batch, name: str) -> bool:
    return not any(table.says(name) for table in batch.tables)


def _is_empty(batch: Batch, name: str) -> bool:
    """Whether no cell of a column holds anything; what could not be read is there, and said itself."""
    return _is_absent(batch, name) or bool(np.all(batch.blank[name]))
