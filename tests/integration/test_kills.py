"""Ten random kills of one night; a hundred over three nights: `python -m benchmarks.kills`."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import duckdb
import pytest

from benchmarks import kills
from sanbao.settings import Settings


@pytest.mark.slow
def test_ten_random_kills_leave_no_trace(
    _night_of_small_county: Settings, small_county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kills, "LONGEST_SECONDS", 8.0)
    before = tmp_path / "before"
    shutil.copytree(small_county, before / "inbox")
    night = ("load", "--as-of", _night_of_small_county.as_of.isoformat())
    step = kills.Step("first files", before, [night], _night_of_small_county.home)
    counted = kills.Counted()
    while counted.kills < 10:
        kills.trial(step, tmp_path / "killed", 10 - counted.kills, random.Random(counted.trials), counted)
    assert counted.differences == []


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
