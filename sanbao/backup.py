"""Everything that cannot be made again, in one file: `sanbao backup`. How: docs/backup.md.

A tar of plain files under zstd, which `tar --zstd -tf` lists too. Its last entry is the manifest: size
and SHA-256 of every file, and the dates that were built. The manifest's own hash is part of its name, so
that every byte of the file is under a checksum, and a file that was cut off has no manifest at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psutil

from sanbao.build import LOCK_WAIT_SECONDS
from sanbao.build_state import BuildState, read_state
from sanbao.errors import SanbaoError
from sanbao.ingest import catalog
from sanbao.lock import writer_lock
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage

FORMAT = 1
CHUNK = 1 << 20
# What is made from the rest again, what only says how something went, and what a clerk is just copying.
# Everything else is kept, also what a later version puts beside it.
DERIVED = frozenset(
    {"warehouse", "serving", "airflow", "logs", "run", "backups", ".restoring", "inbox"}
    | {"sample.tmp", "sample.ready", "sample.truth"}
)
_METADATA = "superset/superset.db"


@dataclass
class Manifest:
    """What a backup holds: size and hash by path, and the dates that were built (with what known by)."""

    made_at: str
    dates: dict[str, str | None]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        return json.dumps(self.__dict__, ensure_ascii=False, sort_keys=True).encode()


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
    if not any((settings.home / "archive").glob("*/*")):
        raise SanbaoError("NOTHING_TO_BACK_UP", home=str(settings.home))
    path = _target(settings, to)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    _sweep(path.parent)
    try:
        draft.touch(0o600, exist_ok=False)  # it holds every name, every number and every key
        _write(settings, draft)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        manifest = read_backup(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Backup(path, len(manifest.files), path.stat().st_size)


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

    with _alone(settings), pa.CompressedOutputStream(pa.OSFile(str(draft), "wb"), "zstd") as packed:
        manifest = Manifest(datetime.now(UTC).isoformat(), _built_dates(settings))
        with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for name, path in _kept(settings.home):
                _add(tar, manifest, name, path)
            if (settings.home / _METADATA).exists():
                with _metadata_copy(settings.home / _METADATA) as copy:
                    _add(tar, manifest, _METADATA, copy)
            content = manifest.to_bytes()
            entry = tarfile.TarInfo(f"manifest.{hashlib.sha256(content).hexdigest()}.json")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """No night, no build, no file of any department is in the middle of something."""
    from ingestion import Home
    from ingestion.turns import turn_of

    with ExitStack() as locks:
        locks.enter_context(writer_lock(settings.home / ".night.lock", LOCK_WAIT_SECONDS))
        locks.enter_context(writer_lock(settings.warehouse.parent / ".lock", LOCK_WAIT_SECONDS))
        for department in catalog().departments:
            locks.enter_context(turn_of(Home(settings.home), department))
        yield


def _kept(home: Path) -> Iterator[tuple[str, Path]]:
    """Every file to keep, each kind listed when it comes to it.

    A file may be received meanwhile. Its bytes are archived before its receipt is written: receipts go
    first, so that each has its bytes in the backup.
    """
    later = [path for path in sorted(home.glob("archive/??")) if path.is_dir()]
    tops = sorted(path for path in home.iterdir() if path.name not in DERIVED)
    tops.sort(key=lambda path: path.name != "archive")
    for top in [*tops, home / "inbox" / ".claimed"]:
        yield from ((str(path.relative_to(home)), path) for path in _files(top) if path.parent not in later)
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
    return {day: state.known_by.get(day) for day in sorted({*state.built, *state.unfinished})}


Sink = Callable[[str, tarfile.TarInfo], IO[bytes]]


def read_backup(path: Path, sink: Sink | None = None) -> Manifest:
    """Read a backup to its end and hold every entry against the manifest; with a `sink`, keep the files.

    Raises SanbaoError (BACKUP_DAMAGED) naming the entry.
    """
    found: dict[str, tuple[int, str]] = {}
    manifest: Manifest | None = None
    last = "-"
    try:
        for entry, content in _entries(path):
            last = entry.name
            if manifest is not None or not _is_harmless(entry):
                raise SanbaoError("BACKUP_DAMAGED", file=str(path), entry=entry.name)
            if entry.name.startswith("manifest."):
                manifest = _manifest(path, entry, content)
                continue
            found[entry.name] = _copy(content, sink(entry.name, entry) if sink else None)
    except _UnreadableError as error:
        raise SanbaoError("BACKUP_DAMAGED", file=str(path), entry=last) from error
    if manifest is None:
        raise SanbaoError("BACKUP_DAMAGED", file=str(path), entry=last)
    wrong = [name for name in {*manifest.files, *found} if manifest.files.get(name) != found.get(name)]
    if wrong:
        raise SanbaoError("BACKUP_DAMAGED", file=str(path), entry=min(wrong))
    return manifest


class _UnreadableError(Exception):
    """The file cannot be unpacked any further."""


class _Packed:
    """The unpacked bytes of a backup; what its packing cannot read has an exception of its own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return bytes(self._stream.read(size))
        except (OSError, ValueError) as error:
            raise _UnreadableError(str(error)) from error


def _entries(path: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    import pyarrow as pa

    with pa.CompressedInputStream(pa.OSFile(str(path), "rb"), "zstd") as stream:
        packed: Any = _Packed(stream)
        try:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                for entry in tar:
                    content = tar.extractfile(entry) if entry.isreg() else None
                    yield entry, content or io.BytesIO()
        except (tarfile.TarError, UnicodeDecodeError) as error:
            raise _UnreadableError(str(error)) from error
        # A tar ends before its packing does: what stands there is read and checked as well.
        while packed.read(CHUNK):
            pass


def _is_harmless(entry: tarfile.TarInfo) -> bool:
    """A plain file below the home; whoever made the backup may not write elsewhere."""
    name = PurePosixPath(entry.name)
    inside = not name.is_absolute() and ".." not in name.parts and str(name) == entry.name
    return inside and entry.isreg() and "\0" not in entry.name


def _manifest(path: Path, entry: tarfile.TarInfo, content: IO[bytes]) -> Manifest:
    text = content.read()
    try:
        if entry.name != f"manifest.{hashlib.sha256(text).hexdigest()}.json":
            raise ValueError("its hash")
        fields = json.loads(text)
        fields["files"] = {name: (size, digest) for name, (size, digest) in fields["files"].items()}
        manifest = Manifest(**fields)
    except (ValueError, TypeError, KeyError) as error:
        raise SanbaoError("BACKUP_DAMAGED", file=str(path), entry="manifest") from error
    if manifest.format != FORMAT:
        raise SanbaoError("BACKUP_OTHER_FORMAT", file=str(path), format=manifest.format)
    return manifest


def _copy(content: IO[bytes], target: IO[bytes] | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        while block := content.read(CHUNK):
            digest.update(block)
            size += len(block)
            if target:
                target.write(block)
        if target:
            target.flush()
            os.fsync(target.fileno())
    except tarfile.TarError as error:
        raise _UnreadableError(str(error)) from error
    finally:
        if target:
            target.close()
    return size, digest.hexdigest()
