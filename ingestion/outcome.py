"""What is known about a received file: that it came (Receipt) and what became of it (Outcome)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

DeliveryState = Literal["LOADED", "PARTIAL", "REFUSED", "NIL"]
UNKNOWN_DEPARTMENT = "unknown"


class Receipt(BaseModel):
    """A file arrived; its bytes are in the archive. The first arrival of the bytes wins."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    department: str
    file_name: str
    size_bytes: int
    received_at: AwareDatetime


class Outcome(BaseModel):
    """What became of one batch: one feed's rows of one file. Rows read = accepted + held."""

    model_config = ConfigDict(frozen=True)

    batch_id: str
    feed: str | None
    department: str
    file_name: str  # ID numbers in it are masked
    container_name: str | None
    sha256: str
    received_at: datetime
    as_of: date | None
    corrects_batch_id: str | None = None  # the delivery whose rows these replace
    rows_read: int
    rows_accepted: int
    rows_held: int
    rows_unchanged: int = 0  # of the accepted: rows of a correction that the lake already has
    delivery_state: DeliveryState
    reason_code: str | None
    reason: str | None
    encoding: str | None
    sheets: tuple[str, ...]
    title: str | None
    unknown_columns: tuple[str, ...]
    warning_count: int
    repair_count: int
