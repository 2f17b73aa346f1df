"""One amount over several rows of one thing is that thing's, once."""

from decimal import Decimal

import pytest

from ingestion.checking.columns import check
from ingestion.matching.feeds import MatchedTable
from sanbao.codegen.problem_examples import clean_row
from tests.unit.ingestion.checking.test_columns import found
from tests.unit.ingestion.helpers import table
from tests.unit.ingestion.problems.made import CATALOG

DEED = CATALOG["property_contract"]


def deeds(numbers, first, last, column="price_yuan"):
    """Rows of deeds with these contract numbers, one column merged over some of them (and filled down)."""
    names = [c.name for c in DEED.columns]
    rows = [{**clean_row(DEED, n), "contract_no": number} for n, number in enumerate(numbers, start=1)]
    made = table(
        [c.header for c in DEED.columns], [[row[name] for name in names] for row in rows], DEED.title
    )
    at = names.index(column)
    merged = made.__class__(**{**made.__dict__, "merged": ((at, first, last),)})
    return check(DEED, [MatchedTable(merged, DEED, {name: i for i, name in enumerate(names)})])


@pytest.mark.parametrize(("first", "last"), [(0, 1), (1, 3), (0, 3)])
def test_rows_of_one_deed_have_its_price_once(first, last):
    batch = deeds(["甲"] * 4 + ["乙"], first, last)
    assert found(batch) == []
    own = [0 if first < row <= last else 300 for row in range(5)]
    assert [value or 0 for value in batch.columns["price_yuan"].to_pylist()] == list(map(Decimal, own))
    assert [(c, r.tolist()) for c, code, r in batch.repairs if code == "merged_once"] == [
        ("price_yuan", list(range(first + 1, last + 1)))
    ]


def test_rows_of_different_deeds_are_held():
    batch = deeds(["甲", "甲", "乙", "丙"], 1, 2)
    assert found(batch) == [("AMOUNT_MERGED", "error", row, "price_yuan") for row in (1, 2)]


def test_each_cell_by_itself():
    names = [c.name for c in DEED.columns]
    rows = [{**clean_row(DEED, n), "contract_no": number} for n, number in enumerate("aabc", start=1)]
    made = table(
        [c.header for c in DEED.columns], [[row[name] for name in names] for row in rows], DEED.title
    )
    at = names.index("price_yuan")
    merged = made.__class__(**{**made.__dict__, "merged": ((at, 0, 1), (at, 2, 3))})
    batch = check(DEED, [MatchedTable(merged, DEED, {name: i for i, name in enumerate(names)})])
    assert found(batch) == [("AMOUNT_MERGED", "error", row, "price_yuan") for row in (2, 3)]
    assert batch.columns["price_yuan"].to_pylist()[:2] == [Decimal(300), None]
