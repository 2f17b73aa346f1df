"""One writer at a time: what a night, a build, a backup hold of the home, and what a busy home says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from foundation.locks import LockedError, alone
from sanbao.errors import SanbaoError
from sanbao.night.home import catalog
from sanbao.settings import Settings

LOCK_WAIT_SECONDS = 600.0


@contextmanager
def night_lock(settings: Settings, wait_seconds: float = 0) -> Iterator[None]:
    """No other night and no decision; raises SanbaoError (HOME_BUSY)."""
    with _held(settings.home / ".night.lock", wait_seconds):
        yield


@contextmanager
def warehouse_lock(settings: Settings, wait_seconds: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
    """Nobody else builds or publishes; raises SanbaoError (HOME_BUSY)."""
    with _held(settings.warehouse.parent / ".lock", wait_seconds):
        yield


@contextmanager
def home_at_rest(settings: Settings, wait_seconds: float = 0) -> Iterator[None]:
    """No night, no build, no file of any department is in the middle of something, of Airflow's neither.

    Raises SanbaoError (HOME_BUSY) when one of them does not end within the time.
    """
    from ingestion import Home
    from ingestion.receiving.order import turn_of

    with ExitStack() as locks:
        locks.enter_context(night_lock(settings, wait_seconds))
        locks.enter_context(warehouse_lock(settings, wait_seconds))
        for department in catalog().departments:
            with _busy_is_said():
                locks.enter_context(turn_of(Home(settings.home), department, wait_seconds))
        yield


@contextmanager
def _held(path: Path, wait_seconds: float) -> Iterator[None]:
    with ExitStack() as lock:
        with _busy_is_said():
            lock.enter_context(alone(path, wait_seconds))
        yield


@contextmanager
def _busy_is_said() -> Iterator[None]:
    try:
        yield
    except LockedError as error:
        raise SanbaoError("HOME_BUSY") from error
