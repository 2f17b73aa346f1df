"""The same rows of text in every format that the readers know."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import xlsxwriter

from ingestion.readers.containers.ole import open_container
from tests.unit.ingestion.readers.formats.test_rare_formats import cell, ods, row, xlsb
from tests.unit.ingestion.readers.make import xls, zipped

Rows = Sequence[Sequence[str]]
SHEET = "徐城"
_MHTML_HEAD = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\n'
    f"Content-Location: file:///C:/x/book.files/{SHEET}.htm\r\nContent-Type: text/html\r\n"
    "Content-Transfer-Encoding: 8bit\r\n\r\n"
)
_XML_HEAD = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
)


def text(rows: Rows, *, delimiter: str, encoding: str, end: str = "\r\n", quote_all: bool = False) -> bytes:
    stream = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return stream.getvalue().encode(encoding)


def xlsx(rows: Rows) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(SHEET)
        for r, values in enumerate(rows):
            for c, value in enumerate(values):
                page.write_string(r, c, value)
    return stream.getvalue()


def xlsm(rows: Rows) -> bytes:
    stream = io.BytesIO(xlsx(rows))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return stream.getvalue()


def xls_97(rows: Rows) -> bytes:
    """xlwt counts a rare character as one place where the format counts two: two stand in for it."""
    rare = sorted({c for values in rows for value in values for c in value if c > "\uffff"})
    pairs = {c: chr(0xE100 + n) + chr(0xE200 + n) for n, c in enumerate(rare)}
    table = str.maketrans(pairs)
    data = xls({SHEET: [[value.translate(table) for value in values] for values in rows]})
    for c, pair in pairs.items():
        data = data.replace(pair.encode("utf-16-le"), c.encode("utf-16-le"))
    return data


def bare_biff(rows: Rows) -> bytes:
    """The records of a workbook long enough to have a stream of its own, without the container."""
    container = open_container(xls_97(rows))
    assert container is not None
    stream = container.stream("Workbook")
    assert stream is not None
    return stream


def html(rows: Rows) -> bytes:
    lines = ["".join(f"<td>{_lines(value)}</td>" for value in values) for values in rows]
    return (
        f"<html><body><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table></body></html>".encode()
    )


def _lines(value: str) -> str:
    return escape(value).replace("\n", "<br>")


def mhtml(rows: Rows) -> bytes:
    return _MHTML_HEAD.encode() + html(rows) + b"\r\n--B--\r\n"


def xml_2003(rows: Rows) -> bytes:
    lines = [
        "".join(f'<Cell><Data ss:Type="String">{escape(value)}</Data></Cell>' for value in values)
        for values in rows
    ]
    body = "".join(f"<Row>{line}</Row>" for line in lines)
    return f'{_XML_HEAD}<Worksheet ss:Name="{SHEET}"><Table>{body}</Table></Worksheet></Workbook>'.encode()


def open_document(rows: Rows) -> bytes:
    lines = [row(*(cell(escape(v).replace("\n", "</text:p><text:p>")) for v in values)) for values in rows]
    return ods(f'<table:table table:name="{SHEET}">{"".join(lines)}</table:table>')


def binary(rows: Rows) -> bytes:
    return xlsb([list(values) for values in rows])


TEXTS: dict[str, Callable[[Rows], bytes]] = {
    "csv": partial(text, delimiter=",", encoding="utf-8"),
    "csv_quoted": partial(text, delimiter=",", encoding="utf-8-sig", end="\n", quote_all=True),
    "csv_gb18030": partial(text, delimiter=",", encoding="gb18030"),
    "csv_utf16": partial(text, delimiter=",", encoding="utf-16", quote_all=True),
    "tsv": partial(text, delimiter="\t", encoding="utf-8", quote_all=True),
    "semicolon": partial(text, delimiter=";", encoding="gb18030", quote_all=True),
    "pipe": partial(text, delimiter="|", encoding="utf-8", end="\r", quote_all=True),
    "tab_xls": partial(text, delimiter="\t", encoding="gb18030"),
}
WORKBOOKS: dict[str, Callable[[Rows], bytes]] = {
    "xlsx": xlsx,
    "xlsm": xlsm,
    "xlsb": binary,
    "xls": xls_97,
    "biff": bare_biff,
    "ods": open_document,
    "html": html,
    "mhtml": mhtml,
    "xml2003": xml_2003,
}
WRITERS = {**TEXTS, **WORKBOOKS, "zip": lambda rows: zipped({"一.csv": TEXTS["csv"](rows)})}
