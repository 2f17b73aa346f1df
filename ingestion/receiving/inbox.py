"""Look into the inbox without being led out of it: what lies there, and what of it may be taken.

Departments can write into their folders while we look. Every folder and file is therefore opened by
its name in the folder that is open already, never through a link, and judged by what was opened.
A file is taken when it is a regular file with one name, in a folder on the inbox's own file system,
nobody has it open for writing, it belongs to no other department's account, and it is not too large.
"""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingestion.lake.not_taken import NotTaken, left_there

OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
DEEPEST = 16  # folders below a department's own
_MB = 1 << 20
UNFINISHED_SECONDS = 3600.0  # so long a part file may lie there before anybody is told
# A copy over a bad network may pause; where the system does not tell that it goes on, more patience helps.
UNTOLD_FACTOR = 6
# Where nobody can say whether a file is open (a network share, or one left open in Excel overnight), it
# is taken when it lay still so long; its bytes are then kept for a while, see ingestion/receiving/claims.py.
HELD_OPEN_SECONDS = 3600.0
# What Windows puts beside the files of a folder by itself. A shortcut is not among them: somebody made
# it in place of the file, and has to hear that the file did not come.
_LEFT_BY_WINDOWS = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini"})
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".td")


@dataclass(frozen=True)
class Sight:
    """A file as it was seen once: the same values mean the same, unchanged file."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Sight:
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class Seen:
    """A file in the inbox that may be taken once it lies still."""

    parts: tuple[str, ...]  # below the inbox
    sight: Sight
    changed_at: float  # seconds; what the kernel knows of it: a copied time of change does not count
    is_told: bool  # whether the system tells that somebody has it open

    def still_to_wait(self, seconds: float) -> float:
        """How long until it has lain still for `seconds`; longer where nobody tells that it is open."""
        wanted = seconds if self.is_told else seconds * UNTOLD_FACTOR
        return min(wanted, wanted - (time.time() - self.changed_at))


@dataclass
class Look:
    """What one look into the inbox found."""

    seen: list[Seen] = field(default_factory=list)
    left: list[NotTaken] = field(default_factory=list)


class NotOursError(Exception):
    """What lies there must not be taken: `code` says why."""

    def __init__(self, code: str, **words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


def is_ours(name: str) -> bool:
    """Whether a name is that of a file for us, and not of another program's business."""
    return not (name.startswith((".", "~$")) or name.lower() in _LEFT_BY_WINDOWS or is_unfinished(name))


def is_unfinished(name: str) -> bool:
    """Whether a program gave the name to a file that it has not copied to its end."""
    return name.lower().endswith(_UNFINISHED)


def look(inbox: Path, departments: Mapping[str, str], largest: int | None = None) -> Look:
    """Every file of the inbox, the oldest first, and what cannot be taken.

    `departments` is folder → department; files elsewhere are of the department under the key ''. A file
    of more than `largest` bytes is not taken.
    """
    found = Look()
    with _folder(inbox) as root:
        owners = Owners.of(root)
        device = os.fstat(root).st_dev
        _look_into(root, (), found, _Place(departments, owners, device, largest))
    found.seen.sort(key=lambda seen: (seen.sight.mtime_ns, seen.parts))
    return found


@contextmanager
def opened(inbox: Path, parts: Sequence[str]) -> Iterator[int]:
    """The folder that `parts` name below the inbox, no link on the way to it."""
    with _folder(inbox) as root:
        descriptor = os.dup(root)
        try:
            for part in parts:
                deeper = os.open(part, OPEN_FOLDER, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = deeper
            yield descriptor
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class Owners:
    """To whom the folders of the departments belong, and who takes the files."""

    folders: Mapping[str, tuple[int, int]]  # folder → user, group
    taker: int
    taker_group: int

    @classmethod
    def of(cls, root: int) -> Owners:
        folders = {}
        for name in os.listdir(root):
            try:
                status = os.stat(name, dir_fd=root, follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(status.st_mode) and not name.startswith("."):
                folders[name] = (status.st_uid, status.st_gid)
        return cls(folders, os.geteuid(), os.getegid())

    def are_others(self, folder: str, status: os.stat_result) -> bool:
        """Whether a file in `folder` is of another department's account or group, or the administrator's."""
        user, group = self.folders.get(folder, (self.taker, -1))
        others = [own for name, own in self.folders.items() if name != folder]
        if status.st_uid not in (self.taker, user) and status.st_uid in {0, *(u for u, _ in others)}:
            return True
        groups = {g for _, g in others}
        return status.st_gid not in (group, self.taker_group) and status.st_gid in groups


def checked(descriptor: int, owners: Owners, folder: str, largest: int | None) -> os.stat_result:
    """What is open there, when it may be taken; raises NotOursError."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise NotOursError("FILE_NOT_REGULAR")
    if status.st_nlink > 1:
        raise NotOursError("FILE_HAS_OTHER_NAMES")
    if owners.are_others(folder, status):
        raise NotOursError("FILE_OF_OTHERS")
    # By what it claims: a file with holes takes no room here, and all of it once it is copied and read.
    if largest is not None and status.st_size > largest:
        said = {"size": -(-status.st_size // _MB), "limit": largest // _MB}
        raise NotOursError("FILE_TOO_LARGE", **{word: f"{number:,}" for word, number in said.items()})
    return status


def has_writer(descriptor: int) -> bool | None:
    """Whether anybody has the file open for writing; None where the system does not tell.

    A read lease is granted only when nobody has. It takes a local file system and a file of our own.
    """
    try:
        # The signal that tells of somebody opening it would end this process; this one is ignored.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def settled(inbox: Path, seen: Sequence[Seen], seconds: float) -> tuple[list[Seen], list[tuple[Seen, str]]]:
    """Those that lie still, and the others with the reason why not; waits once, for the youngest.

    A file that has not changed for `seconds` already need not be waited for.
    """
    if (wait := max((one.still_to_wait(seconds) for one in seen), default=0.0)) > 0:
        time.sleep(wait)
    still: list[Seen] = []
    busy: list[tuple[Seen, str]] = []
    for one in seen:
        try:
            with opened(inbox, one.parts[:-1]) as folder:
                descriptor = os.open(one.parts[-1], OPEN_FILE, dir_fd=folder)
        except FileNotFoundError:
            continue
        except OSError:
            busy.append((one, "FILE_NOT_READABLE"))
            continue
        try:
            if Sight.of(os.fstat(descriptor)) != one.sight:
                busy.append((one, "FILE_STILL_CHANGING"))
            elif has_writer(descriptor) and time.time() - one.changed_at < HELD_OPEN_SECONDS:
                busy.append((one, "FILE_STILL_OPEN"))
            else:
                still.append(one)
        finally:
            os.close(descriptor)
    return still, busy


@dataclass(frozen=True)
class _Place:
    departments: Mapping[str, str]
    owners: Owners
    device: int
    largest: int | None = None

    def department(self, parts: Sequence[str]) -> str:
        return self.departments.get(parts[0] if parts else "", self.departments[""])


@contextmanager
def _folder(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _look_into(folder: int, parts: tuple[str, ...], found: Look, place: _Place) -> None:
    for name in sorted(os.listdir(folder), key=os.fsencode):
        below = (*parts, name)
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if name.startswith(".") or (not is_ours(name) and not stat.S_ISDIR(status.st_mode)):
                old = time.time() - status.st_ctime > UNFINISHED_SECONDS
                if not name.startswith((".", "~$")) and is_unfinished(name) and old:
                    raise NotOursError("FILE_UNFINISHED")
            elif stat.S_ISDIR(status.st_mode):
                _enter(folder, below, found, place)
            elif stat.S_ISLNK(status.st_mode):
                raise NotOursError("FILE_IS_LINK")
            elif not stat.S_ISREG(status.st_mode):
                raise NotOursError("FILE_NOT_REGULAR")
            else:
                found.seen.append(_file(folder, below, place))
        except FileNotFoundError:
            continue  # gone since
        except NotOursError as problem:
            _leave(found, place, below, problem)
        except OSError:
            _leave(found, place, below, NotOursError("FILE_NOT_READABLE"))


def _enter(folder: int, below: tuple[str, ...], found: Look, place: _Place) -> None:
    if len(below) > DEEPEST + 1:
        raise NotOursError("FOLDER_TOO_DEEP")
    try:
        deeper = os.open(below[-1], OPEN_FOLDER, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NotOursError("FOLDER_NOT_READABLE") from error
    try:
        if os.fstat(deeper).st_dev != place.device:
            raise NotOursError("FOLDER_ELSEWHERE")
        try:
            _look_into(deeper, below, found, place)
        except PermissionError as error:
            raise NotOursError("FOLDER_NOT_READABLE") from error
    finally:
        os.close(deeper)


def _file(folder: int, below: tuple[str, ...], place: _Place) -> Seen:
    descriptor = os.open(below[-1], OPEN_FILE, dir_fd=folder)
    try:
        status = checked(descriptor, place.owners, below[0] if len(below) > 1 else "", place.largest)
        is_told = has_writer(descriptor) is not None
    finally:
        os.close(descriptor)
    # A time of change that lies ahead was copied with the file or set by a clock that was wrong.
    changed = status.st_mtime if status.st_mtime <= time.time() else 0.0
    return Seen(below, Sight.of(status), max(changed, status.st_ctime), is_told)


def _leave(found: Look, place: _Place, below: tuple[str, ...], problem: NotOursError) -> None:
    named = below[1:] if below[0] in place.departments else below
    department, now = place.department(below), datetime.now(UTC)
    found.left.append(left_there(department, named or below, problem.code, now, problem.words))
