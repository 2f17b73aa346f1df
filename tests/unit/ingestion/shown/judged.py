"""A file as the gate judges it, with the values that its rows would have."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ingestion.contracts import Catalog, load_catalog
from ingestion.gate.assess import judge
from ingestion.lake.result import File, Result
from ingestion.pipeline.load import CheckReport, check_bytes

FILES = Path(__file__).parent / "files"
NOW = datetime(2020, 1, 20, tzinfo=UTC)


@cache
def catalog() -> Catalog:
    return load_catalog()


def case(start: str) -> tuple[bytes, str]:
    """Bytes and name of the one file whose name begins so."""
    (path,) = (path for path in FILES.iterdir() if path.name.startswith(start))
    return path.read_bytes(), path.name


def judged(data: bytes, name: str) -> Result:
    digest = hashlib.sha256(data).hexdigest()
    (result,) = judge(File(data, digest, name, None, digest, None, NOW), catalog(), None)
    return result


def checked(data: bytes, name: str) -> CheckReport:
    return check_bytes(data, name, catalog())


def values(result: Result, column: str) -> list[Any]:
    assert result.batch is not None
    found: list[Any] = result.batch.columns[column].to_pylist()
    return found


def codes(report: CheckReport) -> list[tuple[str, str]]:
    """(code, cell) of each problem, in order."""
    return [(problem.code, problem.cell) for problem in report.problems]
