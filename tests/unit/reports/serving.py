"""A serving file with the few tables that a report rests on, made by hand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb

from reports.basis import Basis, freeze

AS_OF = date(2019, 12, 31)
KNOWN_BY = datetime(2020, 1, 10, 8, 0)  # noqa: DTZ001


def write_serving(path: Path, identity_state: str = "HELD") -> Path:
    """The tables of `serving.sql`, with its identity in that state."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("set variable identity_state = $state", {"state": identity_state})
        connection.execute(Path(__file__).with_name("serving.sql").read_text("utf-8"))
    return path


def make_basis(folder: Path, identity_state: str = "HELD") -> Basis:
    serving = write_serving(folder / "serving.duckdb", identity_state)
    freeze(serving, AS_OF, KNOWN_BY, "build", folder / "basis")
    return Basis(folder / "basis")
