"""What calamine leaves out of .xls: error cells, hidden rows and columns, number formats, encryption."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from ingestion.readers.formats.cell_styles import CellStyles, cell_styles
from ingestion.readers.formats.number_formats import is_month_ten
from ingestion.readers.grid import SheetFacts

DAYS_1904 = 1462  # day 0 of a workbook that counts from 1904, as the number of a day from 1900
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOF, _EOF, _FILEPASS, _SHEET = 0x809, 0x0A, 0x2F, 0x85
_FORMULA, _ERROR_CELL, _ROW, _COLUMNS, _EXTENT = 0x06, 0x205, 0x208, 0x7D, 0x200
_STRINGS, _FORMAT, _STYLE, _FONT, _DATE_SYSTEM, _COMPUTED = 0xFC, 0x41E, 0xE0, 0x31, 0x22, 0x1C1
_NUMBER, _SHORT_NUMBER, _SHORT_NUMBERS = 0x203, 0x27E, 0xBD
_RUNS = {0xBD: 6, 0xBE: 2}  # numbers, blanks: bytes per cell
_CELLS = frozenset((*range(0x01, 0x07), 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E, *_RUNS))
_STYLED = frozenset((_NUMBER, _SHORT_NUMBER, _SHORT_NUMBERS, _FORMULA, 0xFD, 0x204, 0xD6))  # and texts
_FURTHEST = 255  # the last column of the format
# The version of Excel that libraries say to be (xlwt, and Spreadsheet::WriteExcel that it comes from).
_OF_LIBRARIES = b"\xbb\x0d\xcc\x07"
_NO_RESULT = (bytes(8), b"\x03\x00\x00\x00\x00\x00\xff\xff")  # 0, and a text without characters
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

    `was_computed`: a spreadsheet program that computes has saved the workbook.
    """

    sheets: tuple[int, ...]
    strings: int
    styles: CellStyles = field(default_factory=CellStyles)
    date_offset: int = 0
    was_computed: bool = True


def globals_of(stream: bytes) -> Globals:
    """The part of the stream that stands before the sheets."""
    at, sheets, strings, offset = 0, [], 0, 0
    styles: list[tuple[str, str]] = []
    formats: dict[str, str] = {}
    struck: list[bool] = []
    was_computed = False
    is_biff8 = stream[4:6] == b"\x00\x06"  # its texts are laid out otherwise than before
    while at + 12 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _STRINGS:
            strings = 3 * struct.unpack_from("<I", stream, at + 8)[0]
        elif kind == _SHEET:
            sheets.append(struct.unpack_from("<I", stream, at + 4)[0])
        elif kind == _STYLE:
            font, number = struct.unpack_from("<HH", stream, at + 4)
            styles.append((str(number), str(font)))
        elif kind == _FONT:
            struck.append(bool(stream[at + 6] & 0x08))
        elif kind == _DATE_SYSTEM:
            offset = DAYS_1904 if stream[at + 4] else 0
        elif kind == _COMPUTED:
            was_computed = True
        elif is_biff8 and kind == _FORMAT:
            formats[str(struct.unpack_from("<H", stream, at + 4)[0])] = _format_code(
                stream[at + 4 : at + 4 + size]
            )
        elif kind == _EOF:
            break
        at += 4 + size
    # There is no font 4: the fifth record is number 5.
    fonts = frozenset(str(n if n < 4 else n + 1) for n, is_struck in enumerate(struck) if is_struck)
    was_computed = was_computed or not is_biff8 or stream[8:12] != _OF_LIBRARIES
    return Globals(tuple(sheets), strings, cell_styles(styles, formats, fonts), offset, was_computed)


def _format_code(record: bytes) -> str:
    """The text of a FORMAT record: its length, a mark whether it takes two bytes a character, the text."""
    if len(record) < 5:
        return ""
    wide = record[4] & 1
    length = struct.unpack_from("<H", record, 2)[0]
    return record[5 : 5 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def sheet_facts(stream: bytes, at: int, book: Globals | None = None) -> SheetFacts:
    """Facts of the sheet that begins at `at` in a workbook.

    Walks over every record, some 5 million a second: a single cell far outside the format's 256
    columns would make calamine lay out more memory than there is, and end the process.
    """
    book = book or Globals((), 0)
    facts = SheetFacts(date_offset=book.date_offset)
    is_styled = bool(book.styles.shown or book.styles.struck)
    formulas: dict[int, list[tuple[int, bool]]] = {}
    depth = filled = bottom = right = 0
    head = struct.Struct("<HHHH").unpack_from
    while at + 8 <= len(stream):
        kind, size, row, column = head(stream, at)
        if kind in _CELLS:
            if row > bottom:  # twice as fast as max, for each of a million cells
                bottom = row
            if column > right:
                right = column
            count = size // 2 if kind in _RUNS else 1
            filled += count
            if column + count > _FURTHEST:
                facts.is_absurd |= _last_column(kind, size, column) > _FURTHEST
        elif kind == _BOF:
            depth += 1  # a chart inside a sheet nests
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        if is_styled and kind in _STYLED:
            _note_styles(facts, kind, stream[at + 4 : at + 4 + size], book.styles)
        if kind == _FORMULA and not book.was_computed:
            is_zero = stream[at + 10 : at + 18] in _NO_RESULT
            formulas.setdefault(column, []).append((row, is_zero))
        if kind in _WANTED and at + 4 + size <= len(stream):
            _note(facts, kind, stream[at + 4 : at + 4 + size])
        at += 4 + size
    facts.is_absurd |= is_sparse((bottom + 1) * (right + 1), filled)
    for column, cells in formulas.items():
        if all(is_zero for _, is_zero in cells):
            facts.uncomputed += [(row, column) for row, _ in cells]
    return facts


def _note_styles(sheet: SheetFacts, kind: int, record: bytes, styles: CellStyles) -> None:
    if len(record) < 6:
        return
    row, first = struct.unpack_from("<HH", record)
    each = _RUNS[_SHORT_NUMBERS]
    many = (len(record) - 6) // each if kind == _SHORT_NUMBERS else 1
    for place in range(many):
        style = str(struct.unpack_from("<H", record, 4 + place * each)[0])
        if style in styles.struck:
            sheet.struck.append((row, first + place))
        found = styles.shown.get(style)
        if found and not (found.months_only and _is_no_month(kind, record)):
            sheet.shown.append((row, first + place, found))


def _is_no_month(kind: int, record: bytes) -> bool:
    """Whether a number cell holds another number than a month in October does: nearly all do."""
    if kind == _NUMBER and len(record) >= 14:
        return not is_month_ten(struct.unpack_from("<d", record, 6)[0])
    return kind == _SHORT_NUMBER and len(record) >= 10 and not is_month_ten(short_number(record[6:10]))


def short_number(four: bytes) -> float:
    """A number as .xls and .xlsb store it in four bytes."""
    (raw,) = struct.unpack("<i", four)
    value = float(raw >> 2) if raw & 2 else struct.unpack("<d", bytes(4) + struct.pack("<i", raw & ~3))[0]
    return float(value / 100 if raw & 1 else value)


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
