"""A code that was written a little differently: with a unit behind it, or its number in other signs.

Nothing here knows what a code means. A text is only ever led to the one code that it can be; where
two are possible it stays unknown, and the row is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# What stands behind a code and adds nothing: A类, 1级, 低保户, 二档.
_UNITS = "户类级档"
_NUMBERS = str.maketrans("123456789壹贰叁肆伍陆柒捌玖", "一二三四五六七八九" * 2)
_LONE_NUMBER = re.compile(r"(?<![0-9])[1-9](?![0-9])|[壹贰叁肆伍陆柒捌玖]")
_ROMAN = re.compile(rf"^(I{{1,3}}|IV)([{_UNITS}]?)$")
_ROMAN_NUMBERS = {"I": "一", "II": "二", "III": "三", "IV": "四"}
_CLASS = re.compile(r"^(.+?)\(?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})\)?班$")  # 七年级(1)班
DATE_NOTE = r"[12][0-9]{3}[0-9年度月日./-]*"  # beside a code or an answer it changes nothing
_DATED = re.compile(rf"^(.+)\({DATE_NOTE}\)$")


def loose_code(text: str, names: Mapping[str, str]) -> str | None:
    """The code that the folded `text` can only mean; `names` are the folded codes and their aliases."""
    found = {names[form] for form in _forms(re.sub(r"\s", "", text)) if form in names}
    return found.pop() if len(found) == 1 else None


def _forms(text: str) -> Iterator[str]:
    for bare in {text, *(match[1] for match in (_CLASS.match(text), _DATED.match(text)) if match)}:
        number = _ROMAN.sub(lambda found: _ROMAN_NUMBERS[found[1]] + found[2], bare)
        number = _LONE_NUMBER.sub(lambda found: found[0].translate(_NUMBERS), number)
        for form in {bare, number}:
            yield form
            if form[-1:] in _UNITS:
                yield form[:-1]
            else:
                yield from (form + unit for unit in _UNITS)
