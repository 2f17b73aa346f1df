"""The order of arrival: one number after the other, handed out under a lock, whatever the clock says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow.compute as pc
import pyarrow.parquet as pq

from foundation.locks import alone
from ingestion.lake.home import Home
from ingestion.lake.numbers import remembered
from ingestion.lake.parquet import read_parquet
from ingestion.lake.records import receipts

_LAKE = (
    ("delivery", "received_no"),
    ("withdrawal", "withdrawn_no"),
    ("override", "recorded_no"),
    ("override_lift", "lifted_no"),
)


@contextmanager
def arriving(home: Home) -> Iterator[None]:
    """One process at a time takes files in and decides about them."""
    with alone(home.archive / "locks" / "arriving.lock"):
        yield


def last_number(home: Home) -> int:
    """The highest number that was given to anything: a claim, a receipt, a decision and what it wrote.

    Raises RecordDamagedError.
    """
    memory = remembered(home)
    known = memory.last_number if memory else _in_lake(home)
    claims = [claim_number(folder.name) for folder in home.claimed.glob("*-*")]
    numbers = [receipt.received_no for receipt in receipts(home)]
    return max([known, *claims, *numbers])


def claim_number(name: str) -> int:
    """The number in the name of a claim's folder."""
    return int(name.rpartition("-")[2])


def _in_lake(home: Home) -> int:
    highest = 0
    for table, column in _LAKE:
        for path in (home.lake / table).glob("[!.]*.parquet"):
            if column in pq.read_schema(path).names:
                found = pc.max(read_parquet(path, columns=[column])[column]).as_py()
                highest = max(highest, found or 0)
    return highest
