"""Decide from the bytes alone what a file is, and read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingestion.readers.containers.decode import Utf8, broken_off, decode
from ingestion.readers.containers.encryption import unlocked
from ingestion.readers.containers.sniff import sniff
from ingestion.readers.formats import workbook
from ingestion.readers.formats.delimited import TextGrid, text_grid
from ingestion.readers.formats.hidden_parts import remarks_of
from ingestion.readers.formats.markup import html_grids, mhtml_grids
from ingestion.readers.formats.ods import ods_grids
from ingestion.readers.formats.sheet_builder import TooLargeError
from ingestion.readers.formats.xls_before_97 import bare_biff_grids
from ingestion.readers.formats.xml_2003 import xml_grids
from ingestion.readers.grid import Grid
from ingestion.readers.layout.cell_marks import with_marks
from ingestion.readers.layout.headless import data_in
from ingestion.readers.layout.row_kinds import joined
from ingestion.readers.layout.tables import tables_of, tables_under
from ingestion.readers.model import Reading, Refusal, SeenRow, Table
from ingestion.text.headers import is_known

_WORKBOOKS = ("xls", "xlsx", "xlsm", "xlsb")
_OTHERS = {
    "html": html_grids,
    "mhtml": mhtml_grids,
    "xml2003": xml_grids,
    "ods": ods_grids,
    "biff": bare_biff_grids,
}
# What people drop by mistake, as they call it.
_FOREIGN = {
    "pdf": " PDF 文件",
    "image": "一张图片",
    "doc": " Word 文档",
    "rtf": " Word 文档（RTF）",
    "pptx": "演示文稿",
    "program": "一个程序",
    "shortcut": "一个快捷方式（只指向文件，里面没有内容）",
    "parquet": "数据库文件",
    "sqlite": "数据库文件",
    "access": "数据库文件（Access）",
}
_ANYTHING = re.compile(rb"[^\x00 \t\r\n\xef\xbb\xbf\xff\xfe]")
_SHOWN = 400  # characters of a row: all names of a wide header
_NEAREST = 3
_LISTED = 10
_PADDING = 16  # zero bytes: more than a character of any encoding ends with
_ROWS_OF_A_LIST = 3


def read(data: bytes, *, known_headers: frozenset[str], header: Sequence[str] = ()) -> Reading:
    """Tables of text cells from any bytes; never raises for what they contain.

    `known_headers` are the headers and aliases of all contracts, through `normalise_header`. A workbook
    that Excel locked with its own password is read; its `format` is that of the workbook inside. Where no
    sheet has a header, those with as many columns as `header` are read under it.
    """
    reading = _read(data, known_headers, header)
    if reading.refusal and reading.refusal.code == "FILE_ENCRYPTED" and (inside := unlocked(data)):
        return _read(inside, known_headers, header)
    return reading


def _read(data: bytes, known_headers: frozenset[str], assumed: Sequence[str]) -> Reading:
    if not _ANYTHING.search(data):
        return Reading("empty", None, refusal=Refusal("FILE_EMPTY"))
    kind = sniff(data)
    if kind == "text":
        return _read_text(data, known_headers, assumed)
    if kind in _WORKBOOKS:
        found = workbook.grids(data, kind)
        if isinstance(found, Refusal):
            return Reading(kind, None, refusal=found)
        return _from_grids(kind, *found, known_headers, assumed=assumed)
    if kind in _OTHERS:
        marked = markup_grids(data, kind)
        if isinstance(marked, Refusal):
            return Reading(kind, None, refusal=marked)
        return _from_grids(kind, marked[0], (), known_headers, marked[1], assumed)
    return Reading(kind, None, refusal=_foreign(kind))


def markup_grids(data: bytes, kind: str) -> tuple[list[Grid], str | None] | Refusal:
    """The sheets of a workbook that calamine does not read, and the encoding it is in."""
    return _OTHERS[kind](data)


def _foreign(kind: str) -> Refusal:
    if kind == "encrypted":
        return Refusal("FILE_ENCRYPTED")
    if kind == "broken_zip":
        return Refusal("FILE_TRUNCATED", {"format": "zip"})
    if kind in _FOREIGN:
        return Refusal("FILE_FOREIGN", {"format": kind, "what": _FOREIGN[kind]})
    return Refusal("FILE_UNREADABLE", {"format": kind})


def _from_grids(
    kind: str,
    grids: Sequence[Grid],
    notes: Sequence[str],
    known: frozenset[str],
    encoding: str | None = None,
    assumed: Sequence[str] = (),
) -> Reading:
    tables: list[Table] = []
    remarks = list(notes)
    if not grids:
        return Reading(kind, encoding, refusal=Refusal("FILE_EMPTY"), notes=tuple(remarks))
    headless: list[tuple[int, Grid]] = []
    read_grids = [(grid, tables_of(grid, known)) for grid in grids]
    if assumed and not any(found for _, found in read_grids):
        read_grids = [(grid, tables_under(grid, assumed, known)) for grid in grids]
    for grid, found_tables in read_grids:
        found = [with_marks(table, grid.facts) for table in found_tables]
        tables += found
        remarks += remarks_of(grid.sheet, grid.facts)
        if not found:
            headless.append((len(remarks) + len(headless), grid))
    for at, grid in headless:  # what they hold shows beside the tables, when all of these are read
        there = data_in(grid, tables)
        said = f" data={there}" if there != "none" else ""
        remarks.insert(at, f"SHEET_WITHOUT_HEADER sheet={grid.sheet} rows={grid.height}{said}")
    refusal = None if tables else no_header(grids, known)
    return Reading(kind, encoding, tuple(tables), refusal, tuple(remarks))


def no_header(grids: Sequence[Grid], known: frozenset[str]) -> Refusal:
    """NO_HEADER with the rows that come nearest to one."""
    ranked: list[tuple[int, int, SeenRow]] = []
    for grid in grids:
        for index, row in enumerate(grid.rows(0, 100)):
            present = [cell for cell in row if cell.strip()]
            hits = sum(1 for cell in present if len(cell) <= 60 and is_known(cell, known))
            seen = SeenRow(grid.sheet, int(grid.row_numbers[index]), joined(row)[:_SHOWN])
            ranked.append((hits, len(present), seen))
    ranked.sort(key=lambda item: item[:2], reverse=True)
    return Refusal("NO_HEADER", rows_seen=tuple(seen for _, _, seen in ranked[:_NEAREST]))


def _read_text(data: bytes, known: frozenset[str], assumed: Sequence[str]) -> Reading:
    whole = data.rstrip(b"\x00")
    if len(data) - len(whole) >= _PADDING:  # broken off, and filled up to the size that was promised
        return Reading("text", None, refusal=broken_off(whole))
    decoded = decode(data)
    if isinstance(decoded, Refusal):
        return Reading("text", None, refusal=decoded)
    text = decoded.text
    if b"\x00" in text:
        return Reading("binary", None, refusal=Refusal("FILE_UNREADABLE", {"format": "binary"}))
    try:
        found = text_grid(text, known)
    except TooLargeError:
        return Reading("text", decoded.encoding, refusal=Refusal("FILE_UNSAFE", {"reason": "columns"}))
    kind = "tsv" if found.head.dialect.delimiter == "\t" else "csv"
    tables = tables_of(found.grid, known) or tables_under(found.grid, assumed, known)
    refusal = None if tables else no_header([found.grid], known)
    if _ends_inside_a_row(text, found, tables):
        refusal, tables = broken_off(text), []
    mixed = ("LINE_ENDS mixed",) if decoded.line_ends else ()
    notes = (*mixed, *found.notes, *_ragged(found, tables))
    return Reading(kind, decoded.encoding, tuple(tables), refusal, notes)


def _ends_inside_a_row(text: Utf8, found: TextGrid, tables: Sequence[Table]) -> bool:
    """Whether the last line is no whole line and the only row that lacks cells."""
    if text.endswith(b"\n") or not tables or len(tables[-1].row_numbers) < _ROWS_OF_A_LIST:
        return False
    last = int(tables[-1].row_numbers[-1])
    if found.odd.get(last, found.head.width) >= found.head.width or int(found.grid.row_numbers[-1]) != last:
        return False
    return not any(
        found.odd.get(int(n), found.head.width) < found.head.width for n in tables[-1].row_numbers[:-1]
    )


def _ragged(found: TextGrid, tables: Sequence[Table]) -> list[str]:
    """Data rows with more or fewer cells than the others of their table: 'ROWS_LONG count=… lines=…'."""
    lines: dict[str, list[int]] = {"ROWS_SHORT": [], "ROWS_LONG": []}
    for table in tables if found.odd else ():
        numbers = table.row_numbers.tolist()
        widths = Counter(found.odd.get(n, found.head.width) for n in numbers)
        usual = widths.most_common(1)[0][0] if widths else 0
        for n in numbers if len(widths) > 1 else ():
            width = found.odd.get(n, found.head.width)
            if width != usual:
                lines["ROWS_LONG" if width > usual else "ROWS_SHORT"].append(n)
    return [
        f"{code} count={len(odd)} lines={','.join(map(str, odd[:_LISTED]))}"
        for code, odd in lines.items()
        if odd
    ]
