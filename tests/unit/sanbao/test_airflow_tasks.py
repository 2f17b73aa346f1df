"""What the DAG file asks while it is parsed: in every process of Airflow, for every task."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from ingestion.contracts import load_catalog
from sanbao import airflow_tasks
from sanbao.errors import SanbaoError
from sanbao.night import journal, metrics
from sanbao.night.safekeeping import Kept, note_backup
from sanbao.settings import PROJECT_ROOT, load_settings
from tests.unit.sanbao.night.prometheus_text import parse

HEAVY = {"pandas", "pyarrow", "duckdb", "dbt", "pydantic", "ruamel", "yaml", "numpy"}


def test_every_feed_is_an_asset_without_reading_its_contract():
    contracts = load_catalog().contracts
    assert airflow_tasks.feeds() == sorted((contract.department, contract.feed) for contract in contracts)
    assert airflow_tasks.feeds()


def test_parsing_the_dag_loads_no_heavy_library():
    code = "import sys; from sanbao import airflow_tasks as a; a.feeds(); a.inbox(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sanbao" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize(
    ("states", "code"),
    [({"build": "success"}, ""), ({"build": "failed", "publish": "upstream_failed"}, "NIGHT_INCOMPLETE")],
)
def test_how_a_night_of_airflow_went_is_kept(tmp_path, monkeypatch, states, code):
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path / "home"))
    settings = load_settings()
    assert airflow_tasks.receive({}) == []
    (night,) = journal.nights(settings)
    assert night.by == "airflow" and night.ended_at is None and "receive" in night.phases
    params = {"as_of": "2019-12-31"}
    if code:
        with pytest.raises(SanbaoError, match=code):
            airflow_tasks.summarise(params, [], states)
    else:
        airflow_tasks.summarise(params, [], states)
    (night,) = journal.nights(settings)
    assert night.ended_at is not None and night.code == code
    told = parse(metrics.path_of(settings).read_text("utf-8"))
    assert told["sanbao_night_success"].samples == {frozenset(): float(not code)}


def test_a_drill_without_a_backup_says_so_and_one_that_is_gone_fails(tmp_path, monkeypatch):
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))
    assert "nothing to prove" in airflow_tasks.drill()
    note_backup(load_settings(), Kept(str(tmp_path / "gone.tar.zst"), datetime.now(UTC).isoformat(), 9))
    with pytest.raises(SanbaoError, match="DRILL_NO_BACKUP"):
        airflow_tasks.drill()


@pytest.mark.parametrize(
    ("params", "run_type", "expected"),
    [
        ({"as_of": None}, "scheduled", {"as_of": None}),
        ({"as_of": "2019-10-31"}, "manual", {"as_of": "2019-10-31"}),
        # 18:00 UTC of 30 November is 02:00 of 1 December in the county: the night that spoke for November.
        ({"as_of": None}, "backfill", {"as_of": "2019-11-30", "backfill": True}),
        ({"as_of": "2019-10-31"}, "backfill", {"as_of": "2019-10-31", "backfill": True}),
    ],
)
def test_a_run_of_a_backfill_speaks_for_what_its_night_spoke_for(params, run_type, expected):
    begun = datetime(2019, 11, 30, 18, tzinfo=UTC) if run_type != "manual" else None
    assert airflow_tasks.run_params(params, run_type, begun) == expected


def test_a_backfill_takes_nothing_out_of_the_inbox(tmp_path, monkeypatch):
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path / "home"))
    file = tmp_path / "home" / "inbox" / "water" / "a.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a,b\n1,2\n")
    assert airflow_tasks.receive({"backfill": True}) == []
    assert file.exists()


@pytest.mark.parametrize(("run_type", "told"), [("scheduled", True), ("backfill", False), ("manual", False)])
def test_the_night_of_two_that_is_not_through_in_time_is_told(tmp_path, monkeypatch, run_type, told):
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path / "home"))
    settings = load_settings()
    journal.begin(settings, "airflow")
    due = {"run_type": run_type, "logical_date": (datetime.now(UTC) - timedelta(hours=4)).isoformat()}
    airflow_tasks.night_is_overdue({"dag_run": due, "deadline": {}})
    assert (journal.overdue_at(settings) is not None) == told
    if told:
        found = parse(metrics.path_of(settings).read_text("utf-8"))
        assert found["sanbao_night_overdue"].samples == {frozenset(): 1.0}


def test_the_deadline_is_four_hours_after_two(tmp_path, monkeypatch):
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))
    assert airflow_tasks.night_allowance() == timedelta(hours=4)
    monkeypatch.setenv("SANBAO_NIGHT_DUE", "05:30")
    assert airflow_tasks.night_allowance() == timedelta(hours=3, minutes=30)
    assert airflow_tasks.night_schedule() == "0 2 * * *"
    monkeypatch.setenv("SANBAO_NIGHT_AT", "23:15")
    assert airflow_tasks.night_allowance() == timedelta(hours=6, minutes=15)
    assert airflow_tasks.night_schedule() == "15 23 * * *"
