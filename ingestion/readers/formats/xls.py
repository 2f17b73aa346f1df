"""What calamine leaves out of .xls: error cells, hidden rows and columns, number formats, encryption."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingestion.readers.formats.number_formats import Shown, by_style, shown_by
from ingestion.readers.grid import SheetFacts

ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOF, _EOF, _FILEPASS, _SHEET = 0x809, 0x0A, 0x2F, 0x85
_FORMULA, _ERROR_CELL, _ROW, _COLUMNS, _EXTENT = 0x06, 0x205, 0x208, 0x7D, 0x200
_STRINGS, _FORMAT, _STYLE = 0xFC, 0x41E, 0xE0
_NUMBER, _SHORT_NUMBER, _SHORT_NUMBERS = 0x203, 0x27E, 0xBD
_RUNS = {0xBD: 6, 0xBE: 2}  # numbers, blanks: bytes per cell
_CELLS = frozenset((*range(0x01, 0x07), 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E, *_RUNS))
_FURTHEST = 255  # the last column of the format
_SPARSE_FROM = 4_000_000  # cells that are laid out in a few seconds, whatever is in them
_SPARSE = 40
_WANTED = frozenset((_FORMULA, _ERROR_CELL, _ROW, _COLUMNS, _EXTENT))


def is_sparse(spanned: int, filled: int) -> bool:
    """Whether a sheet is laid out mostly for nothing: a stray cell far below or beside the others."""
    return spanned > _SPARSE_FROM and spanned > _SPARSE * filled


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


@dataclass(frozen=True)
class Globals:
    """`sheets` are the positions where they begin; `strings` the bytes the string table claims.

    `shown` are the number formats that add something, by the number of the cell style.
    """

    sheets: tuple[int, ...]
    strings: int
    shown: Mapping[str, Shown] = field(default_factory=dict)


def globals_of(stream: bytes) -> Globals:
    """The part of the stream that stands before the sheets."""
    at, sheets, strings = 0, [], 0
    styles: list[str] = []
    formats: dict[str, Shown] = {}
    is_biff8 = stream[4:6] == b"\x00\x06"  # its texts are laid out otherwise than before
    while at + 12 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _STRINGS:
            strings = 3 * struct.unpack_from("<I", stream, at + 8)[0]
        elif kind == _SHEET:
            sheets.append(struct.unpack_from("<I", stream, at + 4)[0])
        elif kind == _STYLE:
            styles.append(str(struct.unpack_from("<H", stream, at + 6)[0]))
        elif (
            is_biff8 and kind == _FORMAT and (shown := shown_by(_format_code(stream[at + 4 : at + 4 + size])))
        ):
            formats[str(struct.unpack_from("<H", stream, at + 4)[0])] = shown
        elif kind == _EOF:
            break
        at += 4 + size
    return Globals(tuple(sheets), strings, by_style(styles, formats))


def _format_code(record: bytes) -> str:
    """The text of a FORMAT record: its length, a mark whether it takes two bytes a character, the text."""
    if len(record) < 5:
        return ""
    wide = record[4] & 1
    length = struct.unpack_from("<H", record, 2)[0]
    return record[5 : 5 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def sheet_facts(stream: bytes, at: int, shown: Mapping[str, Shown] | None = None) -> SheetFacts:
    """Facts of the sheet that begins at `at`; `shown` are the number formats that add something.

    Walks over every record, some 5 million a second: a single cell far outside the format's 256
    columns would make calamine lay out more memory than there is, and end the process.
    """
    facts = SheetFacts()
    depth = filled = bottom = right = 0
    head = struct.Struct("<HHHH").unpack_from
    while at + 8 <= len(stream):
        kind, size, row, column = head(stream, at)
        if kind in _CELLS:
            filled += size // 2 if kind in _RUNS else 1
            bottom, right = max(bottom, row), max(right, column)
            if column + (size // 2 if kind in _RUNS else 0) > _FURTHEST:
                facts.is_absurd |= _last_column(kind, size, column) > _FURTHEST
        elif kind == _BOF:
            depth += 1  # a chart inside a sheet nests
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        if shown and kind in (_NUMBER, _SHORT_NUMBER, _SHORT_NUMBERS, _FORMULA):
            _note_shown(facts, kind, stream[at + 4 : at + 4 + size], shown)
        if kind in _WANTED and at + 4 + size <= len(stream):
            _note(facts, kind, stream[at + 4 : at + 4 + size])
        at += 4 + size
    facts.is_absurd |= is_sparse((bottom + 1) * (right + 1), filled)
    return facts


def _note_shown(sheet: SheetFacts, kind: int, record: bytes, shown: Mapping[str, Shown]) -> None:
    if len(record) < 6:
        return
    row, first = struct.unpack_from("<HH", record)
    many = (len(record) - 6) // _RUNS[kind] if kind == _SHORT_NUMBERS else 1
    for place in range(many):
        style = struct.unpack_from("<H", record, 4 + place * _RUNS[_SHORT_NUMBERS])[0]
        if found := shown.get(str(style)):
            sheet.shown.append((row, first + place, found))


def _last_column(kind: int, size: int, column: int) -> int:
    """The last column of a cell record; a run of numbers or blanks holds several."""
    each = _RUNS.get(kind)
    return column if each is None else column + max((size - 6) // each - 1, 0)


def _note(sheet: SheetFacts, kind: int, record: bytes) -> None:
    if kind == _ROW and len(record) >= 16:
        if record[12] & 0x20:
            sheet.hidden_rows.append(struct.unpack_from("<H", record)[0])
    elif kind == _COLUMNS and len(record) >= 10:
        first, last, _, _, flags = struct.unpack_from("<5H", record)
        if flags & 1:
            sheet.hidden_columns += range(first, min(last, 255) + 1)
    elif kind == _EXTENT and len(record) >= 12:
        rows, columns = struct.unpack_from("<4xI2xH", record)
        sheet.is_absurd = rows > 65_536 or columns > 256
    elif kind == _ERROR_CELL and len(record) >= 8:
        if record[7]:
            row, column = struct.unpack_from("<HH", record)
            sheet.errors.append((row, column, ERRORS.get(record[6], "#N/A")))
    elif kind == _FORMULA and len(record) >= 14 and record[12:14] == b"\xff\xff" and record[6] == 2:
        row, column = struct.unpack_from("<HH", record)
        sheet.errors.append((row, column, ERRORS.get(record[8], "#N/A")))
