"""Whether a figure can become another one without a word: every column of every feed, dropped and respelt.

A tiny county without dirt is written as plain CSV files. Then, one thing at a time, a column is left out, its
header is called otherwise, what stands in it is spelt otherwise, a file or a whole feed is left out; the
county is loaded and built anew. A figure (of the county and of each town) that differs from the undisturbed
one must say so: `COUNTED_WITH_GAPS` or `NOT_COUNTABLE`. The oracle is the undisturbed county.

    python -m benchmarks.no_silent_zero [--feed NAME ...] [--only N --seed S] [--part I/N] [--keep DIR]

`--only N`: N changes picked at random; `--part 2/8`: the second eighth of all, in the order of the seed.
All of them take an hour and a half of one processor. The exit code is 1 where a figure changed silently.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner

from benchmarks.spoiled_sheets import Sheet, after, changes, plain_sheets
from sample_county import write
from sanbao.night.build import dbt_variables, warehouse_let_go
from sanbao.night.load import load_received, receive_files
from sanbao.night.parsed_project import QUIET, environment, parsed_project
from sanbao.settings import DBT_PROJECT, Settings

AS_OF = date(2019, 12, 31)
Values = dict[tuple[str, str, str], tuple[float | None, str]]


class County:
    """Homes that are loaded in this process, one after another, and their figures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._models: list[Model] = []

    def load(self, home: Path, sheets: list[Sheet]) -> None:
        """Take in and load `sheets` in a home that may hold others already."""
        settings = Settings(home=home, as_of=AS_OF)
        for sheet in sheets:
            sheet.write(settings.home / "inbox")
        for receipt in receive_files(settings):
            load_received(settings, receipt)

    def build(self, home: Path) -> Values:
        """The figures of the undisturbed county as dbt builds them, with the SQL of every model kept."""
        warehouse = home / "warehouse.duckdb"
        given = {
            "SANBAO_LAKE": str(home / "lake"),
            "SANBAO_WAREHOUSE": str(warehouse),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_PROJECT_DIR": str(DBT_PROJECT),
            "DBT_PROFILES_DIR": str(DBT_PROJECT),
        }
        arguments = ["--vars", dbt_variables(AS_OF, None), "--select", "+fct_figure"]
        no_tests = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
        with environment(given), warehouse_let_go():
            # Compiled before anything is built: as the models are that have built nothing yet.
            compiled = dbtRunner(parsed_project(self.folder / "parsed")).invoke(
                [*QUIET, "compile", *arguments]
            )
            built = dbtRunner(parsed_project(self.folder / "parsed")).invoke(
                [*QUIET, "build", *arguments, *no_tests]
            )
        for outcome in (compiled, built):
            if not outcome.success:
                failed = [str(r.message) for r in outcome.result.results if r.status == "error"]
                raise SystemExit(f"dbt: {outcome.exception or failed[:3]}")
        self._models = in_order([r.node for r in compiled.result.results], str(home / "lake"))
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return figure_values(connection)

    def figures(self, home: Path) -> Values:
        """Figures of a home by the SQL that dbt compiled, run in memory: dbt itself takes longer than it."""
        with duckdb.connect() as connection:
            connection.execute("set preserve_insertion_order = false; set TimeZone = 'UTC'; set threads = 1")
            seeds = self.folder / "undisturbed" / "warehouse.duckdb"
            connection.execute(f"attach '{seeds}' as undisturbed (read_only)")
            connection.execute("attach ':memory:' as warehouse; use warehouse")
            for schema in {model.schema for model in self._models}:
                connection.execute(f"create schema if not exists {schema}")
            for model in self._models:
                connection.execute(model.statement(home / "lake"))
            return figure_values(connection)


@dataclass(frozen=True)
class Model:
    """A compiled model, or a seed, which has no SQL."""

    schema: str
    name: str
    kind: str
    sql: str | None
    lake: str  # the folder that stands in its SQL

    def statement(self, lake: Path) -> str:
        body = f"from undisturbed.{self.schema}.{self.name}"
        if self.sql is not None:
            body = self.sql.replace(self.lake, str(lake))
        return f"create {self.kind} {self.schema}.{self.name} as ({body})"


def in_order(nodes: Sequence[Any], lake: str) -> list[Model]:
    """Models and seeds, each after those that it reads."""
    known = {node.unique_id: node for node in nodes if node.resource_type in ("model", "seed")}
    reads = {name: [of for of in node.depends_on.nodes if of in known] for name, node in known.items()
             if node.resource_type == "model"}  # fmt: skip
    nodes = [
        known[name]
        for name in dict.fromkeys((*(known.keys() - reads), *TopologicalSorter(reads).static_order()))
    ]
    return [
        Model(node.schema, node.name, "view" if node.config.materialized == "view" else "table",
              node.compiled_code if node.resource_type == "model" else None, lake)
        for node in nodes
    ]  # fmt: skip


def figure_values(connection: duckdb.DuckDBPyConnection) -> Values:
    """(figure, level, area) → (value, count state)."""
    rows = connection.execute(
        "select figure_id, area_level, area_code, value, count_state from mart.fct_figure"
        " where area_level in ('county', 'town')"
    ).fetchall()
    return {
        (figure, level, area): (None if value is None else float(value), state)
        for figure, level, area, value, state in rows
    }


def silent(before: Values, now: Values) -> list[str]:
    """Figures that differ and do not say so."""
    found = []
    for key in sorted(before.keys() | now.keys()):
        was, is_now = before.get(key), now.get(key)
        if is_now is None:  # of an area that has no member any more its county speaks, or the other areas
            is_now = (0.0, _said_of_the_others(now, key))
        if was is None:
            was = (0.0, "COUNTED")
        if was[0] != is_now[0] and is_now[1] == "COUNTED":
            found.append(f"{' '.join(key)}: {was[0]} -> {is_now[0]}")
    return found


def _said_of_the_others(now: Values, gone: tuple[str, str, str]) -> str:
    """What a reader sees who looks for an area in a table of all of them, and does not find it."""
    states = [state for (figure, level, _), (_, state) in now.items() if (figure, level) == gone[:2]]
    county = now[(gone[0], "county", "440825")][1]
    return next((state for state in (county, *states) if state != "COUNTED"), "COUNTED")


def main() -> int:
    """Try the changes and print what became of the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--feed", nargs="*")
    parser.add_argument("--only", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    part, parts = map(int, given.part.split("/"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        found = run(folder, given.scale, given.feed, given.only, given.seed, slice(part - 1, None, parts))
    return 1 if found else 0


def run(
    folder: Path,
    scale: float,
    feeds: list[str] | None,
    only: int | None,
    seed: int,
    part: slice = slice(None),
) -> list[str]:
    """Every silent change of a figure, as a line."""
    write(folder / "drops", scale=scale, clean=True)
    sheets, county = plain_sheets(folder / "drops"), County(folder)
    county.load(folder / "undisturbed", [sheet for of_feed in sheets.values() for sheet in of_feed])
    before = county.build(folder / "undisturbed")
    if before != county.figures(folder / "undisturbed"):
        raise SystemExit("the compiled models give other figures than dbt")
    states = Counter(state for _, state in before.values())
    print(f"undisturbed: {len(before)} figures of areas, {dict(states)}", flush=True)
    tried = [change for change in changes(sheets) if not feeds or change.feed in feeds]
    print(f"seed {seed}")
    tried = random.Random(seed).sample(tried, min(only or len(tried), len(tried)))[part]
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    trial = folder / "trial"
    for change in tried:
        if not (others := folder / "others" / change.feed).exists():
            county.load(others, [sheet for feed in sheets if feed != change.feed for sheet in sheets[feed]])
        shutil.rmtree(trial, ignore_errors=True)
        shutil.copytree(others, trial)
        county.load(trial, after(change, sheets[change.feed]))
        now = county.figures(trial)
        lines = silent(before, now)
        outcome = "silent" if lines else "equal" if now == before else "said"
        counted[outcome] += 1
        wrong += [f"{change}: {line}" for line in lines]
        print(f"{outcome} {change}{f': {len(lines)}, e.g. {lines[0]}' if lines else ''}", flush=True)
    print(f"{len(tried)} changes: {dict(counted)}")
    return wrong


if __name__ == "__main__":
    raise SystemExit(main())
