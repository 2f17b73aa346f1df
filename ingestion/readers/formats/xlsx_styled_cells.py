"""Cells of an .xlsx sheet whose style changes what is read, found in its XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingestion.readers.formats.cell_styles import CellStyles
from ingestion.readers.grid import SheetFacts

# 2019.1, as libraries and as Excel write it. The first finds out quickly that a sheet has none.
_MONTH = re.compile(rb"\.(?<=<v>(?:19|20)\d\d\.)(?:1</v>|0999999|1000000)")
_MONTH_VALUE = rb'(?: t="n")?><v>(?:19|20)\d\d\.(?:1</v>|0999999|1000000)'
_FEW = 50  # alternatives in a pattern
_ODD_CELL = re.compile(rb'<c\s(?!r="[A-Z]+\d+"(?: t="\w+")?(?: s="\d+"|[ >/]))')
_ANY_CELL = re.compile(rb"<(row|c)(?=[\s>/])([^>]*)>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")


class StyledCells:
    """Finds the cells whose style changes what is read; costs nothing where no style does."""

    def __init__(self, styles: CellStyles) -> None:
        self._styles = styles
        always = [style for style, shown in styles.shown.items() if not shown.months_only]
        months = [style for style, shown in styles.shown.items() if shown.months_only]
        self._shown = _cells_of(always)
        self._months = _cells_of(months, _MONTH_VALUE)
        self._struck = _cells_of(sorted(styles.struck))
        self._is_odd: bool | None = None  # whether the writer orders the attributes of cells in its own way
        self._row = self._column = 0

    def take(self, piece: bytes, facts: SheetFacts) -> None:
        """Note in `facts` the cells of a piece that ends with a row."""
        if not self._shown and not self._months and not self._struck:
            return
        if self._is_odd is None and b"<c" in piece:
            self._is_odd = _ODD_CELL.search(piece) is not None
        if self._is_odd:
            self._take_each(piece, facts)
            return
        shown = self._styles.shown
        found = self._shown.findall(piece) if self._shown else []
        if self._months and _MONTH.search(piece):
            found += self._months.findall(piece)
        facts.shown += [
            (int(row) - 1, column_index(column.decode()), shown[style.decode()])
            for column, row, style in found
            if style.decode() in shown
        ]
        if self._struck:
            facts.struck += [
                (int(row) - 1, column_index(column.decode()))
                for column, row, style in self._struck.findall(piece)
                if style.decode() in self._styles.struck
            ]

    def _take_each(self, piece: bytes, facts: SheetFacts) -> None:
        for row, column, style in self._each(piece):
            if found := self._styles.shown.get(style):
                facts.shown.append((row, column, found))
            if style in self._styles.struck:
                facts.struck.append((row, column))

    def _each(self, piece: bytes) -> Iterator[tuple[int, int, str]]:
        """(row, column, style) of each cell; one that names no place stands beside the one before."""
        for tag in _ANY_CELL.finditer(piece):
            place = _REFERENCE.search(tag[2])
            if tag[1] == b"row":
                self._row, self._column = int(place[2]) if place else self._row + 1, 0
                continue
            self._column = column_index(place[1].decode().upper()) + 1 if place else self._column + 1
            if style := _STYLE.search(tag[2]):
                yield self._row - 1, self._column - 1, style[1].decode()


def _cells_of(styles: Sequence[str], value: bytes = b"") -> re.Pattern[bytes] | None:
    """Finds column, row and style of the cells that have one of the styles."""
    if not styles:
        return None
    numbers = "|".join(styles) if len(styles) <= _FEW else r"\d+"
    pattern = rf'<c r="([A-Z]{{1,3}})(\d+)"(?: t="\w+")? s="({numbers})"'
    return re.compile(pattern.encode() + value)


def column_index(letters: str) -> int:
    """'A' → 0, 'AA' → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
