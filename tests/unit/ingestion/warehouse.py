"""The dbt models that say what became of a file and its rows, run over a lake in DuckDB alone.

dbt takes seconds to start; these tests look at returned files after every drop. The models are rendered
by Jinja as dbt renders them; `tests/integration` has the same from dbt itself.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pyarrow.csv

from ingestion import Home, renew_returns
from ingestion.contracts import Catalog
from ingestion.returning.states import STATES, read_states, write_states
from sanbao.night.returns import STATES_OF_WAREHOUSE

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
_WANTED = ("int_delivery__open", "int_held_row__in_copy", "int_held_cell__in_copy")
_MACRO = re.compile(r"({%-?\s*macro (\w+)\(.*?{%-?\s*endmacro\s*-?%})", re.S)
_READS = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")


# Read by the staging model of every feed; here each model stands by itself, over the lake.
_OF_FILES = {
    "stg_correction": "correction",
    "stg_delivery": "delivery",
    "stg_delivery_part_all": "delivery_part",
    "stg_withdrawal": "withdrawal",
}


class _Returned(Exception):
    """What dbt's `return` does in a macro: its value is the macro's, of whatever type."""


def settle_returns(home: Home, catalog: Catalog, lang: Any = "zh") -> None:
    """What a night does after its build: copies and slips by what the models say of the lake."""
    write_states(states_of(home), states_path(home))
    renew_returns(home, catalog, read_states(states_path(home)), lang)


def states_path(home: Home) -> Path:
    """Beside the home, whose files tests compare."""
    return home.root.with_name(f"{home.root.name}.states.parquet")


def states_of(home: Home) -> Any:
    """What a build of everything in the lake would write down of each file."""
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate")
        connection.execute("set search_path = 'main,intermediate'")
        terms = pyarrow.csv.read_csv(PROJECT / "seeds" / "guarantee" / "school_term.csv")
        connection.register("school_term", terms)
        for name, sql in _models():
            schema = "intermediate." if name in _WANTED else ""
            kind = "view" if name.startswith("stg_") else "table"
            connection.execute(f"create {kind} {schema}{name} as {sql.replace('<lake>', str(home.lake))}")
        return connection.execute(STATES_OF_WAREHOUSE).to_arrow_table().cast(STATES)


def staged(home: Home, feed: str) -> list[dict[str, Any]]:
    """The rows of a feed that staging holds for in force, of every date; `is_latest` marks the last ones."""
    path = next((PROJECT / "models" / "staging").rglob(f"stg_{feed}.sql"))
    sql = _environment().from_string(path.read_text("utf-8")).render().replace("<lake>", str(home.lake))
    with duckdb.connect() as connection:
        return list(connection.execute(sql).to_arrow_table().to_pylist())


@functools.cache
def model_sql(name: str) -> str:
    """The SQL of a model; the lake's folder is to be put in place of `<lake>`."""
    (path,) = (PROJECT / "models").rglob(f"{name}.sql")
    return _environment().from_string(path.read_text("utf-8")).render()


@functools.cache
def _models() -> list[tuple[str, str]]:
    """Name and SQL of each model that the wanted ones rest on, in the order of their making."""
    environment = _environment()
    paths = {path.stem: path for path in (PROJECT / "models").rglob("*.sql")}
    found: dict[str, str] = {}

    def add(name: str) -> None:
        if name in found or name not in paths:  # a seed
            return
        text = paths[name].read_text("utf-8")
        for read in _READS.findall(text):
            add(read)
        found[name] = environment.from_string(text).render()

    for name in _WANTED:
        add(name)
    return list(found.items())


def _environment() -> jinja2.Environment:
    tags = ["jinja2.ext.do", "jinja2.ext.loopcontrols"]
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, extensions=tags)

    def give_back(value: Any) -> None:
        raise _Returned(value)

    def dispatch(name: str, package: str) -> Any:
        return environment.globals[f"default__{name}"]

    def source(package: str, table: str) -> str:
        return f"read_parquet('<lake>/{table}/*.parquet', union_by_name=true)"

    def ref(name: str) -> str:
        return source("lake", _OF_FILES[name]) if name in _OF_FILES else name

    environment.globals |= {
        "ref": ref,
        "source": source,
        "var": {"as_of": "2019-12-31", "known_by": ""}.get,
        "return": give_back,
        "adapter": SimpleNamespace(dispatch=dispatch),
        "modules": SimpleNamespace(re=re),
    }
    # Each macro by itself: it may use any other, and what `return` gives goes to the one that asked.
    files = sorted((PROJECT / "macros").rglob("*.sql"))
    sources = {name: text for file in files for text, name in _MACRO.findall(file.read_text("utf-8"))}
    macros: dict[str, Callable[..., Any]] = {}
    environment.globals |= {name: _macro(macros, name) for name in sources}
    for name, text in sources.items():
        macros[name] = getattr(environment.from_string(text).make_module(), name)
    # Of the sentences nothing is asked here, and their patterns take DuckDB half a second.
    macros["without_id_numbers"] = macros["without_words_of_cells"] = str
    return environment


def _macro(macros: Mapping[str, Callable[..., Any]], name: str) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        try:
            return macros[name](*given, **named)
        except _Returned as returned:
            return returned.args[0]

    return call
