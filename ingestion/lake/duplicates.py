"""A file of which everything came before: nothing is landed again, and everybody hears of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from foundation.language import county_day
from ingestion.lake.records import Outcome, Receipt
from ingestion.messages.problems import remedy, sentence

CODE = "ALREADY_THERE"
_SUFFIX = "-duplicate"


def is_duplicate(batch_id: str) -> bool:
    """Whether it is the id of such an outcome, and of no batch."""
    return batch_id.endswith(_SUFFIX)


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
