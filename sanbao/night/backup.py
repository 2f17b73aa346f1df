"""Everything that cannot be made again, in one file: `sanbao backup`. How: docs/backup.md.

A tar of plain files under zstd, which `tar --zstd -tf` lists too. Its last entry is the manifest: size
and SHA-256 of every file, and the dates that were built. The manifest's own hash is part of its name, so
that every byte of the file is under a checksum, and a file that was cut off has no manifest at all.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import psutil

from foundation.files import put_in_place
from sanbao.errors import SanbaoError
from sanbao.night.backup_file import Manifest, read_backup
from sanbao.night.build_state import BuildState, read_state
from sanbao.night.integrity import finish_compaction
from sanbao.night.lock import LOCK_WAIT_SECONDS, home_at_rest
from sanbao.night.safekeeping import Kept, note_backup
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage

# What is made from the rest again, what only says how something went, and what a clerk is just copying.
# Everything else is kept, also what a later version puts beside it.
DERIVED = frozenset(
    {"warehouse", "serving", "airflow", "logs", "run", "metrics", "lineage", "backups", ".restoring", "inbox"}
    | {"sample.tmp", "sample.ready", "sample.truth"}
)
_METADATA = "superset/superset.db"


@dataclass(frozen=True)
class Backup:
    """A backup that was written and read back."""

    path: Path
    file_count: int
    byte_count: int


@tells_of_storage
def backup(settings: Settings, to: Path | None = None) -> Backup:
    """Write a backup into the folder (or the file) `to`, and read it back; a night may want to run meanwhile.

    Raises SanbaoError: HOME_BUSY when a night does not end, NOTHING_TO_BACK_UP for a home without data.
    """
    from ingestion.lake.bundle import recorded_names

    if not recorded_names(settings.home / "archive" / "receipts"):
        raise SanbaoError("NOTHING_TO_BACK_UP", home=str(settings.home))
    path = _target(settings, to)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    _sweep(path.parent)
    try:
        draft.touch(0o600, exist_ok=False)  # it holds every name, every number and every key
        _write(settings, draft)
        manifest = read_backup(draft)
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    done = Backup(path, len(manifest.files), path.stat().st_size)
    note_backup(settings, Kept(str(path.resolve()), manifest.made_at, done.byte_count))
    return done


def _target(settings: Settings, to: Path | None) -> Path:
    to = to or settings.home / "backups"
    if to.is_dir() or not to.suffixes:
        return to / f"sanbao-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.zst"
    return to


def _sweep(folder: Path) -> None:
    """Remove what a killed backup left half written."""
    for draft in folder.glob(".*.tar.zst.*.tmp"):
        if not psutil.pid_exists(int(draft.name.split(".")[-2])):
            draft.unlink(missing_ok=True)


def _write(settings: Settings, draft: Path) -> None:
    import pyarrow as pa

    with (
        home_at_rest(settings, LOCK_WAIT_SECONDS),
        pa.CompressedOutputStream(pa.OSFile(str(draft), "wb"), "zstd") as packed,
    ):
        finish_compaction(settings)
        manifest = Manifest(datetime.now(UTC).isoformat(), _built_dates(settings))
        with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for name, path in _kept(settings.home):
                _add(tar, manifest, name, path)
            if (settings.home / _METADATA).exists():
                with _metadata_copy(settings.home / _METADATA) as copy:
                    _add(tar, manifest, _METADATA, copy)
            content = manifest.to_bytes()
            entry = tarfile.TarInfo(f"manifest.{manifest.digest}.json")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


def _kept(home: Path) -> Iterator[tuple[str, Path]]:
    """Every file to keep, each kind listed when it comes to it.

    A file may be received meanwhile. Its bytes are archived before its receipt is written: receipts go
    first, so that each has its bytes in the backup; and the last number before the receipts, for all
    that it counts must be there.
    """
    memory = home / "archive" / "last_number.json"
    if memory.exists():
        yield str(memory.relative_to(home)), memory
    later = [path for path in sorted(home.glob("archive/??")) if path.is_dir()]
    tops = sorted(path for path in home.iterdir() if path.name not in DERIVED)
    tops.sort(key=lambda path: path.name != "archive")
    for top in [*tops, home / "inbox" / ".claimed"]:
        yield from (
            (str(path.relative_to(home)), path)
            for path in _files(top)
            if path.parent not in later and path != memory
        )
    for folder in sorted(home.glob("archive/??")):
        yield from ((str(path.relative_to(home)), path) for path in _files(folder))


def _files(top: Path) -> list[Path]:
    found = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
    return [path for path in found if not path.is_symlink() and not _is_passing(path)]


def _is_passing(path: Path) -> bool:
    of_superset = path.parent.name == "superset" and path.name.startswith("superset.db")
    return path.suffix in (".tmp", ".lock", ".log") or path.name == ".lock" or of_superset


def _add(tar: tarfile.TarFile, manifest: Manifest, name: str, path: Path) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # a mark that went, a claim that was finished
    with file:
        status = os.fstat(file.fileno())
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime, entry.mode = status.st_size, status.st_mtime, 0o600
        hashed = _Hashed(file)
        tar.addfile(entry, hashed)
        manifest.files[name] = (status.st_size, hashed.digest.hexdigest())


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._file = file

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.digest.update(block)
        return block


@contextmanager
def _metadata_copy(database: Path) -> Iterator[Path]:
    """Superset's database as it is at one moment, whatever its server writes just now."""
    for left in database.parent.glob(".backup-*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=database.parent, prefix=".backup-") as folder:
        copy = Path(folder) / "copy.tmp"
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        yield copy


def _built_dates(settings: Settings) -> dict[str, str | None]:
    state: BuildState = read_state(settings)
    return {day: state.known.get(day) or None for day in sorted({*state.built, *state.unfinished})}
