"""Which rows below a header are no data: totals, signatures, notes, repeated headers, blank rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as arrow_compute

from ingestion.readers.grid import Grid, Mask, filled
from ingestion.readers.layout import row_kinds as kinds
from ingestion.readers.layout.header_finder import Header
from ingestion.readers.layout.likeness import Usual, usual_of
from ingestion.readers.layout.totals import LeftOut
from ingestion.readers.layout.unlabelled_totals import unlabelled_totals

pc: Any = arrow_compute  # the published stubs of pyarrow refuse half of its own functions
_LOOKED_AT = 200  # rows, evenly spread, that say what a data row looks like


def classify(body: Grid, header: Header, titles: Sequence[str]) -> list[LeftOut]:
    """(position, kind, text, cells) of each body row that is no data row; `titles` stand above the header."""
    if not body.height:
        return []
    candidates, counts = _candidates(body, header)
    usual = _usual(body, counts, header)
    rows = body.pick(candidates)
    plain = np.ones(body.height, dtype=np.bool_)
    plain[candidates] = False
    last_plain = int(np.flatnonzero(plain)[-1]) if plain.any() else -1
    result: list[LeftOut] = []
    below = True
    tail = _tail_start(candidates, rows, counts, header, usual, last_plain)
    for position, cells in zip(candidates.tolist(), rows, strict=True):
        kind = kinds.below_header(cells) if below and position == len(result) else None
        below = below and kind is not None
        if kind is None and _repeats(cells, header):
            kind = "repeated_header"
        if kind is None and result and result[-1][:2] == (position - 1, "repeated_header"):
            kind = kinds.numbers_of_columns(cells)
        kind = kind or kinds.body_kind(cells, header.names, usual, in_tail=position >= tail)
        if kind is not None:
            result.append((position, kind, kinds.joined(cells), cells))
    looked_at = dict(zip(candidates.tolist(), rows, strict=True))
    if silent := unlabelled_totals(body, looked_at, result, usual):
        result = sorted([*result, *silent], key=lambda entry: entry[0])
    said = {kinds.without_numbers(title) for title in titles}
    return _with_titles(result, looked_at, lambda cells: _is_page_title(cells, header, usual, said))


def _usual(body: Grid, counts: npt.NDArray[np.int16], header: Header) -> Usual:
    """What the data rows look like, by some of those that fill more than a few cells."""
    several = np.flatnonzero(counts >= 2)
    spread = np.linspace(0, len(several) - 1, min(len(several), _LOOKED_AT)).astype(np.int64)
    return usual_of(body.pick(several[spread]), header.names)


def _is_page_title(cells: Sequence[str], header: Header, usual: Usual, titles: Collection[str]) -> bool:
    if kinds.without_numbers(kinds.joined(cells)) in titles:
        return True
    if usual.is_like(cells, counted=True) or any(map(kinds.is_id_like, cells)):
        return False
    return kinds.reads_as_title(cells, header.names)


def _with_titles(
    left_out: list[LeftOut], candidates: dict[int, list[str]], is_title: Callable[[Sequence[str]], bool]
) -> list[LeftOut]:
    """The title lines that stand over each repetition of the header, as on every printed page."""
    kind_at = {position: kind for position, kind, _, _ in left_out}
    titles: list[LeftOut] = []
    for position in [p for p, kind in kind_at.items() if kind == "repeated_header"]:
        at = position - 1
        while at in candidates and (kind_at.get(at) == "blank" or at not in kind_at):
            cells = candidates[at]
            if at not in kind_at:
                if not is_title(cells):
                    break
                titles.append((at, kinds.above_header(cells), kinds.joined(cells), cells))
            at -= 1
    return sorted([*left_out, *titles], key=lambda entry: entry[0]) if titles else left_out


def _tail_start(
    candidates: npt.NDArray[np.int64],
    rows: Sequence[Sequence[str]],
    counts: npt.NDArray[np.int16],
    header: Header,
    usual: Usual,
    last_plain: int,
) -> int:
    """Position after the last row that is certainly data (two cells or more, no pattern)."""
    for position, cells in zip(candidates[::-1].tolist(), reversed(rows), strict=True):
        if position < last_plain:
            break
        if counts[position] >= 2 and kinds.body_kind(cells, header.names, usual, in_tail=True) is None:
            return int(position) + 1
    return last_plain + 1


def _candidates(body: Grid, header: Header) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]:
    """Rows worth a look: sparse ones, the ones that say 合计, the ones like the header, the first two."""
    counts = np.zeros(body.height, dtype=np.int16)
    for column in body.columns:
        counts += filled(column)
    named = sum(1 for name in header.names if name)
    look: Mask = counts <= max(1, min(3, named // 2))
    for index, column in enumerate(body.columns[: kinds.TOTAL_COLUMNS]):
        look |= pc.match_substring(column, "计").to_numpy()
        if index < len(header.names):
            own = header.names[index].split("/")[-1]
            look |= pc.equal(column, own).to_numpy() if own else False
    look |= _signature_like(body)
    look[:2] = True
    return np.flatnonzero(look).astype(np.int64), counts


def _signature_like(body: Grid) -> Mask:
    """Rows near the end that sign or annotate, however many cells they fill."""
    size = min(body.height, 60)
    mask = np.zeros(body.height, dtype=np.bool_)
    mask[body.height - size :] = True
    return mask


def _repeats(cells: Sequence[str], header: Header) -> bool:
    named = [(c, n) for c, n in zip(cells, header.names, strict=False) if n]
    same = sum(1 for c, n in named if c and kinds.same_header(c, n))
    present = sum(1 for cell in cells if cell.strip())
    return same >= 2 and same * 2 >= present
