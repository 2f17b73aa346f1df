"""A stranger with the serving file, who knows GB 11643 and nothing of how publishing judges it.

He tries simple rules, as a reviewer did who rebuilt 4,889 of 4,889 numbers: this column is the birth date,
that one the end of the number, this hash is that of the number. A rule is put to everybody who has both; what
is left to guess is enumerated number by number, and only afterwards held against the truth.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
KEYS = ("person_key", "person_handle", "register_person_no", "household_id", "person_name")
Cells = dict[tuple[str, str], set[Any]]


def check_character(first: str) -> str:
    return "10X98765432"[sum(int(c) * w for c, w in zip(first, WEIGHTS, strict=True)) % 11]


class Attacker:
    def __init__(self, serving: Path) -> None:
        self._connection = duckdb.connect(str(serving), read_only=True)
        self.people = self._rows("mart", "dim_person")
        self._tables = {
            (schema, table): self._rows(schema, table)
            for schema, table in self._connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
            if schema == "mart"
        }
        self._possible: dict[str, list[str]] = {}
        self._by_end: dict[str, dict[str, list[str]]] = {}
        self._index = {name: self._by_key(rows) for name, rows in self._tables.items()}

    def _rows(self, schema: str, table: str) -> list[dict[str, Any]]:
        cursor = self._connection.execute(f'from {schema}."{table}"')
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @staticmethod
    def _by_key(rows: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
        found = defaultdict(list)
        for row in rows:
            for key in KEYS:
                if row.get(key):
                    found[key, row[key]].append(row)
        return found

    def cells(self, person: dict[str, Any]) -> Cells:
        """(table, column) → everything that stands in a row with one of the person's own keys."""
        found: Cells = defaultdict(set)
        for (_, table), index in self._index.items():
            for key in KEYS:
                for row in index.get((key, person.get(key)), ()):
                    for column, value in row.items():
                        if value is not None:
                            found[table, column].add(value)
        return found

    def left(self, person: dict[str, Any], cells: Cells, day_of: Any, end_of: Any) -> list[str]:
        """The numbers that a rule leaves: `day_of` and `end_of` are (table, column), or None."""
        self.possible(person)
        days = set(_days(cells.get(day_of, ()), person["birth_year"])) if day_of else set()
        ends = set(_ends(cells.get(end_of, ()))) if end_of else set()
        if (day_of and not days) or (end_of and not ends):
            return []
        if not ends:
            born = {f"{day:%Y%m%d}" for day in days}
            return [n for n in self.possible(person) if not born or n[6:14] in born]
        by_end = self._by_end[person["person_key"]]
        found = [number for end in ends for number in by_end.get(end, ())]
        return [n for n in found if not days or date.fromisoformat(n[6:14]) in days]

    def possible(self, person: dict[str, Any]) -> list[str]:
        """Every number of the person's area, year and sex."""
        key = person["person_key"]
        if key not in self._possible:
            parity = 1 if person["sex_code"] == "男" else 0
            firsts = [
                f"{person['id_number_masked'][:6]}{day:%Y%m%d}{sequence:03}"
                for day in _every_day(person["birth_year"])
                for sequence in range(parity, 1000, 2)
            ]
            self._possible[key] = [first + check_character(first) for first in firsts]
            by_end = self._by_end[key] = defaultdict(list)
            for number in self._possible[key]:
                by_end[number[14:]].append(number)
                by_end[number[15:]].append(number)
        return self._possible[key]

    def hashed(self, person: dict[str, Any], cells: Cells) -> list[str]:
        """Numbers of the person's year of which an unkeyed hash stands beside him."""
        wanted = {
            word
            for values in cells.values()
            for value in values
            if isinstance(value, str)
            for word in re.findall(r"[0-9a-f]{32,64}", value)
        }
        return [
            number
            for number in self.possible(person)
            if wanted & {getattr(hashlib, name)(number.encode()).hexdigest() for name in ("md5", "sha256")}
        ]

    def columns(self) -> list[tuple[str, str]]:
        return [(table, column) for (_, table), rows in self._tables.items() if rows for column in rows[0]]


def _days(values: Any, year: int) -> Iterator[date]:
    """Days of `year` that the values may mean, in any spelling."""
    for value in values:
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            if value.year == year:
                yield value
            continue
        if isinstance(value, int) and 300 < value < 60000:
            meant = [date(1970, 1, 1) + timedelta(value), date(1899, 12, 30) + timedelta(value)]
            yield from (day for day in meant if day.year == year)
        for y, m, d in re.findall(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})", str(value)):
            try:
                day = date(int(y), int(m), int(d))
            except ValueError:
                continue
            if day.year == year:
                yield day


def _ends(values: Any) -> Iterator[str]:
    for value in values:
        yield from re.findall(r"(?<!\d)(?:\d{2}[\dX]|\d{3}[\dX])(?![\dX])", str(value))


def _every_day(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [day for n in range(366) if (day := first + timedelta(n)).year == year]
