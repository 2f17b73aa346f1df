"""What processes that are gone left behind, and locks that somebody holds who should not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psutil

from foundation.files import DEAD_AFTER_SECONDS
from foundation.locks import holders
from sanbao.checks.findings import Finding, found, of_error
from sanbao.errors import SanbaoError
from sanbao.night.home import refuse_unfinished_restore
from sanbao.servers import airflow, superset
from sanbao.servers.processes import who
from sanbao.settings import Settings

AREA = "leftovers"
_LONG_HELD_SECONDS = 6 * 3600.0
# Names that only something half written has.
_DRAFTS = (".*.tmp", "serving.duckdb.*.tmp*", ".*.restoring", ".backup-*", "warehouse.duckdb.tmp")
_ASIDE = "warehouse.damaged-*.duckdb"


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    wrong = [
        *_restore(settings),
        *_locks(settings),
        *_drafts(settings),
        *_begun(settings),
        *_claimed(settings, now),
        *_programs(settings),
    ]
    yield from wrong
    if not wrong:
        yield found("OK", "NOTHING_LEFT", AREA)


def _restore(settings: Settings) -> Iterator[Finding]:
    try:
        refuse_unfinished_restore(settings)
    except SanbaoError as error:
        yield of_error(error, AREA, "恢复", settings.lang)


def _lock_files(settings: Settings) -> list[Path]:
    home = settings.home
    own = [home / ".night.lock", settings.warehouse.parent / ".lock", settings.serving_dir / ".publish.lock"]
    own += [home / "archive" / "returns" / ".lock", *sorted((home / "archive" / "locks").glob("*.lock"))]
    # DuckDB locks what it has open for writing: a tool that looks into the warehouse keeps every night out.
    return [*own, settings.warehouse]


def _locks(settings: Settings) -> Iterator[Finding]:
    for path, pids in holders(_lock_files(settings)).items():
        inside = path.relative_to(settings.home)
        for pid in pids:
            process = who(pid) if pid > 0 else None
            if process is None:
                if pid == 0 or not psutil.pid_exists(pid):
                    yield found("NOTE", "LOCK_UNKNOWN", AREA, path=inside)
            elif not process.is_ours and pid != os.getpid():
                values = {"path": inside, "pid": pid, "program": process.name}
                yield found("ERROR", "LOCK_FOREIGN", AREA, **values)
            elif process.seconds > _LONG_HELD_SECONDS:
                hours = int(process.seconds // 3600)
                yield found("NOTE", "LOCK_LONG", AREA, path=inside, pid=pid, hours=hours)


def _drafts(settings: Settings) -> Iterator[Finding]:
    """Older than an hour: whoever wrote it is gone."""
    home = settings.home
    for pattern in _DRAFTS:
        for path in sorted(home.rglob(pattern)):
            inside = path.relative_to(home)
            is_clerks = inside.parts[0] == "inbox" and not inside.parts[1].startswith(".")
            if is_clerks or path.is_symlink() or any(part == ".drill" for part in inside.parts):
                continue
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            if time.time() - status.st_mtime > DEAD_AFTER_SECONDS:
                yield found("NOTE", "DRAFT_LEFT", AREA, path=inside, size=f"{status.st_size / 1e6:,.1f} MB")
    for path in sorted(settings.warehouse.parent.glob(_ASIDE)):
        size = f"{path.stat().st_size / 1e6:,.1f} MB"
        yield found("NOTE", "WAREHOUSE_ASIDE", AREA, path=path.relative_to(home), size=size)
    if (home / "backups" / ".drill").exists() and not holders([home / "backups" / ".drill" / ".night.lock"]):
        yield found("NOTE", "DRAFT_LEFT", AREA, path="backups/.drill", size="-")


def _begun(settings: Settings) -> Iterator[Finding]:
    """Loads that were begun and not finished, while nobody loads."""
    attempts = settings.home / "archive" / "attempts"
    names = sorted(path.name for path in attempts.iterdir()) if attempts.is_dir() else []
    locks = sorted((settings.home / "archive" / "locks").glob("*.lock"))
    if names and not holders(locks):
        shown = "、".join(name[:12] for name in names[:3]) + ("……" if len(names) > 3 else "")
        yield found("NOTE", "LOAD_BEGUN", AREA, count=len(names), files=shown)


def _claimed(settings: Settings, now: datetime) -> Iterator[Finding]:
    claimed = settings.home / "inbox" / ".claimed"
    if not claimed.is_dir() or holders([settings.home / "archive" / "locks" / "arriving.lock"]):
        return
    old = [
        path
        for path in claimed.rglob("*")
        if path.is_file() and now.timestamp() - path.lstat().st_ctime > DEAD_AFTER_SECONDS
    ]
    if old:
        yield found("NOTE", "CLAIM_LEFT", AREA, count=len(old))


def _programs(settings: Settings) -> Iterator[Finding]:
    """Programs that were started and not stopped, and that are gone."""
    recorded = {**airflow.recorded(settings), **superset.recorded(settings.home)}
    running = {**airflow.family(settings), **superset.family(settings.home)}
    for name in sorted(recorded.keys() - set(running.values())):
        yield found("NOTE", "PROGRAM_GONE", AREA, program=name, pid=recorded[name])
