"""Where everything of one installation lies, and making those places."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from foundation.files import draft_of, sweep_drafts
from ingestion.contracts import Catalog


@dataclass(frozen=True)
class Home:
    """The folders under SANBAO_HOME."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def claimed(self) -> Path:
        # Inside the inbox, so that claiming is a rename on one file system.
        return self.inbox / ".claimed"

    @property
    def kept(self) -> Path:
        # Files that were received and that a program may still write to; see ingestion/receiving/claims.py.
        return self.inbox / ".kept"

    @property
    def returned(self) -> Path:
        return self.root / "returned"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def receipts(self) -> Path:
        return self.archive / "receipts"

    @property
    def arrivals(self) -> Path:
        return self.archive / "arrivals"

    @property
    def outcomes(self) -> Path:
        return self.archive / "outcomes"

    @property
    def attempts(self) -> Path:
        # One empty file per file that is being loaded; see ingestion/receiving/attempts.py.
        return self.archive / "attempts"

    @property
    def decisions(self) -> Path:
        return self.archive / "decisions"

    @property
    def landings(self) -> Path:
        # What was written to the lake, with its hashes; see ingestion/lake/landings.py.
        return self.archive / "landings"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    @property
    def serving(self) -> Path:
        return self.root / "serving"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    def archived(self, sha256: str) -> Path:
        """Where the bytes with this hash are kept."""
        return self.archive / sha256[:2] / sha256


def make_folders(home: Home, catalog: Catalog) -> None:
    """Make every folder that is missing."""
    for folder in (home.claimed, home.receipts, home.arrivals, home.outcomes, home.landings, home.lake):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in (home.returned, home.warehouse, home.serving, home.reports, home.root / "metrics"):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in (home.claimed, home.kept):
        folder.mkdir(exist_ok=True)
        with suppress(PermissionError):
            folder.chmod(0o700)  # whoever dropped a file must not reach it by its path any more
    for department in catalog.departments:
        with suppress(FileExistsError):  # something else has the name: told when files are received
            (home.inbox / department).mkdir()
        (home.returned / department).mkdir(exist_ok=True)


def write_parquet(table: pa.Table, path: Path, *, plain: Collection[str] = ()) -> str:
    """Write `path` whole or not at all, and durably: a reader never meets half a file. Returns its sha256.

    `plain` columns have few repeated values; trying a dictionary on them costs more than the write.
    """
    with draft_of(path) as file:
        hashing = _Hashing(file)
        _write_table(table, pa.PythonFile(hashing, "w"), plain)
    return hashing.digest.hexdigest()


def parquet_bytes(table: pa.Table) -> bytes:
    """A small table as `write_parquet` would write it: equal tables, equal bytes."""
    sink = pa.BufferOutputStream()
    _write_table(table, sink)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _write_table(table: pa.Table, sink: pa.NativeFile, plain: Collection[str] = ()) -> None:
    repeating = [name for name in table.column_names if name not in plain]
    pq.write_table(table, sink, compression="zstd", compression_level=1, use_dictionary=repeating)


@contextmanager
def compacted_writer(file: BinaryIO, schema: pa.Schema) -> Iterator[tuple[pq.ParquetWriter, Digest]]:
    """Writes one table after another into `file`, as `write_parquet` writes one; its hash beside it."""
    hashing = _Hashing(file)
    writer = pq.ParquetWriter(
        pa.PythonFile(hashing, "w"), schema, compression="zstd", compression_level=1, use_dictionary=True
    )
    with writer:
        yield writer, hashing.digest


class Digest(Protocol):
    """The part of a hash that tells it."""

    def hexdigest(self) -> str: ...


class _Hashing:
    """A file that hashes what is written to it: what was meant, and not what the disk made of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.closed = False

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self.closed = True


def sweep_partial(home: Home) -> None:
    """Remove what killed processes left half written, wherever files are put in place."""
    folders = [home.lake, home.serving, home.reports, *home.lake.glob("*/"), *home.returned.glob("*/")]
    folders += [home.archive, home.receipts, home.arrivals, home.outcomes, home.decisions]
    folders += [home.landings, home.archive / "returns", home.root, home.warehouse]
    folders += [home.root / name for name in ("secrets", "run", "superset", "airflow", "metrics")]
    sweep_drafts([*folders, home.warehouse / "dbt" / "target"])
