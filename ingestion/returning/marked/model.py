"""What the marked copy is made from, and what it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

RowKey = tuple[str, str, int]  # batch_id, source_sheet, source_row
State = Literal["error", "emptied", "warning", "corrected"]  # emptied: the row was taken, that cell was not


@dataclass(frozen=True)
class Accounting:
    """What became of one feed of the file."""

    batch_id: str
    title: str  # of the feed; '' when none was recognised
    state: str  # LOADED | PARTIAL | REFUSED | NIL
    reason: str  # the sentence when the file was refused or rows are held, else ''
    remedy: str
    rows_read: int
    rows_accepted: int
    rows_held: int
    rows_corrected: int  # of the held ones, corrected since


@dataclass(frozen=True)
class MarkedFile:
    """The file to give back; `suffix` is '.xlsx', '.csv' or '.txt'."""

    suffix: str
    data: bytes


@dataclass(frozen=True)
class Head:
    """What the summary says first."""

    file_name: str
    received_at: datetime
    accounting: Sequence[Accounting]
    corrected: Collection[RowKey]


@dataclass(frozen=True)
class CellMark:
    """One coloured cell; `column` counts from 0, `note` is its comment."""

    column: int
    state: State
    note: str
    is_id: bool  # an ID number belongs here: the cell must be text, or Excel damages the next one too


@dataclass
class RowMark:
    """One marked row, as a person counts rows."""

    row: int
    state: State = "warning"
    problems: list[str] = field(default_factory=list)
    remedies: list[str] = field(default_factory=list)
    cells: dict[int, CellMark] = field(default_factory=dict)
    reference: str = ""
