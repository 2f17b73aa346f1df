"""One writer at a time: a lock on the home folder that dies with the process that holds it."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sanbao.errors import SanbaoError


@contextmanager
def writer_lock(path: Path, wait_seconds: float = 0) -> Iterator[None]:
    """Hold `path` exclusively; raises SanbaoError (HOME_BUSY) when another process keeps it too long.

    flock and not a pid file: the kernel releases it on kill -9, so no stale lock can block a night.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait_seconds
    with path.open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise SanbaoError("HOME_BUSY") from error
                time.sleep(0.2)
        yield
