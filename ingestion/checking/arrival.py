"""Which of two deliveries came later: their number in the order of arrival decides, never the clock.

A clock may jump; a number that is handed out under a lock only grows. What was received before numbers
were kept has none: it came before everything that has one, and among itself by its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple


class Arrival(NamedTuple):
    """Sorts in the order of arrival: the number first (0: none was kept), then the moment (UTC, naive)."""

    number: int
    at: datetime


def arrival(number: int | None, at: datetime) -> Arrival:
    """The place of something in the order of arrival; a moment without a zone is UTC."""
    return Arrival(number or 0, at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at)


def arrival_of(row: Mapping[str, Any], prefix: str = "") -> Arrival:
    """The same for a row of the lake; files written before numbers were kept lack the column."""
    return arrival(row.get(f"{prefix}received_no"), row[f"{prefix}received_at"])
