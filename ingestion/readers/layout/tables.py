"""A grid of text to tables: header, data rows, and everything that is neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as arrow_compute

from ingestion.readers.grid import Column, Grid, Mask, Merge, filled, text_column
from ingestion.readers.layout import row_kinds as kinds
from ingestion.readers.layout.body import classify
from ingestion.readers.layout.header_finder import Header, find_header
from ingestion.readers.layout.likeness import data_above
from ingestion.readers.layout.totals import totals_of
from ingestion.readers.model import SkippedRow, Table

pc: Any = arrow_compute  # the published stubs of pyarrow refuse half of its own functions
HEAD_ROWS = 100  # a header further down than this is looked for by its known names only
_LOOK_COLUMNS = 8
_SAMPLE = 50  # rows below a header that say what its data rows look like
_SLICES = 64  # up to here, leaving rows out by slices is cheaper than copying the rest


def tables_of(grid: Grid, known: frozenset[str]) -> list[Table]:
    """Every table of a grid, top to bottom; none when no row reads as a header."""
    positions = _header_candidates(grid, known)
    tables: list[Table] = []
    start, above = 0, 0
    header = _header_from(grid, positions, start, known)
    while header is not None:
        following = _next_other_header(grid, positions, header, known)
        stop = following.first if following else grid.height
        stop = _without_titles(grid, header.last + 1, stop) if following else stop
        tables.append(_table(grid, header, above, stop, known))
        above, header = stop, following
    return tables


def tables_under(grid: Grid, header: Sequence[str], known: frozenset[str]) -> list[Table]:
    """The tables of a grid without a header, read under this one; none where it has other columns."""
    if not header or len(grid.columns) != len(header) or not grid.height:
        return []
    cells = sum(filled(column).astype(np.int16) for column in grid.columns)
    rows = np.flatnonzero(cells * 2 > len(header))  # what stands above the first of them is a title
    return tables_of(_with_row(grid, int(rows[0]), header), known) if len(rows) else []


def _with_row(grid: Grid, at: int, cells: Sequence[str]) -> Grid:
    """The grid with one more row, which no sheet has: it bears the number of the row above it."""
    columns = [
        pa.chunked_array([*column.slice(0, at).chunks, *text_column([cell]).chunks, *column.slice(at).chunks])
        for column, cell in zip(grid.columns, cells, strict=True)
    ]
    above = grid.row_numbers[at - 1] if at else grid.row_numbers[0] - 1
    numbers = np.insert(grid.row_numbers, at, above)
    moved = [(a + (a >= at), left, b + (b >= at), right) for a, left, b, right in grid.merges]
    return replace(grid, columns=columns, row_numbers=numbers, merges=moved)


def _header_candidates(grid: Grid, known: frozenset[str]) -> npt.NDArray[np.int64]:
    """Positions of rows holding two or more known headers in their first columns."""
    variants = set(known) | {k.upper() for k in known}
    variants |= {k.replace("(", "（").replace(")", "）") for k in variants}
    values = pa.array(sorted(variants), pa.large_string())
    hits = np.zeros(grid.height, dtype=np.int8)
    for column in grid.columns[:_LOOK_COLUMNS]:
        hits += pc.is_in(column, value_set=values).to_numpy().astype(np.int8)
    wanted = min(2, len(grid.columns))
    return np.flatnonzero(hits >= wanted).astype(np.int64)


def _header_from(
    grid: Grid, positions: npt.NDArray[np.int64], start: int, known: frozenset[str]
) -> Header | None:
    """The first header at or after `start`: in the head row by row, further down by candidates."""
    windows = [start] if start == 0 else []
    windows += [max(int(p) - 2, start) for p in positions[positions >= start][:50]]
    for index, begin in enumerate(windows):
        size = HEAD_ROWS if start == 0 and index == 0 else 6
        merges = [_moved(m, begin) for m in grid.merges if begin <= m[0] and m[2] < begin + size]
        found = find_header(grid.rows(begin, begin + size), merges, known)
        if found:
            return Header(found.first + begin, found.last + begin, found.names, found.matched)
    return None


def _moved(merge: Merge, rows: int) -> Merge:
    return merge[0] - rows, merge[1], merge[2] - rows, merge[3]


def _next_other_header(
    grid: Grid, positions: npt.NDArray[np.int64], header: Header, known: frozenset[str]
) -> Header | None:
    """The header of the next table below; repetitions of this one do not count."""
    start = header.last + 1
    own = [n.split("/")[-1] for n in header.names]
    for position in positions[positions >= start][:200]:
        begin = max(int(position) - 2, start)
        found = _header_from(grid, np.array([position]), begin, known) if begin else None
        if found is None or [n for n in found.names if n] == [n for n in header.names if n]:
            continue
        if [n.split("/")[-1] for n in found.names if n] != [n for n in own if n]:
            return found
    return None


def _without_titles(grid: Grid, start: int, stop: int) -> int:
    """Leave the title lines of the next table to it: rows above its header, up to a blank row."""
    begin = max(start, stop - 6)
    rows = grid.rows(begin, stop)
    first = stop
    for index in range(len(rows) - 1, -1, -1):
        present = [cell for cell in rows[index] if cell.strip()]
        if len(present) > 2 or (present and kinds.total_label(rows[index])):
            return first
        first = begin + index
        if not present:
            return first + 1
    return first if first > begin else stop


def _table(grid: Grid, header: Header, above: int, stop: int, known: frozenset[str]) -> Table:
    skipped = _head_rows(grid, header, above, stop)
    start = header.last + 1
    height = stop - start
    columns = [column.slice(start, height) for column in grid.columns]
    merges = [_moved(m, start) for m in grid.merges if m[0] >= start and m[2] < stop]
    columns = _fill_down(columns, merges, height)
    body = Grid(grid.sheet, columns, grid.row_numbers[start:stop], 0, [])
    left_out = classify(body, header, [row.text for row in skipped if row.kind in ("title", "unit")])
    keep = np.ones(height, dtype=np.bool_)
    keep[[p for p, _, _, _ in left_out]] = False
    columns = _fill_across(columns, [m for m in merges if m[3] > m[1]], keep)
    columns, names, first_column = _trim(columns, header.names)
    skipped += [
        SkippedRow(int(body.row_numbers[p]), k, t, _units(k, c, first_column)) for p, k, t, c in left_out
    ]
    kept = _leave_out(columns, keep)
    top = grid.row_numbers[header.first]
    titles = [s.text for s in skipped if s.kind in ("title", "unit") and s.row < top]
    return Table(
        sheet=grid.sheet,
        header=names,
        header_row=int(grid.row_numbers[header.last]),
        cells=_frame(kept),
        row_numbers=body.row_numbers[keep],
        title_lines=tuple(titles),
        skipped=tuple(skipped),
        first_column=grid.first_column + first_column,
        totals=totals_of(body, left_out, keep, first_column, len(names)),
        merged=_merged(merges, keep, first_column, len(names)),
    )


def _merged(
    merges: Sequence[Merge], keep: Mask, first_column: int, width: int
) -> tuple[tuple[int, int, int], ...]:
    """(column, first, last) of what is one cell over several data rows, by positions in the table."""
    position_of: npt.NDArray[np.int64] = np.cumsum(keep) - keep
    found = []
    for r0, c0, r1, c1 in merges:
        count = int(keep[r0 : r1 + 1].sum()) if r1 > r0 else 0
        columns = range(max(c0 - first_column, 0), min(c1 - first_column, width - 1) + 1)
        found += [(c, int(position_of[r0]), int(position_of[r0]) + count - 1) for c in columns if count > 1]
    return tuple(found)


def _units(kind: str, cells: Sequence[str], first_column: int) -> tuple[str, ...]:
    """The cells of a row of units, which speak for their columns; a line 单位：元 speaks for the table."""
    return tuple(cells[first_column:]) if kind == "unit" and kinds.below_header(cells) == "unit" else ()


def _head_rows(grid: Grid, header: Header, above: int, stop: int) -> list[SkippedRow]:
    head = grid.rows(above, header.last + 1)
    below = grid.rows(header.last + 1, min(stop, header.last + 1 + _SAMPLE))
    data = data_above(head[: header.first - above], below, header.names)
    result = []
    for index, cells in enumerate(head):
        kind = "header" if above + index >= header.first else kinds.above_header(cells)
        kind = "data" if index in data else kind
        result.append(SkippedRow(int(grid.row_numbers[above + index]), kind, kinds.joined(cells)))
    return result


def _fill_down(columns: list[Column], merges: Sequence[Merge], height: int) -> list[Column]:
    """Give the top cell of a merged range to all its rows, and nothing outside the range."""
    result = list(columns)
    by_column: dict[int, list[Merge]] = {}
    for merge in merges:
        if merge[2] > merge[0] and merge[1] < len(columns):
            by_column.setdefault(merge[1], []).append(merge)
    for index, ranges in by_column.items():
        source = np.arange(height, dtype=np.int64)
        for r0, _, r1, _ in ranges:
            source[r0 : r1 + 1] = r0
        result[index] = result[index].take(pa.array(source))
    return result


def _fill_across(columns: list[Column], merges: Sequence[Merge], keep: Mask) -> list[Column]:
    """Give the left cell of a merged range to its other columns, in data rows only."""
    result = list(columns)
    targets: dict[tuple[int, int], list[Merge]] = {}
    for merge in merges:
        for c in range(merge[1] + 1, min(merge[3], len(columns) - 1) + 1):
            targets.setdefault((merge[1], c), []).append(merge)
    for (left, c), ranges in targets.items():
        mask = np.zeros(len(keep), dtype=np.bool_)
        for r0, _, r1, _ in ranges:
            mask[r0 : r1 + 1] = True
        result[c] = pc.if_else(pa.array(mask & keep), result[left], result[c])
    return result


def _trim(columns: list[Column], names: tuple[str, ...]) -> tuple[list[Column], tuple[str, ...], int]:
    """Leave off outer columns that have neither a name nor a cell."""
    padded = names + ("",) * (len(columns) - len(names))
    used = [bool(name) or bool(filled(column).any()) for name, column in zip(padded, columns, strict=True)]
    first = used.index(True)
    last = len(used) - used[::-1].index(True)
    return columns[first:last], padded[first:last], first


def _leave_out(columns: list[Column], keep: Mask) -> list[Column]:
    if keep.all():
        return columns
    runs = list(_runs(keep))
    if len(runs) > _SLICES:
        chosen = pa.array(keep)
        return [column.filter(chosen) for column in columns]
    return [
        pa.chunked_array([c for a, b in runs for c in column.slice(a, b - a).chunks], pa.large_string())
        for column in columns
    ]


def _runs(keep: Mask) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], keep.astype(np.int8), [0]))))
    for a, b in zip(edges[0::2], edges[1::2], strict=True):
        yield int(a), int(b)


def _frame(columns: list[Column]) -> pd.DataFrame:
    dtype: Any = pd.StringDtype("pyarrow")
    arrays = {i: dtype.__from_arrow__(column) for i, column in enumerate(columns)}
    return pd.DataFrame(arrays, copy=False)
