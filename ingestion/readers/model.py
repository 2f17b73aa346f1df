"""What a reader gives back: tables of text cells, and what it decided on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

RowKind = Literal["title", "unit", "header", "repeated_header", "total", "signature", "note", "blank", "data"]


@dataclass(frozen=True)
class SkippedRow:
    """A row that was not read. `text` is its non-blank cells, joined by a space.

    Of the kind 'data' are rows above the header that read like those below it. `cells` are those of
    a row of units below the header, one per column.
    """

    row: int
    kind: RowKind
    text: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class TotalsRow:
    """A totals row with its cells, and the data rows it can speak for.

    `first` and `last` are positions in `Table.cells` (last is exclusive): all rows above for a
    grand total, the rows since the previous totals row for a subtotal.
    """

    row: int
    label: str
    is_subtotal: bool
    cells: tuple[str, ...]
    first: int
    last: int
    page: tuple[int, int] | None = None  # the rows since the last totals row, which it may sum instead


@dataclass(frozen=True)
class Cells:
    """Cells of one column: positions in `Table.cells`, and what scaled ones hold."""

    column: int
    rows: npt.NDArray[np.int64]
    power: int = 0
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of one sheet. `cells` holds data rows only, as text, '' where a cell is blank."""

    sheet: str  # '' for text files
    header: tuple[str, ...]  # NFKC, no white space; two header rows as '上/下'; '' where a column has none
    header_row: int  # 1-based row of the last header line
    cells: pd.DataFrame  # string[pyarrow] columns labelled 0..n-1
    row_numbers: npt.NDArray[np.int32]  # 1-based row as a person sees it (text: line of the record)
    title_lines: tuple[str, ...] = ()
    skipped: tuple[SkippedRow, ...] = ()
    first_column: int = 0  # 0-based sheet column of cells column 0
    totals: tuple[TotalsRow, ...] = ()
    merged: tuple[tuple[int, int, int], ...] = ()  # cells that are one in the sheet: column, first row, last

    scaled: tuple[
        Cells, ...
    ] = ()  # shown smaller than they are held, by 10 to the `power`; the text is shown
    uncomputed: tuple[Cells, ...] = ()  # formulas that nobody ever computed; their text is ''
    struck: tuple[Cells, ...] = ()  # text that is struck out
    date_offset: int = 0  # days to add to a number that is a date, for what it means counted from 1900

    # In `merged` rows are positions in `cells`, the last one included; each of them holds the text.


@dataclass(frozen=True)
class SeenRow:
    """A row as it stands in the file. `text` is its non-blank cells, joined by a space and cut."""

    sheet: str
    row: int
    text: str


@dataclass(frozen=True)
class Refusal:
    """Why nothing was read. The sentence for the clerk is made elsewhere, from code and detail.

    `rows_seen` are those that come nearest to a header where none was found, the nearest first.
    """

    code: str
    detail: dict[str, str] = field(default_factory=dict)
    rows_seen: tuple[SeenRow, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A whole file. `notes` are 'CODE key=value …' lines: what was unusual, and where."""

    format: str
    encoding: str | None
    tables: tuple[Table, ...] = ()
    refusal: Refusal | None = None
    notes: tuple[str, ...] = ()
