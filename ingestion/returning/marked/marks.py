"""From the table of problems to what stands at each row and cell of the copy."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from ingestion.matching.row_reference import reference
from ingestion.readers.formats.xlsx_styled_cells import column_index
from ingestion.returning.marked.labels import Labels
from ingestion.returning.marked.model import CellMark, RowKey, RowMark, State

Marks = dict[str, dict[int, RowMark]]  # sheet → row → what stands there
_CELL = re.compile(r"^([A-Z]{1,3})\d+$")
_QUOTED = re.compile(r"(“[^”]*”)")
_LINE = re.compile(r"(?P<before>(?<![A-Za-z0-9])[A-Z]{1,3}|第 |row )(?P<line>\d+)(?!\d)")
_NEEDED = ("batch_id", "source_sheet", "source_row", "cell", "code", "severity", "costs", "message", "remedy")


def marks_of(
    problems: pa.Table, corrected: Collection[RowKey], labels: Labels, *, single_sheet: bool
) -> Marks:
    """Every problem that names a row, by sheet and row."""
    found: Marks = {}
    done = frozenset(corrected)
    columns = [problems.column(name).to_pylist() for name in _NEEDED]
    for batch_id, sheet, row, cell, code, severity, costs, message, remedy in zip(*columns, strict=True):
        if row is None:
            continue
        sheet = sheet or ""
        rows = found.setdefault(sheet, {})
        mark = rows.get(row)
        if mark is None:
            mark = rows[row] = RowMark(row)
            mark.reference = reference(batch_id, sheet, row, single_sheet)
        is_corrected = (batch_id, sheet, row) in done
        error: State = "emptied" if costs == "cell" else "error"
        state: State = "corrected" if is_corrected else error if severity == "error" else "warning"
        mark.state = _stronger(mark.state, state) if mark.problems else state
        mark.problems.append(message or "")
        mark.remedies.append(remedy or "")
        _mark_cell(mark, cell or "", state, f"{message}\n{remedy}", (code or "").startswith("ID_"), labels)
    return found


def _stronger(one: State, other: State) -> State:
    order: tuple[State, ...] = ("error", "emptied", "warning", "corrected")
    return min(one, other, key=order.index)


def _mark_cell(mark: RowMark, cell: str, state: State, note: str, is_id: bool, labels: Labels) -> None:
    place = _CELL.match(cell)
    if place is None:
        return  # about the row as a whole: the file has no such column
    column = column_index(place[1])
    if state == "corrected":
        note = f"{labels.corrected}{note}"
    before = mark.cells.get(column)
    if before is not None:
        note = f"{before.note}\n{note}"
        state, is_id = _stronger(before.state, state), is_id or before.is_id
    mark.cells[column] = CellMark(column, state, note, is_id)


def moved(mark: RowMark, column: int, to: RowMark, to_column: int) -> None:
    """Take a cell's mark to the cell that shows for it: the first one of a merged range."""
    cell = mark.cells.pop(column)
    there = to.cells.get(to_column)
    if there is not None:
        cell = replace(there, state=_stronger(there.state, cell.state), note=f"{there.note}\n{cell.note}")
    to.cells[to_column] = replace(cell, column=to_column)


def renumbered(marks: Mapping[int, RowMark], within_cells: Sequence[int]) -> Mapping[int, RowMark]:
    """The marks with the rows that a spreadsheet shows, where lines go on in a cell of the line before.

    `within_cells` are those lines in order. The number of a row stays: it is that of the line.
    """
    if not within_cells:
        return marks

    def shown(found: re.Match[str]) -> str:
        line = int(found["line"])
        return f"{found['before']}{line - bisect_right(within_cells, line)}"

    def said(text: str) -> str:
        quoted = _QUOTED.split(text)  # what the sender wrote stays as it is
        return "".join(part if at % 2 else _LINE.sub(shown, part) for at, part in enumerate(quoted))

    return {
        line: replace(mark, problems=[said(text) for text in mark.problems]) for line, mark in marks.items()
    }


def problem_text(mark: RowMark, labels: Labels, *, separator: str = "\n") -> str:
    """What stands in the column 问题: the problems of the row and its number."""
    start = labels.corrected if mark.state == "corrected" else ""
    number = labels.reference.format(reference=mark.reference)
    return separator.join([start + _numbered(mark.problems, separator), number])


def remedy_text(mark: RowMark, separator: str = "\n") -> str:
    """What stands in the column 如何改正, numbered as the problems are."""
    same = len(set(mark.remedies)) == 1
    return mark.remedies[0] if same else _numbered(mark.remedies, separator)


def _numbered(texts: list[str], separator: str) -> str:
    if len(texts) == 1:
        return texts[0]
    return separator.join(f"（{number}）{text}" for number, text in enumerate(texts, start=1))
