"""Arbitrary cells under the headers of every feed: accounted for, never an internal error, given back."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.contracts import Contract
from tests.unit.ingestion.fuzz.formats import WRITERS
from tests.unit.ingestion.fuzz.properties import CATALOG, examine_file
from tests.unit.ingestion.fuzz.test_tables import CELLS
from tests.unit.ingestion.helpers import id_number

pytestmark = pytest.mark.slow

FORMATS = (
    "csv",
    "xlsx",
    "xls",
    "tsv",
    "html",
    "ods",
    "csv_gb18030",
    "xlsb",
    "xml2003",
    "mhtml",
    "biff",
    "xlsm",
)
_PLAUSIBLE = [
    "徐城街道",
    "东方社区",
    "2019-06-30",
    "201906",
    "2019",
    "100",
    "0.5",
    "是",
    "陈文",
    "居民",
    "男",
    "0",
]
POOLS = st.lists(CELLS, min_size=4, max_size=16)
each_feed = pytest.mark.parametrize("contract", CATALOG.contracts, ids=lambda contract: contract.feed)


def written(contract: Contract, pool: list[str], seed: int, kind: str) -> bytes:
    """A table of the feed, its cells from the pool and from what such cells usually hold."""
    dice = random.Random(seed)
    usual = [*_PLAUSIBLE, *(id_number(n) for n in range(4))]
    width = len(contract.columns)
    rows = [
        [dice.choice(pool if dice.random() < 0.3 else usual) for _ in range(width)]
        for _ in range(dice.choice([1, 2, 5, 12]))
    ]
    title = f"徐闻县{contract.title} 统计截止日期：2019年6月30日"
    head = [[title, *[""] * (width - 1)], [column.headers[0] for column in contract.columns]]
    return WRITERS[kind]([*head, *rows])


def check_feed(contract: Contract, pool: list[str], seed: int, kind: str) -> None:
    data = written(contract, pool, seed, kind)
    verdict = examine_file(data, exact=True, department=contract.department)
    assert verdict.rows or verdict.code in ("NO_ROWS", "NIL_RETURN", "WRONG_COUNTY", "NO_HEADER"), (
        verdict.code
    )


@each_feed
def test_cells_under_real_headers(contract: Contract) -> None:
    run = settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    drawn = given(POOLS, st.integers(0, 1 << 30), st.sampled_from(FORMATS[:3]))
    run(drawn(lambda pool, seed, kind: check_feed(contract, pool, seed, kind)))()


@pytest.mark.slow
@each_feed
@pytest.mark.long
def test_thousands_of_cells_under_real_headers(contract: Contract) -> None:
    run = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    drawn = given(POOLS, st.integers(0, 1 << 30), st.sampled_from(FORMATS))
    run(drawn(lambda pool, seed, kind: check_feed(contract, pool, seed, kind)))()
