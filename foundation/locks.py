"""One process at a time: the only place that takes locks.

flock and not a pid file: the kernel frees it on kill -9, so no stale lock can stop anybody. A lock is a file
that stays; two rooms that hold the same path exclude each other. What a lock guards, its holder says:

    .night.lock                    a night, a decision of a person, a repair, a backup, a restoration
    warehouse/.lock                building, publishing
    archive/locks/arriving.lock    taking files in, deciding about them: the order of arrival
    archive/locks/<department>.lock    loading a department's files one after another
    archive/returns/.lock          naming marked copies
    serving/.publish.lock          putting a version in force
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
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
