"""Where everything of one installation lies, and making those places."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.contracts import Catalog
from ingestion.key_fingerprint import fingerprint, refuse_other_key
from ingestion.modes import FILE_MODE, SECRET_MODE, Given, Groups, repair
from ingestion.schema import FEED_CONTRACT, HASH_KEY, lake_schemas


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


def prepare(home: Home, catalog: Catalog, groups: Groups | None = None) -> list[Given]:
    """Make every folder and one empty file per lake table; of what is there already only modes change.

    Returns the folders that belong to a group, and whether they could be given to it.

    Raises KeyProblemError when something was loaded and its hash key is not there, or is another one.
    """
    for folder in (home.claimed, home.receipts, home.arrivals, home.outcomes, home.lake):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in (home.returned, home.warehouse, home.serving, home.reports):
        folder.mkdir(parents=True, exist_ok=True)
    for department in catalog.departments:
        (home.inbox / department).mkdir(exist_ok=True)
        (home.returned / department).mkdir(exist_ok=True)
    given = repair(home.root, groups or Groups())
    _make_hash_key(home)
    for name, schema in lake_schemas(catalog).items():
        if name not in ("feed_contract", "secret"):
            _write_empty(home.lake / name / "_empty.parquet", schema)
    _write_feed_contracts(home, catalog)
    return given


def write_parquet(table: pa.Table, path: Path, *, plain: Collection[str] = ()) -> None:
    """Write `path` whole or not at all, and durably: a reader never meets half a file.

    `plain` columns have few repeated values; trying a dictionary on them costs more than the write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    repeating = [name for name in table.column_names if name not in plain]
    pq.write_table(table, partial, compression="zstd", compression_level=1, use_dictionary=repeating)
    partial.chmod(FILE_MODE)
    publish_file(partial, path)


def write_bytes(data: bytes, path: Path, *, mode: int = FILE_MODE) -> None:
    """The same for small files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    partial.write_bytes(data)
    partial.chmod(mode)
    publish_file(partial, path)


def publish_file(partial: Path, path: Path) -> None:
    """Flush `partial` to disk and give it its name."""
    with partial.open("rb") as handle:
        os.fsync(handle.fileno())
    partial.replace(path)


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
    record = home.lake / "secret_fingerprint" / "person_hash_key.txt"
    key, known = _hash_key(path), record.read_text("ascii").strip() if record.exists() else None
    if _has_deliveries(home):
        refuse_other_key(str(path), key, known)
    if key is None:
        key = secrets.token_hex(32)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist([{"key": key}], schema=HASH_KEY), sink)
        write_bytes(sink.getvalue().to_pybytes(), path, mode=SECRET_MODE)
    if known != fingerprint(key):
        write_bytes(fingerprint(key).encode(), record)


def _hash_key(path: Path) -> str | None:
    try:
        keys = pq.read_table(path, schema=HASH_KEY)["key"].to_pylist()
    except (FileNotFoundError, pa.ArrowInvalid):
        return None  # a damaged key is a lost one
    return keys[0] if len(keys) == 1 else None


def _has_deliveries(home: Home) -> bool:
    landed = (home.lake / "delivery").glob("[!._]*.parquet")
    return any(home.receipts.glob("[!.]*.json")) or any(landed)
