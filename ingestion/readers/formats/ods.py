"""OpenDocument spreadsheets. Calamine reads them too, but without ranges, errors and bounds."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any

from lxml import etree

from ingestion.readers.formats.cell_text import number_text
from ingestion.readers.formats.markup import Found
from ingestion.readers.formats.number_formats import Shown, shown_by
from ingestion.readers.formats.ods_styles import OdsStyles
from ingestion.readers.formats.sheet_builder import MAX_COLUMNS, SheetBuilder, TooLargeError
from ingestion.readers.formats.xlsx import package_bounds
from ingestion.readers.grid import Grid, SheetFacts
from ingestion.readers.model import Refusal

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MAX_REPEATS = 10_000  # of a row that holds something; blank ones repeat to the end of the sheet
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_BY_KIND = {"percentage": shown_by("0%")}
_DAY_0 = dt.date(1899, 12, 30)
_TIME = re.compile(r"^PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S$")


def ods_grids(data: bytes) -> Found | Refusal:
    """A grid per sheet."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            refusal = package_bounds(archive)
            if refusal:
                return refusal
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                return Refusal("FILE_ENCRYPTED", {"format": "ods"})
            styles = OdsStyles()
            if "styles.xml" in archive.NameToInfo:
                with archive.open("styles.xml") as shared:
                    _take_styles(shared, styles)
            with archive.open("content.xml") as content:
                return list(_sheets(content, styles)), None
    except (zipfile.BadZipFile, EOFError, zlib.error, OSError, RuntimeError, etree.XMLSyntaxError) as error:
        return Refusal("FILE_TRUNCATED", {"format": "ods", "reason": str(error)[:200]})
    except (KeyError, ValueError) as error:
        return Refusal("FILE_UNREADABLE", {"format": "ods", "reason": str(error)[:200]})
    except TooLargeError:
        return Refusal("FILE_UNSAFE", {"reason": "extent"})


def _take_styles(shared: IO[bytes], styles: OdsStyles) -> None:
    for _, node in etree.iterparse(shared, events=("end",), resolve_entities=False, no_network=True):
        styles.take(node)


@dataclass
class _Sheet(SheetBuilder):
    """A sheet while it is laid out, with the styles that its columns give to cells without one."""

    styles: OdsStyles = field(default_factory=OdsStyles)
    column_styles: list[tuple[int, str]] = field(default_factory=list)  # last column + 1, style

    def style_of(self, cell: Any, row: Any, column: int) -> str:
        own = cell.get(f"{_TABLE}style-name") or row.get(f"{_TABLE}default-cell-style-name")
        return str(own or next((style for end, style in self.column_styles if column < end), ""))


def _sheets(content: IO[bytes], styles: OdsStyles) -> Iterator[Grid]:
    name, sheet, number, offset = "", _Sheet(), 0, 0
    hidden_styles: set[str] = set()
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True}
    for event, node in etree.iterparse(content, events=("start", "end"), **options):
        if node.tag == f"{_TABLE}table":
            if event == "start":
                name, sheet, number = node.get(f"{_TABLE}name", ""), _Sheet(styles=styles), 0
                sheet.facts.date_offset = offset
                sheet.facts.is_hidden = node.get(f"{_TABLE}style-name") in hidden_styles
            elif sheet.rows:
                yield sheet.grid(name)
        elif event == "end" and node.tag == f"{_STYLE}table-properties":
            if node.get(f"{_TABLE}display") == "false":
                hidden_styles.add(node.getparent().get(f"{_STYLE}name", ""))
        elif event == "end" and node.tag.startswith((_STYLE, _NUMBER)):
            styles.take(node)
        elif event == "end" and node.tag == f"{_TABLE}null-date":
            offset = _date_offset(node.get(f"{_TABLE}date-value", ""))
        elif event == "end" and node.tag == f"{_TABLE}table-column":
            _column(node, sheet)
        elif event == "end" and node.tag == f"{_TABLE}table-row":
            number += _row(node, sheet, number + 1)
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]


def _date_offset(day_0: str) -> int:
    try:
        return (dt.date.fromisoformat(day_0[:10]) - _DAY_0).days
    except ValueError:
        return 0


def _column(node: Any, sheet: _Sheet) -> None:
    first = sheet.next_column
    sheet.next_column += _count(node, "number-columns-repeated")
    sheet.column_styles.append((sheet.next_column, node.get(f"{_TABLE}default-cell-style-name", "")))
    if _is_hidden(node):
        sheet.facts.hidden_columns += range(first, min(sheet.next_column, MAX_COLUMNS))


def _is_hidden(node: Any) -> bool:
    return node.get(f"{_TABLE}visibility") in ("collapse", "filter")


def _row(node: Any, sheet: _Sheet, number: int) -> int:
    """Lay out a row with its repetitions; how many rows that are."""
    repeats = _count(node, "number-rows-repeated")
    before = _noted(sheet.facts)
    cells = list(_cells(node, sheet, number - 1))
    if not cells:
        return repeats
    if _is_hidden(node):
        sheet.facts.hidden_rows += range(number - 1, number - 1 + min(repeats, _MAX_REPEATS))
    if repeats > _MAX_REPEATS:
        raise TooLargeError
    _note_again(sheet.facts, before, rows=repeats)
    for copy in range(repeats):
        sheet.start_row(number + copy)
        for column, text, across, down in cells:
            sheet.put(max(column, len(sheet.rows[-1])), text, across, down)
    return repeats


def _cells(node: Any, sheet: _Sheet, row: int) -> Iterator[tuple[int, str, int, int]]:
    """(column, text, further columns, further rows) of the cells that hold something."""
    column = 0
    for cell in node.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        repeats = _count(cell, "number-columns-repeated")
        text, before = "", _noted(sheet.facts)
        if cell.tag == f"{_TABLE}table-cell":
            text = _cell_text(cell, row, column, sheet.style_of(cell, node, column), sheet)
        if text:
            if column + repeats > MAX_COLUMNS:
                raise TooLargeError
            _note_again(sheet.facts, before, columns=repeats)
            down = _count(cell, "number-rows-spanned") - 1
            across = _count(cell, "number-columns-spanned") - 1
            for copy in range(repeats):
                yield column + copy, text, across, down
        column += repeats


def _noted(facts: SheetFacts) -> tuple[int, int, int]:
    return len(facts.scaled), len(facts.struck), len(facts.uncomputed)


def _note_again(facts: SheetFacts, before: tuple[int, int, int], rows: int = 1, columns: int = 1) -> None:
    """What was noted of a cell or row since `before` holds for its repetitions too."""
    steps = [(r, c) for r in range(rows) for c in range(columns) if r or c]
    if not steps:
        return
    scaled, struck, uncomputed = before
    facts.scaled += [
        (row + r, at + c, power, held) for row, at, power, held in facts.scaled[scaled:] for r, c in steps
    ]
    facts.struck += [(row + r, at + c) for row, at in facts.struck[struck:] for r, c in steps]
    facts.uncomputed += [(row + r, at + c) for row, at in facts.uncomputed[uncomputed:] for r, c in steps]


def _count(node: Any, name: str) -> int:
    value = node.get(f"{_TABLE}{name}", "1")
    return max(int(value), 1) if value.isdecimal() else 1


def _cell_text(cell: Any, row: int, column: int, style: str, sheet: _Sheet) -> str:
    lines = list(cell.iterchildren(f"{_TEXT}p"))
    shown = "\n".join("".join(line.itertext()) for line in lines)
    kind = cell.get(f"{_OFFICE}value-type")
    if shown and (sheet.styles.is_struck(style) or _is_struck(lines, sheet.styles)):
        sheet.facts.struck.append((row, column))
    is_formula = not shown and cell.get(f"{_TABLE}formula") and not cell.get(f"{_OFFICE}value")
    if is_formula and cell.get(f"{_OFFICE}string-value") is None:
        sheet.facts.uncomputed.append((row, column))
    if shown.startswith("#") or kind is None:
        return shown
    if kind in ("float", "percentage", "currency"):
        try:
            value = float(cell.get(f"{_OFFICE}value", ""))
            return _number(value, row, column, sheet.styles.shown(style) or _BY_KIND.get(kind), sheet)
        except (ValueError, OverflowError):
            return shown
    if kind == "date":
        day, _, time = cell.get(f"{_OFFICE}date-value", "").partition("T")
        return day if not time or set(time) <= set("0:.") else f"{day} {time[:8]}"
    if kind == "boolean":
        return "TRUE" if cell.get(f"{_OFFICE}boolean-value") == "true" else "FALSE"
    if kind == "time":
        span = _TIME.match(cell.get(f"{_OFFICE}time-value", ""))
        return f"{span[1]}:{span[2]}:{span[3]}" if span else shown
    return shown


def _number(value: float, row: int, column: int, shown: Shown | None, sheet: SheetBuilder) -> str:
    text = shown.text(value) if shown else None
    if shown and text is not None and (power := shown.power(value)):
        sheet.facts.scaled.append((row, column, power, number_text(value)))
    return number_text(value) if text is None else text


def _is_struck(lines: list[Any], styles: OdsStyles) -> bool:
    """Whether all of a text stands in pieces that are struck out."""
    struck = [
        span
        for line in lines
        for span in line.iterchildren(f"{_TEXT}span")
        if styles.is_struck(span.get(f"{_TEXT}style-name", ""))
    ]
    length = sum(len("".join(line.itertext()).strip()) for line in lines)
    return bool(struck) and sum(len("".join(span.itertext()).strip()) for span in struck) >= length
