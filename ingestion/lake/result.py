"""One file on its way in, its batches' ids, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from ingestion.checking.arrival import Arrival, arrival
from ingestion.checking.batch import Batch
from ingestion.lake.records import Outcome, Waiver
from ingestion.messages.problems import FileProblem

if TYPE_CHECKING:
    from ingestion.readers import Reading


@dataclass(frozen=True)
class File:
    """One file to be looked at: dropped as it is, or an entry of an archive."""

    data: bytes
    sha256: str
    name: str
    container: str | None
    container_sha256: str
    department: str | None
    received_at: datetime
    received_no: int = 0
    arrived_at: datetime | None = None
    number: int = 1  # these bytes are taken in hand for the n-th time
    waiver: Waiver | None = None

    @property
    def arrival(self) -> Arrival:
        """Its place in the order of arrival."""
        return arrival(self.received_no, self.received_at)


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    batch: Batch | None = None
    parts: pa.Table | None = None
    file_problem: FileProblem | None = None
    corrections: pa.Table | None = None
    reading: Reading | None = None
    waiver: Waiver | None = None  # with the limits that were really exceeded


def batch_id_of(file: File, feed: str | None) -> str:
    """The rows of one feed in one file."""
    return f"{batch_stem(file.sha256, file.number)}-{feed or 'unmatched'}"


def batch_stem(sha256: str, number: int) -> str:
    """What the batch ids of these bytes begin with when they are taken in hand for the n-th time."""
    return (sha256 if number == 1 else hashlib.sha256(f"{sha256}#{number}".encode()).hexdigest())[:16]
