"""What analysts and Superset ask is answered as DuckDB itself answers it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from dashboards.bundle import of_one_date
from dashboards.catalog import ASSETS, DAY, DatasetExtras
from dashboards.manifest import Model
from dashboards.sandbox import functions
from dashboards.sandbox.child import Session
from dashboards.sandbox.gate import FUNCTIONS, admit, allowed_functions
from dashboards.sandbox.limits import Limits
from tests.unit.dashboards.sandbox.conftest import Lab, Rows
from tests.unit.dashboards.sandbox.queries import QUERIES


@pytest.fixture(scope="module")
def plain(lab: Lab) -> duckdb.DuckDBPyConnection:
    """The oracle: the same file, opened without the sandbox."""
    return duckdb.connect(str(lab.file), read_only=True)


def _comparable(rows: Rows) -> list[str]:
    """Two threads add doubles in any order, and equal keys come in any order."""
    return sorted(
        repr([float(f"{value:.9g}") if isinstance(value, float) else value for value in row]) for row in rows
    )


@pytest.mark.parametrize("sql", QUERIES)
def test_the_answer_is_duckdbs_own(lab: Lab, plain: duckdb.DuckDBPyConnection, sql: str) -> None:
    plain.execute(sql)
    expected = ([(column[0], str(column[1])) for column in plain.description], plain.fetchall())
    connection = lab.connect()
    cursor = connection.cursor()
    cursor.execute(sql)
    assert cursor.description is not None
    found = [(column[0], str(column[1])) for column in cursor.description]
    assert expected[1], "a query without rows proves little"
    rows = cursor.fetchall()
    assert (found, _comparable(rows)) == (expected[0], _comparable(expected[1]))
    connection.close()


def test_there_are_forty_queries_and_more() -> None:
    assert len(set(QUERIES)) >= 40


def test_every_expression_of_the_dashboards_is_admitted() -> None:
    allowed = allowed_functions()
    model = Model("t", "表", "", "", ("mart", "t"), ())
    extras = [
        DatasetExtras.model_validate(yaml.safe_load(path.read_text("utf-8")))
        for path in sorted((ASSETS / "datasets").glob("*.yml"))
    ]
    columns = [column.expression for each in extras for column in each.columns]
    metrics = [metric for each in extras for metric in each.metrics]
    written = [
        of_one_date(metric, replace(model, is_dated=dated)) for metric in metrics for dated in (False, True)
    ]
    assert len(columns) + len(metrics) > 20 and not any(DAY in each for each in written)
    assert any("over ()" in each for each in written), "a metric that speaks for one of several dates"
    with duckdb.connect(":memory:") as connection:
        for expression in columns + written:
            admit(connection, f"select {expression} from mart.t group by 1", allowed, 10_000)


def test_parameters_and_pieces_of_a_result(lab: Lab) -> None:
    assert lab.run("select ?, ? + 1, ?", ["徐闻", 41, None]) == [("徐闻", 42, None)]
    connection = lab.connect()
    cursor = connection.cursor()
    cursor.execute("select x, x::decimal(9, 1) from range(12000) r(x)")
    assert cursor.fetchone() == (0, Decimal("0.0"))
    assert [row[0] for row in cursor.fetchmany(7000)] == list(range(1, 7001))
    assert len(cursor.fetchall()) == 4999
    assert cursor.fetchone() is None
    connection.close()


def test_an_error_is_duckdbs_own(lab: Lab) -> None:
    with pytest.raises(duckdb.CatalogException, match="fct_nothing"):
        lab.run("select * from mart.fct_nothing")
    with pytest.raises(duckdb.ParserException, match="selec"):
        lab.run("selec 1")


def test_the_next_connection_sees_the_new_version(lab: Lab) -> None:
    """Another file under the same name is what the next connection reads; the open one keeps the old."""
    old = lab.connect()
    old.cursor().execute("select 1")
    draft = lab.file.with_suffix(".draft")
    with duckdb.connect(str(draft)) as connection:
        connection.execute("create schema mart; create table mart.version as select 2 as n")
    aside = lab.file.with_suffix(".aside")
    lab.file.rename(aside)
    draft.rename(lab.file)
    try:
        assert lab.run("select n from mart.version") == [(2,)]
        cursor = old.cursor()
        cursor.execute("select count(*) > 0 from mart.fct_figure")
        assert cursor.fetchall() == [(True,)]
    finally:
        old.close()
        aside.rename(lab.file)


def test_the_list_of_functions_is_what_duckdb_gives() -> None:
    """After a new DuckDB: run `python -m dashboards.sandbox.functions` and read the difference."""
    assert json.loads(FUNCTIONS.read_text("utf-8")) == functions.derive()


def test_the_query_process_inherits_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANBAO_SUPERSET_SECRET_KEY", "not-for-queries")
    connection = lab.connect()
    connection.cursor().execute("select 1")
    assert connection._process is not None
    running = Path("/proc", str(connection._process.pid))
    assert b"not-for-queries" not in (running / "environ").read_bytes()
    open_files = [str(link.readlink()) for link in (running / "fd").iterdir()]
    assert [name for name in open_files if name.startswith(str(lab.folder))] == [str(lab.file)]
    assert not [name for name in open_files if name.startswith("socket:")]
    connection.close()


def test_a_connection_that_is_open_forgets_nothing_of_its_limits(lab: Lab) -> None:
    """What the configuration promises is what the opened connection says."""
    session = Session(Limits(), lab.folder)
    session.open(str(shutil.copy(lab.file, lab.folder / "copy.duckdb")))
    assert session.connection is not None
    said = dict(session.connection.execute("select name, value from duckdb_settings()").fetchall())
    expected = {
        "enable_external_access": "false", "lock_configuration": "true", "temp_directory": str(lab.folder),
        "max_temp_directory_size": "512.0 MiB", "memory_limit": "512.0 MiB", "threads": "2",
        "python_enable_replacements": "false", "autoload_known_extensions": "false",
    }  # fmt: skip
    assert {name: said[name] for name in expected} == expected
    session.close()
