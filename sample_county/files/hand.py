"""How an office writes one feed: its headers and their order, its words, its dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from sample_county.dirt import DATE_FORMS, EXCEL_EPOCH
from sample_county.files.sheet import Cell

DateForm = Literal["iso", "compact", "dot", "slash", "chinese", "serial", "number", "cell"]
MonthForm = Literal["iso", "compact", "slash", "chinese", "number", "cell"]
YesNo = tuple[str | None, str | None]
_MONTHS = {
    "iso": "{0:04d}-{1:02d}",
    "compact": "{0:04d}{1:02d}",
    "slash": "{0:04d}/{1:02d}",
    "chinese": "{0:04d}年{1}月",
}


class Hand(BaseModel):
    """One feed by the habits of one office; a column it says nothing of is written as the contract has it.

    `serial`: the number that Excel has for the day. `number`: 20191231 as a number. `cell`: a date cell.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str]  # column → header, from left to right; the others follow
    left_out: tuple[str, ...] = ()
    words: dict[str, dict[str, str]] = {}  # column → clean value → what is written for it
    yes_no: YesNo = ("是", "否")
    answers: dict[str, YesNo] = {}  # the same for single columns
    dates: DateForm = "iso"
    date_forms: dict[str, DateForm] = {}  # the same for single columns
    months: MonthForm = "iso"
    years: str = "{}"
    school_years: str = "{}-{}"
    towns: int | None = None  # which of `town_variants`
    villages: int | None = None  # which of `village_variants`
    numbers: tuple[str, ...] = ()  # texts of digits that are typed as numbers
    parted_by: dict[str, str] = {}  # what stands between several values of a cell
    brackets: dict[str, str] = {}  # column of 文号 → what its two brackets are: "[]", "（）"
    blanks: dict[str, str] = {}  # column → what stands where there is nothing
    ditto: tuple[str, ...] = ()  # columns where 同上 stands for the cell above

    def yes_no_of(self, column: str) -> YesNo:
        return self.answers.get(column, self.yes_no)

    def date_form(self, column: str, *, workbook: bool) -> Callable[[date], Cell]:
        """How a day is written; in a text file a date cell and a number are text."""
        form = self.date_forms.get(column, self.dates)
        if form == "cell" and workbook:
            return lambda day: day
        if form == "serial" and workbook:
            return lambda day: (day - EXCEL_EPOCH).days if day.year > 1900 else day.isoformat()
        if form == "number" and workbook:
            return lambda day: int(f"{day:%Y%m%d}")
        pattern = DATE_FORMS[{"cell": "slash", "serial": "iso", "number": "compact"}.get(form, form)]
        return lambda day: pattern.format(day.year, day.month, day.day)

    def month_form(self, *, workbook: bool) -> Callable[[date], Cell]:
        if self.months == "cell" and workbook:
            return lambda day: day
        if self.months == "number" and workbook:
            return lambda day: day.year * 100 + day.month
        pattern = _MONTHS[{"cell": "slash", "number": "compact"}.get(self.months, self.months)]
        return lambda day: pattern.format(day.year, day.month)

    def text_form(self, column: str) -> Callable[[str], Cell]:
        """How a code or a text is written."""
        words = self.words.get(column, {})
        if pair := self.brackets.get(column):
            return lambda value: value.replace("〔", pair[0]).replace("〕", pair[1:])
        if column in self.numbers:
            return lambda value: int(value) if value.isdigit() and len(value) <= 15 else value
        if (parting := self.parted_by.get(column)) is not None:
            return lambda value: value.replace(";", parting)
        return lambda value: words.get(value, value)

    def school_year_form(self) -> Callable[[str], Cell]:
        return lambda value: self.school_years.format(*value.split("-"))

    def year_form(self) -> Callable[[Any], Cell]:
        plain = self.years == "{}"
        return lambda value: int(value) if plain else self.years.format(int(value))
