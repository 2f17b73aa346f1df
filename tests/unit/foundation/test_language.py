"""Days and moments in words: by the county's clock, whatever the machine's is."""

from __future__ import annotations

from datetime import UTC, date, datetime

from foundation.language import chinese_day, chinese_month, county_day, day_in_words, moment_in_words

EVENING = datetime(2019, 1, 8, 20, 5, tzinfo=UTC)  # the ninth in the county


def test_a_day_is_said_in_both_languages() -> None:
    assert day_in_words(date(2019, 1, 9), "zh") == "2019年1月9日"
    assert day_in_words(date(2019, 1, 9), "en") == "2019-01-09"


def test_a_moment_is_the_countys() -> None:
    assert county_day(EVENING) == date(2019, 1, 9)
    assert moment_in_words(EVENING, "zh") == "2019年1月9日 04:05"
    assert moment_in_words(EVENING, "en") == "2019-01-09 04:05"


def test_a_day_that_does_not_exist_is_said_as_it_was_written() -> None:
    assert chinese_day(2019, 2, 31) == "2019年2月31日"


def test_a_month_is_said_without_its_day() -> None:
    assert chinese_month(date(2019, 1, 31)) == "2019年1月"
