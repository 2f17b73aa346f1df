"""A mark per file that is being loaded: it tells that an earlier attempt did not come to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from foundation.files import flush_folder
from ingestion.lake.bundle import is_recorded
from ingestion.lake.home import Home
from ingestion.lake.records import is_settled, read_receipt


@contextmanager
def attempt(home: Home, sha256: str) -> Iterator[bool]:
    """Mark the loading of a file while it lasts; True when an earlier one did not come to its end."""
    mark = home.attempts / sha256
    unfinished = mark.exists()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    flush_folder(mark.parent)  # it tells a killed load from a record that was lost
    yield unfinished
    mark.unlink(missing_ok=True)  # not reached when something was raised


def sweep_attempts(home: Home) -> None:
    """Take away marks of files that were loaded: a load that was killed after its record leaves one."""
    for mark in home.attempts.glob("[!.]*"):
        receipt = home.receipts / f"{mark.name}.json"
        if is_recorded(receipt) and is_settled(home, read_receipt(receipt)):
            mark.unlink(missing_ok=True)
