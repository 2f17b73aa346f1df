"""SpreadsheetML 2003: the XML that Excel 2003 wrote, and many exports since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from lxml import etree

from ingestion.readers.formats.cell_text import number_text
from ingestion.readers.formats.markup import Found
from ingestion.readers.formats.number_formats import Shown, shown_by
from ingestion.readers.formats.sheet_builder import MAX_COLUMNS, SheetBuilder, TooLargeError
from ingestion.readers.formats.xls import DAYS_1904
from ingestion.readers.grid import Grid
from ingestion.readers.model import Refusal

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_XML_END = re.compile(rb"</(?:\w+:)?Workbook\s*>")
_MIDNIGHT = re.compile(r"^(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?$")
_MOMENT = re.compile(r"^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?$")
_NAMED = {"Percent": "0.00%", "Fixed": "0.00"}  # formats that have a name instead of a code


@dataclass
class _Styles:
    """By the name of a style: what its number format shows, and whether it strikes out."""

    shown: dict[str, Shown | None] = field(default_factory=dict)
    struck: dict[str, bool] = field(default_factory=dict)

    def take(self, node: Any) -> None:
        name, parent = node.get(f"{_SS}ID", ""), node.get(f"{_SS}Parent", "Default")
        form, font = node.find(f"{_SS}NumberFormat"), node.find(f"{_SS}Font")
        code = None if form is None else form.get(f"{_SS}Format", "")
        self.shown[name] = self.shown.get(parent) if code is None else shown_by(_NAMED.get(code, code))
        struck = None if font is None else font.get(f"{_SS}StrikeThrough")
        self.struck[name] = self.struck.get(parent, False) if struck is None else struck == "1"


@dataclass
class _Sheet(SheetBuilder):
    """A sheet while it is laid out; cells without a style have that of their row or column."""

    styles: _Styles = field(default_factory=_Styles)
    column_styles: list[tuple[int, int, str]] = field(default_factory=list)  # first, last + 1, style

    def style_of(self, cell: Any, column: int) -> str:
        own = cell.get(f"{_SS}StyleID") or cell.getparent().get(f"{_SS}StyleID")
        return str(
            own or next((s for first, end, s in self.column_styles if first <= column < end), "Default")
        )


def xml_grids(data: bytes) -> Found | Refusal:
    """The worksheets of a SpreadsheetML 2003 workbook."""
    if b"<!DOCTYPE" in data[:8192].replace(b"\x00", b"") or b"<!ENTITY" in data:
        return Refusal("FILE_UNSAFE", {"reason": "doctype"})
    try:
        grids = list(_worksheets(data))
    except etree.XMLSyntaxError as error:
        whole = _XML_END.search(data[-4096:])
        return Refusal("FILE_UNREADABLE" if whole else "FILE_TRUNCATED", {"reason": str(error)[:200]})
    except TooLargeError:
        return Refusal("FILE_UNSAFE", {"reason": "extent"})
    return grids, None


def _worksheets(data: bytes) -> Iterator[Grid]:
    """Row by row, each forgotten once laid out: such files grow to hundreds of megabytes."""
    name, sheet, number, offset = "", _Sheet(), 0, 0
    styles = _Styles()
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True}
    for event, node in etree.iterparse(BytesIO(data), events=("start", "end"), **options):
        if node.tag == f"{_SS}Worksheet":
            if event == "start":
                name, sheet, number = node.get(f"{_SS}Name", ""), _Sheet(styles=styles), 0
                sheet.facts.date_offset = offset
            elif sheet.rows:
                sheet.facts.is_hidden = str(node.findtext(f".//{_EXCEL}Visible", "")).startswith("Sheet")
                yield sheet.grid(name)
        elif event == "end" and node.tag == f"{_SS}Style":
            styles.take(node)
        elif event == "end" and node.tag == f"{_EXCEL}Date1904":
            offset = DAYS_1904
        elif event == "end" and node.tag == f"{_SS}Column":
            _xml_column(node, sheet)
        elif event == "end" and node.tag == f"{_SS}Row":
            number = _index(node, number + 1)
            _xml_row(node, sheet, number)
            node.clear()
            while node.getprevious() is not None and node.getparent() is not None:
                del node.getparent()[0]


def _xml_column(node: Any, sheet: _Sheet) -> None:
    """Columns are few and in order: each begins where the one before ended, or at its index."""
    first = _index(node, sheet.next_column + 1)
    sheet.next_column = first + _span_of(node, "Span")
    if style := node.get(f"{_SS}StyleID"):
        sheet.column_styles.append((first - 1, sheet.next_column, style))
    if node.get(f"{_SS}Hidden") == "1":
        sheet.facts.hidden_columns += range(first - 1, min(sheet.next_column, MAX_COLUMNS))


def _xml_row(node: Any, sheet: _Sheet, number: int) -> None:
    sheet.start_row(number)
    if node.get(f"{_SS}Hidden") == "1":
        sheet.facts.hidden_rows.append(number - 1)
    for cell in node.iterchildren(f"{_SS}Cell"):
        column = max(_index(cell, sheet.next_free() + 1) - 1, len(sheet.rows[-1]))
        across = _span_of(cell, "MergeAcross")
        text = _xml_text(cell, sheet, number - 1, column)
        sheet.put(column, text, across, _span_of(cell, "MergeDown"))


def _index(node: Any, otherwise: int) -> int:
    value = node.get(f"{_SS}Index", "")
    return min(int(value), 1 << 21) if value.isdecimal() and int(value) >= otherwise else otherwise


def _span_of(cell: Any, name: str) -> int:
    value = cell.get(f"{_SS}{name}", "")
    return int(value) if value.isdecimal() else 0


def _xml_text(cell: Any, sheet: _Sheet, row: int, column: int) -> str:
    content = cell.find(f"{_SS}Data")
    text = "" if content is None else "".join(content.itertext())
    if not text:
        if cell.get(f"{_SS}Formula"):
            sheet.facts.uncomputed.append((row, column))
        return ""
    style = sheet.style_of(cell, column)
    if sheet.styles.struck.get(style):
        sheet.facts.struck.append((row, column))
    kind = content.get(f"{_SS}Type")
    if kind == "Number":
        return _number(text, sheet, (row, column), sheet.styles.shown.get(style))
    if kind == "Boolean":
        return "TRUE" if text.strip() == "1" else "FALSE"
    if kind == "DateTime":
        midnight = _MIDNIGHT.match(text)
        return midnight.group(1) if midnight else _MOMENT.sub(r"\1 \2", text)
    return text


def _number(text: str, sheet: _Sheet, place: tuple[int, int], shown: Shown | None) -> str:
    try:
        value = float(text)
        plain = number_text(value)
    except (ValueError, OverflowError):
        return text
    seen = shown.text(value) if shown else None
    if shown and seen is not None and (power := shown.power(value)):
        sheet.facts.scaled.append((*place, power, plain))
    return plain if seen is None else seen
