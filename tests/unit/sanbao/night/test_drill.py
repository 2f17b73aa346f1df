"""A drill compares what a backup gave back; what it cannot prove it does not record."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from sanbao.errors import SanbaoError
from sanbao.night import drill as module
from sanbao.night.drill import drill
from sanbao.night.safekeeping import Kept, last_drill, note_backup
from sanbao.settings import Settings


def served(home: Path, *rows: tuple[str, str, float | None]) -> Settings:
    """A home that serves nothing but figures: date, id, value."""
    settings = Settings(home=home, as_of=date(2019, 12, 31))
    settings.serving_dir.mkdir(parents=True)
    with duckdb.connect(str(settings.serving)) as connection:
        connection.execute("create schema mart")
        connection.execute(
            "create table mart.fct_figure (as_of date, figure_id varchar, area_level varchar,"
            " area_code varchar, area_name varchar, value double, numerator double, denominator double,"
            " count_state varchar)"
        )
        for day, figure, value in rows:
            connection.execute(
                "insert into mart.fct_figure values (?, ?, 'county', '440899', '县', ?, ?, null, 'COUNTED')",
                [day, figure, value, value],
            )
    return settings


ROWS = (("2019-12-31", "reg_hh", 9.0), ("2019-12-31", "grt_water", None))


def test_equal_figures_are_counted_a_missing_value_among_them(tmp_path: Path) -> None:
    here, there = served(tmp_path / "a", *ROWS), served(tmp_path / "b", *ROWS)
    assert module._compared(here, there, Path("x")) == 2


@pytest.mark.parametrize(
    "others",
    [
        (ROWS[0],),
        (ROWS[0], ("2019-12-31", "grt_water", 0.0)),
        (*ROWS, ("2019-12-31", "grt_all", 1.0)),
        (("2019-12-31", "reg_hh", 9.5), ROWS[1]),
    ],
)
def test_another_figure_is_named(tmp_path: Path, others: tuple[tuple[str, str, float | None], ...]) -> None:
    here, there = served(tmp_path / "a", *ROWS), served(tmp_path / "b", *others)
    with pytest.raises(SanbaoError, match="DRILL_FAILED") as caught:
        module._compared(here, there, Path("x"))
    assert any(name in caught.value.sentence("zh") for name in ("reg_hh", "grt_water", "grt_all"))


def test_of_many_dates_the_ends_are_built_and_each_other_has_its_turn() -> None:
    dates = [f"2019-{month:02d}-28" for month in range(1, 13)]
    chosen = [module._some_of(dates) for _ in range(200)]
    assert {len(some) for some in chosen} == {3}
    assert all(some[0] == dates[0] and some[-1] == dates[-1] for some in chosen)
    assert {some[1] for some in chosen} == set(dates[1:-1])
    assert [module._some_of(dates[:count]) for count in (0, 1, 2, 3)] == [dates[:count] for count in range(4)]


def test_without_a_backup_there_is_nothing_to_prove(home: Settings, tmp_path: Path) -> None:
    with pytest.raises(SanbaoError, match="DRILL_NO_BACKUP"):
        drill(home)
    note_backup(home, Kept(str(tmp_path / "gone.tar.zst"), "2020-01-01T00:00:00+00:00"))
    with pytest.raises(SanbaoError, match="DRILL_NO_BACKUP"):
        drill(home)


def test_a_damaged_backup_is_refused_and_proves_nothing(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "x.tar.zst").write_bytes(b"no backup")
    settings = replace(home, home=tmp_path / "home")
    with pytest.raises(SanbaoError, match="BACKUP_DAMAGED"):
        drill(settings, tmp_path / "x.tar.zst")
    assert last_drill(settings) is None
    assert not (settings.home / "backups" / ".drill").exists()
    assert stat.S_IMODE((settings.home / "backups").stat().st_mode) == 0o700
