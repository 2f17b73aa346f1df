"""One county at full scale for all tests of this folder."""

from __future__ import annotations

import pytest

from sample_county.build import build
from sample_county.world.model import World


@pytest.fixture(scope="session")
def world() -> World:
    return build()
