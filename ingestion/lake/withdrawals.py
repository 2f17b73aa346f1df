"""Batches that were withdrawn: each withdrawal is one file, written whole or not at all.

What is to be written is put down first, so that a killed command is finished by the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from foundation.files import write_bytes
from ingestion.checking.arrival import Arrival, arrival
from ingestion.lake.batch_files import file_of
from ingestion.lake.bundle import recorded
from ingestion.lake.home import Home, parquet_bytes
from ingestion.lake.landings import read_landing, record_withdrawal
from ingestion.lake.parquet import read_parquet
from ingestion.lake.schema import WITHDRAWAL

_ENDED = ["batch_id", "withdrawn_no", "withdrawn_at"]


def withdrawals(home: Home) -> dict[str, datetime]:
    """Batch → when it was withdrawn."""
    return {batch: moment.at.replace(tzinfo=UTC) for batch, moment in withdrawal_arrivals(home).items()}


def withdrawal_arrivals(home: Home) -> dict[str, Arrival]:
    """Batch → the place of its withdrawal in the order of arrival."""
    found: dict[str, Arrival] = {}
    for path in sorted((home.lake / "withdrawal").glob("[!._]*.parquet")):
        for row in read_parquet(path, columns=_ENDED, schema=WITHDRAWAL).to_pylist():
            found.setdefault(row["batch_id"], arrival(row["withdrawn_no"], row["withdrawn_at"]))
    return found


def write_withdrawal(home: Home, name: str, rows: list[dict[str, Any]]) -> None:
    """All batches in one file: a withdrawal happens whole or not at all. What is to be comes first.

    `rows` are those of `lake/withdrawal/`, with the moment as ISO text.
    """
    data = withdrawal_bytes(rows)
    record_withdrawal(home, name, rows, {f"withdrawal/{name}.parquet": hashlib.sha256(data).hexdigest()})
    write_bytes(data, home.lake / "withdrawal" / f"{name}.parquet")


def withdrawal_bytes(rows: Sequence[dict[str, Any]]) -> bytes:
    """The file of a withdrawal: equal rows, equal bytes."""
    moments = [{**row, "withdrawn_at": datetime.fromisoformat(row["withdrawn_at"])} for row in rows]
    return parquet_bytes(pa.Table.from_pylist(moments, schema=WITHDRAWAL))


def finish_withdrawals(home: Home) -> None:
    """Write the files of withdrawals that were put down and killed before they took effect, or are lost."""
    for path in recorded(home.landings, "withdrawal-"):
        landing = read_landing(path)
        if file_of(home, "withdrawal", landing.name) is None:
            write_withdrawal(home, landing.name, list(landing.rows))
