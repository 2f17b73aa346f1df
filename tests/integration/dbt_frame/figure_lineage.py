"""Which feeds each figure rests on, read from the compiled models: the oracle of what the seed declares.

dbt knows which models a model reads, but one model gives the members of many figures. So the compiled
SQL of the member models is parsed (by DuckDB): each figure's branch leads through its common table
expressions to the models it reads, and dbt's graph leads from these to the feeds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from ingestion import Home, prepare
from ingestion.contracts import load_catalog
from tests.integration.dbt_frame.warehouse import DBT, PROJECT

MEMBERS = "int_figure_member__"
LONG_TABLE = "int_household_guarantee"
_COUNTED = ["education", "medical", "housing", "water", "safety_net"]  # what "all guarantees" means

Node = Mapping[str, Any]
Columns = frozenset[str] | None  # None: all of them


def compiled(project: Path = PROJECT) -> Node:
    """dbt's manifest with the compiled SQL of the member models, over an empty lake."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        prepare(home, load_catalog())
        environment = {
            **os.environ,
            "SANBAO_LAKE": str(home.lake),
            "SANBAO_WAREHOUSE": str(home.warehouse / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(home.root / "target"),
            "DBT_LOG_PATH": str(home.root / "logs"),
            "DBT_PROJECT_DIR": str(project),
            "DBT_PROFILES_DIR": str(project),
        }
        command = [sys.executable, "-c", DBT, "--quiet", "compile", "--select", f"{MEMBERS}*"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])
        manifest: Node = json.loads((home.root / "target" / "manifest.json").read_text("utf-8"))
    return manifest


def figure_feeds(
    manifest: Node, figures: Mapping[str, str], subject_of: Callable[[str], str]
) -> dict[str, set[str]]:
    """Figure id → the feeds it rests on, its main one (as given) included.

    A figure that no branch names takes its id from a column: `subject_of` says of which member model.
    """
    models = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    tables: dict[str, set[str]] = {}
    for name, model in models.items():
        if name.startswith(MEMBERS):
            for figure, read in _branches(_parse(model["compiled_code"])):
                tables.setdefault(figure or name, set()).update(read)
    found = {}
    for figure, main in figures.items():
        read = tables[figure] if figure in tables else tables[MEMBERS + subject_of(figure)]
        names = {name for table in read for name in _opened(table, figure, models)}
        feeds = {feed for name in names if name in models for feed in _feeds(models[name], manifest)}
        found[figure] = feeds | ({main} if main else set())
    return found


def _opened(table: str, figure: str, models: Mapping[str, Node]) -> set[str]:
    """The models that judge what a figure is about; the long table holds all of them.

    A figure of the long table that is named after no guarantee is about all that are counted together.
    """
    if table != LONG_TABLE:
        return {table}
    guarantees = [figure.removeprefix("grt_")]
    if not any(f"int_{unit}__{guarantees[0]}" in models for unit in ("household", "person")):
        guarantees = _COUNTED
    found = [n for g in guarantees for unit in ("household", "person") if (n := f"int_{unit}__{g}") in models]
    assert len(found) == len(guarantees)
    return set(found)


def _feeds(node: Node, manifest: Node) -> set[str]:
    """The feeds below a model, but for models that only say who or where something is."""
    if node["resource_type"] != "model" or node["config"]["meta"].get("only_identifies"):
        return set()
    if node["config"]["meta"].get("department"):  # the staging model of a feed
        return {str(node["name"]).removeprefix("stg_")}
    parents = [manifest["nodes"].get(parent) for parent in node["depends_on"]["nodes"]]
    return {feed for parent in parents if parent for feed in _feeds(parent, manifest)}


def _parse(sql: str) -> Node:
    row = duckdb.execute("select json_serialize_sql(?)", [sql]).fetchone()
    assert row is not None
    document: Node = json.loads(row[0])
    if document["error"]:
        raise ValueError(document["error_message"])
    statement: Node = document["statements"][0]["node"]
    return statement


def _branches(statement: Node) -> Iterator[tuple[str | None, set[str]]]:
    """Per selected figure its id (None: from a column) and the models its rows come from."""
    shared = {entry["key"]: entry["value"]["query"]["node"] for entry in statement["cte_map"]["map"]}
    for select in _selects(shared["members"]):
        for column in select["select_list"]:
            if _name(column) == "figure_id":
                figure = column["value"]["value"] if column["class"] == "CONSTANT" else None
                yield figure, _models(select, shared)


def _selects(node: Node) -> Iterator[Node]:
    if node["type"] == "SELECT_NODE":
        yield node
        return
    for side in node.get("children") or [node["left"], node["right"]]:
        yield from _selects(side)


def _models(node: Node, shared: Mapping[str, Node]) -> set[str]:
    """The tables that a query reads, its common table expressions opened as far as their columns are used."""
    found: set[str] = set()
    waiting: list[tuple[Node, Columns]] = [(node, None)]
    opened: set[tuple[str, Columns]] = set()
    while waiting:
        query, wanted = waiting.pop()
        for select in _selects(query):
            for table, columns in _sources(select, wanted):
                if table not in shared:
                    found.add(table)
                elif (table, columns) not in opened:
                    opened.add((table, columns))
                    waiting.append((shared[table], columns))
    return found


def _sources(select: Node, wanted: Columns) -> Iterator[tuple[str, Columns]]:
    """The tables behind the wanted columns of one select, and which of their columns that takes.

    The first table gives the rows; one that is joined to it counts when a wanted column or a condition
    on the rows uses it.
    """
    chosen = [c for c in select["select_list"] if wanted is None or _name(c) in wanted or _is_star(c)]
    conditions = [select[part] for part in ("where_clause", "qualify", "having") if select.get(part)]
    used = set(_columns([*chosen, *conditions]))
    stars = {column.get("relation_name", "") for column in chosen if _is_star(column)}
    for place, (alias, table) in enumerate(_leaves(select["from_table"])):
        own = {name for relation, name in used if relation in (alias, "")}
        if {alias, ""} & stars:
            yield table, None if wanted is None else frozenset(own | wanted)
        elif place == 0 or own:
            yield table, frozenset(own)
    for nested in _nested(conditions):
        for inner in _selects(nested):
            for _, table in _leaves(inner["from_table"]):
                yield table, None


def _leaves(source: Node) -> Iterator[tuple[str, str]]:
    """(alias, table) of a from clause, in order."""
    if source["type"] == "BASE_TABLE":
        yield source["alias"] or source["table_name"], source["table_name"]
    for side in ("left", "right"):
        if side in source:
            yield from _leaves(source[side])


def _columns(value: Any) -> Iterator[tuple[str, str]]:
    """(relation or nothing, column) of every column that is referred to."""
    for part in _parts(value):
        if part.get("class") == "COLUMN_REF":
            *relation, name = part["column_names"]
            yield relation[-1] if relation else "", name


def _nested(value: Any) -> Iterator[Node]:
    for part in _parts(value):
        if part.get("class") == "SUBQUERY":
            yield part["subquery"]["node"]


def _parts(value: Any) -> Iterator[Node]:
    """Every object inside a value, at any depth."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inner:
        yield from _parts(part)


def _name(column: Node) -> str:
    return str(column["alias"] or (column.get("column_names") or [""])[-1])


def _is_star(column: Node) -> bool:
    return bool(column["class"] == "STAR")
