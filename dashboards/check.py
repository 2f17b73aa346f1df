"""Offline: dashboard → chart → dataset → model → column all exist, and nothing brings SQL of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.catalog import DAY, Catalog, Chart, Dashboard, DatasetExtras, Expression
from dashboards.manifest import Model, datasets

# One expression over the columns of one table; anything that could reach further is a query.
_QUERY_WORDS = re.compile(
    r"\b(select|from|join|union|with|insert|update|delete|attach|copy|pragma|install|load|set|create)\b|;|--|/\*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_STRING = re.compile(r"'(?:[^']|'')*'")
_FUNCTIONS = {
    "sum", "count", "min", "max", "avg", "nullif", "coalesce", "round", "replace", "concat", "cast", "as",
    "case", "when", "then", "else", "end", "and", "or", "not", "is", "null", "in", "like", "between",
    "true", "false", "distinct", "filter", "where", "bigint", "double", "varchar", "integer", "date",
    "strftime", "last_day", "concat_ws", "least", "greatest", "interval", "hour", "date_diff", "current_date",
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing to repair in an asset file."""

    place: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}：{self.message}（{self.code}）"


def check(models: tuple[Model, ...], catalog: Catalog) -> list[Finding]:
    """Every reference that leads nowhere; empty when the assets can be deployed."""
    served = {model.name: model for model in datasets(models)}
    findings: list[Finding] = []
    for extras in catalog.datasets.values():
        findings += _check_dataset(extras, served)
    for chart in catalog.charts.values():
        findings += _check_chart(chart, served, catalog)
    for dashboard in catalog.dashboards.values():
        findings += _check_dashboard(dashboard, served, catalog)
    shown = {name for dashboard in catalog.dashboards.values() for name in dashboard.chart_names()}
    for name in sorted(set(catalog.charts) - shown):
        findings.append(Finding(f"charts/{name}.yml", "CHART_UNUSED", "没有任何仪表板使用这个图表"))
    return findings


def _check_dataset(extras: DatasetExtras, served: dict[str, Model]) -> Iterator[Finding]:
    place = f"datasets/{extras.dataset}.yml"
    model = served.get(extras.dataset)
    if model is None:
        yield Finding(place, "NO_MODEL", f"dbt 清单中没有发布的模型 {extras.dataset}")
        return
    columns = {column.name for column in model.columns}
    calculated = {column.name for column in extras.columns}
    for name in sorted(set(extras.first) - columns - calculated):
        yield Finding(place, "NO_COLUMN", f"排在前面的列 {name} 不存在")
    for metric in extras.metrics if model.is_dated else ():
        # Without its date a metric adds up the same things of several dates.
        if not metric.each_date and DAY not in metric.expression and not metric.of_any_date:
            yield Finding(place, "NO_DAY", f"{metric.name} 没有写明只算一个截止日期（{DAY}）")
    expressions: tuple[Expression, ...] = (*extras.columns, *extras.metrics)
    for item in expressions:
        expression = item.expression.replace(DAY, "true")
        if _QUERY_WORDS.search(_STRING.sub("''", expression)):
            yield Finding(place, "OWN_SQL", f"{item.name} 只能是一个列或一个汇总表达式")
        known = columns | (calculated - {item.name})
        for word in _identifiers(expression):
            if word not in known:
                yield Finding(place, "NO_COLUMN", f"{item.name} 引用了 {extras.dataset} 中不存在的列 {word}")
    for name in sorted(calculated & columns):
        yield Finding(place, "COLUMN_TAKEN", f"计算列 {name} 与模型的列重名")


def _identifiers(expression: str) -> list[str]:
    words = _WORD.findall(_STRING.sub("''", expression).lower())
    return sorted({word for word in words if word not in _FUNCTIONS})


def _check_chart(chart: Chart, served: dict[str, Model], catalog: Catalog) -> Iterator[Finding]:
    place = f"charts/{chart.chart}.yml"
    if chart.dataset not in served:
        yield Finding(place, "NO_DATASET", f"没有发布的数据集 {chart.dataset}")
        return
    columns, metrics = _names(chart.dataset, served, catalog)
    used_columns = [*chart.rows, *chart.by, *chart.columns, *(item.column for item in chart.where)]
    for name in sorted(set(used_columns) - columns):
        yield Finding(place, "NO_COLUMN", f"{chart.dataset} 中没有列 {name}")
    for name in sorted(set(chart.metrics) - metrics):
        yield Finding(place, "NO_METRIC", f"datasets/{chart.dataset}.yml 中没有指标 {name}")
    if chart.order_by and chart.order_by not in columns | metrics:
        yield Finding(place, "NO_ORDER", f"排序依据 {chart.order_by} 不存在")
    for item in chart.highlights:
        if bool(item.metric) == bool(item.value) or (item.value and chart.kind != "pivot"):
            yield Finding(place, "HIGHLIGHT", "着色规则应写一个指标，或（仅交叉表）列标题中的一个值")
        elif item.metric and item.metric not in (*chart.metrics, *chart.columns):
            yield Finding(place, "NO_METRIC", f"着色规则引用了图表中没有的 {item.metric}")
    for name in sorted(set(chart.widths) - set(chart.columns)):
        yield Finding(place, "NO_COLUMN", f"列宽引用了图表中没有的列 {name}")
    missing = [part for part in _NEEDS[chart.kind] if not getattr(chart, part)]
    if missing:
        yield Finding(place, "CHART_PART", f"{chart.kind} 图表缺少 {'、'.join(missing)}")


_NEEDS = {
    "headline": ("metrics",),
    "bars": ("metrics", "rows"),
    "lines": ("metrics", "rows"),
    "funnel": ("metrics", "by"),
    "pivot": ("metrics", "rows", "by"),
    "summary": ("metrics", "rows"),
    "list": ("columns",),
}


def _names(dataset: str, served: dict[str, Model], catalog: Catalog) -> tuple[set[str], set[str]]:
    """The columns and the metrics a chart on `dataset` can use."""
    columns = {column.name for column in served[dataset].columns}
    metrics = {"row_count"}
    extras = catalog.datasets.get(served[dataset].of or dataset)
    if extras:
        columns |= {column.name for column in extras.columns}
        metrics |= {metric.name for metric in extras.metrics}
    return columns, metrics


def _check_dashboard(dashboard: Dashboard, served: dict[str, Model], catalog: Catalog) -> Iterator[Finding]:
    place = f"dashboards/{dashboard.dashboard}.yml"
    names = dashboard.chart_names()
    for name in sorted(set(names) - set(catalog.charts)):
        yield Finding(place, "NO_CHART", f"没有图表 {name}")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding(place, "CHART_TWICE", f"图表 {name} 出现了不止一次")
    for number, row in enumerate(dashboard.rows, start=1):
        if (width := sum(cell.width for cell in row.cells)) > 12:
            yield Finding(place, "ROW_WIDTH", f"第 {number} 行宽度为 {width}，超过 12")
        for cell in row.cells:
            if (cell.chart is None) == (cell.text is None):
                yield Finding(place, "CELL", f"第 {number} 行的每一格应是一个图表或一段文字")
    for item in dashboard.filters:
        if item.dataset not in served:
            yield Finding(place, "NO_DATASET", f"筛选 {item.label} 的数据集 {item.dataset} 未发布")
            continue
        columns, metrics = _names(item.dataset, served, catalog)
        if item.column not in columns:
            yield Finding(place, "NO_COLUMN", f"筛选 {item.label} 的列 {item.column} 不存在")
        if item.order_by and item.order_by not in metrics:
            yield Finding(place, "NO_METRIC", f"筛选 {item.label} 的排序指标 {item.order_by} 不存在")
        for name in sorted(set(item.skip) - set(names)):
            yield Finding(place, "NO_CHART", f"筛选 {item.label} 跳过的图表 {name} 不在仪表板上")
