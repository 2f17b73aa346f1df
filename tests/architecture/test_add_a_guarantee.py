"""docs/add-a-guarantee.md, done word for word: five files, and every household is judged."""

from __future__ import annotations

import duckdb
import pytest

from tests.architecture.executed_docs import ROOT, Scratch, copy_project, execute
from tests.integration.dbt_frame.tiny_lake import TinyLake
from tests.integration.dbt_guarantee import small_county

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    scratch = copy_project(tmp_path_factory.mktemp("guarantee_page"))
    small_county.land(TinyLake(scratch.home / "lake"))
    scratch.run("sanbao verify --adopt")  # the lake came about without a night
    execute(ROOT / "docs/add-a-guarantee.md", scratch)
    return scratch


def test_it_took_five_files(done: Scratch) -> None:
    assert len(done.changed) == 5
    assert done.ran


def test_every_household_is_judged_and_the_others_are_as_before(done: Scratch) -> None:
    with duckdb.connect(str(done.home / "serving/serving.duckdb"), read_only=True) as serving:
        rows = serving.sql(
            "select register_household_no, appraisal_state, appraisal_reason,"
            " appraisal_evidence_row is not null, housing_state, is_guaranteed"
            " from mart.fct_household_guarantee order by 1"
        ).fetchall()
    assert rows == [
        ("户1", "MET", "有房屋鉴定。", True, "MET", True),
        ("户2", "MET", "有房屋鉴定。", True, "NOT_MET", False),
        ("户3", "MET", "有房屋鉴定。", True, "MET", False),
    ]
    with duckdb.connect(str(done.home / "warehouse/warehouse.duckdb"), read_only=True) as warehouse:
        long = warehouse.sql(
            "select count(*), count(distinct household_id) from intermediate.int_household_guarantee "
            "where guarantee = 'appraisal'"
        ).fetchall()
    assert long == [(3, 3)]
