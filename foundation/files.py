"""Files that are there whole or not at all: the only place that writes one under its final name.

Written beside it under a name that nobody can foresee, flushed, renamed, and the folder flushed as well: a
reader sees the old or the new file, never a part, and after a power cut what was put down stays put down.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

FILE_MODE = 0o640
_DRAFT_MODE = 0o600  # until it has its own mode: it may be a key
DEAD_AFTER_SECONDS = 3600.0
_SEAL_BYTES = hashlib.sha256().digest_size


def write_text(text: str, path: Path, *, mode: int = FILE_MODE) -> None:
    """Write `path` in UTF-8, durably; its folder is made."""
    write_bytes(text.encode("utf-8"), path, mode=mode)


def write_bytes(data: bytes, path: Path, *, mode: int = FILE_MODE) -> None:
    """The same for bytes."""
    with draft_of(path, mode=mode) as file:
        file.write(data)


def write_sealed(data: bytes, path: Path) -> None:
    """The same for bytes behind their own hash, for `read_sealed`."""
    write_bytes(_seal(data) + data, path)


def read_sealed(path: Path) -> bytes | None:
    """What `write_sealed` wrote; None where nothing lies, or not as it was written."""
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return None
    seal, data = kept[:_SEAL_BYTES], kept[_SEAL_BYTES:]
    return data if seal == _seal(data) else None


def _seal(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@contextmanager
def draft_of(path: Path, *, mode: int = FILE_MODE) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `path` when the block ends, and goes when it fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = draft_in(path.parent)
    try:
        # O_EXCL: never through a link that somebody laid where we were about to write.
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _DRAFT_MODE)
        with os.fdopen(descriptor, "wb") as file:
            yield file
        draft.chmod(mode)
        put_in_place(draft, path)
    except BaseException:
        # On a full disk, the half that was written must not stay.
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def draft_in(folder: Path) -> Path:
    """A name for a file until it has its own: one that nobody else can have or foresee."""
    return folder / f".{secrets.token_hex(8)}.tmp"


def put_in_place(draft: Path, path: Path) -> None:
    """Flush `draft` to disk and give it its name; both are on one file system."""
    flush(draft)
    draft.replace(path)
    flush_folder(path.parent)


def append_line(text: str, path: Path, *, mode: int = FILE_MODE) -> None:
    """Add one line to a file that only grows; durably. A line that a power cut halved ends there."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode)
    try:
        os.write(descriptor, text.encode("utf-8", "surrogatepass") + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        flush_folder(path.parent)


def keep_end(path: Path, size: int) -> int:
    """Cut a log to its last whole lines of `size` bytes at most; returns how many bytes went.

    In place, for whoever appends to it meanwhile; what comes in that very moment may be lost.
    """
    with path.open("r+b") as file:
        before = file.seek(0, os.SEEK_END)
        file.seek(max(before - size, 0))
        end = file.read()
        kept = end[end.find(b"\n") + 1 :] if before > size else end
        file.seek(0)
        file.write(kept)
        file.truncate()
        return before - len(kept)


def flush(path: Path) -> None:
    """Wait until the bytes of a file are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the file system knows of such a thing."""
    try:
        flush(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise


def sweep_drafts(folders: Iterable[Path]) -> None:
    """Remove what killed processes left half written: nobody has touched it for an hour."""
    for folder in folders:
        for draft in folder.glob(".*.tmp") if not folder.is_symlink() else ():
            with suppress(OSError):
                if time.time() - draft.lstat().st_mtime > DEAD_AFTER_SECONDS:
                    draft.unlink()
