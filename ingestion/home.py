"""Where everything of one installation lies, and making those places."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.contracts import Catalog
from ingestion.schema import FEED_CONTRACT, HASH_KEY, lake_schemas

_DEAD_AFTER_SECONDS = 3600.0


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
        # Files that were received and that a program may still write to; see ingestion/claims.py.
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
        # One empty file per file that is being loaded; see ingestion/guard.py.
        return self.archive / "attempts"

    @property
    def decisions(self) -> Path:
        return self.archive / "decisions"

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


def prepare(home: Home, catalog: Catalog) -> None:
    """Make every folder and one empty file per lake table; changes nothing that is there already."""
    for folder in (home.claimed, home.receipts, home.arrivals, home.outcomes, home.lake):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in (home.returned, home.warehouse, home.serving, home.reports):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in (home.claimed, home.kept):
        folder.mkdir(exist_ok=True)
        with suppress(PermissionError):
            folder.chmod(0o700)  # whoever dropped a file must not reach it by its path any more
    for department in catalog.departments:
        with suppress(FileExistsError):  # something else has the name: told when files are received
            (home.inbox / department).mkdir()
        (home.returned / department).mkdir(exist_ok=True)
    for name, schema in lake_schemas(catalog).items():
        if name not in ("feed_contract", "secret"):
            _write_empty(home.lake / name / "_empty.parquet", schema)
    _write_feed_contracts(home, catalog)
    _make_hash_key(home)


def write_parquet(table: pa.Table, path: Path, *, plain: Collection[str] = ()) -> None:
    """Write `path` whole or not at all, and durably: a reader never meets half a file.

    `plain` columns have few repeated values; trying a dictionary on them costs more than the write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    repeating = [name for name in table.column_names if name not in plain]
    with _swept_if_failed(partial):
        with partial.open("xb") as sink:
            pq.write_table(table, sink, compression="zstd", compression_level=1, use_dictionary=repeating)
        publish_file(partial, path)


def write_bytes(data: bytes, path: Path, *, mode: int = 0o644) -> None:
    """The same for small files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    with _swept_if_failed(partial):
        # 'x': never through a link that somebody laid where we were about to write.
        with partial.open("xb") as sink:
            sink.write(data)
        partial.chmod(mode)
        publish_file(partial, path)


def publish_file(partial: Path, path: Path) -> None:
    """Flush `partial` to disk and give it its name."""
    with partial.open("rb") as handle:
        os.fsync(handle.fileno())
    partial.replace(path)


def sweep_partial(home: Home) -> None:
    """Remove what killed processes left half written: nobody has touched it for an hour."""
    lake, returned = home.lake.glob("*/"), home.returned.glob("*/")
    kept = (home.receipts, home.arrivals, home.outcomes, home.decisions, home.archive / "returns")
    for folder in (home.archive, *kept, *lake, *returned, home.lake, home.serving, home.reports):
        for partial in folder.glob(".*.tmp") if not folder.is_symlink() else ():
            with suppress(OSError):
                if time.time() - partial.lstat().st_mtime > _DEAD_AFTER_SECONDS:
                    partial.unlink()


def _partial(path: Path) -> Path:
    """Where a file is written before it gets its name: a name that nobody else can have or foresee."""
    return path.with_name(f".{secrets.token_hex(8)}.tmp")


@contextmanager
def _swept_if_failed(partial: Path) -> Iterator[None]:
    """On a full disk, the half that was written must not stay."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def _write_empty(path: Path, schema: pa.Schema) -> None:
    # A contract may have gained a column since: the schema in the file decides.
    if path.exists() and pq.read_schema(path).remove_metadata().equals(schema):
        return
    write_parquet(schema.empty_table(), path)


def _write_feed_contracts(home: Home, catalog: Catalog) -> None:
    rows: list[Mapping[str, Any]] = [
        {name: getattr(contract, name) for name in FEED_CONTRACT.names} for contract in catalog.contracts
    ]
    path = home.lake / "feed_contract" / "feed_contract.parquet"
    table = pa.Table.from_pylist(rows, schema=FEED_CONTRACT)
    if not (path.exists() and pq.read_table(path).replace_schema_metadata().equals(table)):
        write_parquet(table, path)


def _make_hash_key(home: Home) -> None:
    path = home.lake / "secret" / "person_hash_key.parquet"
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([{"key": secrets.token_hex(32)}], schema=HASH_KEY), sink)
    write_bytes(sink.getvalue().to_pybytes(), path, mode=0o600)
