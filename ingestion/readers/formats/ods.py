"""OpenDocument spreadsheets. Calamine reads them too, but without ranges, errors and bounds."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from lxml import etree

from ingestion.readers.formats.cell_text import number_text
from ingestion.readers.formats.markup import Found
from ingestion.readers.formats.sheet_builder import MAX_COLUMNS, SheetBuilder, TooLargeError
from ingestion.readers.formats.xlsx import package_bounds
from ingestion.readers.grid import Grid
from ingestion.readers.model import Refusal

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MAX_REPEATS = 10_000  # of a row that holds something; blank ones repeat to the end of the sheet
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
            with archive.open("content.xml") as content:
                return list(_sheets(content)), None
    except (zipfile.BadZipFile, EOFError, zlib.error, OSError, RuntimeError, etree.XMLSyntaxError) as error:
        return Refusal("FILE_TRUNCATED", {"format": "ods", "reason": str(error)[:200]})
    except (KeyError, ValueError) as error:
        return Refusal("FILE_UNREADABLE", {"format": "ods", "reason": str(error)[:200]})
    except TooLargeError:
        return Refusal("FILE_UNSAFE", {"reason": "extent"})


def _sheets(content: IO[bytes]) -> Iterator[Grid]:
    name, sheet, number = "", SheetBuilder(), 0
    hidden_styles: set[str] = set()
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True}
    for event, node in etree.iterparse(content, events=("start", "end"), **options):
        if node.tag == f"{_TABLE}table":
            if event == "start":
                name, sheet, number = node.get(f"{_TABLE}name", ""), SheetBuilder(), 0
                sheet.facts.is_hidden = node.get(f"{_TABLE}style-name") in hidden_styles
            elif sheet.rows:
                yield sheet.grid(name)
        elif event == "end" and node.tag == f"{_STYLE}table-properties":
            if node.get(f"{_TABLE}display") == "false":
                hidden_styles.add(node.getparent().get(f"{_STYLE}name", ""))
        elif event == "end" and node.tag == f"{_TABLE}table-column":
            _column(node, sheet)
        elif event == "end" and node.tag == f"{_TABLE}table-row":
            number += _row(node, sheet, number + 1)
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]


def _column(node: Any, sheet: SheetBuilder) -> None:
    first = sheet.next_column
    sheet.next_column += _count(node, "number-columns-repeated")
    if _is_hidden(node):
        sheet.facts.hidden_columns += range(first, min(sheet.next_column, MAX_COLUMNS))


def _is_hidden(node: Any) -> bool:
    return node.get(f"{_TABLE}visibility") in ("collapse", "filter")


def _row(node: Any, sheet: SheetBuilder, number: int) -> int:
    """Lay out a row with its repetitions; how many rows that are."""
    repeats = _count(node, "number-rows-repeated")
    cells = list(_cells(node))
    if not cells:
        return repeats
    if _is_hidden(node):
        sheet.facts.hidden_rows += range(number - 1, number - 1 + min(repeats, _MAX_REPEATS))
    if repeats > _MAX_REPEATS:
        raise TooLargeError
    for copy in range(repeats):
        sheet.start_row(number + copy)
        for column, text, across, down in cells:
            sheet.put(max(column, len(sheet.rows[-1])), text, across, down)
    return repeats


def _cells(node: Any) -> Iterator[tuple[int, str, int, int]]:
    """(column, text, further columns, further rows) of the cells that hold something."""
    column = 0
    for cell in node.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        repeats = _count(cell, "number-columns-repeated")
        text = _cell_text(cell) if cell.tag == f"{_TABLE}table-cell" else ""
        if text:
            if column + repeats > MAX_COLUMNS:
                raise TooLargeError
            down = _count(cell, "number-rows-spanned") - 1
            across = _count(cell, "number-columns-spanned") - 1
            for copy in range(repeats):
                yield column + copy, text, across, down
        column += repeats


def _count(node: Any, name: str) -> int:
    value = node.get(f"{_TABLE}{name}", "1")
    return max(int(value), 1) if value.isdecimal() else 1


def _cell_text(cell: Any) -> str:
    shown = "\n".join("".join(line.itertext()) for line in cell.iterchildren(f"{_TEXT}p"))
    kind = cell.get(f"{_OFFICE}value-type")
    if shown.startswith("#") or kind is None:
        return shown
    if kind in ("float", "percentage", "currency"):
        try:
            return number_text(float(cell.get(f"{_OFFICE}value", "")))
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
