"""Every generic test passes on good rows and fails on bad ones."""

from __future__ import annotations

import pytest
import yaml

from tests.integration.dbt_frame.warehouse import PROJECT, Warehouse

pytestmark = pytest.mark.slow

# generic test → (its arguments, good rows, rows that it must find)
CASES: dict[str, list[tuple[str, dict[str, object], str, str]]] = {
    "unique_combination": [
        (
            "model",
            {"columns": ["a", "b"]},
            "select 1 as a, 1 as b union all select 1, 2",
            "select 1 as a, null as b union all select 1, null",
        ),
    ],
    "accepted_range": [
        ("a", {"at_least": 0, "at_most": 1}, "select 0.5 as a union all select null", "select -0.1 as a"),
        ("a", {"at_most": 1}, "select -5 as a", "select 2 as a"),
    ],
    "not_empty": [("model", {}, "select 1 as a", "select 1 as a where false")],
    "id_checksum": [
        (
            "a",
            {},
            "select '440899198001010010' as a union all select null",
            "select '440899198001010011' as a",
        ),
        ("a", {}, "select cast(null as varchar) as a", "select '44089919800101001' as a"),
    ],
    "foreign_key": [
        (
            "model",
            {"columns": ["a"], "to": "ref('parent')", "to_columns": ["b"]},
            "select 1 as a union all select null",
            "select 2 as a",
        ),
    ],
}  # fmt: skip
CASE_IDS = [f"{name}_{i}" for name, cases in CASES.items() for i in range(len(cases))]


def _model(name: str, test: str, place: str, arguments: dict[str, object]) -> dict[str, object]:
    tests = [{test: {"arguments": arguments, "name": f"{name}_test"}}]
    if place == "model":
        return {"name": name, "data_tests": tests}
    return {"name": name, "columns": [{"name": place, "data_tests": tests}]}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Test name → status, of a project that has our macros and one good and one bad model per case."""
    home = tmp_path_factory.mktemp("generic")
    models = home / "project" / "models"
    models.mkdir(parents=True)
    (models / "parent.sql").write_text("select 1 as b", "utf-8")
    properties: list[dict[str, object]] = []
    for test, cases in CASES.items():
        for i, (place, arguments, good, bad) in enumerate(cases):
            for kind, sql in (("good", good), ("bad", bad)):
                name = f"{kind}_{test}_{i}"
                (models / f"{name}.sql").write_text(sql, "utf-8")
                properties.append(_model(name, test, place, arguments))
    (models / "models.yml").write_text(yaml.safe_dump({"version": 2, "models": properties}), "utf-8")
    project = {
        "name": "sanbao",
        "profile": "sanbao",
        "version": "1.0.0",
        "macro-paths": [str(PROJECT / "macros"), str(PROJECT / "tests" / "generic")],
    }
    (home / "project" / "dbt_project.yml").write_text(yaml.safe_dump(project), "utf-8")
    warehouse = Warehouse(home)
    done = warehouse.dbt("build", project=home / "project")
    assert (home / "target" / "run_results.json").exists(), done.stdout
    return {
        unique_id.split(".")[2]: status
        for unique_id, status in warehouse.results().items()
        if unique_id.startswith("test.")
    }


def test_every_generic_test_has_a_case() -> None:
    assert {path.stem for path in (PROJECT / "tests/generic").glob("*.sql")} == set(CASES)


@pytest.mark.parametrize("case", CASE_IDS)
def test_good_rows_pass_and_bad_rows_fail(results: dict[str, str], case: str) -> None:
    assert results[f"good_{case}_test"] == "pass"
    assert results[f"bad_{case}_test"] == "fail"
