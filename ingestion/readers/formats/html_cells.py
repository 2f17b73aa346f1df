"""What cells of a page that Excel wrote say beside their text: the number they hold, struck or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ingestion.readers.formats.cell_text import UNSAFE_NUMBER, number_text
from ingestion.readers.formats.number_formats import UNIT_UNKNOWN, moved
from ingestion.readers.formats.xls import DAYS_1904

_STRIKES = re.compile(rb"\.([\w-]+)\s*\{[^}]*text-decoration[\w-]*\s*:[^;}]*line-through", re.I)
_STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.I)
_STRIKING = ("s", "del", "strike")
_PLAIN = re.compile(r"^-?(?:[1-9][\d,]*|0)(?:\.(\d+))?$")
_IN_WAN = re.compile(r"^(-?[\d,]+(?:\.\d+)?)(万[元人户个]?)$")
_WAN = 4
_FURTHEST = 9  # powers of ten that a format may show a number smaller by


@dataclass(frozen=True)
class PageStyles:
    """`struck` are the classes whose text is struck out."""

    struck: frozenset[str]
    date_offset: int

    @classmethod
    def of(cls, page: bytes) -> PageStyles:
        struck = frozenset(name.decode("ascii", "replace") for name in _STRIKES.findall(page))
        return cls(struck, DAYS_1904 if b"<x:Date1904" in page else 0)

    def is_struck(self, cell: Any) -> bool:
        """Whether all of a cell's text is struck out."""
        if _STRUCK.search(cell.get("style", "")) or self.struck & set(cell.get("class", "").split()):
            return True
        text = "".join(cell.text_content().split())
        styled = (node for node in cell.iter("span", "font") if _STRUCK.search(node.get("style", "")))
        struck = [*cell.iter(*_STRIKING), *styled]
        return any("".join(node.text_content().split()) == text for node in struck)


def beside(stored: str, shown: str) -> tuple[str, int]:
    """The text of a cell that holds one number and shows another, and the power of ten between them.

    A number that is merely rounded is taken as it is held; a shown one that names no unit and is
    smaller by a power of ten is given in all its digits.
    """
    try:
        value = float(stored)
        if not abs(value) < UNSAFE_NUMBER:
            return shown, 0
        if in_wan := _IN_WAN.match(shown):
            seen = Decimal(in_wan[1].replace(",", ""))
            return (f"{moved(value, -_WAN)}{in_wan[2]}", 0) if _power(value, seen) == _WAN else (shown, 0)
        if not _PLAIN.match(shown):
            return shown, 0
        seen = Decimal(shown.replace(",", ""))
    except (ValueError, InvalidOperation):
        return shown, 0
    power = _power(value, seen)
    if power is None:
        return shown, UNIT_UNKNOWN
    if power == 0:
        return (shown if float(seen) == value else number_text(value)), 0
    return moved(value, -power), power


def _power(value: float, seen: Decimal) -> int | None:
    """By which power of ten `value`, rounded as `seen` is, is larger."""
    places = -int(seen.as_tuple().exponent)
    tolerance = Decimal(5).scaleb(-places - 1) + Decimal("1e-9")
    for power in range(_FURTHEST):
        if abs(Decimal(number_text(value)).scaleb(-power) - seen) <= tolerance:
            return power
    return None
