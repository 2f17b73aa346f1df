"""For which months a feed has come whole, by what stands in the lake."""

from datetime import date

import pytest

from ingestion.lake.delivered_months import delivered_months
from ingestion.pipeline import decisions
from sanbao.codegen.problem_examples import clean_row
from tests.unit.ingestion.deliveries import CATALOG, drop, register, sheet
from tests.unit.ingestion.helpers import new_home
from tests.unit.ingestion.problems.made import text

NOVEMBER, DECEMBER = date(2019, 11, 1), date(2019, 12, 1)
WATER = CATALOG["village_water_supply"]
DEATHS = "徐闻县{month}死亡人员信息登记表\r\n本期无数据\r\n"


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def months(home, feed="register_household", towns=()):
    return delivered_months(home, CATALOG[feed], towns)


def water(home, month, towns, at):
    """The water supply of the villages of some towns."""
    rows = [{**clean_row(WATER, n), "town_name": town} for town in towns for n in range(1, 31)]
    cells = [[row[column.name] for column in WATER.columns] for row in rows]
    data = text([[f"徐闻县{month}自然村供水情况台账"], [column.header for column in WATER.columns], *cells])
    (outcome,) = drop(home, data, at=at, name=f"{month}{at}.csv", department="water")
    return outcome


def test_a_month_of_which_rows_stand_has_come(home):
    assert months(home) == set()
    drop(home, sheet(register(), "2019年11月"))
    assert months(home) == {NOVEMBER}
    drop(home, sheet(register(70), "2019年12月"), at=30)
    assert months(home) == {NOVEMBER, DECEMBER}


def test_what_was_withdrawn_or_refused_has_not_come(home):
    (november,) = drop(home, sheet(register(), "2019年11月"))
    (refused,) = drop(home, sheet(register(5), "2019年12月"), at=30)
    assert refused.delivery_state == "REFUSED"
    assert months(home) == {NOVEMBER}
    decisions.withdraw(home, november.batch_id, reason="发错了", by="王主任")
    assert months(home) == set()


def test_nothing_to_report_is_a_delivery(home):
    for month, at in (("2019年11月", 0), ("", 30)):
        data = DEATHS.format(month=month).encode("utf-8-sig")
        drop(home, data, at=at, name=f"无{at}.csv", department="civil_affairs")
    # The one without a date came on 1 February: it may be of January as well.
    assert months(home, "death_notice") == {NOVEMBER, date(2020, 1, 1), date(2020, 2, 1)}


def test_a_part_that_lacks_keeps_the_month_open(home):
    towns = ["徐城街道", "曲界镇", "海安镇"]
    assert water(home, "2019年11月", towns, 0).rows_accepted == 90
    assert months(home, WATER.feed, towns) == {NOVEMBER}
    assert months(home, WATER.feed, [*towns, "前山镇"]) == set(), (
        "a town with villages is expected from the first"
    )
    for at, town in enumerate(towns, start=30):
        assert months(home, WATER.feed, towns) == {NOVEMBER}, "a town of November lacks"
        assert water(home, "2019年12月", [town], at).delivery_state == "LOADED"
    assert months(home, WATER.feed, towns) == {NOVEMBER, DECEMBER}
