"""How far the sheets of an .xlsb reach, before anything lays them out."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from io import BytesIO

from ingestion.readers.model import Refusal
from ingestion.readers.ooxml import MAX_CELLS, package_bounds

_SHEET = re.compile(r"worksheets/[^/]*\.bin$")
_ROW = 0
_CELLS = range(1, 12)  # blank, number, error, text, formula …: all begin with their column
_WALKED = 64 << 20  # a sheet longer than this is full, not sparse


def inspect_xlsb(data: bytes) -> Refusal | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            refusal = package_bounds(archive)
            if refusal:
                return refusal
            sheets = [part for part in archive.infolist() if _SHEET.search(part.filename)]
            for part in sheets:
                if part.file_size <= _WALKED and _extent(archive.read(part)) > MAX_CELLS:
                    return Refusal("FILE_UNSAFE", {"reason": "extent", "entry": part.filename})
    except (zipfile.BadZipFile, EOFError, zlib.error, OSError, RuntimeError, ValueError) as error:
        return Refusal("FILE_TRUNCATED", {"format": "xlsb", "reason": str(error)[:200]})
    return None


def _extent(sheet: bytes) -> int:
    """Rows times columns of the rectangle around all cells."""
    at, end = 0, len(sheet)
    rows: list[int] = []
    columns = [0, 0]
    while at < end:
        kind, at = _number(sheet, at, 2)
        size, at = _number(sheet, at, 4)
        if kind == _ROW and at + 4 <= end:
            rows.append(struct.unpack_from("<I", sheet, at)[0])
        elif kind in _CELLS and at + 4 <= end:
            column = struct.unpack_from("<I", sheet, at)[0]
            columns = [min(columns[0], column), max(columns[1], column)]
        at += size
    return (max(rows) - min(rows) + 1) * (columns[1] - columns[0] + 1) if rows else 0


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
