"""The whole project over a small lake."""

from __future__ import annotations

import json

from tests.integration.dbt_frame.warehouse import Warehouse


def build(warehouse: Warehouse, *, as_of: str = "2019-12-31", known_by: str = "") -> None:
    """Build and test all models; a failing data test fails the build."""
    variables = json.dumps({"as_of": as_of, "known_by": known_by})
    done = warehouse.dbt("build", "--vars", variables, "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout[-4000:]
