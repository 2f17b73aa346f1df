"""Binary formats that no library here writes: .xlsb and BIFF5, record by record."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from datetime import date, datetime

from xlwt.CompoundDoc import XlsDoc

from sample_county.rare_formats.markup import zipped
from sample_county.rare_formats.page import Cell, Merge, Page, shown

_ERRORS = {"#REF!": 0x17, "#N/A": 0x2A, "#DIV/0!": 0x07, "#VALUE!": 0x0F}
_WORKSHEET = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_STYLES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 (a serial has no zone)
_DATE_STYLE = 1


def serial(value: date) -> float:
    """A day as Excel counts it."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return (moment - _EPOCH).total_seconds() / 86_400


def _inside(merges: Sequence[Merge], r: int, c: int) -> bool:
    """Whether a merged range covers the place with another cell."""
    return any(r0 <= r <= r1 and c0 <= c <= c1 and (r, c) != (r0, c0) for r0, c0, r1, c1 in merges)


def xlsb(sheets: Sequence[Page]) -> bytes:
    """A binary workbook: the same parts as .xlsx, the sheets as records (MS-XLSB)."""
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_WORKSHEET}" Target="worksheets/sheet{n}.bin"/>'
        for n in range(1, len(sheets) + 1)
    )
    relations += f'<Relationship Id="rIdS" Type="{_STYLES}" Target="styles.bin"/>'
    bundle = b"".join(
        _record(156, struct.pack("<II", int(sheet.is_hidden), n) + _wide(f"rId{n}") + _wide(sheet.name))
        for n, sheet in enumerate(sheets, start=1)
    )
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.bin": _record(131) + _record(143) + bundle + _record(144) + _record(132),
        "xl/_rels/workbook.bin.rels": f"<Relationships>{relations}</Relationships>".encode(),
        "xl/styles.bin": _styles(),
        **{f"xl/worksheets/sheet{n}.bin": _xlsb_sheet(s) for n, s in enumerate(sheets, start=1)},
    }
    return zipped(parts)


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(body)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def _styles() -> bytes:
    """Two cell formats: general, and number format 14, a date."""
    formats = [struct.pack("<HHHHHBB4x", 0, number, 0, 0, 0, 0, 0) for number in (0, 14)]
    body = b"".join(_record(47, one) for one in formats)
    return _record(278) + _record(617, struct.pack("<I", 2)) + body + _record(618) + _record(279)


def _xlsb_sheet(sheet: Page) -> bytes:
    width = max(map(len, sheet.rows), default=1)
    body = bytearray(_record(129))  # grows in place: a list of the county has millions of records
    body += _record(148, struct.pack("<4I", 0, max(len(sheet.rows) - 1, 0), 0, width - 1))
    if sheet.hidden_columns:
        columns = [_record(60, struct.pack("<4IH", c, c, 2560, 0, 1)) for c in sheet.hidden_columns]
        body += _record(390) + b"".join(columns) + _record(391)
    body += _record(145)
    for r, row in enumerate(sheet.rows):
        flags = 0x10 if r in sheet.hidden_rows else 0
        body += _record(0, struct.pack("<IIHBBBI", r, 0, 300, 0, flags, 0, 0))
        for c, value in enumerate(row):
            if not _inside(sheet.merges, r, c):
                body += _xlsb_cell(c, sheet.errors.get((r, c)), value)
    body += _record(146)
    if sheet.merges:
        ranges = [_record(176, struct.pack("<4I", r0, r1, c0, c1)) for r0, c0, r1, c1 in sheet.merges]
        body += _record(177, struct.pack("<I", len(ranges))) + b"".join(ranges) + _record(178)
    return bytes(body + _record(130))


def _xlsb_cell(column: int, error: str | None, value: Cell) -> bytes:
    style = _DATE_STYLE if isinstance(value, date) else 0
    place = struct.pack("<II", column, style)
    if error:
        return _record(3, place + bytes([_ERRORS[error]]))
    if isinstance(value, date):
        return _record(5, place + struct.pack("<d", serial(value)))
    if isinstance(value, int | float):
        return _record(5, place + struct.pack("<d", value))
    return _record(6, place + _wide(value)) if value else b""


def biff5_stream(sheets: Sequence[Page]) -> bytes:
    """BIFF5 as hospital systems of the nineties write it: code page 936, no container."""
    parts = [_biff5_sheet(sheet) for sheet in sheets]
    names = [sheet.name.encode("gbk") for sheet in sheets]
    head = _biff(0x809, struct.pack("<HHHH", 0x0500, 0x0005, 0x096C, 0x07C9)) + _biff(
        0x42, struct.pack("<H", 936)
    )
    head += b"".join(_biff(0xE0, struct.pack("<HHH10x", 0, number, 0)) for number in (0, 14))
    at = len(head) + sum(4 + 7 + len(name) for name in names) + 4
    for sheet, name, part in zip(sheets, names, parts, strict=True):
        head += _biff(0x85, struct.pack("<IBBB", at, int(sheet.is_hidden), 0, len(name)) + name)
        at += len(part)
    return head + _biff(0x0A) + b"".join(parts)


def biff5_container(sheets: Sequence[Page]) -> bytes:
    """The same in a container, whose stream was called 'Book' then."""
    stream = biff5_stream(sheets)
    stream += b"\0" * max(4096 - len(stream), 0)
    saved = io.BytesIO()
    XlsDoc().save(saved, stream)
    data = saved.getvalue()
    now, then = "Workbook\0".encode("utf-16-le"), "Book\0".encode("utf-16-le")
    at = data.index(now)
    data = data[:at] + then.ljust(len(now), b"\0") + data[at + len(now) :]
    return data[: at + 64] + struct.pack("<H", len(then)) + data[at + 66 :]


def _biff(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _biff5_sheet(sheet: Page) -> bytes:
    width = max(map(len, sheet.rows), default=1)
    body = _biff(0x809, struct.pack("<HHHH", 0x0500, 0x0010, 0x096C, 0x07C9))
    body += b"".join(_biff(0x7D, struct.pack("<6H", c, c, 2560, 0, 1, 0)) for c in sheet.hidden_columns)
    body += _biff(0x200, struct.pack("<5H", 0, len(sheet.rows), 0, width, 0))
    for r in sheet.hidden_rows:
        body += _biff(0x208, struct.pack("<6HI", r, 0, width, 255, 0, 0, 0x0F_0120))
    for r, row in enumerate(sheet.rows):
        for c, value in enumerate(row):
            if not _inside(sheet.merges, r, c):
                body += _biff5_cell(r, c, sheet.errors.get((r, c)), value)
    if sheet.merges:
        ranges = b"".join(struct.pack("<4H", r0, r1, c0, c1) for r0, c0, r1, c1 in sheet.merges)
        body += _biff(0xE5, struct.pack("<H", len(sheet.merges)) + ranges)
    return body + _biff(0x0A)


def _biff5_cell(r: int, c: int, error: str | None, value: Cell) -> bytes:
    style = _DATE_STYLE if isinstance(value, date) else 0
    place = struct.pack("<HHH", r, c, style)
    if error:
        return _biff(0x205, place + bytes([_ERRORS[error], 1]))
    if isinstance(value, date):
        return _biff(0x203, place + struct.pack("<d", serial(value)))
    if isinstance(value, int | float):
        return _biff(0x203, place + struct.pack("<d", value))
    if not value:
        return b""
    text = shown(value).encode("gbk")
    return _biff(0x204, place + struct.pack("<H", len(text)) + text)
