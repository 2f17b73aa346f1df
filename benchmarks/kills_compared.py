"""Two homes that have been through the same nights, compared: marts, lake, receipts, and what lies about."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import duckdb


def differences(home: Path, undisturbed: Path) -> list[str]:
    """What one home has and the other has not, in words; moments count by their order only."""
    found = _of_marts(home, undisturbed) + _of_lake(home, undisturbed)
    for what, list_of in (("receipts", _receipts), ("outcomes", _outcomes), ("returned", _returned)):
        if (one := list_of(home)) != (other := list_of(undisturbed)):
            found.append(f"{what}: {sorted(one ^ other)[:3]}")
    return found + [f"left behind: {path}" for path in left_behind(home)]


def _of_marts(home: Path, undisturbed: Path) -> list[str]:
    found = []
    with duckdb.connect() as connection:
        for name, place in (("one", home), ("other", undisturbed)):
            connection.execute(f"attach '{place}/serving/serving.duckdb' as {name} (read_only)")
        tables = connection.execute(
            "select distinct table_name from duckdb_tables() where schema_name = 'mart' order by 1"
        ).fetchall()
        assert len(tables) > 10
        for (table,) in tables:
            rows = _unlike(connection, f"one.mart.{table}", f"other.mart.{table}")
            found += [f"mart.{table}: {rows} rows"] if rows else []
    return found


def _of_lake(home: Path, undisturbed: Path) -> list[str]:
    found = []
    names = {path.name for place in (home, undisturbed) for path in (place / "lake").iterdir()}
    with duckdb.connect() as connection:
        for name in sorted(names - {"secret", "secret_fingerprint"}):
            one, other = (
                f"read_parquet('{place}/lake/{name}/*.parquet', union_by_name=true)"
                for place in (home, undisturbed)
            )
            rows = _unlike(connection, one, other)
            found += [f"lake/{name}: {rows} rows"] if rows else []
    return found


def _unlike(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    columns = connection.execute(f"describe from {one}").fetchall()
    asked = ", ".join(
        f'dense_rank() over (order by "{name}") as "{name}"' if kind.startswith("TIMESTAMP") else f'"{name}"'
        for name, kind, *_ in columns
    )
    left, right = f"select {asked} from {one}", f"select {asked} from {other}"
    sql = f"select count(*) from (({left} except all {right}) union all ({right} except all {left}))"
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


def _receipts(home: Path) -> set[str]:
    found = set()
    for path in (home / "archive" / "receipts").glob("[!.]*.json"):
        entry = json.loads(path.read_text("utf-8"))
        kept = (entry["sha256"], entry["department"], entry["file_name"], entry["size_bytes"], entry["round"])
        found.add(str((*kept, bool(entry["waiver"]))))
    return found


def _outcomes(home: Path) -> set[str]:
    return {
        str((path.stem, entry["batch_id"], entry["delivery_state"], entry["reason_code"]))
        for path in (home / "archive" / "outcomes").glob("[!.]*.json")
        for entry in json.loads(path.read_text("utf-8"))["outcomes"]
    }


def _returned(home: Path) -> set[str]:
    paths = (home / "returned").rglob("[!.]*")
    return {str(path.relative_to(home)) for path in paths if path.is_file()}


def left_behind(home: Path) -> list[str]:
    """Claims, marks of unfinished loads, write-ahead logs, spilled data and locks that somebody holds."""
    claims = [path for path in (home / "inbox").rglob("*") if path.is_file()]
    claims += list((home / "inbox" / ".claimed").iterdir())
    marks = list((home / "archive" / "attempts").glob("*"))
    spilled = [*home.glob("*/*.wal"), *home.glob("*/.spill/*"), *home.glob("serving/*.tmp*")]
    locks = [path for path in home.rglob("*lock") if path.is_file() and _is_held(path)]
    return [str(path.relative_to(home)) for path in (*claims, *marks, *spilled, *locks)]


def half_written(home: Path) -> list[Path]:
    return [path for path in home.rglob(".*.tmp") if "dbt" not in path.parts]


def _is_held(path: Path) -> bool:
    with path.open("r") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
