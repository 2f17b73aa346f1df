"""What a number format shows of a number, where that is more, less or another number than the cell holds.

Leading zeros, a code's letters, 万元, a number shown in thousands or ten thousands, percent, words in the
place of numbers (0 shown as 否), the month 2019.10 that is the number 2019.1. A plain format rounds at most:
there the number itself is taken.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ingestion.readers.formats.cell_text import UNSAFE_NUMBER, number_text

_TOKEN = re.compile(r'"([^"]*)"|[\\!](.)|[_*].|\[[^\]]*\]|(.)', re.S)
_CONDITION = re.compile(r"\[([<>=]{1,2})\s*(-?\d+(?:\.\d+)?)\]")
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
    "<>": operator.ne,
}  # fmt: skip
_SECTION_END = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_LONGEST = 255  # more than Excel allows
_BARE_SIGNS = frozenset("$-+/():^&'~{}<>= ")  # these need no quotes
_ZEROS = re.compile(r"0{2,15}")  # Excel keeps 15 digits: more zeros are there to avoid 4.4E+17
_AMOUNT = re.compile(r"(?:#,##)?[#0?]+(?:\.[#0?]+)?|General", re.I)
_SCALED = re.compile(r"(?P<number>(?:#,##)?[#0?]+(?:\.[#0?]*)?)(?P<commas>,*)")
_MONTH = re.compile(r"[#0?]+\.[0?]{2}")
_POWERS = {"千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}
_WAN = 4
_UNIT = re.compile(r"(千|[十百千]?万|亿)([元圆人户个]?)")
_SIGNS = frozenset("-+¥￥$ ")
# Formats that a file names by their number alone.
_BUILT_IN = {"2": "0.00", "9": "0%", "10": "0.00%"}
UNIT_UNKNOWN = 99  # a power that no unit has: what is shown names another unit than that of the number

Kind = Literal["plain", "zeros", "unit", "percent", "scaled", "month", "words"]


@dataclass(frozen=True)
class Section:
    """One part of a format.

    `kind` says what it does: 'zeros' fills up to `digits` digits between `before` and the texts
    `inside` (by how many digits follow them); 'unit' adds `behind`; 'scaled' shows the number divided
    by 10 to the `power`; 'month' has two decimals; 'words' shows `behind` in place of the number.
    `asked` is the power that the unit of the column has to explain, 0 where the text names its unit.
    """

    kind: Kind
    before: str = ""
    behind: str = ""
    digits: int = 0
    power: int = 0
    asked: int = 0
    inside: tuple[tuple[int, str], ...] = ()

    def text(self, value: float) -> str | None:
        """The text that stands for the cell; None where it is but the number."""
        if abs(value) >= UNSAFE_NUMBER or value != value:
            return None
        match self.kind:
            case "zeros":
                return self._filled_up(value)
            case "unit":
                return number_text(value) + self.behind
            case "percent":
                return f"{moved(value, 2)}%{self.behind}"
            case "scaled":
                return moved(value, -self.power) + self.behind
            case "month":
                return f"{value:.2f}" if is_month_ten(value) else None
            case "words":
                return self.behind
        return None

    def _filled_up(self, value: float) -> str | None:
        if value < 0 or value != int(value):
            return None
        digits = str(int(value)).zfill(self.digits)
        for following, text in self.inside:
            digits = f"{digits[:-following]}{text}{digits[-following:]}"
        return self.before + digits


@dataclass(frozen=True)
class Shown:
    """The sections of a format: for positive numbers, negative ones and zero, or each with its condition."""

    sections: tuple[Section | None, ...]
    conditions: tuple[tuple[str, float] | None, ...] = ()

    def section(self, value: float) -> Section | None:
        if any(self.conditions):
            return self._by_condition(value)
        place = 1 if value < 0 else 2 if value == 0 else 0
        return self.sections[place if place < len(self.sections) else 0]

    def text(self, value: float) -> str | None:
        """What stands for the number in the cell; None where it is but the number."""
        section = self.section(value)
        return section.text(value) if section else None

    def power(self, value: float) -> int:
        """By which power of ten the number is larger than what is shown; 0 where both are one, or say so."""
        section = self.section(value)
        return section.asked if section and value else 0

    @property
    def months_only(self) -> bool:
        """Whether nothing but a month in October is shown otherwise: such formats are on every amount."""
        return all(section is None or section.kind == "month" for section in self.sections)

    def _by_condition(self, value: float) -> Section | None:
        for section, condition in zip(self.sections, self.conditions, strict=True):
            if condition is None or _COMPARED[condition[0]](value, condition[1]):
                return section
        return None


def moved(value: float, places: int) -> str:
    """The number with its point moved by so many places to the right, in all its digits."""
    text = format(Decimal(number_text(value)).scaleb(places), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_month_ten(value: float) -> bool:
    """Whether a number can be the tenth month of a year: 2019.10."""
    return 1900 <= value < 2100 and abs(value - int(value) - 0.1) < 1e-9


def shown_by(code: str) -> Shown | None:
    """What a number format shows that the number does not; None for the many that show but the number."""
    if len(code) > _LONGEST:
        return None
    parts = _SECTION_END.split(code)[:3]
    conditions = tuple(_condition(part) for part in parts)
    sections = tuple(_section(part) for part in parts)
    if not any(conditions):
        conditions = ()
        if any(_has_digits(part) for part in parts):  # words beside numbers: 无 for 0
            sections = tuple(None if section and section.kind == "words" else section for section in sections)
    return Shown(sections, conditions) if any(sections) else None


def _has_digits(code: str) -> bool:
    return any(sign in "#0?G" for _, sign in _tokens(code) if sign)


def _condition(code: str) -> tuple[str, float] | None:
    found = _CONDITION.search(code)
    return (found[1], float(found[2])) if found and found[1] in _COMPARED else None


def _section(code: str) -> Section | None:
    before, behind, pattern, inside = "", "", "", []
    for literal, sign in _tokens(code):
        if sign and behind:
            if behind.strip():  # blanks only group the digits
                inside.append((len(pattern), behind.strip()))
            behind = ""
        pattern += sign
        if pattern:
            behind += literal
        else:
            before += literal
    if not pattern:
        words = (before + behind).strip()
        return Section("words", behind=words) if words.strip("-—/ ") else None
    return _with_digits(before, pattern, behind.strip(), inside)


def _with_digits(before: str, pattern: str, behind: str, inside: list[tuple[int, str]]) -> Section | None:
    digits = len(pattern)
    if _ZEROS.fullmatch(pattern) and not behind and not any("." in text for _, text in inside):
        stands = tuple((digits - at, text) for at, text in inside)
        return Section("zeros", before if set(before) - _SIGNS else "", digits=digits, inside=stands)
    if pattern.endswith("%") and _AMOUNT.fullmatch(pattern[:-1]) and not inside:
        return Section("percent", behind=behind)
    if scaled := _scaled(pattern, inside, behind):
        return scaled
    if inside:
        return None
    if _MONTH.fullmatch(pattern) and not behind and not before.strip():
        return Section("month")
    if _AMOUNT.fullmatch(pattern) and _UNIT.fullmatch(behind):
        return Section("unit", behind=behind)
    return None


def _scaled(pattern: str, inside: Sequence[tuple[int, str]], behind: str) -> Section | None:
    """The section of a format that shows thousands, ten thousands or millions."""
    found = _SCALED.fullmatch(pattern)
    if not found or len(inside) > 1 or (inside and inside[0][1] != "."):
        return None
    whole = found["number"].partition(".")
    if inside and whole[1]:
        return None
    after_point = len(found["number"]) - inside[0][0] if inside else 0
    power = 3 * len(found["commas"]) + max(after_point, 0)
    if not power:
        return None
    unit = _UNIT.fullmatch(behind)
    if not behind:
        return Section("scaled", power=power, asked=power)
    if unit is None or _POWERS[unit[1]] != power:
        return Section("scaled", power=power, asked=UNIT_UNKNOWN) if unit or behind in "元圆" else None
    if power == _WAN:  # 4.3万元 names its unit itself
        return Section("scaled", behind=behind, power=power)
    return Section("scaled", power=power, asked=power)


def _tokens(code: str) -> Iterator[tuple[str, str]]:
    """(text that is shown as it stands, sign of the pattern): one of them is empty."""
    for found in _TOKEN.finditer(code):
        literal = found[1] or found[2] or ""
        bare = found[3] or ""
        if bare in _BARE_SIGNS or (bare and not bare.isascii()):
            literal, bare = bare, ""
        yield literal, bare


def shown_formats(formats: Mapping[str, str]) -> dict[str, Shown]:
    """Number of a format → what it shows, by the formats that a file declares and those it need not."""
    found = ((key, shown_by(code)) for key, code in {**_BUILT_IN, **formats}.items())
    return {key: shown for key, shown in found if shown}
