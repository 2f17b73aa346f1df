"""The parts of a marked copy of a cut feed: each row stays in the part of the row that it corrects."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from ingestion.checking.batch import Batch
from ingestion.gate.correction_base import Base
from ingestion.lake import batch_files
from ingestion.lake.rows import Place, rows_of
from ingestion.lake.schema import feed_schema
from ingestion.matching.row_reference import RowReference, sheet_key
from ingestion.parsing.column_types import TEXT


def keep_town_parts(batch: Batch, base: Base) -> None:
    """Give each returned row of a cut feed the part of its row in the base, a new one that of its like."""
    if batch.contract.cut is None:
        return
    parts, by_key = _parts_of_base(batch, base)
    usual = next((part for part, _ in Counter(parts.values()).most_common(1)), "")
    names = batch.contract.cut.by
    keys = list(zip(*(batch.columns[name].cast(TEXT).to_pylist() for name in names), strict=True))
    found = []
    for at, reference in enumerate(base.references):
        like = by_key.get(keys[at], usual) if keys else usual
        found.append(parts.get(_place(reference, base), like) if reference else like)
    batch.part = pa.array(found, TEXT)


def _place(reference: RowReference, base: Base) -> Place:
    fitting = [s for s in base.sheets if not reference.sheet_key or sheet_key(s) == reference.sheet_key]
    return (fitting[0] if fitting else "", reference.row)


def _parts_of_base(batch: Batch, base: Base) -> tuple[dict[Place, str], dict[tuple[str, ...], str]]:
    """Row of the base → its part, and value of the cut's columns → the part of its rows."""
    home, contract = base.history.home, batch.contract
    held = rows_of(home, "held_row", base.batch_id)
    parts = {(row["source_sheet"] or "", row["source_row"]): row["part"] or "" for row in held}
    by_key: dict[tuple[str, ...], str] = {}
    names = contract.cut.by if contract.cut else ()
    columns = ["_source_sheet", "_source_row", "_part", *names]
    landed = batch_files.read(home, contract.feed, base.batch_id, columns, feed_schema(contract))
    for row in landed.to_pylist() if landed is not None else ():
        parts[row["_source_sheet"] or "", row["_source_row"]] = row["_part"]
        by_key[tuple(str(row[name]) for name in names)] = row["_part"]
    return parts, by_key
