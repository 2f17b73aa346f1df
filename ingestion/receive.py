"""Take files out of the inbox: claim, keep the bytes, write the receipt. Safe to kill anywhere.

Steps per file, each atomic: rename into `inbox/.claimed/<stamp>-<n>/<department>/`, copy the bytes
to `archive/<sha[:2]>/<sha>`, write `archive/receipts/<sha>.json`, delete the claimed file. The stamp of
the claim is the moment of arrival, so a run that finds a claim left behind finishes it unchanged.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingestion.contracts import Catalog
from ingestion.home import Home, publish_file, write_bytes
from ingestion.lake.archive import is_whole
from ingestion.lake.sealed import sealed
from ingestion.outcome import UNKNOWN_DEPARTMENT, Receipt
from ingestion.problems import shown_name
from ingestion.rounds import (
    MISPLACED,
    after_withdrawal,
    apply_decisions,
    is_settled,
    read_receipt,
    receipt_text,
    recorded_outcomes,
)

STAMP = "%Y%m%dT%H%M%S.%fZ"
CHUNK = 1 << 20
# What Windows puts beside the files of a folder by itself. A shortcut is not among them: somebody made
# it in place of the file, and has to hear that the file did not come.
_LEFT_BY_WINDOWS = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini"})


def receive(
    home: Home, catalog: Catalog, *, now: datetime | None = None, settle_seconds: float = 0
) -> list[Receipt]:
    """Claim all stable files of the inbox and finish claims that an earlier run left behind.

    Returns the receipts written by this call; bytes that were known already give none.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    apply_decisions(home)
    for number, path in enumerate(_stable_files(home, settle_seconds)):
        _claim(home, path, _department(home, catalog, path), moment, number)
    taken = [_take(home, claim) for claim in sorted(home.claimed.glob("*/*/*"))]
    return [receipt for receipt in taken if receipt is not None]


def pending(home: Home) -> list[Receipt]:
    """Receipts whose file has not been loaded to the end, oldest first."""
    receipts = [read_receipt(path) for path in home.receipts.glob("*.json") if not path.name.startswith(".")]
    open_ = [receipt for receipt in receipts if not is_settled(home, receipt)]
    return sorted(open_, key=lambda r: (r.received_at, r.sha256))


def _stable_files(home: Home, settle_seconds: float) -> list[Path]:
    before = {path: _shape(path) for path in _candidates(home.inbox)}
    young = [p for p, (_, modified) in before.items() if time.time() - modified < settle_seconds]
    if young:
        time.sleep(settle_seconds)
    stable = [path for path, shape in before.items() if _shape(path) == shape]
    return sorted(stable, key=lambda path: (before[path][1], str(path)))


def _candidates(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        # Links could lead out of the inbox; lock and part files are other programs' business.
        if entry.is_symlink() or entry.name.startswith((".", "~$")) or entry.suffix.lower() == ".tmp":
            continue
        if entry.name.lower() in _LEFT_BY_WINDOWS:
            continue
        if entry.is_dir():
            yield from _candidates(entry)
        elif entry.is_file():
            yield entry


def _shape(path: Path) -> tuple[int, float]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return -1, -1.0
    return stat.st_size, stat.st_mtime


def _department(home: Home, catalog: Catalog, path: Path) -> str:
    folder = path.relative_to(home.inbox).parts[0]
    return folder if folder in catalog.departments else UNKNOWN_DEPARTMENT


def _claim(home: Home, path: Path, department: str, moment: datetime, number: int) -> None:
    while (claim := home.claimed / _stamp(moment, number)).exists():
        number += 1  # an earlier claim with this very stamp was left behind
    folder = claim / department
    folder.mkdir(parents=True)
    path.rename(folder / path.name)


def _stamp(moment: datetime, number: int) -> str:
    """One arrives after the other, as they were written: of two for one date the later one holds."""
    return f"{(moment + timedelta(microseconds=number)).strftime(STAMP)}-{number:05d}"


def _take(home: Home, claim: Path) -> Receipt | None:
    """Finish one claim; None when its bytes had arrived before."""
    moment = datetime.strptime(claim.parts[-3].rpartition("-")[0], STAMP).replace(tzinfo=UTC)
    sha256, size = _archive(home, claim)
    receipt = Receipt(
        sha256=sha256,
        department=claim.parts[-2],
        file_name=shown_name(claim.name),  # clerks name files after people
        size_bytes=size,
        received_at=moment,
    )
    written = _write_receipt(home, receipt)
    _remove_claim(claim)
    return receipt if written else None


def _archive(home: Home, claim: Path) -> tuple[str, int]:
    """Copy the bytes under their hash; returns the hash and the size."""
    digest = hashlib.sha256()
    partial = home.archive / f".{os.getpid()}.tmp"
    with claim.open("rb") as source, partial.open("wb") as target:
        while block := source.read(CHUNK):
            digest.update(block)
            target.write(block)
    size = partial.stat().st_size
    kept = home.archived(digest.hexdigest())
    # Kept bytes that were damaged since are healed by those that came again.
    if kept.exists() and is_whole(home, digest.hexdigest()):
        partial.unlink()
    else:
        kept.parent.mkdir(parents=True, exist_ok=True)
        publish_file(partial, kept)
    return digest.hexdigest(), size


def _write_receipt(home: Home, receipt: Receipt) -> bool:
    """Write the receipt unless the bytes came before; True when this arrival is the one that counts."""
    path = home.receipts / f"{receipt.sha256}.json"
    if path.exists():
        first = read_receipt(path)
        if _came_with(first) == _came_with(receipt):
            return True  # a killed run had come this far with this very claim
        if again := after_withdrawal(home, first, receipt):
            write_bytes(receipt_text(again), path)
            return True
        _note_arrival(home, receipt)
        if not _was_misplaced(home, first, receipt):
            return False
    write_bytes(receipt_text(receipt), path)
    (home.outcomes / path.name).unlink(missing_ok=True)
    return True


def _came_with(receipt: Receipt) -> tuple[object, ...]:
    return receipt.received_at, receipt.department, receipt.file_name


def _was_misplaced(home: Home, first: Receipt, again: Receipt) -> bool:
    outcomes = recorded_outcomes(home, first.sha256)
    return (
        first.department != again.department
        and bool(outcomes)
        and all(o.reason_code in MISPLACED for o in outcomes)
    )


def _note_arrival(home: Home, receipt: Receipt) -> None:
    stamp = receipt.received_at.strftime(STAMP)
    note = {
        "state": "DUPLICATE",
        "sha256": receipt.sha256,
        "department": receipt.department,
        "file_name": receipt.file_name,
        "received_at": receipt.received_at.isoformat(),
    }
    path = home.arrivals / f"{stamp}-{receipt.sha256[:12]}.json"
    write_bytes(sealed(note), path)


def _remove_claim(claim: Path) -> None:
    claim.unlink()
    for folder in (claim.parent, claim.parent.parent):
        try:
            folder.rmdir()
        except OSError:
            return  # not empty: another claim with the same stamp
