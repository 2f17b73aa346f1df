"""Number formats that add something to the number: leading zeros, a code's letters, 万元.

Only these are read. A format that rounds, scales or rearranges its number shows another one than the
cell holds; there the number itself is taken, as for every plain format.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingestion.readers.formats.cell_text import UNSAFE_NUMBER, number_text

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]|(.)', re.S)
_CONDITION = re.compile(r"\[[<>=]")
_SECTION_END = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_LONGEST = 255  # more than Excel allows
_BARE_SIGNS = frozenset("$-+/():!^&'~{}<>= ")  # these need no quotes
_ZEROS = re.compile(r"0{2,15}")  # Excel keeps 15 digits: more zeros are there to avoid 4.4E+17
_AMOUNT = re.compile(r"(?:#,##)?[#0]+(?:\.[#0]+)?|General")  # a comma behind it would show thousands
_TEN_THOUSANDS = re.compile(r"万[元人户个]?")
_SIGNS = frozenset("-+¥￥$ ")
_NUMBER_FORMAT = re.compile(r"<(?:\w+:)?numFmt\b[^>]*>")
_CELL_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_CELL_STYLE = re.compile(r"<(?:\w+:)?xf\b[^>]*>")


@dataclass(frozen=True)
class Section:
    """What a part of a format puts around the number, and to how many digits it fills it up."""

    before: str = ""
    behind: str = ""
    digits: int = 0

    def text(self, value: float) -> str | None:
        """The text a person sees; None where it is but the number."""
        if not self.digits:
            return number_text(value) + self.behind
        whole = 0 <= value < UNSAFE_NUMBER and value == int(value)
        return self.before + str(int(value)).zfill(self.digits) if whole else None


@dataclass(frozen=True)
class Shown:
    """The sections of a format: for positive numbers, negative ones and zero."""

    sections: tuple[Section | None, ...]

    def text(self, value: float) -> str | None:
        place = 1 if value < 0 else 2 if value == 0 else 0
        section = self.sections[place if place < len(self.sections) else 0]
        return section.text(value) if section else None


def shown_by(code: str) -> Shown | None:
    """What a number format adds; None for the many that add nothing that matters."""
    if len(code) > _LONGEST or not any(sign in code for sign in ("00", "万")) or _CONDITION.search(code):
        return None
    sections = tuple(_section(part) for part in _SECTION_END.split(code)[:3])
    return Shown(sections) if any(sections) else None


def _section(code: str) -> Section | None:
    before, pattern, behind = "", "", ""
    for literal, sign in _tokens(code):
        if sign and behind:
            return None  # digits on both sides of a text: a telephone number, a shifted point
        pattern += sign
        if pattern:
            behind += literal
        else:
            before += literal
    if not behind.strip() and set(before) - _SIGNS and _ZEROS.fullmatch(pattern):
        return Section(before=before, digits=len(pattern))
    if not behind.strip() and not before and _ZEROS.fullmatch(pattern):
        return Section(digits=len(pattern))
    if _TEN_THOUSANDS.fullmatch(behind.strip()) and not set(before) - _SIGNS and _AMOUNT.fullmatch(pattern):
        return Section(behind=behind.strip())
    return None


def _tokens(code: str) -> Iterator[tuple[str, str]]:
    """(text that is shown as it stands, sign of the pattern): one of them is empty."""
    for found in _TOKEN.finditer(code):
        literal = found[1] or found[2] or ""
        bare = found[3] or ""
        if bare in _BARE_SIGNS or (bare and not bare.isascii()):
            literal, bare = bare, ""
        yield literal, bare


def shown_styles(styles: str) -> dict[str, Shown]:
    """Style number of a cell of .xlsx → what its format adds, for the styles that add anything."""
    formats = {}
    for tag in _NUMBER_FORMAT.findall(styles):
        if shown := shown_by(_attribute(tag, "formatCode")):
            formats[_attribute(tag, "numFmtId")] = shown
    if not formats or not (cells := _CELL_STYLES.search(styles)):
        return {}
    return by_style([_attribute(tag, "numFmtId") for tag in _CELL_STYLE.findall(cells[0])], formats)


def by_style(format_of_style: Sequence[str], formats: Mapping[str, Shown]) -> dict[str, Shown]:
    """Style number → what it adds."""
    return {str(i): formats[key] for i, key in enumerate(format_of_style) if key in formats}


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return html.unescape(found[1] or found[2] or "") if found else ""
