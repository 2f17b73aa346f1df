"""The asset bundle for Superset: database, datasets from the dbt manifest, charts, dashboards.

Identifiers are derived from names, so that deploying again overwrites instead of adding.
"""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dashboards import charts, layout
from dashboards.catalog import ASSETS, DAY, Catalog, Chart, Dashboard, DatasetExtras, Metric
from dashboards.manifest import Column, Model, datasets

# What marks an asset as ours; Superset shows it as the certification badge.
CERTIFIED_BY = "三保障"
DATABASE_NAME = "三保障发布库"

_KEYS = ("_id", "_key", "_code", "_row", "_sheet", "figure_id", "member_key", "sort_order", "as_of")
_ROW_COUNT = Metric(name="row_count", label="行数", expression="count(*) filter (where {day})", format=",d")

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "superset.sanbao")
_MOMENT = (1980, 1, 1, 0, 0, 0)
_CSS = (ASSETS / "dashboard.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Bundle:
    """The zip and the identifiers of what is in it."""

    content: bytes
    datasets: dict[str, str]
    charts: dict[str, str]
    dashboards: dict[str, str]


def identify(kind: str, name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))


def build_bundle(models: tuple[Model, ...], catalog: Catalog, serving_file: Path) -> Bundle:
    """Same input, same bytes."""
    documents: dict[str, dict[str, Any]] = {
        "metadata.yaml": {"version": "1.0.0", "type": "assets", "timestamp": "2019-12-31T00:00:00+00:00"},
        "databases/serving.yaml": _database(serving_file),
    }
    opened = datasets(models)
    for model in opened:
        extras = catalog.datasets.get(model.of or model.name, DatasetExtras(dataset=model.name))
        documents[f"datasets/serving/{model.name}.yaml"] = _dataset(model, extras)
    for chart in catalog.charts.values():
        documents[f"charts/{chart.chart}.yaml"] = _chart(chart)
    for dashboard in catalog.dashboards.values():
        documents[f"dashboards/{dashboard.dashboard}.yaml"] = _dashboard(dashboard, catalog)
    return Bundle(
        content=_zip(documents),
        datasets={model.name: identify("dataset", model.name) for model in opened},
        charts={name: identify("chart", name) for name in catalog.charts},
        dashboards={name: identify("dashboard", name) for name in catalog.dashboards},
    )


def _zip(documents: dict[str, dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, document in documents.items():
            text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
            archive.writestr(zipfile.ZipInfo(f"sanbao/{name}", _MOMENT), text)
    return buffer.getvalue()


def _database(serving_file: Path) -> dict[str, Any]:
    return {
        "database_name": DATABASE_NAME,
        "sqlalchemy_uri": f"duckdb:///{serving_file.resolve()}",
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "cache_timeout": None,
        "extra": {
            # How the file is opened is the server's business: see DB_CONNECTION_MUTATOR.
            "engine_params": {},
            "metadata_params": {},
            "schemas_allowed_for_csv_upload": [],
            "allows_virtual_table_explore": True,
        },
        "uuid": identify("database", "serving"),
        "version": "1.0.0",
    }


def _dataset(model: Model, extras: DatasetExtras) -> dict[str, Any]:
    calculated = [
        {
            "column_name": column.name,
            "verbose_name": column.label,
            "description": column.description,
            "type": "VARCHAR",
            "is_dttm": False,
            "is_active": True,
            "groupby": True,
            "filterable": True,
            "expression": column.expression,
        }
        for column in extras.columns
    ]
    columns = sorted([*map(_served, model.columns), *calculated], key=lambda item: _place(item, extras))
    return {
        "table_name": model.name,
        "main_dttm_col": "as_of" if model.column("as_of") else None,
        "description": _describe(model),
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "schema": "mart",
        "catalog": None,
        "sql": None,
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": {"certification": {"certified_by": CERTIFIED_BY, "details": model.label}},
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "is_managed_externally": True,
        "uuid": identify("dataset", model.name),
        "columns": columns,
        "metrics": [_metric(metric, model) for metric in (_ROW_COUNT, *extras.metrics)],
        "version": "1.0.0",
        "database_uuid": identify("database", "serving"),
    }


def _type(data_type: str) -> str:
    """Superset cannot filter a DuckDB column of type DATE by a value: its driver makes no literal of it.

    As TIMESTAMP the same column works, and DuckDB compares it to the date all the same.
    """
    kind = data_type.upper()
    return "TIMESTAMP" if kind.startswith(("DATE", "TIMESTAMP")) else kind


def _served(column: Column) -> dict[str, Any]:
    return {
        "column_name": column.name,
        "verbose_name": column.label,
        "description": column.description,
        "type": _type(column.data_type),
        "is_dttm": _type(column.data_type) == "TIMESTAMP",
        "is_active": True,
        "groupby": True,
        "filterable": True,
        "expression": None,
    }


def _place(column: dict[str, Any], extras: DatasetExtras) -> tuple[bool, int]:
    """Where a column stands when rows are opened: what people know things by first, keys last."""
    name = column["column_name"]
    return name.endswith(_KEYS), extras.first.index(name) if name in extras.first else len(extras.first)


def of_one_date(metric: Metric, model: Model) -> str:
    """The metric's expression, so that nothing is ever added up over dates.

    Over several dates it speaks for the latest published one. Whether there are several is asked of the whole
    answer: of a village that has rows at an earlier date only, a group alone would not tell.
    """
    of_its_date = metric.expression.replace(DAY, "true")
    if not model.is_dated:
        return of_its_date
    if metric.each_date:
        return f"case when count(distinct as_of) = 1 then {of_its_date} end"
    if DAY not in metric.expression:
        return of_its_date
    newest = f"as_of = (select max(as_of) from mart.{model.name})"  # noqa: S608  (a model's name)
    latest = metric.expression.replace(DAY, newest)
    return f"case when min(min(as_of)) over () = max(max(as_of)) over () then {of_its_date} else {latest} end"


def _describe(model: Model) -> str:
    grain = f"（粒度：{model.grain}）" if model.grain else ""
    return f"{model.label}{grain}\n{model.description}".strip()


def _metric(metric: Metric, model: Model) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.label,
        "metric_type": None,
        "expression": of_one_date(metric, model),
        "description": metric.description or None,
        "d3format": metric.format,
        "extra": {},
        "warning_text": None,
    }


def _chart(chart: Chart) -> dict[str, Any]:
    form = charts.form_data(chart)
    return {
        "slice_name": chart.title,
        "description": chart.description or None,
        "certified_by": CERTIFIED_BY,
        "certification_details": "随三保障发布，修改请改资产文件",
        "viz_type": charts.viz_type(chart),
        "params": form,
        "query_context": json.dumps(charts.query_context(chart, form), ensure_ascii=False),
        "cache_timeout": None,
        "uuid": identify("chart", chart.chart),
        "version": "1.0.0",
        "dataset_uuid": identify("dataset", chart.dataset),
        "is_managed_externally": True,
    }


def _dashboard(dashboard: Dashboard, catalog: Catalog) -> dict[str, Any]:
    titles = {name: catalog.charts[name].title for name in dashboard.chart_names()}
    names: dict[str, list[str]] = {}
    for extras in catalog.datasets.values():
        for metric in extras.metrics:
            names.setdefault(metric.label, []).append(metric.name)
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.description or None,
        "css": _CSS,
        "slug": dashboard.slug,
        "uuid": identify("dashboard", dashboard.dashboard),
        "position": layout.position(dashboard, titles, identify),
        "metadata": layout.metadata(dashboard, names, identify),
        "version": "1.0.0",
        "published": True,
        "certified_by": CERTIFIED_BY,
        "certification_details": "随三保障发布，修改请改资产文件",
        "is_managed_externally": True,
    }
