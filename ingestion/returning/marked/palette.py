"""Colours and sizes of what the marked copy adds."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import ceil

# One step off the colours Excel offers, so that those of an earlier copy are told from the sender's.
FILLS = {"error": "FFC7CD", "emptied": "FFD3A9", "warning": "FFEB9B", "corrected": "C6EFCD"}
TEXTS = {"error": "9C0006", "emptied": "974806", "warning": "7F6000", "corrected": "006100"}
OWN_HEAD = "1F4E78"
OWN_CELL = "EEF3FA"
LINE = "9DB2CC"
AUTHOR = "三保障"
DATA_FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "time": "[h]:mm:ss", "long": "0"}
TEXT_FORMAT = "@"

PROBLEM_WIDTH = 50  # characters
REMEDY_WIDTH = 36
LINE_HEIGHT = 15.0  # points
_SCREEN = 180  # characters that an office screen (1366 to 1920 places wide) shows beside each other
_HIGHEST = 225.0
MAX_NOTES = 2_000  # notes of a workbook; with many more Excel takes minutes to open it
NOTE_WIDTH = 300  # pixels
_NOTE_PLACES = 40


def display_width(text: str) -> int:
    """Places a text takes: two for a Chinese character."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def line_count(text: str, width: int) -> int:
    """Lines of a wrapped text in a column of that width."""
    return sum(max(1, ceil(display_width(line) / max(width - 1, 1))) for line in text.split("\n"))


def row_height(problem: str, remedy: str) -> float:
    """The height at which both texts of a marked row can be read."""
    lines = max(line_count(problem, PROBLEM_WIDTH), line_count(remedy, REMEDY_WIDTH))
    return min(lines * LINE_HEIGHT + 3, _HIGHEST)


def first_shown(widths: Sequence[float]) -> int:
    """The column (0 for the first) that a view begins with to show the two added ones right of `widths`."""
    left = _SCREEN - PROBLEM_WIDTH - REMEDY_WIDTH - sum(widths)
    for column, width in enumerate(widths):
        if left >= 0:
            return column
        left += width
    return len(widths)


def note_height(note: str) -> int:
    """Pixels of a note."""
    return min(20 * line_count(note, _NOTE_PLACES) + 24, 400)
