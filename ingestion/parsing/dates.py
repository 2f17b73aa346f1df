"""Dates, months and years in every form people and Excel write them."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.base import Mask, Parsed, Setting, cleaned, groups, integers, mask, real_day
from ingestion.parsing.county_days import in_county_days
from ingestion.parsing.date_ranges import range_in
from ingestion.parsing.told_years import YearTold, month_alone, without_year
from ingestion.text.chinese_dates import CHINESE_DATE, dates_in_digits

_TIME = r"(?:[T ]\s*[0-9]{1,2}[:：时].*)?"
_ISO = r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$"
_PARTED = (
    r"^(?P<y>[0-9]{4})\s*[-/.年_]\s*(?P<m>[0-9]{1,2})\s*[-/.月_]\s*(?P<d>[0-9]{1,2})\s*[日号]?\s*"
    + _TIME
    + "$"
)
_COMPACT = r"^(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?:[0-9]{6}|\.0+)?$"
_MONTH_PARTED = r"^(?P<y>[0-9]{4})\s*[-/.年_]\s*(?P<m>[0-9]{1,2})\s*月?份?$"
_MONTH_COMPACT = r"^(?P<y>[0-9]{4})(?P<m>0[1-9]|1[0-2])(?:\.0+)?$"
_SERIAL = r"^(?P<s>[1-7][0-9]{4})(?:\.[0-9]+)?$"
_SHORT = r"^(?P<y>[0-9]{2})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})\s*[日号]?$"
_YEAR_ALONE = r"^(?P<y>(?:19|20)[0-9]{2})(?:\.0+)?\s*(?:年|年度)?$"
# 2019.10-12 may as well be two months: no day.
_MIXED = r"^[0-9]{4}\s*[/._年]\s*[0-9]{1,2}\s*-\s*[0-9]{1,2}$"
# A day with what a diary says beside it: 2019年3月5日(星期二)上午9:00.
_DIARY = (
    r"^(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})\s*[日号]?\s*"
    r"(?:\(?(?:星期|周)[一二三四五六日天]\)?)?\s*"
    r"(?:\(?(?:凌晨|早上|上午|中午|下午|晚上|晚|全天)\)?\s*(?:[0-9]{1,2}\s*[:时点].*)?)?$"
)
_DIARY_HOUR = (
    r"^(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})\s*[日号]\s*"
    r"(?:\(?(?:星期|周)[一二三四五六日天]\)?)?\s*(?:凌晨|早上|上午|中午|下午|晚上|晚)?\s*[0-9]{1,2}\s*[:时点].*$"
)
_MONTH_ZERO_LOST = (
    r"^(?P<y>[0-9]{4})\.(?P<m>1)$"  # a number cell 2019.10 arrives so: nobody can tell it from January
)
_OPEN = r"^(至今|现在|今|长期|长期有效|永久|在岗|在职|务工中)$"
# What programs write where there is no date: the zero of a calendar of theirs, or its end.
PLACEHOLDER = "DATE_PLACEHOLDER"
_NO_DATE = (
    r"^(0+([.:]0+)*|0+[-/]0+[-/]0+|(0000|1900)[-/.年]0?[01]([-/.月]00?[日号]?|月)?|0?[01]/0?0/1900|0?0/0?1/1900"
    r"|1900(00|01)(00)?|(9999|2099)([-/.年]?12([-/.月]?31[日号]?|月)?)?)([\sT][0-9:.]+Z?)?$"
)
_ZERO_DAYS = np.array(["1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "2099-12-31"], "datetime64[D]")
_ZERO_MONTHS = np.array(["1899-12", "1900-01", "1970-01", "2099-12"], "datetime64[M]")
_ZERO_YEARS = r"^(0+(\.0+)?|1900年?|9999年?)$"
_LAST_SERIAL = r"^(2958465|73050)(\.0+)?$"  # 9999-12-31 and 2099-12-31 as numbers
_EXCEL_DAY_0 = 25569  # 1970-01-01 as an Excel serial
_PIVOT = 30  # '29' is 2029, '30' is 1930
_EARLIEST, _LATEST = 1850, 2100
_EPOCH = date(1970, 1, 1)
_ANY_YEAR = 2000  # a leap year
_LONGEST = 60
YEAR_TOLD = "year_told"  # the repair of a cell without a year, which is that of the file

Days = npt.NDArray[np.int32]


class _Reading:
    """Collects, pattern by pattern, which texts are understood as which day."""

    def __init__(self, text: pa.Array, blank: Mask, date_offset: int = 0) -> None:
        n = len(text)
        self.text, moved = in_county_days(text)
        self.date_offset = date_offset
        self.open = ~blank
        self.days = np.zeros(n, dtype=np.int32)
        self.good = np.zeros(n, dtype=np.bool_)
        self.marks: dict[str, Mask] = {"county_day": moved} if moved is not None else {}

    def mark(self, code: str, part: Mask) -> None:
        self.marks[code] = self.marks.get(code, np.zeros(len(part), np.bool_)) | part

    def take(self, pattern: str, *marks: str, short_year: bool = False, but: str = "") -> None:
        """Read the texts that match `pattern`, not `but`, and were not read before."""
        if not self.open.any():
            return
        hit, parts = groups(self.text, pattern)
        hit &= self.open
        if but and hit.any():
            hit &= ~mask(pc.match_substring_regex(self.text, but))
        if not hit.any():
            return
        year = integers(parts["y"], hit).astype(np.int32)
        month = integers(parts["m"], hit).astype(np.int32) if "m" in parts else np.ones(len(hit), np.int32)
        day = integers(parts["d"], hit).astype(np.int32) if "d" in parts else np.ones(len(hit), np.int32)
        if short_year:
            year = year + np.where(year < _PIVOT, 2000, 1900).astype(np.int32)
        real = hit & real_day(year, month, day)
        sane = real & (year >= _EARLIEST) & (year <= _LATEST)
        self._keep(hit, sane, _days(year, month, day))
        self.mark("DATE_IMPOSSIBLE", hit & ~real)
        self.mark("DATE_OUT_OF_RANGE", real & ~sane)
        for code in marks:
            self.mark(code, sane)

    def take_serial(self) -> None:
        if not self.open.any():
            return
        hit, parts = groups(self.text, _SERIAL)
        hit &= self.open
        self._keep(hit, hit, (integers(parts["s"], hit) + self.date_offset - _EXCEL_DAY_0).astype(np.int32))
        self.mark("excel_serial", hit)

    def take_range(
        self, end: str | None, told: YearTold | None, *, months: bool = False, of_period: bool = False
    ) -> None:
        """The first or the last day of a range; one that ends before it begins stays unread.

        Where no end may be taken, a range is only told from what is written wrongly. A month that names a
        period (`of_period`) stands for the others of its range with a warning.
        """
        for at, text in self._left():
            year = told.year if told else None
            found = range_in(text, year)
            if found is None:
                if range_in(text, year or _ANY_YEAR) is not None and end:
                    self._refuse(at, "DATE_WITHOUT_YEAR")
                continue
            if end is None:
                if months:
                    self._refuse(at, "MONTH_SEVERAL")
                continue
            own = range_in(text) is not None
            if not own and not (told and told.holds(found.first, found.last or found.first)):
                self._refuse(at, "DATE_WITHOUT_YEAR")
                continue
            is_first = end == "first"
            day = found.first if is_first else found.last
            if day is None:
                self._note(at, "open_ended")
                self.open[at] = False
                continue
            self._take(at, day, "month_form" if months else "date_form")
            if of_period and found.last and (found.first.year, found.first.month) != (day.year, day.month):
                self._note(at, "MONTH_OF_SEVERAL")
            if not months and found.of_months[0 if is_first else 1]:
                self._note(at, "DATE_WITHOUT_DAY")
            if not own:
                self._note(at, YEAR_TOLD)

    def take_without_year(self, told: YearTold | None, *, months: bool = False) -> None:
        """3月5日 and 12月 in the year that title, sheet or file name name; elsewhere nobody knows it."""
        for at, text in self._left():
            found = without_year(text, told)
            if found is None and months and told is not None:
                found = month_alone(text, told)
            if found is None:
                continue
            if found.day is None:
                self._refuse(at, "DATE_WITHOUT_YEAR")
                continue
            self._take(at, found.day, "month_form" if months else "date_form")
            self._note(at, YEAR_TOLD)
            if not months and found.is_month:
                self._note(at, "DATE_WITHOUT_DAY")

    def _left(self) -> list[tuple[int, str]]:
        """The texts that were not read yet; what is longer than any date is none."""
        left = np.flatnonzero(self.open)
        texts = self.text.take(pa.array(left)).to_pylist()
        return [(at, text) for at, text in zip(left.tolist(), texts, strict=True) if len(text) <= _LONGEST]

    def _take(self, at: int, day: date, form: str) -> None:
        if not _EARLIEST <= day.year <= _LATEST:
            self._refuse(at, "DATE_OUT_OF_RANGE")
            return
        self.days[at] = (day - _EPOCH).days
        self.good[at], self.open[at] = True, False
        self._note(at, form)

    def _refuse(self, at: int, code: str) -> None:
        self.open[at] = False
        self._note(at, code)

    def _note(self, at: int, code: str) -> None:
        self.marks.setdefault(code, np.zeros(len(self.open), np.bool_))[at] = True

    def take_placeholders(self) -> None:
        """Dates that say that there is none, as they are written."""
        if not self.open.any():
            return
        hit = mask(pc.match_substring_regex(self.text, f"{_NO_DATE}|{_LAST_SERIAL}")) & self.open
        self.open &= ~hit
        self.mark(PLACEHOLDER, hit)

    def doubt(self, zeros: npt.NDArray[np.datetime64]) -> None:
        """Days (or months) that have been read and are the zero or the end of a calendar."""
        read = self.days.astype("datetime64[D]").astype(zeros.dtype)
        hit = self.good & np.isin(read, zeros)
        self.good &= ~hit
        for part in self.marks.values():
            part &= ~hit
        self.mark(PLACEHOLDER, hit)

    def take_open_end(self) -> Mask:
        hit = mask(pc.match_substring_regex(self.text, _OPEN)) & self.open
        self.open &= ~hit
        self.mark("open_ended", hit)
        return hit

    def _keep(self, hit: Mask, sane: Mask, days: Days) -> None:
        self.days[sane] = days[sane]
        self.good |= sane
        self.open &= ~hit

    def parsed(self, unread_code: str, problems: tuple[str, ...], blank: Mask, kind: pa.DataType) -> Parsed:
        self.mark(unread_code, self.open)
        found = {code: part for code, part in self.marks.items() if part.any()}
        problems = (*problems, PLACEHOLDER)
        return Parsed(
            pa.array(self.days, mask=~self.good).cast(kind),
            {code: part for code, part in found.items() if code in (*problems, unread_code)},
            {code: part for code, part in found.items() if code.islower()},
            blank,
        )


def names_a_range(texts: pa.Array) -> Mask:
    """Which texts go from one day or month to another, in whatever year."""
    text, _ = _dates_cleaned(texts)
    return np.array([range_in(one or "", _ANY_YEAR) is not None for one in text.to_pylist()], np.bool_)


def parse_date(texts: pa.Array, setting: Setting) -> Parsed:
    """A day; a month alone is taken as its first day, with a warning; 至今 is no date and no fault.

    So is a year alone where the contract allows it (`of_year`), and one end of a range (`of_range`).

    The zero and the end of a calendar (1900-01-00, 1970-01-01, 9999-12-31) are no date, with a warning.
    """
    reading, blank = _read_days(texts, setting.date_offset)
    told = setting.year_told
    reading.take_range(setting.column.of_range, told)
    if setting.column.of_year:
        reading.take(_YEAR_ALONE, "DATE_WITHOUT_MONTH", "date_form")
    reading.take_without_year(told)
    reading.doubt(_ZERO_DAYS)
    warnings = ("DATE_WITHOUT_DAY", "DATE_WITHOUT_MONTH", "DATE_TWO_DIGIT_YEAR", "MONTH_AMBIGUOUS")
    codes = ("DATE_IMPOSSIBLE", "DATE_OUT_OF_RANGE", "DATE_WITHOUT_YEAR", *warnings)
    return reading.parsed("DATE_FORM", codes, blank, pa.date32())


def day_as_written(texts: pa.Array) -> pa.Array:
    """The days that `texts` name, the zero of a calendar too: somebody may be born on 1970-01-01."""
    reading, blank = _read_days(texts)
    return reading.parsed("DATE_FORM", (), blank, pa.date32()).values


def _read_days(texts: pa.Array, date_offset: int = 0) -> tuple[_Reading, Mask]:
    text, blank = _dates_cleaned(texts)
    reading = _Reading(text, blank, date_offset)
    reading.take_placeholders()
    reading.take(_ISO)
    reading.take(_COMPACT, "date_form")
    reading.take(_PARTED, "date_form", but=_MIXED)
    reading.take_serial()
    reading.take(_MONTH_ZERO_LOST, "MONTH_AMBIGUOUS", "date_form")
    reading.take(_MONTH_PARTED, "DATE_WITHOUT_DAY", "date_form")
    reading.take(_MONTH_COMPACT, "DATE_WITHOUT_DAY", "date_form")
    reading.take(_SHORT, "DATE_TWO_DIGIT_YEAR", "date_form", short_year=True)
    reading.take(_DIARY, "date_form", but=_MIXED)
    reading.take(_DIARY_HOUR, "date_form")
    reading.take_open_end()
    return reading, blank


def _dates_cleaned(texts: pa.Array) -> tuple[pa.Array, Mask]:
    """`cleaned`, with the Chinese numerals of dates in digits."""
    text, blank = cleaned(texts)
    written = pc.match_substring_regex(text, CHINESE_DATE)
    if pc.any(written).as_py():
        digits = [dates_in_digits(one) for one in text.filter(written).to_pylist()]
        text = pc.replace_with_mask(text, pc.fill_null(written, False), pa.array(digits, pa.string()))
    return text, blank


def parse_year_month(texts: pa.Array, setting: Setting) -> Parsed:
    """The first day of the month; 至今 is no month and no fault where the cell may be blank."""
    text, blank = _dates_cleaned(texts)
    reading = _Reading(text, blank, setting.date_offset)
    reading.take_placeholders()
    reading.take(r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{2})$")
    ambiguous = mask(pc.match_substring_regex(text, _MONTH_ZERO_LOST))
    reading.take(_MONTH_PARTED, "month_form")
    reading.take(_MONTH_COMPACT, "month_form")
    for pattern in (_ISO, _PARTED, _COMPACT):
        reading.take(pattern, "month_form", but=_MIXED)
    reading.take_serial()
    of_period = not setting.column.nullable
    reading.take_range(setting.column.of_range, setting.year_told, months=True, of_period=of_period)
    reading.take_without_year(setting.year_told, months=True)
    if setting.column.nullable:  # of a month that names a period it is no answer
        reading.take_open_end()
    reading.mark("MONTH_AMBIGUOUS", ambiguous)
    months = reading.days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]")
    reading.days = months.astype(np.int32)
    reading.doubt(_ZERO_MONTHS)
    codes = (
        *("DATE_IMPOSSIBLE", "DATE_OUT_OF_RANGE", "MONTH_AMBIGUOUS", "DATE_WITHOUT_YEAR"),
        *("MONTH_SEVERAL", "MONTH_OF_SEVERAL"),
    )
    return reading.parsed("MONTH_FORM", codes, blank, pa.date32())


def parse_year(texts: pa.Array, setting: Setting) -> Parsed:
    """Four digits, alone or followed by 年, 年度 or the rest of a date."""
    text, blank = _dates_cleaned(texts)
    text, _ = in_county_days(text)
    hit, parts = groups(
        text,
        r"^(?P<y>[0-9]{4})(?:\.0+|\s*年度?|[-/.年][0-9]{1,2}(?:[-/.月].*)?|(?:0[1-9]|1[0-2])[0-9]{0,2})?$",
    )
    nothing = mask(pc.match_substring_regex(text, _ZERO_YEARS)) & ~blank
    hit &= ~blank & ~nothing
    year = integers(parts["y"], hit).astype(np.int32)
    sane = hit & (year >= _EARLIEST) & (year <= _LATEST)
    found = {PLACEHOLDER: nothing, "YEAR_FORM": ~hit & ~blank & ~nothing, "DATE_OUT_OF_RANGE": hit & ~sane}
    plain = mask(pc.match_substring_regex(text, r"^[0-9]{4}$"))
    return Parsed(
        pa.array(year, mask=~sane),
        {code: part for code, part in found.items() if part.any()},
        {"year_form": sane & ~plain} if (sane & ~plain).any() else {},
        blank,
    )


def _days(year: Days, month: Days, day: Days) -> Days:
    """Days since 1970-01-01; meaningless where the parts name no day."""
    months = ((year - 1970) * 12 + (month - 1)).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    return days.astype(np.int32)
