"""Take files out of the inbox: claim, keep the bytes, write the receipt. Safe to kill anywhere.

Steps per file, each atomic: rename into `inbox/.claimed/<moment>-<number>/<department>/`, copy the
bytes to `archive/<sha[:2]>/<sha>`, write `archive/receipts/<sha>.json`, delete the claimed file. The
moment and the number of the claim are those of the arrival, so a run that finds a claim left behind
finishes it unchanged. What cannot be taken is named, and keeps nobody else's file from being taken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from foundation.files import write_bytes
from ingestion.contracts import Catalog
from ingestion.contracts.loader import UNKNOWN_DEPARTMENT
from ingestion.lake.bundle import forget, is_recorded
from ingestion.lake.duplicates import duplicate, note_of, note_path
from ingestion.lake.home import Home, sweep_partial
from ingestion.lake.not_taken import NotTaken, left_there, readable, record
from ingestion.lake.numbers import remember, remembered
from ingestion.lake.records import (
    STAMP,
    Receipt,
    read_receipt,
    receipt_text,
    recorded_outcomes,
)
from ingestion.lake.result import Result
from ingestion.lake.write import land
from ingestion.messages.problems import MISPLACED
from ingestion.receiving.attempts import sweep_attempts
from ingestion.receiving.claims import (
    archive_claim,
    claim_again,
    claim_file,
    put_back,
    remove_claim,
    sweep_folders,
    written_to_since,
)
from ingestion.receiving.clock import STEP_BACK, ClockRule, believe, credible, observe
from ingestion.receiving.inbox import NotOursError, Owners, Seen, Sight, look, opened, settled
from ingestion.receiving.numbering import arriving, claim_number, last_number
from ingestion.receiving.receipts import after_withdrawal, apply_decisions
from ingestion.text.masking import shown_name

_MICROSECOND = timedelta(microseconds=1)


def receive(
    home: Home,
    catalog: Catalog,
    *,
    now: datetime | None = None,
    settle_seconds: float = 0,
    clock: ClockRule | None = None,
    largest: int | None = None,
    no_room: Collection[str] = (),
) -> list[Receipt]:
    """Claim all stable files of the inbox and finish claims that an earlier run left behind.

    Returns the receipts written by this call; bytes that were known already give none. What is left in
    the inbox is told by `not_taken`, files of more than `largest` bytes and those in the folders
    `no_room` among it. With `clock`, raises ClockJumpedError before anything is claimed.
    """
    with arriving(home):
        apply_decisions(home)
        if remembered(home) is None:
            remember(home, 0)  # before the first receipt: without it the memory would be lost
        sweep_partial(home)
        sweep_folders(home)
        sweep_attempts(home)
        run = _Run(home, _departments(home, catalog), datetime.now(UTC), [], largest, no_room)
        files = run.still_files(settle_seconds)
        again = written_to_since(home, settle_seconds)
        left_behind = sorted(home.claimed.glob("*/*/*"))
        moment = _moment(home, now, clock, len(files) + len(again))
        if left_behind:  # a run that was killed may have given out this very moment
            last = _stamped(left_behind[-1])
            moment = max(moment, last + _MICROSECOND) if last - moment < STEP_BACK else moment
        claims = run.claim_all(files, again, moment)
        taken = [run.take(path, None) for path in left_behind]
        taken += [run.take(path, seen) for path, seen in claims.items()]
        remember(home, last_number(home))
        record(home, run.left)
    return [receipt for receipt in taken if receipt is not None]


@dataclass(frozen=True)
class _Run:
    """One run of receiving, and what it had to leave."""

    home: Home
    departments: Mapping[str, str]  # folder → department; '': of all other places
    now: datetime
    left: list[NotTaken]
    largest: int | None
    no_room: Collection[str]  # folders whose files the disk has no room for

    def still_files(self, settle_seconds: float) -> list[Seen]:
        """The files that lie still."""
        found = look(self.home.inbox, self.departments, self.largest)
        self.left.extend(found.left)
        crowded = [seen for seen in found.seen if _folder(seen.parts) in self.no_room]
        for seen in crowded:
            self._leave(seen.parts, NotOursError("FILE_NO_ROOM"))
        fitting = [seen for seen in found.seen if seen not in crowded]
        still, busy = settled(self.home.inbox, fitting, settle_seconds)
        for seen, code in busy:
            self._leave(seen.parts, NotOursError(code))
        return still

    def claim_all(
        self, files: Sequence[Seen], again: Sequence[Path], moment: datetime
    ) -> dict[Path, Seen | None]:
        """Claim them one after the other, as they were written: of two for one date the later one holds."""
        number, claims = last_number(self.home), dict[Path, Seen | None]()
        for path in again:
            number += 1
            claims[claim_again(path, self._target(moment, number, path.parts[-2]))] = None
            moment += _MICROSECOND
        for seen in files:
            target = self._target(moment, number + 1, self._department(seen.parts))
            try:
                claim = _claim(self.home, seen, target)
            except NotOursError as problem:
                self._leave(seen.parts, problem)
                continue
            if claim:
                claims[claim] = seen
                number, moment = number + 1, moment + _MICROSECOND
        return claims

    def take(self, claim: Path, seen: Seen | None) -> Receipt | None:
        """Finish one claim; None when its bytes had arrived before, or when it must not be taken."""
        department = claim.parts[-2]
        known = (department,) if department in self.departments else ()
        parts = seen.parts if seen else (*known, claim.name)
        try:
            sight = seen.sight if seen else None
            return _take(self.home, claim, _folder(parts), sight, self.largest)
        except NotOursError as problem:
            put_back(self.home, claim, parts)
            self._leave(parts, problem)
            return None

    def _target(self, moment: datetime, number: int, department: str) -> Path:
        return self.home.claimed / f"{moment.strftime(STAMP)}-{number:05d}" / department

    def _department(self, parts: Sequence[str]) -> str:
        return self.departments.get(_folder(parts), self.departments[""])

    def _leave(self, parts: Sequence[str], problem: NotOursError) -> None:
        department = self._department(parts)
        below = parts[1:] if department != UNKNOWN_DEPARTMENT else parts
        self.left.append(left_there(department, below, problem.code, self.now, problem.words))


def _folder(parts: Sequence[str]) -> str:
    """The folder of the inbox that a file lies in; '' for the inbox itself."""
    return parts[0] if len(parts) > 1 else ""


def _departments(home: Home, catalog: Catalog) -> dict[str, str]:
    return {**{name: name for name in catalog.departments}, "": UNKNOWN_DEPARTMENT}


def _moment(home: Home, now: datetime | None, clock: ClockRule | None, files: int) -> datetime:
    """The moment of this run's first arrival."""
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    if clock is None:
        return moment
    if not files and clock.confirmed_by is None:
        observe(home, moment, clock)
        return moment
    moment = credible(home, moment, clock)
    believe(home, moment + files * _MICROSECOND)
    return moment


def _stamped(claim: Path) -> datetime:
    return datetime.strptime(claim.parts[-3].rpartition("-")[0], STAMP).replace(tzinfo=UTC)


def _claim(home: Home, seen: Seen, target: Path) -> Path | None:
    return claim_file(home, seen, target)


def _take(
    home: Home, claim: Path, folder: str, expected: Sight | None, largest: int | None
) -> Receipt | None:
    with opened(home.inbox, ()) as root:
        owners = Owners.of(root)
    archived = archive_claim(home, claim, owners, folder, expected, largest)
    receipt = Receipt(
        sha256=archived.sha256,
        department=claim.parts[-2],
        file_name=shown_name(readable(claim.name)),  # clerks name files after people
        size_bytes=archived.size,
        received_no=claim_number(claim.parts[-3]),
        received_at=_stamped(claim),
    )
    written = _write_receipt(home, receipt)
    remove_claim(home, claim, archived)
    return receipt if written else None


def _write_receipt(home: Home, receipt: Receipt) -> bool:
    """Write the receipt unless the bytes came before; True when this arrival is the one that counts."""
    path = home.receipts / f"{receipt.sha256}.json"
    if is_recorded(path):
        first = read_receipt(path)
        if _came_with(first) == _came_with(receipt):
            return True  # a killed run had come this far with this very claim
        if again := after_withdrawal(home, first, receipt):
            write_bytes(receipt_text(again), path)
            return True
        misplaced = _was_misplaced(home, first, receipt)
        _note_arrival(home, first, receipt, on_board=not misplaced)
        if not misplaced:
            return False
    write_bytes(receipt_text(receipt), path)
    forget(home.outcomes / path.name)
    return True


def _came_with(receipt: Receipt) -> tuple[object, ...]:
    return receipt.received_no, receipt.received_at, receipt.department, receipt.file_name


def _was_misplaced(home: Home, first: Receipt, again: Receipt) -> bool:
    outcomes = recorded_outcomes(home, first.sha256)
    return (
        first.department != again.department
        and bool(outcomes)
        and all(o.reason_code in MISPLACED for o in outcomes)
    )


def _note_arrival(home: Home, first: Receipt, receipt: Receipt, *, on_board: bool) -> None:
    """The same bytes came again: a note for the slip, and a line on the board."""
    outcome = duplicate(receipt, [first.arrived_at or first.received_at])
    write_bytes(note_of(outcome, receipt), note_path(home, receipt))
    if on_board:
        land(home, Result(outcome), receipt)
