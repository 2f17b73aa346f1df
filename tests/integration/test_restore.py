"""The drill: an empty machine and one command give the same marts and keys, and the nights go on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion.lake.modes import wrong_modes
from sanbao.errors import SanbaoError
from sanbao.night import drill as module
from sanbao.night.backup import backup
from sanbao.night.load import receive_files
from sanbao.night.night import night
from sanbao.night.restore import restore
from sanbao.queries import deliveries
from sanbao.queries.serving import published_dates
from sanbao.settings import Settings
from tests.integration.test_night_crash import differences

EARLIER = date(2019, 11, 30)


@pytest.mark.slow
def test_a_drill_builds_some_of_the_dates(
    loaded_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many years a drill builds few dates: what it does not build it does not speak for."""
    night(loaded_home, EARLIER)
    done = backup(loaded_home, tmp_path / "safe")
    monkeypatch.setattr(module, "_some_of", lambda dates: dates[:1])
    proven = module.drill(loaded_home, done.path)
    assert proven.dates == [EARLIER.isoformat()]
    with duckdb.connect(str(loaded_home.serving), read_only=True) as connection:
        sql = "select count(*) from mart.fct_figure where as_of = ?"
        assert connection.execute(sql, [EARLIER]).fetchone() == (proven.figures,)
    assert night(loaded_home).build_skipped


@pytest.mark.slow
def test_an_empty_machine_and_one_command(loaded_home: Settings, small_county: Path, tmp_path: Path) -> None:
    night(loaded_home, EARLIER)
    done = backup(loaded_home, tmp_path / "safe")
    machine = replace(loaded_home, home=tmp_path / "another" / "machine")
    restored = restore(machine, done.path)
    assert restored.dates == [EARLIER.isoformat(), loaded_home.as_of.isoformat()]
    assert published_dates(machine) == published_dates(loaded_home)
    assert differences(machine.serving, loaded_home.serving) == {}
    key = Path("secret") / "person_hash_key.parquet"
    assert pq.read_table(machine.lake / key).equals(pq.read_table(loaded_home.lake / key))
    assert wrong_modes(machine.home) == []

    # A night after it: nothing is built or served anew. The same file again is known: a line on the board.
    summary = night(machine)
    assert (summary.files, summary.build_skipped, summary.published) == (0, True, False)
    known = next(path for path in sorted((small_county / "water").iterdir()))
    shutil.copy(known, machine.home / "inbox" / "water" / known.name)
    assert night(machine).files == 0
    assert deliveries.files(machine).records()[0]["delivery_state"] == "DUPLICATE"
    assert not receive_files(machine)

    # Its key lost there as well, it is said and not replaced.
    (machine.lake / key).unlink()
    with pytest.raises(SanbaoError) as lost:
        night(machine)
    assert lost.value.code == "KEY_LOST"
    assert not (machine.lake / key).exists()
