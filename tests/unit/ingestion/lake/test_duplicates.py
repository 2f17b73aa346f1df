"""A file of which everything came before: nothing changes, and the clerk and the board hear of it."""

import io
import zipfile
from datetime import timedelta

from ingestion import load_file, pending, receive
from tests.unit.ingestion.deliveries import CATALOG, NOON, drop, register, sheet
from tests.unit.ingestion.helpers import lake, new_home
from tests.unit.ingestion.warehouse import settle_returns


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.csv", data)
    return out.getvalue()


def slip(home):
    return (home.returned / "poverty_relief" / "收件回执.txt").read_text("utf-8-sig")


def rows(home):
    return {name: len(lake(home, name)) for name in ("register_household", "delivery_part", "held_row")}


def test_a_zip_of_which_everything_is_known_is_told(tmp_path):
    home = new_home(tmp_path)
    data = sheet(register(3))
    (first,) = drop(home, data)
    before = rows(home)
    (outcome,) = drop(home, zipped(户表=data), at=1, name="户表.zip")
    assert (outcome.delivery_state, outcome.reason_code) == ("DUPLICATE", "ALREADY_THERE")
    assert "2020年1月2日" in outcome.reason
    assert outcome.rows_read == outcome.rows_accepted == outcome.rows_held == 0
    assert rows(home) == before
    line = next(d for d in lake(home, "delivery") if d["file_name"] == "户表.zip")
    assert (line["delivery_state"], line["feed"], line["sha256"]) == ("DUPLICATE", None, outcome.sha256)
    assert line["received_no"] > first.received_no
    assert f"户表.zip\n    {outcome.reason}" in slip(home).replace("\r", "")
    assert pending(home) == []


def test_a_zip_with_something_new_is_no_duplicate(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(3)))
    outcomes = drop(home, zipped(a=sheet(register(3)), b=sheet(register(4), "2020年1月")), at=1, name="a.zip")
    assert [o.delivery_state for o in outcomes] == ["LOADED"]


def test_the_same_file_again_is_on_the_board_and_on_the_slip(tmp_path):
    home = new_home(tmp_path)
    (first,) = drop(home, sheet(register(3)))
    before = rows(home)
    drop(home, sheet(register(3)), at=2, name="又一次.csv")
    (line,) = [d for d in lake(home, "delivery") if d["delivery_state"] == "DUPLICATE"]
    assert (line["file_name"], line["sha256"]) == ("又一次.csv", first.sha256)
    assert "2020年1月2日" in slip(home).split("又一次.csv")[1].splitlines()[1]
    assert rows(home) == before
    # It is nobody's batch: the file itself can be withdrawn and dropped once more.
    assert line["batch_id"][:16] != first.batch_id[:16]


def test_a_killed_run_tells_it_once(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(3)))
    (home.inbox / "poverty_relief" / "又.csv").write_bytes(sheet(register(3)))
    for _ in range(2):
        receive(home, CATALOG, now=NOON + timedelta(days=1))
    settle_returns(home, CATALOG)
    assert [d["delivery_state"] for d in lake(home, "delivery")].count("DUPLICATE") == 1
    assert slip(home).count("又.csv") == 1


def test_a_withdrawn_file_may_come_again_in_a_zip(tmp_path):
    from ingestion.pipeline.decisions import withdraw

    home = new_home(tmp_path)
    (first,) = drop(home, sheet(register(3)))
    withdraw(home, first.batch_id, reason="错", by="王", now=NOON + timedelta(days=1))
    (again,) = drop(home, zipped(户表=sheet(register(3))), at=2, name="户表.zip")
    assert again.delivery_state == "LOADED"
    assert [o for r in pending(home) for o in load_file(home, CATALOG, r)] == []
