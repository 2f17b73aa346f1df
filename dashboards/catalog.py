"""The asset files: datasets' metrics, charts and dashboards, in words an analyst can read.

A file refers to datasets, columns and metrics by name. Unknown keys are refused; whether the names
exist is `check`'s business.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Kind = TypeVar("Kind", bound="_Declared")
DAY = "{day}"  # in a metric's expression: the condition on its date
ASSETS = Path(__file__).parent / "assets"


class AssetError(ValueError):
    """An asset file cannot be used; the message names the file and the place in it."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expression(_Declared):
    """One expression over the columns of one dataset."""

    name: str
    label: str
    expression: str
    description: str = ""


class Metric(Expression):
    """An aggregate; `format` is a d3 number format.

    Of a dataset of several dates it speaks for one: `{day}` in its expression, where a condition stands,
    takes the rows of the selection's date, or of the latest published where the selection has several.
    With `each_date` (for trends) a group has a value where it has one date.
    """

    format: str | None = None
    each_date: bool = False
    of_any_date: bool = False  # an order: the same whatever the date


class CalculatedColumn(Expression):
    """A column that exists in Superset only: a shorter label, a text for a code."""


class DatasetExtras(_Declared):
    """What a dataset gets beyond the columns of its model."""

    dataset: str
    metrics: tuple[Metric, ...] = ()
    columns: tuple[CalculatedColumn, ...] = ()
    first: tuple[str, ...] = ()  # columns that stand first where rows are opened


class Condition(_Declared):
    """Rows of the chart: `column` is one of these values, or just not null when none are given."""

    column: str
    values: tuple[str | int | bool, ...] = Field(default=(), alias="in")


class Highlight(_Declared):
    """Colour the cells of a metric when they are above a number; in a pivot also those below one `value`
    of its `by`, whatever is counted."""

    metric: str = ""
    value: str = ""
    above: float
    colour: str


class Chart(_Declared):
    """One chart. `kind` decides which of the optional parts it needs.

    `axis_to` ends the axis (1 for a rate); `widths` are pixels of a list's columns.
    """

    chart: str
    title: str
    dataset: str
    kind: Literal["headline", "bars", "lines", "funnel", "pivot", "summary", "list"]
    description: str = ""
    metrics: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    rows: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    order_by: str | None = None
    descending: bool = False
    format: str = ",d"
    subtitle: str = ""
    horizontal: bool = False
    axis_to: float | None = None
    widths: dict[str, int] = {}
    highlights: tuple[Highlight, ...] = ()
    limit: int = 1000


class Filter(_Declared):
    """A filter of the whole dashboard, but for the charts in `skip`."""

    name: str
    label: str
    dataset: str
    column: str
    latest: bool = False
    order_by: str | None = None
    skip: tuple[str, ...] = ()


class Cell(_Declared):
    """A chart or a text in a row; `width` in twelfths of the page."""

    width: int = Field(ge=1, le=12)
    chart: str | None = None
    text: str | None = None


class Row(_Declared):
    """`height` in units of 8 pixels."""

    height: int = Field(ge=2)
    cells: tuple[Cell, ...]


class Dashboard(_Declared):
    dashboard: str
    title: str
    slug: str
    description: str = ""
    colours: dict[str, str] = {}
    filters: tuple[Filter, ...] = ()
    rows: tuple[Row, ...]

    def chart_names(self) -> list[str]:
        return [cell.chart for row in self.rows for cell in row.cells if cell.chart]


class Catalog(_Declared):
    datasets: dict[str, DatasetExtras]
    charts: dict[str, Chart]
    dashboards: dict[str, Dashboard]


def read_catalog(folder: Path = ASSETS) -> Catalog:
    """Every asset file below `folder`; a file's name is the name it declares."""
    return Catalog(
        datasets=_read(folder / "datasets", DatasetExtras, "dataset"),
        charts=_read(folder / "charts", Chart, "chart"),
        dashboards=_read(folder / "dashboards", Dashboard, "dashboard"),
    )


def _read(folder: Path, kind: type[Kind], key: str) -> dict[str, Kind]:
    found = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            asset = kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError) as error:
            raise AssetError(f"{path.name}: {error}") from error
        if getattr(asset, key) != path.stem:
            raise AssetError(f"{path.name} 中的 {key} 应为 {path.stem}（ASSET_NAME）")
        found[path.stem] = asset
    if not found:
        raise AssetError(f"{folder} 中没有任何 .yml 文件（NO_ASSETS）")
    return found
