"""Who a row of the serving file speaks of, found by the values that stand in it and not by column names."""

# ruff: noqa: S608  (SQL made of the draft's own identifiers, quoted, and of this package's constants)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

# How close a column leads to one person; a household leads to all its members.
_PERSON, _HOUSEHOLD, _NAME = 1, 2, 3


@dataclass(frozen=True)
class Served:
    """One table of the draft with its columns (name, type)."""

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def source(self) -> str:
        return f"draft.{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def texts(self) -> list[str]:
        return [name for name, kind in self.columns if kind == "VARCHAR"]


@dataclass(frozen=True)
class Draft:
    """The serving file under judgement: `columns` are (table, name, type); `leading` names, per table that
    speaks of people, the columns by which it does; `first_year` is that of the earliest date."""

    tables: tuple[Served, ...]
    columns: tuple[tuple[Served, str, str], ...]
    leading: dict[str, list[str]]
    as_of: tuple[date, ...]

    @property
    def first_year(self) -> int:
        return min((day.year for day in self.as_of), default=1)

    def name_of(self, number: int) -> str:
        table, name, _ = self.columns[number]
        return f"{table.name}.{name}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def served_tables(connection: duckdb.DuckDBPyConnection) -> list[Served]:
    """Every table of the attached database `draft`, whatever is in it; its views show rows of these."""
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where database_name = 'draft' and not internal and (schema_name, table_name) not in"
        " (select (schema_name, view_name) from duckdb_views() where database_name = 'draft')"
        " order by 1, 2, column_index"
    ).fetchall()
    columns: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, kind in rows:
        columns.setdefault((schema, table), []).append((column, kind))
    return [Served(schema, name, tuple(found)) for (schema, name), found in columns.items()]


def read_draft(connection: duckdb.DuckDBPyConnection) -> Draft:
    """The attached database `draft`; wants `create_truth` done.

    Leaves table `cell` (number of the column, its type, cell as text, hash of the value as it is): each value
    once per column.
    """
    tables = served_tables(connection)
    dated = [table.source for table in tables if ("as_of", "DATE") in table.columns]
    days = [
        day
        for source in dated
        for (day,) in connection.execute(f"select distinct as_of from {source}").fetchall()
    ]
    columns = tuple(
        (table, name, kind) for table in tables for name, kind in table.columns if kind != "BOOLEAN"
    )
    connection.execute(
        "create or replace temp table cell (number integer, type varchar, cell varchar, key ubigint)"
    )
    for table in tables:
        parts = [
            f"select {number}, '{kind}', cast(value as varchar), hash(value)"
            f" from (select distinct {quoted(name)} as value from {table.source}) where value is not null"
            for number, (of, name, kind) in enumerate(columns)
            if of is table
        ]
        if parts:
            connection.execute("insert into cell " + " union all ".join(parts))
    return Draft(
        tables=tuple(tables),
        columns=columns,
        leading=_leading_columns(connection, columns),
        as_of=tuple(sorted({day for day in days if day is not None})),
    )


def create_truth(connection: duckdb.DuckDBPyConnection) -> int:
    """Tables `truth` (one row per person), `link` (a value that names somebody) and `circle` (who is meant).

    From the attached `warehouse`: every register that was received, so that nobody is missed who is
    served under an earlier date. Returns the number of people.
    """
    connection.execute("""
        create or replace temp table known as
        select distinct person_key, register_person_no, household_id, register_household_no,
            case when length(id_number) = 18 then upper(id_number) end as id_number, birth_on,
            trim(person_name) as person_name
        from warehouse.intermediate.int_register_person__history where person_key is not null
    """)
    connection.execute("""
        create or replace temp table truth as
        select row_number() over (order by person_key) as person_no, person_key, max(id_number) as id_number,
            min(birth_on) as birth_on, max(person_name) as person_name
        from known group by person_key
    """)
    # A circle is one person, or a household: the same number with its sign turned, and its members.
    connection.execute(f"""
        create or replace temp table found as
        with people as (select known.*, truth.person_no from known join truth using (person_key)),
        named as (
            select person_name from people where person_name is not null group by 1
            having count(distinct person_no) = 1
        ),
        homes as (select household_id, -dense_rank() over (order by household_id) as circle
            from (select distinct household_id from people where household_id is not null))
        select distinct person_key as value, {_PERSON} as rank, person_no as circle, person_no from people
        union select register_person_no, {_PERSON}, person_no, person_no from people
        union select person_name, {_NAME}, person_no, person_no from people join named using (person_name)
        union select household_id, {_HOUSEHOLD}, circle, person_no from people join homes using (household_id)
        union select register_household_no, {_HOUSEHOLD}, circle, person_no
            from people join homes using (household_id)
    """)
    _add_handles(connection)
    connection.execute("""
        create or replace temp table link as
        select value, min(rank) as rank, any_value(circle) as circle from found
        where value is not null and value <> '' group by value having count(distinct circle) = 1
    """)
    connection.execute("create or replace temp table circle as select distinct circle, person_no from found")
    row = connection.execute("select count(*) from truth").fetchone()
    assert row is not None
    return int(row[0])


def _add_handles(connection: duckdb.DuckDBPyConnection) -> None:
    """What else stands for one person in the draft's own tables of people, such as a handle."""
    for table in served_tables(connection):
        keys = [name for name in table.texts if name == "person_key"]
        handles = [name for name in table.texts if name.endswith("_handle")]
        for handle in handles if keys else []:
            connection.execute(f"""
                insert into found
                select distinct served.{quoted(handle)}, {_PERSON}, truth.person_no, truth.person_no
                from {table.source} as served join truth using (person_key)
            """)


def count_rows(connection: duckdb.DuckDBPyConnection, table: Served) -> int:
    row = connection.execute(f"select count(*) from {table.source}").fetchone()
    assert row is not None
    return int(row[0])


def _leading_columns(
    connection: duckdb.DuckDBPyConnection, columns: tuple[tuple[Served, str, str], ...]
) -> dict[str, list[str]]:
    """Per table (its `source`) the text columns with values that name somebody, the most exact first."""
    rows = connection.execute(
        "select number, min(link.rank), count(*) from cell join link on cell.cell = link.value"
        " where type = 'VARCHAR' group by number order by 2, 3 desc, 1"
    ).fetchall()
    found: dict[str, list[str]] = {}
    for number, _, _ in rows:
        table, name, _ = columns[number]
        found.setdefault(table.source, []).append(name)
    return found


def rows_with_circles(table: Served, leading: list[str], columns: list[str], form: str = "text") -> str:
    """SQL: the rows of a table that speak of somebody, as `circle` and `columns` as text or as `key`."""
    joins = " ".join(
        f"left join link as l{number} on served.{quoted(name)} = l{number}.value"
        for number, name in enumerate(leading)
    )
    circle = "coalesce(" + ", ".join(f"l{number}.circle" for number in range(len(leading))) + ")"
    values = [f"served.{quoted(name)}" for name in columns]
    cells = [f"hash({value})" if form == "key" else f"cast({value} as varchar)" for value in values]
    parts = ", ".join(f"{cell} as {quoted(name)}" for cell, name in zip(cells, columns, strict=True))
    return (
        f"select {circle} as circle, {parts} from {table.source} as served {joins} where {circle} is not null"
    )
