"""Seal a home of a version that kept no hashes: what is there is taken as whole, once and by a person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from foundation.files import write_bytes
from ingestion.contracts import Catalog
from ingestion.lake import fixed
from ingestion.lake.batch_files import own_files
from ingestion.lake.bundle import is_recorded, recorded
from ingestion.lake.decided import DECIDED
from ingestion.lake.home import Home
from ingestion.lake.integrity import lost_numbers
from ingestion.lake.landings import path_of, record_batch, record_decided
from ingestion.lake.numbers import give_up
from ingestion.lake.parquet import read_parquet
from ingestion.lake.records import Outcome, read_receipt, recorded_outcomes
from ingestion.lake.sealed import RecordDamagedError, sealed, unsealed


def adopt(home: Home, catalog: Catalog) -> int:
    """Write the records that are missing and seal those without a seal; returns how many.

    A sealed record is left as it is, damaged or not; lake files with a record keep theirs.
    """
    done = _seal_records(home)
    owners = {outcome.batch_id: (outcome, path.stem) for path, outcome in _outcomes(home)}
    for name in _batches(home):
        files = {
            f"{path.parent.name}/{path.name}": _sha256(path) for path in home.lake.glob(f"*/{name}.parquet")
        }
        if is_recorded(path_of(home, name)):
            continue
        outcome, sha256 = owners.get(name, (None, ""))
        receipt = read_receipt(home.receipts / f"{sha256}.json") if outcome else None
        # Only by the receipt of its own round could the batch be made again.
        own = receipt if receipt and outcome and outcome.received_at == receipt.received_at else None
        record_batch(home, name, files, own, outcome)
        done += 1
    for kind in DECIDED:
        for path in own_files(home, kind):
            if not is_recorded(path_of(home, path.stem)):
                rows = [
                    {name: _as_json(value) for name, value in row.items()}
                    for row in read_parquet(path).to_pylist()
                ]
                record_decided(home, kind, path.stem, rows, {f"{kind}/{path.name}": _sha256(path)})
                done += 1
    key, record = home.lake / fixed.KEY, fixed.records(home)[1]
    if key.exists() and not record.exists():
        write_bytes(sealed({"files": {fixed.KEY: _sha256(key)}}), record)
        done += 1
    fixed.prepare(home, catalog)
    if lost := lost_numbers(home):
        give_up(home, lost)
        done += len(lost)
    return done


def _seal_records(home: Home) -> int:
    done = 0
    folders = (home.receipts, home.outcomes, home.arrivals, home.decisions, home.archive / "returns")
    for path in (path for folder in folders for path in sorted(folder.glob("[!.]*.json"))):
        try:
            unsealed(path)
        except RecordDamagedError as error:
            if error.unsealed:
                content: Any = json.loads(path.read_text("utf-8"))
                write_bytes(sealed({"outcomes": content} if isinstance(content, list) else content), path)
                done += 1
    return done


def _outcomes(home: Home) -> Iterator[tuple[Path, Outcome]]:
    for path in recorded(home.outcomes):
        for outcome in recorded_outcomes(home, path.stem):
            yield path, outcome


def _batches(home: Home) -> list[str]:
    """By the moment they became known, which is the order in which they landed."""
    paths = own_files(home, "delivery")
    moments = [
        (read_parquet(path, columns=["received_at"])["received_at"][0].as_py(), path.stem) for path in paths
    ]
    return [name for _, name in sorted(moments)]


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date, too


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
