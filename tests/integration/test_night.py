"""A night of the small county: accounting, nothing twice, two clocks, and no ID number anywhere."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import duckdb
import pytest

from dashboards.typed_names import HIDDEN_NAME, HIDDEN_PLACE
from ingestion import Home
from sanbao import airflow_tasks
from sanbao.cli.app import guarded, make_app
from sanbao.errors import SanbaoError
from sanbao.night.build import build, is_built
from sanbao.night.night import night
from sanbao.night.publish import publish_serving
from sanbao.queries import deliveries, lists
from sanbao.queries import serving as board
from sanbao.settings import PROJECT_ROOT, Settings
from tests.integration import leaks
from tests.integration.test_night_crash import differences

pytestmark = pytest.mark.slow
AS_OF = date(2019, 12, 31)
EARLIER = date(2019, 11, 30)
ID_NUMBER = re.compile(rb"(?<![0-9a-zA-Z])440899\d{11}[\dX](?![0-9a-zA-Z])")


def test_every_file_adds_up(loaded_home: Settings) -> None:
    rows = deliveries.files(loaded_home).records()
    assert len(rows) >= 38
    assert all(row["rows_read"] == row["rows_accepted"] + row["rows_held"] for row in rows)
    sql = "select sum(rows_read), sum(rows_accepted) from read_parquet(?)"
    delivered = duckdb.execute(sql, [str(loaded_home.lake / "delivery" / "*.parquet")]).fetchone()
    landed = sum(
        duckdb.execute("select count(*) from read_parquet(?)", [str(folder / "*.parquet")]).fetchone()[0]  # type: ignore[index]
        for folder in (loaded_home.lake / feed for _, feed in airflow_tasks.feeds())
    )
    assert delivered is not None
    assert delivered[1] == landed


def test_nothing_that_belongs_to_the_county_is_hidden(loaded_home: Settings) -> None:
    """No clerk of this county typed a name where a place belongs, so every place and sheet is served."""
    hidden = {
        column: text
        for column, text in leaks.served(loaded_home.serving)
        if HIDDEN_NAME in text or HIDDEN_PLACE in text or (column.endswith("_sheet") and "…" in text)
    }
    assert hidden == {}


def test_a_second_night_does_nothing(loaded_home: Settings) -> None:
    before = loaded_home.serving.stat()
    summary = night(loaded_home)
    assert summary.files == 0
    assert summary.build_skipped
    assert not summary.published
    after = loaded_home.serving.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_layer_by_layer_equals_all_at_once(loaded_home: Settings, tmp_path: Path) -> None:
    """What the DAG does (layers, each its own task) ends where `sanbao load` does."""
    once = tmp_path / "once.duckdb"
    shutil.copy(loaded_home.serving, once)
    for path in (loaded_home.home / "warehouse").glob("*.duckdb"):
        path.unlink()
    for layer in ("staging", "intermediate", "marts", "reports"):
        assert not is_built(loaded_home, AS_OF)
        assert not build(loaded_home, AS_OF, layer=layer).skipped
        assert build(loaded_home, AS_OF, layer=layer).skipped
    publish_serving(loaded_home, force=True)
    assert differences(loaded_home.serving, once) == {}


@pytest.mark.long
def test_an_older_date_gives_the_older_result_after_newer_files(small_county: Path, home: Settings) -> None:
    inbox = home.home / "inbox"
    later = [path for path in small_county.rglob("*") if path.is_file() and "12月" in path.name]
    assert later
    shutil.copytree(small_county, inbox, ignore=lambda _, names: [n for n in names if "12月" in n])
    night(home, EARLIER)
    known = datetime.now(UTC).replace(tzinfo=None)
    first = home.home / "first.duckdb"
    shutil.copy(home.serving, first)

    for path in later:
        shutil.copy(path, inbox / path.parent.name / path.name)
    night(home, AS_OF)
    assert differences(home.serving, first, EARLIER) == {}, "another date's run left the older one alone"
    night(home, EARLIER, known)
    assert differences(home.serving, first, EARLIER) == {}
    night(home, EARLIER)
    assert differences(home.serving, first, EARLIER) == {}, "files of a later date change nothing older"


@pytest.mark.long
def test_a_correction_is_known_from_its_arrival_on(loaded_home: Settings, small_county: Path) -> None:
    known = datetime.now(UTC).replace(tzinfo=None)
    first = loaded_home.home / "first.duckdb"
    shutil.copy(loaded_home.serving, first)
    name = "2019年秋季学期小学学生学籍信息表.csv"
    lines = (small_county / "education" / name).read_bytes().splitlines(keepends=True)
    target = loaded_home.home / "inbox" / "education" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"".join(lines[: int(len(lines) * 0.9)]))
    summary = night(loaded_home)
    assert summary.files == 1
    assert summary.refused == []
    assert "fct_person_guarantee" in differences(loaded_home.serving, first)
    night(loaded_home, AS_OF, known)
    changed = differences(loaded_home.serving, first)
    assert set(changed) <= {"fct_delivery"}, (
        "the log of received files names every file, and nothing else differs"
    )


def _numbers(path: Path) -> set[bytes]:
    return {found.group(0) for found in ID_NUMBER.finditer(path.read_bytes())}


def test_no_id_number_outside_archive_lake_and_warehouse(loaded_home: Settings) -> None:
    private = {"archive", "lake", "warehouse", "inbox"}
    files = [
        path
        for path in loaded_home.home.rglob("*")
        if path.is_file() and path.relative_to(loaded_home.home).parts[0] not in private
        if ".反馈" not in path.name  # the department's own file; see the test below
    ]
    files += list((loaded_home.dbt_dir / "logs").rglob("*.log"))
    files += list((loaded_home.dbt_dir / "target").rglob("*.json"))
    assert loaded_home.serving in files
    # dbt's manifest repeats the unit tests of the project with their made-up people.
    made_up = {number for path in (PROJECT_ROOT / "dbt_project").rglob("*.yml") for number in _numbers(path)}
    assert [path.name for path in files if _numbers(path) - made_up] == []
    named = [path.name for path in loaded_home.home.rglob("*") if ID_NUMBER.search(path.name.encode())]
    assert named == []
    messages = loaded_home.lake / "problem" / "*.parquet"
    texts = duckdb.execute(
        "select message || remedy || message_en || remedy_en || value_shown from read_parquet(?)",
        [str(messages)],
    )
    assert not [row for row in texts.fetchall() if row[0] and ID_NUMBER.search(row[0].encode())]
    with duckdb.connect(str(loaded_home.serving), read_only=True) as serving:
        columns = serving.execute(
            "select table_name, column_name from duckdb_columns()"
            " where schema_name = 'mart' and data_type = 'VARCHAR'"
        ).fetchall()
        assert columns
        for table, column in columns:
            pattern = "(^|[^0-9a-z])[0-9]{17}[0-9X]([^0-9a-z]|$)"
            sql = f'select count(*) from mart.{table} where regexp_matches("{column}", ?)'
            row = serving.execute(sql, [pattern]).fetchone()
            assert row == (0,), (table, column)


def test_a_marked_copy_holds_no_number_that_its_department_did_not_send(loaded_home: Settings) -> None:
    home = Home(loaded_home.home)
    sent: dict[str, set[bytes]] = {}
    for path in home.receipts.glob("*.json"):
        receipt = json.loads(path.read_text("utf-8"))
        sent.setdefault(receipt["department"], set()).update(_numbers(home.archived(receipt["sha256"])))
    copies = sorted(home.returned.rglob("*.反馈*.csv"))  # a workbook is compressed: nothing can be seen in it
    assert copies
    assert any(_numbers(copy) for copy in copies)
    for copy in copies:
        assert _numbers(copy) <= sent[copy.parent.name], copy.name


def test_questions_lead_from_figure_to_row(
    loaded_home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = {row["figure_id"]: row for row in board.figures(loaded_home).records()}
    members = lists.members(loaded_home, "reg_hh").records()
    assert figures["reg_hh"]["value"] == len(members) > 0
    town = members[0]["town_name"]
    of_town = lists.members(loaded_home, "reg_hh", town).records()
    assert {row["town_name"] for row in of_town} == {town}
    traced = lists.trace(loaded_home, members[0]["register_household_no"]).records()
    assert traced
    unknown_source = [row["figure_id"] for row in traced if row["source_row"] and not row["file_name"]]
    assert unknown_source == []
    with pytest.raises(SanbaoError, match="FIGURE_UNKNOWN"):
        lists.members(loaded_home, "no_such_figure")
    with pytest.raises(SanbaoError, match="NOT_FOUND"):
        lists.trace(loaded_home, "no_such_thing")
    monkeypatch.setenv("SANBAO_HOME", str(loaded_home.home))
    for line in (
        "figures --json",
        "status",
        "trace reg_hh",
        "members reg_pp",
        "trace edu_enrol_rate",
    ):
        assert guarded(partial(make_app("zh"), args=line.split()), "zh") == 0
        said = capsys.readouterr().out
        assert said.strip()
        assert not ID_NUMBER.search(said.encode())
