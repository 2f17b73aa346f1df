"""The unit tests that stand beside the models: each business rule over rows made up for it."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.integration.dbt_frame.warehouse import PROJECT, Warehouse

pytestmark = pytest.mark.slow

DECLARED = sorted(
    test["name"]
    for path in (PROJECT / "models").rglob("*.yml")
    for test in (yaml.safe_load(path.read_text("utf-8")) or {}).get("unit_tests", [])
)


@pytest.fixture(scope="module")
def results(county: Warehouse) -> dict[str, dict[str, str]]:
    """Unit test → its result; they take the columns of their inputs from the small county."""
    done = county.dbt("test", "--select", "test_type:unit")
    path = county.home / "target" / "run_results.json"
    assert path.exists(), done.stdout[-4000:]
    found = json.loads(path.read_text("utf-8"))["results"]
    return {result["unique_id"].split(".")[-1]: result for result in found}


def test_there_are_unit_tests_and_all_have_run(results: dict[str, dict[str, str]]) -> None:
    assert DECLARED
    assert sorted(results) == DECLARED


@pytest.mark.parametrize("name", DECLARED)
def test_unit_test_of_a_model(results: dict[str, dict[str, str]], name: str) -> None:
    assert results[name]["status"] == "pass", results[name]["message"]
