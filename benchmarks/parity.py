"""The same lake built by DuckDB and by Spark: every table of both, row by row, with its types.

`python -m benchmarks.parity --style 1 --style 2 --as-of 2019-06-30 --as-of 2019-12-31` makes a small county
of each style, builds every date with both engines, and says what differs; the exit code is 0 when nothing
does. A table that one of the two lacks is a difference: nothing is left out.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from benchmarks.compare_homes import compare_marts
from benchmarks.spark_cluster import cluster
from sanbao.night.build import build
from sanbao.night.spark import Built, built_tables, folders, spark
from sanbao.settings import Settings

# A sum of whole numbers: DuckDB makes it wider than any count, Spark keeps it a bigint.
SAME_KIND = {"HUGEINT": "BIGINT"}


@dataclass(frozen=True)
class Compared:
    """One table on both engines: its rows in DuckDB, and what only one of the two has."""

    name: str
    rows: int = 0
    only_duckdb: int = 0
    only_spark: int = 0
    wrong: str = ""  # it is missing, or a column has another type

    @property
    def differing(self) -> int:
        return self.only_duckdb + self.only_spark

    @property
    def is_equal(self) -> bool:
        return not self.wrong and not self.differing

    def __str__(self) -> str:
        if self.is_equal:
            return f"{self.name}: {self.rows} rows, equal"
        return f"{self.name}: {self.rows} rows, {self.wrong or self._said()}"

    def _said(self) -> str:
        return f"only in DuckDB {self.only_duckdb}, only in Spark {self.only_spark}"


def compare(warehouse: Path, tables: Iterable[Built], places: Mapping[str, Path]) -> list[Compared]:
    """`tables` of a warehouse of DuckDB beside the folders of Spark's Parquet (schema → folder of tables).

    Rows are compared whatever their order, as often as they occur; NULL is no empty text, and a decimal
    is the same only with its scale.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return [_compare(connection, table, places[table.schema] / table.name) for table in tables]


def _compare(connection: duckdb.DuckDBPyConnection, table: Built, folder: Path) -> Compared:
    name, one = f"{table.schema}.{table.name}", f'"{table.schema}"."{table.name}"'
    # What the name of a partition's folder says is text for DuckDB.
    partition = ", hive_partitioning = true, hive_types = {'as_of': date}" if table.by_as_of else ""
    files = "as_of=*/*.parquet" if table.by_as_of else "*.parquet"
    other = f"read_parquet('{folder / files}'{partition})"
    try:
        types = [_types(connection, relation) for relation in (one, other)]
    except duckdb.Error as error:
        rows = not list(folder.glob(files)) and _is_empty(connection, one) and table.by_as_of
        return Compared(name) if rows else Compared(name, wrong=str(error).split("\n")[0])
    if types[0] != types[1]:
        unlike = dict(types[0].items() ^ types[1].items())
        said = (f"{column} {types[0].get(column)} / {types[1].get(column)}" for column in sorted(unlike))
        return Compared(name, wrong=f"types: {', '.join(said)}")
    columns = ", ".join(f'"{column}"' for column in types[0])
    counts = [
        connection.execute(query).fetchall()[0][0]
        for query in (
            f"select count(*) from {one}",
            f"select count(*) from (select {columns} from {one} except all select {columns} from {other})",
            f"select count(*) from (select {columns} from {other} except all select {columns} from {one})",
        )
    ]
    return Compared(name, *counts)


def _is_empty(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    try:
        return connection.execute(f"select 1 from {relation} limit 1").fetchone() is None
    except duckdb.Error:
        return False


def _types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    found = connection.execute(f"describe from {relation}").fetchall()
    return {row[0]: SAME_KIND.get(row[1], row[1]) for row in found}


@dataclass(frozen=True)
class Run:
    """One build: the date it speaks for, and until when it knows."""

    as_of: date
    known_by: datetime | None = None


def county(root: Path, style: int, scale: float, faults: int) -> tuple[Settings, datetime]:
    """A home whose lake holds a small county, and a moment (naive UTC) between two receipts.

    Half of the departments deliver before that moment, the others after it.
    """
    from sample_county import write
    from sanbao.night.load import load_all, receive_files

    settings = Settings(home=root / f"style{style}" / "duckdb", as_of=date(2019, 12, 31))
    drops = root / f"style{style}" / "drops"
    write(drops, scale=scale, style=style, faults=faults)
    departments = sorted(path for path in drops.iterdir() if path.is_dir())
    between = datetime.now(UTC).replace(tzinfo=None)
    for wave in (departments[::2], departments[1::2]):
        between = datetime.now(UTC).replace(tzinfo=None)
        for department in wave:
            shutil.copytree(department, settings.home / "inbox" / department.name, dirs_exist_ok=True)
        load_all(settings, receive_files(settings), lambda what, done, of: None)
    return settings, between


def both(
    settings: Settings, runs: Iterable[Run], host: str = "", port: int = 10000
) -> Iterator[list[Compared]]:
    """Build the runs in turn with both engines, and compare after each.

    Spark has a home of its own with the same lake, so that neither sees what the other made.
    """
    other = replace(
        settings, home=settings.home.with_name("spark"), target="spark", spark_host=host, spark_port=port
    )
    shutil.copytree(settings.home, other.home)
    # One session for all runs: what it has learnt of the models is not learnt anew.
    with spark(other) as engine:
        for run in runs:
            with _told(f"DuckDB {run.as_of} {run.known_by or ''}"):
                build(settings, run.as_of, run.known_by, force=True)
            with _told(f"Spark {run.as_of} {run.known_by or ''}"):
                build(other, run.as_of, run.known_by, force=True)
            tables = built_tables(json.loads(other.manifest.read_text("utf-8")))
            yield compare(settings.warehouse, tables, folders(engine))


@contextmanager
def _told(what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - started:.1f} s", flush=True)


@contextmanager
def _server(root: Path, workers: int) -> Iterator[tuple[str, int]]:
    """Host and port of a Thrift server; no workers: no server, and a session in this process."""
    if not workers:
        yield "", 0
        return
    with cluster(root, workers) as port:
        yield "127.0.0.1", port


def verdict(compared: Iterable[Compared]) -> str:
    """One line over all tables."""
    found = list(compared)
    wrong = [each for each in found if not each.is_equal]
    rows = sum(each.rows for each in found)
    differing = sum(each.differing for each in found)
    not_compared = sum(bool(each.wrong) for each in found)
    return (
        f"{differing} differing rows of {rows} over {len(found)} tables,"
        f" {len(wrong)} unequal, {not_compared} of these not compared"
    )


def main(arguments: list[str]) -> int:
    """Build and compare; 1 when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--style", type=int, action="append", choices=(1, 2))
    parser.add_argument("--as-of", type=date.fromisoformat, action="append")
    parser.add_argument("--known-by", action="store_true", help="the last date once more, as half was known")
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--faults", type=int, default=20)
    parser.add_argument(
        "--workers", type=int, default=0, help="worker processes behind a Thrift server of its own"
    )
    given = parser.parse_args(arguments)
    dates = given.as_of or [date(2019, 12, 31)]
    unequal = 0
    with tempfile.TemporaryDirectory() as root:
        for style in given.style or [1]:
            settings, between = county(Path(root), style, given.scale, given.faults)
            runs = [Run(day) for day in dates] + [Run(dates[-1], between)] * given.known_by
            with _server(Path(root) / f"style{style}" / "cluster", given.workers) as (host, port):
                for compared in both(settings, runs, host, port):
                    for each in compared:
                        if not each.is_equal:
                            print(f"  {each}")
                    print(verdict(compared), flush=True)
                    unequal += sum(not each.is_equal for each in compared)
            unlike = compare_marts(
                settings.home / "warehouse", settings.home.with_name("spark") / "warehouse"
            )
            for difference in unlike:
                print(f"  {difference.name}: {difference.what}")
            print(
                f"{len(unlike)} differences in what came back into the warehouse, over all dates", flush=True
            )
            unequal += len(unlike)
    return 1 if unequal else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
