"""Who may enter which folder of a home, and making it so. For the operator: docs/accounts.md.

One table (`PLACES`) says it for every path. `repair` gives the folders their modes each time; it goes
through what lies in a private folder only when the folder itself had been open, which is so after an
earlier version. What lies in a department's inbox is never touched: its clerks could put another file
in the place of the one that was looked at.
"""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from foundation.files import FILE_MODE

SECRET_MODE = 0o600
METRICS_MODE = 0o644


@dataclass(frozen=True)
class Groups:
    """Names of the groups that folders are given to, where the system has them."""

    department: str = "sanbao-{department}"
    serving: str = "sanbao-serving"


@dataclass(frozen=True)
class Place:
    """One folder: its own mode, and the most that a file below it may have (None: not our affair)."""

    pattern: str  # path under the home; * stands for one name
    folder: int
    file: int | None
    group: Literal["", "department", "serving"] = ""


# Folders that nobody but the operator has business in are closed at their top (0700): what a library
# writes below them with a mode of its own is shut in too. Where others have to pass, they may pass but
# not look round (0711). setgid on a shared folder gives each new file the folder's group.
PLACES = (
    Place(".", 0o711, FILE_MODE),
    Place("inbox", 0o711, FILE_MODE),
    # Claimed files: not even the clerk who dropped one may reach it any more.
    Place("inbox/.*", 0o700, None),
    Place("inbox/*", 0o2770, None, "department"),
    Place("returned", 0o711, FILE_MODE),
    # Not writable: a copy that a clerk saves in place would be taken for a foreign file.
    Place("returned/*", 0o2750, FILE_MODE, "department"),
    # Real names and ID numbers of all departments.
    Place("archive", 0o700, FILE_MODE),
    Place("lake", 0o700, FILE_MODE),
    Place("lake/secret", 0o700, SECRET_MODE),
    Place("warehouse", 0o700, FILE_MODE),
    # Masked; read by the account that Superset runs under.
    Place("serving", 0o2750, FILE_MODE, "serving"),
    Place("reports", 0o700, FILE_MODE),
    # Numbers about nights, read by whatever watches the machine; no row and no name of a file.
    Place("metrics", 0o755, METRICS_MODE),
    # Departments, hashes and columns; where SANBAO_OPENLINEAGE_URL says `file`.
    Place("lineage", 0o700, FILE_MODE),
    Place("secrets", 0o700, SECRET_MODE),
    # What went wrong may be told with names of files and people.
    Place("logs", 0o700, FILE_MODE),
    Place("run", 0o700, FILE_MODE),
    Place("airflow", 0o700, FILE_MODE),
    Place("superset", 0o700, FILE_MODE),
    Place("sftp", 0o700, FILE_MODE),
    Place("backups", 0o700, SECRET_MODE),
    Place(".restoring", 0o700, FILE_MODE),
    Place("sample.truth", 0o700, FILE_MODE),
    Place("sample.ready", 0o700, FILE_MODE),
    Place("sample.tmp", 0o700, FILE_MODE),
)


@dataclass(frozen=True)
class Given:
    """A folder with a group in the table: which group it should have, and whether it has it."""

    folder: Path
    group: str
    state: Literal["given", "no_group", "not_member"]


def place_of(path: PurePosixPath) -> tuple[Place, bool] | None:
    """The place that a path under the home belongs to, and whether it is the place itself.

    None for a path that no line of the table speaks of.
    """
    for depth in range(len(path.parts), 0, -1):
        for place in PLACES:
            pattern = PurePosixPath(place.pattern)
            if len(pattern.parts) == depth and PurePosixPath(*path.parts[:depth]).match(place.pattern):
                return place, depth == len(path.parts)
    return (PLACES[0], not path.parts) if len(path.parts) <= 1 else None


def repair(root: Path, groups: Groups) -> list[Given]:
    """Give every folder of the table that is there its mode and group; returns those with a group."""
    given = []
    for place in PLACES:
        for folder in _folders(root, place):
            if place.group:
                given.append(_give(folder, place, groups))
            else:
                _close(folder, place.folder, place.file)
    return given


def _folders(root: Path, place: Place) -> list[Path]:
    found = [root] if place.pattern == "." else sorted(root.glob(place.pattern))
    own = [path for path in found if place_of(PurePosixPath(path.relative_to(root))) == (place, True)]
    return [path for path in own if path.is_dir() and not path.is_symlink()]


def _give(folder: Path, place: Place, groups: Groups) -> Given:
    """A folder with a group: open to that group, closed to everybody while there is none."""
    wanted = getattr(groups, place.group).format(department=folder.name)
    group, now = _group_id(wanted), folder.stat()
    if group is None:
        # A group that somebody gave the folder by hand stands; others are shut out all the same.
        by_hand = now.st_gid != os.getegid()
        mode = stat.S_IMODE(now.st_mode) & place.folder if by_hand else 0o700
        _close(folder, mode, place.file)
        return Given(folder, wanted, "no_group")
    if now.st_gid != group:
        try:
            os.chown(folder, -1, group)
        except PermissionError:
            _close(folder, 0o700, place.file)
            return Given(folder, wanted, "not_member")
    _close(folder, place.folder, place.file, group)
    return Given(folder, wanted, "given")


def _close(folder: Path, mode: int, file_mode: int | None, group: int | None = None) -> None:
    """Set the folder's mode; what lies below follows first, where the folder had been open."""
    was = stat.S_IMODE(folder.stat().st_mode)
    if file_mode is not None and (group is not None or was & ~mode & 0o077):
        shallow = mode == 0o711
        for entry in _below(folder, shallow):
            _limit(entry, file_mode, group)
    if was != mode:
        folder.chmod(mode)


def _below(folder: Path, shallow: bool) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                continue
            if entry.is_dir():
                if not shallow:  # the folders of an open folder have lines of their own
                    yield entry
                    yield from _below(Path(entry.path), shallow)
            else:
                yield entry


def _limit(entry: os.DirEntry[str], file_mode: int, group: int | None) -> None:
    now = entry.stat(follow_symlinks=False)
    most = 0o2750 if entry.is_dir() else file_mode
    if group is not None and now.st_gid != group:
        os.chown(entry.path, -1, group, follow_symlinks=False)
    if (mode := stat.S_IMODE(now.st_mode)) & ~most:
        Path(entry.path).chmod(mode & most)


def _group_id(name: str) -> int | None:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None


@dataclass(frozen=True)
class WrongMode:
    """A path below the home that is more open than its line of the table says; None: it has no line."""

    path: str
    mode: int
    most: int | None


def mode_faults(root: Path) -> list[WrongMode]:
    """Every path below `root` that no line of the table speaks of, or that is more open than it says."""
    paths = [root, *root.rglob("*")]
    return [wrong for path in sorted(paths) if not path.is_symlink() and (wrong := _wrong(root, path))]


def wrong_modes(root: Path) -> list[str]:
    """The same as lines of text."""
    return [
        f"{wrong.path}: in no line of the table"
        if wrong.most is None
        else f"{wrong.path}: {wrong.mode:o}, at most {wrong.most:o}"
        for wrong in mode_faults(root)
    ]


def _wrong(root: Path, path: Path) -> WrongMode | None:
    inside = PurePosixPath(path.relative_to(root))
    place, itself = place_of(inside) or (None, False)
    mode = stat.S_IMODE(path.stat().st_mode)
    if place is None or (place.pattern == "." and path.is_dir() and not itself):
        return WrongMode(str(inside), mode, None)
    if place.file is None and not itself:
        return None
    most = (place.folder if itself else 0o2750) if path.is_dir() else place.file
    return WrongMode(str(inside), mode, most) if most is not None and mode & ~most else None
