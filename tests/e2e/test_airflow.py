"""A real Airflow: a dropped file becomes a run, the run becomes a served figure."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from foundation.language import COUNTY_TIME
from ingestion.contracts import load_catalog
from ingestion.lake.modes import wrong_modes
from sanbao.night import journal, signing
from sanbao.night.kept_basis import kept_basis
from sanbao.queries import deliveries, lists, serving
from sanbao.servers import airflow
from sanbao.servers.airflow import AirflowClient
from sanbao.settings import Settings
from tests.e2e import closings
from tests.e2e.conftest import free_port
from tests.e2e.sockets import listening
from tests.integration import leaks

pytestmark = [pytest.mark.slow, pytest.mark.e2e]
AS_OF = date(2019, 12, 31)
RUN_SECONDS = 900
LATE = "2019年12月自然村供水情况台账.xlsx"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("airflow") / "home", as_of=AS_OF, airflow_port=free_port())


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[AirflowClient]:
    # The DAG reads its settings from the environment, as any Airflow task does.
    # No night by the clock while these run: what a run found to do would depend on the time of day.
    far_away = datetime.now(COUNTY_TIME) + timedelta(hours=12)
    given = {"SANBAO_AS_OF": AS_OF.isoformat(), "SANBAO_NIGHT_AT": f"{far_away:%H:%M}"}
    os.environ.update(given)
    try:
        yield AirflowClient(airflow.start(settings, lambda line: None))
    finally:
        for name in given:
            os.environ.pop(name)
        airflow.stop(settings)


def wait_for_runs(client: AirflowClient, count: int) -> list[dict[str, object]]:
    until = time.monotonic() + RUN_SECONDS
    while time.monotonic() < until:
        runs = client.runs()
        if len(runs) >= count and all(run["state"] in airflow.DAG_STATES_DONE for run in runs):
            return runs
        time.sleep(2)
    raise AssertionError(
        f"no {count} finished runs: {[(run['dag_run_id'], run['state']) for run in client.runs()]}"
    )


def test_every_feed_is_an_asset(client: AirflowClient) -> None:
    expected = {f"sanbao://{contract.department}/{contract.feed}" for contract in load_catalog().contracts}
    assert expected
    assert expected <= set(client.assets())


def test_files_arrive_and_are_served(client: AirflowClient, settings: Settings, small_county: Path) -> None:
    aside = settings.home / "aside"
    shutil.copytree(small_county, aside, ignore=shutil.ignore_patterns(LATE))
    (aside / "water" / "坏的.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    shutil.copytree(aside, settings.home / "inbox", dirs_exist_ok=True)
    runs = wait_for_runs(client, 1)
    assert {run["state"] for run in runs} == {"success"}, states(client, runs)
    assert {run["run_type"] for run in runs} == {"asset_triggered"}
    figures = {row["figure_id"]: row["value"] for row in serving.figures(settings).records()}
    assert figures["reg_hh"] == len(lists.members(settings, "reg_hh").rows) > 0
    summary = client.result(str(runs[-1]["dag_run_id"]), "summarise")
    assert summary["rows_read"] == summary["rows_accepted"] + summary["rows_held"] > 0
    # By department and hash: a scheduler keeps no names of files.
    bad = hashlib.sha256((aside / "water" / "坏的.xlsx").read_bytes()).hexdigest()
    assert any(line.startswith(f"water/{bad[:12]}") for line in summary["refused"])


def test_only_the_configured_address_is_listened_on(client: AirflowClient, settings: Settings) -> None:
    assert listening(settings.home) == {("127.0.0.1", settings.airflow_port)}


def test_task_logs_can_be_read_without_a_log_server(client: AirflowClient) -> None:
    run = str(client.runs()[0]["dag_run_id"])
    log = client._get(f"/dags/{airflow.DAG_ID}/dagRuns/{run}/taskInstances/summarise/logs/1")
    text = str(log["content"])
    assert "summarise" in text
    assert "Could not read" not in text


def test_a_late_file_runs_a_night_of_its_own(
    client: AirflowClient, settings: Settings, small_county: Path
) -> None:
    before = len(client.runs())
    shutil.copy(small_county / "water" / LATE, settings.home / "inbox" / "water" / LATE)
    runs = wait_for_runs(client, before + 1)
    newest = max(runs, key=lambda run: str(run["run_after"]))
    assert newest["state"] == "success"
    assert LATE in {row["file_name"] for row in deliveries.files(settings).records()}
    events = client.asset_events("sanbao://water/village_water_supply")
    assert events, "what landed is told to whoever schedules on the feed"


def test_a_month_that_all_have_delivered_is_frozen_and_waits_for_the_towns(
    client: AirflowClient, settings: Settings
) -> None:
    """The late file was the last of December: its closing began by itself, once, and nobody is asked yet."""
    closings.until(lambda: bool(client.runs(closings.DAG)), "the month was not begun")
    (run,) = client.runs(closings.DAG)
    assert (run["run_type"], run["partition_key"]) == ("asset_triggered", "2019-12")
    ended = closings.wait_until_done(client, run["dag_run_id"])
    assert run["dag_run_id"] and ended["freeze"] == "success"
    assert (ended["examine"], ended["approve"], ended["conclude"]) == ("failed", "upstream_failed", "failed")
    said = closings.log_of(client, run["dag_run_id"], "examine")
    assert "TOWNS_UNSIGNED" in said and "还有 15 个乡镇没有确认名单" in said
    assert "sanbao sign --town 乡镇名 --as-of 2019-12-31 --known-by" in said
    assert signing.signed(settings, AS_OF) is None


def test_a_month_that_is_sent_back_is_not_signed(client: AirflowClient, settings: Settings) -> None:
    (run,) = [str(each["dag_run_id"]) for each in client.runs(closings.DAG)]
    frozen = client.result(run, "freeze", closings.DAG)
    with kept_basis(settings, AS_OF, datetime.fromisoformat(frozen["known_by"])) as basis:
        for town in basis.towns:
            signing.sign(settings, basis, town, "镇长", None)
    closings.clear(client, run, "examine")
    asked = closings.question(client, run)
    assert asked["subject"] == "2019年12月月结：请确认是否签发"
    assert asked["options"] == ["同意签发", "退回"]
    assert "| 饮水安全 |" in asked["body"] and "15 个都已确认" in asked["body"]
    closings.answer(client, run, "退回", "低保人数再核一次")
    ended = closings.wait_until_done(client, run)
    assert {ended[task] for task in ("sign", "print_documents", "publish")} == {"skipped"}
    assert client.run_state(run, closings.DAG) == "success"
    assert client.result(run, "conclude", closings.DAG) == (
        "2019-12：admin 退回，没有签发。原因：低保人数再核一次"
    )
    assert signing.signed(settings, AS_OF) is None


def test_a_month_that_a_person_approves_is_signed_printed_and_published(
    client: AirflowClient, settings: Settings
) -> None:
    client.trigger("by-hand", {"month": "2019-12"}, closings.DAG)
    closings.question(client, "by-hand")
    closings.answer(client, "by-hand", "同意签发")
    ended = closings.wait_until_done(client, "by-hand")
    failed = [task for task, state in ended.items() if state == "failed"]
    said = [closings.log_of(client, "by-hand", task) for task in failed]
    assert set(ended.values()) == {"success"}, (ended, said)
    signature = signing.signed(settings, AS_OF)
    assert signature is not None and signature.by == airflow.USER
    for path in client.result("by-hand", "print_documents", closings.DAG):
        assert (settings.home / path).stat().st_size > 10_000
        assert "草稿" not in path
    assert client.result("by-hand", "conclude", closings.DAG).startswith("2019-12：已由 admin 签发")


def test_a_run_without_news_skips_the_work(client: AirflowClient, settings: Settings) -> None:
    served = settings.serving.stat().st_ino
    client.trigger("no-news", {"as_of": AS_OF.isoformat()})
    wait_for_runs(client, len(client.runs()))
    assert client.run_state("no-news") == "success"
    assert settings.serving.stat().st_ino == served
    assert client.result("no-news", "build").endswith("nothing to build")


def test_a_broken_step_is_said_and_resumed(client: AirflowClient, settings: Settings) -> None:
    """A night that misses a file of the lake fails by name; after the cause is gone it succeeds."""
    missing = next(iter(sorted((settings.lake / "village").glob("[!_.]*.parquet"))))
    aside = settings.home / "aside" / missing.name
    missing.rename(aside)
    client.trigger("broken", {"as_of": "2019-11-30"})
    until = time.monotonic() + RUN_SECONDS
    while "up_for_retry" not in {task["state"] for task in client.tasks("broken")}:
        assert time.monotonic() < until
        time.sleep(1)
    aside.rename(missing)
    wait_for_runs(client, len(client.runs()))
    assert client.run_state("broken") == "success"
    assert serving.served_as_of(settings, date(2019, 11, 30)) == date(2019, 11, 30)


def test_what_clerks_typed_is_in_no_log_and_no_xcom(client: AirflowClient, settings: Settings) -> None:
    catalog = load_catalog()
    (person,) = [each for each in leaks.planted(catalog) if each.department == "water"]
    before, taken = len(client.runs()), _files_of_water(settings)
    dropped = leaks.drop(settings.home / "inbox", catalog, only="water")
    runs = wait_for_runs(client, before + 1)
    assert client.result(str(max(runs, key=lambda run: str(run["run_after"]))["dag_run_id"]), "summarise")
    assert _files_of_water(settings) == taken + dropped
    read, own = set(), ""
    for path, text in leaks.files_outside(settings.home):
        if path.parts[:2] == ("returned", "water"):
            own += text
            continue
        read.add(path.parts[0] + path.suffix)
        assert person.name not in text, path
        assert not person.numbers_in(text), path
    assert {"airflow.log", "airflow.db"} <= read
    assert person.name in own, "the planted name was not there to be found"


def _files_of_water(settings: Settings) -> int:
    return len(
        {row["file_name"] for row in deliveries.files(settings).records() if row["department"] == "water"}
    )


def test_days_are_computed_anew_by_airflows_own_command(client: AirflowClient, settings: Settings) -> None:
    """A night of November speaks for October; nothing of December moves, and nothing is taken in."""
    newest, closed = serving.figures(settings, AS_OF).records(), len(client.runs(closings.DAG))
    command = ["backfill", "create", "--dag-id", airflow.DAG_ID, "--max-active-runs", "1"]
    days = ["--from-date", "2019-11-08T00:00:00+08:00", "--to-date", "2019-11-08T23:59:00+08:00"]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("airflow")), *command, *days],
        env=airflow.environment(settings), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    wait_for_runs(client, len(client.runs()))
    (run,) = [each for each in client.runs() if each["run_type"] == "backfill"]
    assert run["state"] == "success", states(client, [run])
    assert client.result(str(run["dag_run_id"]), "build").startswith("2019-10-31")
    assert serving.served_as_of(settings, date(2019, 10, 31)) == date(2019, 10, 31)
    assert serving.figures(settings, AS_OF).records() == newest
    assert len(client.runs(closings.DAG)) == closed, "what was delivered long ago begins no closing"
    # Its logical date is long past, so Airflow calls its deadline at once: the call comes through.
    calls = settings.home / "airflow" / "logs" / "executor_callbacks" / airflow.DAG_ID / run["dag_run_id"]
    closings.until(lambda: any("executed success" in p.read_text() for p in calls.glob("*")), "no deadline")
    assert journal.overdue_at(settings) is None


def test_a_second_start_changes_nothing(client: AirflowClient, settings: Settings) -> None:
    assert airflow.start(settings, lambda line: None).was_running


def test_nothing_that_airflow_wrote_is_open_to_others(client: AirflowClient, settings: Settings) -> None:
    logs = list((settings.home / "airflow" / "logs").rglob("*.log"))
    assert logs
    own = {
        "airflow",
        "archive",
        "inbox",
        "lake",
        "logs",
        "returned",
        "run",
        "secrets",
        "serving",
        "warehouse",
    }
    wrong = [line for line in wrong_modes(settings.home) if line.partition(":")[0].partition("/")[0] in own]
    assert wrong == []


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "sanbao.cli", "up"],
            env={
                **os.environ,
                "SANBAO_HOME": str(tmp_path),
                "SANBAO_SAMPLE_SCALE": "0",
                "SANBAO_AIRFLOW_PORT": str(port),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "[PORT_TAKEN]" in done.stderr
    assert not (tmp_path / "airflow" / "airflow.db").exists()


def states(client: AirflowClient, runs: list[dict[str, object]]) -> dict[str, str]:
    return {task["task_id"]: task["state"] for run in runs for task in client.tasks(str(run["dag_run_id"]))}
