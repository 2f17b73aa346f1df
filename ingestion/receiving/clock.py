"""A clock that jumped is noticed before anything is stamped with it.

The moment of a receipt decides what was known when (`known_by`), so it must not lie. Which of two
deliveries holds does not hang on it: see ingestion/checking/arrival.py. A step back of less than a day is no
jump (a clock that is set right): the new receipts then get the moment of the last one, so that what
was known at a moment does not change afterwards.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from foundation.files import write_bytes
from ingestion.lake.home import Home
from ingestion.lake.numbers import clock_record
from ingestion.lake.records import receipts
from ingestion.lake.sealed import sealed, unsealed

# Older than the program and everything it is made of: no clock that is right says so.
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
STEP_BACK = timedelta(days=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class ClockRule:
    """How far the clock may have moved since the last run; `confirmed_by` says that it is right."""

    jump_days: float
    confirmed_by: str | None = None


class ClockJumpedError(Exception):
    """The clock cannot be right; `words` are for the sentence."""

    def __init__(self, now: datetime, last: datetime, days: float) -> None:
        super().__init__("CLOCK_JUMPED")
        self.now, self.last, self.days = now, last, days


def credible(home: Home, now: datetime, rule: ClockRule) -> datetime:
    """The moment to stamp with; raises ClockJumpedError. A confirmation is kept with both moments."""
    last = last_seen(home)
    ahead = last is not None and now - last > timedelta(days=rule.jump_days)
    behind = now < NOT_BEFORE or (last is not None and last - now > STEP_BACK)
    if not (ahead or behind):
        return max(now, last + _TICK) if last is not None else now
    if rule.confirmed_by is None:
        raise ClockJumpedError(now, last or NOT_BEFORE, rule.jump_days)
    _keep(home, now, {"at": now.isoformat(), "last": last and last.isoformat(), "by": rule.confirmed_by})
    return now


def last_seen(home: Home) -> datetime | None:
    """The moment of the last run whose clock was believed, else that of the newest receipt.

    Raises RecordDamagedError.
    """
    if found := _read(home):
        return datetime.fromisoformat(found["seen_at"])
    return newest_receipt(home)


def make_again(home: Home, now: datetime) -> None:
    """Begin the lost record anew, by the newest receipt; it says that who confirmed what is gone."""
    clock_record(home).unlink(missing_ok=True)
    content = {
        "seen_at": (newest_receipt(home) or now).isoformat(),
        "confirmed": [],
        "lost_before": now.isoformat(),
    }
    write_bytes(sealed(content), clock_record(home))


def newest_receipt(home: Home) -> datetime | None:
    """When the newest receipt was written; None before the first. Raises RecordDamagedError."""
    return max((receipt.received_at for receipt in receipts(home)), default=None)


def believe(home: Home, moment: datetime) -> None:
    """Remember that the clock stood at `moment`, up to which stamps were given out."""
    _keep(home, moment, None)


def observe(home: Home, now: datetime, rule: ClockRule) -> None:
    """Remember where the clock stands although nothing came, unless it needs a confirmation."""
    with suppress(ClockJumpedError):
        believe(home, credible(home, now, ClockRule(rule.jump_days)))


def _read(home: Home) -> dict[str, Any]:
    path = clock_record(home)
    return unsealed(path) if path.exists() else {}


def _keep(home: Home, seen_at: datetime, confirmation: dict[str, Any] | None) -> None:
    before = _read(home)
    confirmed = [*before.get("confirmed", []), *([confirmation] if confirmation else [])]
    content = {**before, "seen_at": seen_at.isoformat(), "confirmed": confirmed}
    write_bytes(sealed(content), clock_record(home))
