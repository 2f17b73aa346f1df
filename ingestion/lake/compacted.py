"""Compacted lake files: the rows of many batches of one table in one file, and the record that says so.

A feed that comes weekly for years would leave thousands of files of a few rows. `sanbao housekeeping` puts
those of one table and year together (`ingestion/lake/compact.py`). `archive/compacted.json` says which
batches a compacted file holds; with the rename of that record it takes their place. What is left to do
then (its name, the small files' removal) is done by whoever comes next: `finish`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from foundation.files import flush_folder, put_in_place, write_bytes
from foundation.locks import alone
from ingestion.lake.home import Home
from ingestion.lake.sealed import sealed, unsealed

_STEM = "compacted-"  # no batch id begins so
BATCHES = b"sanbao.batches"  # of a file's own metadata: its batches and their rows, as JSON


@dataclass(frozen=True)
class Compacted:
    """One file: `batches` lie in it one after another, each with its number of rows."""

    name: str  # below `lake/`
    sha256: str
    batches: tuple[tuple[str, int], ...]

    @cached_property
    def table(self) -> str:
        return Path(self.name).parent.name

    @property
    def year(self) -> int:
        return int(Path(self.name).stem.split("-")[1])

    @property
    def members(self) -> Iterator[str]:
        """The files, below `lake/`, whose place it takes."""
        table = self.table
        return (f"{table}/{batch}.parquet" for batch, _ in self.batches)


@dataclass(frozen=True)
class Cut:
    """Where the rows of one batch lie."""

    file: Compacted
    first: int
    rows: int


@dataclass(frozen=True)
class Compaction:
    """What is compacted in a home; `replaced` are files below `lake/` that are to go."""

    files: tuple[Compacted, ...] = ()
    replaced: tuple[str, ...] = ()

    @cached_property
    def cuts(self) -> dict[str, Cut]:
        """Name of a batch's file below `lake/` → where its rows are now."""
        found: dict[str, Cut] = {}
        for file in self.files:
            first = 0
            for (_, rows), member in zip(file.batches, file.members, strict=True):
                found[member] = Cut(file, first, rows)
                first += rows
        return found

    @cached_property
    def by_table(self) -> dict[str, list[Compacted]]:
        found: dict[str, list[Compacted]] = {}
        for file in self.files:
            found.setdefault(file.table, []).append(file)
        return found

    def batches(self, table: str) -> Iterator[str]:
        """The batches whose rows of a table lie in a compacted file."""
        return (batch for file in self.by_table.get(table, ()) for batch, _ in file.batches)


def is_compacted(path: Path) -> bool:
    return path.name.startswith(_STEM)


def file_name(table: str, year: int, sha256: str) -> str:
    """Below `lake/`. The hash in it tells a file that is whole when the record is lost."""
    return f"{table}/{_STEM}{year}-{sha256[:32]}.parquet"


def draft_path(home: Home, name: str) -> Path:
    """Where a compacted file lies before it counts: neither engine reads it there."""
    path = home.lake / name
    return path.with_name(f".{path.name}.new")


def record_path(home: Home) -> Path:
    return home.archive / "compacted.json"


def compaction(home: Home) -> Compaction:
    """What the record says; read once for as long as it stays the same. Raises RecordDamagedError."""
    path = record_path(home)
    try:
        now = path.stat()
    except FileNotFoundError:
        return Compaction()
    return _read(path, now.st_ino, now.st_mtime_ns, now.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, *_: int) -> Compaction:
    kept = unsealed(path)
    files = (
        Compacted(each["name"], each["sha256"], tuple((batch, rows) for batch, rows in each["batches"]))
        for each in kept["files"]
    )
    return Compaction(tuple(files), tuple(kept["replaced"]))


def write_record(home: Home, done: Compaction) -> None:
    files = [
        {"name": file.name, "sha256": file.sha256, "batches": file.batches}
        for file in sorted(done.files, key=lambda file: file.name)
    ]
    content = {"files": json.loads(json.dumps(files)), "replaced": sorted(done.replaced)}
    write_bytes(sealed(content), record_path(home))


def finish(home: Home) -> None:
    """Give effect to what the record says: also when whoever wrote it was killed. Costs one look otherwise.

    A compacted file that is not as it was written replaces nothing: the files whose place it takes stay.
    """
    if not compaction(home).replaced:
        return
    with alone(home.archive / "locks" / "compacting.lock"):
        done = compaction(home)
        for file in done.files:
            draft = draft_path(home, file.name)
            if draft.exists():
                put_in_place(draft, home.lake / file.name)
        tables = {Path(name).parent.name for name in done.replaced}
        if not all(is_whole(home, file) for file in done.files if file.table in tables):
            return
        for name in done.replaced:
            (home.lake / name).unlink(missing_ok=True)
        for table in sorted(tables):
            flush_folder(home.lake / table)
        write_record(home, Compaction(done.files))


def is_whole(home: Home, file: Compacted) -> bool:
    """Whether a compacted file is there as it was written."""
    try:
        with (home.lake / file.name).open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def sweep(home: Home) -> list[str]:
    """Remove what a killed compaction wrote and never recorded; only while none is at work."""
    wanted = {draft_path(home, file.name) for file in compaction(home).files}
    left = [path for path in home.lake.glob(f"*/.{_STEM}*.new") if path not in wanted]
    for path in left:
        path.unlink()
    return [str(path.relative_to(home.lake)) for path in left]


def record_again(home: Home) -> Sequence[str]:
    """Write a lost record by what the compacted files say of themselves; returns those that are damaged."""
    found, damaged = [], []
    for path in sorted(home.lake.glob(f"*/{_STEM}*.parquet")):
        name = f"{path.parent.name}/{path.name}"
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if name != file_name(path.parent.name, int(path.stem.split("-")[1]), digest):
            damaged.append(name)
            continue
        said = json.loads(pq.read_metadata(path).metadata[BATCHES])
        found.append(Compacted(name, digest, tuple((batch, rows) for batch, rows in said)))
    write_record(home, Compaction(tuple(found)))
    return damaged
