"""docs/add-a-feed.md, done: one contract and one staging model in a scratch copy of the project."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("foundation", "ingestion", "dbt_project", "dashboards", "sanbao", "dags", "sample_county")

CONTRACT = """
feed: village_doctor
department: health_commission
department_name: 卫健局
title: 乡村医生在岗名册
owner: 卫健局基层股
description: 在岗乡村医生，每人一行。
cadence: monthly
due_day: 5
max_age_days: 95
delivery: snapshot
complete_for: county
key: [licence_no]
entity:
  roster: {person_id_number: id_number, person_name: person_name, group_no: licence_no}
columns:
- {name: licence_no, header: 执业证号, type: text, required: true, nullable: false, description: 执业证号。}
- {name: person_name, header: 姓名, type: person_name, required: true, pii: name, description: 姓名。}
- {name: id_number, header: 身份证号, type: id_number, required: true, pii: id_number, description: 号码。}
- {name: clinic_name, header: 所在卫生站, type: text, required: true, description: 所在卫生站。}
"""

STAGING_MODEL = """with

in_force as (
    {{ in_force('village_doctor') }}
)

select * from in_force
"""

ROWS = [
    ("Y001", "陈志强", "440899197003150012", "芒海村卫生站"),
    ("Y002", "林秀英", "440899198206110023", "二桥村卫生站"),
]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rooms of the project, with the new feed's two files, generated files renewed by the command."""
    root = tmp_path_factory.mktemp("scratch")
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "target", "logs")
        )
    contract = root / "ingestion/feeds/health_commission/village_doctor.yml"
    contract.parent.mkdir()
    contract.write_text(CONTRACT, "utf-8")
    model = root / "dbt_project/models/staging/health_commission/stg_village_doctor.sql"
    model.parent.mkdir()
    model.write_text(STAGING_MODEL, "utf-8")
    assert _python(root, "-m", "sanbao.codegen.dbt_files", "--check", check=False).returncode == 1
    _python(root, "-m", "sanbao.codegen.dbt_files")
    assert _python(root, "-m", "sanbao.codegen.dbt_files", "--check").returncode == 0
    return root


def _python(root: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "dags")]),
        "SANBAO_HOME": str(root / "home"),
        "AIRFLOW_HOME": str(root / "airflow"),
    }
    result = subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert not check or result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result


@pytest.fixture(scope="module")
def night(scratch: Path) -> Path:
    """A night in which the new department has delivered one file."""
    inbox = scratch / "home/inbox/health_commission"
    inbox.mkdir(parents=True)
    lines = ["执业证号,姓名,身份证号,所在卫生站", *(",".join(row) for row in ROWS)]
    (inbox / "2019年12月乡村医生在岗名册.csv").write_bytes("\n".join(lines).encode("gb18030"))
    _python(scratch, "-m", "sanbao.cli", "load", "--as-of", "2019-12-31")
    return scratch


@pytest.mark.slow
def test_its_rows_land_and_the_board_shows_it(night: Path) -> None:
    with duckdb.connect(str(night / "home/serving/serving.duckdb"), read_only=True) as serving:
        delivered = serving.sql(
            "select rows_read, rows_accepted from mart.fct_delivery where feed = 'village_doctor'"
        ).fetchall()
        board = serving.sql(
            "select feed_title, arrival_label from mart.rpt_delivery_board where feed = 'village_doctor'"
        ).fetchall()
    assert delivered == [(2, 2)]
    assert board == [("乡村医生在岗名册", "已到")]


@pytest.mark.slow
def test_it_is_staged_in_the_unions_and_documented(night: Path) -> None:
    with duckdb.connect(str(night / "home/warehouse/warehouse.duckdb"), read_only=True) as warehouse:
        staged = warehouse.sql("select count(*) from staging.stg_village_doctor").fetchone()
    assert staged == (2,)
    manifest = json.loads(next((night / "home").rglob("manifest.json")).read_text("utf-8"))
    model = manifest["nodes"]["model.sanbao.stg_village_doctor"]
    assert "乡村医生" in model["description"] or "乡村医生" in str(model["config"]["meta"])
    assert set(model["columns"]) >= {"licence_no", "clinic_name", "batch_id", "source_row"}
    union = manifest["nodes"]["model.sanbao.int_roster"]
    assert "model.sanbao.stg_village_doctor" in union["depends_on"]["nodes"]


@pytest.mark.slow
def test_the_dag_knows_it(scratch: Path) -> None:
    script = "from nightly_load import FEEDS; print(sorted(FEEDS))"
    assert "village_doctor" in _python(scratch, "-c", script).stdout
