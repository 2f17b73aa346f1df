"""The comparison finds every kind of difference that the two engines are known for, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from benchmarks.parity import Compared, compare, verdict
from sanbao.night.spark import Built, Spark, folders, spark
from sanbao.settings import Settings

pytestmark = pytest.mark.spark

# kind → the same thing as each engine would say it when nobody took care, and how both say it alike.
PLANTED = {
    "order_of_nulls": (
        "select x, cast(rank() over (order by x) as bigint) as place from (values (1), (null)) as t (x)",
        "select x, cast(rank() over (order by x) as bigint) as place from (values (1), (null)) as t (x)",
        "select x, cast(rank() over (order by x asc nulls last) as bigint) as place"
        " from (values (1), (null)) as t (x)",
    ),
    "integer_division": (
        "select cast(7 // 2 as double) as half",
        "select cast(7 / 2 as double) as half",
        "select cast(7 as double) / 2 as half",
    ),
    "regex": (
        "select regexp_replace('a-b-c', '-', '') as bare",
        "select regexp_replace('a-b-c', '-', '') as bare",
        "select replace('a-b-c', '-', '') as bare",
    ),
    "time_zone": (
        "select cast(timestamp '2019-12-31 20:00:00' as date) as day",
        "select cast(from_utc_timestamp(timestamp '2019-12-31 20:00:00', 'Asia/Shanghai') as date) as day",
        "select cast(timestamp '2019-12-31 20:00:00' + interval '8' hour as date) as day",
    ),
    "moment_with_a_zone": (
        "select timestamp '2019-12-31 20:00:00' as moment",
        "select timestamp_ltz '2019-12-31 20:00:00' as moment",
        "select cast('2019-12-31 20:00:00' as timestamp) as moment",
    ),
    "decimal_scale": (
        "select cast(1.5 as decimal(18, 2)) as amount",
        "select cast(1.5 as decimal(18, 3)) as amount",
        "select cast(1.5 as decimal(18, 2)) as amount",
    ),
    "decimal_place": (
        "select cast(round(cast(2.345 as decimal(18, 3)), 2) as decimal(18, 2)) as amount",
        "select cast(bround(cast(2.345 as decimal(18, 3)), 2) as decimal(18, 2)) as amount",
        "select cast(cast(2.345 as decimal(18, 3)) as decimal(18, 2)) as amount",
    ),
    "empty_text": (
        "select '' as note union all select null",
        "select cast(null as string) as note union all select null",
        "select '' as note union all select null",
    ),
    "a_row_twice": (
        "select 1 as n union all select 1",
        "select 1 as n",
        "select 1 as n union all select 1",
    ),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    settings = Settings(home=tmp_path_factory.mktemp("planted") / "home", as_of=date(2019, 12, 31))
    with spark(settings) as found:
        found.rows("create schema planted")
        yield found


def compared(engine: Spark, kind: str, in_duckdb: str, in_spark: str, tmp_path: Path) -> Compared:
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"create schema planted; create table planted.{kind} as {in_duckdb}")
    engine.rows(f"drop table if exists planted.{kind}")
    engine.rows(f"create table planted.{kind} using parquet as {in_spark}")
    (found,) = compare(warehouse, [Built("planted", kind, False)], folders(engine, ["planted"]))
    return found


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_difference_is_found(engine: Spark, kind: str, tmp_path: Path) -> None:
    in_duckdb, in_spark, alike = PLANTED[kind]
    found = compared(engine, kind, in_duckdb, in_spark, tmp_path)
    assert not found.is_equal, f"{kind} was not seen"
    assert " 1 unequal" in verdict([found])
    (tmp_path / "again").mkdir()
    same = compared(engine, kind, alike, alike, tmp_path / "again")
    assert same.is_equal, str(same)


def test_a_table_that_one_of_them_lacks_is_a_difference(engine: Spark, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(warehouse)).execute("create schema planted").close()
    engine.rows("create table planted.alone using parquet as select 1 as n")
    places = folders(engine, ["planted"])
    found = compare(warehouse, [Built("planted", "alone", False), Built("planted", "nobody", True)], places)
    assert [each.is_equal for each in found] == [False, False]
