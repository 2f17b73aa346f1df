"""What no serving file may hold whoever may log in: children's names, diagnoses, lists of hospital stays.

Held against the truth in the warehouse. Which figures are counted only is said by the seed `figure`
(`is_listed`), at what age a name may be shown by the seed `threshold` (NAME_AGE_MIN), what a diagnosis is
by the contracts (`pii: health`).
"""

# ruff: noqa: S608  (SQL made of the draft's own identifiers, quoted, and of this package's constants)

from __future__ import annotations

import duckdb

from dashboards.people import Draft, quoted, rows_with_circles

# A feed and its column.
HealthColumn = tuple[str, str]
_PLACES = ("town_name", "village_name", "natural_village_name", "area_name")
_SHORTEST_DIAGNOSIS = 3  # characters
_FEWEST_CASES = 3
_ADULT = "coalesce(year(day) - birth_year > min_age, false)"


def withheld(
    connection: duckdb.DuckDBPyConnection, draft: Draft, health_columns: tuple[HealthColumn, ...]
) -> list[str]:
    """`table.column（what）` of what must not be served; wants what `attack` leaves behind."""
    connection.execute("""
        create or replace temp table unlisted as
        select distinct figure_id, feed from warehouse.seed.figure where not is_listed
    """)
    _create_children(connection, draft)
    _create_diagnoses(connection, health_columns)
    connection.execute("""
        create or replace temp table word as
        with texts as (select number, cell from cell where type = 'VARCHAR' and length(cell) > 1),
        words as (
            select number, cell, trim(cell) as word from texts
            union all
            select number, cell, unnest(regexp_extract_all(cell, '[\\p{Han}·]+')) from texts
            where strlen(cell) > length(cell)
        )
        select distinct * from words where word in (
            select person_name from aged where is_child_once union all select word from diagnosis)
    """)
    return [
        *_children(connection, draft),
        *_diagnoses(connection, draft),
        *_lists(connection, draft),
    ]


def _children(connection: duckdb.DuckDBPyConnection, draft: Draft) -> list[str]:
    """Columns with the name of somebody who is too young, or of unknown age, at the date of the row.

    Beside the person or the household a name is the child's unless somebody older there has it too; anywhere
    else when nobody older in the county has it and no place.
    """
    suspects = connection.execute("""
        select distinct number from word join aged on word.word = aged.person_name where is_child_once
    """).fetchall()
    found = []
    for (number,) in sorted(suspects):
        table, name, _ = draft.columns[number]
        day = "cast(as_of as date)" if ("as_of", "DATE") in table.columns else "current_date"
        as_of = ["as_of"] if day != "current_date" else []
        circle = "cast(null as bigint)"
        rows = f"select distinct {circle} as circle, {quoted(name)} as cell, {day} as day from {table.source}"
        if leading := draft.leading.get(table.source):
            beside = rows_with_circles(table, leading, [name, *as_of])
            rows += f" union select circle, {quoted(name)}, {day} from ({beside})"
        if _names_a_child(connection, number, rows):
            found.append(f"{table.name}.{name}（未成年人姓名）")
    return found


def _create_children(connection: duckdb.DuckDBPyConnection, draft: Draft) -> None:
    row = connection.execute(
        "select max(value) from warehouse.seed.threshold where code = 'NAME_AGE_MIN'"
    ).fetchone()
    assert row is not None and row[0] is not None, "the seed threshold lacks NAME_AGE_MIN"
    connection.execute(f"""
        create or replace temp table aged as
        with born as (
            select truth.person_no, known.person_name, year(known.birth_on) as stated,
                cast(substr(known.id_number, 7, 4) as integer) as of_number
            from known join truth using (person_key) where length(known.person_name) > 1
        )
        select distinct person_no, person_name, {int(row[0])} as min_age,
            greatest(coalesce(stated, of_number), coalesce(of_number, stated)) as birth_year,
            coalesce({draft.first_year} - birth_year <= min_age, true) as is_child_once
        from born
    """)
    places = " or ".join(
        f"number = {number}" for number, (_, name, _) in enumerate(draft.columns) if name in _PLACES
    )
    connection.execute(
        "create or replace temp table place as select distinct unnest([cell, regexp_replace(cell,"
        f" '(村|社区)$', '')]) as word from cell where {places or 'false'}"
    )


def _names_a_child(connection: duckdb.DuckDBPyConnection, number: int, rows: str) -> bool:
    row = connection.execute(f"""
        with said as (
            select distinct served.circle, served.day, word.word
            from ({rows}) as served join word on word.number = {number} and word.cell = served.cell
            where word.word in (select person_name from aged where is_child_once)
        ),
        beside as (
            select said.circle, said.day, said.word, bool_or({_ADULT}) as is_adult
            from said join circle using (circle)
            join aged on circle.person_no = aged.person_no and said.word = aged.person_name
            group by all
        ),
        alone as (
            select said.day, said.word, bool_or({_ADULT}) as is_adult
            from said join aged on said.word = aged.person_name
            where said.word not in (select word from place)
            group by all
        )
        select exists (from beside where not is_adult) or exists (from alone where not is_adult)
    """).fetchone()
    return bool(row and row[0])


def _create_diagnoses(
    connection: duckdb.DuckDBPyConnection, health_columns: tuple[HealthColumn, ...]
) -> None:
    feeds = {feed for (feed,) in connection.execute("select distinct feed from unlisted").fetchall()}
    texts = [
        f"select cast({quoted(column)} as varchar) as word from warehouse.staging.stg_{feed}"
        for feed, column in health_columns
        if feed in feeds
    ]
    words = " union all ".join(texts) or "select null as word where false"
    # A word that stands in one cell of 病种 (a slip, a name) is none, and 其他 and the like stand everywhere.
    connection.execute(
        "create or replace temp table diagnosis as"
        f" select trim(word) as word from ({words}) where length(trim(word)) >= {_SHORTEST_DIAGNOSIS}"
        f" and trim(word) not in (select person_name from known where person_name is not null)"
        f" group by 1 having count(*) >= {_FEWEST_CASES}"
    )


def _diagnoses(connection: duckdb.DuckDBPyConnection, draft: Draft) -> list[str]:
    """Columns in which a diagnosis of a feed that is counted only stands by itself."""
    hits = connection.execute(
        "select distinct number from word join diagnosis using (word) order by 1"
    ).fetchall()
    return [f"{draft.name_of(number)}（病种）" for (number,) in hits]


def _lists(connection: duckdb.DuckDBPyConnection, draft: Draft) -> list[str]:
    """Members of figures that are counted only, and what points from somebody to a row behind them."""
    hits = connection.execute("""
        select distinct cell.number from cell
        where cell.cell in (
            select batch_id from warehouse.mart.fct_delivery
            where feed in (select feed from unlisted)
            union all select figure_id from unlisted)
        order by 1
    """).fetchall()
    return [
        f"{draft.name_of(number)}（只计数、不列名单）"
        for (number,) in hits
        if draft.columns[number][0].source in draft.leading
    ]
