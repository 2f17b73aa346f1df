"""How DuckDB would run each model over a county: no join may look at every pair of rows.

A condition that looks at one side alone, beside an equality, makes DuckDB compare each row with each.
Two registers of thirty thousand persons took it half of a night's time; thirty counties' would never end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from sanbao.settings import Settings

pytestmark = pytest.mark.slow
EACH_WITH_EACH = "BLOCKWISE_NL_JOIN"
EQUALITY = re.compile(r"\b\w+ = \w+\b")


def joins(plan: dict[str, Any]) -> Iterator[str]:
    """The conditions by which a plan compares each row with each."""
    if plan["name"].strip() == EACH_WITH_EACH:
        yield str(plan["extra_info"]["Condition"])
    for child in plan["children"]:
        yield from joins(child)


def each_with_each(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """Conditions that name an equality by which the rows could have been found."""
    ((_, text),) = connection.execute(f"explain (format json) {query}").fetchall()
    found = [condition for plan in json.loads(text) for condition in joins(plan)]
    # Either of two ways to belong together: of a handful of rows on one side.
    return [each for each in found if EQUALITY.search(each) and " OR " not in each]


def test_no_join_looks_at_every_pair_of_rows(loaded_home: Settings) -> None:
    compiled = sorted((loaded_home.manifest.parent / "compiled/sanbao/models").rglob("*.sql"))
    assert len(compiled) > 200
    with duckdb.connect(str(loaded_home.warehouse), read_only=True) as warehouse:
        slow = {path.stem: each_with_each(warehouse, path.read_text("utf-8")) for path in compiled}
    assert not {model: conditions for model, conditions in slow.items() if conditions}


def test_such_a_join_would_be_found() -> None:
    connection = duckdb.connect()
    connection.execute("create table a as select range as k, range % 2 = 0 as even from range(1000)")
    connection.execute("create table b as select range as k from range(1000)")
    assert each_with_each(connection, "select * from a left join b on a.even and a.k = b.k")
    hashed = "select * from a left join b on case when a.even then a.k end = b.k"
    assert not each_with_each(connection, hashed)
