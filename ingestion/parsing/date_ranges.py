"""From a day or month to another in one cell: 2019年8月5日-8月20日, 2019.10-12, 2019年3月-至今."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_DASH = re.compile(r"\s*(?:[-‐–—―─~〜]+|至|到)\s*")
_STRONG_DASH = re.compile("[‐–—―─~〜至到]")
# What stands behind the days and only says how many they are.
_COUNT = r"\s*[0-9]{1,3}\s*(?:天|日|个?月|课时|学时)"
_NOTE = re.compile(rf"\s*(?:\([共计为期]*{_COUNT}\s*\)|[,，;]?\s*(?:共|共计|计|为期){_COUNT})$")
_OPEN = re.compile(r"^(至今|现在|今|长期|在岗|在职|务工中)$")
_COMPACT = re.compile(r"^(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3][0-9])?$")
_POINT = re.compile(
    r"^(?:(?P<y>[0-9]{4})\s*(?P<ys>[-/.年])\s*)?(?P<m>[0-9]{1,2})\s*(?P<ms>[-/.]|月份?)?"
    r"(?:(?<!份)\s*(?P<d>[0-9]{1,2})\s*[日号]?)?$"
)
_NUMBER = re.compile(r"^(?P<n>[0-9]{1,2})\s*(?P<unit>日|号|月份?)?$")


@dataclass(frozen=True)
class Point:
    """One end of a range, as far as it is written."""

    year: int | None
    month: int | None
    day: int | None

    def date(self) -> date | None:
        """Its day, the first of the month where it is but a month."""
        if self.year is None or self.month is None:
            return None
        try:
            return date(self.year, self.month, self.day or 1)
        except ValueError:
            return None


@dataclass(frozen=True)
class Range:
    first: date
    last: date | None  # None: it goes on
    of_months: tuple[bool, bool]  # which end has no day of its own


def range_in(text: str, year: int | None = None) -> Range | None:
    """The range that `text` (after NFKC, in digits) can only be; `year` is for a first end without one.

    None for what is none, for one that ends before it begins, and where two readings are possible.
    """
    plain = _NOTE.sub("", text)
    found: dict[tuple[date, date | None], Range] = {}
    for dash in _DASH.finditer(plain):
        left, right = plain[: dash.start()].strip(), plain[dash.end() :].strip()
        if dash[0].strip() in ("至", "到") and right == "今":
            right = "至今"
        reading = _range(left, right, year)
        if reading is not None:
            found[reading.first, reading.last] = reading
            if _STRONG_DASH.search(dash[0]):  # it parts nothing else
                return reading
    return next(iter(found.values())) if len(found) == 1 else None


def _range(left: str, right: str, year: int | None) -> Range | None:
    lone = _NUMBER.match(left)
    if lone and lone["unit"] is None:  # 10-12月, 5-20日 take the unit behind
        end = _NUMBER.match(right)
        if end is None or not (end["unit"] or "").startswith("月"):
            return None
        begin: Point | None = Point(year, int(lone["n"]), None)
    else:
        begin = _point(left)
    if begin is None:
        return None
    begin = Point(begin.year or year, begin.month, begin.day)
    first = begin.date()
    if first is None:
        return None
    if _OPEN.match(right):
        return Range(first, None, (begin.day is None, False))
    end_point = _end(right, begin)
    last = end_point.date() if end_point else None
    if end_point is None or last is None or last < first:
        return None
    return Range(first, last, (begin.day is None, end_point.day is None))


def _end(text: str, begin: Point) -> Point | None:
    """The second end, which leaves off what it has in common with the first."""
    if lone := _NUMBER.match(text):
        number, unit = int(lone["n"]), lone["unit"] or ""
        if unit.startswith("月") or (not unit and begin.day is None):
            return Point(begin.year, number, None) if begin.day is None else None
        return Point(begin.year, begin.month, number) if begin.day is not None else None
    point = _point(text)
    if point is None or (point.day is None) != (begin.day is None):
        return None
    return Point(point.year or begin.year, point.month, point.day)


def _point(text: str) -> Point | None:
    """2019年8月5日, 2019.8.5, 20190805, 2019年8月, 8月5日, 8.5; never a number alone."""
    if hit := _COMPACT.match(text):
        return Point(int(hit["y"]), int(hit["m"]), int(hit["d"]) if hit["d"] else None)
    hit = _POINT.match(text)
    if hit is None or (hit["y"] is None and hit["ms"] is None):
        return None
    if hit["d"] and not hit["ms"]:
        return None
    if hit["d"] and hit["y"] and hit["ys"] != "年" and hit["ms"] not in (hit["ys"], "月"):
        return None
    if not hit["d"] and hit["ms"] and not hit["ms"].startswith("月"):
        return None
    day = int(hit["d"]) if hit["d"] else None
    return Point(int(hit["y"]) if hit["y"] else None, int(hit["m"]), day)
