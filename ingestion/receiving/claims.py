"""Claims: files that were taken out of the inbox, until their bytes are safe and their inode is idle.

A claim is a rename into `inbox/.claimed/<moment>-<number>/<department>/`, where nobody but us can open
it. What was renamed is looked at again: between looking and renaming, a file may have become a link.
A program that had it open goes on writing to it; so it is removed only when the system says that
nobody can, and otherwise lies in `inbox/.kept/` for a day and is taken again when it has changed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from foundation.files import draft_in, put_in_place
from ingestion.lake.archive import is_whole
from ingestion.lake.home import Home
from ingestion.receiving.inbox import (
    HELD_OPEN_SECONDS,
    OPEN_FILE,
    UNTOLD_FACTOR,
    NotOursError,
    Owners,
    Seen,
    Sight,
    checked,
    has_writer,
    opened,
)

CHUNK = 1 << 20
KEPT_SECONDS = 86_400.0


@dataclass(frozen=True)
class Archived:
    """The bytes of a claim as they were read, and whether nobody can write to it any more."""

    sha256: str
    size: int
    sight: Sight


def claim_file(home: Home, seen: Seen, target: Path) -> Path | None:
    """Rename a file into `target`; None when it is gone. Raises NotOursError where it cannot be moved."""
    name = seen.parts[-1]
    target.mkdir(parents=True, mode=0o700)
    try:
        with opened(home.inbox, seen.parts[:-1]) as folder, opened(home.inbox, _below(home, target)) as to:
            os.rename(name, name, src_dir_fd=folder, dst_dir_fd=to)
    except FileNotFoundError:
        _drop_folders(target)
        return None
    except OSError as error:
        _drop_folders(target)
        raise NotOursError("FILE_NOT_MOVABLE") from error
    return target / name


def claim_again(kept: Path, target: Path) -> Path:
    """Claim a file that was written to after it had been read."""
    target.mkdir(parents=True, mode=0o700)
    kept.rename(target / kept.name)
    _drop_folders(kept.parent)
    return target / kept.name


def archive_claim(
    home: Home, claim: Path, owners: Owners, folder: str, expected: Sight | None, largest: int | None = None
) -> Archived:
    """Copy the bytes of a claim under their hash; raises NotOursError where it must not be taken.

    `expected` is what was seen before it was claimed: something else was never waited for.
    """
    try:
        descriptor = os.open(claim, OPEN_FILE)
    except OSError as error:
        raise NotOursError("FILE_IS_LINK" if claim.is_symlink() else "FILE_NOT_READABLE") from error
    try:
        before = checked(descriptor, owners, folder, largest)
        if expected is not None and Sight.of(before) != expected:
            raise NotOursError("FILE_STILL_CHANGING")
        if has_writer(descriptor) and time.time() - before.st_mtime < HELD_OPEN_SECONDS:
            raise NotOursError("FILE_STILL_OPEN")
        partial = draft_in(home.archive)
        try:
            sha256, size = _copy(descriptor, partial, before.st_size)
            after = checked(descriptor, owners, folder, largest)
            if (Sight.of(after), after.st_ctime_ns) != (Sight.of(before), before.st_ctime_ns):
                raise NotOursError("FILE_STILL_CHANGING")
            if size != after.st_size:
                raise NotOursError("FILE_STILL_CHANGING")
            _keep_bytes(home, partial, sha256)
        finally:
            partial.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
    return Archived(sha256, size, Sight.of(after))


def remove_claim(home: Home, claim: Path, archived: Archived) -> None:
    """Remove what was read and nothing else: an inode that somebody may still write to is kept."""
    descriptor = os.open(claim, OPEN_FILE)
    try:
        # In this order: when nobody has it open now, nobody can have changed it since the look.
        idle = has_writer(descriptor) is False
        unchanged = Sight.of(os.fstat(descriptor)) == archived.sight
    finally:
        os.close(descriptor)
    if idle and unchanged:
        claim.unlink()
    else:
        number = claim.parts[-3].rpartition("-")[2]
        aside = home.kept / f"{number}-{archived.sight.size}-{archived.sight.mtime_ns}" / claim.parts[-2]
        aside.mkdir(parents=True, mode=0o700, exist_ok=True)
        claim.rename(aside / claim.name)
    _drop_folders(claim.parent)


def put_back(home: Home, claim: Path, parts: Sequence[str]) -> bool:
    """Give a claim back its place in the inbox; False where another file has that name by now."""
    try:
        with opened(home.inbox, parts[:-1]) as folder, opened(home.inbox, _below(home, claim.parent)) as own:
            if claim.is_dir() and not claim.is_symlink():
                os.rename(claim.name, parts[-1], src_dir_fd=own, dst_dir_fd=folder)
                return True
            # A link and not a rename: that would take the place of what lies there.
            os.link(claim.name, parts[-1], src_dir_fd=own, dst_dir_fd=folder, follow_symlinks=False)
            os.unlink(claim.name, dir_fd=own)
    except OSError:
        return False
    finally:
        _drop_folders(claim.parent)
    return True


def written_to_since(home: Home, settle_seconds: float) -> list[Path]:
    """Files that were read and kept, and that somebody has written to since and done with: they lie still.

    Those that lay unchanged for a day are removed.
    """
    changed: list[Path] = []
    for path in sorted(home.kept.glob("*/*/*")):
        _, size, mtime_ns = path.parts[-3].split("-")
        status = path.lstat()
        if (status.st_size, status.st_mtime_ns) != (int(size), int(mtime_ns)):
            if time.time() - status.st_ctime >= settle_seconds * UNTOLD_FACTOR and not _is_written_to(path):
                changed.append(path)
        elif time.time() - status.st_ctime > KEPT_SECONDS and not _is_written_to(path):
            path.unlink()
            _drop_folders(path.parent)
    return changed


def _is_written_to(path: Path) -> bool:
    descriptor = os.open(path, OPEN_FILE)
    try:
        return has_writer(descriptor) is True
    finally:
        os.close(descriptor)


def sweep_folders(home: Home) -> None:
    """Remove the folders of claims that were killed before anything was in them."""
    for root in (home.claimed, home.kept):
        for claim in sorted(root.glob("*")):
            # Killed between the two, a claim has no folder of a department yet.
            for folder in (*claim.glob("*"), claim):
                with suppress(OSError):  # not empty: another claim; or no folder
                    folder.rmdir()


def _copy(descriptor: int, partial: Path, most: int) -> tuple[str, int]:
    """Copy piece by piece; a file that grows beyond `most` bytes meanwhile is not copied on."""
    digest, size = hashlib.sha256(), 0
    with partial.open("xb") as target:
        while True:
            try:
                block = os.read(descriptor, CHUNK)
            except OSError as error:
                raise NotOursError("FILE_NOT_READABLE") from error
            if not block or size > most:
                return digest.hexdigest(), size
            digest.update(block)
            target.write(block)
            size += len(block)


def _keep_bytes(home: Home, partial: Path, sha256: str) -> None:
    kept = home.archived(sha256)
    # Kept bytes that were damaged since are healed by those that came again.
    if not (kept.exists() and is_whole(home, sha256)):
        kept.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(partial, kept)


def _below(home: Home, folder: Path) -> tuple[str, ...]:
    return folder.relative_to(home.inbox).parts


def _drop_folders(folder: Path) -> None:
    for empty in (folder, folder.parent):
        with suppress(OSError):  # not empty: another claim
            empty.rmdir()
