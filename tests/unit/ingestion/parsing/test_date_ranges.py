"""Two days or months in one cell."""

from datetime import date

import pytest

from ingestion.parsing.date_ranges import range_in


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2019年8月5日-8月20日", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019年8月5日至20日", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019年8月5日-2019年8月20日", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019.8.5-8.20", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019.8.5-2019.8.20", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019-8-5至2019-8-20", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019-08-05 ~ 2019-08-20", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019/8/5~20", date(2019, 8, 5), date(2019, 8, 20)),
        ("20190805-20190820", date(2019, 8, 5), date(2019, 8, 20)),
        ("2018.12.28-2019.1.5", date(2018, 12, 28), date(2019, 1, 5)),
        ("2019年8月5日至20日(15天)", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019年8月5日至20日,共15天", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019年10月-2019年12月", date(2019, 10, 1), date(2019, 12, 1)),
        ("2019年10月-12月", date(2019, 10, 1), date(2019, 12, 1)),
        ("2019年10-12月", date(2019, 10, 1), date(2019, 12, 1)),
        ("2019.10-2019.12", date(2019, 10, 1), date(2019, 12, 1)),
        ("2019.10-12", date(2019, 10, 1), date(2019, 12, 1)),
        ("201910-201912", date(2019, 10, 1), date(2019, 12, 1)),
        ("2019年10月至2020年1月(4个月)", date(2019, 10, 1), date(2020, 1, 1)),
        ("2019年3月-至今", date(2019, 3, 1), None),
        ("2019年3月5日至今", date(2019, 3, 5), None),
        # the year is told elsewhere
        ("8月5日-20日", date(2019, 8, 5), date(2019, 8, 20)),
        ("8月5日至9月2日", date(2019, 8, 5), date(2019, 9, 2)),
        ("8.5-8.20", date(2019, 8, 5), date(2019, 8, 20)),
        ("10-12月", date(2019, 10, 1), date(2019, 12, 1)),
        ("10月至12月", date(2019, 10, 1), date(2019, 12, 1)),
    ],
)
def test_ends_of_a_range(written, first, last):
    found = range_in(written, 2019)
    assert found is not None and (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    "written",
    [
        "2018.12.28-1.5",  # ends before it begins
        "2019.8.5-8.32",
        "2019年13月-14月",
        "5-20",
        "5-20日",  # of which month?
        "2019年8月5日-10月",  # a day and a month
        "2019年",
        "2019年8月5日",
        "10-12",
        "至今",
        "2019年8月5日、6日",
        "-",
        "第1期-第2期",
    ],
)
def test_what_is_no_range(written):
    assert range_in(written, 2019) is None


def test_without_a_year_nothing_is_guessed():
    assert range_in("8月5日-20日") is None and range_in("10-12月") is None
    assert range_in("8月5日-2019年8月20日") is None
