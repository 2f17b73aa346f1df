"""Clean, typed columns to the cells an office would have typed or exported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ingestion.contracts import Column, Contract
from sample_county.dirt import DATE_FORMS, MONTH_FORMS, Cells, soil
from sample_county.files.hand import Hand, YesNo
from sample_county.files.sheet import Cell

YES_NO = (("是", "否"), ("1", "0"), ("有", "无"), ("Y", "N"), ("是", "否"))
DATE_ROTATION = ("iso", "slash", "dot", "compact", "chinese")
MONTH_ROTATION = ("iso", "chinese", "compact")
# Columns whose text nothing is matched by: a stray blank there harms nobody.
FREE_TEXT = frozenset({"address", "remark", "poverty_cause", "bank_name", "appraised_by"})
VILLAGES_BETWEEN = "、"  # of several in one cell
TOWN_SHARE, VILLAGE_SHARE, ALIAS_SHARE = 0.01, 0.02, 0.01
OTHER_YES_SHARE, BLANK_SHARE = 0.004, 0.005


@dataclass(frozen=True)
class Style:
    """How one file writes its values."""

    variant: int
    workbook: bool  # numbers and dates are cells of their own type; in a text file all is text
    native_dates: bool = False
    commas: bool = False  # 12,345.60
    in_wan: frozenset[str] = frozenset()  # columns written in 万元
    in_micro: frozenset[str] = frozenset()  # columns written in μg/L
    ticks: frozenset[str] = frozenset()  # yes is √, no is a blank cell
    vary_villages: bool = False
    unsigned: frozenset[str] = frozenset()  # amounts without their sign
    hand: Hand | None = None
    is_clean: bool = False


def by_value(values: pd.Series[Any], form: Callable[[Any], Cell]) -> Cells:
    """`form` of each value, worked out once per distinct value; missing stays None."""
    codes, uniques = pd.factorize(values)
    forms = np.empty(len(uniques) + 1, dtype=object)
    forms[:-1] = [form(value) for value in uniques.tolist()]
    forms[-1] = None  # code -1 is a missing value
    taken: Cells = forms[codes]
    return taken


def write_cells(
    frame: pd.DataFrame, contract: Contract, style: Style, rng: np.random.Generator
) -> dict[str, Cells]:
    """The cells of every column, dirt included, in the order of the frame."""
    return {
        column.name: _column(frame[column.name], column, style, rng)
        for column in contract.columns
        if column.name in frame
    }


def _column(values: pd.Series[Any], column: Column, style: Style, rng: np.random.Generator) -> Cells:
    cells = _clean(values, column, style)
    if style.is_clean:
        return _typed(cells, column, style)
    if column.type == "code":
        cells = _aliased(cells, column, rng)
    elif column.type == "yes_no" and None not in (pair := _answers(column, style)):
        cells = _other_words(cells, pair, rng)
    elif column.name == "town_name":
        cells = _varied(cells, TOWN_SHARE, town_variants, rng)
    elif column.name == "village_name" and style.vary_villages:
        cells = _varied(cells, VILLAGE_SHARE, village_variants, rng)
    elif column.type == "test_value":
        cells = _varied(cells, 0.2, partial(test_value_variants, unit=_unit_of(column, style)), rng)
    if column.type in ("text", "date") and not column.required:
        cells = _marked_blanks(cells, rng)
    kind = "code" if column.name in FREE_TEXT else column.type
    if column.name in style.in_wan:
        kind = "measurement"  # 4.00元 in a column of 万元 would be another amount
    return _typed(soil(cells, kind, rng, workbook=style.workbook), column, style)


def _clean(values: pd.Series[Any], column: Column, style: Style) -> Cells:
    """Python values: str, int, float or date; None, or what the hand has for it, where blank."""
    cells = _by_type(values, column, style)
    word = style.hand.blanks.get(column.name) if style.hand else None
    return cells if word is None else _shown(cells, lambda value: value, blank=word)


def _by_type(values: pd.Series[Any], column: Column, style: Style) -> Cells:
    """Python values by the type of the column."""
    if column.name in style.unsigned:
        values = values.abs()
    if style.hand and (form := _by_hand(style.hand, column, style)):
        return by_value(values, form)
    match column.type:
        case "date":
            return by_value(values, lambda v: pd.Timestamp(v).date())
        case "year_month":
            pattern = MONTH_FORMS[MONTH_ROTATION[style.variant % len(MONTH_ROTATION)]]
            return by_value(values, lambda v: _month(pd.Timestamp(v), pattern))
        case "yes_no":
            yes, no = _answers(column, style)
            return by_value(values, lambda v: yes if v else no)
        case "year" | "count":
            return by_value(values, int)
        case "money_yuan":
            scale = 10_000 if column.name in style.in_wan else 1
            return by_value(values, lambda v: round(float(v) / scale, 6 if scale > 1 else 2))
        case "measurement":
            return by_value(values, lambda v: round(float(v), 4))
        case "test_value" if column.name in style.in_micro:
            return by_value(values, _as_micro)
        case _:
            text = values.astype(object)
            return text.where(text.notna() & (text != ""), None).to_numpy(dtype=object)


def _answers(column: Column, style: Style) -> YesNo:
    """What stands for yes and for no; None is a blank cell."""
    if style.hand:
        return style.hand.yes_no_of(column.name)
    if column.name in style.ticks:
        return "√", None
    return YES_NO[(style.variant + len(column.name)) % len(YES_NO)]


def _by_hand(hand: Hand, column: Column, style: Style) -> Callable[[Any], Cell] | None:
    """How a hand writes the values of a column; None where its type leaves it no choice."""
    if column.name == "town_name" and hand.towns is not None:
        at = hand.towns
        return lambda value: town_variants(value)[at]
    if column.name == "village_name" and hand.villages is not None:
        at, between = hand.villages, hand.parted_by.get(column.name, VILLAGES_BETWEEN)
        return lambda value: between.join(
            village_variants(name)[at] for name in value.split(VILLAGES_BETWEEN)
        )
    match column.type:
        case "year_month":
            form = hand.month_form(workbook=style.workbook)
            return lambda value: form(pd.Timestamp(value).date())
        case "year":
            return hand.year_form()
        case "school_year":
            return hand.school_year_form()
        case "code" | "text" | "person_name" | "id_number" | "person_document":
            write = hand.text_form(column.name)
            return lambda value: write(value) if value else None
        case _:
            return None


def _as_micro(value: str) -> str:
    """<0.001 mg/L → <1 μg/L; 未检出 stays."""
    sign = "<" if value.startswith("<") else ""
    try:
        amount = Decimal(value.removeprefix("<")) * 1000
    except InvalidOperation:
        return value
    return f"{sign}{amount.normalize():f}"


def _month(value: pd.Timestamp, pattern: str) -> str:
    return pattern.format(value.year, value.month)


def _typed(cells: Cells, column: Column, style: Style) -> Cells:
    """What is still a date or a number, as the file's format shows it."""
    if column.type == "date" and style.hand:
        day_form = style.hand.date_form(column.name, workbook=style.workbook)
        return _shown(cells, lambda v: day_form(v) if isinstance(v, date) else v)
    if column.type == "date" and not style.native_dates:
        pattern = DATE_FORMS[DATE_ROTATION[style.variant % len(DATE_ROTATION)]]
        return _shown(
            cells, lambda v: v if isinstance(v, str | int) else pattern.format(v.year, v.month, v.day)
        )
    if column.type == "money_yuan" and not style.workbook:
        pattern = "{:,.2f}" if style.commas else "{:.2f}"
        return _shown(cells, lambda v: v if isinstance(v, str) else pattern.format(v))
    return cells


def _shown(cells: Cells, form: Callable[[Any], Cell], blank: Cell = None) -> Cells:
    shown = by_value(pd.Series(cells, dtype=object), form)
    if blank is not None:
        shown[pd.isna(shown)] = blank
    return shown


def _aliased(cells: Cells, column: Column, rng: np.random.Generator) -> Cells:
    """Some codes under another name that the contract knows."""
    other: dict[Cell, str] = {code: alias for alias, code in column.code_aliases.items()}
    result = cells.copy()
    for at in np.flatnonzero(rng.random(len(cells)) < ALIAS_SHARE):
        result[at] = other.get(cells[at], cells[at])
    return result


def _other_words(cells: Cells, pair: YesNo, rng: np.random.Generator) -> Cells:
    """是 among 1 and 0: two clerks typed the same column."""
    result = cells.copy()
    words: dict[Cell, str] = dict(zip(pair, ("是", "否"), strict=True))
    for at in np.flatnonzero(rng.random(len(cells)) < OTHER_YES_SHARE):
        if cells[at] is not None:
            result[at] = words[cells[at]]
    return result


def _marked_blanks(cells: Cells, rng: np.random.Generator) -> Cells:
    """Some empty cells struck through, so that nobody fills them in."""
    result = cells.copy()
    for at in np.flatnonzero(rng.random(len(cells)) < BLANK_SHARE):
        if cells[at] is None:
            result[at] = "-" if rng.random() < 0.5 else "/"
    return result


def _varied(
    cells: Cells, share: float, variants: Callable[[str], tuple[str, ...]], rng: np.random.Generator
) -> Cells:
    result = cells.copy()
    for at in np.flatnonzero(rng.random(len(cells)) < share):
        if isinstance(cells[at], str):
            choices = variants(cells[at])
            result[at] = choices[int(rng.integers(len(choices)))]
    return result


def town_variants(name: str) -> tuple[str, ...]:
    """Other ways to write a town that can only mean this town."""
    if name.endswith("街道"):
        stem = name.removesuffix("街道")
        return stem, f"{stem}街道办", f"{stem}街道办事处", f"{name} "
    stem = name[:-1] if name[-1:] in ("镇", "乡") else name
    return stem, f"徐闻县{name}", f" {name}"


def village_variants(name: str) -> tuple[str, ...]:
    """二桥村 also as 二桥村委会, 二桥村民委员会; a 社区 also with its 居委会."""
    for suffix in ("村民委员会", "村委会", "社区居委会", "居委会", "社区", "村"):
        if name.endswith(suffix) and len(name) > len(suffix):
            stem = name.removesuffix(suffix)
            if suffix in ("村民委员会", "村委会", "村"):
                return f"{stem}村", f"{stem}村委会", f"{stem}村民委员会"
            return f"{stem}社区", f"{stem}社区居委会", f"{stem}居委会"
    return (name,)


def test_value_variants(value: str, unit: str | None = None) -> tuple[str, ...]:
    """The same result in the notation of another laboratory."""
    if value in ("未检出", "ND"):
        return "未检出", "ND"
    if value.startswith("<"):
        return "＜" + value[1:], "< " + value[1:]
    if unit == "mg/L":
        return f" {value}", f"{value}mg/L", f"{_as_micro(value)}μg/L"
    return f" {value}", f"{value} "


def _unit_of(column: Column, style: Style) -> str | None:
    return None if column.name in style.in_micro else column.unit
