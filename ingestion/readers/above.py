"""Rows above a header that are no title: a list sorted together with its header looks like that."""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.readers.alike import usual_of


def data_above(
    above: Sequence[Sequence[str]], below: Sequence[Sequence[str]], names: Sequence[str]
) -> set[int]:
    """Positions in `above` of rows as wide as those below the header, with the like in each column."""
    usual = usual_of(below, names)
    return {at for at, cells in enumerate(above) if usual.is_like(cells, counted=False)}
