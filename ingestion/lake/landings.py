"""What was written to the lake, file by file with its hash: one record per batch, under `archive/landings/`.

A record is written before the delivery row that makes the batch count, and that of a person's decision
before its file: what counts in the lake always has its record. It holds the receipt and the outcome as
well, so that a lake file, a receipt or an outcome that is lost can be made again
(`ingestion/pipeline/repair.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from foundation.files import write_bytes
from ingestion.lake.bundle import is_recorded, recorded_names
from ingestion.lake.duplicates import is_duplicate
from ingestion.lake.home import Home
from ingestion.lake.records import Outcome, Receipt
from ingestion.lake.sealed import read_as, sealed

DecidedKind = Literal["withdrawal", "override", "override_lift"]
Kind = Literal["batch", DecidedKind]


class Landing(BaseModel):
    """The lake files of one batch, or of one decision of a person (then `rows` is what its file says)."""

    model_config = ConfigDict(frozen=True)

    name: str  # batch id, or name of the decision's file
    kind: Kind = "batch"
    number: int  # later landings of a department have higher ones
    files: dict[str, str]  # path under `lake/` → sha256
    receipt: Receipt | None = None
    outcome: Outcome | None = None
    rows: tuple[dict[str, Any], ...] = ()


def path_of(home: Home, name: str) -> Path:
    return home.landings / f"{name}.json"


def record_batch(
    home: Home, name: str, files: Mapping[str, str], receipt: Receipt | None, outcome: Outcome | None
) -> None:
    """Put down what was written for a batch, its delivery row included."""
    number = _number(home, name)
    _write(home, Landing(name=name, number=number, files=dict(files), receipt=receipt, outcome=outcome))


def record_decided(
    home: Home, kind: DecidedKind, name: str, rows: list[dict[str, Any]], files: Mapping[str, str]
) -> None:
    """Put down a decision that is about to be written: `rows` as JSON takes them."""
    number = _number(home, name)
    _write(home, Landing(name=name, kind=kind, number=number, files=dict(files), rows=tuple(rows)))


def read_landing(path: Path) -> Landing:
    """Raises RecordDamagedError."""
    return read_as(path, Landing.model_validate)


def last_receipt(landings: Iterable[Landing]) -> Receipt:
    """The receipt of the last round of a file, by its landings (which have one).

    A later arrival of the same bytes is no round: it landed but a line that says so.
    """
    rounds = [(landing, landing.receipt) for landing in landings if landing.receipt is not None]
    last = max(receipt.round for _, receipt in rounds)
    own = [(landing, receipt) for landing, receipt in rounds if receipt.round == last]
    taken = [receipt for landing, receipt in own if not is_duplicate(landing.name)]
    if taken:
        return max(taken, key=lambda receipt: receipt.arrival)
    return min((receipt for _, receipt in own), key=lambda receipt: receipt.arrival)


def _number(home: Home, name: str) -> int:
    """Its place among all landings; one that is written again keeps it."""
    path = path_of(home, name)
    if is_recorded(path):
        return read_landing(path).number
    home.landings.mkdir(parents=True, exist_ok=True)
    return len(recorded_names(home.landings))


def _write(home: Home, landing: Landing) -> None:
    write_bytes(sealed(landing.model_dump(mode="json")), path_of(home, landing.name))
