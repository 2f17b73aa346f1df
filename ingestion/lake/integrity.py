"""Whether a home's archive and lake are all there, as they were written.

Names and records are compared at the start of every night; contents too, before anything is judged by
the lake or built from it. What a killed load leaves is no fault: a receipt that is pending and was
begun (`archive/attempts/`) is loaded again, and without its delivery row nothing of it counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ingestion.lake import bundle, fixed
from ingestion.lake.bundle import is_recorded
from ingestion.lake.compacted import Compacted, Compaction, compaction, is_compacted, record_path
from ingestion.lake.decided import DECIDED
from ingestion.lake.duplicates import is_duplicate, note_path
from ingestion.lake.faults import Fault
from ingestion.lake.home import Home
from ingestion.lake.landings import Landing, last_receipt, path_of, read_landing
from ingestion.lake.numbers import Numbers, clock_record, memory, numbers_in, remembered
from ingestion.lake.records import Outcome, Receipt, is_settled, outcomes_in, read_outcomes, read_receipt
from ingestion.lake.sealed import RecordDamagedError, unsealed

OnBytes = Callable[[int], None]
_T = TypeVar("_T")
_HASHERS = 2  # hashing lets go of the interpreter


@dataclass
class Records:
    """What the archive says, as far as it can be read; `faults` are of what cannot."""

    receipts: dict[str, Receipt] = field(default_factory=dict)
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    landings: dict[str, Landing] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    compaction: Compaction = field(default_factory=Compaction)
    numbers: Numbers | None = None
    noted: set[int] = field(default_factory=set)  # numbers that decisions and notes of arrivals speak of
    begun: set[str] = field(default_factory=set)  # sha256 of files whose loading was begun
    faults: list[Fault] = field(default_factory=list)

    @property
    def files(self) -> dict[str, str]:
        """Path under `lake/` → sha256, of every file that is to be there."""
        found, cuts = dict(self.fixed), self.compaction.cuts
        for landing in self.landings.values():
            found.update((name, digest) for name, digest in landing.files.items() if name not in cuts)
        found.update((file.name, file.sha256) for file in self.compaction.files)
        return found

    @property
    def spoken_of(self) -> set[int]:
        """The numbers of the order of arrival of which some record speaks."""
        found = set(self.noted)
        found.update(receipt.received_no for receipt in self.receipts.values())
        kept = [receipt.kept for receipt in self.receipts.values()]
        for landing in self.landings.values():
            found.update(number for row in landing.rows for number in numbers_in(row))
            found.add(landing.receipt.received_no if landing.receipt else 0)
            found.add(landing.outcome.received_no if landing.outcome else 0)
            kept.append(landing.receipt.kept if landing.receipt else ())
        found.update(outcome.received_no for outcomes in kept for outcome in outcomes)
        return found - {0}

    def landings_by_file(self) -> dict[str, list[Landing]]:
        """sha256 → the landings of its rounds."""
        found: dict[str, list[Landing]] = {}
        for landing in self.landings.values():
            if landing.receipt is not None:
                found.setdefault(landing.receipt.sha256, []).append(landing)
        return found

    def in_flight(self, landing: Landing) -> bool:
        """Whether the batch is being loaded, or will be again after a kill."""
        receipt = landing.receipt
        current = receipt and self.receipts.get(receipt.sha256)
        return bool(
            receipt
            and current
            and current.received_at == receipt.received_at
            and current.sha256 in self.begun
            and self._is_pending(current)
        )

    def _is_pending(self, receipt: Receipt) -> bool:
        if receipt.round == 1:
            return receipt.sha256 not in self.outcomes
        return not any(o.received_at >= receipt.received_at for o in self.outcomes.get(receipt.sha256, []))

    def lost_outcomes(self) -> Iterator[Landing]:
        """Landings of files that were loaded to the end and have no outcome."""
        for landing in self.landings.values():
            receipt = landing.receipt
            current = self.receipts.get(receipt.sha256) if receipt else None
            if (
                receipt
                and current
                and receipt.received_at == current.received_at
                and self._is_pending(current)
                and receipt.sha256 not in self.begun
            ):
                yield landing


def read_records(home: Home) -> Records:
    """Every record of the archive; those that are damaged become faults."""
    found = Records()
    # First: what is numbered meanwhile is spoken of by then.
    found.numbers = _read(home, found, memory(home), lambda path: remembered(home))
    for folder in (home.receipts, home.outcomes, home.landings):
        if not bundle.is_whole(folder):
            found.faults.append(Fault("RECORD_DAMAGED", _short(home, bundle.bundle_path(folder))))
    own, found.receipts = bundle.every(home.receipts, Receipt.model_validate)
    for path in own:
        receipt = _read(home, found, path, read_receipt)
        if receipt is not None and _is_of(home, found, path, receipt.sha256):
            found.receipts[path.stem] = receipt
    own, outcomes = bundle.every(home.outcomes, outcomes_in)
    found.outcomes.update((name, [*each]) for name, each in outcomes.items())
    for path in own:
        found.outcomes[path.stem] = _read(home, found, path, read_outcomes) or []
    own, found.landings = bundle.every(home.landings, Landing.model_validate)
    for path in own:
        landing = _read(home, found, path, read_landing)
        if landing is not None and _is_of(home, found, path, landing.name):
            found.landings[path.stem] = landing
    for sha256, each in found.outcomes.items():
        landings = [found.landings.get(outcome.batch_id) for outcome in each]
        owners = {landing.receipt.sha256 for landing in landings if landing and landing.receipt}
        for owner in owners - {sha256}:
            _is_of(home, found, home.outcomes / f"{sha256}.json", owner)
    for path in fixed.records(home):
        found.fixed.update(_read(home, found, path, fixed.recorded) or {})
    compacted = record_path(home)
    found.compaction = _read(home, found, compacted, lambda path: compaction(home)) or Compaction()
    for folder in (home.decisions, home.arrivals, home.archive / "returns"):
        for path in _named(folder):
            note = _read(home, found, path, unsealed)
            if note is not None and folder != home.archive / "returns":
                found.noted |= numbers_in(note)
    found.begun = {path.name for path in home.attempts.iterdir()} if home.attempts.is_dir() else set()
    return found


def lake_faults(home: Home, *, contents: bool = True, on_bytes: OnBytes | None = None) -> list[Fault]:
    """What is wrong with the records and the lake; without `contents` only names are compared.

    A home without records and without a lake is fresh, and whole.
    """
    records = read_records(home)
    faults = [*records.faults, *_unmatched(home, records), *_outdated(home, records)]
    faults += [*_forgotten(home, records), *_lake_names(home, records, contents)]
    if contents:
        faults += _lake_contents(home, records, faults, on_bytes)
    return sorted(faults, key=lambda fault: (fault.code, fault.where))


def archive_faults(home: Home, on_bytes: OnBytes | None = None) -> list[Fault]:
    """Originals that are gone or no longer what came."""
    records = read_records(home)
    wanted = {home.archived(sha256): sha256 for sha256 in sorted(records.receipts)}
    there = {path: digest for path, digest in wanted.items() if path.exists()}
    faults = [
        _of_receipt(home, "ARCHIVE_FILE_MISSING", path, records.receipts[digest])
        for path, digest in wanted.items()
        if path not in there
    ]
    for path, digest in _hashes(there, on_bytes):
        if digest != there[path]:
            faults.append(_of_receipt(home, "ARCHIVE_FILE_CHANGED", path, records.receipts[there[path]]))
    return faults


def bytes_to_read(home: Home) -> int:
    """How much `lake_faults` and `archive_faults` read, for a progress bar."""
    files = [*home.lake.rglob("*.parquet"), *home.archive.glob("??/*")]
    return sum(path.stat().st_size for path in files)


def _unmatched(home: Home, records: Records) -> Iterator[Fault]:
    """Outcomes and landings without their receipt, files loaded to the end without their outcome."""
    damaged = {fault.where for fault in records.faults}
    owners = {
        landing.receipt.sha256: landing
        for landing in records.landings.values()
        if landing.receipt is not None
    }
    for sha256 in sorted({*records.outcomes, *owners} - records.receipts.keys()):
        where = home.receipts / f"{sha256}.json"
        if _short(home, where) not in damaged:
            landing = owners.get(sha256)
            yield _of_receipt(home, "RECEIPT_LOST", where, landing.receipt if landing else None)
    lost = {landing.receipt.sha256: landing for landing in records.lost_outcomes() if landing.receipt}
    for sha256, landing in lost.items():
        where = home.outcomes / f"{sha256}.json"
        if _short(home, where) in damaged:
            continue
        # Another process may have begun, or finished, while this one was reading.
        if not (home.attempts / sha256).exists() and not (
            landing.receipt and is_settled(home, landing.receipt)
        ):
            yield _of_landing(home, "OUTCOME_LOST", where, landing)
    for outcomes in records.outcomes.values():
        for outcome in outcomes:
            if outcome.batch_id in records.landings:
                continue
            where = path_of(home, outcome.batch_id)
            if _short(home, where) not in damaged:
                yield _of_outcome(home, "LANDING_LOST", where, outcome)


def _outdated(home: Home, records: Records) -> Iterator[Fault]:
    """Receipts and outcomes that are whole, and older than what landed of their file."""
    for sha256, landings in records.landings_by_file().items():
        receipt = records.receipts.get(sha256)
        if receipt is None or receipt.round >= max(each.receipt.round for each in landings if each.receipt):
            continue
        # Another process may have decided about the file while this one was reading.
        last = last_receipt(landings)
        path = home.receipts / f"{sha256}.json"
        if read_receipt(path).round < last.round:
            yield _of_receipt(home, "RECORD_OUTDATED", path, last)
    for sha256, outcomes in records.outcomes.items():
        landed = [records.landings.get(outcome.batch_id) for outcome in outcomes]
        pairs = zip(outcomes, landed, strict=True)
        if any(each and each.outcome and each.outcome != outcome for outcome, each in pairs):
            where = home.outcomes / f"{sha256}.json"
            yield _of_outcome(home, "RECORD_OUTDATED", where, outcomes[0])


def _forgotten(home: Home, records: Records) -> Iterator[Fault]:
    """What only the order of arrival still knows of, and the records of a receiver themselves."""
    damaged = {fault.where for fault in records.faults}
    numbers = records.numbers
    numbered = any(receipt.received_no for receipt in records.receipts.values())
    if numbers is None and numbered and _short(home, memory(home)) not in damaged:
        yield Fault("RECORD_LOST", _short(home, memory(home)))
    if not _is_clock_whole(home, numbers):
        yield Fault("CLOCK_RECORD_LOST", _short(home, clock_record(home)))
    # A record that cannot be read, or has lost another's place, would be named once more by its number.
    if numbers and not damaged and (lost := numbers.used - records.spoken_of):
        yield from (
            Fault("ARRIVAL_LOST", f"{_short(home, home.receipts)}#{number}") for number in sorted(lost)
        )
    for landing in again_arrived(records):
        assert landing.receipt is not None
        path = note_path(home, landing.receipt)
        if not path.exists():
            yield _of_landing(home, "RECORD_LOST", path, landing)


def again_arrived(records: Records) -> Iterator[Landing]:
    """The lines on the board of bytes that came once more, each of which has a note."""
    for sha256, landings in records.landings_by_file().items():
        lines = [landing for landing in landings if is_duplicate(landing.name)]
        if not lines:  # nearly every file: who comes first need not be asked
            continue
        known = [landing.receipt for landing in landings if landing.receipt is not None]
        if (receipt := records.receipts.get(sha256)) is not None:
            known.append(receipt)
        first = min(receipt.arrival for receipt in known)
        for landing in lines:
            own = landing.receipt
            if own and own.round == 1 and own.arrival > first:
                yield landing


def lost_numbers(home: Home) -> set[int]:
    """Numbers of the order of arrival of which no record speaks any more."""
    records = read_records(home)
    return records.numbers.used - records.spoken_of if records.numbers else set()


def _is_clock_whole(home: Home, numbers: Numbers | None) -> bool:
    try:
        return bool(unsealed(clock_record(home)))
    except FileNotFoundError:
        return numbers is None or not numbers.has_clock
    except (OSError, RecordDamagedError):
        return False


def _lake_names(home: Home, records: Records, contents: bool) -> Iterator[Fault]:
    """Files that are gone, and files that count although nothing tells of them."""
    there = {str(path.relative_to(home.lake)) for path in home.lake.glob("*/*.parquet")}
    there = {name for name in there if not Path(name).name.startswith(".")}
    if not records.compaction.files and any(is_compacted(Path(name)) for name in there):
        # By it alone is known what they hold: without it every batch in them would be named.
        if _short(home, record_path(home)) not in {fault.where for fault in records.faults}:
            yield Fault("RECORD_LOST", _short(home, record_path(home)))
        return
    yield from _compacted_names(home, records, there)
    own, there = there, there | records.compaction.cuts.keys()
    for landing in records.landings.values():
        # The next night writes a decision that was killed; what is being loaded is written again.
        # So is the line of a file that came before: its claim is still there.
        later = (landing.kind != "batch" or is_duplicate(landing.name)) and not contents
        if later or (records.in_flight(landing) and _delivery(landing) not in there):
            continue
        for name in sorted(landing.files.keys() - there):
            yield _of_landing(home, "LAKE_FILE_MISSING", home.lake / name, landing)
    # The others of these are written anew by every night that finds them missing.
    made = set(records.fixed) - there if contents else {fixed.KEY} & (records.fixed.keys() - there)
    if records.landings:
        for name in sorted(made):
            yield Fault("LAKE_FILE_MISSING", _short(home, home.lake / name))
    for name in sorted(own - records.files.keys() - records.compaction.cuts.keys()):
        if _counts(name, there, records) and not is_recorded(path_of(home, Path(name).stem)):
            yield Fault("LAKE_FILE_UNKNOWN", _short(home, home.lake / name), feed=Path(name).parent.name)


def _compacted_names(home: Home, records: Records, there: set[str]) -> Iterator[Fault]:
    """Compacted files that are gone, and batches whose rows lie in one and would be read twice."""
    for file in records.compaction.files:
        if file.name not in there:
            yield _of_compacted(home, "LAKE_FILE_MISSING", file)
    for name in sorted(there & records.compaction.cuts.keys()):
        yield Fault("LAKE_FILE_TWICE", _short(home, home.lake / name))


def _of_compacted(home: Home, code: str, file: Compacted) -> Fault:
    return Fault(code, _short(home, home.lake / file.name), feed=file.table)


def _counts(name: str, there: set[str], records: Records) -> bool:
    """Whether a file that no record tells of would be read: a batch counts by its delivery row."""
    table, batch = Path(name).parent.name, Path(name).stem
    landing = records.landings.get(batch)
    if landing is not None and records.in_flight(landing):
        return False
    # An empty file of a table is written by the same night that meets it.
    counts = table in _COUNTING or is_compacted(Path(name)) or f"delivery/{batch}.parquet" in there
    return batch != "_empty" and counts


_COUNTING = frozenset({"delivery", *DECIDED, "feed_contract", "secret"})


def _lake_contents(
    home: Home, records: Records, found: Iterable[Fault], on_bytes: OnBytes | None
) -> Iterator[Fault]:
    named = {fault.where for fault in found}
    wanted = {home.lake / name: digest for name, digest in records.files.items()}
    wanted = {
        path: digest for path, digest in wanted.items() if _short(home, path) not in named and path.exists()
    }
    owners = {name: landing for landing in records.landings.values() for name in landing.files}
    compacted = {home.lake / file.name: file for file in records.compaction.files}
    for path, digest in _hashes(wanted, on_bytes):
        owner = owners.get(str(path.relative_to(home.lake)))
        if digest == wanted[path]:
            continue
        if path in compacted:
            yield _of_compacted(home, "LAKE_FILE_CHANGED", compacted[path])
        elif owner is None:
            yield Fault("LAKE_FILE_CHANGED", _short(home, path))
        elif not (records.in_flight(owner) and not (home.lake / _delivery(owner)).exists()):
            yield _of_landing(home, "LAKE_FILE_CHANGED", path, owner)


def _delivery(landing: Landing) -> str:
    return f"delivery/{landing.name}.parquet"


def _hashes(paths: Iterable[Path], on_bytes: OnBytes | None) -> Iterator[tuple[Path, str]]:
    listed = list(paths)
    with ThreadPoolExecutor(_HASHERS) as pool:
        for path, (digest, size) in zip(listed, pool.map(_hash, listed), strict=True):
            if on_bytes:
                on_bytes(size)
            yield path, digest


def _hash(path: Path) -> tuple[str, int]:
    """'' for what the disk does not give back."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return digest, file.tell()
    except OSError:
        return "", 0


def _named(folder: Path) -> list[Path]:
    return sorted(folder.glob("[!._]*.json"))


def _read(home: Home, found: Records, path: Path, read: Callable[[Path], _T]) -> _T | None:
    try:
        return read(path)
    except RecordDamagedError as error:
        code = "RECORD_UNSEALED" if error.unsealed else "RECORD_DAMAGED"
        found.faults.append(Fault(code, _short(home, path)))
    except (OSError, ValueError):
        found.faults.append(Fault("RECORD_DAMAGED", _short(home, path)))
    return None


def _is_of(home: Home, found: Records, path: Path, name: str) -> bool:
    """Whether a whole record lies under its own name; of two that took each other's place both are faults."""
    if path.stem != name:
        found.faults.append(Fault("RECORD_DAMAGED", _short(home, path)))
    return path.stem == name


def _short(home: Home, path: Path) -> str:
    return str(path.relative_to(home.root))


def _of_receipt(home: Home, code: str, path: Path, receipt: Receipt | None) -> Fault:
    if receipt is None:
        return Fault(code, _short(home, path))
    return Fault(
        code,
        _short(home, path),
        department=receipt.department,
        file_name=receipt.file_name,
        received_on=_day(receipt.arrived_at or receipt.received_at),
    )


def _of_outcome(home: Home, code: str, path: Path, outcome: Outcome) -> Fault:
    return Fault(
        code,
        _short(home, path),
        feed=outcome.feed,
        department=outcome.department,
        file_name=outcome.file_name,
        received_on=_day(outcome.arrived_at or outcome.received_at),
    )


def _of_landing(home: Home, code: str, path: Path, landing: Landing) -> Fault:
    if landing.outcome is None:
        return Fault(code, _short(home, path))
    return _of_outcome(home, code, path, landing.outcome)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
