"""The same county by two hands: equal marts, and with spoiled cells nobody missing and no state made up.

`python -m benchmarks.two_hands [--scale 0.15] [--faults 400] [--seed 2019] [--habit …] [--keep FOLDER]`

Clean, both styles of the sample county go through a night each, and every mart is compared row by row. With
`--faults` the same cells are spoiled in both; the truth file says who must be there, and which states are
allowed: the true one, or UNKNOWN. Exit code 1 where anything differs, is missing or is made up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

import sample_county
from benchmarks.same_behaviour import Side, drop, prepare
from ingestion import Home, load_file, pending, receive
from ingestion.contracts import load_catalog
from sample_county.cell_faults import KINDS
from sample_county.files.second_hand import HABITS

ROOT = Path(__file__).resolve().parents[1]
AS_OF = "2019-12-31"
STYLES = (1, 2)
# Which file, sheet and row something was read from, and when: what two hands cannot have in common.
SOURCE = {
    "batch_id", "corrects_batch_id", "source_batch_id", "source_sheet", "source_row", "sha256", "file_name",
    "container_name", "version", "received_at", "received_on", "warning_count", "repair_count", "rows_read",
    "rows_accepted",
}  # fmt: skip
EVIDENCE = ("_evidence_batch_id", "_evidence_sheet", "_evidence_row")
# Marts of files: what is compared is what all files of a feed brought together.
TOGETHER = {
    "fct_delivery": "select feed, as_of, delivery_state, count(distinct feed) as feeds, sum(rows_accepted) as"
    " rows_accepted, sum(rows_held) as rows_held from {table} where is_in_force group by all",
}
# An event, issue, sale or watched household without a number of its own is known by its row alone.
ROW_ITSELF = "'task', 'issue', 'sale', 'monitored'"
SHOWN = {"fct_figure_member": {"member_key": f"if(member_kind in ({ROW_ITSELF}), null, member_key)"}}
STATES = {
    "household": ("education", "medical", "housing", "water", "safety_net", "food", "clothing"),
    "person": ("education", "medical", "education_subsidy"),
}


@dataclass(frozen=True)
class Wrong:
    """A state of a household or person that the truth does not allow."""

    grain: str
    key: str
    guarantee: str
    true: str
    stated: str

    def __str__(self) -> str:
        return f"{self.grain} {self.guarantee}: {self.true} → {self.stated}"


@dataclass(frozen=True)
class Judged:
    """One style against the truth file."""

    missing_households: list[str]
    missing_persons: list[str]
    wrong: list[Wrong]
    unknown_count: int  # states that are UNKNOWN where the truth is not


def night(
    root: Path, style: int, *, seed: int, scale: float, faults: int = 0, habits: Iterable[str] = ()
) -> Side:
    """Write one style of the county, load it into a home of its own (in this process) and build the marts."""
    side = Side(ROOT, root / f"style{style}")
    prepare(side.home)
    files, truth = root / f"files{style}", root / f"truth{style}"
    own = tuple(habits) if style == 2 else ()
    sample_county.write(
        files, seed=seed, scale=scale, truth=truth, clean=True, style=style, habits=own, cell_faults=faults
    )
    drop(files, side.home)
    home, catalog = Home(side.home), load_catalog()
    receive(home, catalog)
    outcomes = [o for receipt in pending(home) for o in load_file(home, catalog, receipt)]
    refused = Counter((o.feed, o.reason_code) for o in outcomes if o.delivery_state == "REFUSED")
    for (feed, code), count in refused.items():
        print(f"style {style}: {count} files of {feed} refused, {code}")
    _build(side)
    return side


def _build(side: Side) -> None:
    """All models without their tests: what is tested here is that two of them are equal."""
    warehouse = _warehouse(side)
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "SANBAO_LAKE": str(side.home / "lake"),
        "SANBAO_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(side.home.parent / "target"),  # the second style parses what changed
        "DBT_LOG_PATH": str(side.home.parent / "logs"),
        "DBT_PROJECT_DIR": str(ROOT / "dbt_project"),
        "DBT_PROFILES_DIR": str(ROOT / "dbt_project"),
    }
    command = [sys.executable, "-c", "import sys; from dbt.cli.main import cli; cli(sys.argv[1:])", "build"]
    command += ["--vars", json.dumps({"as_of": AS_OF, "known_by": ""})]
    command += [part for kind in ("test", "unit_test") for part in ("--exclude-resource-type", kind)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout[-4000:])


def differing_rows(one: Side, other: Side) -> dict[str, int]:
    """Mart → rows that only one of the two has, source columns apart."""
    with duckdb.connect() as connection:
        for name, side in (("one", one), ("other", other)):
            connection.execute(f"attach '{_warehouse(side)}' as {name} (read_only)")
        return {mart: _differing(connection, mart) for mart in _marts(connection)}


def _warehouse(side: Side) -> Path:
    return side.home / "warehouse" / "warehouse.duckdb"


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select distinct table_name from duckdb_tables() where schema_name = 'mart' order by 1"
    ).fetchall()
    assert rows, "no marts to compare"
    return [name for (name,) in rows]


def _differing(connection: duckdb.DuckDBPyConnection, mart: str) -> int:
    """How many rows only one side has; a mart that a side lacks is an error of DuckDB."""
    sides = [_comparable(connection, side, mart) for side in ("one", "other")]
    both = " union all ".join(f"(({a}) except all ({b}))" for a, b in (sides, sides[::-1]))
    found = connection.execute(f"select count(*) from ({both})").fetchone()
    assert found is not None
    return int(found[0])


def _comparable(connection: duckdb.DuckDBPyConnection, side: str, mart: str) -> str:
    table = f"{side}.mart.{mart}"
    if mart in TOGETHER:
        return TOGETHER[mart].format(table=table)
    columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    shown = SHOWN.get(mart, {})
    kept = [shown.get(c, c) for c in columns if c not in SOURCE and not c.endswith(EVIDENCE)]
    return f"select {', '.join(kept)} from {table}"


def judge(side: Side, truth: Path) -> Judged:
    """Everybody and every state of the truth file against the marts."""
    with duckdb.connect(str(_warehouse(side)), read_only=True) as connection:
        households = connection.sql(
            f"select * from mart.fct_household_guarantee where as_of = '{AS_OF}'"
        ).df()
        persons = connection.sql(f"select * from mart.fct_person_guarantee where as_of = '{AS_OF}'").df()
    found = [
        _judge_grain("household", households, pd.read_parquet(truth / "households.parquet")),
        _judge_grain("person", persons, pd.read_parquet(truth / "persons.parquet")),
    ]
    return Judged(
        found[0][0],
        found[1][0],
        [wrong for _, states, _ in found for wrong in states],
        sum(count for _, _, count in found),
    )


def _judge_grain(grain: str, built: pd.DataFrame, truth: pd.DataFrame) -> tuple[list[str], list[Wrong], int]:
    key = f"register_{grain}_no"
    built = built.drop_duplicates(key).set_index(key)
    truth = truth.set_index(key)
    missing = sorted(set(truth.index) - set(built.index))
    there = truth.index.intersection(built.index)
    wrong, unknown = [], 0
    for guarantee in STATES[grain]:
        true, stated = (frame.loc[there, f"{guarantee}_state"] for frame in (truth, built))
        unknown += int(((stated == "UNKNOWN") & (true != "UNKNOWN")).sum())
        outside = (stated != true) & (stated != "UNKNOWN")
        wrong += [
            Wrong(grain, str(number), guarantee, true[number], stated[number]) for number in there[outside]
        ]
    return missing, wrong, unknown


def held_register_rows(side: Side, truth: Path) -> list[tuple[str, int]]:
    """The spoiled cells that cost a row of the register of AS_OF: column and kind, and how many rows."""
    lake = f"{side.home}/lake"
    sql = f"""
        select concat_ws(' ', f.feed || '.' || f.column_name, f.kind), count(distinct (f.file, f.source_row))
        from read_csv('{truth}/cell_faults.csv', all_varchar = true) f
        join read_parquet('{lake}/delivery/*.parquet', union_by_name = true) d on d.file_name = f.file
        join read_parquet('{lake}/problem/*.parquet', union_by_name = true) p
            on p.batch_id = d.batch_id
            and coalesce(p.source_sheet, '') = coalesce(f.sheet, '')
            and p.source_row = cast(f.source_row as int)
            and p.column_name = f.column_name
        where p.severity = 'error' and p.costs = 'row' and f.feed like 'register%' and d.as_of = '{AS_OF}'
        group by all order by all
    """
    with duckdb.connect() as connection:
        return [(str(what), int(count)) for what, count in connection.execute(sql).fetchall()]


def compare(root: Path, seed: int, scale: float, habits: tuple[str, ...]) -> int:
    """Clean: differing rows per mart, printed; their number."""
    sides = [night(root, style, seed=seed, scale=scale, habits=habits) for style in STYLES]
    found = differing_rows(*sides)
    for mart, count in found.items():
        print(f"{count:8,} differing rows  {mart}")
    return sum(found.values())


def try_faults(root: Path, seed: int, scale: float, habits: tuple[str, ...], faults: int) -> int:
    """With spoiled cells: who is missing and which states are made up, printed; their number."""
    print(f"{faults} spoiled cells of {len(KINDS)} kinds, seed {seed}")
    bad = 0
    for style in STYLES:
        side = night(root, style, seed=seed, scale=scale, faults=faults, habits=habits)
        truth = root / f"truth{style}"
        judged = judge(side, truth)
        print(
            f"style {style}: households missing {len(judged.missing_households)}, persons missing"
            f" {len(judged.missing_persons)}, states made up {len(judged.wrong)}, UNKNOWN for want of a cell"
            f" {judged.unknown_count}"
        )
        for line, count in held_register_rows(side, truth):
            print(f"    {count:4}  rows of the register held for {line}")
        for line, count in sorted(Counter(map(str, judged.wrong)).items()):
            print(f"    {count:4}  {line}")
        bad += len(judged.missing_households) + len(judged.missing_persons) + len(judged.wrong)
    return bad


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--scale", type=float, default=0.15)
    parser.add_argument("--faults", type=int, default=400, help="0: only the clean county")
    parser.add_argument("--habit", action="append", choices=HABITS, default=[])
    parser.add_argument("--keep", type=Path, help="an empty folder for files and homes, which stay")
    arguments = parser.parse_args()
    habits = tuple(arguments.habit)
    with tempfile.TemporaryDirectory() as scratch:
        root = arguments.keep or Path(scratch)
        bad = compare(root / "clean", arguments.seed, arguments.scale, habits)
        if arguments.faults:
            bad += try_faults(root / "spoiled", arguments.seed, arguments.scale, habits, arguments.faults)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
