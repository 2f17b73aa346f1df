"""docs/add-a-figure.md, done word for word: two files, and the figure is counted, listed and served."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.architecture.executed_docs import ROOT, Scratch, copy_project, execute
from tests.integration.dbt_frame.tiny_lake import TinyLake
from tests.integration.dbt_guarantee import small_county

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    scratch = copy_project(tmp_path_factory.mktemp("figure"))
    small_county.land(TinyLake(scratch.home / "lake"))
    scratch.run("sanbao verify --adopt")  # the lake came about without a night
    execute(ROOT / "docs/add-a-figure.md", scratch)
    return scratch


def serving(scratch: Scratch, sql: str) -> list[tuple[object, ...]]:
    path: Path = scratch.home / "serving/serving.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def test_it_took_two_files(done: Scratch) -> None:
    assert len(done.changed) == 2
    assert done.ran


def test_it_is_counted_and_listed(done: Scratch) -> None:
    counted = serving(
        done,
        "select numerator, denominator, value from mart.fct_figure "
        "where figure_id = 'exit_rate_hh' and area_level = 'county'",
    )
    assert [tuple(float(str(v)) for v in row) for row in counted] == [(1.0, 3.0, 33.33)]
    members = serving(
        done, "select role, count(*) from mart.fct_figure_member where figure_id = 'exit_rate_hh' group by 1"
    )
    assert sorted(members) == [("denominator", 3), ("numerator", 1)]


def test_the_tests_of_its_model_still_hold(done: Scratch) -> None:
    """The unit tests name the figures they are about: a new one breaks none of them."""
    script = (
        "import os, sys; from dbt.cli.main import dbtRunner; "
        "home = os.environ['SANBAO_HOME']; "
        "os.environ.update(SANBAO_LAKE=home + '/lake', SANBAO_WAREHOUSE=home + '/warehouse/warehouse.duckdb',"
        " DBT_PROJECT_DIR='dbt_project', DBT_PROFILES_DIR='dbt_project', DBT_TARGET_PATH=home + '/target',"
        " DBT_LOG_PATH=home + '/logs'); "
        "done = dbtRunner().invoke(['--quiet', 'test', '--select', 'int_figure_member__register']); "
        "print(len(done.result.results)); sys.exit(not done.success)"
    )
    assert int(done.python("-c", script).split()[-1]) >= 3
