"""`sanbao housekeeping`: what keeps a home of many years as fast and as small as one of a month.

Everything is read and held against its hash first: of a home that is not whole nothing is touched. Then small
lake files are put together, records that are done with too, and old versions, logs and what killed programs
left behind go. What is done is said in `archive/housekeeping.jsonl`, a line before each step: a run that was
killed is finished by the next command, and says again what it had not come to.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundation.files import append_line, keep_end
from sanbao.errors import SanbaoError
from sanbao.night import lineage
from sanbao.night.home import prepare_home
from sanbao.night.integrity import verify
from sanbao.night.lock import LOCK_WAIT_SECONDS, home_at_rest
from sanbao.settings import Settings
from sanbao.storage import refuse_full_disk, tells_of_storage

_DAY_SECONDS = 86_400.0
_LOG_BYTES = 64 << 20  # a log that is being written to is cut to a quarter of it beyond this
_NAMED = 5


@dataclass
class House:
    """What one run did."""

    checked_bytes: int = 0
    compacted: int = 0  # lake files that became parts of others
    files: int = 0  # the files they are in now
    records: int = 0
    removed: list[str] = field(default_factory=list)
    freed_bytes: int = 0


@tells_of_storage
def keep_house(settings: Settings, wait_seconds: float = LOCK_WAIT_SECONDS) -> House:
    """Check, compact and clean up, while nothing else writes the home.

    Raises SanbaoError: HOME_BUSY, DISK_FULL, or HOUSE_NOT_WHOLE naming what is damaged; then nothing is done.
    """
    from ingestion import Home
    from ingestion.receiving.numbering import arriving

    refuse_full_disk(settings)
    prepare_home(settings)
    done = House()
    protocol = Protocol(settings.home)
    with home_at_rest(settings, wait_seconds), arriving(Home(settings.home)):
        _check(settings, protocol, done)
        _compact(settings, protocol, done)
        _old_versions(settings, protocol, done)
        for path, why in _outlived(settings):
            _remove(settings, protocol, done, path, why)
        for path in _long_logs(settings):
            protocol.say("cut", file=_short(settings, path), bytes=path.stat().st_size)
            done.freed_bytes += keep_end(path, _LOG_BYTES // 4)
    return done


@dataclass(frozen=True)
class Protocol:
    """One JSON line per step, with its moment (UTC)."""

    home: Path

    @property
    def path(self) -> Path:
        return self.home / "archive" / "housekeeping.jsonl"

    def say(self, what: str, **details: Any) -> None:
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        append_line(json.dumps({"at": moment, "what": what, **details}, ensure_ascii=False), self.path)


def _check(settings: Settings, protocol: Protocol, done: House) -> None:
    """Raises SanbaoError (HOUSE_NOT_WHOLE)."""

    def count(size: int) -> None:
        done.checked_bytes += size

    faults = verify(settings, count)
    said = [{"code": fault.code, "file": fault.where} for fault in faults]
    protocol.say("checked", bytes=done.checked_bytes, faults=said)
    if faults:
        named = "、".join(f"{fault.where}（{fault.code}）" for fault in faults[:_NAMED])
        raise SanbaoError("HOUSE_NOT_WHOLE", count=len(faults), detail=named)


def _compact(settings: Settings, protocol: Protocol, done: House) -> None:
    from ingestion import Home
    from ingestion.lake.compact import Done, LakeFileChangedError, bundle_records, compact

    def say(made: Done) -> None:
        protocol.say(
            "compacted", file=f"lake/{made.name}", sha256=made.sha256, rows=made.rows, replaces=made.replaced
        )

    home = Home(settings.home)
    try:
        files = compact(home, before=say)
    except LakeFileChangedError as error:  # since it was read a moment ago: the disk is failing
        raise SanbaoError("HOUSE_NOT_WHOLE", count=1, detail=f"lake/{error.name}") from error
    done.files = len(files)
    done.compacted = sum(len(file.replaced) for file in files)
    for folder, count in bundle_records(home).items():
        protocol.say("bundled", folder=f"archive/{folder}", records=count)
        done.records += count


def _old_versions(settings: Settings, protocol: Protocol, done: House) -> None:
    """Published versions beyond those that are kept for going back."""
    from dashboards.publish import outlived_versions

    for path in outlived_versions(settings.serving_dir, settings.keep):
        _remove(settings, protocol, done, path, "version")


def _outlived(settings: Settings) -> Iterator[tuple[Path, str]]:
    """What nobody needs any longer, and why: logs beyond their days, and what killed programs left."""
    home, warehouse = settings.home, settings.warehouse.parent
    for path in _logs(settings):
        if _age_days(path) > settings.log_days:
            yield path, "log"
    for path in warehouse.glob("*.damaged-*"):
        if _age_days(path) > settings.log_days:
            yield path, "damaged"
    # Under these locks nobody repairs, looks back or publishes.
    passing = [home / ".repair", *warehouse.glob(".lookback-*"), settings.serving_dir / ".spill"]
    passing.append(settings.warehouse.with_name(settings.warehouse.name + ".tmp"))
    yield from ((path, "leftover") for path in passing if path.exists())
    folders = [home, warehouse, settings.serving_dir, home / "reports", home / "archive"]
    folders += [home / name for name in ("secrets", "run", "superset", "airflow", "backups")]
    folders += [*(home / "archive").glob("*/"), *home.glob("returned/*/"), *home.glob("lake/*/")]
    for folder in dict.fromkeys(folders):
        # Superset, SFTP and a backup may be at work: what lies a day is no longer being written.
        left = [*folder.glob(".*.tmp"), *folder.glob(".backup-*")]
        yield from ((path, "leftover") for path in left if _age_days(path) > 1)


def _logs(settings: Settings) -> Iterator[Path]:
    airflow, dbt = settings.home / "airflow" / "logs", settings.dbt_dir / "logs"
    for folder in (settings.logs, lineage.folder(settings), airflow, dbt):
        if folder.is_dir() and not folder.is_symlink():
            yield from (
                path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()
            )


def _long_logs(settings: Settings) -> list[Path]:
    return [path for path in _logs(settings) if path.stat().st_size > _LOG_BYTES]


def _age_days(path: Path) -> float:
    with suppress(FileNotFoundError):
        return (time.time() - path.lstat().st_mtime) / _DAY_SECONDS
    return 0.0


def _remove(settings: Settings, protocol: Protocol, done: House, path: Path, why: str) -> None:
    below = [path] if not path.is_dir() else [each for each in path.rglob("*") if each.is_file()]
    with suppress(FileNotFoundError):  # somebody was faster
        size = sum(each.lstat().st_size for each in below)
        protocol.say("removed", file=_short(settings, path), bytes=size, why=why)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        done.removed.append(_short(settings, path))
        done.freed_bytes += size


def _short(settings: Settings, path: Path) -> str:
    return str(path.relative_to(settings.home))
