"""Housekeeping removes what nobody needs, says so, and touches nothing of a home that is not whole."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from foundation.files import keep_end
from foundation.locks import alone
from ingestion import Home, load_file, pending, receive
from sanbao.errors import SanbaoError
from sanbao.night import housekeeping
from sanbao.night.backup import backup
from sanbao.night.housekeeping import keep_house
from sanbao.night.restore import restore
from sanbao.settings import Settings
from tests.unit.ingestion.helpers import Insured
from tests.unit.ingestion.marked import CATALOG, text


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Three deliveries were loaded; nothing was built."""
    from sanbao.night.home import prepare_home

    settings = Settings(home=tmp_path / "home", as_of=date(2019, 12, 31))
    prepare_home(settings)
    home = Home(settings.home)
    for number in range(3):
        path = home.inbox / "health_insurance" / f"参保{number}.csv"
        path.write_bytes(text(Insured.rows(12 + number)))
        receive(home, CATALOG)
        for receipt in pending(home):
            load_file(home, CATALOG, receipt)
    return settings


def _old(path: Path, days: float = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n")
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    return path


def _said(settings: Settings) -> list[dict[str, Any]]:
    path = settings.home / "archive" / "housekeeping.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_what_is_outlived_goes_and_everything_else_stays(settings: Settings) -> None:
    home = settings.home
    gone = [
        _old(home / "logs" / "airflow-scheduler.log"),
        _old(home / "airflow" / "logs" / "dag_id=x" / "attempt=1.log"),
        _old(home / "lineage" / "2019-01-01.jsonl"),
        _old(home / "warehouse" / "dbt" / "logs" / "dbt.log.1"),
        _old(home / "warehouse" / "warehouse.damaged-20190101-000000.duckdb"),
        _old(home / "warehouse" / ".lookback-abc" / "warehouse.duckdb", 2),
        _old(home / "lake" / "delivery" / ".0123456789abcdef.tmp", 2),
        _old(home / "archive" / "receipts" / ".0123456789abcdef.tmp", 2),
        _old(home / "lake" / "delivery" / ".compacted-2019-x.parquet.new", 2),
    ]
    stays = [
        _old(home / "logs" / "airflow-triggerer.log", 80),
        _old(home / "lineage" / "2019-02-01.jsonl", 80),
        _old(home / "lake" / "repair" / ".0123456789abcdef.tmp", 0.5),
        _old(home / "reports" / "self_assessment.docx"),
        _old(home / "inbox" / "water" / "表.csv"),
        _old(home / "returned" / "water" / "说明.txt"),
    ]
    house = keep_house(settings)
    assert not [path for path in gone if path.exists()]
    assert [path for path in stays if path.exists()] == stays
    removed = {entry["file"] for entry in _said(settings) if entry["what"] == "removed"}
    assert removed == set(house.removed)
    assert removed >= {str(path.relative_to(home)) for path in gone[:4]}
    assert house.compacted == 9  # three files of each of three tables
    replaced = [entry for entry in _said(settings) if entry["what"] == "compacted"]
    assert sum(len(entry["replaces"]) for entry in replaced) == 9
    assert keep_house(settings).compacted == 0


def test_of_a_home_that_is_not_whole_nothing_is_touched(settings: Settings) -> None:
    log = _old(settings.home / "logs" / "airflow-scheduler.log")
    damaged = next((settings.home / "archive").glob("??/*"))
    damaged.write_bytes(damaged.read_bytes() + b"x")
    before = sorted(settings.lake.rglob("*"))
    with pytest.raises(SanbaoError) as refused:
        keep_house(settings)
    assert refused.value.code == "HOUSE_NOT_WHOLE"
    assert damaged.name in refused.value.sentence("zh")
    assert log.exists() and sorted(settings.lake.rglob("*")) == before
    (entry,) = _said(settings)
    assert entry["faults"] == [
        {"code": "ARCHIVE_FILE_CHANGED", "file": str(damaged.relative_to(settings.home))}
    ]


def test_it_waits_for_a_night_and_says_when_none_ends(settings: Settings) -> None:
    with alone(settings.home / ".night.lock"), pytest.raises(SanbaoError) as busy:
        keep_house(settings, wait_seconds=0)
    assert busy.value.code == "HOME_BUSY"
    assert _said(settings) == []


def test_a_log_that_grows_keeps_its_last_lines(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(housekeeping, "_LOG_BYTES", 400)
    log = settings.logs / "superset.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("".join(f"line {n:03d}\n" for n in range(100)))
    with log.open("a") as server:  # goes on writing into the same file
        keep_house(settings)
        server.write("line 100\n")
    assert log.read_text().splitlines() == [f"line {n:03d}" for n in range(89, 101)]
    short = tmp_path / "short.log"
    short.write_text("one\ntwo\n")
    assert keep_end(short, 100) == 0
    assert short.read_text() == "one\ntwo\n"


def test_a_backup_of_a_compacted_home_gives_the_same_bytes(settings: Settings, tmp_path: Path) -> None:
    keep_house(settings)
    machine = Settings(home=tmp_path / "machine", as_of=settings.as_of)
    restore(machine, backup(settings, tmp_path / "safe").path)
    for folder in ("lake", "archive/receipts", "archive/outcomes", "archive/landings"):
        one, other = (_bytes(each.home / folder) for each in (settings, machine))
        assert one == other and one
    record = Path("archive") / "compacted.json"
    assert (machine.home / record).read_bytes() == (settings.home / record).read_bytes()


def test_a_backup_finishes_a_compaction_that_was_killed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingestion.lake import compact, compacted

    with monkeypatch.context() as patch:
        patch.setattr(compacted, "finish", lambda home: None)  # killed right after the record was written
        compact.compact(Home(settings.home))
    assert compacted.compaction(Home(settings.home)).replaced
    machine = Settings(home=tmp_path / "machine", as_of=settings.as_of)
    restore(machine, backup(settings, tmp_path / "safe").path)
    assert not compacted.compaction(Home(machine.home)).replaced
    assert _bytes(machine.lake) == _bytes(settings.lake)
    assert len([*machine.lake.glob("delivery/[!_]*.parquet")]) == 1


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
