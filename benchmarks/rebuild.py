"""How many ID numbers remain possible, for everybody, to who has the whole serving file of a home.

`python -m benchmarks.rebuild HOME`: the least, the spread, and which columns tell what. Exit code 1 below the
limit. The true numbers are read from the home's warehouse and never printed.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import duckdb

from dashboards.disclosure import MIN_CANDIDATES, Report, attack


def run(home: Path) -> Report:
    """Attack `serving/serving.duckdb` of a home."""
    with duckdb.connect(":memory:", config={"memory_limit": "1GB", "threads": 1}) as connection:
        files = {
            "warehouse": home / "warehouse" / "warehouse.duckdb",
            "draft": home / "serving" / "serving.duckdb",
        }
        for name, path in files.items():
            literal = str(path).replace("'", "''")
            connection.execute(f"attach '{literal}' as {name} (read_only)")
        return attack(connection)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    started, cpu = time.monotonic(), time.process_time()
    report = run(parser.parse_args().home)
    print(f"people {report.people:,}, with an ID number {report.numbered:,}")
    print(f"least candidates {report.minimum:,} (limit {MIN_CANDIDATES:,})")
    for left, people in sorted(report.spread.items()):
        print(f"  {left:,} candidates: {people:,} people")
    for found in report.disclosures:
        print(f"  tells {found.kind} of {found.people:,} people: {found.table}.{found.column}")
    print(f"{time.monotonic() - started:.1f} s, {time.process_time() - cpu:.1f} s of processor time")
    raise SystemExit(0 if report.is_safe else 1)


if __name__ == "__main__":
    main()
