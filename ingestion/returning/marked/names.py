"""Names that are safe to give: of the returned file, and of sheets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ingestion.text.masking import INVISIBLE, mask_ids

RETURNED = ".反馈"
_LONGEST_NAME = 120  # bytes of UTF-8, well under the 255 of file systems, with room for a number and suffix
_LONGEST_SHEET = 31
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,5}$")
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
# With what is put behind a name that is taken: by us, by a browser, by the file manager.
_RETURNED_AT_END = re.compile(r"\.反馈(?:\s*[(（]\d+[)）]|\s*-\s*(?:副本|copy))*$", re.I)
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.I)
_FORBIDDEN_IN_SHEET = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")


def returned_name(file_name: str) -> str:
    """'2019年12月低保.xls' → '2019年12月低保.反馈'; the suffix comes from the marked file.

    The copy of a copy that came back, '2019年12月低保.反馈(2).xlsx', has the same name.
    """
    base = re.split(r"[/\\]", file_name)[-1]
    stem = _SUFFIX.sub("", _visible(base).strip())
    while (own := _RETURNED_AT_END.sub("", stem)) != stem:
        stem = own
    stem = _UNSAFE.sub("_", mask_ids(stem)).strip(" .")
    stem = _clipped(stem, _LONGEST_NAME).rstrip(" .")
    if not stem or _RESERVED.match(stem.split(".")[0]):
        stem = f"文件{stem}"
    return stem + RETURNED


def sheet_names(names: Iterable[str]) -> list[str]:
    """The names as Excel allows them: 31 places, no brackets or slashes, no two alike in any case."""
    given: list[str] = []
    taken: set[str] = set()
    for number, name in enumerate(names, start=1):
        plain = _FORBIDDEN_IN_SHEET.sub("_", _visible(name)).strip().strip("'") or f"Sheet{number}"
        plain = plain if plain.casefold() != "history" else f"{plain}_"  # Excel keeps this one for itself
        candidate, copy = _utf16_clipped(plain, _LONGEST_SHEET), 1
        while candidate.casefold() in taken:
            copy += 1
            mark = f"({copy})"
            candidate = _utf16_clipped(plain, _LONGEST_SHEET - len(mark)) + mark
        taken.add(candidate.casefold())
        given.append(candidate)
    return given


def _visible(text: str) -> str:
    """Without characters that turn or hide the text around them."""
    return "".join(c for c in text if unicodedata.category(c) not in INVISIBLE)


def _clipped(text: str, size: int) -> str:
    return text.encode("utf-8", "ignore")[:size].decode("utf-8", "ignore")


def _utf16_clipped(text: str, places: int) -> str:
    """Excel counts a rare character as two places."""
    return text.encode("utf-16-le", "ignore")[: places * 2].decode("utf-16-le", "ignore")
