"""OpenDocument, binary workbooks, and BIFF without a container; written here byte by byte."""

from __future__ import annotations

import struct

from ingestion.readers.containers.ole import open_container
from tests.unit.ingestion.readers.make import ID, cells, one, reading, xls, zipped

ODS_HEAD = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
MIME = b"application/vnd.oasis.opendocument.spreadsheet"


def ods(table: str) -> bytes:
    content = f"{ODS_HEAD}{table}</office:spreadsheet></office:body></office:document-content>"
    parts = {"mimetype": MIME, "content.xml": content.encode(), "META-INF/manifest.xml": b"<m/>"}
    return zipped(parts)


def cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def typed(kind: str, attribute: str, shown: str) -> str:
    start = f'<table:table-cell office:value-type="{kind}" office:{attribute}>'
    return f"{start}<text:p>{shown}</text:p></table:table-cell>"


def row(*parts: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(parts)}</table:table-row>"


HEADER = row(*map(cell, ["乡镇", "姓名", "身份证号", "发放日期", "金额(元)"]))


def test_ods() -> None:
    span = ' table:number-rows-spanned="2"'
    covered = '<table:covered-table-cell/><table:table-cell table:number-columns-repeated="2"/>'
    data = ods(
        '<table:table table:name="徐城街道">'
        + row(cell("题", ' table:number-columns-spanned="5"'))
        + row(
            '<table:table-cell table:number-columns-repeated="16384"/>',
            more=' table:number-rows-repeated="2"',
        )
        + HEADER
        + row(
            cell("徐城", span),
            cell("张三"),
            cell(ID),
            typed("date", 'date-value="2019-12-31"', "19年"),
            typed("float", 'value="1000.5"', "1,000.50"),
        )
        + row(
            covered,
            typed("float", 'value="440899198001010012"', "4E17"),
            cell(""),
            typed("float", "x=''", "#REF!"),
        )
        + row("<table:table-cell/>", more=' table:number-rows-repeated="1048570"')
        + "</table:table>"
    )
    table = one(data)
    assert (table.sheet, table.header_row) == ("徐城街道", 4)
    assert cells(table) == [
        ["徐城", "张三", ID, "2019-12-31", "1000.5", ""],
        ["徐城", "", "", "4.40899E+17", "", "#REF!"],
    ]


def test_ods_bombs_are_refused() -> None:
    tall = row(cell("x"), more=' table:number-rows-repeated="900000"')
    wide = cell("x", ' table:number-columns-repeated="99999999"')
    for bomb in (tall, row(wide)):
        refusal = reading(ods(f"<table:table>{HEADER}{bomb}</table:table>")).refusal
        assert refusal is not None
        assert refusal.code == "FILE_UNSAFE"


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, left = bytearray(), len(body)
    while left > 0x7F:
        size.append(left & 0x7F | 0x80)
        left >>= 7
    return head + bytes([*size, left]) + body


def wide(text: str) -> bytes:
    units = text.encode("utf-16-le")
    return struct.pack("<I", len(units) // 2) + units


def xlsb(rows: list[list[str | float]], far: tuple[int, int] | None = None) -> bytes:
    sheet = record(129) + record(148, struct.pack("<4I", 0, len(rows) - 1, 0, 3)) + record(145)
    for r, values in enumerate(rows):
        sheet += record(0, struct.pack("<IIH3xI", r, 0, 300, 0))
        for c, value in enumerate(values):
            place = struct.pack("<II", c, 0)
            if isinstance(value, str):
                sheet += record(6, place + wide(value))
            else:
                sheet += record(5, place + struct.pack("<d", value))
    if far:
        sheet += record(0, struct.pack("<IIH3xI", far[0], 0, 300, 0))
        sheet += record(6, struct.pack("<II", far[1], 0) + wide("x"))
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": record(131)
            + record(143)
            + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("甲"))
            + record(144)
            + record(132),
            "xl/_rels/workbook.bin.rels": (
                f'<Relationships><Relationship Id="rId1" Type="{relation}" Target="worksheets/sheet1.bin"/>'
                "</Relationships>"
            ).encode(),
            "xl/worksheets/sheet1.bin": sheet + record(146) + record(130),
        }
    )


def test_xlsb() -> None:
    data = xlsb([["姓名", "身份证号", "金额(元)"], ["张三", ID, 100.5], ["李四", 440899198001010012.0, 3.0]])
    assert reading(data).format == "xlsb"
    assert cells(one(data)) == [["张三", ID, "100.5"], ["李四", "4.40899E+17", "3"]]


def test_xlsb_with_a_stray_cell_is_refused() -> None:
    refusal = reading(xlsb([["姓名", "身份证号"], ["张三", ID]], far=(1_048_575, 16_383))).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail["reason"]) == ("FILE_UNSAFE", "extent")


def test_bare_biff() -> None:
    data = xls({"甲": [["姓名", "身份证号", "金额(元)"], *[["张三", ID, 1.5]] * 200]})
    container = open_container(data)
    assert container is not None
    stream = container.stream("Workbook")
    assert stream is not None
    assert reading(stream).format == "biff"
    assert cells(one(stream))[199] == ["张三", ID, "1.5"]
