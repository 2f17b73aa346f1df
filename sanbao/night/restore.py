"""From a backup to a home that works: `sanbao restore`. How: docs/backup.md.

The files are unpacked and checked inside the home, in `.restoring/`, and only then get their places: a
home may be a mount point, which cannot be renamed. Killed anywhere, the same command goes on; until it has
come to its end, nothing else may write into the home.
"""

from __future__ import annotations

import errno
import filecmp
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from foundation.files import FILE_MODE, put_in_place, write_text
from sanbao.errors import SanbaoError
from sanbao.night.lock import night_lock
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage

# May lie in a home that counts as empty: an earlier command may have failed there.
_NO_DATA = frozenset({"logs", "run", "metrics", "lineage", "backups", ".night.lock", ".restoring"})


@dataclass(frozen=True)
class Restored:
    """What a restore brought: files, and the dates whose marts were built again."""

    file_count: int
    dates: list[str]


@tells_of_storage
def restore(
    settings: Settings,
    file: Path,
    on_node: Callable[[str, str], None] | None = None,
    choose: Callable[[list[str]], list[str]] | None = None,
) -> Restored:
    """Unpack, check, put in place, build every date again and publish.

    With `choose` only the dates that it chooses are built, and the home is there to be looked at: a night in
    it would build the others first.

    Raises SanbaoError: RESTORE_NOT_EMPTY, BACKUP_DAMAGED (with the entry), BACKUP_OTHER_FORMAT, or
    RESTORE_UNLIKE where what was begun in this home is no restore of this backup.
    """
    folder = settings.home / ".restoring"
    with night_lock(settings):
        begun = [mark for mark in (folder / "rebuild.json", folder / "ready.json") if mark.exists()]
        if begun:
            _require_begun_with(settings.home, file, begun[0])
        if not (folder / "rebuild.json").exists():
            if not (folder / "ready.json").exists():
                _refuse_data(settings.home)
                _unpack(folder, file)
            _put_in_place(settings.home, folder)
        todo = json.loads((folder / "rebuild.json").read_text("utf-8"))
        dates = todo["dates"]
        if choose is not None:
            dates = {day: dates[day] for day in choose(sorted(dates))}
        _rebuild(settings, dates, on_node, is_whole=choose is None)
        shutil.rmtree(folder)
    return Restored(todo["file_count"], sorted(dates))


def _require_begun_with(home: Path, file: Path, mark: Path) -> None:
    """Go on only with the backup that was begun with, and where all that it holds is there."""
    from sanbao.night.backup_file import read_backup

    manifest = read_backup(file)
    if json.loads(mark.read_text("utf-8")).get("manifest") != manifest.digest:
        raise SanbaoError("RESTORE_UNLIKE", home=str(home), file=str(file), detail="manifest")
    for name in sorted(manifest.files):
        # Marked copies are written anew by the last step, which may have begun.
        kept = name.startswith(("lake/", "archive/")) and not name.startswith("archive/returns/")
        if kept and not (home / name).exists() and not (mark.parent / "new" / name).exists():
            raise SanbaoError("RESTORE_UNLIKE", home=str(home), file=str(file), detail=name)


def _refuse_data(home: Path) -> None:
    for path in sorted(home.iterdir()):
        if path.name in _NO_DATA:
            continue
        if path.is_file() or any(not below.is_dir() for below in path.rglob("*")):
            raise SanbaoError("RESTORE_NOT_EMPTY", home=str(home), found=path.name)


def _unpack(folder: Path, file: Path) -> None:
    from sanbao.night.backup_file import read_backup

    shutil.rmtree(folder, ignore_errors=True)
    new = folder / "new"
    new.mkdir(parents=True, mode=0o700)

    def sink(name: str, entry: tarfile.TarInfo) -> IO[bytes]:
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        target = path.open("xb")
        os.fchmod(target.fileno(), _mode(name))
        return target

    try:
        manifest = read_backup(file, sink)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    todo = {"dates": manifest.dates, "file_count": len(manifest.files), "manifest": manifest.digest}
    write_text(json.dumps(todo), folder / "ready.json")


def _mode(name: str) -> int:
    from ingestion.lake.modes import place_of

    place = place_of(PurePosixPath(name))
    return (place[0].file if place else None) or FILE_MODE


def _put_in_place(home: Path, folder: Path) -> None:
    """Repeated after a kill, it goes on with what is left; what came into the home meanwhile stays."""
    for path in sorted((folder / "new").glob("*")):
        _move(path, home / path.name)
    put_in_place(folder / "ready.json", folder / "rebuild.json")


def _move(source: Path, target: Path) -> None:
    if not (target.is_dir() and source.is_dir()):
        if target.exists():
            if not (source.is_file() and target.is_file() and filecmp.cmp(source, target, shallow=False)):
                raise FileExistsError(str(target))
            source.unlink()  # a kill came between the two halves of a move to another disk
            return
        try:
            source.rename(target)
            return
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        # Folders of a home may lie on disks of their own (`returned`, in containers).
        if not source.is_dir():
            _carry(source, target)
            return
        target.mkdir()
    for path in sorted(source.iterdir()):
        _move(path, target / path.name)
    source.rmdir()


def _carry(source: Path, target: Path) -> None:
    """Move a file to another file system: there whole or not at all, and gone here only then."""
    draft = target.with_name(f".{target.name}.restoring")
    shutil.copy2(source, draft)
    put_in_place(draft, target)
    source.unlink()


def _rebuild(
    settings: Settings,
    dates: dict[str, str | None],
    on_node: Callable[[str, str], None] | None,
    *,
    is_whole: bool,
) -> None:
    from sanbao.night.build import build
    from sanbao.night.home import make_ready
    from sanbao.night.publish import publish_serving
    from sanbao.night.published import forget_published
    from sanbao.night.returns import renew_returns

    make_ready(settings)
    for day, known_by in sorted(dates.items()):
        known = datetime.fromisoformat(known_by) if known_by else None
        build(settings, date.fromisoformat(day), known, on_node=on_node)
    if not is_whole:  # the record of what was published asks for all that was
        forget_published(settings)
    if dates:
        publish_serving(settings, date.fromisoformat(max(dates)))
    renew_returns(settings)
