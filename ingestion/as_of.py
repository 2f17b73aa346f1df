"""The date a file speaks for, from what its title rows and its name say."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, timedelta

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
_MONTHS = re.compile(_YEAR + r"\s*年\s*\d{1,2}\s*月?\s*[-—–~至到]\s*(\d{1,2})\s*月")
_MONTH = re.compile(_YEAR + r"\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?")
_COMPACT = re.compile(_YEAR + r"([-._/]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?!\d)")
_PART_OF_YEAR = re.compile(_YEAR + r"\s*年?\s*(?:度)?第?(上半年|下半年|[一二三四1-4]季度)")
_WHOLE_YEAR = re.compile(_YEAR + r"\s*年(?!\s*\d|秋|春|上|下)")
_CLOSED_LATE = timedelta(days=20)
_ENDS = {"上半年": 6, "下半年": 12, "一季度": 3, "二季度": 6, "三季度": 9, "四季度": 12}
_ENDS |= {"1季度": 3, "2季度": 6, "3季度": 9, "4季度": 12}


def stated_date(title_lines: Iterable[str], file_name: str) -> date | None:
    """统计截止日期 of a title row, else the last day of the month (or year) in title or file name."""
    lines = [unicodedata.normalize("NFKC", line) for line in title_lines]
    for line in lines:
        if found := _cut_off(line):
            return found
    texts = [_FILLED_ON.sub(" ", line) for line in lines]
    stem = unicodedata.normalize("NFKC", file_name).rpartition(".")[0] or file_name
    if found := _first(texts, _month_end) or _compact(stem) or _month_end(stem):
        return found
    return _first([*texts, stem], _year_end)


Span = tuple[date, date]


def named_span(text: str) -> Span | None:
    """First and last day of the years, months or single day that `text` names."""
    plain = unicodedata.normalize("NFKC", text)
    if day := _cut_off(plain):
        return day, day
    plain = _FILLED_ON.sub(" ", plain)
    if hit := _PART_OF_YEAR.search(plain):
        last = month_end(int(hit[1]), _ENDS[hit[2]])
        months = 6 if hit[2].endswith("半年") else 3
        return (date(last.year, last.month - months + 1, 1), last) if last else None
    if last := _compact(plain) or _month_end(plain):
        return (last if _names_a_day(plain) else last.replace(day=1)), last
    years = [int(year) for year in _WHOLE_YEAR.findall(plain)]
    return (date(min(years), 1, 1), date(max(years), 12, 31)) if years else None


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
    if hit := _MONTHS.search(text):
        return month_end(int(hit[1]), int(hit[2]))
    if hit := _MONTH.search(text):
        day = _day(hit[1], hit[2], hit[3]) if hit[3] else None
        return day or month_end(int(hit[1]), int(hit[2]))
    if hit := _PART_OF_YEAR.search(text):
        return month_end(int(hit[1]), _ENDS[hit[2]])
    return None


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
