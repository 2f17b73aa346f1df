"""Make again what is lost: lake files from the archived originals, receipts and outcomes from the landings.

An original is loaded again in a scratch home that holds of the lake what had landed before it, so that
it is judged as it was then. The recorded hash decides: a file that comes out otherwise is not put back.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from foundation.files import put_in_place, write_bytes
from ingestion.contracts import Catalog
from ingestion.lake.archive import ArchiveDamagedError, archived_bytes
from ingestion.lake.duplicates import note_of, note_path
from ingestion.lake.faults import Fault
from ingestion.lake.fixed import prepare
from ingestion.lake.home import Home
from ingestion.lake.integrity import again_arrived, lake_faults, read_records
from ingestion.lake.landings import Landing, last_receipt, path_of, read_landing
from ingestion.lake.numbers import clock_record, memory, remember
from ingestion.lake.records import outcomes_text, receipt_text
from ingestion.lake.withdrawals import finish_withdrawals
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
    prepare(home, catalog)
    _set_changed_withdrawals_aside(home, before)
    finish_withdrawals(home)
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


def _notes(home: Home, faults: list[Fault]) -> None:
    """Damaged notes of arrivals and of marked copies decide nothing: they are kept apart.

    Those of arrivals are made again from the line that landed with them.
    """
    for fault in faults:
        path = home.root / fault.where
        if fault.code == "RECORD_DAMAGED" and path.parent.name in ("arrivals", "returns"):
            aside = home.archive / "damaged" / path.parent.name
            aside.mkdir(parents=True, exist_ok=True)
            path.rename(aside / path.name)
    for landing in again_arrived(read_records(home)):
        if landing.receipt and landing.outcome and not note_path(home, landing.receipt).exists():
            write_bytes(note_of(landing.outcome, landing.receipt), note_path(home, landing.receipt))


def _memories(home: Home, faulty: set[str]) -> None:
    """The last number is that of the highest record; the clock's record begins anew."""
    if str(memory(home).relative_to(home.root)) in faulty:
        memory(home).unlink(missing_ok=True)
        remember(home, last_number(home))
    if str(clock_record(home).relative_to(home.root)) in faulty:
        make_again(home, datetime.now(UTC))


def _set_changed_withdrawals_aside(home: Home, faults: list[Fault]) -> None:
    for fault in faults:
        if fault.code == "LAKE_FILE_CHANGED" and fault.where.startswith("lake/withdrawal/"):
            (home.root / fault.where).unlink()


def _lake_files(home: Home, catalog: Catalog, damaged: set[str], on_file: OnFile) -> None:
    """Go through the landings in their order; in the scratch home each finds those before it."""
    scratch = Home(home.root / ".repair")
    shutil.rmtree(scratch.root, ignore_errors=True)
    try:
        prepare(scratch, catalog)
        landings = sorted(read_records(home).landings.values(), key=lambda landing: landing.number)
        for landing in landings:
            broken = sorted(landing.files.keys() & damaged)
            if broken and landing.receipt is not None:
                on_file(landing.receipt.file_name)
                _load_again(home, scratch, catalog, landing, broken)
            for name in landing.files:
                _link(home.lake / name, scratch.lake / name)
            _link(path_of(home, landing.name), path_of(scratch, landing.name))
    finally:
        shutil.rmtree(scratch.root, ignore_errors=True)


def _load_again(home: Home, scratch: Home, catalog: Catalog, landing: Landing, broken: list[str]) -> None:
    assert landing.receipt is not None
    receipt = landing.receipt
    try:
        archived_bytes(home, receipt.sha256)
    except ArchiveDamagedError:
        return  # a fault of its own, which `verify` names
    _link(home.archived(receipt.sha256), scratch.archived(receipt.sha256))
    write_bytes(receipt_text(receipt), scratch.receipts / f"{receipt.sha256}.json")
    (scratch.outcomes / f"{receipt.sha256}.json").unlink(missing_ok=True)
    with suppress(Exception):  # what cannot be loaded stays a fault
        load_file(scratch, catalog, receipt)
    made = path_of(scratch, landing.name)
    if not made.exists():
        return
    again = read_landing(made).files
    for name in broken:
        if again.get(name) == landing.files[name] and (scratch.lake / name).exists():
            target = home.lake / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(scratch.lake / name, scratch.root / "copy")
            put_in_place(scratch.root / "copy", target)


def _link(source: Path, target: Path) -> None:
    """A second name for `source`: what is written later takes the name, and leaves the bytes alone."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    os.link(source, target)
