"""The asset files lead to what is served, and the bundle made of them is whole and repeatable."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.bundle import build_bundle
from dashboards.catalog import ASSETS, AssetError, Catalog, read_catalog
from dashboards.check import check
from dashboards.manifest import ManifestError, Model, read_served_models
from tests.unit.dashboards import fake_warehouse

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(ASSETS.glob("*/*.yml"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, ...]:
    return read_served_models(fake_warehouse.build(tmp_path_factory.mktemp("assets"))[1])


def test_there_are_assets_of_every_kind() -> None:
    assert {path.parent.name for path in FILES} == {"charts", "dashboards", "datasets"}
    assert len(FILES) >= 15


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_asset_is_declared_and_used(path: Path, models: tuple[Model, ...]) -> None:
    kind = path.parent.name
    assert path.stem in getattr(read_catalog(), kind)
    place = f"{kind}/{path.name}"
    assert [str(finding) for finding in check(models, read_catalog()) if finding.place == place] == []


@pytest.mark.slow
def test_the_assets_fit_the_dbt_project(tmp_path: Path) -> None:
    """Dashboard → chart → dataset → model → column, all in the manifest of the project itself."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "dbt"), "-q", "parse", "--project-dir", "dbt_project",
         "--profiles-dir", "dbt_project", "--target-path", str(tmp_path), "--log-path", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "SANBAO_WAREHOUSE": str(tmp_path / "w.duckdb"), "SANBAO_LAKE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    served = read_served_models(tmp_path / "manifest.json")
    assert check(served, read_catalog()) == []
    for model in served:
        assert all(column.label != column.name for column in model.columns), model.name


_MISTAKES: list[tuple[str, str, Callable[[dict[str, Any]], object]]] = [
    ("datasets/fct_figure", "NO_MODEL", lambda d: d.update(dataset="fct_nothing")),
    ("datasets/fct_figure", "NO_COLUMN", lambda d: d["metrics"][0].update(expression="sum(nothing)")),
    ("datasets/fct_figure", "OWN_SQL", lambda d: d["metrics"][0].update(
        expression="(select max(value) from mart.fct_figure)")),
    ("datasets/fct_figure", "COLUMN_TAKEN", lambda d: d["columns"][0].update(name="value")),
    ("charts/lifted_rate", "NO_DATASET", lambda d: d.update(dataset="fct_nothing")),
    ("charts/lifted_rate", "NO_COLUMN", lambda d: d["where"][0].update(column="nothing")),
    ("charts/lifted_rate", "NO_METRIC", lambda d: d.update(metrics=["nothing"])),
    ("charts/gaps_by_town", "NO_ORDER", lambda d: d.update(order_by="nothing")),
    ("charts/guarantee_summary", "NO_METRIC", lambda d: d["highlights"][0].update(metric="nothing")),
    ("charts/guarantee_by_town", "HIGHLIGHT", lambda d: d["highlights"][0].update(metric="items")),
    ("charts/guarantee_summary", "HIGHLIGHT", lambda d: d.update(highlights=[
        {"value": "未保障", "above": 0, "colour": "red"}])),
    ("charts/guarantee_by_town", "CHART_PART", lambda d: d.pop("by")),
    ("dashboards/county_overview", "NO_CHART", lambda d: d["rows"][0]["cells"][0].update(chart="nothing")),
    ("dashboards/county_overview", "CHART_UNUSED", lambda d: d["rows"].pop(0)),
    ("dashboards/county_overview", "ROW_WIDTH", lambda d: d["rows"][0]["cells"][0].update(width=3)),
    ("dashboards/county_overview", "CELL", lambda d: d["rows"][0]["cells"][0].update(text="x")),
    ("dashboards/county_overview", "CHART_TWICE", lambda d: d["rows"].append(d["rows"][0])),
    ("dashboards/county_overview", "NO_COLUMN", lambda d: d["filters"][0].update(column="nothing")),
    ("dashboards/county_overview", "NO_METRIC", lambda d: d["filters"][1].update(order_by="nothing")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "spoil"), _MISTAKES, ids=[f"{m[0]}-{m[1]}" for m in _MISTAKES])
def test_every_mistake_is_found(
    tmp_path: Path, models: tuple[Model, ...], name: str, code: str, spoil: Callable[[dict[str, Any]], object]
) -> None:
    catalog = _spoiled(tmp_path, name, spoil)
    assert code in {finding.code for finding in check(models, catalog)}


def _spoiled(folder: Path, name: str, spoil: Callable[[dict[str, Any]], object]) -> Catalog:
    shutil.copytree(ASSETS, folder / "assets")
    path = folder / "assets" / f"{name}.yml"
    document = yaml.safe_load(path.read_text("utf-8"))
    spoil(document)
    if document.get("dataset") == "fct_nothing" and name.startswith("datasets"):
        path = path.rename(path.with_name("fct_nothing.yml"))
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return read_catalog(folder / "assets")


@pytest.mark.parametrize(
    "spoil",
    [lambda d: d.update(colour="red"), lambda d: d.update(kind="pie"), lambda d: d.update(chart="other")],
    ids=["unknown key", "unknown kind", "other name"],
)
def test_a_malformed_asset_is_refused(tmp_path: Path, spoil: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(AssetError, match=r"lifted_rate\.yml"):
        _spoiled(tmp_path, "charts/lifted_rate", spoil)


def test_no_assets_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="NO_ASSETS"):
        read_catalog(tmp_path)


def test_a_manifest_that_serves_nothing_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": {}}), encoding="utf-8")
    with pytest.raises(ManifestError, match="NOTHING_SERVED"):
        read_served_models(path)
    with pytest.raises(ManifestError, match="MANIFEST"):
        read_served_models(tmp_path / "nothing.json")


def test_the_bundle_is_the_same_every_time(models: tuple[Model, ...]) -> None:
    first = build_bundle(models, read_catalog(), Path("serving.duckdb"))
    assert build_bundle(models, read_catalog(), Path("serving.duckdb")) == first


def test_the_bundle_holds_together(models: tuple[Model, ...]) -> None:
    documents = _documents(build_bundle(models, read_catalog(), Path("serving.duckdb")).content)
    datasets = {d["uuid"]: d for name, d in documents.items() if "/datasets/" in name}
    charts = {d["uuid"]: d for name, d in documents.items() if "/charts/" in name}
    [database] = [d for name, d in documents.items() if "/databases/" in name]
    dashboards = [d for name, d in documents.items() if "/dashboards/" in name]
    assert len(models) == len(fake_warehouse.TABLES)
    opened = {"fct_figure_town", "fct_figure_village", "fct_guarantee_latest", *fake_warehouse.TABLES}
    assert opened <= {dataset["table_name"] for dataset in datasets.values()}
    assert len(dashboards) == 2
    assert all(dataset["database_uuid"] == database["uuid"] for dataset in datasets.values())
    assert all(chart["dataset_uuid"] in datasets for chart in charts.values())
    cells = [item for dashboard in dashboards for item in dashboard["position"].items()]
    placed = {cell["meta"]["uuid"] for key, cell in cells if key.startswith("CHART")}
    assert placed == set(charts)
    assert database["extra"]["engine_params"] == {}, "how the file is opened is the server's business"


def test_labels_and_descriptions_come_from_the_manifest(models: tuple[Model, ...]) -> None:
    documents = _documents(build_bundle(models, read_catalog(), Path("serving.duckdb")).content)
    columns = {c["column_name"]: c for c in documents["sanbao/datasets/serving/fct_figure.yaml"]["columns"]}
    assert columns["town_name"]["verbose_name"] == "乡镇"
    assert columns["town_name"]["description"] == "乡镇的说明"
    assert columns["as_of"]["is_dttm"] is True


def test_every_date_filter_starts_with_the_latest(models: tuple[Model, ...]) -> None:
    documents = _documents(build_bundle(models, read_catalog(), Path("serving.duckdb")).content)
    dashboard = documents["sanbao/dashboards/county_overview.yaml"]
    as_of, town = dashboard["metadata"]["native_filter_configuration"]
    assert as_of["requiredFirst"] and as_of["controlValues"]["defaultToFirstItem"]
    assert as_of["controlValues"]["sortAscending"] is False
    assert not town["requiredFirst"]


def _documents(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: yaml.safe_load(archive.read(name)) for name in archive.namelist()}
