"""Workbooks (.xls BIFF, .xlsx, .xlsm, .xlsb) to grids, through calamine."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from ingestion.readers.containers import ole
from ingestion.readers.formats import xls, xlsx
from ingestion.readers.formats.cell_text import column_text, number_text
from ingestion.readers.formats.xlsb import inspect_xlsb
from ingestion.readers.grid import Grid, Merge, SheetFacts
from ingestion.readers.model import Refusal


def grids(data: bytes, kind: str) -> tuple[list[Grid], list[str]] | Refusal:
    """A grid per worksheet that holds anything, and notes on sheets that do not."""
    extra = facts_of(data, kind)
    if isinstance(extra, Refusal):
        return extra
    book = open_workbook(data)
    if isinstance(book, Refusal):
        return book
    found: list[Grid] = []
    notes: list[str] = []
    metas = book.sheets_metadata
    for index, meta in enumerate(metas):
        if meta.typ != SheetTypeEnum.WorkSheet:
            notes.append(f"SHEET_NOT_TABLE sheet={meta.name}")
            continue
        facts = facts_at(extra, index, meta.name, len(metas))
        facts.is_hidden = meta.visible != SheetVisibleEnum.Visible
        try:
            grid = sheet_grid(book.get_sheet_by_name(meta.name), facts)
        except BaseException as error:  # noqa: BLE001 - a Rust panic derives from BaseException
            return _unreadable(error, meta.name)
        if grid is None:
            notes.append(f"SHEET_EMPTY sheet={meta.name}")
        else:
            found.append(grid)
    return found, notes


def open_workbook(data: bytes) -> CalamineWorkbook | Refusal:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        return Refusal("FILE_ENCRYPTED")
    except BaseException as error:  # noqa: BLE001 - as above
        return _unreadable(error)


def facts_of(data: bytes, kind: str) -> dict[str, SheetFacts] | Refusal:
    """What calamine does not tell, by sheet name or, for .xls, by '#position/count'."""
    if kind in ("xlsx", "xlsm"):
        return xlsx.inspect(data)
    if kind == "xlsb":
        return inspect_xlsb(data)
    container = ole.open_container(data)
    if container is None or container.is_truncated:
        return Refusal("FILE_TRUNCATED", {"format": "xls"})
    stream = container.stream("Workbook") or container.stream("Book") or b""
    if xls.is_encrypted(stream):
        return Refusal("FILE_ENCRYPTED", {"format": "xls"})
    book = xls.globals_of(stream)
    found = [xls.sheet_facts(stream, at, book) for at in book.sheets]
    # Calamine sets memory aside for what is claimed, and a claim too large ends the process.
    if any(facts.is_absurd for facts in found) or book.strings > len(stream):
        return Refusal("FILE_UNSAFE", {"reason": "extent"})
    return {f"#{index}/{len(found)}": facts for index, facts in enumerate(found)}


def facts_at(extra: dict[str, SheetFacts], index: int, name: str, count: int) -> SheetFacts:
    """The facts of one sheet, by its name or its position."""
    return extra.get(name) or extra.get(f"#{index}/{count}") or SheetFacts()


def sheet_rows(sheet: CalamineSheet, facts: SheetFacts) -> tuple[int, int, list[list[Any]]]:
    """First row and column, and the typed cells from there on.

    Error values are their text, and so are numbers of which their format shows another; what that
    leaves to ask is noted in `facts`. Formulas that were never computed are blank.
    """
    row0, column0 = sheet.start or (0, 0)
    rows: list[list[Any]] = sheet.to_python()
    width = len(rows[0]) if rows else 0
    for row, column, shown in facts.shown:
        if row0 <= row < row0 + len(rows) and column0 <= column < column0 + width:
            value = rows[row - row0][column - column0]
            if type(value) in (int, float) and (seen := shown.text(value)) is not None:
                rows[row - row0][column - column0] = seen
                if power := shown.power(value):
                    facts.scaled.append((row, column, power, number_text(value)))
    for row, column in facts.uncomputed:
        if row0 <= row < row0 + len(rows) and column0 <= column < column0 + width:
            rows[row - row0][column - column0] = ""
    for row, column, text in facts.errors:
        if row0 <= row < row0 + len(rows) and column0 <= column < column0 + width:
            rows[row - row0][column - column0] = text
    return row0, column0, rows


def sheet_merges(sheet: CalamineSheet, facts: SheetFacts) -> list[Merge]:
    """Merged ranges by sheet rows and columns."""
    told = [(r0, c0, r1, c1) for (r0, c0), (r1, c1) in sheet.merged_cell_ranges or []]
    return told or facts.merges


def sheet_grid(sheet: CalamineSheet, facts: SheetFacts) -> Grid | None:
    if sheet.start is None:
        return None
    row0, column0, rows = sheet_rows(sheet, facts)
    width = len(rows[0]) if rows else 0
    columns = [pa.chunked_array([column_text(column)]) for column in zip(*rows, strict=True)]
    numbers = np.arange(row0 + 1, row0 + 1 + len(rows), dtype=np.int32)
    merges = []
    for r0, c0, r1, c1 in sheet_merges(sheet, facts):
        if r0 >= row0 and c0 >= column0 and r0 - row0 < len(rows) and c0 - column0 < width:
            last = min(r1 - row0, len(rows) - 1), min(c1 - column0, width - 1)
            merges.append((r0 - row0, c0 - column0, *last))
    return Grid(sheet.name, columns, numbers, column0, merges, facts)


def _unreadable(error: BaseException, sheet: str = "") -> Refusal:
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
        raise error
    detail = {"reason": str(error)[:200]}
    if sheet:
        detail["sheet"] = sheet
    if "password" in detail["reason"].lower():
        return Refusal("FILE_ENCRYPTED", detail)
    return Refusal("FILE_UNREADABLE", detail)
