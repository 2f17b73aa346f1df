"""What comes back from Spark: whole or not at all, and of other dates nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sanbao.night.spark import Built, bring_back, built_tables, declare_lake

DAY, OTHER = date(2019, 12, 31), date(2019, 6, 30)
FIGURES = Built("mart", "fct_figure", True)
VILLAGES = Built("staging", "stg_village", False)


class Answering:
    """A Spark whose tables are files that somebody put there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[str] = []
        self.properties = ""

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        self.asked.append(statement)
        if statement.startswith("describe schema"):
            schema = statement.split()[-1]
            return [("Location", f"file:{self.root}/{schema}.db"), ("Properties", self.properties)]
        if statement.startswith("alter schema"):
            self.properties = statement
        if statement.startswith("describe table"):
            columns = [
                ("figure_id", "string", None),
                ("seen_at", "timestamp_ntz", None),
                ("as_of", "date", None),
            ]
            return [*columns, ("# Partition Information", "", ""), ("as_of", "date", None)]
        return []

    def put(self, table: Built, select: str, day: date | None = None) -> None:
        folder = self.root / f"{table.schema}.db" / table.name / (f"as_of={day}" if day else "")
        folder.mkdir(parents=True, exist_ok=True)
        duckdb.execute(f"copy ({select}) to '{folder}/part-0.parquet' (format parquet)")


@pytest.fixture
def engine(tmp_path: Path) -> Answering:
    return Answering(tmp_path)


def seen(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def figure(name: str) -> str:
    return f"select '{name}' as figure_id, timestamp '2020-01-01 00:00:00' as seen_at"


def test_a_date_takes_the_place_of_its_own_rows_alone(engine: Answering, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    for name, day in (("old", DAY), ("other", OTHER), ("new", DAY)):
        engine.put(FIGURES, figure(name), day)
        bring_back(engine, [FIGURES], warehouse, day)
    found = seen(warehouse, "select figure_id, as_of from mart.fct_figure order by all")
    assert found == [("new", DAY), ("other", OTHER)]
    types = seen(warehouse, "select column_name, column_type from (describe mart.fct_figure)")
    assert types == [("figure_id", "VARCHAR"), ("seen_at", "TIMESTAMP"), ("as_of", "DATE")]


def test_a_date_without_rows_is_empty(engine: Answering, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    engine.put(FIGURES, figure("old"), DAY)
    bring_back(engine, [FIGURES], warehouse, DAY)
    (engine.root / "mart.db" / "fct_figure" / f"as_of={DAY}" / "part-0.parquet").unlink()
    bring_back(engine, [FIGURES], warehouse, DAY)
    assert seen(warehouse, "from mart.fct_figure") == []


def test_what_spark_is_still_writing_is_not_read(engine: Answering, tmp_path: Path) -> None:
    engine.put(VILLAGES, "select '北海村' as village_name")
    half = tmp_path / "staging.db" / "stg_village" / "_temporary" / "0"
    half.mkdir(parents=True)
    (half / "part-1.parquet").write_bytes(b"PAR1")
    bring_back(engine, [VILLAGES], tmp_path / "warehouse.duckdb", DAY)
    assert seen(tmp_path / "warehouse.duckdb", "from staging.stg_village") == [("北海村",)]


def test_half_a_table_leaves_the_warehouse_as_it_was(engine: Answering, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    engine.put(FIGURES, figure("old"), DAY)
    engine.put(VILLAGES, "select '北海村' as village_name")
    bring_back(engine, [FIGURES, VILLAGES], warehouse, DAY)
    engine.put(FIGURES, figure("new"), DAY)
    (tmp_path / "staging.db" / "stg_village" / "part-0.parquet").write_bytes(b"PAR1 half a file")
    with pytest.raises(duckdb.Error):
        bring_back(engine, [FIGURES, VILLAGES], warehouse, DAY)
    assert seen(warehouse, "select figure_id from mart.fct_figure") == [("old",)]


def test_a_view_of_the_other_engine_gives_way(engine: Answering, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema staging; create view staging.stg_village as select 1 as n")
    engine.put(VILLAGES, "select '北海村' as village_name")
    bring_back(engine, [VILLAGES], warehouse, DAY)
    assert seen(warehouse, "from staging.stg_village") == [("北海村",)]


def test_the_lake_is_declared_once_and_then_looked_at_anew(engine: Answering, tmp_path: Path) -> None:
    declare_lake(engine, tmp_path)
    assert any(statement.startswith("create table lake.`register_person`") for statement in engine.asked)
    engine.asked.clear()
    declare_lake(engine, tmp_path)
    assert "refresh table lake.`register_person`" in engine.asked
    assert not any(statement.startswith(("create table", "drop")) for statement in engine.asked)


def test_a_layer_has_its_own_tables() -> None:
    def node(kind: str, layer: str, materialized: str, **more: Any) -> dict[str, Any]:
        config = {"materialized": materialized, **more}
        return {
            "resource_type": kind,
            "schema": layer,
            "alias": layer,
            "fqn": ["sanbao", layer],
            "config": config,
        }

    manifest = {
        "nodes": {
            "a": node("seed", "guarantee", "seed"),
            "b": node("model", "staging", "table"),
            "c": node("model", "marts", "incremental"),
            "d": node("model", "marts", "incremental", is_board=True),
            "e": node("test", "marts", "test"),
        }
    }
    assert len(built_tables(manifest)) == 4
    assert [each.name for each in built_tables(manifest, "staging")] == ["guarantee", "staging"]
    assert [each.by_as_of for each in built_tables(manifest, "marts")] == [True, False]
