"""What calamine leaves out of .xls: error cells, hidden rows and columns, the encryption mark."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOF, _EOF, _FILEPASS, _SHEET = 0x809, 0x0A, 0x2F, 0x85
_FORMULA, _ERROR_CELL, _ROW, _COLUMNS = 0x06, 0x205, 0x208, 0x7D
_WANTED = frozenset((_FORMULA, _ERROR_CELL, _ROW, _COLUMNS))


_ODD = b"".join(b"\\x%02x" % n for n in range(1, 256, 2))
# Bytes that every wanted record has somewhere in a stream; most workbooks have none of them, and
# are spared the walk over all their records.
_TRACES = re.compile(
    rb"\x08\x02\x10\x00.{12}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]"  # a hidden row
    rb"|\x7d\x00\x0c\x00.\x00.[\x00\x01].{3}[\x00-\x0f][" + _ODD + rb"]"  # a hidden column
    rb"|\x05\x02\x08\x00.{7}\x01"  # an error
    rb"|\x06\x00.\x00.{6}\x02.{5}\xff\xff",  # a formula that gave one
    re.DOTALL,
)


@dataclass
class SheetFacts:
    """Positions are 0-based sheet rows and columns."""

    errors: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    without_value: int = 0  # formulas that were never computed


def is_encrypted(stream: bytes) -> bool:
    """A FILEPASS record stands among the first records of an encrypted workbook."""
    at = 0
    for _ in range(20):
        if at + 4 > len(stream):
            return False
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _FILEPASS:
            return True
        if kind in (_SHEET, _EOF):
            return False
        at += 4 + size
    return False


def facts(stream: bytes) -> list[SheetFacts]:
    """Facts of each sheet, in the order of the stream; [] when there is nothing to tell."""
    found: list[SheetFacts] = []
    if not _TRACES.search(stream):
        return found
    at, depth, end = 0, 0, len(stream)
    head = struct.Struct("<HH").unpack_from
    while at + 4 <= end:
        kind, size = head(stream, at)
        if kind in _WANTED and found and at + 4 + size <= end:
            _note(found[-1], kind, stream[at + 4 : at + 4 + size])
        elif kind == _BOF:
            # Sheets follow the globals one after another; a chart inside a sheet nests.
            depth += 1
            if depth == 1 and at:
                found.append(SheetFacts())
        elif kind == _EOF:
            depth -= 1
        at += 4 + size
    return found


def _note(sheet: SheetFacts, kind: int, record: bytes) -> None:
    if kind == _ROW and len(record) >= 16:
        if record[12] & 0x20:
            sheet.hidden_rows.append(struct.unpack_from("<H", record)[0])
    elif kind == _COLUMNS and len(record) >= 10:
        first, last, _, _, flags = struct.unpack_from("<5H", record)
        if flags & 1:
            sheet.hidden_columns += range(first, min(last, 255) + 1)
    elif kind == _ERROR_CELL and len(record) >= 8:
        if record[7]:
            row, column = struct.unpack_from("<HH", record)
            sheet.errors.append((row, column, _ERRORS.get(record[6], "#N/A")))
    elif kind == _FORMULA and len(record) >= 14 and record[12:14] == b"\xff\xff" and record[6] == 2:
        row, column = struct.unpack_from("<HH", record)
        sheet.errors.append((row, column, _ERRORS.get(record[8], "#N/A")))
