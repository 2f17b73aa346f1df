"""The first half of a night: take the files in and load them, several at a time."""

from __future__ import annotations

import functools
import json
import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pebble import ProcessExpired, ProcessPool

from sanbao.errors import SanbaoError, mask
from sanbao.settings import Settings

if TYPE_CHECKING:
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
    """Claim what lies in the inbox; returns every received file that has no outcome yet, largest first.

    That includes files of a night that was killed: they are loaded by the next one.
    """
    from ingestion import Home, pending, prepare, receive

    home = Home(settings.home)
    prepare(home, catalog())
    receive(home, catalog(), settle_seconds=settings.settle_seconds)
    waiting = sorted(pending(home), key=lambda receipt: -receipt.size_bytes)
    return [receipt.model_dump(mode="json") for receipt in waiting]


def load_received(settings: Settings, receipt: ReceiptRow) -> list[OutcomeRow]:
    """Read, check and land one received file; returns one outcome per feed found in it."""
    from ingestion import Home, Receipt, load_file

    home, file = Home(settings.home), Receipt.model_validate(receipt)
    outcomes = load_file(home, catalog(), file, seconds=settings.file_seconds, lang=settings.lang)
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
    """What came of each receipt, and those whose process ended or had to be ended."""
    loaded, ended = _Loaded(), list[ReceiptRow]()
    if not receipts:
        return loaded, ended
    # spawn: a forked child would inherit threads of pyarrow and duckdb in mid-flight.
    context = multiprocessing.get_context("spawn")
    done = 0
    with ProcessPool(min(settings.workers, len(receipts)), context=context) as pool:
        futures: dict[Future[list[OutcomeRow]], ReceiptRow] = {
            pool.schedule(load_received, args=(settings, receipt), timeout=seconds): receipt
            for receipt in receipts
        }
        try:
            for future in as_completed(futures):
                try:
                    loaded.outcomes += future.result()
                except (ProcessExpired, TimeoutError):
                    ended.append(futures[future])
                    continue
                except SanbaoError:
                    raise
                except Exception as error:  # noqa: BLE001  (disk full, memory)
                    loaded.failures.append(mask(f"{type(error).__name__}: {error}"))
                done += 1
                on_done(done, str(futures[future]["file_name"]))
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]  # otherwise leaving the pool would wait for every file
            raise
    return loaded, ended


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
