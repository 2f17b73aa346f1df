"""Ten random kills of one night; a hundred over three nights: `python -m benchmarks.kills`."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import duckdb
import psutil
import pytest

from benchmarks import kills
from ingestion import Home
from ingestion.lake.fixed import records
from sanbao.night.load import load_all, receive_files
from sanbao.settings import Settings
from tests.conftest import AS_OF


@pytest.mark.slow
def test_ten_random_kills_leave_no_trace(
    _night_of_small_county: Settings, small_county: Path, tmp_path: Path
) -> None:
    before, undisturbed = tmp_path / "before", _night_of_small_county
    shutil.copytree(small_county, before / "inbox")
    for name in ("secret", "secret_fingerprint"):  # equal keys, equal names of persons
        shutil.copytree(undisturbed.lake / name, before / "lake" / name)
    kept, mine = (records(Home(home))[1] for home in (undisturbed.home, before))
    mine.parent.mkdir(parents=True)
    shutil.copy2(kept, mine)
    night = ("load", "--as-of", undisturbed.as_of.isoformat())
    step = kills.Step("first files", before, [night], undisturbed.home)
    chance, counted = kills.Chance(10, longest=8.0), kills.Counted()
    while counted.kills < 10:
        kills.trial(step, tmp_path / "killed", 10 - counted.kills, chance, counted)
    assert counted.differences == []


@pytest.mark.slow
def test_workers_that_are_killed_as_they_start_cost_no_file(
    small_county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path / "home", as_of=AS_OF)
    for department in ("water", "housing"):
        shutil.copytree(small_county / department, settings.home / "inbox" / department)
    receipts = receive_files(settings)
    killed: list[int] = []

    def kill() -> None:
        until = time.monotonic() + 60
        while len(killed) < 2 and time.monotonic() < until:
            for child in psutil.Process().children():
                if "spawn_main" in " ".join(child.cmdline()) and child.pid not in killed:
                    child.kill()
                    killed.append(child.pid)

    monkeypatch.setattr("sanbao.night.pool._LOST_SECONDS", 15.0)
    killer = threading.Thread(target=kill)
    killer.start()
    outcomes = load_all(settings, receipts, lambda what, done, of: None)
    killer.join()
    assert killed
    assert {row["sha256"] for row in outcomes} == {receipt["sha256"] for receipt in receipts}
    assert {row["delivery_state"] for row in outcomes} == {"LOADED"}


@pytest.mark.slow
def test_what_differs_is_seen(loaded_home: Settings, _night_of_small_county: Settings) -> None:
    """So that the test above can fail."""
    home, other = loaded_home.home, _night_of_small_county.home
    assert kills.differences(home, other) == []
    next((home / "archive" / "outcomes").glob("*.json")).unlink()
    (home / "archive" / "attempts" / "x").touch()
    next((home / "lake" / "held_row").glob("[!_]*.parquet")).unlink()
    with duckdb.connect(str(loaded_home.serving)) as connection:
        connection.execute("update mart.dim_person set register_person_no = 'x' where rowid = 5")
    found = kills.differences(home, other)
    assert [line.partition(":")[0] for line in found] == [
        "mart.dim_person",
        "lake/held_row",
        "outcomes",
        "left behind",
    ]
