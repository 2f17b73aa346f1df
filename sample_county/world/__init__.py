"""The synthetic county as clean, typed tables, and what is true of it.

Nothing here knows a file format: `sample_county.files` writes these tables the way departments do.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

Tables = dict[str, dict[str, pd.DataFrame]]


@dataclass(frozen=True)
class World:
    """`tables[feed][delivery label]` holds every column of the feed's contract, in its order.

    Types: text and ID numbers `str`; date and year_month `datetime64` (first of the month);
    year and count `Int64`; money and measurement `float64`; yes_no `boolean`; test_value `str`
    such as `0.004` or `<0.001`. Rows of `protected_ids` may only get dirt that can be repaired.
    """

    tables: Tables
    truth_households: pd.DataFrame
    truth_persons: pd.DataFrame
    truth_figures: dict[str, float]
    protected_ids: frozenset[str]


def build(*, seed: int = 2019, scale: float = 1.0) -> World:
    """The whole county; at scale 1 it has the figures of the 2019 report."""
    from sample_county.world.county import build_world

    return build_world(seed=seed, scale=scale)
