"""Disk: whether the next night has room, by what it will take and what the last one made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sanbao.checks.findings import Finding, found
from sanbao.settings import Settings
from sanbao.storage import free_in, needed_in

AREA = "space"
FOLDERS = ("inbox", "archive", "lake", "warehouse", "serving", "returned", "backups")
# A night that just fits leaves no room for the one after it, and none to repair anything.
MULTIPLE = 3
_FEWEST_FILES = 10_000


def check(settings: Settings) -> Iterator[Finding]:
    wanted = needed_in(settings)
    for folders in _by_disk(settings.home).values():
        folder = settings.home / folders[0]
        need, free = sum(wanted.get(name, 0) for name in folders), free_in(folder)
        # A night writes its drafts everywhere: a little room is wanted on every disk.
        need = max(need, wanted[""])
        values = {
            "folders": "、".join(name or str(settings.home) for name in folders),
            "free": _megabytes(free),
            "needed": _megabytes(need),
        }
        if free < need:
            yield found("ERROR", "DISK_TOO_FULL", AREA, **values)
        elif free < MULTIPLE * need:
            yield found("NOTE", "DISK_LOW", AREA, multiple=MULTIPLE, **values)
        else:
            yield found("OK", "DISK_GOOD", AREA, **values)
        status = os.statvfs(_existing(folder))
        # 0 in all: a file system that knows of no such limit.
        if status.f_files and status.f_favail < _FEWEST_FILES:
            yield found("ERROR", "FILES_LOW", AREA, folders=values["folders"], count=status.f_favail)


def _by_disk(home: Path) -> dict[int, list[str]]:
    """Device → the folders of the home that lie on it, the home itself as ''."""
    found_on: dict[int, list[str]] = {}
    for name in ("", *FOLDERS):
        found_on.setdefault(_existing(home / name).stat().st_dev, []).append(name)
    return found_on


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
