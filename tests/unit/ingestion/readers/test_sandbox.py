"""A file that ends the process that reads it is refused; no other file, and no night, suffers for it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion import Home, check_file, load_file, pending, receive
from ingestion.lake.records import Receipt
from ingestion.readers.sandbox import TrialFailedError, try_out
from ingestion.receiving.attempts import attempt
from sanbao.night.returns import renew_returns
from sanbao.settings import Settings
from tests.unit.ingestion.deadly import NO_GUARD, deadly_workbook, start_with
from tests.unit.ingestion.helpers import Insured, catalog, lake, new_home
from tests.unit.ingestion.readers.make import xlsx, zipped

pytestmark = pytest.mark.slow  # each starts processes that die

CATALOG = catalog()
NOW = datetime(2020, 1, 2, tzinfo=UTC)
DEADLY = deadly_workbook()
GOOD = xlsx([[Insured.title], list(Insured.header), *Insured.rows(12)])
DEPARTMENT = "health_insurance"


def dropped(home: Home, data: bytes, name: str = "参保.xlsx") -> Receipt:
    (home.inbox / DEPARTMENT / name).write_bytes(data)
    receive(home, CATALOG, now=NOW)
    return pending(home)[-1]


def test_the_workbook_really_aborts_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_with(NO_GUARD, tmp_path, monkeypatch)
    code = "import sys; from ingestion.readers import read;"
    code += "read(sys.stdin.buffer.read(), known_headers=frozenset())"
    done = subprocess.run([sys.executable, "-c", code], input=DEADLY, capture_output=True)
    assert done.returncode == -6


def test_how_a_trial_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert try_out(GOOD, "参保.xlsx", DEPARTMENT, "copy").ended_by == ""
    assert try_out(GOOD, "参保.xlsx", DEPARTMENT, "read", 0.05).ended_by == "time"
    start_with(NO_GUARD, tmp_path, monkeypatch)
    assert try_out(DEADLY, "参保.xlsx", DEPARTMENT, "read").ended_by == "signal 6"


@pytest.mark.parametrize(
    ("planted", "ended_by"),
    [("raise MemoryError", "memory"), ("bytes(6 << 30)", "memory"), ("os.kill(os.getpid(), 9)", "signal 9")],
)
def test_a_reader_that_runs_out_of_memory(
    planted: str, ended_by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_with(plant(planted), tmp_path, monkeypatch)
    assert try_out(GOOD, "参保.xlsx", DEPARTMENT, "read").ended_by == ended_by


@pytest.mark.parametrize("planted", ["os.kill(os.getpid(), 15)", "os._exit(1)"])
def test_a_trial_that_is_stopped_from_outside_says_nothing_about_the_file(
    planted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home(tmp_path / "home")
    receipt = dropped(home, GOOD)
    (home.attempts).mkdir(parents=True)
    (home.attempts / receipt.sha256).touch()
    with monkeypatch.context() as planting:
        start_with(plant(planted), tmp_path / "plant", planting)
        with pytest.raises(TrialFailedError):
            load_file(home, CATALOG, receipt)
    assert pending(home) == [receipt]
    assert [o.delivery_state for o in load_file(home, CATALOG, receipt)] == ["LOADED"]


def plant(line: str) -> str:
    reader = f"def read(data, known_headers):\n    {line}\n"
    return f"import os\nimport ingestion.gate.assess as judge\n{reader}judge.read = read\n"


def test_a_file_that_kills_its_reader_is_refused_at_the_second_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home(tmp_path / "home")
    receipt = dropped(home, DEADLY)
    start_with(NO_GUARD, tmp_path / "plant", monkeypatch)
    with pytest.raises(KeyError), attempt(home, receipt.sha256):
        raise KeyError  # stands for the death of the process in the first attempt
    (outcome,) = load_file(home, CATALOG, receipt)
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "FILE_KILLS_READER")
    assert "Excel" in lake(home, "problem")[0]["remedy"]
    assert home.archived(receipt.sha256).read_bytes() == DEADLY
    renew_returns(Settings(home=home.root, as_of=NOW.date()))
    (note,) = (home.returned / DEPARTMENT).glob("*反馈*.txt")
    assert "FILE_KILLS_READER" in note.read_text("utf-8-sig")
    assert pending(home) == []
    assert not list(home.attempts.iterdir())
    assert load_file(home, CATALOG, receipt) == [outcome]


def test_in_an_archive_only_the_deadly_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home(tmp_path / "home")
    receipt = dropped(home, zipped({"一.xlsx": DEADLY, "二.xlsx": GOOD}), "参保.zip")
    start_with(NO_GUARD, tmp_path / "plant", monkeypatch)
    home.attempts.mkdir(parents=True)
    (home.attempts / receipt.sha256).touch()
    found = {o.file_name: (o.reason_code, o.rows_accepted) for o in load_file(home, CATALOG, receipt)}
    assert found == {"一.xlsx": ("FILE_KILLS_READER", 0), "二.xlsx": (None, 12)}


def test_a_good_file_of_a_night_that_was_killed_is_loaded(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    receipt = dropped(home, GOOD)
    with pytest.raises(KeyboardInterrupt), attempt(home, receipt.sha256) as unfinished:
        assert not unfinished
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), attempt(home, receipt.sha256) as unfinished:
        assert unfinished
        raise KeyboardInterrupt
    assert [o.delivery_state for o in load_file(home, CATALOG, receipt)] == ["LOADED"]
    assert not list(home.attempts.iterdir())


def test_a_copy_that_cannot_be_made_does_not_lose_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home(tmp_path / "home")
    rows = Insured.rows(20)
    rows[4][5] = "不知"
    receipt = dropped(home, xlsx([[Insured.title], list(Insured.header), *rows]))
    abort = (
        "import os\nimport ingestion.returning.marked.make as api\napi._marked = lambda *given: os.abort()\n"
    )
    start_with(abort, tmp_path / "plant", monkeypatch)
    home.attempts.mkdir(parents=True)
    (home.attempts / receipt.sha256).touch()
    (outcome,) = load_file(home, CATALOG, receipt)
    assert (outcome.rows_accepted, outcome.rows_held) == (19, 1)
    renew_returns(Settings(home=home.root, as_of=NOW.date()))
    (note,) = (home.returned / DEPARTMENT).glob("*反馈*.txt")
    assert "F7" in note.read_text("utf-8-sig")


def test_check_says_so_and_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "参保.xlsx"
    path.write_bytes(GOOD)
    assert check_file(path, CATALOG, department=DEPARTMENT).ok
    start_with(NO_GUARD, tmp_path / "plant", monkeypatch)
    path.write_bytes(DEADLY)
    report = check_file(path, CATALOG, department=DEPARTMENT)
    assert [o.reason_code for o in report.outcomes] == ["FILE_KILLS_READER"]
    assert [p.code for p in report.problems] == ["FILE_KILLS_READER"]
