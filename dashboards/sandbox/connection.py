"""What SQLAlchemy takes for a DuckDB connection: its statements run in a process of their own."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dashboards.sandbox.pool import Cancelled, Pool, QueryProcess

Row = tuple[Any, ...]


class TypeName:
    """A column's type as DuckDB writes it; like DuckDB's own type object, not a string."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return str(other) == self._name

    def __hash__(self) -> int:
        return hash(self._name)


class SandboxedConnection:
    """A read-only DB-API connection to one DuckDB file; takes a process at its first statement."""

    autocommit = None
    closed = False

    def __init__(self, pool: Pool, file: Path, cancelled: Cancelled = lambda: False) -> None:
        self._pool = pool
        self._file = file
        self._cancelled = cancelled
        self._process: QueryProcess | None = None
        self._until = 0.0
        self.notices: list[str] = []

    def cursor(self) -> SandboxedCursor:
        return SandboxedCursor(self)

    def begin(self) -> None:
        """Every statement reads one published version, which never changes: nothing to begin."""

    commit = rollback = begin

    def close(self) -> None:
        process, self._process, self.closed = self._process, None, True
        if process is None:
            return
        try:
            if process.is_alive():
                process.ask("close", until=time.monotonic() + 5, cancelled=lambda: False)
        except Exception:  # noqa: BLE001 (a process that cannot even close is not used again)
            process.kill()
        finally:
            self._pool.give_back(process)

    def __del__(self) -> None:
        """A connection that was forgotten must not keep its place."""
        self.close()

    def ask(self, *request: Any) -> Any:
        """The answer of this connection's process.

        The time limit is one for all statements of a connection: SQL Lab runs several on one.
        It begins when the process is ready, which on a busy machine may take a while.
        """
        if self._process is None:
            self._process = self._pool.take(self._cancelled)
            self._process.ask(
                "open",
                str(self._file),
                until=time.monotonic() + self._pool.limits.wait_seconds,
                cancelled=self._cancelled,
                late="QUERY_BUSY",
            )
            self._until = time.monotonic() + self._pool.limits.seconds
        return self._process.ask(*request, until=self._until, cancelled=self._cancelled)


class SandboxedCursor:
    """The part of a DB-API cursor that SQLAlchemy and Superset use."""

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: SandboxedConnection) -> None:
        self.connection = connection
        self.description: Sequence[tuple[Any, ...]] | None = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        given = parameters if isinstance(parameters, dict) or parameters is None else tuple(parameters)
        columns = self.connection.ask("execute", statement, given)
        self.description = [(name, TypeName(kind), None, None, None, None, None) for name, kind in columns]

    def executemany(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        for given in parameters or []:
            self.execute(statement, given)

    def fetchall(self) -> list[Row]:
        return self._fetch(None)

    def fetchmany(self, size: int | None = None) -> list[Row]:
        return self._fetch(self.arraysize if size is None else size)

    def fetchone(self) -> Row | None:
        rows = self._fetch(1)
        return rows[0] if rows else None

    def close(self) -> None:
        """The connection closes the result."""

    def _fetch(self, count: int | None) -> list[Row]:
        pieces: list[bytes] = pickle.loads(self.connection.ask("fetch", count))  # noqa: S301 (our own child)
        return [row for piece in pieces for row in pickle.loads(piece)]  # noqa: S301


def creator(pool: Pool, file: Path, cancelled: Cancelled) -> Callable[[], SandboxedConnection]:
    """For SQLAlchemy's `create_engine(creator=…)`."""
    return lambda: SandboxedConnection(pool, file, cancelled)
