"""Lines of text to records, for files whose quotes or row lengths cannot be trusted."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

_JOIN_LINES = 40  # a quoted cell that runs on for longer is a stray quote


def split_records(
    lines: Sequence[str], delimiter: str, quote: str, escape: str | None, width: int
) -> Iterator[tuple[list[str], int]]:
    """(cells, 1-based line) of each record.

    A quote that opens and never closes must not swallow the lines after it: a record may span
    lines only when that gives it `width` cells (0: not known yet, any number).
    """
    options = {"delimiter": delimiter, "quotechar": quote, "strict": True}
    if escape:
        options |= {"escapechar": escape, "doublequote": False}
    at, end = 0, len(lines)
    if end and lines[-1] == "":
        end -= 1  # what stands after the last line break is no line
    while at < end:
        line = lines[at]
        if quote not in line:
            yield line.split(delimiter), at + 1
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
    d, q = re.escape(delimiter), re.escape(quote)
    pattern = re.compile(rf"{q}((?:[^{q}]|{q}(?!{d}|$))*){q}(?={d}|$)|([^{d}]*)")
    cells: list[str] = []
    at = 0
    while True:
        match = pattern.match(line, at)
        assert match is not None
        inner = match.group(1)
        cells.append(match.group(2) if inner is None else inner.replace(quote * 2, quote))
        at = match.end()
        if at >= len(line):
            return cells
        at += len(delimiter)
