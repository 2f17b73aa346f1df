"""After a compaction a county is the same: marts, lists, traces, what departments find, and its backup."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sanbao.night.backup import backup
from sanbao.night.housekeeping import keep_house
from sanbao.night.integrity import verify
from sanbao.night.night import night
from sanbao.night.restore import restore
from sanbao.queries import lists, serving
from sanbao.settings import Settings
from tests.integration.test_night_crash import differences

FIGURES = ("reg_pp", "reg_hh", "grt_medical")


@pytest.mark.slow
def test_a_compacted_county_is_the_same_and_so_is_its_backup(loaded_home: Settings, tmp_path: Path) -> None:
    before, returned = _lists(loaded_home), _files(loaded_home.home / "returned")
    house = keep_house(loaded_home)
    assert house.compacted > 100 and house.records > 100
    years = Counter((path.parent.name, path.stem.split("-")[1]) for path in _grown(loaded_home))
    assert max(years.values()) <= 20
    assert _files(loaded_home.home / "returned") == returned

    # A night with nothing new builds and serves nothing anew: what is known is the same.
    summary = night(loaded_home)
    assert (summary.files, summary.build_skipped, summary.published) == (0, True, False)

    # Built from the compacted lake alone, on a machine that had nothing.
    machine = replace(loaded_home, home=tmp_path / "machine")
    restore(machine, backup(loaded_home, tmp_path / "safe").path)
    assert _files(machine.lake) == _files(loaded_home.lake)
    kept = Path("archive")
    for folder in ("receipts", "outcomes", "landings"):
        assert _files(machine.home / kept / folder) == _files(loaded_home.home / kept / folder)
    assert differences(machine.serving, loaded_home.serving) == {}
    assert _lists(machine) == before
    assert _files(machine.home / "returned") == returned
    assert verify(machine) == []


def _lists(settings: Settings) -> dict[str, Any]:
    """What people ask: lists of members, and households with their evidence down to file and row."""
    known = {row["figure_id"] for row in serving.figures(settings).records()}
    found: dict[str, Any] = {
        figure: lists.members(settings, figure).records() for figure in FIGURES if figure in known
    }
    assert len(found) > 1
    homes = "select household_id from mart.dim_household order by 1 limit 5"
    for (household,) in serving.query(settings, homes).rows:
        found[str(household)] = lists.states(settings, str(household)).records()
    return found


def _files(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _grown(settings: Settings) -> list[Path]:
    return [path for path in settings.lake.glob("*/*.parquet") if "-" in path.stem]
