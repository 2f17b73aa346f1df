import importlib
import json
import os
import time
from datetime import UTC, datetime

import pytest

from foundation import files as files_module
from ingestion import load_file, pending, receive
from ingestion.receiving import inbox
from tests.unit.ingestion.helpers import Insured, catalog, fake_reader, id_number, lake, new_home, tree

pytestmark = pytest.mark.slow

module = importlib.import_module(
    "ingestion.receiving.receive"
)  # its function of the same name is imported above
CATALOG = catalog()
NOON = datetime(2020, 1, 2, 12, tzinfo=UTC)
LATER = datetime(2020, 1, 3, 12, tzinfo=UTC)


def drop(home, name="health_insurance/a.csv", data=b"abc"):
    path = home.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def in_inbox(home):
    return [p for p in home.inbox.rglob("*") if p.is_file()]


def test_bytes_receipt_and_an_empty_inbox(tmp_path):
    home = new_home(tmp_path)
    drop(home)
    (receipt,) = receive(home, CATALOG, now=NOON)
    assert (receipt.department, receipt.file_name, receipt.size_bytes) == ("health_insurance", "a.csv", 3)
    assert receipt.received_at == NOON
    assert home.archived(receipt.sha256).read_bytes() == b"abc"
    assert in_inbox(home) == []
    assert pending(home) == [receipt]


def test_folders_of_a_department_and_files_of_nobody(tmp_path):
    home = new_home(tmp_path)
    drop(home, "civil_affairs/2019年12月/徐城.xls", b"1")
    drop(home, "stray.xls", b"2")
    drop(home, "some_office/x.xls", b"3")
    found = {r.file_name: r.department for r in receive(home, CATALOG, now=NOON)}
    assert found == {"徐城.xls": "civil_affairs", "stray.xls": "unknown", "x.xls": "unknown"}


@pytest.mark.parametrize(
    "name", [".hidden", "~$a.xlsx", "a.csv.tmp", ".sync/a.csv", "Thumbs.db", "12月/Desktop.ini"]
)
def test_files_of_other_programs_stay(tmp_path, name):
    home = new_home(tmp_path)
    drop(home, f"education/{name}")
    assert receive(home, CATALOG, now=NOON) == []
    assert len(in_inbox(home)) == 1


def test_links_stay(tmp_path):
    home = new_home(tmp_path / "home")
    (tmp_path / "secret").write_text("x")
    (home.inbox / "education" / "a.csv").symlink_to(tmp_path / "secret")
    assert receive(home, CATALOG, now=NOON) == []


def test_a_file_that_still_grows_stays(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    drop(home)
    drop(home, "education/b.csv", b"done")
    os.utime(home.inbox / "education/b.csv", (time.time() - 60,) * 2)
    monkeypatch.setattr(inbox.time, "sleep", lambda _: drop(home, data=b"abcdef"))
    assert [r.file_name for r in receive(home, CATALOG, now=NOON, settle_seconds=5)] == ["b.csv"]
    assert [p.name for p in in_inbox(home)] == ["a.csv"]


def test_the_same_bytes_again_change_nothing_but_a_note(tmp_path):
    home = new_home(tmp_path)
    drop(home)
    (receipt,) = receive(home, CATALOG, now=NOON)
    drop(home, "health_insurance/终稿2.csv")
    assert receive(home, CATALOG, now=LATER) == []
    assert pending(home) == [receipt]
    (note,) = home.arrivals.glob("*.json")
    assert json.loads(note.read_text("utf-8"))["state"] == "DUPLICATE"
    assert in_inbox(home) == []


def test_no_id_number_in_a_receipt(tmp_path):
    home = new_home(tmp_path)
    drop(home, f"education/{id_number(7)}.xls")
    (receipt,) = receive(home, CATALOG, now=NOON)
    assert id_number(7) not in receipt.file_name
    assert all(id_number(7) not in path.name for path in tmp_path.rglob("*"))


def test_a_misplaced_file_may_be_dropped_again_in_the_right_folder(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    fake_reader(monkeypatch, {b"abc": [Insured.table(Insured.rows(3))]})
    drop(home, "education/a.csv")
    (receipt,) = receive(home, CATALOG, now=NOON)
    assert load_file(home, CATALOG, receipt)[0].reason_code == "WRONG_DEPARTMENT"
    drop(home)
    (again,) = receive(home, CATALOG, now=LATER)
    assert load_file(home, CATALOG, again)[0].delivery_state == "LOADED"
    assert [row["delivery_state"] for row in lake(home, "delivery")] == ["LOADED"]
    assert len(lake(home, "insurance_enrolment")) == 3


class Killed(BaseException):
    pass


STEPS = ["_claim", "_take", "archive_claim", "_write_receipt", "remove_claim", "write_bytes"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_step_the_next_run_ends_in_the_same_state(tmp_path, monkeypatch, step, moment):
    calm, killed = new_home(tmp_path / "calm"), new_home(tmp_path / "killed")
    for home in (calm, killed):
        drop(home)
        drop(home, "education/b.csv", b"other")
    receive(calm, CATALOG, now=NOON)

    real = getattr(module, step)
    seen = []

    def dies(*args, **kwargs):
        if moment == "after":
            real(*args, **kwargs)
        seen.append(step)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, step, dies)
        with pytest.raises(Killed):
            receive(killed, CATALOG, now=NOON)
    assert seen == [step]
    receive(killed, CATALOG, now=NOON)
    assert tree(killed) == tree(calm)
    assert [r.file_name for r in pending(killed)] == [r.file_name for r in pending(calm)]


@pytest.mark.slow
@pytest.mark.parametrize("writes", range(8))
def test_killed_while_loading_the_next_run_ends_in_the_same_state(tmp_path, monkeypatch, writes):
    rows = Insured.rows(12)
    rows[3][5] = "退休"
    rows[4][2] = rows[4][2][:6] + " " + rows[4][2][6:]
    fake_reader(monkeypatch, {b"abc": [Insured.table(rows)]})
    calm, killed = new_home(tmp_path / "calm"), new_home(tmp_path / "killed")
    for home in (calm, killed):
        drop(home)
        receive(home, CATALOG, now=NOON)
    load_file(calm, CATALOG, pending(calm)[0])

    real, count = files_module.put_in_place, iter(range(100))

    def dies(partial, path):
        if next(count) == writes:
            raise Killed
        real(partial, path)

    with monkeypatch.context() as patch:
        patch.setattr(files_module, "put_in_place", dies)
        try:
            load_file(killed, CATALOG, pending(killed)[0])
        except Killed:
            assert len(pending(killed)) == 1
    for receipt in pending(killed):
        load_file(killed, CATALOG, receipt)
    assert tree(killed) == tree(calm)


@pytest.mark.parametrize("left", ["20200102T120000.000000Z-00001", "20200102T120000.000000Z-00001/education"])
def test_the_folder_of_a_claim_that_was_killed_goes(tmp_path, left):
    home = new_home(tmp_path)
    (home.claimed / left).mkdir(parents=True)
    drop(home)
    assert len(receive(home, CATALOG, now=NOON)) == 1
    assert list(home.claimed.iterdir()) == []
