"""What the county comes to: its tables, and the truth about its households and people."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    truth_history: pd.DataFrame = field(default_factory=pd.DataFrame)  # figures of earlier dates
