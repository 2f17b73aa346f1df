"""Dirt of the kinds that departments' files carry (D1 to D22), one cell at a time.

Everything in `REPAIRABLE` leaves the value certain: a careful reader gets it back. What does not
is in `IRREPARABLE`; it is only put on rows of people outside the register.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from sample_county.files.sheet import Cell

Cells = npt.NDArray[np.object_]
Soil = Callable[[Cell], Cell | None]  # None: this kind does not fit this cell

FULL_WIDTH = str.maketrans("0123456789X.,", "０１２３４５６７８９Ｘ．，")
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
EXCEL_EPOCH = date(1899, 12, 30)
OLDEST_SEQUENCES = ("996", "997", "998", "999")  # in a 15-digit number: born in the 19th century
DATE_FORMS = {
    "iso": "{0:04d}-{1:02d}-{2:02d}",
    "compact": "{0:04d}{1:02d}{2:02d}",
    "dot": "{0:04d}.{1:02d}.{2:02d}",
    "slash": "{0:04d}/{1}/{2}",
    "chinese": "{0:04d}年{1}月{2}日",
}
MONTH_FORMS = {"iso": "{0:04d}-{1:02d}", "compact": "{0:04d}{1:02d}", "chinese": "{0:04d}年{1}月"}


def check_digit(body: str) -> str:
    """The 18th character for the first 17 of an ID number (GB 11643)."""
    return CHECK_DIGITS[sum(int(d) * w for d, w in zip(body, CHECK_WEIGHTS, strict=True)) % 11]


def fifteen_digits(value: Cell) -> Cell:
    if not isinstance(value, str) or len(value) != 18 or value[6:8] != "19":
        return None
    return None if value[14:17] in OLDEST_SEQUENCES else value[:6] + value[8:17]


def lower_x(value: Cell) -> Cell:
    return value.lower() if isinstance(value, str) and value.endswith("X") else None


def full_width(value: Cell) -> Cell:
    return str(value).translate(FULL_WIDTH) if isinstance(value, str | int) else None


def around(left: str, right: str) -> Soil:
    return lambda value: f"{left}{value}{right}" if isinstance(value, str) else None


def spaced_id(value: Cell) -> Cell:
    return f"{value[:6]} {value[6:14]} {value[14:]}" if isinstance(value, str) else None


def spread_name(value: Cell) -> Cell:
    """张三 → 张  三, as typed to line up with names of three characters."""
    return f"{value[0]}  {value[1]}" if isinstance(value, str) and len(value) == 2 else None


def other_dot(value: Cell) -> Cell:
    return value.replace("·", "•") if isinstance(value, str) and "·" in value else None


def spelled(form: str) -> Soil:
    pattern = DATE_FORMS[form]
    return lambda value: (
        pattern.format(value.year, value.month, value.day) if isinstance(value, date) else None
    )


def excel_serial(value: Cell) -> Cell:
    return (value - EXCEL_EPOCH).days if isinstance(value, date) and value.year >= 1930 else None


def as_money_text(value: Cell) -> Cell:
    return f"{value:,.2f}元" if isinstance(value, float) else None


def as_number_text(value: Cell) -> Cell:
    return str(value) if isinstance(value, int | float) else None


def year_text(value: Cell) -> Cell:
    return f"{value}年" if isinstance(value, int) else None


@dataclass(frozen=True)
class Kind:
    """One kind of dirt; `rate` is the share of a column's cells that get it."""

    name: str
    rate: float
    soil: Soil
    workbook_only: bool = False  # a text file has no cell types


REPAIRABLE: dict[str, tuple[Kind, ...]] = {
    "id_number": (
        Kind("id_15", 0.004, fifteen_digits),
        Kind("lower_x", 0.02, lower_x),
        Kind("full_width", 0.003, full_width),
        Kind("outer_space", 0.004, around(" ", "  ")),
        Kind("nbsp", 0.002, around("", "\u00a0")),
        Kind("tab", 0.002, around("\t", "")),
        Kind("apostrophe", 0.002, around("'", "")),
        Kind("backtick", 0.001, around("`", "")),
        Kind("inner_space", 0.002, spaced_id),
    ),
    "date": (
        *(Kind(f"date_{form}", 0.004, spelled(form)) for form in DATE_FORMS),
        Kind("excel_serial", 0.003, excel_serial, workbook_only=True),
    ),
    "money_yuan": (Kind("yuan_text", 0.005, as_money_text), Kind("number_text", 0.008, as_number_text)),
    "measurement": (Kind("number_text", 0.008, as_number_text),),
    "count": (Kind("number_text", 0.008, as_number_text), Kind("full_width", 0.003, full_width)),
    "year": (Kind("year_text", 0.004, year_text),),
    "person_name": (
        Kind("inner_space", 0.006, spread_name),
        Kind("outer_space", 0.004, around("", " ")),
        Kind("ideographic_space", 0.002, around("\u3000", "")),
        Kind("other_dot", 0.5, other_dot),
    ),
    "code": (Kind("outer_space", 0.003, around("", " ")),),
}


def soil(cells: Cells, column_type: str, rng: np.random.Generator, *, workbook: bool) -> Cells:
    """A copy of `cells` with repairable dirt at each kind's rate; no cell gets two kinds."""
    soiled = cells.copy()
    column_type = "id_number" if column_type == "person_document" else column_type
    kinds = [k for k in REPAIRABLE.get(column_type, ()) if workbook or not k.workbook_only]
    if not kinds or not len(cells):
        return soiled
    draw = rng.random(len(cells))
    floor = 0.0
    for kind in kinds:
        for at in np.flatnonzero((draw >= floor) & (draw < floor + kind.rate)):
            changed = kind.soil(cells[at]) if cells[at] is not None else None
            if changed is not None:
                soiled[at] = changed
        floor += kind.rate
    return soiled


def scientific_id(value: str) -> str:
    """What Excel leaves of a number typed into a cell too narrow, saved as text."""
    return f"{value[0]}.{value[1:6]}E+17"


def cut_id(value: str) -> str:
    """Excel keeps 15 digits of a number; the rest become zeros."""
    return value[:15] + "000"


def wrong_check_id(value: str) -> str:
    """The last character replaced by one the first 17 do not have."""
    right = check_digit(value[:17])
    return value[:17] + CHECK_DIGITS[(CHECK_DIGITS.index(right) + 5) % 11]


def disability_card_id(value: str) -> str:
    """The 20-character number of a disability card, in the column of the ID number."""
    return value[:17] + wrong_check_id(value)[17] + "43"


# kind → (what is written, the problem code it is held with)
IRREPARABLE: dict[str, tuple[Callable[[str], str | None], str]] = {
    "scientific": (scientific_id, "ID_SCIENTIFIC"),
    "cut": (cut_id, "ID_CUT"),
    "blank": (lambda _: None, "ID_BLANK"),
    "to_follow": (lambda _: "待补", "ID_PLACEHOLDER"),
    "placeholder": (lambda _: "999999999999999999", "ID_PLACEHOLDER"),
    "wrong_check": (wrong_check_id, "ID_CHECKSUM"),
    "disability_card": (disability_card_id, "ID_IS_DISABILITY_CARD"),
}
BLANK_CODES = frozenset({"ID_BLANK", "ID_PLACEHOLDER"})  # no number at all
