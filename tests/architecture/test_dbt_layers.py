"""The layers of the dbt project, read from its manifest. Nothing is excused: the baseline is empty."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
# layer → what it may read. No layer reads above itself, and only staging reads the lake. Seeds are dated
# data (code lists, thresholds, figures), not a layer.
MAY_READ = {
    "staging": {"source", "staging"},  # of staging only what is known of files; see below
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "marts", "seed"},
    "reports": {"marts", "seed"},
}
ROW_TEST = "test.sanbao.one_row_per_source_row"
ROW_GRAIN = ["batch_id", "source_sheet", "source_row"]
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_"),
    "reports": ("rpt_",),
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("manifest")
    environment = {
        **os.environ,
        "SANBAO_LAKE": str(home / "lake"),
        "SANBAO_WAREHOUSE": str(home / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(home / "target"),
        "DBT_LOG_PATH": str(home / "logs"),
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
    }
    command = [sys.executable, "-c", "from dbt.cli.main import cli; cli(['parse'])"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "Did not find matching node" not in done.stdout, done.stdout[-3000:]
    parsed: dict[str, Any] = json.loads((home / "target" / "manifest.json").read_text("utf-8"))
    return parsed


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(found) > 30
    return found


def layer_of(node: dict[str, Any]) -> str:
    return str(node["path"].split("/")[0])


def test_every_model_stands_in_a_layer_under_its_prefix(models: list[dict[str, Any]]) -> None:
    wrong = [m["path"] for m in models if not m["name"].startswith(PREFIXES.get(layer_of(m), ("?",)))]
    assert not wrong, f"models outside a layer or without its prefix: {wrong}"


def test_no_layer_reads_above_itself(manifest: dict[str, Any], models: list[dict[str, Any]]) -> None:
    wrong = []
    for model in models:
        for parent in model["depends_on"]["nodes"]:
            kind = parent.split(".")[0]
            layer = layer_of(manifest["nodes"][parent]) if kind == "model" else kind
            if layer not in MAY_READ[layer_of(model)]:
                wrong.append(f"{model['name']} ({layer_of(model)}) reads {parent} ({layer})")
    assert not wrong, "\n".join(wrong)


def test_a_staging_model_reads_its_own_table_alone(models: list[dict[str, Any]]) -> None:
    """And the tables of what is known of files, which would else be read anew for every feed."""
    shared = {"stg_delivery", "stg_delivery_part_all", "stg_correction", "stg_withdrawal"}
    for model in models:
        if layer_of(model) == "staging":
            tables = {parent.split(".")[-1] for parent in model["depends_on"]["nodes"]}
            # `_ever` and `_all`: also what holds no more
            own = model["name"].removeprefix("stg_").removesuffix("_ever").removesuffix("_all")
            assert tables - shared <= {own}, model["name"]


def test_every_model_has_grain_label_and_description(models: list[dict[str, Any]]) -> None:
    wrong = []
    for model in models:
        meta = model["config"]["meta"]
        if not (meta.get("grain") and meta.get("label") and model["description"].strip()):
            wrong.append(model["name"])
        wrong += [f"{model['name']}: grain {c}" for c in meta.get("grain", []) if c not in model["columns"]]
    assert not wrong, f"without grain, label or description: {wrong}"


def test_every_column_has_label_and_description(models: list[dict[str, Any]]) -> None:
    wrong = [
        f"{model['name']}.{name}"
        for model in models
        for name, column in model["columns"].items()
        if not (column["description"].strip() and column["config"]["meta"].get("label"))
    ]
    assert not wrong, f"without label or description: {wrong}"


def test_the_grain_of_every_model_is_tested(manifest: dict[str, Any], models: list[dict[str, Any]]) -> None:
    tested = {
        (node["attached_node"], tuple(node["test_metadata"]["kwargs"]["columns"]))
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "unique_combination"
    }
    # One test covers the staging models of all feeds.
    at_once = set(manifest["nodes"][ROW_TEST]["depends_on"]["nodes"])
    wrong = [
        m["name"]
        for m in models
        if (m["unique_id"], tuple(m["config"]["meta"]["grain"])) not in tested
        and not (m["unique_id"] in at_once and m["config"]["meta"]["grain"] == ROW_GRAIN)
    ]
    assert not wrong, f"no unique_combination test of the grain: {wrong}"


def test_models_are_steps_that_can_be_read(models: list[dict[str, Any]]) -> None:
    lines = {m["name"]: len((PROJECT / "models" / m["path"]).read_text("utf-8").splitlines()) for m in models}
    assert not [name for name, count in lines.items() if count > 150]
    assert len([name for name, count in lines.items() if count > 120]) <= 5


def test_marts_and_reports_are_under_contract_and_speak_for_a_date(models: list[dict[str, Any]]) -> None:
    served = [m for m in models if layer_of(m) in ("marts", "reports")]
    assert served
    for model in served:
        assert model["config"]["contract"]["enforced"], model["name"]
        assert "as_of" in model["columns"], model["name"]
        if model["name"] != "fct_delivery":
            assert model["config"]["meta"]["grain"][0] == "as_of", model["name"]


def test_nothing_served_is_an_id_number(models: list[dict[str, Any]]) -> None:
    named = [f"{m['name']}.{c}" for m in models if m["config"]["meta"].get("serve") for c in m["columns"]]
    assert named
    assert [n for n in named if n.endswith(("id_number", "id_number_text"))] == []
