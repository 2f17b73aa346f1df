"""Lines of text to records, for files whose quotes or row lengths cannot be trusted."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from ingestion.readers.formats.sheet_builder import MAX_COLUMNS, TooLargeError

_JOIN_LINES = 40  # a quoted cell that runs on for longer is a stray quote


def split_records(
    lines: Sequence[str],
    delimiter: str,
    quote: str,
    escape: str | None,
    width: int,
    *,
    skip_space: bool = False,
) -> Iterator[tuple[list[str], int]]:
    """(cells, 1-based line) of each record.

    A quote that opens and never closes must not swallow the lines after it: a record may span
    lines only when that gives it `width` cells (0: not known yet, any number). With `skip_space`
    blanks after a delimiter belong to no cell. Raises TooLargeError for more cells than any sheet has.
    """
    options = {"delimiter": delimiter, "quotechar": quote, "strict": True, "skipinitialspace": skip_space}
    if escape:
        options |= {"escapechar": escape, "doublequote": False}
    at, end = 0, len(lines)
    if end and lines[-1] == "":
        end -= 1  # what stands after the last line break is no line
    while at < end:
        line = lines[at]
        if line.count(delimiter) >= MAX_COLUMNS:
            raise TooLargeError
        if quote not in line:
            cells = line.split(delimiter)
            yield [cell.lstrip(" ") for cell in cells] if skip_space else cells, at + 1
            at += 1
            continue
        row, used = _quoted(lines[at : min(at + _JOIN_LINES, end)], options, width)
        yield row, at + 1
        at += used


def _quoted(lines: Sequence[str], options: dict[str, object], width: int) -> tuple[list[str], int]:
    reader = csv.reader((line + "\n" for line in lines), **options)  # type: ignore[arg-type]
    try:
        row = next(reader)
    except (csv.Error, StopIteration):
        return _lenient(lines[0], str(options["delimiter"]), str(options["quotechar"])), 1
    if reader.line_num > 1 and width and len(row) != width:
        return _lenient(lines[0], str(options["delimiter"]), str(options["quotechar"])), 1
    return row, reader.line_num


def _lenient(line: str, delimiter: str, quote: str) -> list[str]:
    """A quote closes a cell only before a delimiter or the end; anywhere else it is a character."""
    closing = re.compile(rf"{re.escape(quote)}(?={re.escape(delimiter)}|$)")
    cells: list[str] = []
    at, closes = 0, True
    while True:
        opened = closes and line.startswith(quote, at)
        close = closing.search(line, at + 1) if opened else None
        closes = closes and not (opened and close is None)  # no quote further on closes anything
        if close:
            cells.append(line[at + 1 : close.start()].replace(quote * 2, quote))
            end = close.end()
        else:
            end = line.find(delimiter, at)
            end = end if end >= 0 else len(line)
            cells.append(line[at:end])
        if end >= len(line):
            return cells
        at = end + len(delimiter)
