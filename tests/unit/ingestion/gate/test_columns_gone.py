"""A column that came before and comes no more is said; what never came, and what came empty, is not."""

import pytest

from tests.unit.ingestion.deliveries import drop, household, register, sheet
from tests.unit.ingestion.helpers import lake, new_home

NOVEMBER, DECEMBER = "2019年11月", "2019年12月"
GONE = ("联系电话", "危房等级")


@pytest.fixture
def home(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(), NOVEMBER))
    return home


def moved_on():
    return [household(1, "徐城街道", 家庭人口数="9"), *register()[1:]]


def said(home, rows, at=30, code="COLUMNS_GONE"):
    drop(home, sheet(rows, DECEMBER), at=at, name=f"十二月{at}.csv")
    delivery = max(lake(home, "delivery"), key=lambda row: row["received_no"])
    problems = [p for p in lake(home, "problem") if p["batch_id"] == delivery["batch_id"]]
    return [p["message"] for p in problems if p["code"] == code], delivery


def test_columns_that_are_left_out_are_named_with_the_date_on_which_they_were_there(home):
    rows = [{header: cell for header, cell in row.items() if header not in GONE} for row in moved_on()]
    (message,), delivery = said(home, rows, code="COLUMNS_GONE")
    assert delivery["delivery_state"] == "LOADED"
    assert "2019年11月30日" in message
    assert all(header in message for header in GONE)


def test_a_column_that_is_there_and_empty_is_said_as_well(home):
    (message,), _ = said(home, [{**row, GONE[1]: ""} for row in moved_on()])
    assert GONE[1] in message
    assert GONE[0] not in message


def test_one_cell_of_the_column_is_enough_for_it_to_be_there(home):
    rows = moved_on()
    messages, _ = said(home, [rows[0], *({**row, GONE[1]: ""} for row in rows[1:])])
    assert messages == []


def test_nothing_is_said_of_a_column_that_never_came(tmp_path):
    home = new_home(tmp_path)
    without = [{h: cell for h, cell in row.items() if h not in GONE} for row in register()]
    drop(home, sheet(without, NOVEMBER))
    messages, _ = said(home, [{h: c for h, c in row.items() if h not in GONE} for row in moved_on()])
    assert messages == []


def test_it_is_said_once_and_not_by_the_delivery_after(home):
    without = [{h: cell for h, cell in row.items() if h not in GONE} for row in moved_on()]
    assert said(home, without)[0]
    later = [household(1, "徐城街道", 家庭人口数="8"), *register()[1:]]
    assert said(home, [{h: c for h, c in row.items() if h not in GONE} for row in later], at=40)[0] == []
