"""A damaged warehouse is told from one that is in use, and moved aside with its log."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from sanbao.night.warehouse import damage, proven_damage, set_aside, sweep_spill


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t as select range as n, md5(range::varchar) as s from range(200000)")
    return path


def test_a_whole_one_is_not_damaged(warehouse: Path) -> None:
    assert damage(warehouse) is None


@pytest.mark.parametrize("change", ["bit", "cut", "head", "text"])
def test_a_damaged_one_is_recognised(warehouse: Path, change: str) -> None:
    data = bytearray(warehouse.read_bytes())
    if change == "bit":
        data[len(data) // 2] ^= 1 << random.Random(1).randrange(8)
    elif change == "cut":
        del data[len(data) // 2 :]
    elif change == "head":
        data[8:12] = b"KCUD"
    else:
        data = bytearray(b"not a database" * 1000)
    warehouse.write_bytes(data)
    assert damage(warehouse)


def test_one_that_is_written_by_another_process_is_not_taken_for_damaged(warehouse: Path) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    try:
        assert writer.stdout.readline() == b"open\n"
        with pytest.raises(duckdb.IOException):
            damage(warehouse)
        assert proven_damage(warehouse) is None
    finally:
        writer.communicate(b"")


def test_it_is_moved_aside_with_its_log_and_only_the_last_is_kept(warehouse: Path) -> None:
    older = warehouse.with_name("warehouse.damaged-20200101-000000.duckdb")
    older.touch()
    warehouse.with_name("warehouse.duckdb.wal").write_bytes(b"log")
    aside = set_aside(warehouse)
    assert sorted(path.name for path in warehouse.parent.iterdir()) == [aside.name, f"{aside.name}.wal"]


def test_what_a_killed_build_spilled_goes_and_the_warehouse_stays(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    warehouse.write_bytes(b"kept")
    sweep_spill(warehouse)
    spilled = tmp_path / "warehouse.duckdb.tmp" / "duckdb_temp_storage_DEFAULT-0.tmp"
    spilled.parent.mkdir()
    spilled.write_bytes(b"left")
    sweep_spill(warehouse)
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]
