"""One county at full scale for all tests of this folder."""

from __future__ import annotations

import pytest

from sample_county.world import World, build


@pytest.fixture(scope="session")
def world() -> World:
    return build()
