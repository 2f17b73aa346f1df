"""Write sheets as .xlsx (XlsxWriter) or .xls (BIFF, xlwt); both byte for byte repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
import xlwt

from sample_county.files.sheet import ERRORS, Cell, Row, Sheet
from sample_county.rare_formats.page import Merge

XLS_ROW_LIMIT = 65_536
XLS_WIDTH_UNIT = 256  # of a character
# A file that carries the moment of writing would differ from run to run.
CREATED = datetime(2020, 1, 2, 9, 0, 0)  # noqa: DTZ001 (a workbook property has no zone)


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Row by row in constant memory: the person register alone has 740,000 cells."""
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": CREATED, "author": "办公室"})
        styles = {
            "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
            "header": book.add_format(
                {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
            ),
            "merged": book.add_format({"valign": "vcenter"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for sheet in sheets:
            _fill_xlsx(book.add_worksheet(sheet.name), sheet, styles)


def _fill_xlsx(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, styles: dict[str, object]) -> None:
    page.set_column(0, max(sheet.width - 1, 0), 13)
    for column in sorted(sheet.wide - sheet.hidden):
        page.set_column(column, column, 21)
    for column in sorted(sheet.hidden):
        page.set_column(column, column, 13, None, {"hidden": True})
    page.freeze_panes(sheet.body_at, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    merged = {(first, left) for first, left, _, _ in sheet.merges}
    for number, row in enumerate(sheet.rows()):
        style = None
        if number == 0 and sheet.top:
            style = styles["title"]
        elif sheet.header_at <= number < sheet.body_at:
            style = styles["header"]
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if value in ERRORS:
                page.write_formula(number, column, "=Sheet9!A1", None, value)
            elif isinstance(value, str):
                own = style or (styles["merged"] if (number, column) in merged else None)
                page.write_string(number, column, value, own)
            elif isinstance(value, date):
                page.write_datetime(number, column, value, styles["date"])
            else:
                page.write_number(number, column, value, style)
    # merge_range() writes the cells below the first as well, which a sheet written
    # row by row cannot go back for; the list it keeps is all the file needs.
    page.merge.extend(list(merge) for merge in sheet.merges)


def write_xls(path: Path, sheets: Sequence[Sheet]) -> None:
    """BIFF8; raises ValueError where a sheet has more rows than the format holds."""
    book = xlwt.Workbook(encoding="utf-8")
    title = xlwt.easyxf("font: bold on, height 320; align: horiz center")
    header = xlwt.easyxf(
        "font: bold on; align: horiz center, vert center, wrap on; borders: left thin, "
        "right thin, top thin, bottom thin"
    )
    plain, day = xlwt.easyxf(""), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for sheet in sheets:
        rows = sheet.rows()
        if len(rows) > XLS_ROW_LIMIT:
            raise ValueError(f"{path.name}: {len(rows)} rows do not fit into an .xls sheet")
        page = book.add_sheet(sheet.name)
        page.portrait = False
        page.fit_num_pages, page.fit_width_to_pages, page.fit_height_to_pages = 1, 1, 0
        for column in sorted(sheet.wide):
            page.col(column).width = 21 * XLS_WIDTH_UNIT
        for column in sorted(sheet.hidden):
            page.col(column).hidden = True
        merges = {(first, left): (last, right) for first, left, last, right in sheet.merges}
        for number, row in enumerate(rows):
            style = plain
            if number == 0 and sheet.top:
                style = title
            elif sheet.header_at <= number < sheet.body_at:
                style = header
            _fill_xls_row(page, number, row, style, day, merges)
    book.save(str(path))


def _fill_xls_row(
    page: xlwt.Worksheet,
    number: int,
    row: Row,
    style: xlwt.XFStyle,
    day: xlwt.XFStyle,
    merges: dict[tuple[int, int], tuple[int, int]],
) -> None:
    target = page.row(number)
    for column, value in enumerate(row):
        if value is None or value == "":
            continue
        end = merges.get((number, column))
        if end is not None and isinstance(value, str):
            page.write_merge(number, end[0], column, end[1], value, style)
        elif isinstance(value, str) and value in ERRORS:
            target.set_cell_error(column, ERRORS[value])
        else:
            target.write(column, value, day if isinstance(value, date) else style)


def sheet_like(name: str, rows: Sequence[Sequence[Cell]], merges: Sequence[Merge] = ()) -> Sheet:
    """A sheet that is only rows, for files that are no regular delivery."""
    return Sheet(name, max((len(row) for row in rows), default=0), top=list(rows), merges=list(merges))
