"""The file of a backup, read: every entry is held against the manifest, and nothing leads out of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sanbao.errors import SanbaoError

FORMAT = 1
CHUNK = 1 << 20


@dataclass
class Manifest:
    """What a backup holds: size and hash by path, and the dates that were built (with what known by)."""

    made_at: str
    dates: dict[str, str | None]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        return json.dumps(self.__dict__, ensure_ascii=False, sort_keys=True).encode()


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
        # A tar ends where its packing does, filled up with zeros to a full record: what stands behind it
        # belongs to no entry, as a second backup.
        rest = packed.read(CHUNK)
        if len(rest) > tarfile.RECORDSIZE or rest.strip(b"\0"):
            raise _UnreadableError("more behind its end")


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
