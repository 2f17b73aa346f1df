"""A full disk, a read-only home, a folder that is not ours: said as what they are, wherever they are met.

They reach us in many shapes: OSError with a number, a sentence of DuckDB, SQLite or Arrow, a worker
process that ended, a server that did not start. What is not recognised by its shape is recognised by
trying: when nothing can be written into the home now, that is what went wrong.
"""

from __future__ import annotations

import errno
import functools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sanbao.errors import SanbaoError
from sanbao.settings import Settings

CODES = ("DISK_FULL", "HOME_READ_ONLY", "HOME_NOT_ALLOWED")
_CODE_OF_NUMBER = {
    errno.ENOSPC: "DISK_FULL",
    errno.EDQUOT: "DISK_FULL",
    errno.EROFS: "HOME_READ_ONLY",
    errno.EACCES: "HOME_NOT_ALLOWED",
    errno.EPERM: "HOME_NOT_ALLOWED",
}
_CODE_OF_TEXT = {
    "No space left on device": "DISK_FULL",
    "Disk quota exceeded": "DISK_FULL",
    "disk is full": "DISK_FULL",
    "Could not write all bytes": "DISK_FULL",
    "Read-only file system": "HOME_READ_ONLY",
    "readonly database": "HOME_READ_ONLY",
}
# Errors of ours that tell of another program's failure, which may have been this one.
_OF_OTHERS = frozenset({"BUILD_FAILED", "LOAD_FAILED", "STACK_FAILED", "RUN_FAILED", "PUBLISH_REFUSED"})
_PROBE_BYTES = 256 << 10

# What a night writes, by what it reads. Measured on the sample county: archive 1.0, lake 0.8, marked copies
# 0.7 of the inbox; the first warehouse up to 12 of it and at least the blocks of its empty tables. Of a
# warehouse that is there the tables of one date are written anew beside the old ones.
_OF_INBOX = {"archive": 1.2, "lake": 1.0, "returned": 0.8}
_OF_FIRST_WAREHOUSE, _LEAST_WAREHOUSE = 12.0, 48 << 20
_OF_WAREHOUSE = 0.5
_OF_SERVING = 1.5
_ALWAYS = 32 << 20

P = ParamSpec("P")
R = TypeVar("R")


def tells_of_storage(
    step: Callable[Concatenate[Settings, P], R],
) -> Callable[Concatenate[Settings, P], R]:
    """For a step of a night: raises SanbaoError (DISK_FULL …) in place of what a full disk made of it."""

    @functools.wraps(step)
    def told(settings: Settings, /, *rest: P.args, **named: P.kwargs) -> R:
        try:
            return step(settings, *rest, **named)
        except Exception as error:
            found = storage_error(error, settings)
            if found is None or found is error:
                raise
            raise found from error

    return told


def storage_error(error: BaseException, settings: Settings) -> SanbaoError | None:
    """The error as one about the home's disk, if it is one."""
    for each in _chain(error):
        if isinstance(each, SanbaoError) and each.code in CODES:
            return each
        if code := _code(each, settings.home):
            where = getattr(each, "filename", None) or settings.home
            return _error(code, settings, str(where))
    if isinstance(error, SanbaoError) and error.code not in _OF_OTHERS:
        return None
    code, where = _probe(settings.home)
    return _error(code, settings, where) if code else None


def refuse_full_disk(settings: Settings) -> None:
    """Raises SanbaoError (DISK_FULL) when the night that is due would not fit, whoever's files it took."""
    crowded = no_room(settings)
    if not _fits(settings, 0) or (crowded and crowded == _inbox(settings).keys()):
        raise _error("DISK_FULL", settings, str(settings.home))


def no_room(settings: Settings) -> frozenset[str]:
    """Folders of the inbox whose files a night has no room for; those with the least come first.

    So one department's files keep nobody else's from being taken. What was claimed goes first.
    """
    taken, left = 0, set[str]()
    sizes = _inbox(settings)
    for folder in sorted(sizes, key=lambda name: (not name.startswith("."), sizes[name], name)):
        taken += sizes[folder]
        if not _fits(settings, taken):
            left.add(folder)
    return frozenset(left)


def needed(settings: Settings) -> int:
    """Bytes that a night may take, by what it will take from the inbox and what the last one made."""
    return _needed(settings, sum(_inbox(settings).values()))


def needed_in(settings: Settings) -> dict[str, int]:
    """The same by folder of the home (`""`: itself), for folders that lie on disks of their own."""
    return _needed_in(settings, sum(_inbox(settings).values()))


def free_in(folder: Path) -> int:
    """Bytes that may still be written into a folder, or where it would be made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _fits(settings: Settings, inbox: int) -> bool:
    return free_in(settings.home) >= _needed(settings, inbox)


def _inbox(settings: Settings) -> dict[str, int]:
    """Folder of the inbox (`""`: itself) → bytes in it that a night would take."""
    sizes: dict[str, int] = {}
    for folder, size in _sizes(settings.home / "inbox"):
        if size <= settings.file_bytes:
            sizes[folder] = sizes.get(folder, 0) + size
    return sizes


def _needed(settings: Settings, inbox: int) -> int:
    return sum(_needed_in(settings, inbox).values())


def _needed_in(settings: Settings, inbox: int) -> dict[str, int]:
    warehouse = settings.warehouse.stat().st_size if settings.warehouse.exists() else 0
    serving = settings.serving.stat().st_size if settings.serving.exists() else 0
    first = max(_OF_FIRST_WAREHOUSE * inbox, _LEAST_WAREHOUSE)
    return {
        **{folder: int(share * inbox) for folder, share in _OF_INBOX.items()},
        "warehouse": int(_OF_WAREHOUSE * warehouse if warehouse else first),
        "serving": int(_OF_SERVING * serving) if warehouse else 0,
        "": _ALWAYS,
    }


def _sizes(folder: Path, top: str = "") -> Iterator[tuple[str, int]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _sizes(Path(entry.path), top or entry.name)
                elif entry.is_file(follow_symlinks=False):
                    yield top, entry.stat(follow_symlinks=False).st_size
    except OSError:
        return  # a clerk's folder that is not to be entered, or that has just gone


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__


def _code(error: BaseException, home: Path) -> str | None:
    if isinstance(error, OSError) and (code := _CODE_OF_NUMBER.get(error.errno or 0)):
        # A port may be forbidden too; a file has a name.
        return code if code != "HOME_NOT_ALLOWED" or error.filename is not None else None
    text = str(error)
    code = next((code for words, code in _CODE_OF_TEXT.items() if words in text), None)
    denied = "Permission denied" in text and str(home) in text
    return code or ("HOME_NOT_ALLOWED" if denied else None)


def _probe(home: Path) -> tuple[str | None, str]:
    """Write into the home: which of the codes that comes to, and where."""
    path = home / f".probe.{os.getpid()}.tmp"
    try:
        with path.open("wb") as file:
            file.write(bytes(_PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return _CODE_OF_NUMBER.get(error.errno or 0), str(home)
    finally:
        with suppress(OSError):  # the code is known by now
            path.unlink(missing_ok=True)
    return None, ""


def _error(code: str, settings: Settings, where: str) -> SanbaoError:
    try:
        free, wanted = free_in(settings.home), needed(settings)
    except OSError:
        free, wanted = 0, _ALWAYS
    return SanbaoError(code, where=where, free=f"{free / 1e6:,.0f}", needed=f"{wanted / 1e6:,.0f}")
