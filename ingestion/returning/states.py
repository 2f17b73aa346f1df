"""What became of each file and of each of its rows that waits: the one door of returning.

The rules stand in the dbt models `int_delivery__open`, `int_held_row__in_copy` and
`int_held_cell__in_copy`; whoever builds the warehouse writes down what they say. Of a file that is not in
it nothing is known yet but its outcome.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

import pyarrow as pa

from foundation.files import read_sealed, write_sealed
from ingestion.lake.home import parquet_bytes
from ingestion.lake.parquet import read_parquet
from ingestion.parsing.column_types import TEXT
from ingestion.returning.marked.model import RowKey

# Those with CELL are of rows that were taken without a cell.
CopyState = Literal[
    "OPEN", "CORRECTED", "KEPT", "MOVED", "SUPERSEDED", "DUPLICATE", "WITHDRAWN",
    "CELL_OPEN", "CELL_CORRECTED", "CELL_SUPERSEDED",
]  # fmt: skip
# One row per held row, or row with a cell that was not taken, of a batch; or one without a row.
STATES = pa.schema(
    [
        pa.field("batch_id", TEXT, nullable=False),
        pa.field("is_open", pa.bool_(), nullable=False),
        pa.field("source_sheet", TEXT),
        pa.field("source_row", pa.int32()),
        pa.field("copy_state", TEXT),
    ]
)


@dataclass(frozen=True)
class FileState:
    """Whether something of a batch is to be corrected, and what its copy says of each held row."""

    is_open: bool
    rows: Mapping[RowKey, CopyState] = field(default_factory=dict)

    def rows_that_are(self, *states: CopyState) -> frozenset[RowKey]:
        return frozenset(row for row, state in self.rows.items() if state in states)


@dataclass(frozen=True)
class States:
    """Batch → its state, as far as the last build knew."""

    of: Mapping[str, FileState] = field(default_factory=dict)
    digest: str = ""  # changes whenever they do


def write_states(states: pa.Table, path: Path) -> None:
    """Write down a table of the schema STATES behind its own hash."""
    write_sealed(parquet_bytes(states), path)


def kept_states(path: Path) -> pa.Table | None:
    """What a build wrote down; None where there was none yet, or not as it was written.

    The next build writes it anew, so that damage costs no more than the state of one night.
    """
    data = read_sealed(path)
    return None if data is None else read_parquet(pa.BufferReader(data), schema=STATES)


def read_states(path: Path) -> States:
    """The states that a build wrote down; none where `kept_states` has nothing."""
    if (kept := kept_states(path)) is None:
        return States()
    found: dict[str, tuple[bool, dict[RowKey, CopyState]]] = {}
    for row in kept.to_pylist():
        _, rows = found.setdefault(row["batch_id"], (row["is_open"], {}))
        if row["source_row"] is not None:
            place = (row["batch_id"], row["source_sheet"] or "", row["source_row"])
            rows[place] = cast(CopyState, row["copy_state"])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return States({batch: FileState(*state) for batch, state in found.items()}, digest)
