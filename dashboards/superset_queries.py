"""Superset's side of the sandbox: whose request a query belongs to, and whether it is still wanted."""

# mypy: ignore-errors
# (Superset is installed in its own environment, where the type checker does not look.)

from __future__ import annotations

import select
import socket
import threading
import time

from flask import request

_SQL_LAB = "/api/v1/sqllab/execute/"
_STATUS_SECONDS = 1.0
_current = threading.local()


def remember_request() -> None:
    """Before every request: SQL Lab runs its statement under a made-up request of its own."""
    _current.socket = request.environ.get("gunicorn.socket")
    _current.client_id = None
    if request.path == _SQL_LAB and request.is_json:
        _current.client_id = (request.get_json(silent=True) or {}).get("client_id")


class Wanted:
    """Called while a query runs: has the browser gone, or has the analyst pressed "stop"?"""

    def __init__(self) -> None:
        self._socket = getattr(_current, "socket", None)
        self._client_id = getattr(_current, "client_id", None)
        self._asked_at = 0.0

    def is_cancelled(self) -> bool:
        return self._is_gone() or self._is_stopped()

    def _is_gone(self) -> bool:
        """The client closed its end: readable, and nothing there to read."""
        if self._socket is None:
            return False
        try:
            readable = select.poll()  # unlike select(), for any number of open files
            readable.register(self._socket, select.POLLIN)
            return bool(readable.poll(0)) and self._socket.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    def _is_stopped(self) -> bool:
        """A stop may have reached another worker, so the answer lies in the metadata database."""
        if not self._client_id or time.monotonic() - self._asked_at < _STATUS_SECONDS:
            return False
        self._asked_at = time.monotonic()
        from sqlalchemy import select as sql_select
        from superset import db
        from superset.models.sql_lab import Query

        # A connection of its own: the session is in the middle of SQL Lab's transaction.
        with db.engine.connect() as connection:
            statement = sql_select([Query.status]).where(Query.client_id == self._client_id)
            return connection.execute(statement).scalar() == "stopped"


def let_stop_work() -> None:
    """SQL Lab refuses to stop what it has no key for; here the running query looks for itself."""
    from superset.db_engine_specs.duckdb import DuckDBEngineSpec

    DuckDBEngineSpec.has_implicit_cancel = classmethod(lambda cls: True)
