"""The marked copy of a workbook too large, or of a format too old, to be changed in place."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange

from ingestion.matching.marked_columns import FEEDBACK_SHEETS
from ingestion.readers import Table
from ingestion.returning.marked import palette
from ingestion.returning.marked.frame import Frame, frame_of
from ingestion.returning.marked.labels import Labels
from ingestion.returning.marked.marks import Marks, moved, problem_text, remedy_text
from ingestion.returning.marked.model import Head, RowMark
from ingestion.returning.marked.names import sheet_names
from ingestion.returning.marked.sheets import Merge, Sheet
from ingestion.returning.marked.summary_sheet import WIDTHS, SummarySheet

_SHOWN_WHOLE = 1e11  # Excel shows a longer whole number as 1.23E+11
_MAX_ROWS = 1 << 20
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIXED = dt.datetime(2000, 1, 1)  # noqa: DTZ001  (the same input gives the same bytes)


def fresh_copy(
    sheets: Sequence[Sheet],
    tables: Sequence[Table],
    marks: Marks,
    head: Head,
    problems: pa.Table,
    labels: Labels,
) -> bytes:
    """A new workbook with the same values at the same addresses."""
    sheets = [s for s in sheets if s.name not in FEEDBACK_SHEETS or any(t.sheet == s.name for t in tables)]
    summary_name, *given = sheet_names([labels.sheet, *(sheet.name for sheet in sheets)])
    # Rows go straight to the disk; a range over several rows would have to reach back.
    flat = all(m[0] == m[2] for sheet in sheets for m in sheet.merges)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {**_OPTIONS, "constant_memory": flat}) as book:
        book.set_properties({"title": labels.title, "author": palette.AUTHOR, "created": _FIXED})
        writer = _Writer(book, labels)
        names = {sheet.name: name for sheet, name in zip(sheets, given, strict=True)}
        count = sum(len(mark.cells) for rows in marks.values() for mark in rows.values())
        writer.summary(SummarySheet(head, problems, labels, names, count), summary_name)
        for sheet, name in zip(sheets, given, strict=True):  # two sheets of a broken file may share a name
            own = [table for table in tables if table.sheet == sheet.name]
            writer.sheet(sheet, name, own, marks.get(sheet.name, {}), flat)
    return stream.getvalue()


class _Writer:
    """Writes sheets into one workbook; a format is made once."""

    def __init__(self, book: Any, labels: Labels) -> None:
        self._book = book
        self._labels = labels
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._notes = 0

    def format(self, **properties: Any) -> Any:
        if not properties:
            return None
        key = tuple(sorted(properties.items()))
        found = self._formats.get(key)
        if found is None:
            found = self._formats[key] = self._book.add_format(properties)
        return found

    def summary(self, summary: SummarySheet, name: str) -> None:
        page = self._book.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        for column, width in enumerate(WIDTHS):
            page.set_column(column, column, width)
        for row, height in summary.heights.items():
            page.set_row(row, height)
        for cell in summary.cells:
            style = self.format(**SUMMARY_STYLES[cell.style])
            if cell.last_column > cell.column:
                page.merge_range(cell.row, cell.column, cell.row, cell.last_column, "", style)
            if isinstance(cell.value, int):
                page.write_number(cell.row, cell.column, cell.value, style)
            elif cell.link:
                sheet, place = cell.link
                target = f"internal:'{sheet.replace(chr(39), chr(39) * 2)}'!{place}"
                page.write_url(cell.row, cell.column, target, style, cell.value)
            else:
                page.write_string(cell.row, cell.column, clean(cell.value), style)

    def sheet(
        self, sheet: Sheet, name: str, tables: Sequence[Table], marks: Mapping[int, RowMark], flat: bool
    ) -> None:
        page = self._book.add_worksheet(name)
        frame = frame_of(tables, list(marks))
        show_in_first_cell(marks, sheet.merges)
        rows = list(sheet.rows)
        widths = self._columns(page, sheet, rows, frame, marks)
        by_row: dict[int, list[Merge]] = {}
        for merge in sheet.merges:
            if _fits(merge, frame, marks):
                by_row.setdefault(merge[0], []).append(merge)
        if not flat:
            self._merges(page, [merge for ranges in by_row.values() for merge in ranges])
        put = self._putter(page)
        height = len(rows)
        last = max([sheet.first_row + height, *frame.header_rows, *marks])
        for row in range(sheet.first_row, min(last, _MAX_ROWS)):
            if flat and row in by_row:
                self._merges(page, by_row[row])
            at = row - sheet.first_row
            values = rows[at] if at < height else ()
            mark = marks.get(row + 1)
            if row in sheet.hidden_rows and mark is None:
                page.set_row(row, None, None, {"hidden": True})
            if mark is not None or row + 1 in frame.header_rows or frame.old_columns:
                self._framed(page, put, sheet, row, values, frame, mark)
                continue
            for column, value in enumerate(values, start=sheet.first_column):
                if value != "":
                    put(row, column, value, {})
        self._view(page, frame, marks, palette.first_shown(widths) if marks else 0)

    def _framed(
        self,
        page: Any,
        put: Callable[[int, int, Any, dict[str, Any]], None],
        sheet: Sheet,
        row: int,
        values: Sequence[Any],
        frame: Frame,
        mark: RowMark | None,
    ) -> None:
        """A row that is more than the supplier's: a header, a marked one, one of an earlier copy."""
        is_header = row + 1 in frame.header_rows
        for column, value in enumerate(values, start=sheet.first_column):
            if column in frame.old_columns and row + 1 >= min(frame.header_rows):
                continue
            cell = mark.cells.get(column) if mark else None
            if cell is None:
                if value != "":
                    put(row, column, value, {"bold": True, "text_wrap": True} if is_header else {})
                continue
        if is_header:
            page.write_string(row, frame.column, self._labels.problem, self.format(**OWN_HEAD))
            page.write_string(row, frame.column + 1, self._labels.remedy, self.format(**OWN_HEAD))
        if mark is not None:
            self._marks(page, put, sheet, row, values, mark)
            problem, remedy = problem_text(mark, self._labels), remedy_text(mark)
            style = {**OWN_CELL, "font_color": f"#{palette.TEXTS[mark.state]}"}
            page.write_string(row, frame.column, clean(problem), self.format(**style))
            page.write_string(row, frame.column + 1, clean(remedy), self.format(**OWN_CELL))
            page.set_row(row, palette.row_height(problem, remedy))

    def _marks(
        self,
        page: Any,
        put: Callable[[int, int, Any, dict[str, Any]], None],
        sheet: Sheet,
        row: int,
        values: Sequence[Any],
        mark: RowMark,
    ) -> None:
        for column, cell in sorted(mark.cells.items()):
            at = column - sheet.first_column
            value = values[at] if 0 <= at < len(values) else ""
            style: dict[str, Any] = {"bg_color": f"#{palette.FILLS[cell.state]}"}
            if cell.is_id:
                style["num_format"] = palette.TEXT_FORMAT
                value = digits_text(value)
            put(row, column, value, style)
            if self._notes < palette.MAX_NOTES:
                self._notes += 1
                size = {"width": palette.NOTE_WIDTH, "height": palette.note_height(cell.note)}
                page.write_comment(row, column, clean(cell.note), {"author": palette.AUTHOR, **size})

    def _putter(self, page: Any) -> Callable[[int, int, Any, dict[str, Any]], None]:
        # The undecorated methods of the library's own fast path are private; the public ones cost a
        # third more and are as stable as their documentation.
        text, number, plain = page.write_string, page.write_number, self.format

        def put(row: int, column: int, value: Any, style: dict[str, Any]) -> None:
            kind = type(value)
            if kind is str:
                if value == "":
                    if style:
                        page.write_blank(row, column, None, plain(**style))
                    return
                if value[0] in "=+-@":
                    style = {**style, "quote_prefix": True}
                text(row, column, clean(value), plain(**style) if style else None)
            elif kind is float or kind is int:
                if abs(value) >= _SHOWN_WHOLE and value == int(value):
                    style = {"num_format": palette.DATA_FORMATS["long"], **style}
                number(row, column, value, plain(**style) if style else None)
            elif kind is bool:
                page.write_boolean(row, column, value, plain(**style))
            elif isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
                page.write_datetime(row, column, value, plain(**{"num_format": _date_format(value), **style}))

        return put

    def _merges(self, page: Any, merges: Sequence[Merge]) -> None:
        for merge in merges:
            try:
                page.merge_range(*merge, "", self.format(align="center", valign="vcenter", text_wrap=True))
            except OverlappingRange:
                continue

    def _columns(
        self,
        page: Any,
        sheet: Sheet,
        rows: Sequence[Sequence[Any]],
        frame: Frame,
        marks: Mapping[int, RowMark],
    ) -> list[float]:
        """Set the widths by the first rows below the title, which is wider than its column.

        Returns those left of the added columns.
        """
        widths = [0.0] * sheet.first_column
        first = max(min(frame.header_rows, default=1) - 1 - sheet.first_row, 0)
        shown = {column for mark in marks.values() for column in mark.cells}
        for at, cells in enumerate(zip(*rows[first : first + 100], strict=False)):
            width = max((palette.display_width(str(cell)) for cell in cells), default=0)
            column = sheet.first_column + at
            hidden = {"hidden": True} if column in sheet.hidden_columns - shown else {}
            wide = min(max(width + 2, 7), 40)
            page.set_column(column, column, wide, None, hidden)
            widths.append(0 if hidden else wide)
        page.set_column(frame.column, frame.column, palette.PROBLEM_WIDTH)
        page.set_column(frame.column + 1, frame.column + 1, palette.REMEDY_WIDTH)
        return widths[: frame.column]

    def _view(self, page: Any, frame: Frame, marks: Mapping[int, RowMark], first_shown: int) -> None:
        """What is seen when the sheet is opened: the header, and the added columns."""
        if frame.frozen_rows:
            page.freeze_panes(frame.frozen_rows, 0, frame.frozen_rows, first_shown)
        elif first_shown:
            page.set_top_left_cell(0, first_shown)
        if frame.filter_range:
            row, column, last_row, last_column = frame.filter_range
            page.autofilter(row - 1, column, min(last_row, _MAX_ROWS) - 1, last_column)
        if marks:
            page.set_tab_color(f"#{palette.TEXTS['error']}")
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def show_in_first_cell(marks: Mapping[int, RowMark], merges: Sequence[Merge]) -> None:
    """Move the marks of covered cells to the first cell of their range: the others are not seen."""
    if not marks:
        return
    for r0, c0, r1, c1 in merges:
        if (r0, c0) == (r1, c1):
            continue
        for row in range(r0 + 1, r1 + 2):
            mark = marks.get(row)
            if mark is None:
                continue
            for column in [c for c in mark.cells if c0 <= c <= c1 and (row - 1, c) != (r0, c0)]:
                first = marks.get(r0 + 1)
                if first is not None:
                    moved(mark, column, first, c0)
                else:
                    mark.cells.pop(column)


def _fits(merge: Merge, frame: Frame, marks: Mapping[int, RowMark]) -> bool:
    """Whether a range is one, and leaves the added columns alone where something stands in them."""
    r0, c0, r1, c1 = merge
    if (r0, c0) == (r1, c1):
        return False
    if c1 < frame.column or c0 > frame.column + 1:
        return True
    return not any(row in frame.header_rows or row in marks for row in range(r0 + 1, r1 + 2))


def digits_text(value: Any) -> Any:
    """A whole number as its digits, so that the cell can be text."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1:
        return f"{value:.0f}"
    return value


def _date_format(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return palette.DATA_FORMATS["date" if value.time() == dt.time() else "moment"]
    return palette.DATA_FORMATS["date" if isinstance(value, dt.date) else "time"]


def clean(text: str) -> str:
    """Without the two characters that XML cannot carry at all."""
    return text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


_BORDER: dict[str, Any] = {"border": 1, "border_color": f"#{palette.LINE}"}
OWN_HEAD: dict[str, Any] = {
    **_BORDER, "bold": True, "font_color": "#FFFFFF", "bg_color": f"#{palette.OWN_HEAD}", "valign": "vcenter",
    "align": "center",
}  # fmt: skip
OWN_CELL: dict[str, Any] = {**_BORDER, "bg_color": f"#{palette.OWN_CELL}", "text_wrap": True, "valign": "top"}
_CELL: dict[str, Any] = {**_BORDER, "text_wrap": True, "valign": "vcenter"}
SUMMARY_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": f"#{palette.OWN_HEAD}", "valign": "vcenter"},
    "label": {"bold": True, "font_color": f"#{palette.OWN_HEAD}", "valign": "vcenter"},
    "text": {"text_wrap": True, "valign": "vcenter"},
    "head": {**OWN_HEAD, "text_wrap": True},
    "cell": _CELL,
    "number": {**_CELL, "align": "center"},
    "link": {**_CELL, "font_color": "#0563C1", "underline": 1},
    **{
        state: {**_CELL, "bg_color": f"#{fill}", "font_color": f"#{palette.TEXTS[state]}", "align": "center"}
        for state, fill in palette.FILLS.items()
    },
}
