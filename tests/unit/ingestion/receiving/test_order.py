"""Files of one department are loaded one after another, whoever loads them and in whatever order they lie."""

import multiprocessing
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingestion import Home, Receipt, in_turn, load_in_turn, pending, receive
from sanbao.night.load import load_all, receive_files
from sanbao.settings import Settings
from tests.unit.ingestion.helpers import Insured, id_number, lake, new_home
from tests.unit.ingestion.marked import CATALOG, NOON, TITLE, text

JULY = TITLE.replace("6月", "7月")


def receipt(name, minute=0, sha="aa"):
    at = datetime(2020, 1, 2, 12, minute, tzinfo=UTC)
    return Receipt(sha256=sha, department="water", file_name=name, size_bytes=1, received_at=at)


def test_the_oldest_date_comes_first_and_a_file_without_one_last():
    names = ["台账.xlsx", "2019年12月台账.xlsx", "2019年10月台账.xlsx", "2019年10月台账.反馈.xlsx"]
    waiting = [receipt(name, minute) for minute, name in enumerate(names)]
    assert [r.file_name for r in in_turn(waiting)] == [names[2], names[3], names[1], names[0]]


def people(count):
    return [
        [f"P{n}", "陈文", id_number(n % 900 + 1, born=str(19500101 + n // 900)), *Insured.rows(1)[0][3:]]
        for n in range(count)
    ]


def dropped(root: Path) -> Home:
    """A July that is a quarter of June; its name sorts before June's."""
    home = new_home(root)
    rows = people(1200)
    for name, title, count in (("2019年7月.csv", JULY, 300), ("2019年6月.csv", TITLE, 1200)):
        (home.inbox / "health_insurance" / name).write_bytes(text(rows[:count], title=title))
    return home


def states(home: Home) -> dict[str, str | None]:
    return {d["file_name"]: d["reason_code"] for d in lake(home, "delivery")}


@pytest.mark.parametrize("workers", [1, 2])
def test_half_a_file_is_refused_however_many_workers_load(tmp_path, workers):
    home = dropped(tmp_path)
    settings = Settings(home=home.root, as_of=date(2019, 7, 31), workers=workers)
    load_all(settings, receive_files(settings), lambda *_: None)
    assert states(home) == {"2019年6月.csv": None, "2019年7月.csv": "SHRUNK"}


def _load(root: Path, sha256: str) -> None:
    home = Home(root)
    (mine,) = [r for r in pending(home) if r.sha256 == sha256] or [None]
    if mine:
        load_in_turn(home, CATALOG, mine)


def test_two_processes_that_know_nothing_of_each_other_come_to_the_same(tmp_path):
    home = dropped(tmp_path)
    receive(home, CATALOG, now=NOON)
    context = multiprocessing.get_context("spawn")
    wrong_way_round = reversed(in_turn(pending(home)))
    loaders = [context.Process(target=_load, args=(home.root, r.sha256)) for r in wrong_way_round]
    for loader in loaders:
        loader.start()
    for loader in loaders:
        loader.join(60)
    assert states(home) == {"2019年6月.csv": None, "2019年7月.csv": "SHRUNK"}
    assert pending(home) == []


def test_of_two_files_that_lay_there_together_the_one_written_later_arrives_later(tmp_path):
    home = new_home(tmp_path)
    for name in ("b.csv", "a.csv"):
        (home.inbox / "health_insurance" / name).write_bytes(name.encode())
    os.utime(home.inbox / "health_insurance" / "b.csv", (1_000, 1_000))
    os.utime(home.inbox / "health_insurance" / "a.csv", (2_000, 2_000))
    found = {r.file_name: r.received_at for r in receive(home, CATALOG, now=NOON)}
    assert found["b.csv"] < found["a.csv"]
