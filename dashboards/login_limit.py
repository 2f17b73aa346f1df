"""How often a wrong password may be tried; counted in one file, so that it holds for all workers.

A stranger must not guess, and must not be able to keep somebody out either. So failures are counted
per account *and* address: whoever types wrongly waits, the owner at his own desk does not. Guessing
from many addresses is bounded per account, but an address from which the account has logged in
before is exempt from that.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
    create table if not exists failure (account text, address text, at real);
    create index if not exists failure_at on failure (at);
    create table if not exists known (account text, address text, at real, primary key (account, address));
"""
_KNOWN_SECONDS = 90 * 86_400


@dataclass(frozen=True)
class LoginLimit:
    """Failures within `window` seconds: of an account from one address, of an account, of an address."""

    file: Path
    window: float = 600
    per_pair: int = 5
    per_account: int = 20
    per_address: int = 60

    def attempt(self, account: str, address: str, now: float | None = None) -> int:
        """Seconds to wait, or 0: then the attempt counts as a failure until `succeeded` is called.

        Counting before the password is looked at makes parallel attempts count as well.
        A refused attempt does not count: the wait ends even while somebody keeps on trying.
        """
        moment = time.time() if now is None else now
        with self._transaction() as database:
            database.execute("delete from failure where at <= ?", [moment - self.window])
            until = max(self._blocked_until(database, account, address, moment), 0.0)
            if until > moment:
                return max(1, round(until - moment))
            database.execute("insert into failure values (?, ?, ?)", [account, address, moment])
        return 0

    def succeeded(self, account: str, address: str, now: float | None = None) -> None:
        moment = time.time() if now is None else now
        with self._transaction() as database:
            database.execute("delete from failure where account = ? and address = ?", [account, address])
            database.execute("insert or replace into known values (?, ?, ?)", [account, address, moment])
            database.execute("delete from known where at <= ?", [moment - _KNOWN_SECONDS])

    def _blocked_until(self, database: sqlite3.Connection, account: str, address: str, now: float) -> float:
        known = database.execute(
            "select 1 from known where account = ? and address = ? and at > ?",
            [account, address, now - _KNOWN_SECONDS],
        ).fetchone()
        rules = [
            ("account = ? and address = ?", [account, address], self.per_pair),
            ("address = ?", [address], self.per_address),
        ]
        if not known:
            rules.append(("account = ?", [account], self.per_account))
        return max(self._free_at(database, *rule) for rule in rules)

    def _free_at(self, database: sqlite3.Connection, where: str, values: list[str], most: int) -> float:
        """The moment at which fewer than `most` failures are left in the window."""
        query = f"select at from failure where {where} order by at desc limit 1 offset {most - 1}"  # noqa: S608
        found = database.execute(query, values).fetchone()
        return float(found[0]) + self.window if found else 0.0

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self.file, timeout=30, isolation_level=None)
        try:
            database.executescript(_SCHEMA)
            database.execute("begin immediate")
            yield database
            database.execute("commit")
        finally:
            database.close()
