"""What the dbt manifest says about the models that are served: names, labels, descriptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


class ManifestError(ValueError):
    """The manifest is unreadable, or serves nothing."""


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    description: str
    data_type: str
    content: str = ""  # what kind of thing it holds (`meta.content`): a person's name, the name of a sheet


@dataclass(frozen=True)
class Latest:
    """The part of a dated model that speaks for the latest published date, of one level if there are."""

    name: str
    label: str
    where: tuple[tuple[str, str], ...] = ()  # column, value


@dataclass(frozen=True)
class Model:
    """One served model; `relation` is its (schema, name) in the warehouse.

    Of a model with `serve_only_if`, rows in which that column is not true stay in the warehouse, and so
    does the column. `columns` are those that are served.
    """

    name: str
    label: str
    description: str
    grain: str
    relation: tuple[str, str]
    columns: tuple[Column, ...]
    max_fall: float = 0.2  # of its rows, from one publication to the next (`meta.max_fall`)
    serve_only_if: str = ""
    is_dated: bool = False  # the same things again for every date: its rows are never counted over dates
    latest: tuple[Latest, ...] = ()
    of: str = ""  # the table of which this is the part of one date

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def read_served_models(manifest: Path) -> tuple[Model, ...]:
    """The models with `config.meta.serve: true`, by name."""
    try:
        document = json.loads(manifest.read_text(encoding="utf-8"))
        nodes = list(document["nodes"].values())
    except (OSError, ValueError, KeyError) as error:
        raise ManifestError(f"无法读取 dbt 清单 {manifest}，请先运行 sanbao build（MANIFEST）") from error
    served = [_model(node) for node in nodes if node["resource_type"] == "model" and _is_served(node)]
    if not served:
        raise ManifestError(f"{manifest} 中没有任何 meta.serve 为 true 的模型（NOTHING_SERVED）")
    return tuple(sorted(served, key=lambda model: model.name))


def datasets(models: tuple[Model, ...]) -> tuple[Model, ...]:
    """What an analyst can open: the models, and of each dated one the parts that hold one date."""
    parts = tuple(
        replace(
            model, name=part.name, label=part.label, relation=("mart", part.name), is_dated=False, latest=(),
            of=model.name, description=f"{model.description}只有最新发布的一个截止日期。",
        )
        for model in models
        for part in model.latest
    )  # fmt: skip
    return tuple(sorted((*models, *parts), key=lambda model: model.name))


def _is_served(node: Mapping[str, Any]) -> bool:
    return _meta(node).get("serve") is True and node.get("config", {}).get("enabled", True) is not False


def _meta(node: Mapping[str, Any]) -> dict[str, Any]:
    """dbt keeps `meta` beside `config` and, since 1.10, inside it; the latter wins."""
    return {**(node.get("meta") or {}), **((node.get("config") or {}).get("meta") or {})}


def _model(node: Mapping[str, Any]) -> Model:
    meta = _meta(node)
    name = node.get("alias") or node["name"]
    serve_only_if, grain = _text(meta.get("serve_only_if")), meta.get("grain")
    is_dated = isinstance(grain, list) and "as_of" in grain
    label = _text(meta.get("label")) or name
    columns = tuple(_column(column) for name, column in node["columns"].items() if name != serve_only_if)
    return Model(
        name=name,
        label=label,
        description=_text(node.get("description")),
        grain=_grain(grain, columns),
        relation=(node["schema"], name),
        columns=columns,
        max_fall=float(meta.get("max_fall", Model.max_fall)),
        serve_only_if=serve_only_if,
        is_dated=is_dated,
        latest=_latest(name, label, meta) if is_dated else (),
    )


def _latest(name: str, label: str, meta: Mapping[str, Any]) -> tuple[Latest, ...]:
    """`meta.latest` lists name, label and `where` of each; otherwise there is one, of all its rows."""
    declared = meta.get("latest") or [{"name": f"{name}_latest", "label": label}]
    return tuple(
        Latest(part["name"], f"{part['label']}（最新一期）", tuple((part.get("where") or {}).items()))
        for part in declared
    )


def _grain(grain: object, columns: tuple[Column, ...]) -> str:
    """A sentence as it stands; a list of columns by their labels."""
    if not isinstance(grain, list):
        return _text(grain)
    labels = {column.name: column.label for column in columns}
    return " × ".join(labels.get(str(name), str(name)) for name in grain)


def _column(column: Mapping[str, Any]) -> Column:
    return Column(
        name=column["name"],
        label=_text(_meta(column).get("label")) or column["name"],
        description=_text(column.get("description")),
        data_type=_text(column.get("data_type")),
        content=_text(_meta(column).get("content")),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
