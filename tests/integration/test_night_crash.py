"""Killed at any step, the next run ends in the state of an undisturbed one; readers never see half."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from sanbao.night.load import load_received, receive_files
from sanbao.night.night import night
from sanbao.settings import PROJECT_ROOT, Settings

SCRIPT = Path(__file__).with_name("killed_night.py")
FEW_FILES = ("water", "housing")
EARLIER = date(2019, 11, 30)


def killed_night(settings: Settings, as_of: date, kind: str, count: int) -> bool:
    """Run a night that is killed at that moment; False when it came to its end before."""
    command = [sys.executable, str(SCRIPT), str(settings.home), as_of.isoformat(), kind, str(count)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(PROJECT_ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def landed(settings: Settings) -> dict[str, bytes | int]:
    """The lake, by file; of files that hold the time of arrival only how many rows they have."""
    content: dict[str, bytes | int] = {}
    for path in sorted(settings.lake.rglob("*.parquet")):
        name = str(path.relative_to(settings.lake))
        if path.parent.name in ("delivery", "delivery_part"):
            content[name] = len(duckdb.sql(f"from read_parquet('{path}')").fetchall())
        elif path.parent.name != "secret":
            content[name] = path.read_bytes()
    return content


def load(settings: Settings) -> None:
    for receipt in receive_files(settings):
        load_received(settings, receipt)


@pytest.mark.slow
def test_killed_while_taking_files_in(small_county: Path, tmp_path: Path) -> None:
    def fresh(name: str) -> Settings:
        settings = Settings(home=tmp_path / name, as_of=EARLIER)
        for department in FEW_FILES:
            shutil.copytree(small_county / department, settings.home / "inbox" / department)
        return settings

    undisturbed = fresh("undisturbed")
    load(undisturbed)
    expected = landed(undisturbed)
    assert any(name.startswith("village_water_supply/") for name in expected)
    moments = 0
    for count in range(1, 400, 9):
        settings = fresh(f"killed-{count}")
        if not killed_night(settings, EARLIER, "rename", count):
            break
        moments += 1
        load(settings)
        assert landed(settings) == expected, f"killed before rename {count}"
        assert not receive_files(settings)
        leftovers = [path for path in (settings.home / "inbox").rglob("*") if path.is_file()]
        assert not leftovers
    assert moments >= 5


@pytest.mark.slow
@pytest.mark.long
def test_killed_while_building_and_publishing(loaded_home: Settings, tmp_path: Path) -> None:
    undisturbed = replace(loaded_home, home=tmp_path / "undisturbed")
    shutil.copytree(loaded_home.home, undisturbed.home)
    night(undisturbed, EARLIER)
    before = tmp_path / "before.duckdb"
    shutil.copy(loaded_home.serving, before)
    for kind, count in (("node", 30), ("node", 85), ("publish", 1)):
        assert killed_night(loaded_home, EARLIER, kind, count), (kind, count)
        assert differences(loaded_home.serving, before) == {}, f"{kind} {count}: readers saw a change"
    night(loaded_home, EARLIER)
    assert differences(loaded_home.serving, undisturbed.serving) == {}
    assert differences(loaded_home.serving, before) != {}


def differences(one: Path, other: Path, as_of: date | None = None) -> dict[str, int]:
    """Table → rows that only one of two serving files has; tables without difference are left out."""
    found: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only); attach '{other}' as other (read_only)")
        tables = connection.execute(
            "select distinct table_name from duckdb_tables() where schema_name = 'mart'"
        ).fetchall()
        assert tables
        where = f"where as_of = date '{as_of}'" if as_of else ""
        for (name,) in tables:
            left, right = f"from one.mart.{name} {where}", f"from other.mart.{name} {where}"
            sql = f"select count(*) from (({left} except all {right}) union all ({right} except all {left}))"
            row = connection.execute(sql).fetchone()
            if row and row[0]:
                found[name] = row[0]
    return found
