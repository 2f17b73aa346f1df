"""In which languages people are spoken to, and how a day and a moment are said: by the county's clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Language = Literal["zh", "en"]

COUNTY_TIME = ZoneInfo("Asia/Shanghai")


def county_day(moment: datetime) -> date:
    """The day of a moment (with its zone) by the county's clock."""
    return moment.astimezone(COUNTY_TIME).date()


def day_in_words(day: date, lang: Language) -> str:
    """2019年1月31日, 2019-01-31"""
    return day.isoformat() if lang == "en" else chinese_day(day.year, day.month, day.day)


def moment_in_words(moment: datetime, lang: Language) -> str:
    """2019年1月31日 09:05, 2019-01-31 09:05: a moment (with its zone) by the county's clock."""
    local = moment.astimezone(COUNTY_TIME)
    return f"{day_in_words(local.date(), lang)} {local:%H:%M}"


def chinese_month(day: date) -> str:
    """2019年1月"""
    return f"{day.year}年{day.month}月"


def chinese_day(year: int, month: int, day: int) -> str:
    """The same of what may be no day at all: somebody wrote it so."""
    return f"{year}年{month}月{day}日"
