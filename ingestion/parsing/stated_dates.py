"""The date a file speaks for, from what its title rows and its name say."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from ingestion.text.chinese_dates import dates_in_digits

_YEAR = r"(?<!\d)((?:19|20)\d{2})"
_DAY = _YEAR + r"\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?"
_CUT_OFF = re.compile(r"(?:截止|截至)[^0-9]{0,12}" + _DAY)
_CUT_OFF_COMPACT = re.compile(r"(?:截止|截至)[^0-9]{0,12}" + _YEAR + r"(\d{2})(\d{2})(?!\d)")
_CUT_OFF_MONTH = re.compile(
    r"(?:截止|截至)[^0-9]{0,12}" + _YEAR + r"\s*[-/.年]\s*(\d{1,2})(?:\s*月|(?![-/.\d]))"
)
# When somebody filled in or printed the sheet says nothing about its content.
_FILLED_ON = re.compile(
    r"(?:填报|填表|制表|打印|导出|上报|报送|生成|制作|审核|编制)(?:时间|日期)\s*[::]?\s*[\d年月日\-/. :]*"
)
_SEP = r"\s*(?:[-—–―─~]+|至|到)\s*"
_POINT = r"\s*(?:年度?|[-/.])?\s*(\d{1,2})\s*(?:月份?|[-/.])?\s*(?:(\d{1,2})(?!\d)\s*日?)?"
_RANGE = re.compile(
    _YEAR + _POINT + _SEP
    + r"(?:" + _YEAR + _POINT
    + r"(?!\d)|(\d{1,2})\s*月份?(?:\s*(\d{1,2})\s*日)?|(\d{1,2})[/.](\d{1,2})(?!\d))"
)  # fmt: skip
_LISTED_MONTHS = re.compile(
    _YEAR + r"\s*年度?\s*(\d{1,2})\s*月?(?:\s*[、和及与,]\s*(\d{1,2})\s*月?)*\s*[、和及与,]\s*(\d{1,2})\s*月"
)
_MONTH = re.compile(_YEAR + r"\s*年度?\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?")
_COMPACT = re.compile(_YEAR + r"([-._/]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?!\d)")
_PART_OF_YEAR = re.compile(
    _YEAR + rf"\s*年?(?:度)?((?:上|下|前)半年|(?:前|第?[一二1-3]{_SEP}第?|第)?([一二两三四1-4])个?季度)"
)
_WHOLE_YEAR = re.compile(_YEAR + r"\s*年(?!\s*\d|秋|春|上|下)")
_CLOSED_LATE = timedelta(days=20)
_QUARTERS = {"一": 3, "1": 3, "二": 6, "2": 6, "两": 6, "三": 9, "3": 9, "四": 12, "4": 12}
# A date that stands alone, or with the word for a date, says when the sheet was filled in.
_LONE_DAY = re.compile(rf"(?:^|(?<=[\s,;|]))(?:日期|时间)?:?{_DAY}(?=$|[\s,;|])")
_BESIDE_FILLER = re.compile(
    r"(?:填报|填表|制表|打印|导出|上报|报送|生成|制作|审核|编制)(?:(?!统计|数据|所属|截)[^0-9]){0,24}?" + _DAY
)

Span = tuple[date, date]


def stated_date(title_lines: Iterable[str], file_name: str, footers: Iterable[str] = ()) -> date | None:
    """The date that titles, file name and the rows below the data give, the surest first.

    统计截止日期; the month, quarter or day that a title names; that of the file name; the year of either.
    The day on which somebody filled the sheet in, and whatever else stands below the data, go last.
    """
    lines, below = [in_digits(line) for line in title_lines], [in_digits(line) for line in footers]
    if found := period_in(lines, below):
        return found
    stem = in_digits(file_name.rpartition(".")[0] or file_name)
    year, named = _first(map(without_filling_day, lines), _year_end), _last_day(stem)
    if named and (year is None or year.year == named.year):
        return named
    year = year or _year_end(stem)
    filled = [day for line in [*lines, *below] if (day := _month_end(_FILLED_ON.sub(" ", line)))]
    if year:
        return next((day for day in filled if day.year == year.year), year)
    return filled[0] if filled else _first(below, _year_end)


def period_in(title_lines: Iterable[str], footers: Iterable[str] = ()) -> date | None:
    """The last day of the period that a table itself names beyond doubt."""
    lines = [in_digits(line) for line in title_lines]
    return _first([*lines, *map(in_digits, footers)], _cut_off) or _first(
        map(without_filling_day, lines), _last_period_day
    )


def year_in(title_lines: Iterable[str]) -> int | None:
    """The year that the titles name."""
    found = _first([without_filling_day(in_digits(line)) for line in title_lines], _year_end)
    return found.year if found else None


def filling_days(title_lines: Iterable[str]) -> list[date]:
    """The days in titles that may be those on which the sheet was filled in."""
    lines = [_FILLED_ON.sub(" ", in_digits(line)) for line in title_lines]
    return [
        day
        for line in lines
        if not _range(line)
        for pattern in (_LONE_DAY, _BESIDE_FILLER)
        for hit in pattern.finditer(line)
        if (day := _day(hit[1], hit[2], hit[3]))
    ]


def named_span(text: str) -> Span | None:
    """First and last day of the years, months or single day that `text` names."""
    plain = in_digits(text)
    if day := _cut_off(plain):
        return day, day
    plain = without_filling_day(plain)
    if span := _range(plain):
        return span
    if hit := _PART_OF_YEAR.search(plain):
        last = _part_end(hit)
        since_january = "前" in hit[2] or re.search(_SEP, hit[2])
        first = 1 if since_january else last.month - (2 if hit[3] else 5)
        return date(last.year, first, 1), last
    if last_day := _last_day(plain):
        return (last_day if _names_a_day(plain) else last_day.replace(day=1)), last_day
    years = [int(year) for year in _WHOLE_YEAR.findall(plain)]
    return (date(min(years), 1, 1), date(max(years), 12, 31)) if years else None


def in_digits(text: str) -> str:
    """NFKC, no blanks behind a colon, dates in digits."""
    return dates_in_digits(re.sub(r"\s*:\s*", ":", unicodedata.normalize("NFKC", text)))


def without_filling_day(line: str) -> str:
    """A title without the day on which somebody filled it in; a range of days is no such day."""
    plain = _FILLED_ON.sub(" ", line)
    return plain if _range(plain) else _BESIDE_FILLER.sub(" ", _LONE_DAY.sub(" ", plain))


def _last_day(stem: str) -> date | None:
    return _last_period_day(stem, _compact)


def _last_period_day(text: str, also: Callable[[str], date | None] = lambda _: None) -> date | None:
    span = _range(text)
    return span[1] if span else also(text) or _month_end(text)


def _range(text: str) -> Span | None:
    """The first and last day of 2019年1月—2019年6月, 2019.1.1-6.30, 201901-201906, 2019年1、2月."""
    for hit in _RANGE.finditer(text):
        year = hit[4] or hit[1]
        month, day = (hit[5] or hit[7] or hit[9]), (hit[6] or hit[8] or hit[10])
        first = _day(hit[1], hit[2], hit[3] or "1")
        last = _day(year, month, day) if day else month_end(int(year), int(month))
        if first and last and first <= last:
            return first, last
    if listed := _LISTED_MONTHS.search(text):
        last = month_end(int(listed[1]), int(listed[4]))
        first = _day(listed[1], listed[2], "1")
        if first and last and first <= last:
            return first, last
    return None


def contradicts(said: Span, stated: Span) -> bool:
    """Whether two spans have no day in common; what is said of a month may be cut off some days later."""
    late = _CLOSED_LATE if stated[0] == stated[1] else timedelta(0)
    return stated[0] > said[1] + late or stated[1] < said[0]


def _names_a_day(text: str) -> bool:
    compact, month = _COMPACT.search(text), _MONTH.search(text)
    return bool((compact and compact[4]) or (month and month[3]))


def month_end(year: int, month: int) -> date | None:
    """Last day of the month; None where there is no such month."""
    if not 1 <= month <= 12:
        return None
    return date(year, month, calendar.monthrange(year, month)[1])


def _first(texts: Iterable[str], look: Callable[[str], date | None]) -> date | None:
    for text in texts:
        if found := look(text):
            return found
    return None


def _cut_off(line: str) -> date | None:
    for pattern in (_CUT_OFF, _CUT_OFF_COMPACT):
        if (hit := pattern.search(line)) and (day := _day(hit[1], hit[2], hit[3])):
            return day
    if hit := _CUT_OFF_MONTH.search(line):
        return month_end(int(hit[1]), int(hit[2]))
    return None


def _month_end(text: str) -> date | None:
    if hit := _MONTH.search(text):
        day = _day(hit[1], hit[2], hit[3]) if hit[3] else None
        return day or month_end(int(hit[1]), int(hit[2]))
    if hit := _PART_OF_YEAR.search(text):
        return _part_end(hit)
    return None


def _part_end(hit: re.Match[str]) -> date:
    """The end of 2019年上半年, 第三季度, 前三季度, 一至三季度."""
    month = _QUARTERS[hit[3]] if hit[3] else 12 if hit[2] == "下半年" else 6
    return date(int(hit[1]), month, calendar.monthrange(int(hit[1]), month)[1])


def _compact(text: str) -> date | None:
    if hit := _COMPACT.search(text):
        day = _day(hit[1], hit[3], hit[4]) if hit[4] else None
        return day or month_end(int(hit[1]), int(hit[3]))
    return None


def _year_end(text: str) -> date | None:
    years = _WHOLE_YEAR.findall(text)
    return date(int(years[-1]), 12, 31) if years else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
