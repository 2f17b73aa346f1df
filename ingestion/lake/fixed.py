"""The lake files that come from no delivery: one empty file per table, the contracts, the hash key.

The first two follow from the contracts and are written anew whenever they are not as they should be.
The key cannot be made again: once anything has landed, a home without its key is damaged.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from foundation.files import write_bytes
from ingestion.contracts import Catalog
from ingestion.lake.bundle import recorded_names
from ingestion.lake.home import Home, make_folders, parquet_bytes
from ingestion.lake.key_fingerprint import fingerprint, refuse_other_key
from ingestion.lake.modes import SECRET_MODE, Given, Groups, repair
from ingestion.lake.parquet import read_parquet
from ingestion.lake.schema import FEED_CONTRACT, HASH_KEY, lake_schemas
from ingestion.lake.sealed import sealed, unsealed

KEY = "secret/person_hash_key.parquet"
_RECORD = "_fixed.json"
_KEY_RECORD = "_key.json"


Content = tuple[pa.Schema, list[dict[str, Any]]]


def records(home: Home) -> tuple[Path, Path]:
    """Where the hashes of these files are kept: those that can be made again, and the key's."""
    return home.landings / _RECORD, home.landings / _KEY_RECORD


def recorded(path: Path) -> dict[str, str]:
    """Path under `lake/` → sha256, by one of the records; raises RecordDamagedError."""
    return dict(unsealed(path)["files"]) if path.exists() else {}


def prepare(home: Home, catalog: Catalog, groups: Groups | None = None) -> list[Given]:
    """Make every folder, one empty file per lake table, the contracts and the key, where they are missing.

    Of what is there already only modes change. Returns the folders that belong to a group, and whether
    they could be given to it. Raises KeyProblemError when something was loaded and its hash key is not
    there, or is another one.
    """
    make_folders(home, catalog)
    given = repair(home.root, groups or Groups())
    _make_hash_key(home)
    write_fixed(home, catalog)
    return given


def write_fixed(home: Home, catalog: Catalog) -> None:
    """Write what is missing or not as it should be; the record comes first."""
    contents = _contents(catalog)
    record, _ = records(home)
    before = unsealed(record) if record.exists() else {"files": {}}
    made_of = _digest(contents)
    # Making all of them takes longer than everything else in a night with nothing new.
    if before.get("made_of") != made_of or any(not _is(home, name, before["files"]) for name in contents):
        tables = {
            name: pa.Table.from_pylist(rows, schema=schema) for name, (schema, rows) in contents.items()
        }
        _write_tables(home, tables, before["files"], made_of)


def _write_tables(
    home: Home, tables: Mapping[str, pa.Table], before: Mapping[str, str], made_of: str
) -> None:
    wanted = {name: parquet_bytes(table) for name, table in tables.items()}
    hashes = {**before, **{name: hashlib.sha256(data).hexdigest() for name, data in wanted.items()}}
    write_bytes(sealed({"files": hashes, "made_of": made_of}), records(home)[0])
    for name, data in wanted.items():
        if not _is(home, name, hashes):
            write_bytes(data, home.lake / name)


def _is(home: Home, name: str, hashes: Mapping[str, str]) -> bool:
    path = home.lake / name
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == hashes.get(name)


def _digest(contents: Mapping[str, Content]) -> str:
    """What the bytes of the files depend on: what is in them, and who writes them."""
    said = [pa.__version__]
    for name, (schema, rows) in contents.items():
        said += [name, schema.to_string(), str(rows)]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


def _contents(catalog: Catalog) -> dict[str, Content]:
    """File under `lake/` → its schema and rows; no Arrow table yet, for which pyarrow imports pandas."""
    contents: dict[str, Content] = {
        f"{name}/_empty.parquet": (schema, [])
        for name, schema in lake_schemas(catalog).items()
        if name not in ("feed_contract", "secret")
    }
    rows = [{name: getattr(contract, name) for name in FEED_CONTRACT.names} for contract in catalog.contracts]
    contents["feed_contract/feed_contract.parquet"] = FEED_CONTRACT, rows
    return contents


def _make_hash_key(home: Home) -> None:
    """A key for a home that has none and needs none yet; one that was lost is never replaced."""
    path = home.lake / KEY
    record = home.lake / "secret_fingerprint" / "person_hash_key.txt"
    key, known = _hash_key(path), record.read_text("ascii").strip() if record.exists() else None
    if _has_deliveries(home):
        refuse_other_key(str(path), key, known)
    if key is None:
        key = secrets.token_hex(32)
        data = parquet_bytes(pa.Table.from_pylist([{"key": key}], schema=HASH_KEY))
        write_bytes(sealed({"files": {KEY: hashlib.sha256(data).hexdigest()}}), records(home)[1])
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_bytes(data, path, mode=SECRET_MODE)
    if known != fingerprint(key):
        write_bytes(fingerprint(key).encode(), record)


def _hash_key(path: Path) -> str | None:
    try:
        keys = read_parquet(path, schema=HASH_KEY)["key"].to_pylist()
    except (FileNotFoundError, pa.ArrowInvalid):
        return None  # a damaged key is a lost one
    return keys[0] if len(keys) == 1 else None


def _has_deliveries(home: Home) -> bool:
    landed = (home.lake / "delivery").glob("[!._]*.parquet")
    return bool(recorded_names(home.receipts) or any(landed) or recorded_names(home.landings))
