"""The same bytes taken in hand again: dropped after a withdrawal, let through, or tried once more.

Nothing in the lake is overwritten. Each round has batch ids of its own and becomes known at its own
moment, so that a figure as known before it stays what it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.arrival import Arrival, arrival, arrival_of
from ingestion.home import Home, parquet_bytes, write_bytes
from ingestion.lake.landings import read_landing, record_withdrawal
from ingestion.lake.sealed import sealed, unsealed
from ingestion.outcome import Outcome, Receipt
from ingestion.result import File
from ingestion.schema import DELIVERY, WITHDRAWAL
from ingestion.verdict import batch_stem

# The file was good, it lay in the wrong folder: dropped into the right one, it is a new arrival.
MISPLACED = frozenset({"WRONG_DEPARTMENT", "UNKNOWN_DEPARTMENT"})
_FIELDS = [
    "batch_id",
    "received_no",
    "received_at",
    "arrived_at",
    "delivery_state",
    "reason_code",
    "corrects_batch_id",
]
_ENDED = ["batch_id", "withdrawn_no", "withdrawn_at"]


def recorded_outcomes(home: Home, sha256: str) -> list[Outcome]:
    """What an earlier load of these bytes came to; empty when it did not finish."""
    path = home.outcomes / f"{sha256}.json"
    return read_outcomes(path) if path.exists() else []


def read_outcomes(path: Path) -> list[Outcome]:
    """Raises RecordDamagedError."""
    return [Outcome.model_validate(entry) for entry in unsealed(path)["outcomes"]]


def outcomes_text(outcomes: Sequence[Outcome]) -> bytes:
    """Outcomes of a file as they are kept."""
    return sealed({"outcomes": [outcome.model_dump(mode="json") for outcome in outcomes]})


def settled(home: Home, receipt: Receipt) -> list[Outcome]:
    """What this round of these bytes came to; empty when it did not finish."""
    return recorded_outcomes(home, receipt.sha256) if is_settled(home, receipt) else []


def is_settled(home: Home, receipt: Receipt) -> bool:
    """Whether this round of these bytes was loaded to the end."""
    if receipt.round == 1:
        return (home.outcomes / f"{receipt.sha256}.json").exists()
    # The outcomes of the round before stay until this one's take their place.
    outcomes = recorded_outcomes(home, receipt.sha256)
    return any(outcome.arrival >= receipt.arrival for outcome in outcomes)


def receipt_text(receipt: Receipt) -> bytes:
    """A receipt as it is kept."""
    return sealed(receipt.model_dump(mode="json"))


def read_receipt(path: Path) -> Receipt:
    """Raises RecordDamagedError or FileNotFoundError."""
    return Receipt.model_validate(unsealed(path))


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
    for path in sorted(home.decisions.glob("[!.]*.json")):
        decided = Receipt.model_validate(unsealed(path)["receipt"])
        current = home.receipts / f"{decided.sha256}.json"
        if read_receipt(current).round < decided.round:
            write_bytes(receipt_text(decided), current)
    finish_withdrawals(home)


def numbered(home: Home, file: File) -> File:
    """`file` with the number of its round: one more than those that are over."""
    withdrawn = _withdrawn(home)
    number = 1
    while any(_is_over(d, withdrawn, file) for d in _deliveries(home, file.sha256, number)):
        number += 1
    return replace(file, number=number)


def landed_before(home: Home, file: File, feed: str | None) -> bool:
    """Whether these bytes brought this feed already, in another archive or in an earlier round."""
    withdrawn = _withdrawn(home)
    for number in range(1, file.number + 1):
        for delivery in _deliveries(home, file.sha256, number):
            ours = delivery["batch_id"].endswith(f"-{feed or 'unmatched'}")
            misplaced = delivery["reason_code"] in MISPLACED
            if (
                ours
                and not misplaced
                and _is_earlier(delivery, file)
                and not _is_over(delivery, withdrawn, file)
            ):
                return True
    return False


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


def known_since(home: Home, file: File) -> datetime | None:
    """When what is in `file` came first and was taken, as far as it was."""
    found = [d for number in range(1, file.number + 1) for d in _deliveries(home, file.sha256, number)]
    moments = [d["arrived_at"] or d["received_at"] for d in found if _is_earlier(d, file)]
    return min(moments).replace(tzinfo=UTC) if moments else None


def withdrawals(home: Home) -> dict[str, datetime]:
    """Batch → when it was withdrawn."""
    return {batch: moment.at.replace(tzinfo=UTC) for batch, moment in _withdrawn(home).items()}


def _withdrawn(home: Home) -> dict[str, Arrival]:
    """Batch → the place of its withdrawal in the order of arrival."""
    found: dict[str, Arrival] = {}
    for path in sorted((home.lake / "withdrawal").glob("[!._]*.parquet")):
        for row in pq.read_table(path, columns=_ENDED, schema=WITHDRAWAL).to_pylist():
            found.setdefault(row["batch_id"], arrival(row["withdrawn_no"], row["withdrawn_at"]))
    return found


def _deliveries(home: Home, sha256: str, number: int) -> list[dict[str, Any]]:
    paths = sorted((home.lake / "delivery").glob(f"{batch_stem(sha256, number)}-*.parquet"))
    tables = [pq.read_table(path, columns=_FIELDS, schema=DELIVERY) for path in paths]
    return [row for table in tables for row in table.to_pylist()]


def _is_earlier(delivery: dict[str, Any], file: File) -> bool:
    return arrival_of(delivery) < file.arrival


def _is_over(delivery: dict[str, Any], withdrawn: dict[str, Arrival], file: File) -> bool:
    """Withdrawn, or refused for what it contains, before `file` came."""
    if not _is_earlier(delivery, file):
        return False
    moments = [at for key in ("batch_id", "corrects_batch_id") if (at := withdrawn.get(delivery[key]))]
    refused = delivery["delivery_state"] == "REFUSED" and delivery["reason_code"] not in MISPLACED
    return refused or any(moment < file.arrival for moment in moments)
