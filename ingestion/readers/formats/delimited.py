"""Delimited text to a grid: pyarrow where the file is regular, line by line where it is not."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as arrow_compute
import pyarrow.csv as csv_module

from ingestion.readers.containers.decode import Utf8
from ingestion.readers.formats.dialect import SAMPLE_BYTES, Dialect, Head, choose, sample_of
from ingestion.readers.formats.long_delimiters import with_short_delimiter
from ingestion.readers.formats.records import split_records
from ingestion.readers.formats.sheet_builder import MAX_COLUMNS, TooLargeError
from ingestion.readers.grid import Grid, from_rows, stack

pc: Any = arrow_compute  # the published stubs of pyarrow refuse half of its own functions
arrow_csv: Any = csv_module
_MAX_ODD_ROWS = 2000  # more rows of another length than this: the file is not regular
_CHUNK_ROWS = 50_000


@dataclass(frozen=True)
class TextGrid:
    """`odd` maps the line of each record of unusual length to that length."""

    grid: Grid
    head: Head
    odd: dict[int, int]
    notes: tuple[str, ...]


def text_grid(data: Utf8, known: frozenset[str]) -> TextGrid:
    notes: tuple[str, ...] = ()
    head = choose(sample_of(data), known)
    data, long = with_short_delimiter(data, head, known)
    if long:
        head = choose(sample_of(data), known)
        notes = (f"DELIMITER {long!r}",)
    elif head.dialect.name != "comma":
        notes = (*notes, f"DELIMITER {head.dialect.name}")
    fast = _regular(data, head)
    grid, odd = fast if fast else _irregular(data, head)
    if not fast:
        notes = (*notes, "TEXT_IRREGULAR")
    if b'="' in data:
        grid.columns = [_unwrapped(column) for column in grid.columns]
    if b"\t" in data and head.dialect.delimiter != "\t":
        grid.columns = [_without_tab(column) for column in grid.columns]
    return TextGrid(grid, head, odd, notes)


def _regular(data: Utf8, head: Head) -> tuple[Grid, dict[int, int]] | None:
    """The grid by pyarrow, or None when quotes or row lengths are not regular."""
    if head.header is None or head.width < 2 or head.dialect.escape or head.dialect.skip_space:
        return None
    if len(head.dialect.delimiter.encode()) > 1:
        return None
    body_row = head.header.last + 1
    if body_row >= len(head.rows):
        if len(data) > SAMPLE_BYTES:
            return None  # the sample ends with the header: a line longer than it follows
        return from_rows(head.rows, head.lines), {}
    start = _offset_of_line(data, head.lines[body_row])
    body: Any = pa.py_buffer(data)[start:]
    quotes = data.find(head.dialect.quote.encode(), start) >= 0
    quoting = _quoting(np.frombuffer(body, dtype=np.uint8), head.dialect) if quotes else (False, False)
    if quoting is None:
        return None
    parsed = _parse(body, head, *quoting)
    if parsed is None:
        return None
    columns, bad = parsed
    if any(cells > MAX_COLUMNS for cells, _ in bad.values()):
        raise TooLargeError
    numbers = _line_numbers(columns, bad, head.lines[body_row], spans_lines=quoting[1])
    grid = _splice(columns, bad, numbers, head.dialect)
    top = from_rows(head.rows[:body_row], head.lines[:body_row])
    odd = {int(numbers[n]): width for n, (width, _) in bad.items()}
    return stack([top, grid]), odd


def _offset_of_line(data: Utf8, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = data.index(b"\n", at) + 1
    return at


def _quoting(body: npt.NDArray[np.uint8], dialect: Dialect) -> tuple[bool, bool] | None:
    """(quotes occur, a quoted cell spans lines); None when a quote stands where none may.

    Quotes alternate between opening and closing. An opening one must follow a delimiter, a line
    break or a closing one (a doubled quote), a closing one precede them.
    """
    mark = ord(dialect.quote)
    at = np.flatnonzero(body == mark)
    if len(at) % 2:
        return None
    opening, closing = at[0::2], at[1::2]
    before = body[np.maximum(opening - 1, 0)]
    after = body[np.minimum(closing + 1, len(body) - 1)]
    delimiter = ord(dialect.delimiter)
    opens = (opening == 0) | (before == delimiter) | (before == 10) | (before == mark)
    closes = (closing == len(body) - 1) | (after == delimiter) | (after == 10) | (after == mark)
    if not (opens.all() and closes.all()):
        return None
    breaks = np.flatnonzero(body == 10)
    inside = np.searchsorted(at, breaks) % 2 == 1
    return True, bool(inside.any())


BadRows = dict[int, tuple[int, str]]  # record position in the body → (cells, text)


def _parse(body: Any, head: Head, quoted: bool, spans_lines: bool) -> tuple[list[Any], BadRows] | None:
    columns, odd = _arrow(body, head, quoted, spans_lines, threads=True)
    if columns is not None and not odd:
        return columns, {}
    if odd > _MAX_ODD_ROWS or columns is None:
        return None
    bad: BadRows = {}
    columns, _ = _arrow(body, head, quoted, spans_lines, threads=False, bad=bad)
    return None if columns is None else (columns, bad)


def _arrow(
    body: Any, head: Head, quoted: bool, spans_lines: bool, *, threads: bool, bad: BadRows | None = None
) -> tuple[list[Any] | None, int]:
    """Columns of the rows that have the usual width, and how many rows have not."""
    names = [str(index) for index in range(head.width)]
    odd = 0

    def skip(row: Any) -> str:
        nonlocal odd
        odd += 1
        if bad is not None:
            bad[row.number - 1] = (row.actual_columns, row.text)
        return "error" if odd > _MAX_ODD_ROWS else "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=threads, block_size=4 << 20),
            parse_options=arrow_csv.ParseOptions(
                delimiter=head.dialect.delimiter,
                quote_char=head.dialect.quote if quoted else False,
                newlines_in_values=spans_lines,
                ignore_empty_lines=False,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None, odd
    return list(table.columns), odd


def _line_numbers(
    columns: list[Any], bad: BadRows, first: int, *, spans_lines: bool
) -> npt.NDArray[np.int32]:
    """The line each record starts on, records of odd length included."""
    good = len(columns[0])
    total = good + len(bad)
    if not spans_lines:
        return np.arange(first, first + total, dtype=np.int32)
    lengths = np.ones(good, dtype=np.int64)
    for column in columns:
        lengths += pc.count_substring(column, "\n").to_numpy()
    whole = np.ones(total, dtype=np.int64)
    usual = np.ones(total, dtype=np.bool_)
    for position, (_, text) in bad.items():
        usual[position] = False
        whole[position] += text.count("\n")
    whole[usual] = lengths
    return (first + np.cumsum(whole) - whole).astype(np.int32)


def _splice(columns: list[Any], bad: BadRows, numbers: npt.NDArray[np.int32], dialect: Dialect) -> Grid:
    """Put the records of odd length back where they stood."""
    if not bad:
        return Grid("", columns, numbers)
    rows = [next(csv.reader([text], delimiter=dialect.delimiter), [""]) for _, text in bad.values()]
    positions = np.fromiter(bad, dtype=np.int64)
    usual = np.ones(len(numbers), dtype=np.bool_)
    usual[positions] = False
    both = stack([Grid("", columns, numbers[usual]), from_rows(rows, numbers[positions].tolist())])
    order = np.argsort(both.row_numbers, kind="stable")
    return Grid("", [column.take(pa.array(order)) for column in both.columns], numbers)


def _irregular(data: Utf8, head: Head) -> tuple[Grid, dict[int, int]]:
    lines = bytes(data).decode("utf-8").split("\n")
    d = head.dialect
    grids: list[Grid] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    odd: dict[int, int] = {}
    for row, line in split_records(
        lines, d.delimiter, d.quote, d.escape, head.width, skip_space=d.skip_space
    ):
        rows.append(row)
        numbers.append(line)
        if len(row) != head.width:
            odd[line] = len(row)
        if len(rows) >= _CHUNK_ROWS:
            grids.append(from_rows(rows, numbers))
            rows, numbers = [], []
    grids.append(from_rows(rows, numbers))
    return stack(grids), odd


def _unwrapped(column: Any) -> Any:
    """Excel's ="0123", which keeps digits from becoming a number, to 0123."""
    if not pc.any(pc.starts_with(column, '="')).as_py():
        return column
    return pc.replace_substring_regex(column, '^="([^"]*)"$', r"\1").cast(pa.large_string())


def _without_tab(column: Any) -> Any:
    """The digits before a tab, which exporters put behind them for the same reason."""
    if not pc.any(pc.ends_with(column, "\t")).as_py():
        return column
    return pc.replace_substring_regex(column, r"^(\d+[Xx]?)\t$", r"\1").cast(pa.large_string())
