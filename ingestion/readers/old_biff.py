"""Bare BIFF, as exporters of the nineties write it: no container around the records. Through xlrd."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlrd

from ingestion.readers.cells import cell_text
from ingestion.readers.grid import Grid, from_rows
from ingestion.readers.model import Refusal


def bare_biff_grids(data: bytes) -> tuple[list[Grid], str | None] | Refusal:
    """A grid per sheet that holds anything."""
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        return [_grid(book, sheet) for sheet in book.sheets() if sheet.nrows and sheet.ncols], None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - xlrd raises whatever its byte arithmetic runs into
        code = "FILE_ENCRYPTED" if "encrypted" in str(error).lower() else "FILE_UNREADABLE"
        return Refusal(code, {"format": "biff", "reason": str(error)[:200]})


def _grid(book: Any, sheet: Any) -> Grid:
    rows = [[_text(book, cell) for cell in sheet.row(r)] for r in range(sheet.nrows)]
    grid = from_rows(rows, range(1, sheet.nrows + 1), sheet=sheet.name)
    height, width = sheet.nrows - 1, len(grid.columns) - 1
    grid.merges = [
        (r0, c0, min(r1 - 1, height), min(c1 - 1, width))
        for r0, r1, c0, c1 in sheet.merged_cells
        if r0 <= height and c0 <= width
    ]
    return grid


def _text(book: Any, cell: Any) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell_text(cell.value)
        return cell_text(moment.time() if moment.date() < dt.date(1900, 1, 1) else moment)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return cell_text(bool(cell.value))
    return cell_text(cell.value)
