"""A declared chart as Superset's form data and query context."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboards.catalog import Chart, Condition

COLOUR_SCHEME = "sanbao"

_VIZ_TYPES = {
    "headline": "big_number_total",
    "bars": "echarts_timeseries_bar",
    "lines": "echarts_timeseries_line",
    "funnel": "funnel",
    "pivot": "pivot_table_v2",
    "summary": "table",
    "list": "table",
}


def viz_type(chart: Chart) -> str:
    return _VIZ_TYPES[chart.kind]


def form_data(chart: Chart) -> dict[str, Any]:
    """What Superset's chart editor would have saved."""
    return {
        "viz_type": viz_type(chart),
        "adhoc_filters": [_adhoc(condition) for condition in chart.where],
        "color_scheme": COLOUR_SCHEME,
        "row_limit": chart.limit,
        "extra_form_data": {},
        **_FORMS[chart.kind](chart),
    }


def query_context(chart: Chart, form: dict[str, Any]) -> dict[str, Any]:
    """The query behind the chart, for the API; the page itself derives it from the form data."""
    listed = chart.kind == "list"
    query: dict[str, Any] = {
        "filters": [_filter(condition) for condition in chart.where],
        "extras": {"having": "", "where": ""},
        "columns": list(chart.columns) if listed else [*chart.rows, *chart.by],
        "orderby": [[chart.order_by, not chart.descending]] if chart.order_by else [],
        "annotation_layers": [],
        "row_limit": chart.limit,
        "applied_time_extras": {},
        "url_params": {},
        "custom_params": {},
        "custom_form_data": {},
    }
    if not listed:
        query["metrics"] = list(chart.metrics)
    return {
        # Superset fills in the dataset's id when it imports the chart.
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": [query],
        "form_data": {**form, "result_format": "json", "result_type": "full"},
        "result_format": "json",
        "result_type": "full",
    }


def _filter(condition: Condition) -> dict[str, Any]:
    if not condition.values:
        return {"col": condition.column, "op": "IS NOT NULL"}
    return {"col": condition.column, "op": "IN", "val": list(condition.values)}


def _adhoc(condition: Condition) -> dict[str, Any]:
    return {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "subject": condition.column,
        "operator": "IN" if condition.values else "IS NOT NULL",
        "operatorId": "IN" if condition.values else "IS_NOT_NULL",
        "comparator": list(condition.values) or None,
    }


def _headline(chart: Chart) -> dict[str, Any]:
    return {
        "metric": chart.metrics[0],
        "y_axis_format": chart.format,
        "header_font_size": 0.5,
        "subtitle": chart.subtitle,
        "subtitle_font_size": 0.2,
        "show_metric_name": False,
    }


def _series(chart: Chart) -> dict[str, Any]:
    return {
        "x_axis": chart.rows[0],
        "metrics": list(chart.metrics),
        "groupby": list(chart.by),
        "y_axis_format": chart.format,
        "show_legend": True,
        "legendOrientation": "top",
        "legendType": "plain",
        "rich_tooltip": True,
        "truncate_metric": True,
        "show_empty_columns": True,
        "comparison_type": "values",
        "time_grain_sqla": None,
        "x_axis_sort_asc": not chart.descending,
        "x_axis_sort_series": "name",
        "x_axis_sort_series_ascending": True,
        "only_total": True,
        "y_axis_title_position": "Left",
    }


def _bars(chart: Chart) -> dict[str, Any]:
    return {
        **_series(chart),
        "orientation": "horizontal" if chart.horizontal else "vertical",
        "stack": "Stack",
        "x_axis_sort": chart.order_by,
        "xAxisLabelInterval": "0",
        "xAxisLabelRotation": 0,
        "show_value": True,
    }


def _lines(chart: Chart) -> dict[str, Any]:
    return {
        **_series(chart),
        "markerEnabled": True,
        "markerSize": 8,
        "seriesType": "line",
        "truncateYAxis": True,
        "y_axis_bounds": [None, chart.axis_to],
    }


def _funnel(chart: Chart) -> dict[str, Any]:
    return {
        "groupby": list(chart.by),
        "metric": chart.metrics[0],
        "sort_by_metric": True,
        "number_format": chart.format,
        "percent_calculation_type": "first_step",
        "label_type": 5,
        "tooltip_label_type": 5,
        "show_labels": True,
        "show_tooltip_labels": True,
        "show_legend": False,
    }


def _pivot(chart: Chart) -> dict[str, Any]:
    return {
        "groupbyRows": list(chart.rows),
        "groupbyColumns": list(chart.by),
        "metrics": list(chart.metrics),
        "metricsLayout": "COLUMNS",
        # The counts of one thing side by side, not one count of every thing.
        "combineMetric": True,
        "aggregateFunction": "Sum",
        "colTotals": False,
        "rowTotals": False,
        "rowOrder": "key_a_to_z",
        "colOrder": "key_a_to_z",
        "valueFormat": chart.format,
        "conditional_formatting": _highlights(chart),
    }


def _summary(chart: Chart) -> dict[str, Any]:
    return {
        "query_mode": "aggregate",
        "groupby": list(chart.rows),
        "metrics": list(chart.metrics),
        "timeseries_limit_metric": chart.order_by,
        "order_desc": chart.descending,
        "show_cell_bars": False,
        "table_timestamp_format": "%Y-%m-%d",
        "conditional_formatting": _highlights(chart),
    }


def _list(chart: Chart) -> dict[str, Any]:
    order = [f'["{chart.order_by}", {"false" if chart.descending else "true"}]'] if chart.order_by else []
    return {
        "query_mode": "raw",
        "all_columns": list(chart.columns),
        "order_by_cols": order,
        "show_cell_bars": False,
        "table_timestamp_format": "%Y-%m-%d",
        "server_pagination": False,
        "column_config": {
            name: {"d3NumberFormat": chart.format}
            | ({"columnWidth": chart.widths[name]} if name in chart.widths else {})
            for name in chart.columns
        },
        "conditional_formatting": _highlights(chart),
    }


def _highlights(chart: Chart) -> list[dict[str, Any]]:
    return [
        {
            # A pivot looks the name up among the values that head a cell, too.
            "column": item.metric or item.value,
            "operator": ">",
            "targetValue": item.above,
            "colorScheme": item.colour,
            "useGradient": False,
        }
        for item in chart.highlights
    ]


_FORMS: dict[str, Callable[[Chart], dict[str, Any]]] = {
    "headline": _headline,
    "bars": _bars,
    "lines": _lines,
    "funnel": _funnel,
    "pivot": _pivot,
    "summary": _summary,
    "list": _list,
}
