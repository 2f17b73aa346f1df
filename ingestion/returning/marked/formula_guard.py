"""Texts that a spreadsheet would take for a formula."""

from __future__ import annotations

import re

# The full-width forms are formulas too where the system's language says so.
_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@＝＋－＠]")
_HARMLESS = re.compile(r"^\s*(?:[+\-－]?\d[\d,]*(?:\.\d*)?%?|[\-－]+)\s*$")
_KEEPS_DIGITS = re.compile(r'^="([^"=]*)"$')


def is_formula_like(text: str) -> bool:
    """Whether a program that opens a text file could run `text`; plain numbers and dashes it would not."""
    return _FORMULA.match(text) is not None and not _HARMLESS.match(text)


def inert(text: str) -> str:
    """`text` behind an apostrophe when it could be run. The readers take the apostrophe off again.

    ="0123" is how exporters keep digits from becoming a number: the digits alone stand for it.
    """
    if not is_formula_like(text):
        return text
    digits = _KEEPS_DIGITS.match(text)
    return f"'{digits[1] if digits else text}"
