"""A day or month without its year: 3月5日, 12月 below a title that names the year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

_DAY = re.compile(
    r"^(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*[日号]?\s*(?:\(?(?:星期|周)[一二三四五六日天]\)?)?\s*"
    r"(?:\(?(?:凌晨|早上|上午|中午|下午|晚上|晚|全天)\)?\s*(?:[0-9]{1,2}\s*[:时点].*)?)?$"
)
_MONTH = re.compile(r"^(?P<m>[0-9]{1,2})\s*月份?$")
# A number cell makes 10.1 of 10.10 and 3.2 of 3.20: such a day is not taken.
_POINTED = re.compile(r"^(?P<m>[0-9]{1,2})[./](?P<d>[0-9]{2}|[4-9])$")
_NUMBER = re.compile(r"^0?(?P<m>[0-9]{1,2})(?:\.0+)?$")
_NEAR = timedelta(days=92)  # within which something may be paid after the time that it is paid for

Rule = Literal["until", "around"]


@dataclass(frozen=True)
class YearTold:
    """First and last day of what title, sheet or file name name, within one year.

    `until`: what happened up to its end. `around`: what is paid for it, which may be done after it.
    """

    first: date
    last: date
    rule: Rule

    @property
    def year(self) -> int:
        return self.first.year

    def holds(self, first: date, last: date) -> bool:
        """Whether days of this year are meant, and cannot be those of the year before or after."""
        if self.first <= first and last <= self.last:
            return True
        if self.rule == "until":
            return last <= self.last
        if first > self.last:
            return first - self.last <= _NEAR
        return _a_year_on(first) - self.last > _NEAR


@dataclass(frozen=True)
class Found:
    """What a text without a year is; no `day` where nothing says the year."""

    day: date | None
    is_month: bool = False


def without_year(text: str, told: YearTold | None) -> Found | None:
    """The day of 3月5日, the first day of 12月; None for what is neither."""
    hit = _DAY.match(text) or _MONTH.match(text)
    pointed = None if hit else _POINTED.match(text)
    hit = hit or pointed
    if hit is None:
        return None
    is_month = "d" not in hit.groupdict()
    month, day = int(hit["m"]), 1 if is_month else int(hit["d"])
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2000, month)[1]:
        return None
    found = _day(told.year, month, day) if told else None
    if found and told and told.holds(found, found):
        return Found(found, is_month)
    return None if pointed else Found(None, is_month)


def month_alone(text: str, told: YearTold) -> Found | None:
    """12 below 月份, where that is the very month that the file names; 3 might be three months."""
    hit = _NUMBER.match(text)
    if hit is None or int(hit["m"]) != told.first.month or told.last.month != told.first.month:
        return None
    return Found(date(told.year, told.first.month, 1), True)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _a_year_on(day: date) -> date:
    return _day(day.year + 1, day.month, day.day) or date(day.year + 1, 3, 1)
