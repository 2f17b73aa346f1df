"""Workbooks (.xls BIFF, .xlsx, .xlsm, .xlsb, .ods) to grids, through calamine."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from ingestion.readers.cells import column_text
from ingestion.readers.grid import Grid
from ingestion.readers.model import Refusal


def open_workbook(data: bytes) -> CalamineWorkbook | Refusal:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        return Refusal("FILE_ENCRYPTED")
    except BaseException as error:  # noqa: BLE001 - a Rust panic derives from BaseException
        return _unreadable(error)


def grids(data: bytes) -> tuple[list[Grid], list[str]] | Refusal:
    """A grid per worksheet that holds anything, and notes on sheets that do not or are hidden."""
    book = open_workbook(data)
    if isinstance(book, Refusal):
        return book
    found: list[Grid] = []
    notes: list[str] = []
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            notes.append(f"SHEET_NOT_TABLE sheet={meta.name}")
            continue
        try:
            grid = sheet_grid(book.get_sheet_by_name(meta.name))
        except BaseException as error:  # noqa: BLE001 - as above
            return _unreadable(error, meta.name)
        if meta.visible != SheetVisibleEnum.Visible:
            notes.append(f"SHEET_HIDDEN sheet={meta.name}")
        if grid is None:
            notes.append(f"SHEET_EMPTY sheet={meta.name}")
        else:
            found.append(grid)
    return found, notes


def sheet_grid(sheet: CalamineSheet) -> Grid | None:
    start = sheet.start
    if start is None:
        return None
    row0, column0 = start
    rows = sheet.to_python()
    columns = [pa.chunked_array([column_text(column)]) for column in zip(*rows, strict=True)]
    numbers = np.arange(row0 + 1, row0 + 1 + len(rows), dtype=np.int32)
    merges = []
    for (r0, c0), (r1, c1) in sheet.merged_cell_ranges or []:
        if r0 >= row0 and c0 >= column0 and r0 - row0 < len(rows) and c0 - column0 < len(columns):
            last = min(r1 - row0, len(rows) - 1), min(c1 - column0, len(columns) - 1)
            merges.append((r0 - row0, c0 - column0, *last))
    return Grid(sheet.name, columns, numbers, column0, merges)


def _unreadable(error: BaseException, sheet: str = "") -> Refusal:
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
        raise error
    detail = {"reason": str(error)[:200]}
    if sheet:
        detail["sheet"] = sheet
    if "password" in detail["reason"].lower():
        return Refusal("FILE_ENCRYPTED", detail)
    return Refusal("FILE_UNREADABLE", detail)
