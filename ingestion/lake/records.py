"""What is known about a received file: its Receipt and its Outcome, as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ingestion.checking.arrival import Arrival, arrival
from ingestion.lake.bundle import is_recorded, recorded_names, state_of
from ingestion.lake.home import Home
from ingestion.lake.sealed import read_as, read_every, sealed

STAMP = "%Y%m%dT%H%M%S.%fZ"  # a moment in the name of a file
# DUPLICATE: everything in the file came before.
DeliveryState = Literal["LOADED", "PARTIAL", "REFUSED", "NIL", "DUPLICATE"]


class Waiver(BaseModel):
    """A person let a file through although it is beyond a limit."""

    model_config = ConfigDict(frozen=True)

    by: str
    reason: str
    codes: tuple[str, ...]  # the limits that it is beyond


class Outcome(BaseModel):
    """What became of one batch: one feed's rows of one file. Rows read = accepted + held."""

    model_config = ConfigDict(frozen=True)

    batch_id: str
    feed: str | None
    department: str
    file_name: str  # ID numbers in it are masked
    container_name: str | None
    sha256: str
    received_no: int = 0  # place in the order of arrival; 0: from before it was kept
    received_at: datetime  # when it became known: of a file judged again, that moment
    arrived_at: datetime | None = None  # when the bytes came first, if that was earlier
    as_of: date | None
    corrects_batch_id: str | None = None  # the delivery whose rows these replace
    rows_read: int
    rows_accepted: int
    rows_held: int
    cells_held: int = 0  # cells of accepted rows that were not taken
    rows_unchanged: int = 0  # of the accepted: rows of a correction that the lake already has
    delivery_state: DeliveryState
    reason_code: str | None
    reason: str | None
    remedy: str | None = None
    reason_en: str | None = None
    remedy_en: str | None = None
    encoding: str | None
    column_map: str | None = None  # the period of the column map that was used
    notes: tuple[str, ...] = ()  # what the reader decided: 'CODE key=value …'
    sheets: tuple[str, ...]
    title: str | None
    unknown_columns: tuple[str, ...]
    absent_columns: tuple[str, ...] = ()  # of the contract, that not every table of the file has
    warning_count: int
    repair_count: int

    @property
    def arrival(self) -> Arrival:
        """Its place in the order of arrival."""
        return arrival(self.received_no, self.received_at)

    def said(self, *, english: bool = False) -> str:
        """Why it came to this, as one sentence; '' where there is nothing to say."""
        return (self.reason_en if english else None) or self.reason or ""

    def told(self, *, english: bool = False) -> str:
        """What to do about it."""
        return (self.remedy_en if english else None) or self.remedy or ""


class Receipt(BaseModel):
    """A file arrived; its bytes are in the archive. The first arrival of the bytes wins."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    department: str
    file_name: str
    size_bytes: int
    received_no: int = 0  # place in the order of arrival; 0: from before it was kept
    received_at: AwareDatetime
    round: int = 1  # how often these bytes were taken in hand
    arrived_at: AwareDatetime | None = None  # of a later round that nobody dropped: when the bytes came
    waiver: Waiver | None = None
    kept: tuple[Outcome, ...] = ()  # of earlier rounds, with which nothing was wrong

    @property
    def arrival(self) -> Arrival:
        """Its place in the order of arrival."""
        return arrival(self.received_no, self.received_at)


def recorded_outcomes(home: Home, sha256: str) -> list[Outcome]:
    """What an earlier load of these bytes came to; empty when it did not finish."""
    path = home.outcomes / f"{sha256}.json"
    return read_outcomes(path) if is_recorded(path) else []


def read_outcomes(path: Path) -> list[Outcome]:
    """Raises RecordDamagedError."""
    return [*read_as(path, outcomes_in)]


def outcomes_in(content: dict[str, Any]) -> tuple[Outcome, ...]:
    """The outcomes that a record of a file holds."""
    return tuple(Outcome.model_validate(entry) for entry in content["outcomes"])


def outcomes_text(outcomes: Sequence[Outcome]) -> bytes:
    """Outcomes of a file as they are kept."""
    return sealed({"outcomes": [outcome.model_dump(mode="json") for outcome in outcomes]})


def settled(home: Home, receipt: Receipt) -> list[Outcome]:
    """What this round of these bytes came to; empty when it did not finish."""
    return recorded_outcomes(home, receipt.sha256) if is_settled(home, receipt) else []


def is_settled(home: Home, receipt: Receipt) -> bool:
    """Whether this round of these bytes was loaded to the end."""
    if receipt.round == 1:
        return is_recorded(home.outcomes / f"{receipt.sha256}.json")
    # The outcomes of the round before stay until this one's take their place.
    outcomes = recorded_outcomes(home, receipt.sha256)
    return any(outcome.arrival >= receipt.arrival for outcome in outcomes)


def receipts(home: Home) -> list[Receipt]:
    """Everything that was received; raises RecordDamagedError."""
    return [*read_every(home.receipts, Receipt.model_validate).values()]


def outcomes_by_file(home: Home) -> dict[str, tuple[Outcome, ...]]:
    """sha256 of a received file → what became of it; raises RecordDamagedError."""
    return read_every(home.outcomes, outcomes_in)


def state_of_outcomes(home: Home) -> list[str]:
    """Changes whenever an outcome does."""
    return state_of(home.outcomes)


def pending(home: Home) -> list[Receipt]:
    """Receipts whose file has not been loaded to the end, in the order of arrival."""
    loaded = set(recorded_names(home.outcomes))
    # Of those taken in hand once the outcome alone tells; the others are looked at.
    found = [each for each in receipts(home) if each.round > 1 or each.sha256 not in loaded]
    open_ = [receipt for receipt in found if not is_settled(home, receipt)]
    return sorted(open_, key=lambda receipt: (receipt.arrival, receipt.sha256))


def receipt_text(receipt: Receipt) -> bytes:
    """A receipt as it is kept."""
    return sealed(receipt.model_dump(mode="json"))


def read_receipt(path: Path) -> Receipt:
    """Raises RecordDamagedError or FileNotFoundError."""
    return read_as(path, Receipt.model_validate)
