"""A month that no night ever spoke for is closed: built as it was known, signed, printed, published."""

from __future__ import annotations

from datetime import date

import pytest

from sanbao.airflow_closing import closing_departments
from sanbao.errors import SanbaoError
from sanbao.night import closing
from sanbao.night.decisions import withdraw
from sanbao.night.delivered import newly_delivered
from sanbao.night.home import catalog
from sanbao.night.kept_basis import kept_basis
from sanbao.night.night import night
from sanbao.night.signing import sign
from sanbao.queries import deliveries, serving
from sanbao.settings import Settings

pytestmark = pytest.mark.slow
OCTOBER, DECEMBER = date(2019, 10, 31), date(2019, 12, 31)


def owing(settings: Settings) -> set[str]:
    """The departments that owe a monthly file of December by the board, as the reminders read it."""
    board = {row["feed"]: row for row in deliveries.feeds(settings, DECEMBER).records()}
    monthly = [board[contract.feed] for contract in catalog().contracts if contract.cadence == "monthly"]
    assert {row["expected_period"] for row in monthly} == {"2019-12"}
    return {
        row["department"]
        for row in monthly
        if row["arrival_state"] in ("MISSING", "REFUSED") or row["missing_part_count"]
    }


def test_the_board_and_the_lake_say_the_same_of_who_has_delivered(loaded_home: Settings) -> None:
    everybody = set(closing_departments())
    assert set(newly_delivered(loaded_home, DECEMBER)["2019-12"]) == everybody - owing(loaded_home)
    assert owing(loaded_home) == set()
    sql = "select batch_id from mart.fct_delivery where feed in ('subsistence_allowance', 'meeting')"
    for (batch_id,) in serving.query(loaded_home, f"{sql} and as_of = date '2019-12-31'").rows:
        withdraw(loaded_home, str(batch_id), "发错了", "经办人")
    night(loaded_home)
    assert owing(loaded_home) == {"civil_affairs", "county_office"}
    assert set(newly_delivered(loaded_home, DECEMBER)["2019-12"]) == everybody - owing(loaded_home)


def test_an_older_month_is_closed_and_nothing_newer_moves(loaded_home: Settings) -> None:
    newest = serving.figures(loaded_home, DECEMBER).records()
    frozen = closing.freeze_month(loaded_home, "2019-10")
    assert frozen.as_of == OCTOBER
    assert serving.published_dates(loaded_home) == [DECEMBER], "freezing publishes nothing"
    with pytest.raises(SanbaoError, match=r"TOWNS_UNSIGNED|REPORT_BLOCKED"):
        closing.examine(loaded_home, frozen)
    with kept_basis(loaded_home, frozen.as_of, frozen.known_by) as basis:
        for town in basis.towns:
            sign(loaded_home, basis, town, "镇长", None)
    assert closing.sign_month(loaded_home, frozen, "zhang", "").by == "zhang"
    assert closing.publish_month(loaded_home, frozen) == "PUBLISHED"
    assert serving.published_dates(loaded_home) == [OCTOBER, DECEMBER]
    assert serving.figures(loaded_home, DECEMBER).records() == newest
    assert closing.publish_month(loaded_home, frozen) == "ALREADY"
