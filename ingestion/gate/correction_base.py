"""Which delivery a marked copy corrects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ingestion.checking.arrival import arrival_of
from ingestion.checking.batch import Group
from ingestion.contracts import Contract
from ingestion.lake import batch_files
from ingestion.lake import rows as lake_rows
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.lake.rows import Key, Place
from ingestion.matching.feeds import MatchedTable
from ingestion.matching.marked_columns import feedback_columns
from ingestion.matching.row_reference import RowReference, parse_reference
from ingestion.messages.problems import FileProblem, quoted


@dataclass(frozen=True)
class Base:
    """The delivery whose marked copy came back."""

    history: History
    batch_id: str
    group: Group
    as_of: date | None
    dates: dict[str, date]  # per sheet
    title: str
    rows_read: int
    sheets: tuple[str, ...]
    origins: dict[Place, Key]  # row of the base → the row of the group it stands for
    held: frozenset[Key]
    references: tuple[RowReference | None, ...]  # per returned row

    def key(self, sheet: str, row: int) -> Key:
        """The row of the group that a row of the base stands for."""
        return self.origins.get((sheet, row), (self.batch_id, sheet, row))

    def sheet(self, sheet: str) -> str:
        """The sheet of the base: one that had no name in its old format has got one in the copy."""
        return self.sheets[0] if len(self.sheets) == 1 else sheet

    def date_of(self, sheet: str) -> date | None:
        """What a sheet of the base speaks for."""
        return self.dates.get(self.sheet(sheet), self.as_of)


def find_base(
    home: Home,
    contract: Contract,
    tables: Sequence[MatchedTable],
    department: str | None,
    batch_id: str,
    named: frozenset[str] = frozenset(),
) -> Base | FileProblem | None:
    """The delivery that `tables` correct as `batch_id`; None when they are a delivery of their own.

    `named` are the files that any table of the same file refers to: a sheet in which nothing was
    marked comes back beside the others.
    """
    references = [reference for table in tables for reference in _references(table)]
    own = named_files(tables)
    if not own | named:
        return None
    words = {"title": contract.title}
    if len(own or named) > 1:
        return FileProblem("RETURN_MIXED", words, contract.feed)
    history = History(home, contract, batch_id)
    base = _named_delivery(history, next(iter(own or named)), department)
    if base is None:
        return FileProblem("RETURN_UNKNOWN", words, contract.feed) if own else None
    if not history.stands(base):
        return FileProblem("RETURN_WITHDRAWN", words, contract.feed)
    if base["delivery_state"] == "REFUSED":
        # Nothing of it stands: the copy is a delivery like any other, if it is whole.
        whole = sum(len(t.table.row_numbers) for t in tables) >= base["rows_read"]
        return None if whole else FileProblem("RETURN_FRAGMENT", words, contract.feed)
    group = history.group_of(base)
    if newer := history.superseded_by(group):
        return FileProblem("RETURN_OUTDATED", {**words, "newer": quoted([newer])}, contract.feed)
    return Base(
        history,
        base["batch_id"],
        group,
        base["as_of"],
        lake_rows.dates(home, contract.feed, base["batch_id"]),
        base["title"] or "",
        base["rows_read"],
        lake_rows.sheets(home, contract.feed, base["batch_id"]),
        lake_rows.origins(home, base["batch_id"]),
        frozenset(lake_rows.held_keys(home, base["batch_id"])),
        tuple(references),
    )


def named_files(tables: Sequence[MatchedTable]) -> frozenset[str]:
    """The files that the marks in `tables` refer to."""
    found = [reference for table in tables for reference in _references(table)]
    return frozenset(reference.batch8 for reference in found if reference)


def _named_delivery(history: History, batch8: str, department: str | None) -> dict[str, Any] | None:
    """What this feed brought in the file that a mark names, as it was taken last."""
    home, named = history.home, ["sha256", "department"]
    found_in = (
        batch_files.read(home, "delivery", batch, named)
        for batch in batch_files.batches(home, "delivery", batch8)
    )
    rows = [row for table in found_in if table is not None for row in table.to_pylist()]
    files = {(row["sha256"], row["department"]) for row in rows if department in (None, row["department"])}
    if len(files) != 1:
        return None
    found = [d for d in history.deliveries if (d["sha256"], d["department"]) in files]
    return max(found, key=lambda d: (history.stands(d), arrival_of(d)), default=None)


def _references(table: MatchedTable) -> list[RowReference | None]:
    columns = feedback_columns(table.table.header)
    if columns is None:
        return [None] * len(table.table.row_numbers)
    texts = table.table.cells.iloc[:, columns[0]]
    return [parse_reference(str(text)) if text else None for text in texts]
