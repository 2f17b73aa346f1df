"""A county without faults disagrees with itself nowhere; a household taken out of one file is missed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest

import sample_county
from ingestion.contracts import load_catalog
from sample_county.build import build
from sample_county.files.planting import Planted
from sample_county.write import write_files

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
NAME = "跨表核对.xlsx"
FILE = "2019年12月建档立卡贫困户信息表.xlsx"
LATEST, SCALE = "2019-12-31", 0.02
COUNT = "select count(*) from mart.fct_cross_file_problem"


def night(home: Path) -> str:
    command = [sys.executable, "-m", "sanbao.cli", "load", "--as-of", LATEST]
    environment = {**os.environ, "SANBAO_HOME": str(home)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def served(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "serving/serving.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def deliver_without_the_first_household(inbox: Path, aside: Path) -> int:
    """The December table of households once more; returns how many persons the missing one has."""
    world = build(seed=2019, scale=SCALE)
    tables = world.tables
    households, persons = tables["register_household"][LATEST], tables["register_person"][LATEST]
    missing = households["register_household_no"].iloc[0]
    tables["register_household"][LATEST] = households.iloc[1:].reset_index(drop=True)
    write_files(world, load_catalog(), aside, seed=2019, planted=Planted(), clean=True)
    shutil.copy(aside / "poverty_relief" / FILE, inbox / "poverty_relief" / FILE)
    return int((persons["register_household_no"] == missing).sum())


@pytest.mark.long
def test_what_is_taken_out_of_one_file_is_missed_in_the_other(tmp_path: Path) -> None:
    home = tmp_path / "home"
    sample_county.write(home / "inbox", scale=SCALE, clean=True)
    night(home)
    assert served(home, COUNT) == [(0,)]
    assert served(home, "select count(*) > 100 from mart.dim_household") == [(True,)]
    assert not list(home.glob(f"returned/*/{NAME}"))

    persons = deliver_without_the_first_household(home / "inbox", tmp_path / "aside")
    assert "跨表核对有问题" in night(home)
    codes = served(home, "select code, count(*) from mart.fct_cross_file_problem group by 1")
    assert codes == [("PERSON_WITHOUT_HOUSEHOLD", persons)]
    (given,) = home.glob(f"returned/*/{NAME}")
    assert given.parent.name == "poverty_relief"
    assert openpyxl.load_workbook(given).worksheets[1].max_row == 1 + persons
