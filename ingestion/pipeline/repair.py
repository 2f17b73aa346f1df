"""Make again what is lost: lake files from the archived originals, receipts and outcomes from the landings.

An original is loaded again in a scratch home that holds of the lake what had landed before it, so that
it is judged as it was then. The recorded hash decides: a file that comes out otherwise is not put back.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from foundation.files import put_in_place, write_bytes
from ingestion.contracts import Catalog
from ingestion.lake import batch_files, bundle
from ingestion.lake.archive import ArchiveDamagedError, archived_bytes
from ingestion.lake.compact import LakeFileChangedError, write_compacted
from ingestion.lake.compacted import (
    Compacted,
    compaction,
    finish,
    is_compacted,
    record_again,
    record_path,
)
from ingestion.lake.decided import DECIDED, decided_bytes, finish_decided
from ingestion.lake.duplicates import note_of, note_path
from ingestion.lake.faults import Fault
from ingestion.lake.fixed import prepare
from ingestion.lake.home import Home, write_parquet
from ingestion.lake.integrity import again_arrived, lake_faults, read_records
from ingestion.lake.landings import Landing, last_receipt, path_of, read_landing
from ingestion.lake.numbers import clock_record, memory, remember
from ingestion.lake.parquet import read_parquet
from ingestion.lake.records import outcomes_text, receipt_text
from ingestion.lake.sealed import RecordDamagedError, sealed
from ingestion.pipeline.load import load_file
from ingestion.receiving.clock import make_again
from ingestion.receiving.numbering import last_number

OnFile = Callable[[str], None]
_LAKE = ("LAKE_FILE_MISSING", "LAKE_FILE_CHANGED")


def repair(home: Home, catalog: Catalog, on_file: OnFile = lambda name: None) -> list[Fault]:
    """Make again what can be; returns the faults that are mended. Only while nothing else writes the home."""
    before = lake_faults(home)
    _records(home, {fault.where for fault in before if fault.code == "RECORD_OUTDATED"})
    _notes(home, before)
    _memories(home, {fault.where for fault in before})
    if str(record_path(home).relative_to(home.root)) in {fault.where for fault in before}:
        for name in record_again(home):
            _aside(home, home.lake / name)
    with suppress(RecordDamagedError):
        finish(home)
    prepare(home, catalog)
    _set_changed_decisions_aside(home, before)
    finish_decided(home)
    before = [*before, *(fault for fault in lake_faults(home) if fault not in before)]
    damaged = {fault.where.removeprefix("lake/") for fault in before if fault.code in _LAKE}
    if damaged:
        _lake_files(home, catalog, damaged, on_file)
    after = set(lake_faults(home))
    return [fault for fault in before if fault not in after]


def _records(home: Home, outdated: set[str]) -> None:
    """Receipts and outcomes that are lost, damaged or outdated, from the landings of their last round."""
    records = read_records(home)
    rounds = records.landings_by_file()
    for sha256, landings in rounds.items():
        path = home.receipts / f"{sha256}.json"
        if sha256 not in records.receipts or str(path.relative_to(home.root)) in outdated:
            write_bytes(receipt_text(last_receipt(landings)), path)
    records = read_records(home)
    unreadable = {fault.where for fault in records.faults}
    lost = {landing.receipt.sha256 for landing in records.lost_outcomes() if landing.receipt}
    for sha256, landings in rounds.items():
        path = home.outcomes / f"{sha256}.json"
        if sha256 in lost or str(path.relative_to(home.root)) in unreadable | outdated:
            latest = last_receipt(landings)
            landings.sort(key=lambda landing: landing.number)
            own = [each.outcome for each in landings if each.outcome and each.receipt == latest]
            write_bytes(outcomes_text([*latest.kept, *own]), path)
    for folder in (home.receipts, home.outcomes):
        if not bundle.is_whole(folder):  # what it lacks has files of its own now
            bundle.mend(folder)


def _notes(home: Home, faults: list[Fault]) -> None:
    """Damaged notes of arrivals and of marked copies decide nothing: they are kept apart.

    Those of arrivals are made again from the line that landed with them.
    """
    for fault in faults:
        path = home.root / fault.where
        if fault.code == "RECORD_DAMAGED" and path.parent.name in ("arrivals", "returns"):
            _aside(home, path)
    for landing in again_arrived(read_records(home)):
        if landing.receipt and landing.outcome and not note_path(home, landing.receipt).exists():
            write_bytes(note_of(landing.outcome, landing.receipt), note_path(home, landing.receipt))


def _aside(home: Home, path: Path) -> None:
    aside = home.archive / "damaged" / path.parent.name
    aside.mkdir(parents=True, exist_ok=True)
    path.rename(aside / path.name)


def _memories(home: Home, faulty: set[str]) -> None:
    """The last number is that of the highest record; the clock's record begins anew."""
    if str(memory(home).relative_to(home.root)) in faulty:
        memory(home).unlink(missing_ok=True)
        remember(home, last_number(home))
    if str(clock_record(home).relative_to(home.root)) in faulty:
        make_again(home, datetime.now(UTC))


def _set_changed_decisions_aside(home: Home, faults: list[Fault]) -> None:
    for fault in faults:
        path = home.root / fault.where
        decided = path.parent in [home.lake / kind for kind in DECIDED]
        if fault.code == "LAKE_FILE_CHANGED" and decided and not is_compacted(path):
            path.unlink()


def _lake_files(home: Home, catalog: Catalog, damaged: set[str], on_file: OnFile) -> None:
    """Go through the landings in their order; in the scratch home each finds those before it."""
    scratch = Home(home.root / ".repair")
    shutil.rmtree(scratch.root, ignore_errors=True)
    broken_files = [file for file in compaction(home).files if file.name in damaged]
    members = {member for file in broken_files for member in file.members}
    try:
        prepare(scratch, catalog)
        landings = sorted(read_records(home).landings.values(), key=lambda landing: landing.number)
        for landing in landings:
            broken = landing.files.keys() & (damaged | members)
            if broken and landing.receipt is not None:
                on_file(landing.receipt.file_name)
            made = _made_again(home, scratch, catalog, landing) if broken else set()
            for name in sorted(broken & made):
                place = scratch.root / "made" / name if name in members else home.lake / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(scratch.lake / name, scratch.root / "copy")
                put_in_place(scratch.root / "copy", place)
            for name in landing.files.keys() - members:
                _lay(home, scratch, name)
            write_bytes(sealed(landing.model_dump(mode="json")), path_of(scratch, landing.name))
        for file in broken_files:
            _put_together(home, scratch, file)
    finally:
        shutil.rmtree(scratch.root, ignore_errors=True)


def _made_again(home: Home, scratch: Home, catalog: Catalog, landing: Landing) -> set[str]:
    """Load a batch again; returns the files that came out as they are recorded."""
    if landing.kind != "batch":
        name = f"{landing.kind}/{landing.name}.parquet"
        write_bytes(decided_bytes(landing.kind, landing.rows), scratch.lake / name)
        is_same = hashlib.sha256((scratch.lake / name).read_bytes()).hexdigest() == landing.files[name]
        return {name} if is_same else set()
    receipt = landing.receipt
    if receipt is None:
        return set()
    try:
        archived_bytes(home, receipt.sha256)
    except ArchiveDamagedError:
        return set()  # a fault of its own, which `verify` names
    _link(home.archived(receipt.sha256), scratch.archived(receipt.sha256))
    write_bytes(receipt_text(receipt), scratch.receipts / f"{receipt.sha256}.json")
    (scratch.outcomes / f"{receipt.sha256}.json").unlink(missing_ok=True)
    with suppress(Exception):  # what cannot be loaded stays a fault
        load_file(scratch, catalog, receipt)
    made = path_of(scratch, landing.name)
    again = read_landing(made).files if made.exists() else {}
    return {
        name
        for name, digest in again.items()
        if landing.files.get(name) == digest and (scratch.lake / name).exists()
    }


def _lay(home: Home, scratch: Home, name: str) -> None:
    """Give the scratch home a file of a batch, which in the home may lie in a compacted one."""
    path = Path(name)
    if (home.lake / name).exists():
        _link(home.lake / name, scratch.lake / name)
    elif name in compaction(home).cuts:
        rows = batch_files.read(home, path.parent.name, path.stem)
        write_parquet(rows, scratch.lake / name)


def _put_together(home: Home, scratch: Home, file: Compacted) -> None:
    """A compacted file from those of its batches, where all of them were made again."""
    folder, draft = scratch.root / "made", scratch.root / "compacted"
    counts = dict(zip(file.members, (rows for _, rows in file.batches), strict=True))
    if not all((folder / name).exists() for name in counts):
        return
    with suppress(LakeFileChangedError):
        if write_compacted(draft, counts, lambda name: read_parquet(folder / name)) == file.sha256:
            put_in_place(draft, home.lake / file.name)


def _link(source: Path, target: Path) -> None:
    """A second name for `source`: what is written later takes the name, and leaves the bytes alone."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    os.link(source, target)
