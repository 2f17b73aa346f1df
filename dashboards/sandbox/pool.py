"""The query processes of one worker: started ahead, used by one connection at a time, killed at the limit."""

from __future__ import annotations

import os
import pickle
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from dashboards.sandbox.child import HEADER, write_message
from dashboards.sandbox.limits import Limits
from dashboards.sandbox.refusals import QueryRefused

_ROOT = Path(__file__).resolve().parents[2]
_TICK_SECONDS = 0.25
Cancelled = Callable[[], bool]


class QueryProcess:
    """One child; every request either gets its answer in time or costs the child its life."""

    def __init__(self, limits: Limits, spill_root: Path) -> None:
        self._limits = limits
        spill_root.mkdir(parents=True, exist_ok=True)
        self._spill = Path(tempfile.mkdtemp(prefix="query-", dir=spill_root))
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-m", "dashboards.sandbox.child"],
            cwd=_ROOT,
            # Nothing of the server's environment: it holds the server's secrets.
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(self._spill)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self._send(pickle.dumps((limits, self._spill)))

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, *request: Any, until: float, cancelled: Cancelled, late: str = "QUERY_TIMEOUT") -> Any:
        """The answer to one request; `until` is a moment of the monotonic clock, `late` the code after it.

        Raises QueryRefused (QUERY_TIMEOUT, QUERY_CANCELLED, QUERY_MEMORY, RESULT_TOO_LARGE or what
        the gate found), or the duckdb.Error that the query ended with.
        """
        self._send(pickle.dumps(request))

        def check_in() -> None:
            if time.monotonic() > until:
                self.kill()
                raise QueryRefused(late, seconds=self._limits.seconds)
            if cancelled():
                self.kill()
                raise QueryRefused("QUERY_CANCELLED")

        (size,) = HEADER.unpack(self._receive(HEADER.size, check_in))
        if size > self._limits.answer + (1 << 20):
            self.kill()
            raise QueryRefused("RESULT_TOO_LARGE")
        kind, value = pickle.loads(self._receive(size, check_in))  # noqa: S301 (our own child)
        if kind == "ok":
            return value
        if kind == "memory":
            self.kill()  # its memory may be in pieces
            raise QueryRefused("QUERY_MEMORY")
        if kind == "refused":
            raise QueryRefused(value[0], text=value[1])
        raise _duckdb_error(*value)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def _send(self, body: bytes) -> None:
        assert self._process.stdin is not None
        try:
            write_message(self._process.stdin, body)  # type: ignore[arg-type]
        except (BrokenPipeError, ValueError) as error:
            raise QueryRefused("QUERY_MEMORY") from error

    def _receive(self, size: int, check_in: Callable[[], None]) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        waiting = select.poll()  # unlike select(), for any number of open files
        waiting.register(descriptor, select.POLLIN)
        pieces: list[bytes] = []
        while size:
            if not waiting.poll(_TICK_SECONDS * 1000):
                check_in()
                continue
            piece = os.read(descriptor, min(size, 1 << 20))
            if not piece:  # it died: out of memory, or an error within DuckDB itself
                self.kill()
                raise QueryRefused("QUERY_MEMORY")
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


def _duckdb_error(name: str, text: str) -> Exception:
    kind = getattr(duckdb, name, duckdb.Error)
    return kind(text) if isinstance(kind, type) and issubclass(kind, duckdb.Error) else duckdb.Error(text)


class Pool:
    """At most `limits.places` processes; those that are free wait for the next connection."""

    def __init__(self, limits: Limits, spill_root: Path) -> None:
        self.limits = limits
        self._spill_root = spill_root
        self._places = threading.BoundedSemaphore(limits.places)
        self._free: list[QueryProcess] = []
        self._lock = threading.Lock()
        self._is_filled = False

    def take(self, cancelled: Cancelled) -> QueryProcess:
        """A process that belongs to the caller until `give_back`; raises QueryRefused (QUERY_BUSY)."""
        until = time.monotonic() + self.limits.wait_seconds
        while not self._places.acquire(timeout=_TICK_SECONDS):
            if cancelled():
                raise QueryRefused("QUERY_CANCELLED")
            if time.monotonic() > until:
                raise QueryRefused("QUERY_BUSY")
        try:
            return self._living()
        except BaseException:
            self._places.release()
            raise

    def give_back(self, process: QueryProcess) -> None:
        """The place is free again; a process that died is replaced at once, as starting takes a while."""
        if not process.is_alive():
            process.kill()
            process = self._start()
        with self._lock:
            self._free.append(process)
        self._places.release()

    def close(self) -> None:
        """End the processes that wait; those in use are ended by whoever uses them."""
        with self._lock:
            free, self._free, self._is_filled = self._free, [], False
        for process in free:
            process.kill()

    def _living(self) -> QueryProcess:
        with self._lock:
            if not self._is_filled:  # the first query starts those that come after it
                self._free += [self._start() for _ in range(self.limits.places)]
                self._is_filled = True
            while self._free:
                process = self._free.pop()
                if process.is_alive():
                    return process
                process.kill()
        return self._start()

    def _start(self) -> QueryProcess:
        return QueryProcess(self.limits, self._spill_root)
