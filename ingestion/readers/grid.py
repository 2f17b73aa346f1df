"""A sheet as columns of text, before anything in it is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingestion.readers.formats.number_formats import Shown

# A pa.ChunkedArray of large_string. The published stubs of pyarrow refuse half of its own functions.
Column = Any
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; grid positions
Mask = npt.NDArray[np.bool_]


@dataclass
class SheetFacts:
    """Positions are 0-based sheet rows and columns."""

    errors: list[tuple[int, int, str]] = field(default_factory=list)
    shown: list[tuple[int, int, Shown]] = field(default_factory=list)  # formats that show another number
    scaled: list[tuple[int, int, int, str]] = field(
        default_factory=list
    )  # power of ten between, what is held
    struck: list[tuple[int, int]] = field(default_factory=list)  # cells whose text is struck out
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    is_hidden: bool = False  # the sheet as a whole
    uncomputed: list[tuple[int, int]] = field(default_factory=list)  # formulas that nobody ever computed
    date_offset: int = 0  # days from what its numbers mean as dates to what they would mean from 1900
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # where calamine tells none
    is_absurd: bool = False  # declares more rows or columns than the format has


@dataclass
class Grid:
    """All cells of one sheet. Columns are large_string arrays without nulls, all equally long."""

    sheet: str
    columns: list[Column]
    row_numbers: npt.NDArray[np.int32]
    first_column: int = 0
    merges: list[Merge] = field(default_factory=list)
    facts: SheetFacts = field(default_factory=SheetFacts)

    @property
    def height(self) -> int:
        return len(self.row_numbers)

    def rows(self, start: int, stop: int) -> list[list[str]]:
        """Rows as lists of text; for the few rows somebody looks at one by one."""
        parts = [column.slice(start, max(stop - start, 0)).to_pylist() for column in self.columns]
        return [list(row) for row in zip(*parts, strict=True)]

    def pick(self, positions: npt.NDArray[np.int64]) -> list[list[str]]:
        """The rows at `positions`."""
        parts = [column.take(pa.array(positions)).to_pylist() for column in self.columns]
        return [list(row) for row in zip(*parts, strict=True)]


def text_column(values: Sequence[str]) -> Column:
    return pa.chunked_array([pa.array(values, pa.large_string())])


def blank_column(height: int) -> Column:
    return text_column([""] * height)


def from_rows(
    rows: Sequence[Sequence[str]],
    row_numbers: Sequence[int],
    *,
    sheet: str = "",
    merges: list[Merge] | None = None,
) -> Grid:
    """A grid from rows that may differ in length; missing cells are ''."""
    columns = [text_column(column) for column in zip_longest(*rows, fillvalue="")]
    return Grid(sheet, columns, np.asarray(row_numbers, dtype=np.int32), 0, merges or [])


def stack(grids: Sequence[Grid], sheet: str = "") -> Grid:
    """Grids one under another, padded to the widest."""
    width = max((len(grid.columns) for grid in grids), default=0)
    columns = []
    for index in range(width):
        chunks: list[Any] = []
        for grid in grids:
            has = index < len(grid.columns)
            chunks += (grid.columns[index] if has else blank_column(grid.height)).chunks
        columns.append(pa.chunked_array(chunks, type=pa.large_string()))
    numbers = [grid.row_numbers for grid in grids]
    return Grid(sheet, columns, np.concatenate(numbers) if numbers else np.empty(0, np.int32))


def filled(column: Column) -> Mask:
    """Which cells are not ''. Reads the offsets only, never the text."""
    masks = [np.diff(_offsets(chunk)) > 0 for chunk in column.chunks]
    return np.concatenate(masks) if masks else np.empty(0, dtype=np.bool_)


def _offsets(chunk: Any) -> npt.NDArray[np.int64]:
    if len(chunk) == 0:
        return np.zeros(1, dtype=np.int64)
    offsets = np.frombuffer(chunk.buffers()[1], dtype=np.int64)
    return offsets[chunk.offset : chunk.offset + len(chunk) + 1]
