"""What calamine leaves out of .xlsb, and how far its sheets reach, before anything lays them out."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from ingestion.readers.formats.cell_styles import CellStyles, cell_styles
from ingestion.readers.formats.number_formats import is_month_ten
from ingestion.readers.formats.sheet_builder import MAX_COLUMNS, MAX_ROWS
from ingestion.readers.formats.xls import DAYS_1904, ERRORS, is_sparse, short_number
from ingestion.readers.formats.xlsx import MAX_CELLS, package_bounds, worksheet_targets
from ingestion.readers.grid import SheetFacts
from ingestion.readers.model import Refusal

_ROW, _COLUMN, _MERGE, _SHEET = 0, 60, 176, 156
_BOOK, _CALCULATION = 153, 157
_FONT, _FORMAT, _STYLE, _STYLES, _STYLES_END = 43, 44, 47, 617, 618
_SHORT_NUMBER, _NUMBER, _COMPUTED_NUMBER = 2, 5, 9
_CELLS = range(1, 12)  # blank, number, error, text, formula …: all begin with their column
_ERROR_CELLS = (3, 11)  # a value, and the last result of a formula
_ROW_HIDDEN = 0x10
_WALKED = 64 << 20  # a sheet longer than this is full, not sparse


def inspect_xlsb(data: bytes) -> dict[str, SheetFacts] | Refusal:
    """Facts of each worksheet by its name; a refusal when it is broken or out of all bounds."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            refusal = package_bounds(archive)
            if refusal:
                return refusal
            found: dict[str, SheetFacts] = {}
            book = archive.read("xl/workbook.bin")
            offset, on_load = _date_offset(book), _computes_on_load(book)
            styles = _styles(archive)
            for name, part in _parts(archive, book).items():
                if archive.getinfo(part).file_size <= _WALKED:
                    found[name] = _facts(archive.read(part), styles, on_load)
                    found[name].date_offset = offset
                    if found[name].is_absurd:
                        return Refusal("FILE_UNSAFE", {"reason": "extent", "entry": part})
            return found
    except (zipfile.BadZipFile, EOFError, zlib.error, OSError, RuntimeError, ValueError) as error:
        return Refusal("FILE_TRUNCATED", {"format": "xlsb", "reason": str(error)[:200]})
    except (KeyError, struct.error) as error:
        return Refusal("FILE_UNREADABLE", {"format": "xlsb", "reason": str(error)[:200]})


def _date_offset(book: bytes) -> int:
    flags = next((body[0] for kind, body in _records(book) if kind == _BOOK and body), 0)
    return DAYS_1904 if flags & 1 else 0


def _computes_on_load(book: bytes) -> bool:
    return any(kind == _CALCULATION and len(body) >= 26 and body[24] & 1 for kind, body in _records(book))


def _styles(archive: zipfile.ZipFile) -> CellStyles:
    if "xl/styles.bin" not in archive.NameToInfo:
        return CellStyles()
    formats: dict[str, str] = {}
    struck: list[bool] = []
    styles: list[tuple[str, str]] = []
    is_cell = False
    for kind, body in _records(archive.read("xl/styles.bin")):
        if kind in (_STYLES, _STYLES_END):
            is_cell = kind == _STYLES
        elif kind == _FORMAT and len(body) >= 6:
            formats[str(struct.unpack_from("<H", body)[0])] = _text(body, 2)[0]
        elif kind == _FONT and len(body) >= 4:
            struck.append(bool(body[2] & 0x08))
        elif kind == _STYLE and is_cell and len(body) >= 6:
            _, number, font = struct.unpack_from("<3H", body)
            styles.append((str(number), str(font)))
    return cell_styles(styles, formats, frozenset(str(n) for n, is_struck in enumerate(struck) if is_struck))


def _parts(archive: zipfile.ZipFile, book: bytes) -> dict[str, str]:
    """Sheet name → path of its records; sheets that no name leads to under their path."""
    targets = worksheet_targets(archive.read("xl/_rels/workbook.bin.rels").decode("utf-8", "replace"))
    named = {}
    for kind, body in _records(book):
        if kind == _SHEET and len(body) >= 12:
            relation, at = _text(body, 8)
            path = targets.pop(relation, "")
            if path in archive.NameToInfo:
                named[_text(body, at)[0]] = path
    rest = {path: path for path in archive.namelist() if posixpath.dirname(path).endswith("worksheets")}
    return named | {path: path for path in rest if path.endswith(".bin") and path not in named.values()}


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A counted UTF-16 text and where it ends."""
    end = at + 4 + 2 * int(struct.unpack_from("<I", body, at)[0])
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _facts(sheet: bytes, styles: CellStyles, on_load: bool) -> SheetFacts:
    facts = SheetFacts()
    is_styled = bool(styles.shown or styles.struck)
    formulas: dict[int, list[tuple[int, bool]]] = {}
    rows: list[int] = []
    columns = [0, 0]
    filled = 0
    for kind, body in _records(sheet):
        if (kind == _ROW or kind in _CELLS) and len(body) < 4:
            raise ValueError("a record too short")  # calamine would read on in the one before
        if kind == _ROW:
            rows.append(struct.unpack_from("<I", body)[0])
            if len(body) >= 12 and body[11] & _ROW_HIDDEN:
                facts.hidden_rows.append(rows[-1])
        elif kind in _CELLS:
            column = struct.unpack_from("<I", body)[0]
            columns = [min(columns[0], column), max(columns[1], column)]
            filled += 1
            if is_styled and len(body) >= 8 and rows:
                _note_style(facts, kind, body, (rows[-1], column), styles)
            if on_load and kind == _COMPUTED_NUMBER and rows:
                formulas.setdefault(column, []).append((rows[-1], body[8:16] == bytes(8)))
            if kind in _ERROR_CELLS and len(body) >= 9 and rows:
                facts.errors.append((rows[-1], column, ERRORS.get(body[8], "#N/A")))
        elif kind == _COLUMN and len(body) >= 18:
            first, last, flags = struct.unpack_from("<II8xH", body)
            if flags & 1:
                facts.hidden_columns += range(first, min(last, first + 255) + 1)
        elif kind == _MERGE and len(body) >= 16:
            first_row, last_row, first, last = struct.unpack_from("<4I", body)
            facts.merges.append((first_row, first, last_row, last))
    if rows:
        spanned = (max(rows) - min(rows) + 1) * (columns[1] - columns[0] + 1)
        facts.is_absurd = spanned > MAX_CELLS or is_sparse(spanned, filled)
        facts.is_absurd |= max(rows) >= MAX_ROWS or columns[1] >= MAX_COLUMNS
    for column, cells in formulas.items():
        if all(is_zero for _, is_zero in cells):
            facts.uncomputed += [(row, column) for row, _ in cells]
    return facts


def _note_style(
    facts: SheetFacts, kind: int, body: bytes, place: tuple[int, int], styles: CellStyles
) -> None:
    style = str(int.from_bytes(body[4:7], "little"))
    if style in styles.struck and kind > 1:  # 1: a blank cell
        facts.struck.append(place)
    shown = styles.shown.get(style)
    if shown is None or kind not in (_SHORT_NUMBER, _NUMBER, _COMPUTED_NUMBER):
        return
    is_short = kind == _SHORT_NUMBER
    if len(body) < (12 if is_short else 16):
        return
    value = short_number(body[8:12]) if is_short else struct.unpack_from("<d", body, 8)[0]
    if not shown.months_only or is_month_ten(value):
        facts.shown.append((*place, shown))


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(kind, body) of each record."""
    at, end = 0, len(data)
    while at < end:
        kind, at = _number(data, at, 2)
        size, at = _number(data, at, 4)
        yield kind, data[at : at + size]
        at += size


def _number(data: bytes, at: int, longest: int) -> tuple[int, int]:
    """(value, next position) of a number in groups of seven bits."""
    value = 0
    for shift in range(longest):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            break
    return value, at
