"""From a seed and a scale to the whole county: clean, typed tables, and what is true of it."""

from __future__ import annotations

import pandas as pd

from sample_county import truth
from sample_county.world import history
from sample_county.world.county import build_county, build_tables, plain
from sample_county.world.model import World


def build(*, seed: int = 2019, scale: float = 1.0, years: int = 1) -> World:
    """The whole county; at scale 1 it has the figures of the 2019 report. More `years`: earlier registers."""
    return build_world(seed=seed, scale=scale, years=years)


def build_world(*, seed: int, scale: float, years: int = 1) -> World:
    county = build_county(seed=seed, scale=scale)
    tables = build_tables(county)
    earlier, figures = history.editions(county, years) if years > 1 else ({}, pd.DataFrame())
    for feed, editions in earlier.items():
        tables[feed] |= {label: plain(table) for label, table in editions.items()}
    households, persons = truth.expected_states(county)
    return World(
        tables=tables,
        truth_households=households,
        truth_persons=persons,
        truth_figures=truth.figures(county, households, persons, tables),
        protected_ids=frozenset(county.persons["id_number"]),
        truth_history=figures,
    )
