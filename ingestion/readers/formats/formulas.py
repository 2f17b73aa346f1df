"""Formulas that nobody ever computed: libraries write them without a value, or with 0 for a value."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ON_LOAD = re.compile(r"""<(?:\w+:)?calcPr\b[^>]*\bfullCalcOnLoad\s*=\s*["'](?:1|true)["']""")
_FORMULA = rb"(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)"
_VALUE = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"[^>]*>' + _FORMULA + rb"(?:<v>([^<]*)</v>)?")
_NOTHING = re.compile(rb"(?:</f>|<f\b[^>]*/>)(?:<v\s*/>|<v></v>)?</c>")


def computes_on_load(workbook: str) -> bool:
    """Whether a workbook wants all its formulas computed when opened: no spreadsheet program saved it."""
    return _ON_LOAD.search(workbook) is not None


class FormulaScan:
    """Collects, piece by piece of a sheet, the formulas without a value.

    Where the workbook was never computed, 0 is no value either, in a column whose formulas all say 0.
    """

    def __init__(self, on_load: bool) -> None:
        self._on_load = on_load
        self._blank: list[tuple[str, int]] = []
        self._zero: dict[str, list[int]] = {}
        self._computed: set[str] = set()

    def take(self, piece: bytes) -> None:
        if not self._on_load and not _NOTHING.search(piece):
            return
        for letters, row, value in _VALUE.findall(piece):
            column = letters.decode()
            if not value:
                self._blank.append((column, int(row)))
            elif not value.strip(b"0.-"):
                self._zero.setdefault(column, []).append(int(row))
            else:
                self._computed.add(column)

    def uncomputed(self) -> Iterator[tuple[str, int]]:
        """(column, row) of each such formula."""
        yield from self._blank
        if self._on_load:
            for column, rows in self._zero.items():
                if column not in self._computed:
                    yield from ((column, row) for row in rows)
