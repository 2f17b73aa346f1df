"""A nil return against what came before it."""

import pytest

from ingestion.pipeline import decisions
from tests.unit.ingestion.deliveries import CATALOG, drop, register, sheet
from tests.unit.ingestion.helpers import lake, new_home
from tests.unit.ingestion.problems.made import lines, text

pytestmark = pytest.mark.slow

NIL = "徐闻县{month}建档立卡贫困户信息表\r\n本期无数据\r\n"
DEATHS = "徐闻县{month}死亡人员信息登记表\r\n本期无数据\r\n"


@pytest.fixture
def home(tmp_path):
    """A home with a good register of November."""
    home = new_home(tmp_path)
    drop(home, sheet(register(), "2019年11月"))
    return home


def nil(home, month, at=30, words=NIL, **how):
    (outcome,) = drop(home, words.format(month=month).encode("utf-8-sig"), at=at, name=f"无{at}.csv", **how)
    return outcome


def test_a_list_of_the_county_does_not_come_to_nothing(home):
    outcome = nil(home, "2020年1月")
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "NIL_DESPITE_ROWS")
    assert str(outcome.as_of) == "2020-01-31"
    assert "2019年11月30日 那一期有 180 行" in outcome.reason


@pytest.mark.parametrize("month", ["2019年11月", ""])
def test_nothing_for_the_very_period_that_has_rows_is_refused(home, month):
    assert nil(home, month).reason_code == "NIL_DESPITE_ROWS"


def test_rows_that_came_twice_are_counted_once(home):
    drop(home, sheet(register(70), "2019年11月"), at=1, name="又.csv")
    assert "有 210 行" in nil(home, "2019年12月").reason


def test_history_and_a_first_nil_return_have_nothing_to_fear(home, tmp_path):
    assert nil(home, "2019年9月").delivery_state == "NIL"
    assert nil(new_home(tmp_path / "empty"), "2019年12月").delivery_state == "NIL"


def test_a_person_may_let_it_through_and_the_next_one_needs_nobody(home):
    refused = nil(home, "2019年12月")
    (outcome,) = decisions.accept(home, CATALOG, refused.file_name, reason="已并入新表", by="王主任")
    assert outcome.delivery_state == "NIL"
    (waiver,) = lake(home, "waiver")
    assert waiver["codes"] == "NIL_DESPITE_ROWS"
    assert nil(home, "2020年1月", at=60).delivery_state == "NIL"


def test_events_may_come_to_nothing_in_another_period(home):
    how = {"words": DEATHS, "department": "civil_affairs"}
    assert nil(home, "2019年11月", **how).delivery_state == "NIL"
    assert nil(home, "2019年12月", at=60, **how).delivery_state == "NIL"


def test_events_of_the_period_that_have_come_are_not_taken_back(home):
    made = text(lines(CATALOG["death_notice"]))
    (rows,) = drop(home, made, name="2019年12月死亡.csv", department="civil_affairs")
    assert rows.delivery_state == "LOADED"
    how = {"words": DEATHS, "department": "civil_affairs"}
    assert nil(home, f"{rows.as_of.year}年{rows.as_of.month}月", **how).reason_code == "NIL_DESPITE_ROWS"
