"""Whose turn it is: the files of one department are loaded one after another, the oldest date first.

Files of a feed that tells the towns of another's rows go before all others: who came first in the same
night says nothing of what can be known in it.

A file is judged by what has landed of its feed before: whether it is half a file, which row it corrects.
Two files of a feed at once, or in the order of chance, would come to something else every night.
Departments share no feed and go on side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from foundation.locks import alone
from ingestion.checking.arrival import Arrival
from ingestion.contracts import Catalog
from ingestion.lake.home import Home
from ingestion.lake.records import Receipt
from ingestion.parsing.stated_dates import stated_date


def in_turn(receipts: Iterable[Receipt], catalog: Catalog | None = None) -> list[Receipt]:
    """By the date in the file's name, those without one last; of one date by arrival.

    With `catalog`, files that tell of towns first, as far as their names say so.
    """
    return sorted(receipts, key=lambda receipt: (not _tells_towns(receipt, catalog), *_place(receipt)))


def _place(receipt: Receipt) -> tuple[date, Arrival, str]:
    stated = stated_date((), receipt.file_name)
    return stated or date.max, receipt.arrival, receipt.sha256


def _tells_towns(receipt: Receipt, catalog: Catalog | None) -> bool:
    if catalog is None:
        return False
    # Only here: the inbox is looked at all day, without the libraries that read files.
    from ingestion.matching.feeds import feed_by_title

    contract = feed_by_title([receipt.file_name], catalog)
    return contract is not None and contract.feed in catalog.place_feeds


@contextmanager
def turn_of(home: Home, department: str, wait_seconds: float | None = None) -> Iterator[None]:
    """Wait until no other process loads a file of the department; LockedError when that takes too long."""
    with alone(home.archive / "locks" / f"{department}.lock", wait_seconds):
        yield
