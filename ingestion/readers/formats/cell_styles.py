"""Styles of cells that change what a person reads: number formats that show more, struck text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingestion.readers.formats.number_formats import Shown, shown_formats

_NUMBER_FORMAT = re.compile(r"<(?:\w+:)?numFmt\b[^>]*>")
_FONTS = re.compile(r"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", re.S)
_FONT = re.compile(r"<(?:\w+:)?font(?:\s[^>]*)?(?:/>|>.*?</(?:\w+:)?font>)", re.S)
_STRUCK = re.compile(r"""<(?:\w+:)?strike(?!\s[^>]*\bval\s*=\s*["'](?:0|false)["'])[\s/>]""")
_CELL_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_CELL_STYLE = re.compile(r"<(?:\w+:)?xf\b[^>]*>")


@dataclass(frozen=True)
class CellStyles:
    """By the number of a style: what its format shows, and which styles strike their text out."""

    shown: Mapping[str, Shown] = field(default_factory=dict)
    struck: frozenset[str] = frozenset()


def cell_styles(
    styles: Iterable[tuple[str, str]], formats: Mapping[str, str], struck_fonts: frozenset[str]
) -> CellStyles:
    """`styles` are the (format number, font number) of each style in order, `formats` the declared codes."""
    shown = shown_formats(formats)
    found: dict[str, Shown] = {}
    struck = set()
    for at, (number, font) in enumerate(styles):
        if number in shown:
            found[str(at)] = shown[number]
        if font in struck_fonts:
            struck.add(str(at))
    return CellStyles(found, frozenset(struck))


def xlsx_styles(styles: str) -> CellStyles:
    """From xl/styles.xml."""
    formats = {
        attribute(tag, "numFmtId"): attribute(tag, "formatCode") for tag in _NUMBER_FORMAT.findall(styles)
    }
    fonts = _FONTS.search(styles)
    struck = {
        str(at) for at, font in enumerate(_FONT.findall(fonts[0]) if fonts else []) if _STRUCK.search(font)
    }
    cells = _CELL_STYLES.search(styles)
    tags = _CELL_STYLE.findall(cells[0]) if cells else []
    return cell_styles(
        ((attribute(tag, "numFmtId"), attribute(tag, "fontId")) for tag in tags), formats, frozenset(struck)
    )


def attribute(tag: str, name: str) -> str:
    """The value of an attribute in the text of an XML tag; '' where it has none."""
    found = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return html.unescape(found[1] or found[2] or "") if found else ""
