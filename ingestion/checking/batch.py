"""One batch while it is checked: its rows as typed columns, and what was found on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from string import ascii_uppercase
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.arrival import Arrival, arrival
from ingestion.contracts import Contract
from ingestion.contracts.model import Severity
from ingestion.messages.problems import quoted
from ingestion.parsing.base import Coded, Mask, select
from ingestion.parsing.column_types import COMPANIONS, TEXT

if TYPE_CHECKING:
    from ingestion.matching.feeds import MatchedTable

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Finding:
    """One kind of problem in one column, with the rows it was found in."""

    code: str
    severity: Severity
    rows: Rows  # positions in the batch
    column: str | None  # whose cell is named; none: the row as a whole
    detail: pa.Array | str | None = None  # one text per row, or one for all
    values: pa.Array | None = None  # what to show; none: the cell's own text
    kind: str | None = None  # for the checks of contracts: whose sentence to use
    beside: str | None = None  # another column of the same row that the sentence names
    like: Rows | None = None  # per row, the position of an earlier row that the sentence names
    like_row: pa.Array | None = None  # the same for a row of an earlier file: its number there
    at_row: int | None = None  # a row outside the data (totals): its number in the sheet
    costs: Literal["row", "cell"] = "row"  # of an error: what is not taken

    def only(self, keep: Mask) -> Finding:
        """The same, of the rows at which `keep` is True."""
        at = pa.array(keep)
        return replace(
            self,
            rows=self.rows[keep],
            detail=self.detail.filter(at) if isinstance(self.detail, pa.Array) else self.detail,
            values=None if self.values is None else self.values.filter(at),
            like=None if self.like is None else self.like[keep],
            like_row=None if self.like_row is None else self.like_row.filter(at),
        )


@dataclass(frozen=True)
class Group:
    """The delivery that a correction belongs to; the two stand and fall together."""

    batch_id: str
    received_at: datetime
    received_no: int = 0

    @property
    def arrival(self) -> Arrival:
        """Its place in the order of arrival, which its corrections share."""
        return arrival(self.received_no, self.received_at)


@dataclass(frozen=True)
class Question:
    """Spellings that most rows of a column have and nobody agreed on: asked once, of the column."""

    column: str
    spellings: tuple[str, ...]  # the most frequent ones, masked
    rows: Rows
    holds_rows: bool  # the rows say nothing without this column

    def words(self, batch: Batch) -> dict[str, str]:
        """The words of its sentence."""
        column = batch.contract.column(self.column)
        named = quoted(self.spellings)
        return {
            "title": batch.contract.title,
            "column": self.column,
            "header": column.header,
            "value": named or "各不相同的内容",
            "value_en": named or "something else each",
            "detail": "、".join(column.codes) or "是、否",
            "count": str(len(self.rows)),
        }


@dataclass
class Batch:
    """The tables of one feed in one file, stacked. Every array has one entry per row read."""

    contract: Contract
    tables: Sequence[MatchedTable]
    columns: dict[str, pa.Array] = field(default_factory=dict)  # lake columns, typed
    texts: dict[str, Coded] = field(default_factory=dict)  # by contract column, as in the file
    blank: dict[str, Mask] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    repairs: list[tuple[str, str, Rows]] = field(default_factory=list)  # column, code, rows
    notes: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # warnings on the file: code, words
    corrects: Group | None = None
    unchanged: Mask | None = None  # rows of a correction that the lake has already
    emptied: dict[str, Mask] = field(default_factory=dict)  # cells whose content was not taken, their row was
    questions: list[Question] = field(default_factory=list)
    duplicate: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    as_of: date | None = None
    speaks_for_on: pa.Array | None = None
    period: pa.Array | None = None
    part: pa.Array | None = None
    of_county: Sequence[bool] = ()  # of a cut feed: per table, whether it is of no one town
    vacated: dict[date, list[str]] = field(default_factory=dict)  # parts of which nothing is left at a date

    @cached_property
    def row_count(self) -> int:
        return sum(len(t.table.row_numbers) for t in self.tables)

    @cached_property
    def table_of_row(self) -> npt.NDArray[np.int32]:
        """For each row, which of `tables` it came from."""
        sizes = [len(t.table.row_numbers) for t in self.tables]
        return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)

    @cached_property
    def row_number(self) -> npt.NDArray[np.int32]:
        """For each row, its number in its sheet as a person sees it."""
        numbers: npt.NDArray[np.int32] = np.concatenate([t.table.row_numbers for t in self.tables])
        return numbers.astype(np.int32, copy=False)

    def leave_out(self, rows: Mask) -> None:
        """Drop what was found in `rows`: they have a message of their own."""
        found = [f if f.at_row is not None else f.only(~rows[f.rows]) for f in self.findings]
        self.findings = [f for f in found if len(f.rows)]

    @property
    def held(self) -> Mask:
        """Rows with an error that costs the row, and later copies of a row."""
        held = self.duplicate.copy()
        for finding in self.findings:
            if finding.severity == "error" and finding.costs == "row":
                held[finding.rows] = True
        return held

    @property
    def landing(self) -> Mask:
        """Rows for the lake: neither held nor there already."""
        return ~self.held if self.unchanged is None else ~(self.held | self.unchanged)

    def empty(self, column: str, cells: Mask) -> None:
        """Take nothing from `cells` of a column, and remember that something stood there."""
        companion = column + COMPANIONS.get(self.contract.column(column).type, "")
        for name in {column, companion}:
            self.columns[name] = select(self.columns[name], ~cells)
        before = self.emptied.get(column)
        self.emptied[column] = cells if before is None else before | cells

    @property
    def held_cells(self) -> pa.Array:
        """Per row the columns that were emptied, between commas (',sex,phone,'); null where there is none."""
        named: pa.Array = pa.repeat(pa.scalar("", TEXT), self.row_count)
        for name in sorted(self.emptied):
            here = pc.if_else(pa.array(self.emptied[name]), f"{name},", "")
            named = pc.binary_join_element_wise(named, here, "")
        return pc.if_else(
            pc.equal(named, ""), pa.scalar(None, TEXT), pc.binary_join_element_wise(",", named, "")
        )

    @property
    def held_cell_count(self) -> int:
        """Cells that were emptied in rows that are not held."""
        taken = ~self.held
        return sum(int((cells & taken).sum()) for cells in self.emptied.values())

    @property
    def absent_columns(self) -> tuple[str, ...]:
        """The contract's columns that not every table of the file has."""
        names = (column.name for column in self.contract.columns)
        return tuple(name for name in names if any(not table.says(name) for table in self.tables))

    def is_blank(self, column: str) -> Mask:
        """Whether the cell holds nothing; all True for a column the file lacks."""
        found = self.blank.get(column)
        return np.ones(self.row_count, np.bool_) if found is None else found

    def letters(self, column: str | None) -> list[str]:
        """Per table, the sheet column ('F') of a contract column; '' where the table lacks it."""
        return [
            column_letter(t.table.first_column + t.positions[column]) if column in t.positions else ""
            for t in self.tables
        ]

    def headers(self, column: str | None) -> list[str]:
        """Per table, the header that stands over a contract column in the file."""
        return [t.table.header[t.positions[column]] if column in t.positions else "" for t in self.tables]


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


def arrow_columns(table: MatchedTable, position: int) -> list[pa.Array]:
    """The cells of one sheet column as Arrow chunks."""
    cells = table.table.cells[position]
    found = pa.array(cells.array) if len(cells) else pa.chunked_array([], pa.string())
    chunks = found.chunks if isinstance(found, pa.ChunkedArray) else [found]
    return [chunk.cast(pa.string()) if chunk.type != pa.string() else chunk for chunk in chunks]
