"""Cells with formats, struck text and formulas in every format that can carry them."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import openpyxl
import xlwt
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ingestion.readers.containers.ole import open_container
from tests.unit.ingestion.readers.formats.test_rare_formats import record, wide
from tests.unit.ingestion.readers.make import zipped
from tests.unit.ingestion.shown.formats import Format

GENERAL = Format()


@dataclass(frozen=True)
class Cell:
    """A text, or a number by its digits with a format. Of a `formula` the value is its last result."""

    value: str
    is_number: bool = False
    format: Format = GENERAL
    is_struck: bool = False
    formula: str = ""

    @property
    def number(self) -> float:
        return float(self.value)


Rows = Sequence[Sequence[Cell | str]]


def _cells(rows: Rows) -> list[list[Cell]]:
    return [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]


def xlsx(rows: Rows, *, is_1904: bool = False) -> bytes:
    book = openpyxl.Workbook()
    page: Any = book.active
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    for r, row in enumerate(_cells(rows), start=1):
        for c, cell in enumerate(row, start=1):
            if cell.value == "" and not cell.formula:
                continue
            there = page.cell(r, c, cell.formula or (cell.number if cell.is_number else cell.value))
            if cell.format != GENERAL:
                there.number_format = cell.format.code
            if cell.is_struck:
                there.font = Font(strike=True)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xlsm(rows: Rows, *, is_1904: bool = False) -> bytes:
    stream = io.BytesIO(xlsx(rows, is_1904=is_1904))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return stream.getvalue()


def with_prefix(data: bytes) -> bytes:
    """The same .xlsx with a prefix before the name of each element of its sheets, as some writers have it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", part)
                part = part.replace(b" xmlns=", b" xmlns:x=", 1)
            target.writestr(name, part)
    return stream.getvalue()


def reordered(data: bytes) -> bytes:
    """The same .xlsx with the style of each cell before its place."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb'<c (r="\w+") (s="\d+")', rb"<c \2 \1", part)
            target.writestr(name, part)
    return stream.getvalue()


def xls(rows: Rows, *, is_1904: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = is_1904
    page = book.add_sheet("Sheet")
    styles: dict[tuple[str, bool], Any] = {}
    for r, row in enumerate(_cells(rows)):
        for c, cell in enumerate(row):
            key = ("General" if cell.format == GENERAL else cell.format.code, cell.is_struck)
            if key not in styles:
                styles[key] = xlwt.XFStyle()
                styles[key].num_format_str = key[0]
                styles[key].font.struck_out = key[1]
            value: Any = cell.number if cell.is_number else cell.value
            if cell.formula:
                value = xlwt.Formula(cell.formula.removeprefix("="))
            if value != "":
                page.write(r, c, value, styles[key])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def biff(rows: Rows, *, is_1904: bool = False) -> bytes:
    """The records of an .xls without its container."""
    blank: list[list[Cell | str]] = [["x"] * 3] * 150  # or the stream is too short to have sectors
    container = open_container(xls([*rows, *blank], is_1904=is_1904))
    assert container is not None
    stream = container.stream("Workbook")
    assert stream is not None
    return stream


def xlsb(rows: Rows, *, is_1904: bool = False, computes_on_load: bool = False) -> bytes:
    laid = _cells(rows)
    looks = list(dict.fromkeys((cell.format, cell.is_struck) for row in laid for cell in row))
    sheet = record(129) + record(148, struct.pack("<4I", 0, len(laid) - 1, 0, 20)) + record(145)
    for r, row in enumerate(laid):
        sheet += record(0, struct.pack("<IIH3xI", r, 0, 300, 0))
        for c, cell in enumerate(row):
            place = struct.pack("<II", c, looks.index((cell.format, cell.is_struck)) + 1)
            if cell.is_number and cell.formula:
                sheet += record(9, place + struct.pack("<dHI", cell.number, 0, 0))
            elif cell.is_number:
                sheet += record(5, place + struct.pack("<d", cell.number))
            elif cell.value:
                sheet += record(6, place + wide(cell.value))
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    calculation = struct.pack("<IIId IH", 1, 1, 100, 0.001, 1, int(computes_on_load))
    formats = b"".join(
        record(44, struct.pack("<H", 200 + n) + wide(form.code)) for n, (form, _) in enumerate(looks)
    )
    styles = b"".join(
        record(47, struct.pack("<5H6x", 0xFFFF, 0 if form == GENERAL else 200 + n, int(struck), 0, 0))
        for n, (form, struck) in enumerate([(GENERAL, False), *looks], start=-1)
    )
    fonts = b"".join(record(43, struct.pack("<HH8x", 220, flags) + bytes(9)) for flags in (0, 0x08))
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": record(131)
            + record(153, struct.pack("<III", int(is_1904), 0, 0))
            + record(143)
            + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Sheet"))
            + record(144)
            + record(157, calculation)
            + record(132),
            "xl/_rels/workbook.bin.rels": (
                f'<Relationships><Relationship Id="rId1" Type="{relation}" Target="worksheets/sheet1.bin"/>'
                "</Relationships>"
            ).encode(),
            "xl/styles.bin": record(278)
            + record(615, struct.pack("<I", len(looks)))
            + formats
            + record(616)
            + record(611, struct.pack("<I", 2))
            + fonts
            + record(612)
            + record(617, struct.pack("<I", len(looks) + 1))
            + styles
            + record(618)
            + record(279),
            "xl/worksheets/sheet1.bin": sheet + record(146) + record(130),
        }
    )


_ODS = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
)


def ods(rows: Rows, *, is_1904: bool = False) -> bytes:
    laid = _cells(rows)
    looks = list(dict.fromkeys((cell.format, cell.is_struck) for row in laid for cell in row))
    styles = "".join(
        form.ods_style(f"N{n}")
        + f'<style:style style:name="c{n}" style:family="table-cell" style:data-style-name="N{n}">'
        + ('<style:text-properties style:text-line-through-style="solid"/>' if struck else "")
        + "</style:style>"
        for n, (form, struck) in enumerate(looks)
    )
    lines = []
    for row in laid:
        line = ""
        for cell in row:
            style = f' table:style-name="c{looks.index((cell.format, cell.is_struck))}"'
            formula = f' table:formula="of:{escape(cell.formula)}"' if cell.formula else ""
            if cell.is_number:
                kind = "percentage" if cell.format.percent else "float"
                value = f' office:value-type="{kind}" office:value="{cell.value}"'
                shown = f"<text:p>{escape(cell.format.seen(cell.value))}</text:p>"
            else:
                value = ' office:value-type="string"' if cell.value else ""
                shown = f"<text:p>{escape(cell.value)}</text:p>" if cell.value else ""
            line += f"<table:table-cell{style}{formula}{value}>{shown}</table:table-cell>"
        lines.append(f"<table:table-row>{line}</table:table-row>")
    day_0 = '<table:null-date table:date-value="1904-01-01"/>'
    day_0 = f"<table:calculation-settings>{day_0}</table:calculation-settings>"
    body = f'{day_0 if is_1904 else ""}<table:table table:name="Sheet">{"".join(lines)}</table:table>'
    content = (
        f"{_ODS}<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f"{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": b"<m/>",
        }
    )


def xml_2003(rows: Rows, *, is_1904: bool = False) -> bytes:
    laid = _cells(rows)
    looks = list(dict.fromkeys((cell.format, cell.is_struck) for row in laid for cell in row))
    styles = "".join(
        f'<Style ss:ID="s{n}"><Font ss:StrikeThrough="{int(struck)}"/>'
        f'<NumberFormat ss:Format="{escape("General" if form == GENERAL else form.code)}"/></Style>'
        for n, (form, struck) in enumerate(looks)
    )
    lines = []
    for row in laid:
        line = ""
        for cell in row:
            formula = f' ss:Formula="{escape(cell.formula)}"' if cell.formula else ""
            kind = "Number" if cell.is_number else "String"
            data = f'<Data ss:Type="{kind}">{escape(cell.value)}</Data>' if cell.value else ""
            line += f'<Cell ss:StyleID="s{looks.index((cell.format, cell.is_struck))}"{formula}>{data}</Cell>'
        lines.append(f"<Row>{line}</Row>")
    book = '<x:ExcelWorkbook xmlns:x="urn:schemas-microsoft-com:office:excel">{}</x:ExcelWorkbook>'
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f"{book.format('<x:Date1904/>' if is_1904 else '')}<Styles>{styles}</Styles>"
        f'<Worksheet ss:Name="Sheet"><Table>{"".join(lines)}</Table></Worksheet></Workbook>'
    ).encode()


def html(rows: Rows, *, is_1904: bool = False) -> bytes:
    """As Excel saves a page: the text as seen, the number beside it where it is another."""
    lines = []
    for row in _cells(rows):
        line = ""
        for cell in row:
            seen = cell.format.seen(cell.value) if cell.is_number and cell.format != GENERAL else cell.value
            number = f' x:num="{cell.value}"' if cell.is_number else ""
            struck = " class=xl66" if cell.is_struck else ""
            line += f"<td{struck}{number}>{escape(seen)}</td>"
        lines.append(f"<tr>{line}</tr>")
    return (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>'
        ".xl65{mso-number-format:General;} .xl66{color:black; text-decoration:line-through;}</style>"
        f"<!--[if gte mso 9]><xml><x:ExcelWorkbook>{'<x:Date1904/>' if is_1904 else ''}</x:ExcelWorkbook>"
        f"</xml><![endif]--></head><body><table>{''.join(lines)}</table></body></html>"
    ).encode()


def mhtml(rows: Rows, *, is_1904: bool = False) -> bytes:
    head = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\n'
        "Content-Location: file:///C:/x/book.files/Sheet.htm\r\nContent-Type: text/html\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + html(rows, is_1904=is_1904) + b"\r\n--B--\r\n"


Writer = Callable[..., bytes]
STYLED: dict[str, Writer] = {
    "xlsx": xlsx,
    "xlsm": xlsm,
    "xlsx_prefixed": lambda rows, **more: with_prefix(xlsx(rows, **more)),
    "xlsx_reordered": lambda rows, **more: reordered(xlsx(rows, **more)),
    "xls": xls,
    "biff": biff,
    "xlsb": xlsb,
    "ods": ods,
    "xml2003": xml_2003,
}
PAGES: dict[str, Writer] = {"html": html, "mhtml": mhtml}
EVERY: dict[str, Writer] = {**STYLED, **PAGES}
