"""A file of which everything came before: nothing is landed again, and everybody hears of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from foundation.language import county_day
from ingestion.lake.home import Home
from ingestion.lake.records import STAMP, Outcome, Receipt
from ingestion.lake.sealed import sealed
from ingestion.messages.problems import remedy, sentence

CODE = "ALREADY_THERE"
_SUFFIX = "-duplicate"


def is_duplicate(batch_id: str) -> bool:
    """Whether it is the id of such an outcome, and of no batch."""
    return batch_id.endswith(_SUFFIX)


def note_path(home: Home, receipt: Receipt) -> Path:
    """Where it is noted that bytes came once more, with this receipt."""
    return home.arrivals / f"{receipt.received_at.strftime(STAMP)}-{receipt.sha256[:12]}.json"


def note_of(outcome: Outcome, receipt: Receipt) -> bytes:
    """The note, for the slip."""
    return sealed(
        {
            "state": "DUPLICATE",
            "sha256": receipt.sha256,
            "department": receipt.department,
            "file_name": receipt.file_name,
            "received_no": receipt.received_no,
            "received_at": receipt.received_at.isoformat(),
            "reason": outcome.reason,
            "reason_en": outcome.reason_en,
        }
    )


def duplicate(receipt: Receipt, known_since: Iterable[datetime]) -> Outcome:
    """The outcome of a file whose contents came before, at `known_since`: no rows, no feed, no batch.

    Of several moments the last is named: only since then everything in the file is known.
    """
    moments = list(known_since)
    since = max(moments) if moments else receipt.received_at
    words = {"since": county_day(since).isoformat()}
    # Not the id of any batch of these bytes: nobody may take this line for what they brought.
    stem = hashlib.sha256(f"{receipt.sha256}@{receipt.received_no}".encode()).hexdigest()[:16]
    return Outcome(
        batch_id=f"{stem}{_SUFFIX}",
        feed=None,
        department=receipt.department,
        file_name=receipt.file_name,
        container_name=None,
        sha256=receipt.sha256,
        received_no=receipt.received_no,
        received_at=receipt.received_at.astimezone(UTC),
        as_of=None,
        rows_read=0,
        rows_accepted=0,
        rows_held=0,
        delivery_state="DUPLICATE",
        reason_code=CODE,
        reason=sentence(CODE, words),
        remedy=remedy(CODE, words),
        reason_en=sentence(CODE, words, english=True),
        remedy_en=remedy(CODE, words, english=True),
        encoding=None,
        sheets=(),
        title=None,
        unknown_columns=(),
        warning_count=0,
        repair_count=0,
    )
