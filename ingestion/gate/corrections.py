"""A marked copy comes back: whose place each of its rows takes.

Each returned row that passes takes the place of the row it came from; a row that does not pass
leaves the last good one standing; rows that were not returned stay. So a copy with only the
marked rows, or with rows deleted or sorted, never takes more away than was corrected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from ingestion.checking.batch import Batch, Finding
from ingestion.checking.rows import clash
from ingestion.contracts import Contract
from ingestion.contracts.model import UniqueCheck
from ingestion.gate.correction_base import Base
from ingestion.lake.in_force import Content, Standing, content_of, landed, standing_of
from ingestion.lake.rows import Key, Place, held_cells
from ingestion.lake.schema import CORRECTION
from ingestion.matching.row_reference import RowReference, sheet_key
from ingestion.parsing.base import Mask

_Value = tuple[str, ...]  # of the columns that tell whose row it is


@dataclass(frozen=True)
class Settled:
    """What the returned rows do to the rows that stand."""

    corrections: pa.Table
    missing: int  # rows that stand and are not in a copy that has more than its marked rows
    given_up: int  # held rows that are not in a copy that has all the others


@dataclass
class _Returned:
    """Per returned row."""

    places: list[Place]
    content: Content
    reference: list[Key | None]  # the row that its mark names
    same_as: list[Key | None]  # a row that stands and says the same
    target: list[Key | None]  # the row whose place it takes
    is_fragment: bool  # only marked rows

    @property
    def unchanged(self) -> Mask:
        return np.array([key is not None for key in self.same_as], np.bool_)


def settle(batch: Batch, base: Base, batch_id: str) -> Settled:
    """Find whose place each row takes; marks rows that change nothing and holds those that clash."""
    standing = standing_of(base.history, batch, base.group)
    returned = _returned(batch, base, standing)
    _hold_strangers(batch, base, returned)
    checks = [
        check
        for check in batch.contract.checks
        if isinstance(check, UniqueCheck) and check.severity == "error"  # a warning holds nothing
    ]
    # A row that is held leaves the one whose place it would have taken standing: look again.
    while any(_hold_clashes(batch, check, returned, standing) for check in checks):
        continue
    batch.unchanged = returned.unchanged & ~batch.held
    touched = {key for key in (*returned.same_as, *returned.target) if key}
    missing = 0 if returned.is_fragment else len(set(standing.keys) - touched)
    given_up = set() if returned.is_fragment or missing else (standing.held & base.held) - touched
    return Settled(_correction_table(batch, batch_id, returned, standing, given_up), missing, len(given_up))


def _returned(batch: Batch, base: Base, standing: Standing) -> _Returned:
    sheets = [table.table.sheet for table in batch.tables]
    places = [(sheets[t], int(r)) for t, r in zip(batch.table_of_row, batch.row_number, strict=True)]
    content = content_of(batch)
    known = {*standing.keys, *standing.held}  # a reference is untrusted text like any other
    reference = [_named(text, base, known) for text in base.references]
    # A row that is as it was sent says nothing against what was corrected since.
    sent = landed(base.history, batch, base.batch_id)
    by_content = {number: base.key(*place) for number, place in sent.items()}
    by_content |= dict(zip(standing.content.hashes, standing.keys, strict=True))
    same_as = [by_content.get(number) for number in content.hashes]
    is_fragment = all(key is not None for key in reference)
    _drop_dragged_marks(reference, same_as)
    values = _values(batch, base, standing)
    own = _own_values(batch, content, same_as)
    _drop_moved_marks(own, reference, values)
    returned = _Returned(places, content, reference, same_as, list(reference), is_fragment)
    _place_unmarked(own, returned, standing, base, values)
    stays = {key for key in same_as if key}
    taken: set[Key] = set()
    for at, key in enumerate(returned.target):
        if key in taken or (key in stays and same_as[at] != key):
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


def _telling(contract: Contract) -> list[str]:
    return list(contract.key) or [c.name for c in contract.columns if c.is_identity][:1]


def _values(batch: Batch, base: Base, standing: Standing) -> dict[Key, _Value]:
    """The key that each row has: those that stand as they are typed, held ones as they were written."""
    names = _telling(batch.contract)
    headers = [max(batch.headers(name), default="") for name in names]
    found: dict[Key, _Value] = {}
    for key, cells in held_cells(base.history.home, base.batch_id).items():
        texts = tuple(text for header in headers if (text := cells.get(header, "").strip()))
        if texts and len(texts) == len(names):
            found[key] = texts
    for at, key in enumerate(standing.keys):
        if names and (value := standing.content.values(names, at)):
            found[key] = value
    return found


def _drop_dragged_marks(reference: list[Key | None], same_as: list[Key | None]) -> None:
    """Of rows with one mark (it was dragged over its neighbours) it is not of those that did not change."""
    often = Counter(reference)
    for at, (key, same) in enumerate(zip(tuple(reference), same_as, strict=True)):
        if key and same and same != key and often[key] > 1:
            reference[at] = None


def _own_values(batch: Batch, content: Content, same_as: Sequence[Key | None]) -> list[list[_Value]]:
    """The key that each returned row has: as it is typed and, of a row that changed, as it is written."""
    names = _telling(batch.contract)
    if not names:
        return [[] for _ in same_as]
    found = [[value] if (value := content.values(names, at)) else [] for at in range(len(same_as))]
    changed = [at for at, key in enumerate(same_as) if key is None]
    cells = [batch.texts[name].raw for name in names if name in batch.texts]
    for at in changed if len(cells) == len(names) else ():
        written = tuple(text for column in cells if (text := (column[at].as_py() or "").strip()))
        if len(written) == len(names) and written not in found[at]:
            found[at].append(written)
    return found


def _drop_moved_marks(
    own: list[list[_Value]], reference: list[Key | None], values: dict[Key, _Value]
) -> None:
    """Not to believe: the mark of a row that is elsewhere in the copy (the columns were sorted alone)."""
    often, alike = Counter(value for found in own for value in found), Counter(values.values())
    for at, key in enumerate(reference):
        value = values.get(key) if key else None
        is_other = value not in own[at] and any(found in alike for found in own[at])
        if value and is_other and often[value] == alike[value] == 1:
            reference[at] = None


def _place_unmarked(
    own: list[list[_Value]],
    returned: _Returned,
    standing: Standing,
    base: Base,
    values: dict[Key, _Value],
) -> None:
    """Rows edited without having been marked: by their key, else (in a whole copy) by where they stand."""
    pairs = enumerate(zip(returned.reference, returned.same_as, strict=True))
    loose = [at for at, (reference, same) in pairs if reference is None and same is None]
    if not loose:
        return
    taken = {key for key in (*returned.reference, *returned.same_as) if key}
    free: dict[_Value, Key | None] = {}
    places: set[Key] = set()
    whole = len(returned.places) >= base.rows_read  # in a part of it rows stand anywhere
    for key in dict.fromkeys((*standing.keys, *values)):
        if key not in taken:
            places |= {key} if whole else set()
            value = values.get(key)
            if value and not (key in standing.held and value in free):
                free[value] = None if value in free else key  # not by a key that two rows have
    for at in loose:
        named = next((found for value in own[at] if (found := free.get(value))), None)
        sheet, row = returned.places[at]
        here = base.key(base.sheet(sheet), row)
        returned.target[at] = named or (here if here in places else None)


def _hold_clashes(batch: Batch, check: UniqueCheck, returned: _Returned, standing: Standing) -> bool:
    """A corrected row must not take the key of a row that stays; returns whether one would have."""
    names = list(dict.fromkeys([*check.columns, *batch.contract.period_by]))
    moving = ~(batch.held | returned.unchanged)
    moved = {key for key, moves in zip(returned.target, moving, strict=True) if key and moves}
    others: dict[_Value, int] = {}
    for at, key in enumerate(standing.keys):
        if key in moved or not _claims_key(batch.contract, standing.content, at):
            continue
        if value := standing.content.values(names, at):
            others[value] = key[2]
    rows: list[int] = []
    numbers: list[int] = []
    for at in np.flatnonzero(moving).tolist():
        if not _claims_key(batch.contract, returned.content, at):
            continue
        value = returned.content.values(names, at)
        if value in others:
            rows.append(at)
            numbers.append(others[value])
    if rows:
        found = np.array(rows, np.int64)
        batch.findings.append(replace(clash(batch, check, found), like_row=pa.array(numbers)))
    return bool(rows)


def _claims_key(contract: Contract, content: Content, at: int) -> bool:
    """Whether a row wants its key for itself: a reversal has that of its payment by right."""
    if contract.payments is None:
        return True
    names = (contract.payments.amount, *contract.payments.effects)
    return contract.payments.effect_of({name: content.texts[name][at] for name in names}) == "pays"


def _hold_strangers(batch: Batch, base: Base, returned: _Returned) -> None:
    """A correction must not move a row into a part that another file speaks for: it would win it whole.

    Nor does it change anything in a part that a newer file holds.
    """
    contract, history = batch.contract, base.history
    if history.adds_up:
        return
    assert batch.period is not None and batch.part is not None
    own, newer = history.own_parts(base.group), history.newer_parts(base.group)
    others = {(part["period"], part["part"]) for part in history.parts}
    pairs = list(zip(batch.period.to_pylist(), batch.part.to_pylist(), strict=True))
    outdated = np.array([pair in newer and pair in own for pair in pairs], np.bool_)
    strange = np.array([pair in others and pair not in own for pair in pairs], np.bool_)
    column = [*contract.part_by, *contract.period_by, *contract.key, contract.columns[0].name][0]
    for code, wrong in (("RETURN_PART_OUTDATED", outdated), ("RETURN_OTHER_PART", strange)):
        rows = np.flatnonzero(wrong & ~returned.unchanged & ~batch.held)
        if len(rows) and (code == "RETURN_PART_OUTDATED" or contract.part_by):
            batch.findings.append(Finding(code, "error", rows, column))


def _correction_table(
    batch: Batch, batch_id: str, returned: _Returned, standing: Standing, given_up: Collection[Key]
) -> pa.Table:
    """One row per returned row that concerns an earlier one, but for those that left it as it was.

    Of a held row that was given up there is one without a row of the copy.
    """
    held, stands = batch.held, set(standing.keys)
    found: list[tuple[str, int | None, Key, bool]] = [
        (sheet, row, target, not held[at])
        for at, ((sheet, row), target) in enumerate(zip(returned.places, returned.target, strict=True))
        if target and (held[at] or returned.same_as[at] is None or target not in stands)
    ]
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
            "is_accepted": is_accepted,
        }
        for sheet, row, target, is_accepted in (*found, *(("", None, key, False) for key in sorted(given_up)))
    ]
    return pa.Table.from_pylist(rows, schema=CORRECTION)
