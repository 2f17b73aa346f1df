"""The whole county at full size, through files only: the report's figures and the truth of everybody."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sample_county.calibration import REPORT_FIGURES, STATED_FIGURES

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2019-12-31"
HOUSEHOLD_STATES = ["education", "medical", "housing", "water", "safety_net", "food", "clothing"]
PERSON_STATES = ["education", "medical", "education_subsidy"]
# Rates of the report that follow from its counts (domain identities I2, I3, I7, I12).
REPORT_RATES = {"lifted_rate": 99.12, "exit_rate": 98.93, "edu_enrol_rate": 99.4, "wat_cover": 92.2}


def _sanbao(home: Path, *arguments: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sanbao.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "SANBAO_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("county")
    _sanbao(home, "sample", "--out", str(home / "inbox"))
    (home / "inbox.truth").rename(home / "truth")
    _sanbao(home, "load", "--as-of", AS_OF)
    return home


@pytest.fixture
def serving(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home / "serving/serving.duckdb"), read_only=True) as connection:
        yield connection


def test_the_figures_are_those_of_the_report(serving: duckdb.DuckDBPyConnection) -> None:
    rows = serving.sql("select figure_id, value from mart.fct_figure where area_level = 'county'").fetchall()
    values = {figure: float(value) for figure, value in rows}
    expected = REPORT_FIGURES | STATED_FIGURES | REPORT_RATES
    assert {figure: values.get(figure) for figure in expected} == expected
    unequal = serving.sql(
        "select figure_id, printed from mart.rpt_self_assessment where not is_equal"
    ).fetchall()
    assert unequal == []


def test_the_report_contradicts_itself_nowhere(serving: duckdb.DuckDBPyConnection) -> None:
    tested = serving.sql(
        "select identity_id, identity_state, differing_count from mart.fct_identity"
        " where contradiction_id is not null"
    ).fetchall()
    assert len(tested) > 20
    assert [row for row in tested if row[1] not in ("HELD", "NOT_CLAIMED") or row[2]] == []


def test_who_and_what_the_documents_name_is_there(serving: duckdb.DuckDBPyConnection) -> None:
    """A household, a village and a figure that a reader of README types have to be there."""
    root = Path(__file__).resolve().parents[2]
    texts = [path.read_text("utf-8") for path in (*root.glob("README*.md"), root / "docs" / "report.md")]
    asked = {
        "village-list": "select count(*) from mart.dim_household where village_name = ?",
        "household-sheet": "select count(*) from mart.dim_household where register_household_no = ?",
        "trace": "select count(*) from mart.dim_household where register_household_no = ?",
        "members": "select count(*) from mart.fct_figure where figure_id = ?",
    }
    for command, sql in asked.items():
        named = {name for text in texts for name in re.findall(rf"sanbao {command} (\w+)", text)}
        assert named, command
        for name in named:
            assert serving.execute(sql, [name]).fetchone() != (0,), (command, name)


@pytest.mark.parametrize("level", ["county", "town", "village"])
def test_every_figure_is_the_count_of_its_list(serving: duckdb.DuckDBPyConnection, level: str) -> None:
    area = {"county": "'440825'", "town": "town_code", "village": "village_code"}[level]
    where = "true" if level == "county" else f"{area} is not null"
    counted = serving.execute(
        f"select figure_id, {area} as area_code, role, sum(amount) as amount"
        f" from mart.fct_figure_member where {where} group by all"
    ).df()
    figures = serving.execute(
        "select figure_id, area_code, numerator, denominator from mart.fct_figure where area_level = ?"
        " and (town_code is not null or area_level = 'county')",
        [level],
    ).df()
    wide = counted.pivot_table(
        index=["figure_id", "area_code"], columns="role", values="amount", aggfunc="sum"
    )
    if level == "county":
        figures["area_code"] = "440825"
    listed = serving.execute("select distinct figure_id from mart.fct_figure_member").df()["figure_id"]
    counted_only = set(figures["figure_id"]) - set(listed)
    # What stays in the warehouse: who was in hospital or is watched is counted, and nobody is listed.
    unlisted = {"inpatient_times", "inpatient_relief_rate", "mon_hh"}
    assert counted_only <= unlisted | set(figures[figures["numerator"] == 0]["figure_id"])
    figures = figures[figures["figure_id"].isin(listed)]
    both = figures.merge(
        wide.reset_index(), on=["figure_id", "area_code"], how="left", suffixes=("", "_counted")
    )
    if level != "county":
        both = both[both["numerator_counted"].notna() | both["denominator_counted"].notna()]
    assert len(both) > 50
    for role in ("numerator", "denominator"):
        published = both[role].astype(float).fillna(0)
        assert (published - both[f"{role}_counted"].astype(float).fillna(0)).abs().max() == 0


def test_states_of_all_households_are_the_truth(home: Path, serving: duckdb.DuckDBPyConnection) -> None:
    truth = pd.read_parquet(home / "truth/households.parquet").set_index("register_household_no").sort_index()
    built = serving.sql(
        "select d.register_household_no, g.* exclude (household_id, as_of)"
        " from mart.fct_household_guarantee g join mart.dim_household d using (household_id, as_of)"
    ).df()
    built = built.set_index("register_household_no").sort_index()
    assert len(truth) == 9576
    assert list(truth.index) == list(built.index)
    columns = [f"{name}_state" for name in HOUSEHOLD_STATES] + [
        "not_met_count",
        "unknown_count",
        "is_guaranteed",
    ]
    wrong = {name: int((truth[name].to_numpy() != built[name].to_numpy()).sum()) for name in columns}
    assert wrong == dict.fromkeys(columns, 0)


def test_states_of_all_persons_are_the_truth(home: Path, serving: duckdb.DuckDBPyConnection) -> None:
    truth = pd.read_parquet(home / "truth/persons.parquet").set_index("register_person_no").sort_index()
    built = serving.sql(
        "select d.register_person_no, g.education_state, g.medical_state, g.education_subsidy_state"
        " from mart.fct_person_guarantee g join mart.dim_person d using (person_key, as_of)"
    ).df()
    built = built.set_index("register_person_no").sort_index()
    assert len(truth) == 30811
    columns = [f"{name}_state" for name in PERSON_STATES]
    wrong = {name: int((truth[name].to_numpy() != built[name].to_numpy()).sum()) for name in columns}
    assert wrong == dict.fromkeys(columns, 0)


def test_held_rows_are_those_that_were_spoiled(home: Path, serving: duckdb.DuckDBPyConnection) -> None:
    spoiled = pd.read_csv(home / "truth/expected_held.csv")
    held = serving.sql(
        "select sum(rows_read), sum(rows_accepted), sum(rows_held),"
        " max(rows_read - rows_accepted - rows_held)"
        " from mart.fct_delivery"
    ).fetchall()[0]
    read, accepted, rows_held, unaccounted = (int(value) for value in held)
    assert read == accepted + rows_held
    assert unaccounted == 0
    assert rows_held == len(spoiled.drop_duplicates(["file", "sheet", "source_row"]))
    assert read > 900_000


def test_no_row_disagrees_with_another_table(home: Path, serving: duckdb.DuckDBPyConnection) -> None:
    assert serving.sql("select count(*) from mart.fct_cross_file_problem").fetchall() == [(0,)]
    assert not list(home.glob("returned/*/跨表核对.xlsx"))
