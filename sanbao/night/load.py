"""The first half of a night: take the files in and load them, several at a time."""

from __future__ import annotations

import getpass
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from foundation.language import COUNTY_TIME
from sanbao.errors import SanbaoError
from sanbao.night import lineage
from sanbao.night.home import catalog, prepare_home, refuse_unfinished_restore
from sanbao.night.integrity import require_served, require_whole
from sanbao.night.pool import in_processes
from sanbao.redact import kind_of
from sanbao.settings import Settings
from sanbao.storage import no_room, refuse_full_disk, tells_of_storage

if TYPE_CHECKING:
    from ingestion.receiving.clock import ClockRule


OutcomeRow = dict[str, Any]
ReceiptRow = dict[str, Any]
_PACKED = 5  # times the work of a text of the same size
Progress = Callable[[str, int, int], None]  # what, done, of


@tells_of_storage
def receive_files(settings: Settings) -> list[ReceiptRow]:
    """Claim what lies in the inbox; returns every received file that has no outcome yet, in loading order.

    That includes files of a night that was killed: they are loaded by the next one. Raises SanbaoError
    (HOME_NOT_WHOLE) before anything is taken in when records or lake files are gone, and before
    anything is judged by the lake when it is damaged; CLOCK_JUMPED before anything is claimed.
    """
    from ingestion import Home, in_turn, pending, receive

    home = Home(settings.home)
    refuse_full_disk(settings)
    refuse_unfinished_restore(settings)
    require_whole(settings, contents=False)
    require_served(settings)
    prepare_home(settings)
    with believed_clock(settings) as rule:
        receive(
            home,
            catalog(),
            settle_seconds=settings.settle_seconds,
            clock=rule,
            largest=settings.file_bytes,
            no_room=no_room(settings),
        )
    waiting = [receipt.model_dump(mode="json") for receipt in in_turn(pending(home), catalog())]
    if waiting:
        require_whole(settings)
    return waiting


@contextmanager
def believed_clock(settings: Settings) -> Iterator[ClockRule]:
    """What the clock is held against; raises SanbaoError (CLOCK_JUMPED)."""
    from ingestion.receiving.clock import ClockJumpedError, ClockRule

    by = getpass.getuser() if settings.clock_is_right else None
    try:
        yield ClockRule(settings.clock_jump_days, by)
    except ClockJumpedError as error:
        moments = (moment.astimezone(COUNTY_TIME) for moment in (error.now, error.last))
        now, last = (f"{moment:%Y-%m-%d %H:%M}" for moment in moments)
        raise SanbaoError("CLOCK_JUMPED", now=now, last=last) from error


def left_in_inbox(settings: Settings) -> list[dict[str, str]]:
    """What the last run could not take out of the inbox: department, name, code, and why."""
    from ingestion import Home
    from ingestion.lake.not_taken import not_taken

    return [
        {
            "department": left.department,
            "name": left.name,
            "code": left.code,
            "since": left.since.isoformat(timespec="seconds"),
            "reason": left.said(english=settings.lang == "en"),
        }
        for left in not_taken(Home(settings.home))
    ]


@tells_of_storage
def load_received(settings: Settings, receipt: ReceiptRow) -> list[OutcomeRow]:
    """Read, check and land one received file; returns one outcome per feed found in it."""
    from ingestion import Home, Receipt, load_file

    home, file = Home(settings.home), Receipt.model_validate(receipt)
    outcomes = load_file(home, catalog(), file, seconds=settings.file_seconds)
    rows = [outcome.model_dump(mode="json") for outcome in outcomes]
    check_accounting(rows)
    return rows


def label(row: Mapping[str, Any]) -> str:
    """A file as logs name it: by department and the beginning of its hash, which `sanbao status` knows.

    Clerks name files after people, and no pattern recognises a name.
    """
    return f"{row['department']}/{row['sha256'][:12]}"


def receipt_of(settings: Settings, sha256: str) -> ReceiptRow:
    """The receipt of a received file; raises SanbaoError (NOT_FOUND)."""
    path = settings.home / "archive" / "receipts" / f"{sha256}.json"
    from ingestion.lake.bundle import is_recorded
    from ingestion.lake.records import read_receipt

    if not is_recorded(path):
        raise SanbaoError("NOT_FOUND", what=sha256[:12])

    receipt: ReceiptRow = read_receipt(path).model_dump(mode="json")
    return receipt


def unfinished(settings: Settings) -> list[ReceiptRow]:
    """Received files whose loading was begun and not finished, or whose archived bytes are damaged."""
    from ingestion import Home, pending
    from ingestion.lake.archive import is_whole

    home, found = Home(settings.home), list[ReceiptRow]()
    for receipt in pending(home):
        whole = is_whole(home, receipt.sha256)
        if not whole or (home.attempts / receipt.sha256).exists():
            row = receipt.model_dump(mode="json", include={"department", "file_name", "received_at"})
            found.append({**row, "is_archive_whole": whole})
    return found


def outcomes_of(settings: Settings, sha256: str) -> list[OutcomeRow]:
    """What became of a received file; empty when it was not loaded to the end."""
    from ingestion import Home
    from ingestion.lake.records import recorded_outcomes

    return [outcome.model_dump(mode="json") for outcome in recorded_outcomes(Home(settings.home), sha256)]


@tells_of_storage
def load_all(settings: Settings, receipts: list[ReceiptRow], progress: Progress) -> list[OutcomeRow]:
    """Load every receipt with `workers` processes; one file's system failure does not stop the others.

    A file that ended its process, or took longer than anything may, gets a second attempt, in which it
    is tried out first and refused if it does so again.
    """
    if not receipts:
        return []
    began, total, limit = datetime.now(UTC), len(receipts), settings.file_seconds
    first, ended = _load_each(settings, receipts, limit, lambda n, name: progress(name, n, total))
    before = total - len(ended)
    # The second attempt may try a file out twice before it loads it.
    second, stubborn = _load_each(
        settings, ended, 3 * limit, lambda n, name: progress(name, before + n, total)
    )
    outcomes = first.outcomes + second.outcomes
    lineage.files_loaded(settings, outcomes, began)
    failures = first.failures + second.failures
    damaged = first.damaged + second.damaged
    failures += [f"{label(receipt)}: ended its process twice" for receipt in stubborn]
    if failures or damaged:
        raise LoadIncomplete(outcomes, failures, damaged)
    return outcomes


@dataclass
class _Loaded:
    outcomes: list[OutcomeRow] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)  # files whose archived bytes are not what came


def _load_each(
    settings: Settings, receipts: list[ReceiptRow], seconds: float, on_done: Callable[[int, str], None]
) -> tuple[_Loaded, list[ReceiptRow]]:
    """What came of each receipt, and those whose process ended, had to be ended, or never took them.

    Departments go side by side, the files of one after another: each is judged by those before it.
    """
    loaded = _Loaded()
    done = 0

    def take(receipt: ReceiptRow, future: Future[list[OutcomeRow]]) -> None:
        nonlocal done
        _take_result(future, receipt, loaded)
        done += 1
        on_done(done, str(receipt["file_name"]))

    job = partial(load_received, settings)
    return loaded, in_processes(_by_department(receipts), job, settings.workers, seconds, take, _effort)


def _take_result(future: Future[list[OutcomeRow]], receipt: ReceiptRow, loaded: _Loaded) -> None:
    """Put what came of a receipt where it belongs."""
    from ingestion.lake.archive import ArchiveDamagedError

    try:
        loaded.outcomes += future.result()
    except SanbaoError as error:
        if error.code != "HOME_NOT_ALLOWED":  # one file's trouble; no other could be written either
            raise
        loaded.failures.append(error.code)
    except ArchiveDamagedError:
        loaded.damaged.append(label(receipt))
    except Exception as error:  # noqa: BLE001  (memory)
        loaded.failures.append(kind_of(error))


def _by_department(receipts: list[ReceiptRow]) -> list[deque[ReceiptRow]]:
    """The files of each department in their order."""
    found: dict[str, deque[ReceiptRow]] = {}
    for receipt in receipts:
        found.setdefault(receipt["department"], deque()).append(receipt)
    return [*found.values()]


def _effort(receipt: ReceiptRow) -> float:
    """About how much work a file is, in bytes of text: a workbook is packed, and is taken apart first."""
    is_text = str(receipt["file_name"]).lower().endswith((".csv", ".tsv", ".txt"))
    return float(receipt["size_bytes"]) * (1 if is_text else _PACKED)


class LoadIncomplete(Exception):
    """Some files could not be finished (never for what they contain); carries what was loaded."""

    def __init__(self, outcomes: list[OutcomeRow], failures: list[str], damaged: list[str]) -> None:
        super().__init__("; ".join([*failures, *damaged][:3]))
        self.outcomes = outcomes
        self.failures = failures
        self.damaged = damaged

    def error(self) -> SanbaoError:
        """What to tell at the end, when the other files are done."""
        if self.damaged:
            detail = "、".join(self.damaged[:3])
            return SanbaoError("ARCHIVE_DAMAGED", count=len(self.damaged), detail=detail)
        return SanbaoError("LOAD_FAILED", count=len(self.failures), detail=self.failures[0])


def check_accounting(outcomes: Iterable[OutcomeRow]) -> None:
    """Rows read = rows accepted + rows held, for every file; raises SanbaoError otherwise."""
    for row in outcomes:
        read, accepted, held = (int(row[name]) for name in ("rows_read", "rows_accepted", "rows_held"))
        if read != accepted + held:
            raise SanbaoError("ACCOUNTING_BROKEN", read=read, accepted=accepted, held=held)
