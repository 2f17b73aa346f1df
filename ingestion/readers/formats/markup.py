"""Web pages that call themselves .xls: HTML, MHTML."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import Message
from typing import Any

from lxml import etree, html

from ingestion.readers.containers.decode import decode
from ingestion.readers.formats.html_cells import PageStyles, beside
from ingestion.readers.formats.sheet_builder import MAX_COLUMNS, SheetBuilder, TooLargeError
from ingestion.readers.grid import Grid
from ingestion.readers.model import Refusal

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_GONE = re.compile(r"display\s*:\s*none", re.I)
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
        styles = PageStyles.of(page)
        found = [_html_table(table, styles) for table in tables]
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


def _html_table(table: Any, styles: PageStyles) -> SheetBuilder:
    sheet = SheetBuilder()
    sheet.facts.date_offset = styles.date_offset
    first = 0
    for node in table.iter("col"):
        reach = _span(node.get("span")) + 1
        if _is_gone(node):
            sheet.facts.hidden_columns += range(first, min(first + reach, MAX_COLUMNS))
        first += reach
    for number, line in enumerate(table.iter("tr"), start=1):
        sheet.start_row(number)
        if _is_gone(line):
            sheet.facts.hidden_rows.append(number - 1)
        for cell in line.iterchildren("td", "th"):
            across, down = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            column, text = sheet.next_free(), _cell_text(cell)
            if text and (stored := cell.get("x:num")):
                text, power = beside(stored, text)
                if power:
                    sheet.facts.scaled.append((number - 1, column, power, stored))
            if text and styles.is_struck(cell):
                sheet.facts.struck.append((number - 1, column))
            sheet.put(column, text, across, down)
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
