"""A marked copy comes back: which delivery it corrects, and whose place each of its rows takes.

Each returned row that passes takes the place of the row it came from; a row that does not pass
leaves the last good one standing; rows that were not returned stay. So a copy with only the
marked rows, or with rows deleted or sorted, never takes more away than was corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa

from ingestion import standing as lake
from ingestion.batch import Batch, Finding, Group
from ingestion.check_rows import clash
from ingestion.contracts import Contract
from ingestion.contracts.model import UniqueCheck
from ingestion.feedback.columns import feedback_columns
from ingestion.feedback.reference import RowReference, parse_reference, sheet_key
from ingestion.home import Home
from ingestion.matching import FileProblem, MatchedTable
from ingestion.schema import CORRECTION
from ingestion.standing import Content, History, Key, Place, Standing
from ingestion.types.base import Mask


@dataclass(frozen=True)
class Base:
    """The delivery whose marked copy came back."""

    history: History
    batch_id: str
    group: Group
    as_of: date | None
    rows_read: int
    sheets: tuple[str, ...]
    origins: dict[Place, Key]  # row of the base → the row of the group it stands for
    references: tuple[RowReference | None, ...]  # per returned row

    def key(self, sheet: str, row: int) -> Key:
        """The row of the group that a row of the base stands for."""
        return self.origins.get((sheet, row), (self.batch_id, sheet, row))


@dataclass(frozen=True)
class Settled:
    """What the returned rows do to the rows that stand."""

    corrections: pa.Table
    missing: int  # rows that stand and are not in a copy that has more than its marked rows


@dataclass
class _Returned:
    """Per returned row."""

    places: list[Place]
    content: Content
    reference: list[Key | None]  # the row that its mark names
    same_as: list[Key | None]  # a row that stands and says the same
    target: list[Key | None]  # the row whose place it takes

    @property
    def unchanged(self) -> Mask:
        return np.array([key is not None for key in self.same_as], np.bool_)


def find_base(
    home: Home, contract: Contract, tables: Sequence[MatchedTable], department: str | None
) -> Base | FileProblem | None:
    """The delivery that `tables` correct; None when they are a delivery of their own."""
    references = [reference for table in tables for reference in _references(table)]
    named = sorted({reference.batch8 for reference in references if reference})
    if not named:
        return None
    words = {"title": contract.title}
    if len(named) > 1:
        return FileProblem("RETURN_MIXED", words, contract.feed)
    history = History(home, contract)
    found = [d for d in history.deliveries if d["batch_id"].startswith(named[0])]
    if len(found) != 1 or (department is not None and found[0]["department"] != department):
        return FileProblem("RETURN_UNKNOWN", words, contract.feed)
    base = found[0]
    if base["delivery_state"] == "REFUSED":
        # Nothing of it stands: the copy is a delivery like any other, if it is whole.
        whole = sum(len(t.table.row_numbers) for t in tables) >= base["rows_read"]
        return None if whole else FileProblem("RETURN_FRAGMENT", words, contract.feed)
    group = history.group_of(base)
    if newer := history.superseded_by(group):
        return FileProblem("RETURN_OUTDATED", {**words, "newer": newer}, contract.feed)
    return Base(
        history,
        base["batch_id"],
        group,
        base["as_of"],
        base["rows_read"],
        lake.sheets(home, contract.feed, base["batch_id"]),
        lake.origins(home, base["batch_id"]),
        tuple(references),
    )


def settle(batch: Batch, base: Base, batch_id: str) -> Settled:
    """Find whose place each row takes; marks rows that change nothing and holds those that clash."""
    standing = lake.standing(base.history, batch, base.group)
    returned = _returned(batch, base, standing)
    _hold_strangers(batch, base, returned)
    for check in batch.contract.checks:
        if isinstance(check, UniqueCheck):
            _hold_clashes(batch, check, returned, standing)
    batch.unchanged = returned.unchanged & ~batch.held
    touched = {key for key in (*returned.same_as, *returned.target) if key}
    fragment = all(key is not None for key in returned.reference)
    missing = 0 if fragment else len(set(standing.keys) - touched)
    return Settled(_correction_table(batch, batch_id, returned, standing), missing)


def _references(table: MatchedTable) -> list[RowReference | None]:
    columns = feedback_columns(table.table.header)
    if columns is None:
        return [None] * len(table.table.row_numbers)
    texts = table.table.cells.iloc[:, columns[0]]
    return [parse_reference(str(text)) if text else None for text in texts]


def _returned(batch: Batch, base: Base, standing: Standing) -> _Returned:
    sheets = [table.table.sheet for table in batch.tables]
    places = [(sheets[t], int(r)) for t, r in zip(batch.table_of_row, batch.row_number, strict=True)]
    content = lake.content_of(batch)
    known = {*standing.keys, *standing.held}  # a reference is untrusted text like any other
    reference = [_named(text, base, known) for text in base.references]
    by_content = dict(zip(standing.content.hashes, standing.keys, strict=True))
    same_as = [by_content.get(number) for number in content.hashes]
    returned = _Returned(places, content, reference, same_as, list(reference))
    _place_unmarked(batch.contract, returned, standing, base)
    taken: set[Key] = set()
    for at, key in enumerate(returned.target):
        if key in taken:
            returned.target[at] = None  # a copied row: the first one keeps the place
        elif key is not None:
            taken.add(key)
    return returned


def _named(reference: RowReference | None, base: Base, known: set[Key]) -> Key | None:
    if reference is None:
        return None
    fitting = [s for s in base.sheets if not reference.sheet_key or sheet_key(s) == reference.sheet_key]
    key = base.key(fitting[0], reference.row) if len(fitting) == 1 else None
    return key if key in known else None


def _place_unmarked(contract: Contract, returned: _Returned, standing: Standing, base: Base) -> None:
    """Rows edited without having been marked: by their key, else (in a whole copy) by where they stand."""
    pairs = enumerate(zip(returned.reference, returned.same_as, strict=True))
    loose = [at for at, (reference, same) in pairs if reference is None and same is None]
    if not loose:
        return
    taken = {key for key in (*returned.reference, *returned.same_as) if key}
    names = contract.key or [c.name for c in contract.columns if c.type == "id_number"][:1]
    free: dict[tuple[str, ...], Key | None] = {}
    places: set[Key] = set()
    whole = len(returned.places) >= base.rows_read  # in a part of it rows stand anywhere
    for at, key in enumerate(standing.keys):
        if key not in taken:
            places |= {key} if whole else set()
            value = standing.content.values(names, at)
            if value:
                free[value] = None if value in free else key  # not by a key that two rows have
    for at in loose:
        value = returned.content.values(names, at)
        sheet, row = returned.places[at]
        # A sheet that had no name in its old format has got one in the copy.
        here = base.key(base.sheets[0] if len(base.sheets) == 1 else sheet, row)
        returned.target[at] = (free.get(value) if value else None) or (here if here in places else None)


def _hold_clashes(batch: Batch, check: UniqueCheck, returned: _Returned, standing: Standing) -> None:
    """A corrected row must not take the key of a row that stands and was not returned."""
    names = list(dict.fromkeys([*check.columns, *batch.contract.period_by]))
    moved = {key for key in returned.target if key}
    others: dict[tuple[str, ...], int] = {}
    for at, key in enumerate(standing.keys):
        if key not in moved and (value := standing.content.values(names, at)):
            others[value] = key[2]
    rows: list[int] = []
    numbers: list[int] = []
    for at in np.flatnonzero(~(batch.held | returned.unchanged)).tolist():
        value = returned.content.values(names, at)
        if value in others:
            rows.append(at)
            numbers.append(others[value])
    if rows:
        found = np.array(rows, np.int64)
        batch.findings.append(replace(clash(batch, check, found), like_row=pa.array(numbers)))


def _hold_strangers(batch: Batch, base: Base, returned: _Returned) -> None:
    """A correction must not move a row into a part that another file speaks for: it would win it whole."""
    contract = batch.contract
    if not contract.part_by or base.history.adds_up:
        return
    assert batch.period is not None and batch.part is not None
    own: set[tuple[str, str]] = lake.held_parts(base.history.home, base.group.batch_id)
    others: set[tuple[str, str]] = set()
    for part in base.history.parts:
        side = own if part["group_batch_id"] == base.group.batch_id else others
        side.add((part["period"], part["part"]))
    pairs = zip(batch.period.to_pylist(), batch.part.to_pylist(), strict=True)
    strange = np.array([pair in others and pair not in own for pair in pairs], np.bool_)
    rows = np.flatnonzero(strange & ~returned.unchanged)
    if len(rows):
        batch.findings.append(Finding("RETURN_OTHER_PART", "error", rows, contract.part_by[0]))


def _correction_table(batch: Batch, batch_id: str, returned: _Returned, standing: Standing) -> pa.Table:
    """One row per returned row that concerns an earlier one, but for those that left it as it was."""
    held, stands = batch.held, set(standing.keys)
    rows = [
        {
            "batch_id": batch_id,
            "feed": batch.contract.feed,
            "source_sheet": sheet,
            "source_row": row,
            "base_batch_id": target[0],
            "base_source_sheet": target[1],
            "base_source_row": target[2],
            "was_held": target not in stands,
            "is_accepted": not held[at],
        }
        for at, ((sheet, row), target) in enumerate(zip(returned.places, returned.target, strict=True))
        if target and (held[at] or returned.same_as[at] is None or target not in stands)
    ]
    return pa.Table.from_pylist(rows, schema=CORRECTION)
