"""Files of one department are loaded one after another, whoever loads them and in whatever order they lie."""

import multiprocessing
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingestion import Home, Receipt, in_turn, load_file, pending, receive
from sanbao.night.load import load_all, receive_files
from sanbao.settings import Settings
from tests.unit.ingestion.helpers import Insured, id_number, lake, new_home
from tests.unit.ingestion.marked import CATALOG, NOON, TITLE, text

pytestmark = pytest.mark.slow

JULY = TITLE.replace("6月", "7月")


def receipt(name, minute=0, sha="aa"):
    at = datetime(2020, 1, 2, 12, minute, tzinfo=UTC)
    return Receipt(sha256=sha, department="water", file_name=name, size_bytes=1, received_at=at)


def test_the_oldest_date_comes_first_and_a_file_without_one_last():
    names = ["台账.xlsx", "2019年12月台账.xlsx", "2019年10月台账.xlsx", "2019年10月台账.反馈.xlsx"]
    waiting = [receipt(name, minute) for minute, name in enumerate(names)]
    assert [r.file_name for r in in_turn(waiting)] == [names[2], names[3], names[1], names[0]]


def test_files_that_tell_the_towns_of_others_come_before_all():
    names = ["2019年11月贫困人口信息表.csv", "贫困户信息表.csv", "2019年12月贫困户信息表.csv"]
    waiting = [receipt(name, minute) for minute, name in enumerate(names)]
    assert [r.file_name for r in in_turn(waiting, CATALOG)] == [names[2], names[1], names[0]]


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


def _load(root: Path) -> None:
    home = Home(root)
    for waiting in in_turn(pending(home)):
        load_file(home, CATALOG, waiting)


def test_two_processes_that_know_nothing_of_each_other_come_to_the_same(tmp_path):
    home = dropped(tmp_path)
    receive(home, CATALOG, now=NOON)
    context = multiprocessing.get_context("spawn")
    loaders = [context.Process(target=_load, args=(home.root,)) for _ in range(3)]
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


def test_a_mark_of_an_attempt_stays_while_its_file_waits_and_goes_when_it_was_loaded(tmp_path):
    home = dropped(tmp_path)
    receive(home, CATALOG, now=NOON)
    first, second = in_turn(pending(home))
    load_file(home, CATALOG, first)
    home.attempts.mkdir(exist_ok=True)
    for killed in (first, second):  # as a process leaves them that ends before it takes its mark away
        (home.attempts / killed.sha256).touch()
    receive(home, CATALOG, now=NOON)
    assert [mark.name for mark in home.attempts.iterdir()] == [second.sha256]
