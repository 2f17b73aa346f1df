"""Digits in whatever script they are written, as the ten that every pattern knows.

Character for character, so that what is found in the plain text is found at its place in the written one.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_LAST = 0x1FFFF  # beyond it numerals are those of old books
# What looks like a character of an ID number and is none: Greek, Cyrillic, Roman, full-width.
_LOOKALIKES = dict(zip("ОоΟοＯｏІӀⅠｌＩХхΧχⅩⅹＸｘ", "OoOoOollllIXxXxXxXx", strict=True))


@cache
def digit_table(words: bool = True) -> dict[int, str]:
    """Every character that is a digit from 0 to 9, in a circle, a script or a word (四, 肆), and looks-alike.

    By code point, as `str.translate` wants it; ASCII is not among them. Words are parts of names as well
    (张三): without `words` they are left.
    """
    found = {}
    for code in range(0x80, _LAST):
        value = unicodedata.numeric(chr(code), None)
        if value is not None and value in range(10) and (words or not _is_word(chr(code))):
            found[code] = str(int(value))
    return found | {ord(written): plain for written, plain in _LOOKALIKES.items()}


def _is_word(character: str) -> bool:
    return unicodedata.category(character) == "Lo" or character == "〇"


def plain_digits(text: str, words: bool = True) -> str:
    """`text` with every digit in ASCII, of the same length."""
    return text if text.isascii() else text.translate(digit_table(words))


@cache
def written_digits(words: bool = True) -> tuple[str, str]:
    """All that `plain_digits` replaces and what it becomes, side by side: for SQL's `translate`."""
    table = digit_table(words)
    return "".join(map(chr, table)), "".join(table.values())


@cache
def digit_class(words: bool = True) -> str:
    """All of them as ranges for a pattern's class, without its brackets."""
    ranges: list[list[int]] = []
    for code in sorted(digit_table(words)):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in ranges)
