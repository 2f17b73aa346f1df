"""The record of each marked copy under `archive/returns/`: whose it is, and that it lies there as written."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from foundation.files import write_bytes
from foundation.locks import alone
from ingestion.lake.home import Home
from ingestion.lake.sealed import sealed, unsealed

_LARGEST = 1 << 30  # bytes; no copy of ours, and clerks can put anything into the folder
UNFINISHED = -1  # rows corrected, of a copy that is being written


@dataclass(frozen=True)
class Returned:
    """A marked copy that lies in a department's folder."""

    sha256: str  # of the file it is the copy of
    container_sha256: str
    department: str
    name: str
    batches: tuple[str, ...]
    corrected: int  # held rows that had been corrected when the copy was made
    written: tuple[str, ...] = ()  # hash of the copy; while it is being written, of the one before too
    told: str = ""  # what it says of its rows and numbers, as a digest
    left: tuple[str, ...] = ()  # copies that somebody has changed since, and that were left alone

    def path(self, home: Home) -> Path:
        return home.returned / self.department / self.name


def copies(home: Home) -> dict[str, Returned]:
    """Hash of a file → its marked copy."""
    found = [_read(path) for path in sorted((home.archive / "returns").glob("[!.]*.json"))]
    return {returned.sha256: returned for returned in found if returned}


def put(home: Home, wanted: Returned, stem: str, suffix: str, data: bytes) -> Path:
    """Write a copy under the name that is free for it; its `name`, `written` and `left` are set here.

    Killed at any point, the record tells that the copy is unfinished, and which bytes are ours.
    """
    digest = hashlib.sha256(data).hexdigest()
    with _naming(home):
        before = _read(_record(home, wanted.sha256))
        name = _free_name(home, wanted, before, stem, suffix, digest)
        kept: tuple[str, ...] = ()
        ours: tuple[str, ...] = ()
        if before:
            same = before.department == wanted.department
            kept, ours = (before.left if same else ()), before.written
            if before.path(home) != home.returned / wanted.department / name:
                if not _remove(home, before) and same:
                    kept = (*kept, before.name)
                ours = ()
        done = replace(wanted, name=name, written=(digest,), left=kept)
        _keep(home, replace(done, corrected=UNFINISHED, written=(*ours, digest)))
        write_bytes(data, done.path(home))
        _keep(home, done)
    return done.path(home)


def settle_name(home: Home, returned: Returned, stem: str) -> None:
    """Give a copy the name that it could not have while the one before it lay there."""
    path = returned.path(home)
    if (
        path.name != f"{stem}{path.suffix}"
        and path.is_file()
        and not _is_foreign(home, path, returned.written)
    ):
        put(home, returned, stem, path.suffix, path.read_bytes())


def take_away(home: Home, sha256: str) -> None:
    """Remove the copy of a file, unless somebody has changed it, and its record."""
    with _naming(home):
        returned = _read(_record(home, sha256))
        if returned:
            for name in (returned.name, *returned.left):
                _remove(home, replace(returned, name=name))
            _record(home, sha256).unlink(missing_ok=True)


def _free_name(
    home: Home, wanted: Returned, before: Returned | None, stem: str, suffix: str, digest: str
) -> str:
    """The name of a copy: its own, numbered while that belongs to another copy or to somebody else."""
    others = {
        r.name
        for r in copies(home).values()
        if r.department == wanted.department and r.sha256 != wanted.sha256
    }
    folder = home.returned / wanted.department
    number, name = 1, f"{stem}{suffix}"
    own = {digest}
    while True:
        mine = before is not None and before.path(home) == folder / name
        written = own | set(before.written if before and mine else ())
        if name not in others and not _is_foreign(home, folder / name, written):
            return name
        number += 1
        name = f"{stem}({number}){suffix}"


def _remove(home: Home, returned: Returned) -> bool:
    """Remove a copy that is as it was written; False when somebody has changed it."""
    if _is_foreign(home, returned.path(home), returned.written):
        return False
    returned.path(home).unlink(missing_ok=True)
    return True


def _is_foreign(home: Home, path: Path, written: Collection[str]) -> bool:
    """Whether something lies there that was neither written by us nor handed in: it would be lost."""
    if not path.exists():
        return False
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return True
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest not in written and not home.archived(digest).exists()


@contextmanager
def _naming(home: Home) -> Iterator[None]:
    """One process at a time chooses a name."""
    with alone(home.archive / "returns" / ".lock"):
        yield


def _keep(home: Home, returned: Returned) -> None:
    write_bytes(sealed(asdict(returned)), _record(home, returned.sha256))


def _record(home: Home, sha256: str) -> Path:
    return home.archive / "returns" / f"{sha256}.json"


def _read(path: Path) -> Returned | None:
    try:
        found = unsealed(path)
    except FileNotFoundError:
        return None
    for name in ("batches", "written", "left"):
        found[name] = tuple(found.get(name, ()))
    return Returned(**found)
