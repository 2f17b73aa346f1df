"""Errors as they are told: kind and place, and nothing that a cell may have held."""

import datetime as dt
import json
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sanbao.errors import SanbaoError
from sanbao.failures import told_plainly
from sanbao.redact import kind_of, redacted, stack_of

NAME, NUMBER = "龘小飝", "440899197311077006"
CELLS = [
    f"{NAME}{NUMBER}",
    f"{NAME}'s “{NUMBER}”",
    f'{NAME}" {NUMBER}',
    f"{NAME}\n{NUMBER}",
    f"{NUMBER} {NAME}",
]


def _duckdb(sql: str):
    def run(cell: str) -> None:
        with duckdb.connect() as connection:
            connection.execute("create table rows_of_feed (id_number varchar primary key, count_of integer)")
            connection.execute("insert into rows_of_feed values (?, 1)", [cell])
            connection.execute(sql.replace("?", "'" + cell.replace("'", "''") + "'"))

    return run


FAULTS = {
    "cast": _duckdb("select cast(id_number as integer) from rows_of_feed"),
    "date": _duckdb("select cast(id_number as date) from rows_of_feed"),
    "decimal": _duckdb("select cast(id_number as decimal(18, 2)) from rows_of_feed"),
    "literal": _duckdb("select cast(? as integer)"),
    "unique": _duckdb("insert into rows_of_feed values (?, 2)"),
    "strptime": _duckdb("select strptime(id_number, '%Y-%m-%d') from rows_of_feed"),
    "unknown_column": _duckdb("select ? + nowhere_at_all from rows_of_feed"),
    "error": _duckdb("select error(id_number) from rows_of_feed"),
    "json": _duckdb("select cast(id_number as json) from rows_of_feed"),
    "list": _duckdb("select cast(id_number as integer[]) from rows_of_feed"),
    "arrow": lambda cell: pc.cast(pa.array([cell]), pa.int64()),
    "arrow_object": lambda cell: pa.array([1, cell]),
    "pandas_number": lambda cell: pd.to_numeric(pd.Series([cell])),
    "pandas_date": lambda cell: pd.to_datetime(pd.Series([cell]), format="%Y-%m-%d"),
    "int": int,
    "date_python": dt.date.fromisoformat,
    "key": lambda cell: {}[cell],
    "json_python": json.loads,
    "file": lambda cell: Path("/nowhere", cell.replace("/", "_")).read_bytes(),
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_library_tells_a_cell(fault: str, cell: str) -> None:
    with pytest.raises(Exception) as raised:
        FAULTS[fault](cell)
    for told in (kind_of(raised.value), stack_of(raised.value), redacted(str(raised.value))):
        assert NAME[0] not in told and NAME[-1] not in told
        assert NUMBER[6:14] not in told
    assert kind_of(raised.value).startswith(type(raised.value).__name__)


def test_what_an_operator_needs_is_left() -> None:
    said = (
        "Runtime Error in model stg_village (models/staging/poverty_relief/stg_village.sql)\n"
        f"  Conversion Error: Could not convert string '{NAME}' to INT32 when casting from source column "
        "house_count\n\n"
        f"  LINE 22:     select cast('{NAME}' as integer)\n                     ^"
    )
    told = redacted(said)
    assert "model stg_village" in told and "to INT32" in told and "house_count" in told
    assert redacted('Referenced column "head_name" not found in "register_household"') == (
        'Referenced column "head_name" not found in "register_household"'
    )
    assert "No space left" in kind_of(OSError(28, "No space left on device", f"/home/{NAME}"))


def test_nothing_stands_behind_an_exception_of_a_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))

    @told_plainly
    def step() -> None:
        try:
            int(NAME + NUMBER)
        except ValueError as error:
            raise RuntimeError(f"row of {NAME}") from error

    with pytest.raises(SanbaoError, match="UNEXPECTED") as raised:
        step()
    assert raised.value.__cause__ is None and raised.value.__context__ is None
    (log,) = (tmp_path / "logs").glob("error-*.log")
    kept = log.read_text("utf-8")
    assert "in step" in kept and "ValueError" in kept and "RuntimeError" in kept
    assert NAME[0] not in kept and NUMBER[6:] not in kept
