"""Whether a figure can become another one without a word: every column of every feed, dropped and respelt.

A tiny county without dirt is written as plain CSV files. Then, one thing at a time, a column is left out, its
header is called otherwise, what stands in it is spelt otherwise, a file or a whole feed is left out; the
county is loaded and built anew. A figure (of the county and of each town) that differs from the undisturbed
one must say so: `COUNTED_WITH_GAPS` or `NOT_COUNTABLE`. The oracle is the undisturbed county.

    python -m benchmarks.no_silent_zero [--scale 0.01] [--feed NAME ...] [--only N --seed S] [--keep DIR]

`--only N`: N changes picked at random. The exit code is 1 where a figure changed silently.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner

from ingestion.contracts import Catalog, Contract, load_catalog
from ingestion.lake.sealed import unsealed
from ingestion.matching.feeds import known_headers
from ingestion.readers import entries, read
from ingestion.readers.model import Refusal
from sample_county import write
from sanbao.night.build import dbt_variables, warehouse_let_go
from sanbao.night.load import load_received, receive_files
from sanbao.night.parsed_project import QUIET, environment, parsed_project
from sanbao.settings import DBT_PROJECT, Settings

AS_OF = date(2019, 12, 31)
Values = dict[tuple[str, str, str], tuple[float | None, str]]


@dataclass(frozen=True)
class Sheet:
    """One plain file of a department: lines above the header, the header, rows of text."""

    department: str
    name: str
    titles: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def write(self, inbox: Path) -> None:
        folder = inbox / self.department
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / self.name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerows([[title] for title in self.titles])
            writer.writerows([self.header, *self.rows])

    def changed(self, how: str, column: str) -> Sheet:
        """The same sheet with one column `dropped`, `renamed` or `respelt`."""
        if column not in self.header:
            return self
        at = self.header.index(column)
        if how == "dropped":
            header = self.header[:at] + self.header[at + 1 :]
            return Sheet(
                self.department, self.name, self.titles, header,
                tuple(row[:at] + row[at + 1 :] for row in self.rows),
            )  # fmt: skip
        if how == "renamed":
            header = (*self.header[:at], "其他说明", *self.header[at + 1 :])
            return Sheet(self.department, self.name, self.titles, header, self.rows)
        rows = tuple((*row[:at], _respelt(row[at]), *row[at + 1 :]) for row in self.rows)
        return Sheet(self.department, self.name, self.titles, self.header, rows)


def _respelt(text: str) -> str:
    """The cell in another office's words: nobody's code, and no number or date any more."""
    return f"某{text}式" if text else ""


@dataclass(frozen=True)
class Change:
    feed: str
    how: str
    what: str

    def __str__(self) -> str:
        return f"{self.feed} {self.how} {self.what}"


def plain_sheets(drops: Path) -> dict[str, list[Sheet]]:
    """Every table of a county's files, by the feed whose title or headers it has."""
    catalog = load_catalog()
    headers = known_headers(catalog)
    found: dict[str, list[Sheet]] = {}
    for path in sorted(p for p in drops.rglob("*") if p.is_file()):
        inside = entries(path.read_bytes())
        if isinstance(inside, Refusal):
            raise SystemExit(f"{path.name}: {inside.code}")
        for inner, data in inside:
            stem = Path(inner or path.name).stem
            for number, table in enumerate(read(data, known_headers=headers).tables):
                department = path.relative_to(drops).parts[0]
                name = f"{stem}{f'-{number + 1}' if number else ''}.csv"
                texts = zip(*(table.cells[i].tolist() for i in table.cells.columns), strict=True)
                sheet = Sheet(department, name, table.title_lines, table.header, tuple(texts))
                found.setdefault(_feed_of(sheet, catalog), []).append(sheet)
    return found


def _feed_of(sheet: Sheet, catalog: Catalog) -> str:
    """The feed of the department that has most of the headers."""

    def known(contract: Contract) -> int:
        names = {header for column in contract.columns for header in (column.header, *column.aliases)}
        return sum(header in names for header in sheet.header)

    return max((c for c in catalog.values() if c.department == sheet.department), key=known).feed


def changes(sheets: dict[str, list[Sheet]]) -> Iterator[Change]:
    """Everything that may be left out or spelt otherwise, once."""
    for feed, of_feed in sheets.items():
        yield Change(feed, "without", "feed")
        if len(of_feed) > 1:
            for sheet in of_feed:
                yield Change(feed, "without", sheet.name)
        for column in dict.fromkeys(header for sheet in of_feed for header in sheet.header if header):
            for how in ("dropped", "renamed", "respelt"):
                yield Change(feed, how, column)


def after(change: Change, sheets: list[Sheet]) -> list[Sheet]:
    """The sheets of a feed with a change made."""
    if change.how != "without":
        return [sheet.changed(change.how, change.what) for sheet in sheets]
    return [] if change.what == "feed" else [sheet for sheet in sheets if sheet.name != change.what]


class County:
    """Homes that are loaded and built in this process, one after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, home: Path, sheets: list[Sheet]) -> None:
        """Take in and load `sheets` in a home that may hold others already."""
        settings = Settings(home=home, as_of=AS_OF)
        for sheet in sheets:
            sheet.write(settings.home / "inbox")
        for receipt in receive_files(settings):
            load_received(settings, receipt)

    def figures(self, home: Path) -> Values:
        """Build the home's figures; (figure, level, area) → (value, count state)."""
        warehouse = home / "warehouse.duckdb"
        given = {
            "SANBAO_LAKE": str(home / "lake"),
            "SANBAO_WAREHOUSE": str(warehouse),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_PROJECT_DIR": str(DBT_PROJECT),
            "DBT_PROFILES_DIR": str(DBT_PROJECT),
        }
        build = ["build", "--vars", dbt_variables(AS_OF, None), "--select", "+fct_figure"]
        build += ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
        with environment(given), warehouse_let_go():
            outcome = dbtRunner(parsed_project(self.folder / "parsed")).invoke([*QUIET, *build])
        if not outcome.success:
            failed = [str(r.message) for r in outcome.result.results if r.status == "error"]
            raise SystemExit(f"dbt: {outcome.exception or failed[:3]}")
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            rows = connection.execute(
                "select figure_id, area_level, area_code, value, count_state from mart.fct_figure"
                " where area_level in ('county', 'town')"
            ).fetchall()
        return {
            (figure, level, area): (None if value is None else float(value), state)
            for figure, level, area, value, state in rows
        }


def forget(home: Path, feed: str) -> None:
    """Leave a home as if nothing of a feed had ever come."""
    for path in (home / "archive" / "outcomes").glob("[!.]*.json"):
        if any(outcome["feed"] == feed for outcome in unsealed(path)["outcomes"]):
            (home / "archive" / path.stem[:2] / path.stem).unlink()
            for left in (*home.glob(f"archive/*/{path.stem[:16]}*"), *home.glob(f"lake/*/{path.stem[:16]}*")):
                left.unlink()


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
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(given.keep or Path(folder), given.scale, given.feed, given.only, given.seed)
    return 1 if found else 0


def run(folder: Path, scale: float, feeds: list[str] | None, only: int | None, seed: int) -> list[str]:
    """Every silent change of a figure, as a line."""
    write(folder / "drops", scale=scale, clean=True)
    sheets, county = plain_sheets(folder / "drops"), County(folder)
    county.load(folder / "undisturbed", [sheet for of_feed in sheets.values() for sheet in of_feed])
    before = county.figures(folder / "undisturbed")
    states = Counter(state for _, state in before.values())
    print(f"undisturbed: {len(before)} figures of areas, {dict(states)}", flush=True)
    tried = [change for change in changes(sheets) if not feeds or change.feed in feeds]
    if only:
        print(f"seed {seed}")
        tried = random.Random(seed).sample(tried, min(only, len(tried)))
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    trial = folder / "trial"
    for change in tried:
        shutil.rmtree(trial, ignore_errors=True)
        shutil.copytree(folder / "undisturbed", trial, ignore=shutil.ignore_patterns("warehouse.duckdb*"))
        forget(trial, change.feed)
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
