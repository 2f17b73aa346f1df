"""The marked copy of a workbook in its own clothes: formats, widths, ranges and hidden parts stay."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.hyperlink import Hyperlink

from ingestion.matching.marked_columns import FEEDBACK_SHEETS
from ingestion.readers import Table
from ingestion.returning.marked import palette
from ingestion.returning.marked.frame import Frame, frame_of
from ingestion.returning.marked.labels import Labels
from ingestion.returning.marked.marks import Marks, problem_text, remedy_text
from ingestion.returning.marked.model import Head, RowMark
from ingestion.returning.marked.names import sheet_names
from ingestion.returning.marked.new_workbook import digits_text, show_in_first_cell
from ingestion.returning.marked.summary_sheet import WIDTHS, SummarySheet

_SIDE = Side(style="thin", color=palette.LINE)
_BORDER = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_TOP_WRAP = Alignment(vertical="top", wrap_text=True)
_MIDDLE_WRAP = Alignment(vertical="center", wrap_text=True)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_OWN_COLOURS = {f"00{colour}" for colour in palette.FILLS.values()}


def styled_copy(
    book: Any, tables: Sequence[Table], marks: Marks, head: Head, problems: pa.Table, labels: Labels
) -> bytes:
    """`book` with marks, columns and summary, as the bytes of an .xlsx."""
    for sheet in book.worksheets:
        if sheet.title in FEEDBACK_SHEETS and not any(t.sheet == sheet.title for t in tables):
            book.remove(sheet)
    summary_name, *given = sheet_names([labels.sheet, *(sheet.title for sheet in book.worksheets)])
    names: dict[str, str] = {}
    notes = _Notes()
    for sheet, name in zip(book.worksheets, given, strict=True):
        own = [table for table in tables if table.sheet == sheet.title]
        names[sheet.title] = name
        _mark_sheet(sheet, own, marks.get(sheet.title, {}), labels, notes)
        if sheet.title != name:
            sheet.title = name
        sheet.sheet_view.tabSelected = False  # or an edit would go into two sheets at once
    count = sum(len(mark.cells) for rows in marks.values() for mark in rows.values())
    _write_summary(book.create_sheet(summary_name, 0), SummarySheet(head, problems, labels, names, count))
    book.active = 0
    for view in book.views:
        view.firstSheet = 0
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Notes:
    """Comments written so far; the workbook has room for some only."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, cell: Any, text: str) -> None:
        before = cell.comment
        if self._count >= palette.MAX_NOTES:
            return
        self._count += 1
        if before is not None:
            text = f"{text}\n\n{before.text}"
        height = palette.note_height(text)
        cell.comment = Comment(_clean(text), palette.AUTHOR, height=height, width=palette.NOTE_WIDTH)


def _mark_sheet(
    sheet: Any, tables: Sequence[Table], marks: Mapping[int, RowMark], labels: Labels, notes: _Notes
) -> None:
    if not tables:
        return
    frame = frame_of(tables, list(marks))
    if frame.old_columns:
        _remove_old(sheet, frame)
    ranges = [(r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in sheet.merged_cells.ranges]
    show_in_first_cell(marks, ranges)
    _free_own_columns(sheet, frame, marks)
    for row in frame.header_rows:
        for column, text in ((frame.column, labels.problem), (frame.column + 1, labels.remedy)):
            cell = sheet.cell(row, column + 1)
            _set_text(cell, text)
            cell.font, cell.alignment = Font(bold=True, color="FFFFFF"), _CENTRE
            cell.fill, cell.border = _solid(palette.OWN_HEAD), _BORDER
    for mark in marks.values():
        _mark_row(sheet, frame, mark, labels, notes)
    _own_column(sheet, frame.column + 1).width = palette.PROBLEM_WIDTH
    _own_column(sheet, frame.column + 2).width = palette.REMEDY_WIDTH
    _view(sheet, frame, marks)


def _mark_row(sheet: Any, frame: Frame, mark: RowMark, labels: Labels, notes: _Notes) -> None:
    for column, found in sorted(mark.cells.items()):
        cell = sheet.cell(mark.row, column + 1)
        if isinstance(cell, MergedCell):
            continue
        cell.fill = _solid(palette.FILLS[found.state])
        if found.is_id:
            value = digits_text(cell.value)
            if value is not None:
                _set_text(cell, str(value))
            cell.number_format = palette.TEXT_FORMAT
        notes.add(cell, found.note)
        if sheet.column_dimensions[get_column_letter(column + 1)].hidden or _in_hidden(sheet, column + 1):
            _own_column(sheet, column + 1).hidden = False
    problem, remedy = problem_text(mark, labels), remedy_text(mark)
    for column, text in ((frame.column, problem), (frame.column + 1, remedy)):
        cell = sheet.cell(mark.row, column + 1)
        _set_text(cell, text)
        cell.fill, cell.border, cell.alignment = _solid(palette.OWN_CELL), _BORDER, _TOP_WRAP
        cell.font = Font(color=palette.TEXTS[mark.state] if column == frame.column else "000000")
    dimension = sheet.row_dimensions[mark.row]
    dimension.height = max(dimension.height or 0.0, palette.row_height(problem, remedy))
    dimension.hidden = False  # what is to be corrected must be seen


def _set_text(cell: Any, text: str) -> None:
    cell.value = None
    cell._value, cell.data_type = _clean(text)[:32_767], "s"
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@")


def _clean(text: str) -> str:
    """Without the characters that XML cannot carry."""
    return "".join(c if c >= " " or c in "\t\n\r" else "\ufffd" for c in text if c not in "\ufffe\uffff")


def _solid(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


def _remove_old(sheet: Any, frame: Frame) -> None:
    """Take away what an earlier copy added: columns, colours, notes."""
    first = min(frame.header_rows)
    for (row, column), cell in list(sheet._cells.items()):
        if isinstance(cell, MergedCell):
            continue
        if column - 1 in frame.old_columns and row >= first:
            del sheet._cells[row, column]
            continue
        if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in _OWN_COLOURS:
            cell.fill = PatternFill()
        if cell.comment is not None and cell.comment.author == palette.AUTHOR:
            cell.comment = None


def _free_own_columns(sheet: Any, frame: Frame, marks: Mapping[int, RowMark]) -> None:
    """Undo ranges that would cover something written into the added columns."""
    written = {*frame.header_rows, *marks}
    for merged in list(sheet.merged_cells.ranges):
        over = merged.min_col <= frame.column + 2 and merged.max_col >= frame.column + 1
        if over and any(row in written for row in range(merged.min_row, merged.max_row + 1)):
            sheet.unmerge_cells(merged.coord)


def _in_hidden(sheet: Any, column: int) -> bool:
    return any(d.hidden and (d.min or 0) <= column <= (d.max or 0) for d in sheet.column_dimensions.values())


def _own_column(sheet: Any, column: int) -> Any:
    """The dimension of one column alone, cut out of the range it may be declared in."""
    for letter, found in list(sheet.column_dimensions.items()):
        found.reindex()
        if not found.min <= column <= found.max or found.min == found.max:
            continue
        del sheet.column_dimensions[letter]
        for first, last in ((found.min, column - 1), (column, column), (column + 1, found.max)):
            if first <= last:
                part = copy.copy(found)
                part.index, part.min, part.max = get_column_letter(first), first, last
                sheet.column_dimensions[part.index] = part
    letter = get_column_letter(column)
    if letter not in sheet.column_dimensions:
        sheet.column_dimensions[letter] = ColumnDimension(sheet, index=letter, customWidth=True)
    dimension = sheet.column_dimensions[letter]
    dimension.hidden = False
    return dimension


def _view(sheet: Any, frame: Frame, marks: Mapping[int, RowMark]) -> None:
    if sheet.freeze_panes is None and frame.frozen_rows:
        sheet.sheet_view.topLeftCell = None
        sheet.freeze_panes = f"A{frame.frozen_rows + 1}"
    if marks:
        _scroll(sheet, palette.first_shown(_widths(sheet, frame.column)))
    if frame.filter_range:
        row, column, last_row, last_column = frame.filter_range
        first = f"{get_column_letter(column + 1)}{row}"
        sheet.auto_filter.ref = f"{first}:{get_column_letter(last_column + 1)}{last_row}"
    if marks:
        sheet.sheet_properties.tabColor = palette.TEXTS["error"]
        if sheet.sheet_state != "visible":
            sheet.sheet_state = "visible"


def _widths(sheet: Any, count: int) -> list[float]:
    """Characters that each of the first `count` columns takes on the screen."""
    usual = sheet.sheet_format.defaultColWidth or sheet.sheet_format.baseColWidth or 8
    widths = [float(usual)] * count
    for dimension in sheet.column_dimensions.values():
        dimension.reindex()
        for column in range(dimension.min, min(dimension.max, count) + 1):
            widths[column - 1] = 0.0 if dimension.hidden else dimension.width or usual
    return widths


def _scroll(sheet: Any, first_shown: int) -> None:
    """Begin the view with a column (0: the first), below and right of what is frozen."""
    view = sheet.sheet_view
    scrolled = view.pane if view.pane is not None else view
    row = coordinate_from_string(scrolled.topLeftCell or "A1")[1]
    frozen = int(view.pane.xSplit or 0) if view.pane is not None else 0
    scrolled.topLeftCell = f"{get_column_letter(max(first_shown, frozen) + 1)}{row}"


def _write_summary(page: Any, summary: SummarySheet) -> None:
    page.sheet_view.showGridLines = False
    page.sheet_view.tabSelected = True
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr = type(page.sheet_properties.pageSetUpPr)(fitToPage=True)
    for column, width in enumerate(WIDTHS, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    for row, height in summary.heights.items():
        page.row_dimensions[row + 1].height = height
    for found in summary.cells:
        cell = page.cell(found.row + 1, found.column + 1)
        if isinstance(found.value, str):
            _set_text(cell, found.value)
        else:
            cell.value = found.value
        for column in range(found.column, found.last_column + 1):
            _dress(page.cell(found.row + 1, column + 1), found.style)
        if found.last_column > found.column:
            page.merge_cells(None, found.row + 1, found.column + 1, found.row + 1, found.last_column + 1)
        if found.link:
            sheet, place = found.link
            target = f"'{sheet.replace(chr(39), chr(39) * 2)}'!{place}"
            cell._hyperlink = Hyperlink(ref=cell.coordinate, location=target)
            page._hyperlinks.append(cell._hyperlink)


def _dress(cell: Any, style: str) -> None:
    cell.alignment = _MIDDLE_WRAP
    if style in ("title", "label"):
        cell.font = Font(bold=True, size=18 if style == "title" else 11, color=palette.OWN_HEAD)
        return
    if style == "text":
        return
    cell.border = _BORDER
    if style == "head":
        cell.font, cell.fill, cell.alignment = (
            Font(bold=True, color="FFFFFF"),
            _solid(palette.OWN_HEAD),
            _CENTRE,
        )
    elif style == "number":
        cell.alignment = _CENTRE
    elif style == "link":
        cell.font = Font(color="0563C1", underline="single")
    elif style in palette.FILLS:
        cell.font, cell.fill, cell.alignment = (
            Font(color=palette.TEXTS[style]),
            _solid(palette.FILLS[style]),
            _CENTRE,
        )
