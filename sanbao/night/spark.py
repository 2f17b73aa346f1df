"""Apache Spark as the engine of a build: the way to it, the lake as its tables, and what comes back.

Where a build goes by Spark, dbt works there and nothing else changes: every table of the build is copied into
the warehouse, in one transaction, and all that follows (returns, publishing) reads it there as ever.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from itertools import takewhile
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlparse

from sanbao.errors import SanbaoError
from sanbao.night.build_state import LAYERS
from sanbao.night.home import catalog
from sanbao.redact import redacted
from sanbao.settings import Settings

OLDEST = (4, 2)  # the first Spark that knows QUALIFY
_OLDEST_JAVA = 17
_PACKAGES = ("pyspark", "dbt-spark", "pyhive")
_WAIT_SECONDS = 10.0
_SCHEMAS = ("seed", "staging", "intermediate", "mart")
# What Spark must be set to: moments without a zone are UTC, as in the lake.
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}


class Spark(Protocol):
    """A Spark that takes statements."""

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement of SQL; its rows, none for a command."""
        ...


@dataclass(frozen=True)
class Built:
    """One table of a build: where it is named, and whether it keeps the rows of other dates."""

    schema: str
    name: str
    by_as_of: bool


@contextmanager
def lake_in_spark(settings: Settings) -> Iterator[Callable[[date, str | None], None]]:
    """The lake as tables of Spark; gives what brings a build back: of one date, one layer or (None) all.

    That raises SanbaoError (SPARK_NOT_BROUGHT_BACK), and leaves the warehouse as it was.
    """
    import duckdb

    with spark(settings) as engine:
        declare_lake(engine, settings.lake)

        def bring_back_built(as_of: date, layer: str | None) -> None:
            tables = built_tables(json.loads(settings.manifest.read_text("utf-8")), layer)
            try:
                bring_back(engine, tables, settings.warehouse, as_of)
            except (OSError, duckdb.Error) as error:
                raise SanbaoError("SPARK_NOT_BROUGHT_BACK", detail=redacted(str(error))[:200]) from error

        yield bring_back_built


@contextmanager
def spark(settings: Settings) -> Iterator[Spark]:
    """A Spark that is there and new enough: the Thrift server that is set, else a session in this process.

    Raises SanbaoError: SPARK_NOT_INSTALLED, JAVA_MISSING, SPARK_AWAY, SPARK_OTHER_VERSION,
    SPARK_OTHER_SETTING.
    """
    _require_packages()
    with _by_thrift(settings) if settings.spark_host else _in_process(settings) as engine:
        found = str(engine.rows("select version()")[0][0]).split()[0]
        if tuple(map(int, re.findall(r"\d+", found)[:2])) < OLDEST:
            raise SanbaoError("SPARK_OTHER_VERSION", found=found, needed=".".join(map(str, OLDEST)))
        for name, needed in SESSION.items():
            # A Thrift server takes none of it from those who come to it, dbt among them.
            if (given := str(engine.rows(f"set {name}")[0][1])) != needed:
                raise SanbaoError("SPARK_OTHER_SETTING", name=name, found=given, needed=needed)
        yield engine


def _require_packages() -> None:
    for name in _PACKAGES:
        try:
            version(name)
        except PackageNotFoundError as error:
            raise SanbaoError("SPARK_NOT_INSTALLED", package=name) from error


@contextmanager
def _by_thrift(settings: Settings) -> Iterator[Spark]:
    from pyhive import hive

    where = f"{settings.spark_host}:{settings.spark_port}"
    try:
        # A host that swallows what is sent to it would be waited for without end.
        socket.create_connection((settings.spark_host, settings.spark_port), _WAIT_SECONDS).close()
        connection = hive.connect(settings.spark_host, settings.spark_port)
    except Exception as error:  # whatever the client of another program raises: it cannot be reached
        raise SanbaoError("SPARK_AWAY", where=where, detail=type(error).__name__) from error
    with closing(connection):
        yield _Thrift(connection)


class _Thrift:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def _in_process(settings: Settings) -> Iterator[Spark]:
    _require_java()
    from pyspark.sql import SparkSession

    if (standing := SparkSession.getActiveSession()) is not None:  # whoever began it ends it
        yield _Session(standing)
        return
    root = settings.spark_dir
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    given = {
        **SESSION,
        "spark.driver.memory": settings.spark_memory,
        "spark.sql.warehouse.dir": str(root / "tables"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:{root}/catalogue;create=true",
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={root} {FEW_ROWS_JAVA}",
        # Nobody is to reach the session from outside.
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",  # what it logs repeats cells
        **FEW_ROWS,
    }
    builder = SparkSession.builder.master(settings.spark_master).appName("sanbao").enableHiveSupport()
    try:
        session = builder.config(map=given).getOrCreate()
    except Exception as error:  # Java's, Python's or the gateway's between them
        raise SanbaoError("SPARK_AWAY", where=settings.spark_master, detail=type(error).__name__) from error
    try:
        yield _Session(session)
    finally:
        session.stop()


# A county is small: one task for each of two cores, and no code compiled for a few thousand rows, which took
# longer than to read them. Java's first compiler alone; the room that it then gives its code, 48 MB, is full
# before the models are through, and Java goes on without compiling anything.
FEW_ROWS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
FEW_ROWS_JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"


class _Session:
    def __init__(self, session: Any) -> None:
        self._session = session

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.sql(statement).collect()]


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java") or ""
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError) as error:
        raise SanbaoError("JAVA_MISSING", found=java or "-") from error
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found[1]) < _OLDEST_JAVA:
        raise SanbaoError("JAVA_MISSING", found=told.split("\n")[0])


def declare_lake(engine: Spark, lake: Path) -> None:
    """Make the lake's tables in Spark where they are not as the contracts say, and read its folders anew."""
    from ingestion.lake.spark_tables import SCHEMA, lake_mark, lake_tables

    tables = lake_tables(catalog(), lake)
    mark = lake_mark(tables)
    engine.rows(f"create schema if not exists {SCHEMA}")
    known = str(engine.rows(f"describe schema extended {SCHEMA}"))
    if mark in known:
        for name in tables:
            engine.rows(f"refresh table {SCHEMA}.`{name}`")
        return
    for name, statement in tables.items():
        engine.rows(f"drop table if exists {SCHEMA}.`{name}`")
        engine.rows(statement)
    engine.rows(f"alter schema {SCHEMA} set dbproperties ('declared' = '{mark}')")


def folders(engine: Spark, schemas: Iterable[str] = _SCHEMAS) -> dict[str, Path]:
    """Schema → the folder that has one folder of Parquet per table of it; needs a file system in common."""
    found = {}
    for schema in schemas:
        facts = {str(row[0]): str(row[1]) for row in engine.rows(f"describe schema extended {schema}")}
        found[schema] = Path(unquote(urlparse(facts["Location"]).path))
    return found


def built_tables(manifest: Mapping[str, Any], layer: str | None = None) -> list[Built]:
    """The seeds and models of a dbt manifest: all, or those of one layer (seeds come with the first)."""
    return [
        Built(
            node["schema"],
            node["alias"],
            node["config"]["materialized"] == "incremental" and not node["config"].get("is_board"),
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("seed", "model") and layer in (None, _layer_of(node))
    ]


def _layer_of(node: Mapping[str, Any]) -> str:
    return LAYERS[0] if node["resource_type"] == "seed" else str(node["fqn"][1])


def parquet_of(folder: Path) -> list[str]:
    """The files of one table or partition; what Spark is still writing lies below and is none of them."""
    return sorted(str(path) for path in folder.glob("*.parquet") if path.name[0] not in "_.")


def bring_back(engine: Spark, tables: Iterable[Built], warehouse: Path, as_of: date) -> None:
    """Copy what Spark built into the warehouse: all of it, or, when this raises, nothing.

    Of a table that keeps other dates the rows of `as_of` take the place of those that were there.
    """
    import duckdb

    places = folders(engine)
    with duckdb.connect(str(warehouse), config={"storage_compatibility_version": "v1.5.0"}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.begin()
        for schema in places:
            connection.execute(f'create schema if not exists "{schema}"')
        views = set(connection.execute(_VIEWS).fetchall())
        for table in tables:
            if (table.schema, table.name) in views:
                connection.execute(f'drop view "{table.schema}"."{table.name}"')
            folder = places[table.schema] / table.name
            if table.by_as_of:
                columns = engine.rows(f"describe table {table.schema}.`{table.name}`")
                _replace_date(connection, table, folder, columns, as_of)
            else:
                made = f'create or replace table "{table.schema}"."{table.name}" as from {_FILES}'
                connection.execute(made, {"files": parquet_of(folder)})
        connection.commit()


# DuckDB's own builds have views where Spark has tables.
_VIEWS = "select schema_name, view_name from duckdb_views() where not internal"
_FILES = "read_parquet($files, hive_partitioning = false)"


def _replace_date(
    connection: Any, table: Built, folder: Path, columns: list[tuple[Any, ...]], as_of: date
) -> None:
    name = f'"{table.schema}"."{table.name}"'
    # Behind an empty line or one with a hash, Spark goes on about partitions.
    kinds = dict(row[:2] for row in takewhile(lambda row: row[0] and row[0][0] != "#", columns))
    typed = {column: kind.replace("timestamp_ntz", "timestamp") for column, kind in kinds.items()}
    listed = ", ".join(f'"{column}" {kind}' for column, kind in typed.items())
    connection.execute(f"create table if not exists {name} ({listed})")
    for column, kind in typed.items():
        connection.execute(f'alter table {name} add column if not exists "{column}" {kind}')
    day = {"as_of": as_of}
    connection.execute(f"delete from {name} where as_of = $as_of", day)  # noqa: S608
    if files := parquet_of(folder / f"as_of={as_of.isoformat()}"):
        rows = f"select *, $as_of::date as as_of from {_FILES}"  # noqa: S608
        connection.execute(f"insert into {name} by name {rows}", {**day, "files": files})
