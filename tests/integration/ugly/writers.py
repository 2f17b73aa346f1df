"""One way per format to write a sheet, as the programs that departments have write it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
import xlwt

from sample_county.rare_formats.binary import biff5_container, biff5_stream, xlsb
from sample_county.rare_formats.markup import covered, html, mhtml, ods, xml2003, zipped
from sample_county.rare_formats.page import Page as Sheet
from sample_county.rare_formats.page import shown

ERROR_CODES = {"#REF!": 23, "#N/A": 42, "#DIV/0!": 7, "#VALUE!": 15, "#NAME?": 29}


def text(
    sheets: Sequence[Sheet], delimiter: str = ",", encoding: str = "gb18030", end: str = "\r\n"
) -> bytes:
    """The sheets under one another, as a query tool writes them."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    for sheet in sheets:
        for r, row in enumerate(sheet.rows):
            writer.writerow([sheet.errors.get((r, c)) or shown(value) for c, value in enumerate(row)])
    return stream.getvalue().encode(encoding)


def xlsx(
    sheets: Sequence[Sheet], also: Callable[[Any, dict[str, Any]], None] | None = None, **options: Any
) -> bytes:
    """Through XlsxWriter; `also` gets the book and its pages by name before they are saved."""
    stream = io.BytesIO()
    settings = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, **options}
    with xlsxwriter.Workbook(stream, settings) as book:
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        pages = {sheet.name: book.add_worksheet(sheet.name) for sheet in sheets}
        for sheet in sheets:
            _fill_page(pages[sheet.name], sheet, formats)
        if also:
            also(book, pages)
    return stream.getvalue()


def _fill_page(page: Any, sheet: Sheet, formats: dict[type, Any]) -> None:
    hidden = covered(sheet)
    for r, row in enumerate(sheet.rows):
        for c, value in enumerate(row):
            if hidden.get((r, c), ()) is None:
                continue
            if (r, c) in sheet.errors:
                page.write_formula(r, c, "=Sheet9!A1", None, sheet.errors[r, c])
            elif value is not None:
                page.write(r, c, value, formats.get(type(value)))
    page.merge.extend(list(merge) for merge in sheet.merges)
    for r in sheet.hidden_rows:
        page.set_row(r, None, None, {"hidden": True})
    for c in sheet.hidden_columns:
        page.set_column(c, c, 10, None, {"hidden": True})
    if sheet.is_hidden:
        page.hide()


def xlsm(sheets: Sequence[Sheet]) -> bytes:
    """A workbook that carries a macro project."""
    return with_parts(xlsx(sheets), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 no macro in here"})


def with_parts(data: bytes, parts: dict[str, bytes | None]) -> bytes:
    """The package with parts replaced, added, or (None) left out."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        for name in source.namelist():
            if name not in parts:
                to.writestr(name, source.read(name))
        for name, content in parts.items():
            if content is not None:
                to.writestr(name, content)
    return stream.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def changed(data: bytes, part: str, *pairs: tuple[str, str]) -> bytes:
    """The package with texts of one part replaced; each must be there."""
    text = part_of(data, part).decode()
    for old, new in pairs:
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    return with_parts(data, {part: text.encode()})


def xls(sheets: Sequence[Sheet], *, dates_1904: bool = False) -> bytes:
    """BIFF8 in its container, through xlwt."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = dates_1904
    day, moment = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    styles = {date: day, datetime: moment}
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        hidden = covered(sheet)
        for r, row in enumerate(sheet.rows):
            for c, value in enumerate(row):
                merge = hidden.get((r, c), ())
                if (r, c) in sheet.errors:
                    page.row(r).set_cell_error(c, ERROR_CODES[sheet.errors[r, c]])
                elif merge and len(merge) == 4:
                    page.write_merge(merge[0], merge[2], merge[1], merge[3], value)
                elif value is not None and merge is not None:
                    page.write(r, c, value, styles.get(type(value), xlwt.Style.default_style))
        for r in sheet.hidden_rows:
            page.row(r).hidden = True
        for c in sheet.hidden_columns:
            page.col(c).hidden = True
        page.visibility = int(sheet.is_hidden)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


Writer = Callable[[Sequence[Sheet]], bytes]
TEXTS: dict[str, Writer] = {
    "csv": text,
    "tsv": lambda sheets: text(sheets, "\t", "utf-8-sig", "\n"),
    "semicolon.csv": lambda sheets: text(sheets, ";", "utf-8"),
    "pipe.txt": lambda sheets: text(sheets, "|"),
    "tab.xls": lambda sheets: text(sheets, "\t", "utf-16"),
}
WORKBOOKS: dict[str, Writer] = {
    "xlsx": xlsx,
    "xlsm": xlsm,
    "xlsb": xlsb,
    "xls": xls,
    "biff5.xls": biff5_container,
    "bare.xls": biff5_stream,
    "ods": ods,
    "html.xls": html,
    "mhtml.xls": mhtml,
    "xml.xls": xml2003,
}
FORMATS: dict[str, Writer] = {
    **TEXTS,
    **WORKBOOKS,
    "zip": lambda sheets: zipped({"2019年6月/导出.xlsx": xlsx(sheets)}, gbk=True),
}
