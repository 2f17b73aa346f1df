"""The whole project over a small lake."""

from __future__ import annotations

import json

from tests.integration.dbt_frame.warehouse import Warehouse


def build(
    warehouse: Warehouse, *, as_of: str = "2019-12-31", known_by: str = "", tests: bool = False
) -> None:
    """Build all models, with `tests` their data tests too; what fails fails the build."""
    variables = json.dumps({"as_of": as_of, "known_by": known_by})
    left_out = ["unit_test"] if tests else ["unit_test", "test"]
    options = [part for kind in left_out for part in ("--exclude-resource-type", kind)]
    done = warehouse.dbt("build", "--vars", variables, *options)
    assert done.returncode == 0, done.stdout[-4000:]
