"""What becomes of one feed in a file, as values: the outcome is made of them once, in `outcomes`."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ingestion.checking.batch import Batch
from ingestion.contracts import Contract
from ingestion.lake.records import Waiver
from ingestion.messages.problems import FileProblem


@dataclass(frozen=True)
class Verdict:
    """Refused for `problem`, nothing to report (`nil_of`), or taken: then `batch` has its rows."""

    problem: FileProblem | None = None
    nil_of: Contract | None = None
    batch: Batch | None = None  # of a refused file: its rows, all of them held
    rows: int = 0  # of a refused file of which none is kept: those of another county are not ours
    parts: pa.Table | None = None
    corrections: pa.Table | None = None
    waiver: Waiver | None = None  # with the limits that were really exceeded
