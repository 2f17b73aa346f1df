"""The first sheet of a marked workbook, cell by cell, whichever library writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from ingestion.returning.marked.labels import Labels
from ingestion.returning.marked.model import Head
from ingestion.returning.marked.palette import LINE_HEIGHT, MAX_NOTES, line_count
from ingestion.returning.marked.summary import Cause, causes_of, how_lines, place_of, received_text, titled
from ingestion.text.masking import mask_ids

Style = Literal[
    "title", "label", "text", "head", "cell", "number", "link", "error", "emptied", "warning", "corrected"
]
WIDTHS = (42, 11, 8, 8, 8, 13, 38, 38)
_LAST = len(WIDTHS) - 1
_MAX_CAUSES = 500


@dataclass(frozen=True)
class SummaryCell:
    """`row`, `column` and `last_column` (of the merged range) count from 0; `link` is sheet and cell."""

    row: int
    column: int
    last_column: int
    value: str | int
    style: Style
    link: tuple[str, str] | None = None


class SummarySheet:
    """Cells from top to bottom, and the height of each row."""

    def __init__(
        self, head: Head, problems: pa.Table, labels: Labels, names: Mapping[str, str], mark_count: int
    ) -> None:
        """`names` are the sheets of the copy by their name in the file."""
        self.cells: list[SummaryCell] = []
        self.heights: dict[int, float] = {0: 30.0}
        self._row = 0
        self._labels = labels
        self._add(0, _LAST, labels.title, "title")
        self._line(labels.file, mask_ids(head.file_name))
        self._line(labels.received, received_text(head))
        self._legend()
        self._accounting(head)
        self._causes(causes_of(problems, head.corrected), names)
        if mark_count > MAX_NOTES:
            self._paragraph(labels.notes_left_out.format(count=MAX_NOTES))
        if mark_count:
            self._row += 1
            self._heading(labels.how)
            for line in how_lines(head, labels):
                self._paragraph(line)

    def _add(
        self, column: int, last: int, value: str | int, style: Style, link: tuple[str, str] | None = None
    ) -> None:
        self.cells.append(SummaryCell(self._row, column, last, value, style, link))
        if isinstance(value, str) and style != "title":
            width = sum(WIDTHS[column : last + 1])
            height = line_count(value, width) * LINE_HEIGHT + 5
            self.heights[self._row] = max(self.heights.get(self._row, 0.0), min(height, 300.0))

    def _line(self, label: str, value: str) -> None:
        self._row += 1
        self._add(0, 0, label, "label")
        self._add(1, _LAST, value, "text")

    def _legend(self) -> None:
        self._row += 1
        self._add(0, 0, self._labels.legend, "label")
        error, emptied, warning, corrected = self._labels.legend_cells
        self._add(1, 2, error, "error")
        self._add(3, 5, emptied, "emptied")
        self._add(6, 6, warning, "warning")
        self._add(7, 7, corrected, "corrected")

    def _heading(self, text: str) -> None:
        self._row += 1
        self._add(0, _LAST, text, "label")

    def _paragraph(self, text: str) -> None:
        self._row += 1
        self._add(0, _LAST, text, "text")

    def _accounting(self, head: Head) -> None:
        self._row += 1
        self._heading(self._labels.accounting)
        self._row += 1
        for column, text in enumerate(self._labels.accounting_heads):
            self._add(column, column, text, "head")
        for entry in head.accounting:
            self._row += 1
            self._add(0, 0, titled(entry, self._labels), "cell")
            self._add(1, 1, self._labels.states.get(entry.state, entry.state), "cell")
            counts = entry.rows_read, entry.rows_accepted, entry.rows_held, entry.rows_corrected
            for column, count in enumerate(counts, start=2):
                self._add(column, column, count, "number")
            self._add(6, 6, entry.reason, "cell")
            self._add(7, 7, entry.remedy, "cell")

    def _causes(self, causes: list[Cause], names: Mapping[str, str]) -> None:
        self._row += 1
        self._heading(self._labels.causes)
        if not causes:
            self._paragraph(self._labels.no_causes)
            return
        self._row += 1
        for (column, last), text in zip(_CAUSE_PLACES, self._labels.cause_heads, strict=True):
            self._add(column, last, text, "head")
        for cause in causes[:_MAX_CAUSES]:
            self._cause(cause, names)

    def _cause(self, cause: Cause, names: Mapping[str, str]) -> None:
        self._row += 1
        labels = self._labels
        self._add(0, 0, cause.text, "cell")
        state = cause.severity if cause.severity in labels.severities else "cell"
        self._add(1, 1, labels.severities.get(cause.severity, cause.severity), state)  # type: ignore[arg-type]
        self._add(2, 2, cause.count, "number")
        sheet = names.get(cause.sheet)
        if sheet is not None and cause.row is not None:
            cell = cause.cell if cause.cell[:1].isalpha() else f"A{cause.row}"
            self._add(3, 5, place_of(cause), "link", (sheet, cell))
        else:
            self._add(3, 5, place_of(cause), "cell")
        self._add(6, 7, cause.remedy, "cell")


_CAUSE_PLACES = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 7))
