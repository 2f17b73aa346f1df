"""The number of a marked row: it tells, when the row comes back, which row of which file it was."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

BATCH_PLACES = 8
SHEET_PLACES = 4
_HYPHENS = re.compile(r"[‐-―−﹘﹣－－_~～]")
_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_CODE = r"([0-9a-f]{8})-(?:([0-9a-f]{4})-)?0*([1-9]\d{0,6})(?![\da-z-])"
# In a cell with other text only what follows the word counts: the text quotes the sender's own cells.
_NAMED = re.compile(rf"(?:编号|ref\.?)[:：]?{_CODE}")
_ALONE = re.compile(rf"^[〔\[(]?{_CODE}[〕\])]?$")


@dataclass(frozen=True)
class RowReference:
    """`sheet_key` is '' for a file of one sheet."""

    batch8: str
    sheet_key: str
    row: int


def sheet_key(sheet: str) -> str:
    """Four hex digits that tell the sheets of one file apart."""
    return hashlib.sha256(sheet.encode("utf-8", "surrogatepass")).hexdigest()[:SHEET_PLACES]


def reference(batch_id: str, sheet: str, row: int, single_sheet: bool) -> str:
    """'3fa4c1d2-128'; with several sheets '3fa4c1d2-5e0a-128'."""
    middle = "" if single_sheet else f"{sheet_key(sheet)}-"
    return f"{batch_id[:BATCH_PLACES]}-{middle}{row}"


def parse_reference(text: str) -> RowReference | None:
    """The reference in a cell, however it is spaced, cased or widened; the last one of several."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).lower()
    plain = _HYPHENS.sub("-", plain)
    found = _NAMED.findall(plain) or _ALONE.findall(plain)
    if not found:
        return None
    batch8, key, row = found[-1]
    return RowReference(batch8, key, int(row))
