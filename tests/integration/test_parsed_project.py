"""dbt's project is parsed once for each state of its files, and never taken for another one."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from sanbao.night import parsed_project as parsing
from sanbao.night.build import warehouse_let_go
from sanbao.night.parsed_project import QUIET, environment, parsed_project

pytestmark = pytest.mark.slow

PROFILE = """
tiny:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('SANBAO_WAREHOUSE') }}", keep_open: true}
"""
SOURCES = """
version: 2
sources:
- name: lake
  schema: lake
  config:
    meta: {external_location: "read_parquet('{{ env_var('SANBAO_LAKE') }}/{identifier}.parquet')"}
  tables:
  - name: household
"""
MODEL = "select count(*) as households, '{{ var('as_of') }}' as as_of from {{ source('lake', 'household') }}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: tiny\nversion: '1.0'\nprofile: tiny\nvars: {as_of: x}\n")
    (folder / "profiles.yml").write_text(PROFILE)
    (folder / "models" / "sources.yml").write_text(SOURCES)
    (folder / "models" / "county.sql").write_text(MODEL)
    return folder


def lake_of(folder: Path, households: int) -> Path:
    folder.mkdir()
    duckdb.execute(
        f"copy (select range as id from range({households})) to '{folder}/household.parquet' (format parquet)"
    )
    return folder


def built(
    project: Path, lake: Path, folder: Path, as_of: str, warehouse: str = "w.duckdb"
) -> tuple[int, str]:
    """What the one model says of a lake."""
    given = {
        "SANBAO_LAKE": str(lake),
        "SANBAO_WAREHOUSE": str(folder / warehouse),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(project),
    }
    with environment(given), warehouse_let_go():
        parsed = parsed_project(folder, project)
        assert parsed is not None
        done = dbtRunner(parsed).invoke([*QUIET, "run", "--vars", json.dumps({"as_of": as_of})])
        assert done.success, done.exception
    with duckdb.connect(str(folder / warehouse)) as connection:
        rows: list[tuple[int, str]] = connection.execute("from main.county").fetchall()
    return rows[0]


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """One entry per time that dbt parsed the project."""
    done: list[Path] = []
    parse = parsing._parse
    monkeypatch.setattr(parsing, "_parse", lambda folder: done.append(folder) or parse(folder))
    return done


def test_one_parsing_serves_every_lake_and_every_date(
    project: Path, tmp_path: Path, parses: list[Path]
) -> None:
    for households, as_of in ((3, "2019-11-30"), (5, "2019-12-31")):
        home = tmp_path / str(households)
        home.mkdir()
        lake = lake_of(home / "lake", households)
        assert built(project, lake, home, as_of) == (households, as_of)
    assert len(parses) == 1


def test_a_warehouse_of_another_name_is_another_database(
    project: Path, tmp_path: Path, parses: list[Path]
) -> None:
    lake = lake_of(tmp_path / "lake", 3)
    for name in ("w.duckdb", "other.duckdb"):
        assert built(project, lake, tmp_path, "a", name)[0] == 3
    assert len(parses) == 2


def test_a_change_and_damage_are_parsed_anew(project: Path, tmp_path: Path, parses: list[Path]) -> None:
    lake = lake_of(tmp_path / "lake", 3)
    assert built(project, lake, tmp_path, "a")[0] == 3
    (project / "models" / "county.sql").write_text(MODEL.replace("count(*)", "count(*) + 1"))
    assert built(project, lake, tmp_path, "a")[0] == 4
    for kept in (project / "target").glob("parsed.*"):
        data = bytearray(kept.read_bytes())
        data[len(data) // 2] ^= 1
        kept.write_bytes(data)
    assert built(project, lake, tmp_path, "a")[0] == 4
    assert len(parses) == 3


def test_a_project_that_cannot_be_written_is_kept_in_the_home(
    project: Path, tmp_path: Path, parses: list[Path]
) -> None:
    lake = lake_of(tmp_path / "lake", 3)
    (project / "target").write_text("a file stands where the folder would be")
    for _ in range(2):
        assert built(project, lake, tmp_path, "a")[0] == 3
    assert len(parses) == 1 and list(tmp_path.glob("parsed.*.msgpack"))


def test_a_project_that_dbt_cannot_parse_is_kept_nowhere(project: Path, tmp_path: Path) -> None:
    (project / "models" / "broken.sql").write_text("select * from {{ ref('nothing') }}")
    given = {"SANBAO_LAKE": "/x", "SANBAO_WAREHOUSE": str(tmp_path / "w.duckdb")}
    given |= {"DBT_PROJECT_DIR": str(project), "DBT_PROFILES_DIR": str(project)}
    with environment(given):
        assert parsed_project(tmp_path, project) is None
    assert not [*tmp_path.glob("parsed.*"), *(project / "target").glob("parsed.*")]
