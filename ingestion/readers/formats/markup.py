"""Web pages and XML that call themselves .xls: HTML, MHTML, SpreadsheetML 2003."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import Message
from io import BytesIO
from typing import Any

from lxml import etree, html

from ingestion.readers.containers.decode import decode
from ingestion.readers.formats.cell_text import number_text
from ingestion.readers.formats.sheet_builder import MAX_COLUMNS, SheetBuilder, TooLargeError
from ingestion.readers.grid import Grid
from ingestion.readers.model import Refusal

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_XML_END = re.compile(rb"</(?:\w+:)?Workbook\s*>")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_GONE = re.compile(r"display\s*:\s*none", re.I)
_MIDNIGHT = re.compile(r"^(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?$")
_MOMENT = re.compile(r"^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?$")
Found = tuple[list[Grid], str | None]


def html_grids(data: bytes) -> Found | Refusal:
    """A grid per innermost table of a page."""
    text = _page_text(data)
    if isinstance(text, Refusal):
        return text
    page, encoding = text
    lower = page.lower()
    if lower.rfind(b"<table") > lower.rfind(b"</table"):
        return Refusal("FILE_TRUNCATED", {"format": "html"})
    try:
        root = html.document_fromstring(
            page, parser=html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
        )
        tables = [t for t in root.iter("table") if next(t.iterdescendants("table"), None) is None]
        found = [_html_table(table) for table in tables]
    except (etree.LxmlError, ValueError, AssertionError) as error:
        return Refusal("FILE_UNREADABLE", {"format": "html", "reason": str(error)[:200]})
    except TooLargeError:
        return Refusal("FILE_UNSAFE", {"reason": "extent"})
    names = [""] if len(found) == 1 else [f"表{n + 1}" for n in range(len(found))]
    return [s.grid(name) for s, name in zip(found, names, strict=True) if s.rows], encoding


def _page_text(data: bytes) -> tuple[bytes, str] | Refusal:
    """The page as UTF-8. Strict UTF-8 wins over what the page declares: exports declare wrongly."""
    found = decode(data)
    if not isinstance(found, Refusal):
        return bytes(found.text), found.encoding
    declared = _CHARSET.search(data, 0, 4096)
    if declared:
        try:
            name = declared.group(1).decode().lower()
            return data.decode(name).encode("utf-8"), name
        except (UnicodeDecodeError, LookupError):
            pass
    return found


def _html_table(table: Any) -> SheetBuilder:
    sheet = SheetBuilder()
    column = 0
    for node in table.iter("col"):
        reach = _span(node.get("span")) + 1
        if _is_gone(node):
            sheet.facts.hidden_columns += range(column, min(column + reach, MAX_COLUMNS))
        column += reach
    for number, line in enumerate(table.iter("tr"), start=1):
        sheet.start_row(number)
        if _is_gone(line):
            sheet.facts.hidden_rows.append(number - 1)
        for cell in line.iterchildren("td", "th"):
            across, down = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            sheet.put(sheet.next_free(), _cell_text(cell), across, down)
    return sheet


def _is_gone(node: Any) -> bool:
    return node.get("hidden") is not None or bool(_GONE.search(node.get("style", "")))


def _span(value: str | None) -> int:
    return max(int(value) - 1, 0) if value and value.strip().isdecimal() else 0


def _cell_text(cell: Any) -> str:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    pieces = [_SPACES.sub(" ", line).strip(" ") for line in cell.text_content().split("\n")]
    return "\n".join(piece for piece in pieces if piece)


def mhtml_grids(data: bytes) -> Found | Refusal:
    """The tables of all pages in a web archive, one grid per sheet page."""
    try:
        parts = list(email.message_from_bytes(data, policy=email.policy.compat32).walk())
    except RecursionError:
        return Refusal("FILE_UNSAFE", {"reason": "depth"})
    grids: list[Grid] = []
    encoding: str | None = None
    refusal: Refusal | None = None
    for part in parts:
        page = _page_of(part)
        if page is None:
            continue
        found = html_grids(page)
        if isinstance(found, Refusal):
            refusal = found
            continue
        place = str(part.get("Content-Location", "")).rsplit("/", 1)[-1].rsplit(".", 1)[0]
        encoding = found[1]
        for grid in found[0]:
            grid.sheet = grid.sheet or place
            grids.append(grid)
    if not grids:
        return refusal or Refusal("FILE_UNREADABLE", {"format": "mhtml"})
    return grids, encoding


def _page_of(part: Message) -> bytes | None:
    if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
        return None
    page = part.get_payload(decode=True)
    return page if isinstance(page, bytes) and b"<t" in page.lower() else None


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
    name, sheet, number = "", SheetBuilder(), 0
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True}
    for event, node in etree.iterparse(BytesIO(data), events=("start", "end"), **options):
        if node.tag == f"{_SS}Worksheet":
            if event == "start":
                name, sheet, number = node.get(f"{_SS}Name", ""), SheetBuilder(), 0
            elif sheet.rows:
                sheet.facts.is_hidden = str(node.findtext(f".//{_EXCEL}Visible", "")).startswith("Sheet")
                yield sheet.grid(name)
        elif event == "end" and node.tag == f"{_SS}Column":
            _xml_column(node, sheet)
        elif event == "end" and node.tag == f"{_SS}Row":
            number = _index(node, number + 1)
            _xml_row(node, sheet, number)
            node.clear()
            while node.getprevious() is not None and node.getparent() is not None:
                del node.getparent()[0]


def _xml_column(node: Any, sheet: SheetBuilder) -> None:
    """Columns are few and in order: each begins where the one before ended, or at its index."""
    first = _index(node, sheet.next_column + 1)
    sheet.next_column = first + _span_of(node, "Span")
    if node.get(f"{_SS}Hidden") == "1":
        sheet.facts.hidden_columns += range(first - 1, min(sheet.next_column, MAX_COLUMNS))


def _xml_row(node: Any, sheet: SheetBuilder, number: int) -> None:
    sheet.start_row(number)
    if node.get(f"{_SS}Hidden") == "1":
        sheet.facts.hidden_rows.append(number - 1)
    for cell in node.iterchildren(f"{_SS}Cell"):
        column = _index(cell, sheet.next_free() + 1) - 1
        across = _span_of(cell, "MergeAcross")
        sheet.put(max(column, len(sheet.rows[-1])), _xml_text(cell), across, _span_of(cell, "MergeDown"))


def _index(node: Any, otherwise: int) -> int:
    value = node.get(f"{_SS}Index", "")
    return min(int(value), 1 << 21) if value.isdecimal() and int(value) >= otherwise else otherwise


def _span_of(cell: Any, name: str) -> int:
    value = cell.get(f"{_SS}{name}", "")
    return int(value) if value.isdecimal() else 0


def _xml_text(cell: Any) -> str:
    content = cell.find(f"{_SS}Data")
    if content is None:
        return ""
    text = "".join(content.itertext())
    kind = content.get(f"{_SS}Type")
    if kind == "Number":
        return _number(text)
    if kind == "Boolean":
        return "TRUE" if text.strip() == "1" else "FALSE"
    if kind == "DateTime":
        midnight = _MIDNIGHT.match(text)
        return midnight.group(1) if midnight else _MOMENT.sub(r"\1 \2", text)
    return text


def _number(text: str) -> str:
    try:
        return number_text(float(text))
    except (ValueError, OverflowError):
        return text
