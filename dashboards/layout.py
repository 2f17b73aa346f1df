"""A declared dashboard as Superset's position and metadata documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboards.catalog import Cell, Dashboard, Filter
from dashboards.charts import COLOUR_SCHEME

# (kind, name) -> uuid
Identify = Callable[[str, str], str]


def position(dashboard: Dashboard, titles: dict[str, str], identify: Identify) -> dict[str, Any]:
    """The grid: rows of charts and texts, in the order of the file."""
    rows = [f"ROW-{number}" for number in range(1, len(dashboard.rows) + 1)]
    document: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "children": rows, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": dashboard.title}},
    }
    numbers = _chart_numbers(dashboard)
    for row_id, row in zip(rows, dashboard.rows, strict=True):
        parents = ["ROOT_ID", "GRID_ID", row_id]
        cells = [
            _cell(f"{row_id}-{place}", cell, row.height, parents, titles, numbers, identify)
            for place, cell in enumerate(row.cells, start=1)
        ]
        document[row_id] = {
            "id": row_id,
            "type": "ROW",
            "children": [cell["id"] for cell in cells],
            "parents": parents[:-1],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        document.update({cell["id"]: cell for cell in cells})
    return document


def metadata(dashboard: Dashboard, names: dict[str, list[str]], identify: Identify) -> dict[str, Any]:
    """Filters and colours; `names` lists the metrics behind a label.

    Superset looks a colour up by the label in some charts and by the metric's name in others.
    """
    numbers = _chart_numbers(dashboard)
    colours = dict(dashboard.colours)
    for label, colour in dashboard.colours.items():
        colours |= dict.fromkeys(names.get(label, []), colour)
    return {
        "native_filter_configuration": [
            _native_filter(item, numbers, identify) for item in dashboard.filters
        ],
        "filter_bar_orientation": "HORIZONTAL",
        "color_scheme": COLOUR_SCHEME,
        "label_colors": colours,
        "shared_label_colors": [],
        "map_label_colors": colours,
        "cross_filters_enabled": True,
        "expanded_slices": {},
        "refresh_frequency": 0,
        "timed_refresh_immune_slices": [],
    }


def _chart_numbers(dashboard: Dashboard) -> dict[str, int]:
    """Stand-ins for chart ids; Superset puts its own in their place when it imports."""
    return {name: number for number, name in enumerate(dashboard.chart_names(), start=1)}


def _cell(
    place: str,
    cell: Cell,
    height: int,
    parents: list[str],
    titles: dict[str, str],
    numbers: dict[str, int],
    identify: Identify,
) -> dict[str, Any]:
    if cell.chart is None:
        return {
            "id": f"MARKDOWN-{place}",
            "type": "MARKDOWN",
            "children": [],
            "parents": parents,
            "meta": {"code": cell.text or "", "height": height, "width": cell.width},
        }
    return {
        "id": f"CHART-{place}",
        "type": "CHART",
        "children": [],
        "parents": parents,
        "meta": {
            "chartId": numbers[cell.chart],
            "uuid": identify("chart", cell.chart),
            "sliceName": titles[cell.chart],
            "height": height,
            "width": cell.width,
        },
    }


def _native_filter(item: Filter, numbers: dict[str, int], identify: Identify) -> dict[str, Any]:
    return {
        "id": f"NATIVE_FILTER-{item.name}",
        "name": item.label,
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [
            {"datasetUuid": identify("dataset", item.dataset), "column": {"name": item.column}},
        ],
        "controlValues": {
            "multiSelect": not item.latest,
            "enableEmptyFilter": item.latest,
            "defaultToFirstItem": item.latest,
            "searchAllOptions": False,
            "inverseSelection": False,
            "sortAscending": not item.latest,
        },
        "sortMetric": item.order_by,
        "adhoc_filters": [
            {
                "clause": "WHERE",
                "expressionType": "SIMPLE",
                "subject": item.column,
                "operator": "IS NOT NULL",
                "operatorId": "IS_NOT_NULL",
                "comparator": None,
            }
        ],
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "cascadeParentIds": [],
        "scope": {
            "rootPath": ["ROOT_ID"],
            "excluded": [numbers[name] for name in item.skip],
        },
        "description": "",
        # Without it Superset shows the first value but draws the charts as if none were chosen.
        "requiredFirst": item.latest,
    }
