"""A county of 1/20 size, clean, by both hands: what the tests of ledgers count by hand, and look up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from benchmarks.same_behaviour import Side
from benchmarks.two_hands import ROOT, night
from sample_county.build import build
from sample_county.world.model import Tables
from tests.conftest import MadeOnce

SCALE, SEED = 0.05, 2019


@pytest.fixture(scope="session")
def tables() -> Tables:
    """The rows as they were made up, before any file was written of them."""
    return build(seed=SEED, scale=SCALE).tables


@pytest.fixture(scope="module", params=[1, 2])
def side(request: pytest.FixtureRequest, made_once: MadeOnce) -> Side:
    """The home of one hand after its night."""

    def loaded(folder: Path) -> None:
        night(folder, request.param, seed=SEED, scale=SCALE)

    return Side(ROOT, made_once(f"hand{request.param}", loaded) / f"style{request.param}")


@pytest.fixture(scope="module")
def warehouse(side: Side) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(side.home / "warehouse/warehouse.duckdb"), read_only=True) as connection:
        yield connection
