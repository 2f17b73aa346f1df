"""Money, counts, measurements and laboratory values."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.base import Mask, Parsed, Setting, cleaned, mask
from ingestion.parsing.column_types import YUAN

_NUMBER = r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_MONEY_UNIT = r"(元|块|圆|元整|元/月|元/年|元/人)$"
_COUNT_UNIT = r"(人|户|个|天|日|月|个月|分钟|分|次|口|套|名|村|年)$"
_MEASURE_UNIT = r"(平方米|平米|m2|㎡|升|L|升/人·日|公里|米|亩|%|毫克/升|mg/L|NTU|CFU/mL|MPN/100mL|度)$"
_MICRO = r"(μg/L|ug/L|微克/升)$"
_ODD_COMMA = "[,，]([0-9]{1,2}([^0-9]|$)|[0-9]{5})"
_ABSENT = re.compile("未检出|未检到|检不出|低于检出限|N\\.?D\\.?", re.IGNORECASE)
_LARGEST_YUAN = 1e15

Floats = npt.NDArray[np.float64]


def parse_money(texts: pa.Array, setting: Setting) -> Parsed:
    """Yuan with two digits, half up; 万元 by the cell's own words or by the header's unit."""
    text, blank = cleaned(texts)
    plain = _plain(text)
    negative = mask(pc.match_substring_regex(plain, r"^\(.*\)$"))
    plain = pc.replace_substring_regex(plain, r"^\((.*)\)$", r"\1")
    ten_thousand = mask(pc.match_substring_regex(plain, "万元?$"))
    bare = pc.replace_substring_regex(pc.replace_substring_regex(plain, "万元?$", ""), _MONEY_UNIT, "")
    number, good = _floats(bare, blank)
    own_unit = mask(pc.match_substring_regex(plain, _MONEY_UNIT)) & ~ten_thousand
    factor = np.select([ten_thousand, own_unit], [10_000.0, 1.0], setting.factor)
    yuan = number * factor * np.where(negative, -1.0, 1.0)
    good &= np.abs(yuan) < _LARGEST_YUAN
    cents = np.where(good, np.sign(yuan) * np.floor(np.abs(yuan) * 100 + 0.5 + 1e-6), 0).astype(np.int64)
    rounded = good & (np.abs(yuan * 100 - cents) > 1e-3)
    repairs = {
        "yuan_from_wan": good & (factor == 10_000.0),
        "rounded_to_cent": rounded,
        "number_form": good & ~mask(pc.match_substring_regex(text, _NUMBER)),
    }
    return Parsed(
        _decimals(cents, good),
        _some({"MONEY_FORM": ~good & ~blank}),
        _some(repairs),
        blank,
    )


def parse_count(texts: pa.Array, setting: Setting) -> Parsed:
    """A whole number of things."""
    text, blank = cleaned(texts)
    plain = _plain(text)
    ten_thousand = mask(pc.match_substring_regex(plain, "万[人户个]?$"))
    bare = pc.replace_substring_regex(pc.replace_substring_regex(plain, "万[人户个]?$", ""), _COUNT_UNIT, "")
    number, good = _floats(bare, blank)
    number = number * np.where(ten_thousand, 10_000.0, setting.factor)
    whole = np.floor(number + 0.5)
    integral = good & (np.abs(number - whole) < 1e-6) & (np.abs(whole) < 2**31)
    problems = {"COUNT_FORM": ~good & ~blank, "COUNT_NOT_WHOLE": good & ~integral}
    repairs = {
        "number_form": integral & ~mask(pc.match_substring_regex(text, r"^-?[0-9]+$")),
        "count_from_wan": integral & (ten_thousand | (setting.factor == 10_000.0)),
    }
    values = pa.array(np.where(integral, whole, 0).astype(np.int32), mask=~integral)
    return Parsed(values, _some(problems), _some(repairs), blank)


def parse_measurement(texts: pa.Array, setting: Setting) -> Parsed:
    """A number as it was measured."""
    text, blank = cleaned(texts)
    bare = pc.replace_substring_regex(_plain(text), _MEASURE_UNIT, "")
    number, good = _floats(bare, blank)
    repairs = {"number_form": good & ~mask(pc.match_substring_regex(text, _NUMBER))}
    values = pa.array(number * setting.factor, mask=~good)
    return Parsed(values, _some({"NUMBER_FORM": ~good & ~blank}), _some(repairs), blank)


def parse_test_value(texts: pa.Array, setting: Setting) -> Parsed:
    """A laboratory value and its operator: '=', '<', '>', or 'ND' (not detected, no value)."""
    text, blank = cleaned(texts)
    plain = _plain(text)
    absent = mask(pc.match_substring_regex(plain, f"^({_ABSENT.pattern})$", ignore_case=True))
    below = mask(pc.match_substring_regex(plain, "^[<≤＜]|^(小于|低于)"))
    above = mask(pc.match_substring_regex(plain, "^[>≥＞]|^(大于|高于)"))
    bare = pc.replace_substring_regex(plain, "^([<≤＜>≥＞]=?|小于|低于|大于|高于)", "")
    micro = mask(pc.match_substring_regex(bare, _MICRO))
    bare = pc.replace_substring_regex(pc.replace_substring_regex(bare, _MICRO, ""), _MEASURE_UNIT, "")
    own_unit = micro | mask(pc.match_substring_regex(plain, _MEASURE_UNIT))
    number, good = _floats(bare, blank | absent)
    factor = np.where(own_unit, np.where(micro & (setting.column.unit == "mg/L"), 0.001, 1.0), setting.factor)
    operator = np.select([absent, good & below, good & above, good], ["ND", "<", ">", "="], "")
    return Parsed(
        pa.array(number * factor, mask=~good),
        _some({"TEST_VALUE_FORM": ~good & ~blank & ~absent}),
        _some({"mg_from_ug": good & (factor == 0.001)}),
        blank,
        pa.array(operator, pa.string(), mask=~(good | absent)),
    )


def _plain(text: pa.Array) -> pa.Array:
    """Without thousands separators, currency signs and inner white space.

    A comma before one or two digits, or before five or more, separates no thousands: it stays, and
    the text is no number.
    """
    bare = pc.replace_substring_regex(text, r"[\s¥￥'’]|RMB|人民币", "")
    plain = pc.replace_substring_regex(bare, "[,，]", "")
    return pc.if_else(pc.match_substring_regex(bare, _ODD_COMMA), bare, plain)


def _floats(text: pa.Array, blank: Mask) -> tuple[Floats, Mask]:
    good = mask(pc.match_substring_regex(text, _NUMBER)) & ~blank
    numbers = pc.if_else(pa.array(good), text, pa.scalar("0"))
    values: Floats = numbers.cast(pa.float64()).to_numpy(zero_copy_only=False)
    finite = np.isfinite(values)
    return np.where(finite, values, 0.0), good & finite


def _decimals(cents: npt.NDArray[np.int64], good: Mask) -> pa.Array:
    """Whole cents as decimal(18, 2): 128-bit little-endian words, sign-extended."""
    words = np.empty((len(cents), 2), dtype=np.int64)
    words[:, 0] = cents
    words[:, 1] = np.where(cents < 0, -1, 0)
    valid = pa.py_buffer(np.packbits(good, bitorder="little").tobytes())
    return pa.Array.from_buffers(YUAN, len(cents), [valid, pa.py_buffer(words.tobytes())])


def _some(found: dict[str, Mask]) -> dict[str, Mask]:
    return {code: part for code, part in found.items() if part.any()}
