"""Batches that were withdrawn: each withdrawal is one file, written whole or not at all.

What is to be written is put down first, so that a killed command is finished by the next one.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from foundation.files import write_bytes
from ingestion.checking.arrival import Arrival, arrival
from ingestion.lake.home import Home, parquet_bytes
from ingestion.lake.landings import read_landing, record_withdrawal
from ingestion.lake.schema import WITHDRAWAL

_ENDED = ["batch_id", "withdrawn_no", "withdrawn_at"]


def withdrawals(home: Home) -> dict[str, datetime]:
    """Batch → when it was withdrawn."""
    return {batch: moment.at.replace(tzinfo=UTC) for batch, moment in withdrawal_arrivals(home).items()}


def withdrawal_arrivals(home: Home) -> dict[str, Arrival]:
    """Batch → the place of its withdrawal in the order of arrival."""
    found: dict[str, Arrival] = {}
    for path in sorted((home.lake / "withdrawal").glob("[!._]*.parquet")):
        for row in pq.read_table(path, columns=_ENDED, schema=WITHDRAWAL).to_pylist():
            found.setdefault(row["batch_id"], arrival(row["withdrawn_no"], row["withdrawn_at"]))
    return found


def write_withdrawal(home: Home, name: str, rows: list[dict[str, Any]]) -> None:
    """All batches in one file: a withdrawal happens whole or not at all. What is to be comes first.

    `rows` are those of `lake/withdrawal/`, with the moment as ISO text.
    """
    moments = [{**row, "withdrawn_at": datetime.fromisoformat(row["withdrawn_at"])} for row in rows]
    data = parquet_bytes(pa.Table.from_pylist(moments, schema=WITHDRAWAL))
    record_withdrawal(home, name, rows, {f"withdrawal/{name}.parquet": hashlib.sha256(data).hexdigest()})
    write_bytes(data, home.lake / "withdrawal" / f"{name}.parquet")


def finish_withdrawals(home: Home) -> None:
    """Write the files of withdrawals that were put down and killed before they took effect, or are lost."""
    for path in sorted(home.landings.glob("withdrawal-*.json")):
        landing = read_landing(path)
        if not all((home.lake / name).exists() for name in landing.files):
            write_withdrawal(home, landing.name, list(landing.rows))
