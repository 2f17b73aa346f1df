"""Planted contradictions: the same each time, of every kind, and none where nobody asked for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sample_county.build import build
from sample_county.contradictions import Refuting, contradict
from sample_county.faults import plant
from sample_county.world.model import World

pytestmark = pytest.mark.slow


def planted(scale: float = 0.05) -> tuple[World, list[Refuting]]:
    world = build(scale=scale)
    plant(world, 0, np.random.default_rng(0))
    return world, contradict(world, np.random.default_rng(1))


@pytest.fixture(scope="module")
def county() -> tuple[World, list[Refuting]]:
    return planted()


def test_each_kind_is_planted_and_no_member_twice(county: tuple[World, list[Refuting]]) -> None:
    found = county[1]
    assert {each.identity_id.split("_")[0] for each in found} == {f"X{n}" for n in range(1, 15)}
    assert len(set(found)) == len(found)


def test_the_same_again(county: tuple[World, list[Refuting]]) -> None:
    world, found = planted()
    assert found == county[1]
    for feed, deliveries in county[0].tables.items():
        for label, table in deliveries.items():
            pd.testing.assert_frame_equal(table, world.tables[feed][label])


def test_claims_are_rows_of_the_ledger_with_numbers_of_their_own(
    county: tuple[World, list[Refuting]],
) -> None:
    (ledger,) = county[0].tables["attested_statement"].values()
    assert ledger["statement_no"].is_unique
    assert {"emp_total", "inpatient_relief_rate", "exited_hh", "wat_arsenic_over"} <= set(ledger["figure_id"])


def test_a_county_without_anybody_to_refute_one_is_refused() -> None:
    world = build(scale=0.05)
    plant(world, 0, np.random.default_rng(0))
    residents = world.tables["insurance_enrolment"]
    residents["居民"] = residents["居民"].iloc[:0]
    with pytest.raises(ValueError, match="nobody for X6"):
        contradict(world, np.random.default_rng(1))
