"""Which columns of the feeds the models compare with a word or a seed, read from the compiled models.

Each model's SQL is parsed by DuckDB. Where both sides of a comparison come from, however far below, is
followed through common table expressions, models and functions that only change how a text is written.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

Node = Mapping[str, Any]
Origin = tuple[str, str, str]  # "feed" | "seed" | "word", the feed or seed, its column or the word
Columns = dict[str, frozenset[Origin]]
NOTHING: frozenset[Origin] = frozenset()
_EQUALITIES = frozenset(
    {"COMPARE_EQUAL", "COMPARE_NOTEQUAL", "COMPARE_DISTINCT_FROM", "COMPARE_NOT_DISTINCT_FROM"}
)
_MEMBERSHIPS = frozenset({"COMPARE_IN", "COMPARE_NOT_IN"})
_PATTERNS = frozenset({"~~", "!~~", "regexp_matches", "regexp_full_match", "starts_with", "contains"})


@dataclass(frozen=True)
class Comparison:
    """A column of a feed, and what some model holds it against."""

    model: str
    feed: str
    column: str
    against: Origin


@dataclass
class Deciding:
    """The comparisons of all models of a manifest with compiled SQL."""

    manifest: Node
    seeds: Path
    feed_columns: Mapping[str, tuple[str, ...]]
    _outputs: dict[str, Columns] = field(default_factory=dict)
    _found: set[Comparison] = field(default_factory=set)
    _model: str = ""

    def comparisons(self) -> frozenset[Comparison]:
        """Of every model but those of staging, which only say which rows hold."""
        for name, node in self.models.items():
            if not name.startswith("stg_") and node.get("compiled_code"):
                self.output_of(name)
        return frozenset(self._found)

    @cached_property
    def models(self) -> dict[str, Node]:
        nodes = self.manifest["nodes"].values()
        return {node["name"]: node for node in nodes if node["resource_type"] == "model"}

    @cached_property
    def seed_columns(self) -> dict[str, tuple[str, ...]]:
        found = {}
        for path in sorted(self.seeds.rglob("*.csv")):
            with path.open(encoding="utf-8") as file:
                found[path.stem] = tuple(next(csv.reader(file)))
        return found

    def output_of(self, table: str) -> Columns:
        """The columns of a model or seed with where they come from; empty for what is neither."""
        if table in self._outputs:
            return self._outputs[table]
        if table in self.seed_columns:
            return {c: frozenset({("seed", table, c)}) for c in self.seed_columns[table]}
        feed = table.removeprefix("stg_")
        if table.startswith("stg_") and feed in self.feed_columns:
            return {c: frozenset({("feed", feed, c)}) for c in self.feed_columns[feed]}
        node = self.models.get(table)
        if node is None or not node.get("compiled_code") or table.startswith("stg_"):
            return {}
        outer, self._model = self._model, table
        statement = _parsed(node["compiled_code"])
        self._outputs[table] = self._query(statement, {})
        self._model = outer
        return self._outputs[table]

    def _query(self, node: Node, known: dict[str, Columns]) -> Columns:
        known = dict(known)
        for entry in node.get("cte_map", {}).get("map", []):
            known[entry["key"]] = self._query(entry["value"]["query"]["node"], known)
        if node["type"] != "SELECT_NODE":
            sides = node.get("children") or [node["left"], node["right"]]
            parts = [self._query(side, known) for side in sides]
            names = list(parts[0])
            return {
                name: frozenset().union(*(list(part.values())[at] for part in parts if at < len(part)))
                for at, name in enumerate(names)
            }
        tables = self._tables(node["from_table"], known)
        found: Columns = {}
        for column in node["select_list"]:
            if column["class"] == "STAR":
                wanted = column.get("relation_name") or ""
                for alias, columns in tables.items():
                    if wanted in ("", alias):
                        found.update(columns)
            else:
                name = column["alias"] or (column.get("column_names") or [f"#{len(found)}"])[-1]
                found[name] = self._origins(column, tables, known)
        for part in _parts(node["from_table"]):
            if part.get("condition"):
                self._compare(part["condition"], tables, known)
            for name in part.get("using_columns") or ():
                sides = [columns[name] for columns in tables.values() if name in columns]
                for side in sides[1:]:
                    self._meet(sides[0], side)
        for clause in ("select_list", "where_clause", "having", "qualify"):
            self._compare(node.get(clause), tables, known)
        return found

    def _tables(self, source: Node, known: dict[str, Columns]) -> dict[str, Columns]:
        if source["type"] == "BASE_TABLE":
            name = source["table_name"]
            columns = known[name] if name in known else self.output_of(name)
            return {source["alias"] or name: columns}
        if source["type"] == "SUBQUERY":
            return {source["alias"]: self._query(source["subquery"]["node"], known)}
        found: dict[str, Columns] = {}
        for side in ("left", "right"):
            if side in source:
                found |= self._tables(source[side], known)
        return found

    def _origins(
        self, value: Any, tables: dict[str, Columns], known: dict[str, Columns]
    ) -> frozenset[Origin]:
        """Where the text of an expression comes from; what is counted or compared has no text."""
        kind = value.get("class") if isinstance(value, dict) else None
        if kind == "COLUMN_REF":
            *relation, name = value["column_names"]
            if relation:
                return tables.get(relation[-1], {}).get(name, NOTHING)
            return frozenset().union(*(columns.get(name, NOTHING) for columns in tables.values()))
        if kind == "CONSTANT":
            word = value["value"].get("value")
            return frozenset({("word", "", word)}) if isinstance(word, str) else NOTHING
        if kind in ("COMPARISON", "CONJUNCTION", "BETWEEN", None):
            return NOTHING
        if kind == "CASE":
            results = [check["then_expr"] for check in value["case_checks"]] + [value["else_expr"]]
            return frozenset().union(*(self._origins(result, tables, known) for result in results))
        if kind == "SUBQUERY":
            columns = self._query(value["subquery"]["node"], known)
            return next(iter(columns.values()), NOTHING) if value["subquery_type"] != "EXISTS" else NOTHING
        if kind == "OPERATOR" and value["type"] not in ("OPERATOR_COALESCE", "OPERATOR_NULLIF"):
            return NOTHING
        inner = [*(value.get("children") or ()), value.get("child")]
        found = frozenset().union(*(self._origins(part, tables, known) for part in inner if part))
        # Beside a cell a word is how it is rewritten, not what it is held against.
        read = [
            self._origins(part, tables, known) for part in _parts(value) if part.get("class") == "COLUMN_REF"
        ]
        is_rewritten = any(not origins or any(kind == "feed" for kind, _, _ in origins) for origins in read)
        return frozenset(o for o in found if o[0] != "word") if is_rewritten else found

    def _compare(self, value: Any, tables: dict[str, Columns], known: dict[str, Columns]) -> None:
        for part in _parts(value):
            if "class" not in part:
                continue
            kind = part["type"]
            if part["class"] == "COMPARISON" and kind in _EQUALITIES:
                sides = [part["left"], part["right"]]
            elif kind in _MEMBERSHIPS or part.get("function_name") in _PATTERNS:
                sides = list(part["children"])
            elif part["class"] == "SUBQUERY" and part.get("child"):
                sides = [part["child"], {**part, "child": None}]
            else:
                continue
            first, *others = [self._origins(side, tables, known) for side in sides]
            for other in others:
                if first != other:  # rows of one list that are found by each other's key
                    self._meet(first, other)

    def _meet(self, one: frozenset[Origin], other: frozenset[Origin]) -> None:
        for left, right in ((one, other), (other, one)):
            for kind, feed, column in left:
                if kind == "feed":
                    for against in right:
                        if against[0] != "feed" and against[2] != "":
                            self._found.add(Comparison(self._model, feed, column, against))


def _parsed(sql: str) -> Node:
    row = duckdb.execute("select json_serialize_sql(?)", [sql]).fetchone()
    assert row is not None
    document: Node = json.loads(row[0])
    if document["error"]:
        raise ValueError(document["error_message"])
    statement: Node = document["statements"][0]["node"]
    return statement


def _parts(value: Any) -> Iterator[Node]:
    """Every object inside an expression, at any depth; a query inside has its own tables."""
    if isinstance(value, dict):
        yield value
        inner = [part for key, part in value.items() if key != "subquery"]
    else:
        inner = value if isinstance(value, list) else []
    for part in inner:
        yield from _parts(part)
