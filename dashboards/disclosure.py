"""The attack on a draft of the serving file: what it tells of the ID numbers of the people in it.

The true numbers, which only the warehouse has, are held against every column of every table. A column
betrays a part of the number when it agrees with the truth of the person it stands beside more often than
chance can explain; how much is left to guess is then counted for every person.
"""

# ruff: noqa: S608  (SQL made of the draft's own identifiers, quoted, and of this package's constants)

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

import duckdb

from dashboards.candidates import candidates
from dashboards.fragments import (
    KINDS,
    create_fragments,
    tokens_of_date,
    tokens_of_number,
    tokens_of_text,
)
from dashboards.people import Draft, count_rows, create_truth, quoted, read_draft, rows_with_circles

MIN_CANDIDATES = 1000
_LOG_CHANCE = math.log(1e-7)  # of some 300 columns and 20 kinds, none may be blamed by chance
_SHARE_OF_SHORT = 0.5
# In tables of more rows than this a glance comes first at columns that agree with fewer people than this.
_LONG, _FEW = 20_000, 60_000
_CELLS_NAMED = 20
_GLANCE = 8  # every so many circles chance is estimated by then
_ENOUGH = 200  # comparisons from which on that can be counted up
_CERTAIN = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if kind.certain)
_BY_CHANCE = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if not kind.certain)
_SHORT = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if kind.short)
_DATES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
_NUMBERS = ("INT", "DECIMAL", "DOUBLE", "FLOAT")


@dataclass(frozen=True)
class Disclosure:
    """A column that tells a part of the number of `people` people."""

    table: str
    column: str
    kind: str
    people: int

    def __str__(self) -> str:
        return f"{self.table}.{self.column}（{self.kind}，{self.people} 人）"


@dataclass
class Report:
    """What the attack found: the least and the spread of numbers left to guess, and which columns tell."""

    people: int = 0
    numbered: int = 0
    minimum: int = 0
    spread: Counter[int] = field(default_factory=Counter)
    disclosures: list[Disclosure] = field(default_factory=list)
    draft: Draft | None = None

    @property
    def is_safe(self) -> bool:
        return self.minimum >= MIN_CANDIDATES or not self.numbered


def attack(connection: duckdb.DuckDBPyConnection) -> Report:
    """Attack the attached database `draft` with the truth of the attached `warehouse`.

    `draft` of the result and the temporary tables stay for `withheld`.
    """
    report = Report(people=create_truth(connection))
    draft = report.draft = read_draft(connection)
    create_fragments(connection, draft.as_of)
    if _counted_up(connection):
        connection.execute("delete from fragment where kind = 'sequence'")
    _read_cells(connection)
    _stand_beside(connection, draft)
    suspects = _more_than_chance(connection, "pair", [_agreeing("pair", _BY_CHANCE)])
    connection.execute("create or replace temp table suspect (number integer, kind varchar, context varchar)")
    if suspects:
        connection.executemany("insert into suspect values (?, ?, ?)", suspects)
    for number, kind, people in _betray(connection):
        table, name, _ = draft.columns[number]
        report.disclosures.append(Disclosure(table.name, name, kind, people))
    _count(connection, report)
    return report


def agreeing_cells(connection: duckdb.DuckDBPyConnection, report: Report, found: Disclosure) -> list[str]:
    """The texts of a column that tell a part of somebody's number, beside whom they stand.

    Wants what `attack` left on the connection. Of dates and numbers none: a product wrote them.
    """
    assert report.draft is not None
    columns = enumerate(report.draft.columns)
    number, table = next(
        (n, of) for n, (of, name, _) in columns if (of.name, name) == (found.table, found.column)
    )
    if report.draft.columns[number][2] != "VARCHAR":
        return []
    beside = ""
    leading = report.draft.leading.get(table.source)
    if leading and not KINDS[found.kind].certain:
        rows = rows_with_circles(table, leading, [found.column], "key")
        beside = (
            f" join ({rows}) as beside on beside.{quoted(found.column)} = told.key"
            " join circle on circle.circle = beside.circle and circle.person_no = betrayed.person_no"
        )
    told = connection.execute(f"""
        select distinct cell.cell from betrayed
        join fragment using (person_no, kind)
        join told on told.number = betrayed.number and told.token = fragment.value
        join cell on cell.number = told.number and cell.key = told.key {beside}
        where betrayed.number = {number} and betrayed.kind = '{found.kind}' order by 1 limit {_CELLS_NAMED}
    """).fetchall()
    return [cell for (cell,) in told]


def _counted_up(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the sequences of the ID numbers follow one another in the order of the register.

    Then whoever knows the order knows them, and any counter agrees with them: the sequence says nothing of
    a column. Numbers of real people never do that; those of a drill or a test county may.
    """
    row = connection.execute("""
        with numbered as (
            select id_number, min(register_person_no) as register_no from known
            where try_cast(substr(id_number, 15, 3) as integer) is not null group by id_number
        ),
        steps as (
            select (lead(sequence) over (order by place) - sequence + 1000) % 1000 as step from (
                select cast(substr(id_number, 15, 3) as integer) as sequence,
                    row_number() over (order by length(register_no), register_no) as place
                from numbered
            )
        )
        select count(*), count(*) filter (step <= 4) from steps where step is not null
    """).fetchone()
    assert row is not None
    return bool(row[0] >= _ENOUGH and row[1] > row[0] / 2)


def _read_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `told` (number of the column, key of the cell, token, context): what cells say that is in
    somebody's number. Of `fragment` what no cell says goes; `frequency` is how many people have one."""
    types = [kind for (kind,) in connection.execute("select distinct type from cell").fetchall()]
    readers = {"text": tokens_of_text, "date": tokens_of_date, "number": tokens_of_number}
    cases = " ".join(f"when '{kind}' then '{_reader(kind)}'" for kind in types)
    connection.execute(
        "create or replace temp table texts as"
        f" select distinct case type {cases} end as reader, cell from cell"
    )
    tokens = " union all ".join(
        f"select '{reader}' as reader, * from"
        f" ({tokens_of(f'(select cell from texts where reader = {reader!r})')})"
        for reader, tokens_of in readers.items()
    )
    connection.execute(f"""
        create or replace temp table told as
        select cell.number, cell.key, read.token, read.context
        from (select distinct * from ({tokens}) where token in (select value from fragment)) as read
        join cell on cell.cell = read.cell and read.reader = case cell.type {cases} end
    """)
    connection.execute("""
        create or replace temp table fragment as
        select * from fragment where value in (select token from told);
        create or replace temp table sizes as
        select circle, count(*) as members from circle group by circle;
        create or replace temp table frequency as
        select kind, value, count(*) as holders from fragment group by all
    """)


def _reader(data_type: str) -> str:
    """How the cells of a column of this type are read."""
    if data_type in _DATES:
        return "date"
    return "number" if any(word in data_type for word in _NUMBERS) else "text"


def _stand_beside(connection: duckdb.DuckDBPyConnection, draft: Draft) -> None:
    """Table `pair` (number of the column, circle, token, context): what stands beside whom.

    Columns of long tables are left out when a glance at them clears them.
    """
    connection.execute(
        "create or replace temp table near (number integer, circle bigint, token varchar, context varchar)"
    )
    comparisons = dict(
        connection.execute(f"""
            select number, coalesce(sum(holders) filter (kind not in ({_SHORT})), 0)
            from told join frequency on told.token = frequency.value group by number
        """).fetchall()
    )
    for table in draft.tables:
        own = {
            number: name
            for number, (of, name, _) in enumerate(draft.columns)
            if of is table and number in comparisons
        }
        if not own or table.source not in draft.leading:
            continue
        rows = rows_with_circles(table, draft.leading[table.source], list(own.values()), "key")
        connection.execute(f"create or replace temp table beside as {rows}")
        if count_rows(connection, table) > _LONG:
            few = {number: name for number, name in own.items() if comparisons[number] < _FEW}
            cleared = few.keys() - _doubtful(connection, few) if few else set()
            own = {number: name for number, name in own.items() if number not in cleared}
        if own:
            connection.execute(f"insert into near {_near(own)}")
    connection.execute("""
        create or replace temp table pair as
        with years as (
            select number, context, count(*) as pairs, sum(count(*)) over (partition by number) as all_pairs
            from near where length(token) = 8 and context = left(token, 4) group by number, context
        )
        select near.number, near.circle, near.token, case
            when years.context is null or length(near.token) < 8 then near.context
            -- three birth dates among thousands of dates of this year and the last
            when years.pairs < 0.01 * years.all_pairs then 'rare year' else 'common year' end as context
        from near left join years using (number, context)
    """)


def _near(columns: dict[int, str], where: str = "true") -> str:
    parts = " union all ".join(
        f"select distinct {number} as number, circle, {quoted(name)} as key from beside where {where}"
        for number, name in columns.items()
    )
    return f"select distinct number, circle, token, context from ({parts}) join told using (number, key)"


def _doubtful(connection: duckdb.DuckDBPyConnection, columns: dict[int, str]) -> set[int]:
    """Columns of table `beside`, of few tokens each, that a glance does not clear.

    All agreements are counted, beginning with the tokens and whose they are, so that three rows are seen;
    what chance gives is counted for every eighth person or household only, which is less than it is.
    What is met everywhere by chance is counted for those alone on both sides.
    """
    numbers = ", ".join(map(str, columns))
    connection.execute(f"create or replace temp table eighth as {_near(columns, f'circle % {_GLANCE} = 0')}")
    connection.execute(f"""
        create or replace temp table whose as
        select told.number, told.key, circle.circle, fragment.person_no, fragment.kind, told.token,
            case when length(told.token) = 8 and told.context = left(told.token, 4) then 'year'
                else told.context end as context
        from told join fragment on told.token = fragment.value join circle using (person_no)
        where told.number in ({numbers}) and fragment.kind not in ({_CERTAIN}, {_SHORT})
    """)
    agreeing = [
        f"select whose.number, context, kind, person_no, token from beside join whose"
        f" on whose.number = {number} and whose.circle = beside.circle and whose.key = beside.{quoted(name)}"
        for number, name in columns.items()
    ]
    agreeing.append(_agreeing("eighth", _SHORT))
    found = _more_than_chance(connection, "eighth", agreeing, _GLANCE)
    return {number for number, _, _ in found}


def _agreeing(pair: str, kinds: str) -> str:
    """SQL: tokens of a table like `pair` that are of these kinds in the number of who they stand beside."""
    # Whose they are comes first: by the token alone thousands of people have the same month.
    return f"""
        with beside_whom as materialized (
            select pair.*, person_no from {pair} as pair join circle using (circle)
            where length(token) in (select distinct length(value) from frequency where kind in ({kinds}))
        )
        select number, context, fragment.kind, person_no, token from beside_whom
        join fragment using (person_no) where fragment.value = token and fragment.kind in ({kinds})
    """


def _more_than_chance(
    connection: duckdb.DuckDBPyConnection, pair: str, agreeing: list[str], share: int = 1
) -> list[tuple[int, str, str | None]]:
    """(column, kind, context) that chance does not explain; context None is the whole column.

    Expected by chance is, for each token beside a person, the share of the other people who have it too.
    `pair` may hold every `share`-th circle only: then that is counted up, a fifth less than it seems.
    """
    connection.execute(
        "create or replace temp table agreeing"
        " (number integer, context varchar, kind varchar, person_no bigint, token varchar)"
    )
    for part in agreeing:  # one by one, which the planner takes far better than their union
        connection.execute(f"insert into agreeing select distinct * from ({part})")
    rows = connection.execute(f"""
        with tokens as (
            select number, context, token, sum(members) as members, count(*) as circles
            from {pair} join sizes using (circle) group by all
        ),
        expected as (
            select number, context, kind, sum(members) as chances, sum(members * holders) as holders,
                sum(circles) as circles
            from tokens join frequency on tokens.token = frequency.value
            group by grouping sets ((1, 2, 3), (1, 3))
        ),
        hits as (
            select number, context, kind, count(*) as hits from (
                select number, context, kind, person_no, token from agreeing
                union all
                select number, null, kind, person_no, token from agreeing group by all
            ) group by all
        )
        select hits.number, hits.kind, hits.context, hits.hits, coalesce(expected.chances, 0),
            coalesce(expected.holders, 0), coalesce(expected.circles, 0), (select count(*) from truth)
        from hits left join expected on hits.number = expected.number and hits.kind = expected.kind
            and hits.context is not distinct from expected.context
    """).fetchall()
    found = []
    for number, kind, context, hits, chances, holders, circles, people in rows:
        is_part = share > 1 and not KINDS[kind].short and chances >= _ENOUGH
        scale = 0.8 * share if is_part else 1
        if _is_more_than_chance(kind, hits, chances * scale, holders * scale, circles, people):
            found.append((number, kind, context))
    return found


def _betray(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, int]]:
    """Table `betrayed` (person_no, kind, number); returns (column, kind, people)."""
    connection.execute(f"""
        create or replace temp table betrayed as
        select fragment.person_no, fragment.kind, told.number
        from told join fragment on told.token = fragment.value where fragment.kind in ({_CERTAIN})
        union
        select fragment.person_no, fragment.kind, pair.number
        from suspect join pair on suspect.number = pair.number
            and (suspect.context is null or suspect.context = pair.context)
        join circle using (circle)
        join fragment on circle.person_no = fragment.person_no and pair.token = fragment.value
            and fragment.kind = suspect.kind
    """)
    return connection.execute(
        "select number, kind, count(distinct person_no) from betrayed group by all order by 1, 2"
    ).fetchall()


def _is_more_than_chance(
    kind: str, hits: int, chances: float, holders: float, circles: int, people: int
) -> bool:
    """Whether `hits` agreements among `chances` comparisons are more than chance gives (Chernoff's bound)."""
    rules = KINDS[kind]
    if rules.certain:
        return False
    if rules.short and hits < _SHARE_OF_SHORT * circles:
        return False
    expected = max(holders - hits, 0) / max(people - 1, 1) + max(chances, hits) * rules.chance
    if hits <= expected:
        return False
    return hits * (1 + math.log(expected / hits)) - expected < _LOG_CHANCE


def _count(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    """How many numbers are left to guess, for everybody who has one."""
    rows = connection.execute("""
        with kinds as (
            select person_no, list_sort(list(distinct kind)) as kinds from betrayed group by person_no
        ),
        told as (
            select id_number, coalesce(kinds, []) as kinds
            from truth left join kinds using (person_no) where id_number is not null
        )
        -- Of whom nothing is told, only the year and the sex count.
        select any_value(id_number), kinds, count(*) from told
        group by kinds, case when len(kinds) > 0 then id_number else
             substr(id_number, 7, 4) || cast(substr(id_number, 17, 1) as integer) % 2 end
    """).fetchall()
    for number, kinds, people in rows:
        known = frozenset().union(*(KINDS[kind].places for kind in kinds))
        report.spread[candidates(number, known)] += people
    report.numbered = report.spread.total()
    report.minimum = min(report.spread, default=0)
