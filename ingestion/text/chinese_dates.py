"""Years, months and days in Chinese numerals: 二〇一九年十二月三十一日, 贰零壹玖年壹拾贰月叁拾壹日."""

from __future__ import annotations

import re

_ZERO = "〇零○◯"
_DIGITS = dict(zip("一二三四五六七八九壹贰叁肆伍陆柒捌玖", "123456789" * 2, strict=True)) | {
    "两": "2", "弍": "2", "貳": "2", "參": "3", "陸": "6"
}  # fmt: skip
_ONE = f"[{''.join(_DIGITS)}]"
_ANY = f"[{''.join(_DIGITS)}{_ZERO}十拾廿卅]"
_NUMBER = f"[{_ZERO}]?(?:{_ONE}?[十拾]{_ONE}?|[廿卅]{_ONE}?|{_ONE})"
# A year is written digit by digit, with an O for 〇 at times; 二十年, 两年 count years, 一二年级 are classes.
_YEAR = re.compile(f"(?<!{_ANY})(?:[{''.join(_DIGITS)}{_ZERO}Oo0]{{4}}|{_ONE}{{2}})(?=\\s*年(?!级))")
_MONTH = re.compile(rf"(?<!{_ANY})({_NUMBER}|元)(?=\s*月)")
_DAY = re.compile(rf"(?<=[月至到~—–-])(\s*)({_NUMBER})(?=\s*[日号])")
_TENS = {"廿": "二十", "卅": "三十", "拾": "十"}
CHINESE_DATE = rf"{_ANY}\s*[年月日号]|元月"  # what may be one (RE2 as well)


def dates_in_digits(text: str) -> str:
    """`text` with the years, months and days in digits that are Chinese numerals in it.

    A number of a month beyond twelve, or of a day beyond 31, stays as it is.
    """
    if "年" in text:
        text = _YEAR.sub(lambda hit: _by_digit(hit[0]), text)
    text = _MONTH.sub(lambda hit: _at_most(hit[1], 12), text)
    return _DAY.sub(lambda hit: hit[1] + _at_most(hit[2], 31), text)


def _by_digit(text: str) -> str:
    return "".join(_DIGITS.get(sign, "0") for sign in text)


def _at_most(text: str, most: int) -> str:
    number = 1 if text == "元" else _number(text)
    return str(number) if 1 <= number <= most else text


def _number(text: str) -> int:
    """十二, 壹拾贰, 廿一, 零壹拾."""
    plain = "".join(_TENS.get(sign, sign) for sign in text if sign not in _ZERO)
    tens, ten, ones = plain.rpartition("十")
    count = int(_DIGITS.get(tens, "1")) if ten else 0
    return 10 * count + int(_DIGITS.get(ones, "0"))
