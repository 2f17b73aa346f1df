"""Batches that were withdrawn, and when."""

from __future__ import annotations

from datetime import UTC, datetime

from ingestion.checking.arrival import Arrival, arrival
from ingestion.lake.decided import decided_rows
from ingestion.lake.home import Home


def withdrawals(home: Home) -> dict[str, datetime]:
    """Batch → when it was withdrawn."""
    return {batch: moment.at.replace(tzinfo=UTC) for batch, moment in withdrawal_arrivals(home).items()}


def withdrawal_arrivals(home: Home) -> dict[str, Arrival]:
    """Batch → the place of its withdrawal in the order of arrival."""
    found: dict[str, Arrival] = {}
    for row in decided_rows(home, "withdrawal"):
        found.setdefault(row["batch_id"], arrival(row["withdrawn_no"], row["withdrawn_at"]))
    return found
