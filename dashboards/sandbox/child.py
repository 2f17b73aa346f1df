"""The process in which one analyst's query runs (`python -m dashboards.sandbox.child`).

It is given limits and a file, answers one connection's requests at a time over its standard input and
output, and may be killed at any moment: nothing it holds is needed by anybody else. Its parent kills
it at the time limit; should the parent be gone, its own alarm does.
"""

from __future__ import annotations

import os
import pickle
import queue
import resource
import shutil
import signal
import struct
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from dashboards.sandbox.gate import admit, allowed_functions
from dashboards.sandbox.limits import MEGABYTE, Limits, duckdb_config, lock_statements
from dashboards.sandbox.refusals import QueryRefused

HEADER = struct.Struct("!Q")
_FETCH_ROWS = 5_000
_SPILL_FILE = "duckdb_temp_storage"


def read_message(stream: BinaryIO) -> bytes | None:
    """One message; None when the other side is gone."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    body = stream.read(size)
    return body if len(body) == size else None


def write_message(stream: BinaryIO, body: bytes) -> None:
    stream.write(HEADER.pack(len(body)))
    stream.write(body)
    stream.flush()


class Session:
    """The requests of one connection: open, execute, fetch, close."""

    def __init__(self, limits: Limits, spill: Path) -> None:
        self._limits = limits
        self._spill = spill
        self._allowed = allowed_functions()
        self.connection: duckdb.DuckDBPyConnection | None = None

    def open(self, file: str) -> None:
        config = duckdb_config(self._limits, self._spill)
        self.connection = duckdb.connect(file, read_only=True, config=config)
        for statement in lock_statements(self._limits):
            self.connection.execute(statement)

    def execute(self, sql: str, parameters: Any) -> list[tuple[str, str]]:
        """(name, type) of every column of the result."""
        assert self.connection is not None, "open comes first"
        admit(self.connection, sql, self._allowed, self._limits.statement)
        self.connection.execute(sql, parameters)
        return [(str(column[0]), str(column[1])) for column in self.connection.description or []]

    def fetch(self, count: int | None) -> bytes:
        """Rows in pickled pieces, so that one answer never exceeds its limit."""
        assert self.connection is not None, "open comes first"
        pieces: list[bytes] = []
        size = 0
        while count is None or count > 0:
            rows = self.connection.fetchmany(_FETCH_ROWS if count is None else min(count, _FETCH_ROWS))
            if not rows:
                break
            pieces.append(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))
            size += len(pieces[-1])
            if size > self._limits.answer:
                raise QueryRefused("RESULT_TOO_LARGE")
            count = None if count is None else count - len(rows)
        return pickle.dumps(pieces, pickle.HIGHEST_PROTOCOL)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def _answer(session: Session, request: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "ok", getattr(session, request[0])(*request[1:])
    except QueryRefused as error:
        return "refused", (error.code, str(error))
    except (duckdb.OutOfMemoryException, MemoryError):
        return "memory", None
    except Exception as error:  # noqa: BLE001 (whatever it is belongs to the analyst's query)
        if _SPILL_FILE in str(error):  # the disk is full, or the file too long
            return "memory", None
        return "error", (type(error).__name__, str(error))


def _read_requests(requests: queue.SimpleQueue[tuple[Any, ...]], stream: BinaryIO, spill: Path) -> None:
    """Ends the process as soon as the parent is gone, even in the middle of a query."""
    while (body := read_message(stream)) is not None:
        requests.put(pickle.loads(body))  # noqa: S301 (from the parent)
    shutil.rmtree(spill, ignore_errors=True)
    os._exit(0)


def _confine(limits: Limits, spill: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.process_memory, limits.process_memory))
    # DuckDB's own cap acts first; no file at all may become much longer than what may be spilled.
    longest = limits.spill + 16 * MEGABYTE
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest, longest))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.chdir(spill)


def main() -> int:
    """Standard input: the limits and the folder for spilling, then the requests."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed by accident must not look like an answer
    first = read_message(incoming)
    if first is None:
        return 1
    limits, spill = pickle.loads(first)  # noqa: S301 (from the parent)
    _confine(limits, spill)
    requests: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests, incoming, spill), daemon=True).start()
    session = Session(limits, spill)
    while True:
        request = requests.get()
        if request[0] in ("open", "close"):
            # The alarm's default action ends the process, whatever it is busy with.
            signal.alarm(limits.seconds + 10 if request[0] == "open" else 0)
        write_message(outgoing, pickle.dumps(_answer(session, request), pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    sys.exit(main())
