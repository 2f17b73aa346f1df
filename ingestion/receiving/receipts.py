"""The same bytes taken in hand again: dropped after a withdrawal, let through, or tried once more.

Nothing in the lake is overwritten. Each round has batch ids of its own and becomes known at its own
moment, so that a figure as known before it stays what it was.
"""

from __future__ import annotations

from foundation.files import write_bytes
from ingestion.lake.bundle import recorded
from ingestion.lake.decided import finish_decided
from ingestion.lake.home import Home
from ingestion.lake.records import Receipt, read_receipt, receipt_text, recorded_outcomes
from ingestion.lake.sealed import unsealed
from ingestion.lake.withdrawals import withdrawals


def after_withdrawal(home: Home, first: Receipt, again: Receipt) -> Receipt | None:
    """The receipt of bytes that are dropped again, when something of them was withdrawn meanwhile."""
    withdrawn = withdrawals(home)
    outcomes = recorded_outcomes(home, first.sha256)
    # A correction goes with the delivery that it corrects, and may come again once that is back.
    kept = tuple(
        o
        for o in outcomes
        if not withdrawn.keys() & {o.batch_id, o.corrects_batch_id} and o.reason_code != "RETURN_WITHDRAWN"
    )
    if len(kept) == len(outcomes):
        return None
    return again.model_copy(update={"round": first.round + 1, "kept": kept})


def apply_decisions(home: Home) -> None:
    """Give effect to what was decided about files: also to what a killed command had only written down."""
    for path in recorded(home.decisions):
        decided = Receipt.model_validate(unsealed(path)["receipt"])
        current = home.receipts / f"{decided.sha256}.json"
        if read_receipt(current).round < decided.round:
            write_bytes(receipt_text(decided), current)
    finish_decided(home)
