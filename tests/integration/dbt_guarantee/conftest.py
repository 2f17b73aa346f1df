"""The small county, built once with everything known."""

from __future__ import annotations

import pytest

from tests.integration.dbt_frame.tiny_lake import TinyLake
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.integration.dbt_guarantee import small_county
from tests.integration.dbt_guarantee.build import build


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("guarantee"))
    lake = TinyLake(warehouse.lake)
    small_county.land(lake)
    build(warehouse, known_by="2020-01-05 00:00:00", tests=True)
    return warehouse
