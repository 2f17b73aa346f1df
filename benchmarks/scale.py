"""What a build costs as the county grows, on each engine: `python -m benchmarks.scale --counties 1 3 10 30`.

A sample county is loaded once. Its lake is then made as large as several counties: every row of every feed
is there once per county, with other numbers, names and villages, so that no household of one county meets
that of another. Every count of households, persons or events must come out as that many times as large, which
is checked. Each size is built in a process of its own: by DuckDB, and by Spark's Thrift server with
`--workers` worker processes. Printed: seconds, the highest memory of all processes (MB), and the exponent
between sizes: 1 means twice the rows cost twice the time. Exit code 1 when a figure is not what it must be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.night import MemoryWatch
from benchmarks.spark_cluster import cluster
from ingestion import Home
from ingestion.contracts import Contract
from ingestion.contracts.carrying import carrying_columns
from ingestion.lake.bundle import recorded
from ingestion.lake.landings import read_landing, record_batch
from sanbao.night.home import catalog
from sanbao.settings import Settings

AS_OF = date(2019, 12, 31)
AREA = "440899"  # of everybody in the sample county
# What a county says of itself as a whole, and what all counties of a province share.
ONCE = ("attested_statement", "policy_document")
SHARED = ("town_name", "town_names", "town_code", "county_name", "city_name", "origin_town_name")
ROWS_APART = 1_000_000  # between the rows of one county and the next, in `_source_row`
# Figures of different subjects, which add up over counties.
ADDITIVE = (
    *("reg_hh", "reg_pp", "edu_compulsory_pp", "edu_subsidy_pp", "dib_all_hh", "ins_rate", "inpatient_times"),
    *("hous_2018_task_reg", "emp_total", "emp_public_post", "visit_hh", "wat_pop_on", "wat_vlg", "ind_vlg_n"),
    *("grt_all", "grt_education", "grt_medical", "grt_housing", "grt_water", "grt_safety_net"),
)


@dataclass(frozen=True)
class Measured:
    """One build of one engine at one size."""

    engine: str
    counties: int
    rows: int
    seconds: float
    peak_mb: float
    slowest: str  # the model that took longest, and its seconds

    def line(self, exponent: float | None) -> str:
        grown = f"{exponent:9.2f}" if exponent is not None else f"{'':9}"
        return (
            f"{self.engine:16}{self.counties:>9}{self.rows:>13,}{self.seconds:>10.1f}{self.peak_mb:>9.0f}{grown}"
            f"  {self.slowest}"
        )


def grow(settings: Settings, counties: int) -> int:
    """Make the lake of one loaded county as large as `counties`; returns the rows of its feeds."""
    home = Home(settings.home)
    contracts = {contract.feed: contract for contract in catalog().contracts}
    rows = 0
    with duckdb.connect() as connection:
        for path in recorded(home.landings):
            landing = read_landing(path)
            changed = dict(landing.files)
            for name in landing.files:
                file, table = home.lake / name, name.split("/")[0]
                if table in contracts:
                    times = 1 if table in ONCE else counties
                    query = _grown(contracts[table], file, times)
                    rows += _rewrite(connection, file, query)
                elif table == "delivery":
                    taken = f"case when feed in {ONCE} then 1 else {counties} end"
                    query = (
                        f"select * replace ((rows_accepted * {taken})::integer as rows_accepted,"
                        f" (rows_accepted * {taken} + rows_held)::integer as rows_read) from '{file}'"
                    )
                    _rewrite(connection, file, query)
                changed[name] = hashlib.sha256(file.read_bytes()).hexdigest()
            record_batch(home, landing.name, changed, landing.receipt, landing.outcome)
    return rows


def _grown(contract: Contract, file: Path, counties: int) -> str:
    """The rows of a lake file, once per county."""
    carrying = carrying_columns(contract)
    replaced = [f"(_source_row + n * {ROWS_APART})::integer as _source_row"]
    for column in contract.columns:
        name = f'"{column.name}"'
        if column.type in ("text", "person_document", "id_number") and column.name not in SHARED:
            # No province begins with 99: nobody has such a number.
            other = f"replace({name}, '{AREA}', '99' || lpad(n::varchar, 2, '0') || '99')"
            apart = column.name in carrying or column.name.endswith(("_no", "village_name", "works_name"))
            suffixed = f"{name} || '-' || n" if apart and column.type == "text" else name
            spoken = f"when {other} != {name} then {other} else {suffixed}"
            replaced.append(f"case when n = 0 then {name} {spoken} end as {name}")
        elif column.type == "person_name":
            replaced.append(
                f"case when n = 0 then {name} else {name} || chr({0x4E00} + n::integer) end as {name}"
            )
    return (
        f"select * exclude (n) replace ({', '.join(replaced)}) from '{file}', range({counties}) as county(n)"
    )


def _rewrite(connection: duckdb.DuckDBPyConnection, file: Path, query: str) -> int:
    new = file.with_suffix(".new")
    connection.execute(f"copy ({query}) to '{new}' (format parquet, compression zstd)")
    new.replace(file)
    return int(connection.execute(f"select count(*) from '{file}'").fetchall()[0][0])


def built(settings: Settings, engine: str, counties: int, rows: int, watched: int) -> Measured:
    """Build in a process of its own; memory is that of the process `watched` and all below it."""
    environment = {
        **os.environ,
        "SANBAO_HOME": str(settings.home),
        "SANBAO_DBT_MEMORY": "4GB",
        "SANBAO_TARGET": settings.target,
        "SANBAO_SPARK_HOST": settings.spark_host,
        "SANBAO_SPARK_PORT": str(settings.spark_port),
    }
    command = [sys.executable, "-m", "sanbao.cli", "build", "--as-of", AS_OF.isoformat(), "--force"]
    watch = MemoryWatch(watched)
    watch.start()
    started = time.monotonic()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - started
    return Measured(engine, counties, rows, seconds, watch.end(), _slowest(settings))


def _slowest(settings: Settings) -> str:
    results = json.loads((settings.manifest.parent / "run_results.json").read_text("utf-8"))["results"]
    took, name = max((each["execution_time"], each["unique_id"].split(".")[-1]) for each in results)
    return f"{name} {took:.1f} s"


def figures(settings: Settings) -> dict[str, int]:
    """The numerators of the additive figures, of the whole county, as the warehouse has them."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        found = connection.execute(
            "select figure_id, numerator from mart.fct_figure where area_level = 'county' and as_of = ?",
            [AS_OF],
        ).fetchall()
    return {name: int(value) for name, value in found if name in ADDITIVE}


@contextmanager
def _engine(settings: Settings, engine: str, root: Path, workers: int, memory: str) -> Iterator[Settings]:
    if engine == "duckdb":
        yield settings
        return
    with cluster(root, workers, memory, few_rows=False) as port:
        yield replace(settings, target="spark", spark_host="127.0.0.1", spark_port=port)


def exponent(before: Measured, after: Measured) -> float:
    """By which power of the rows the seconds grew."""
    return math.log(after.seconds / before.seconds) / math.log(after.rows / before.rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--counties", type=int, nargs="+", default=[1, 3, 10, 30])
    parser.add_argument("--scale", type=float, default=1.0, help="of one county")
    parser.add_argument("--engine", nargs="+", default=["duckdb", "spark"], choices=["duckdb", "spark"])
    parser.add_argument("--workers", type=int, nargs="+", default=[2], help="worker processes of Spark")
    parser.add_argument("--memory", default="4g", help="of each worker")
    parser.add_argument("--spark-up-to", type=int, default=10**6, help="counties that Spark is tried with")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return _run(given, Path(folder))


def _run(given: argparse.Namespace, folder: Path) -> int:
    from sample_county import write
    from sanbao.night.load import load_all, receive_files

    one = Settings(home=folder / "one", as_of=AS_OF)
    write(one.home / "inbox", scale=given.scale)
    load_all(one, receive_files(one), lambda name, done, of: None)
    print(
        f"{'engine':16}{'counties':>9}{'rows':>13}{'seconds':>10}{'MB':>9}{'exponent':>9}  slowest model",
        flush=True,
    )
    last: dict[str, Measured] = {}
    base: dict[str, int] = {}
    wrong = []
    for counties in given.counties:
        home = Settings(home=folder / "grown", as_of=AS_OF)
        shutil.copytree(one.home, home.home)
        rows = grow(home, counties)
        ways = [
            (engine, workers)
            for engine in given.engine
            for workers in (given.workers if engine == "spark" else [0])
        ]
        for engine, workers in ways:
            if engine == "spark" and counties > given.spark_up_to:
                continue
            name = f"spark {workers} worker{'s' * (workers > 1)}" if workers else engine
            with _engine(home, engine, folder / "cluster", workers, given.memory) as settings:
                measured = built(settings, name, counties, rows, os.getpid())
            shutil.rmtree(folder / "cluster", ignore_errors=True)
            print(measured.line(exponent(last[name], measured) if name in last else None), flush=True)
            last[name] = measured
            found = figures(home)
            base = base or {figure: value // counties for figure, value in found.items()}
            wrong += [
                f"{name}, {counties} counties: {figure} {found.get(figure)}, not {value * counties}"
                for figure, value in base.items()
                if found.get(figure) != value * counties
            ]
        shutil.rmtree(home.home)
    print("\n".join(wrong) or f"{len(base)} figures as many times as large as the counties", flush=True)
    return 1 if wrong or not base else 0


if __name__ == "__main__":
    raise SystemExit(main())
