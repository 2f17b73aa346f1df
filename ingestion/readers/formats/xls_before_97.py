"""BIFF5, and BIFF without a container around its records, as the nineties wrote them. Through xlrd."""

from __future__ import annotations

import datetime as dt
import io
import struct
from functools import lru_cache
from typing import Any

import xlrd

from ingestion.readers.containers.ole import open_container
from ingestion.readers.formats.cell_text import cell_text, number_text
from ingestion.readers.formats.number_formats import Shown, shown_by
from ingestion.readers.formats.xls import DAYS_1904, globals_of, sheet_facts
from ingestion.readers.grid import Grid, SheetFacts, from_rows
from ingestion.readers.model import Refusal


def bare_biff_grids(data: bytes) -> tuple[list[Grid], str | None] | Refusal:
    """A grid per sheet that holds anything."""
    if _is_absurd(data):
        return Refusal("FILE_UNSAFE", {"reason": "extent"})
    try:
        book = _opened(data)
        return [_grid(book, sheet) for sheet in book.sheets() if sheet.nrows and sheet.ncols], None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - xlrd raises whatever its byte arithmetic runs into
        code = "FILE_ENCRYPTED" if "encrypted" in str(error).lower() else "FILE_UNREADABLE"
        return Refusal(code, {"format": "biff", "reason": str(error)[:200]})


def _is_absurd(data: bytes) -> bool:
    """Whether xlrd would lay out cells by the million for one that strayed."""
    container = open_container(data)
    stream = data if container is None else container.stream("Book") or b""
    return any(sheet_facts(stream, at).is_absurd for at in globals_of(stream).sheets or (0,))


def _opened(data: bytes) -> Any:
    """With formatting, which tells hidden parts and merged ranges; without where a writer left it out."""
    options: dict[str, Any] = {"file_contents": data, "logfile": io.StringIO()}
    try:
        return xlrd.open_workbook(**options, formatting_info=True)
    except (AssertionError, AttributeError, IndexError, KeyError, NotImplementedError, struct.error):
        return xlrd.open_workbook(**options)


def _grid(book: Any, sheet: Any) -> Grid:
    facts = SheetFacts(
        hidden_rows=sorted(row for row, info in sheet.rowinfo_map.items() if info.hidden),
        hidden_columns=sorted(column for column, info in sheet.colinfo_map.items() if info.hidden),
        is_hidden=bool(sheet.visibility),
        date_offset=DAYS_1904 if book.datemode else 0,
    )
    rows = [
        [_noted(book, cell, (r, c), facts) for c, cell in enumerate(sheet.row(r))] for r in range(sheet.nrows)
    ]
    grid = from_rows(rows, range(1, sheet.nrows + 1), sheet=sheet.name)
    height, width = sheet.nrows - 1, len(grid.columns) - 1
    grid.merges = [
        (r0, c0, min(r1 - 1, height), min(c1 - 1, width))
        for r0, r1, c0, c1 in sheet.merged_cells
        if r0 <= height and c0 <= width
    ]
    grid.facts = facts
    return grid


def _noted(book: Any, cell: Any, place: tuple[int, int], facts: SheetFacts) -> str:
    """The text of a cell; what its style adds is noted in `facts`."""
    if cell.xf_index is None or not 0 <= cell.xf_index < len(book.xf_list):
        return _text(book, cell)
    style = book.xf_list[cell.xf_index]
    fonts = book.font_list
    if style.font_index < len(fonts) and fonts[style.font_index].struck_out and cell.value != "":
        facts.struck.append(place)
    form = book.format_map.get(style.format_key)
    if cell.ctype != xlrd.XL_CELL_NUMBER or form is None:
        return _text(book, cell)
    shown = _shown(form.format_str)
    text = shown.text(cell.value) if shown else None
    if shown and text is not None and (power := shown.power(cell.value)):
        facts.scaled.append((*place, power, number_text(cell.value)))
    return _text(book, cell) if text is None else text


@lru_cache(maxsize=256)
def _shown(code: str) -> Shown | None:
    return shown_by(code)


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
