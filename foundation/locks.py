"""One process at a time: the only place that takes locks.

flock and not a pid file: the kernel frees it on kill -9, so no stale lock can stop anybody. A lock is a file
that stays; two rooms that hold the same path exclude each other. What a lock guards, its holder says:

    .night.lock                    a night, a decision of a person, a repair, a backup, a restoration
    warehouse/.lock                building, publishing
    archive/locks/arriving.lock    taking files in, deciding about them: the order of arrival
    archive/locks/<department>.lock    loading a department's files one after another
    archive/locks/compacting.lock   putting compacted lake files in place
    archive/returns/.lock          naming marked copies
    serving/.publish.lock          putting a version in force
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_LOOK_SECONDS = 0.2


class LockedError(Exception):
    """Another process held the lock for longer than was to be waited."""


@contextmanager
def alone(path: Path, wait_seconds: float | None = None) -> Iterator[None]:
    """Hold `path` until the block ends; waits for as long as it takes, or raises LockedError.

    Not to be entered twice in one process: it would wait for itself.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        if wait_seconds is None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        else:
            _take(handle, time.monotonic() + wait_seconds)
        yield


def _take(handle: IO[str], until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise LockedError from error
            time.sleep(_LOOK_SECONDS)


def holders(paths: Iterable[Path], table: Path = Path("/proc/locks")) -> dict[Path, list[int]]:
    """Who holds a lock of any kind on each of the files: process numbers, by the kernel's own table.

    Nothing is locked to find out: a night that begins at this moment must not find its lock taken. Files
    that nobody holds are left out, and so is what processes outside of this container hold. A number
    below 1 is a lock that belongs to no one process.
    """
    files: dict[tuple[int, int, int], Path] = {}
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        files[os.major(status.st_dev), os.minor(status.st_dev), status.st_ino] = path
    found: dict[Path, list[int]] = {}
    for line in table.read_text("ascii").splitlines():
        words = line.split()
        if "->" in words or len(words) < 6:  # one that waits
            continue
        major, minor, inode = words[5].split(":")
        path_of = files.get((int(major, 16), int(minor, 16), int(inode)))
        if path_of is not None and int(words[4]) not in found.setdefault(path_of, []):
            found[path_of].append(int(words[4]))
    return found
