"""Programs in the background: found again by what was recorded, ended with their children, never mixed up."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sanbao.errors import SanbaoError
from sanbao.servers import superset
from sanbao.servers.processes import Processes, Program, refuse_taken_port, started_as

pytestmark = pytest.mark.slow

SLEEP = "import time; time.sleep(60)"
CHILD = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); time.sleep(60)"


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Processes]:
    made = Processes(tmp_path / "run" / "programs.json")
    yield made
    made.stop_all(5)


def program(tmp_path: Path, code: str = SLEEP, name: str = "sleeper") -> Program:
    command = (sys.executable, "-c", code)
    return Program(name, f"Title of {name}", command, os.environ, tmp_path / "log", address="here:1")


def wait_for_child(pid: int) -> psutil.Process:
    until = time.monotonic() + 10
    while not (children := psutil.Process(pid).children()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return children[0]


def late() -> SanbaoError:
    return SanbaoError("STACK_FAILED", what="late", log="-")


def test_another_call_finds_and_ends_it(keeper: Processes, tmp_path: Path) -> None:
    pid = keeper.start(program(tmp_path))
    again = Processes(tmp_path / "run" / "programs.json")
    found = again.running("sleeper")
    assert found is not None
    assert (found.process.pid, found.address) == (pid, "here:1")
    assert again.stop_all() == ["sleeper"]
    assert again.running("sleeper") is None
    assert not psutil.pid_exists(pid)
    assert again.stop_all() == []


def test_the_record_is_the_operators_own(keeper: Processes, tmp_path: Path) -> None:
    keeper.start(program(tmp_path))
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "run" / "programs.json").stat().st_mode) & 0o007 == 0


@pytest.mark.parametrize("ends_children", [False, True])
def test_children_go_with_it(keeper: Processes, tmp_path: Path, ends_children: bool) -> None:
    child = wait_for_child(keeper.start(program(tmp_path, CHILD)))
    assert keeper.stop_all(2, ends_children=ends_children) == ["sleeper"]
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_number_that_another_program_has_now_is_left_alone(keeper: Processes, tmp_path: Path) -> None:
    pid = keeper.start(program(tmp_path))
    record = tmp_path / "run" / "programs.json"
    entries = json.loads(record.read_text("utf-8"))
    other = {"sleeper": {**entries["sleeper"], "created": entries["sleeper"]["created"] - 60}}
    record.write_text(json.dumps(other), "utf-8")
    assert keeper.running("sleeper") is None
    assert keeper.stop_all() == []
    assert psutil.pid_exists(pid)
    record.write_text(json.dumps(entries), "utf-8")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"sleeper": 1}', '{"pid": 1}'])
def test_a_record_that_cannot_be_read_tells_of_nothing(keeper: Processes, tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "programs.json").write_text(text, "utf-8")
    assert keeper.running("sleeper") is None
    assert keeper.stop_all() == []


def test_a_superset_that_an_earlier_version_started_is_found(tmp_path: Path) -> None:
    started = Processes(tmp_path / "run" / "superset.json")
    pid = started.start(program(tmp_path, name="superset"))
    record = tmp_path / "run" / "superset.json"
    created = json.loads(record.read_text("utf-8"))["superset"]["created"]
    record.write_text(json.dumps({"pid": pid, "bind": "127.0.0.1:8088", "started": created}), "utf-8")
    assert superset.is_running(tmp_path)
    assert superset.stop(tmp_path)
    assert not psutil.pid_exists(pid)
    assert not superset.stop(tmp_path)


def test_waiting_ends_when_ready_when_one_has_ended_and_when_it_is_late(
    keeper: Processes, tmp_path: Path
) -> None:
    sleeper, ended = program(tmp_path), program(tmp_path, "raise SystemExit(1)", "ended")
    keeper.start(sleeper)
    answers = iter([False, True])
    keeper.wait([sleeper], lambda: next(answers), late(), seconds=10, pause_seconds=0.01)
    with pytest.raises(SanbaoError, match="late"):
        keeper.wait([sleeper], lambda: False, late(), seconds=0.1, pause_seconds=0.01)
    keeper.start(ended)
    with pytest.raises(SanbaoError, match="Title of ended") as error:
        keeper.wait([sleeper, ended], lambda: False, late(), seconds=10, pause_seconds=0.01)
    assert error.value.code == "STACK_FAILED"
    assert error.value.values["log"] == str(ended.log)


def test_a_taken_port_is_named_with_its_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SanbaoError) as error:
            refuse_taken_port("127.0.0.1", other.getsockname()[1], "SANBAO_X_PORT")
    assert error.value.code == "PORT_TAKEN"
    assert "SANBAO_X_PORT" in error.value.remedy("zh")


def test_superset_says_in_the_errors_of_the_command_line_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SanbaoError) as error:
        superset.start(tmp_path, 1, tmp_path / "nothing" / "python")
    assert error.value.code == "SUPERSET_MISSING"


def test_a_superset_that_cannot_be_prepared_names_its_log(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n", "utf-8")
    python.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(SanbaoError) as error:
        superset.start(tmp_path / "home", port, python)
    assert error.value.code == "STACK_FAILED"
    assert error.value.values["log"] == str(tmp_path / "home" / "superset" / "bootstrap.log")


def test_a_superset_that_ends_at_once_is_said_and_not_recorded(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n[ "$1" != -m ]\n', "utf-8")  # it can be prepared, and does not run
    python.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(SanbaoError) as error:
        superset.start(tmp_path / "home", port, python)
    assert error.value.code == "STACK_FAILED"
    assert error.value.values["log"] == str(tmp_path / "home" / "superset" / "superset.log")
    assert not superset.is_running(tmp_path / "home")
    assert not (tmp_path / "home" / "run" / "superset.json").exists()


@pytest.mark.parametrize(
    ("command", "program"),
    [
        (["/opt/.venv/bin/python", "/opt/.venv/bin/sanbao", "load"], "sanbao"),
        (["python3.11", "-B", "-m", "sanbao.cli", "load"], "sanbao.cli"),
        (["airflow worker -- LocalExecutor: <idle>"], "airflow"),
        (["vim", "/srv/sanbao"], "vim"),
        (["python3", "-m", "pytest", "tests/unit/sanbao"], "pytest"),
        (["python3", "-c", "print()", "sanbao"], "-c"),
        (["python3"], "python3"),
    ],
)
def test_a_program_is_what_was_started_and_not_the_file_it_works_on(command: list[str], program: str) -> None:
    assert Path(started_as(command)[-1]).name == program


def test_a_process_without_a_command_line_is_nothing() -> None:
    assert started_as([]) == started_as([""]) == []
