"""People's names typed where something else belongs: into a place, a number, the name of a sheet.

No pattern knows a name, but the warehouse knows everybody whom a department ever named, and the county knows
its places and the words of its tables. What is a name, or is called by nothing that is known, is replaced in
the serving file, and there alone: the department that typed it reads it in its own returned files.
"""

# ruff: noqa: S608  (SQL made of the models' own identifiers, quoted, and of this package's constants)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import duckdb

from dashboards.people import quoted
from foundation.digits import digit_class

HIDDEN_NAME = "（此处是人名）"
HIDDEN_PLACE = "（不是本县的地名）"
# What a column may say of itself (`meta.content`): people's names by right, names of sheets, places,
# and words that quote what somebody typed.
NAME, SHEET, PLACE, TYPED = "person_name", "sheet_name", "place", "typed"
_FEWEST_HOUSEHOLDS = 3  # that make a place of what somebody is called too
_HAN = "[\\p{Han}·]+"
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]+")
_DIGIT = re.compile(f"[0-9{digit_class()}]")
_DIGITS_OF_A_PLACE = 3  # 第十二组, 3队
_QUOTED = re.compile("“[^”]*”")


@dataclass(frozen=True)
class NameRules:
    """`columns` are (feed, column) of people's names; `plain` leaves of a label the words agreed on."""

    columns: tuple[tuple[str, str], ...] = ()
    plain: Callable[[str], str] = str


@dataclass(frozen=True)
class Text:
    """A text column that will be served: `source` is the SQL of its table's rows."""

    table: str
    source: str
    name: str
    content: str = ""


def shown_instead(
    connection: duckdb.DuckDBPyConnection, texts: Iterable[Text], rules: NameRules
) -> dict[tuple[str, str], str]:
    """(table, column) → SQL of what is served in its place, where anything is to be hidden.

    The SQL wants the table under the name `served`, and reads temp table `shown_instead` (content, cell,
    shown), which stays on the connection.
    """
    connection.execute(
        "create or replace temp table shown_instead (content varchar, cell varchar, shown varchar)"
    )
    instead = {}
    by_content: dict[str, list[Text]] = {}
    for text in texts:
        by_content.setdefault(text.content, []).append(text)
    hide = _hiders(connection, rules)
    for content in by_content.keys() & hide.keys():
        cells = _cells(connection, by_content[content], with_ascii=content == PLACE)
        shown = hide[content](sorted({cell for _, cell in cells}))
        connection.execute(
            "insert into shown_instead select $content, unnest($cells), unnest($shown)",
            {"content": content, "cells": list(shown), "shown": list(shown.values())},
        )
        for number in {number for number, cell in cells if cell in shown}:
            text = by_content[content][number]
            instead[text.table, text.name] = _lookup(content, text.name)
    return instead


def _lookup(content: str, column: str) -> str:
    cell = f"served.{quoted(column)}"
    return (
        f"coalesce((select shown from shown_instead as instead where instead.content = '{content}'"
        f" and instead.cell = {cell}), {cell})"
    )


# Of cells, each once, those that are not served as they stand, and what is.
Hide = Callable[[list[str]], dict[str, str]]


def _hiders(connection: duckdb.DuckDBPyConnection, rules: NameRules) -> dict[str, Hide]:
    """What to do with the cells of each kind of column."""
    hiders: dict[str, Hide] = {SHEET: lambda cells: _sheets(cells, rules.plain)}
    if not rules.columns:
        return hiders
    _create_words(connection, rules)
    places = {word for (word,) in connection.execute("select word from place").fetchall()}

    def is_known(word: str) -> bool:
        return word in places or rules.plain(word) == word

    def is_place(cell: str) -> bool:
        # Digits in words are words of the tables as well; no place has a long number.
        words = _RUN.search(cell) and len(_DIGIT.findall(cell)) <= _DIGITS_OF_A_PLACE
        return cell in places or bool(words and is_known(cell))

    def typed(part: str) -> str:
        return _RUN.sub(lambda run: run[0] if is_known(run[0]) else rules.plain(run[0]), part)

    def of_typed(cells: list[str]) -> dict[str, str]:
        quoting = (
            (cell, _QUOTED.sub(lambda found: typed(found[0]), cell) if "“" in cell else typed(cell))
            for cell in cells
        )
        return {cell: shown for cell, shown in quoting if shown != cell}

    def of_names(cells: list[str]) -> dict[str, str]:
        shown: dict[str, str] = {}
        for cell, name in _names_in(connection, cells):
            if not is_known(name):
                shown[cell] = shown.get(cell, cell).replace(name, HIDDEN_NAME)
        return shown

    return hiders | {
        PLACE: lambda cells: {cell: HIDDEN_PLACE for cell in cells if cell and not is_place(cell)},
        TYPED: of_typed,
        "": of_names,
    }


def _sheets(cells: list[str], plain: Callable[[str], str]) -> dict[str, str]:
    """Sheets that would share what is left of their names are numbered, so that they stay apart."""
    left = {cell: plain(cell) for cell in cells}
    sharing, met = Counter(left.values()), Counter[str]()
    shown = {}
    for cell, label in left.items():
        if label != cell:
            met[label] += 1
            shown[cell] = f"{label}（{met[label]}）" if sharing[label] > 1 else label
    return shown


def _create_words(connection: duckdb.DuckDBPyConnection, rules: NameRules) -> None:
    """Temp tables `named` (what people are called) and `place` (what the county's places are called).

    A place is what the list of villages says, or, where there is none, any register; and, whoever is called
    so too, what enough households give as theirs.
    """
    named = " union ".join(
        f"select trim(cast({quoted(column)} as varchar)) from warehouse.staging.stg_{feed}"
        for feed, column in rules.columns
    )
    connection.execute(f"create or replace temp table named as select word from ({named}) as names(word)")
    connection.execute(f"""
        create or replace temp table place as
        with lived_in as (
            select word, count(distinct register_household_no) as households from (
                select register_household_no, unnest([village_name, natural_village_name]) as word
                from warehouse.staging.stg_register_household
            ) where word is not null group by word
        ),
        listed as (select distinct village_name as word from warehouse.staging.stg_village)
        select word from listed where word not in (select word from named where word is not null)
        union select word from lived_in where households >= {_FEWEST_HOUSEHOLDS}
        union select word from lived_in
        where not exists (from listed) and word not in (select word from named where word is not null)
    """)


def _names_in(connection: duckdb.DuckDBPyConnection, cells: list[str]) -> list[tuple[str, str]]:
    """(cell, name) where a run of Han characters in a cell is what somebody is called."""
    return connection.execute(
        f"""
        with typed as (select unnest($cells) as cell),
        runs as (select distinct cell, unnest(regexp_extract_all(cell, '{_HAN}')) as word from typed)
        select cell, word from runs
        where length(word) > 1 and word in (select word from named)
        order by all
        """,
        {"cells": [cell for cell in cells if _RUN.search(cell)]},
    ).fetchall()


def _cells(
    connection: duckdb.DuckDBPyConnection, texts: list[Text], with_ascii: bool
) -> list[tuple[int, str]]:
    """(place in `texts`, cell) of all cells, or those with more than ASCII in them, each once."""
    which = "cell is not null" if with_ascii else "strlen(cell) > length(cell)"
    found: list[tuple[int, str]] = []
    for number, text in enumerate(texts):
        rows = connection.execute(
            f"select cell from (select distinct {quoted(text.name)} as cell from {text.source}) where {which}"
        ).fetchall()
        found += [(number, cell) for (cell,) in rows]
    return found
