"""What a person decided, as rows of the lake: each decision is one file, written whole or not at all.

What is to be written is put down first, so that a killed command is finished by the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from foundation.files import write_bytes
from ingestion.lake.batch_files import file_of
from ingestion.lake.bundle import recorded
from ingestion.lake.home import Home, parquet_bytes
from ingestion.lake.landings import DecidedKind, read_landing, record_decided
from ingestion.lake.parquet import read_parquet
from ingestion.lake.schema import OVERRIDE, OVERRIDE_LIFT, WITHDRAWAL

# Lake table → its schema, and the column of the moment from which on it is known.
DECIDED: dict[DecidedKind, pa.Schema] = {
    "withdrawal": WITHDRAWAL,
    "override": OVERRIDE,
    "override_lift": OVERRIDE_LIFT,
}
KNOWN_AT: dict[DecidedKind, str] = {
    "withdrawal": "withdrawn_at",
    "override": "recorded_at",
    "override_lift": "lifted_at",
}


def write_decided(home: Home, kind: DecidedKind, name: str, rows: list[dict[str, Any]]) -> None:
    """All rows in one file: a decision happens whole or not at all. What is to be comes first.

    `rows` are those of `lake/<kind>/`, with days and moments as ISO text; `name` begins with the kind and a
    dash.
    """
    data = decided_bytes(kind, rows)
    record_decided(home, kind, name, rows, {f"{kind}/{name}.parquet": hashlib.sha256(data).hexdigest()})
    write_bytes(data, home.lake / kind / f"{name}.parquet")


def decided_bytes(kind: DecidedKind, rows: Sequence[dict[str, Any]]) -> bytes:
    """The file of a decision: equal rows, equal bytes."""
    typed = [{field.name: _typed(row.get(field.name), field.type) for field in DECIDED[kind]} for row in rows]
    return parquet_bytes(pa.Table.from_pylist(typed, schema=DECIDED[kind]))


def decided_rows(home: Home, kind: DecidedKind) -> Iterator[dict[str, Any]]:
    """The rows of all decisions of a kind, in the order of their files; moments are naive UTC."""
    for path in sorted((home.lake / kind).glob("[!._]*.parquet")):
        yield from read_parquet(path, schema=DECIDED[kind]).to_pylist()


def finish_decided(home: Home) -> None:
    """Write the files of decisions that were put down and killed before they took effect, or are lost."""
    for kind in DECIDED:
        for path in recorded(home.landings, f"{kind}-"):
            landing = read_landing(path)
            if file_of(home, kind, landing.name) is None:
                write_decided(home, kind, landing.name, list(landing.rows))


def _typed(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if pa.types.is_date(kind) else value
