"""A month that no night ever spoke for is closed: built as it was known, signed, printed, published."""

from __future__ import annotations

from datetime import date

import pytest

from sanbao.errors import SanbaoError
from sanbao.night import closing
from sanbao.night.delivered import newly_delivered
from sanbao.night.kept_basis import kept_basis
from sanbao.night.signing import sign
from sanbao.queries import deliveries, serving
from sanbao.settings import Settings

pytestmark = pytest.mark.slow
OCTOBER = date(2019, 10, 31)


def test_the_board_and_the_lake_say_the_same_of_who_has_delivered(loaded_home: Settings) -> None:
    """Of December: by the board, as the reminders read it, and by what starts the closing."""
    board = deliveries.feeds(loaded_home, date(2019, 12, 31)).records()
    monthly = [
        row for row in board if row["expected_period"] == "2019-12" and row["feed"] != "property_contract"
    ]
    assert len(monthly) == 18
    owing = {
        row["department"]
        for row in monthly
        if row["arrival_state"] in ("MISSING", "REFUSED") or row["missing_part_count"]
    }
    told = newly_delivered(loaded_home, date(2019, 12, 31))
    assert set(told["2019-12"]) == {row["department"] for row in monthly} - owing


def test_an_older_month_is_closed_and_nothing_newer_moves(loaded_home: Settings) -> None:
    newest = serving.figures(loaded_home, date(2019, 12, 31)).records()
    frozen = closing.freeze_month(loaded_home, "2019-10")
    assert frozen.as_of == OCTOBER
    assert serving.published_dates(loaded_home) == [date(2019, 12, 31)], "freezing publishes nothing"
    with pytest.raises(SanbaoError, match=r"TOWNS_UNSIGNED|REPORT_BLOCKED"):
        closing.examine(loaded_home, frozen)
    with kept_basis(loaded_home, frozen.as_of, frozen.known_by) as basis:
        for town in basis.towns:
            sign(loaded_home, basis, town, "镇长", None)
    assert closing.sign_month(loaded_home, frozen, "zhang", "").by == "zhang"
    assert closing.publish_month(loaded_home, frozen) == "PUBLISHED"
    assert serving.published_dates(loaded_home) == [OCTOBER, date(2019, 12, 31)]
    assert serving.figures(loaded_home, date(2019, 12, 31)).records() == newest
    assert closing.publish_month(loaded_home, frozen) == "ALREADY"
