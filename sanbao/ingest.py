"""The first half of a night: take the files in and load them, several at a time."""

from __future__ import annotations

import functools
import getpass
import json
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pebble import ProcessExpired, ProcessPool

from sanbao.errors import SanbaoError, mask
from sanbao.settings import COUNTY_TIME, Settings

if TYPE_CHECKING:
    from ingestion.clock import ClockRule
    from ingestion.contracts import Catalog

OutcomeRow = dict[str, Any]
ReceiptRow = dict[str, Any]
Progress = Callable[[str, int, int], None]  # what, done, of


@functools.cache
def catalog() -> Catalog:
    """The feed contracts, read once per process; raises SanbaoError (FEEDS_WRONG)."""
    from ingestion.contracts import ContractError, load_catalog

    try:
        return load_catalog()
    except ContractError as error:
        raise SanbaoError("FEEDS_WRONG", detail=str(error)) from error


def receive_files(settings: Settings) -> list[ReceiptRow]:
    """Claim what lies in the inbox; returns every received file that has no outcome yet, in loading order.

    That includes files of a night that was killed: they are loaded by the next one. Raises SanbaoError
    (CLOCK_JUMPED) before anything is claimed.
    """
    from ingestion import Home, in_turn, pending, prepare, receive

    home = Home(settings.home)
    prepare(home, catalog())
    with believed_clock(settings) as rule:
        receive(home, catalog(), settle_seconds=settings.settle_seconds, clock=rule)
    return [receipt.model_dump(mode="json") for receipt in in_turn(pending(home))]


@contextmanager
def believed_clock(settings: Settings) -> Iterator[ClockRule]:
    """What the clock is held against; raises SanbaoError (CLOCK_JUMPED)."""
    from ingestion.clock import ClockJumpedError, ClockRule

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
    from ingestion.not_taken import not_taken

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


def load_received(settings: Settings, receipt: ReceiptRow, *, in_turn: bool = False) -> list[OutcomeRow]:
    """Read, check and land one received file; returns one outcome per feed found in it.

    With `in_turn`, what of the department waits before it is loaded first: for callers that know
    nothing of each other.
    """
    from ingestion import Home, Receipt, load_file, load_in_turn

    home, file = Home(settings.home), Receipt.model_validate(receipt)
    load = load_in_turn if in_turn else load_file
    outcomes = load(home, catalog(), file, seconds=settings.file_seconds, lang=settings.lang)
    rows = [outcome.model_dump(mode="json") for outcome in outcomes]
    check_accounting(rows)
    return rows


def settle_returns(settings: Settings) -> None:
    """Bring what departments find in `returned/` up to date with what was loaded."""
    from ingestion import Home
    from ingestion import settle_returns as settle

    settle(Home(settings.home), catalog(), settings.lang)


def receipt_of(settings: Settings, sha256: str) -> ReceiptRow:
    """The receipt of a received file; raises SanbaoError (NOT_FOUND)."""
    path = settings.home / "archive" / "receipts" / f"{sha256}.json"
    if not path.exists():
        raise SanbaoError("NOT_FOUND", what=sha256[:12])
    receipt: ReceiptRow = json.loads(path.read_text("utf-8"))
    return receipt


def outcomes_of(settings: Settings, sha256: str) -> list[OutcomeRow]:
    """What became of a received file; empty when it was not loaded to the end."""
    from ingestion import Home
    from ingestion.rounds import recorded_outcomes

    return [outcome.model_dump(mode="json") for outcome in recorded_outcomes(Home(settings.home), sha256)]


def load_all(settings: Settings, receipts: list[ReceiptRow], progress: Progress) -> list[OutcomeRow]:
    """Load every receipt with `workers` processes; one file's system failure does not stop the others.

    A file that ended its process, or took longer than anything may, gets a second attempt, in which it
    is tried out first and refused if it does so again.
    """
    if not receipts:
        settle_returns(settings)  # what came before, and what was not taken, is told too
        return []
    total, limit = len(receipts), settings.file_seconds
    first, ended = _load_each(settings, receipts, limit, lambda n, name: progress(name, n, total))
    before = total - len(ended)
    # The second attempt may try a file out twice before it loads it.
    second, stubborn = _load_each(
        settings, ended, 3 * limit, lambda n, name: progress(name, before + n, total)
    )
    settle_returns(settings)
    outcomes = first.outcomes + second.outcomes
    failures = first.failures + second.failures
    failures += [f"{mask(str(receipt['file_name']))}: ended its process twice" for receipt in stubborn]
    if failures:
        raise LoadIncomplete(outcomes, failures)
    return outcomes


@dataclass
class _Loaded:
    outcomes: list[OutcomeRow] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def _load_each(
    settings: Settings, receipts: list[ReceiptRow], seconds: float, on_done: Callable[[int, str], None]
) -> tuple[_Loaded, list[ReceiptRow]]:
    """What came of each receipt, and those whose process ended or had to be ended.

    Departments go side by side, the files of one after another: each is judged by those before it.
    """
    loaded, ended = _Loaded(), list[ReceiptRow]()
    if not receipts:
        return loaded, ended
    queues = _by_department(receipts)
    # spawn: a forked child would inherit threads of pyarrow and duckdb in mid-flight.
    context = multiprocessing.get_context("spawn")
    done = 0
    with ProcessPool(min(settings.workers, len(queues)), context=context) as pool, ExitStack() as broken_off:
        # Otherwise leaving the pool would wait for every file, after Ctrl-C too.
        broken_off.callback(pool.stop)
        running: dict[Future[list[OutcomeRow]], ReceiptRow] = {}

        def start(queue: deque[ReceiptRow]) -> None:
            if queue:
                job = pool.schedule(load_received, args=(settings, queue[0]), timeout=seconds)
                running[job] = queue.popleft()

        for queue in queues.values():
            start(queue)
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                receipt = running.pop(future)
                if _take_result(future, receipt, loaded, ended):
                    done += 1
                    on_done(done, str(receipt["file_name"]))
                start(queues[receipt["department"]])
        broken_off.pop_all()
    return loaded, ended


def _take_result(
    future: Future[list[OutcomeRow]], receipt: ReceiptRow, loaded: _Loaded, ended: list[ReceiptRow]
) -> bool:
    """Put what came of a receipt where it belongs; False when its process ended."""
    try:
        loaded.outcomes += future.result()
    except (ProcessExpired, TimeoutError):
        ended.append(receipt)
        return False
    except SanbaoError:
        raise
    except Exception as error:  # noqa: BLE001  (disk full, memory)
        loaded.failures.append(mask(f"{type(error).__name__}: {error}"))
    return True


def _by_department(receipts: list[ReceiptRow]) -> dict[str, deque[ReceiptRow]]:
    """The files of each department in their order; the department with the most to read first."""
    found: dict[str, deque[ReceiptRow]] = {}
    for receipt in receipts:
        found.setdefault(receipt["department"], deque()).append(receipt)
    largest = sorted(found, key=lambda name: -sum(receipt["size_bytes"] for receipt in found[name]))
    return {name: found[name] for name in largest}


class LoadIncomplete(Exception):
    """Some files could not be finished (never for what they contain); carries what was loaded."""

    def __init__(self, outcomes: list[OutcomeRow], failures: list[str]) -> None:
        super().__init__("; ".join(failures[:3]))
        self.outcomes = outcomes
        self.failures = failures


def check_accounting(outcomes: Iterable[OutcomeRow]) -> None:
    """Rows read = rows accepted + rows held, for every file; raises SanbaoError otherwise."""
    for row in outcomes:
        read, accepted, held = (int(row[name]) for name in ("rows_read", "rows_accepted", "rows_held"))
        if read != accepted + held:
            raise SanbaoError("ACCOUNTING_BROKEN", read=read, accepted=accepted, held=held)
