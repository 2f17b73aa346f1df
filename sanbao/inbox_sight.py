"""What lies in the inbox, for whoever only watches it: names, sizes and times, nothing is opened."""

from __future__ import annotations

import os
import stat
from pathlib import Path

# No import from `ingestion`: it would bring pandas into a process that only watches.
_NOT_OURS = (".", "~$")
Sight = dict[str, tuple[int, int]]  # path → size, mtime in nanoseconds


def look(inbox: Path) -> Sight:
    """Every visible file of the inbox; what cannot be looked at is left out.

    No link is followed: it could lead out of the inbox, or round in a circle.
    """
    sight: Sight = {}
    for folder, below, names in os.walk(inbox, followlinks=False, onerror=None):
        below[:] = [name for name in below if not name.startswith(".")]
        for path in (f"{folder}/{name}" for name in names if not name.startswith(_NOT_OURS)):
            try:
                status = os.lstat(path)
            except OSError:
                continue  # taken between listing and looking
            if stat.S_ISREG(status.st_mode):
                sight[path] = (status.st_size, status.st_mtime_ns)
    return sight
