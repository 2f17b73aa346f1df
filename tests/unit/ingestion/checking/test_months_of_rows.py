"""Delivery, board and rows speak for one date: where rows name their months, for the last of them."""

from datetime import date

import pytest

from ingestion.pipeline.load import check_bytes
from sanbao.codegen.problem_examples import clean_row
from tests.unit.ingestion.helpers import catalog
from tests.unit.ingestion.problems.made import text

CATALOG = catalog()
PAYROLL = CATALOG["destitute_support"]


def payroll(title, *months):
    rows = [clean_row(PAYROLL, n) | {"pay_month": month} for n, month in enumerate(months, start=1)]
    return text(
        [[title], [c.header for c in PAYROLL.columns], *([r[c.name] for c in PAYROLL.columns] for r in rows)]
    )


@pytest.mark.parametrize(
    ("title", "months", "as_of", "said"),
    [
        ("徐闻县2019年12月特困人员救助供养金发放表", ["2019-12"] * 6, date(2019, 12, 31), []),
        # the day on which it was closed is in the month of the rows
        ("特困人员救助供养金发放表 统计截止日期：2019年12月20日", ["2019-12"] * 6, date(2019, 12, 20), []),
        ("徐闻县2019年12月特困人员救助供养金发放表", ["2019-11"] * 6, date(2019, 11, 30), ["AS_OF_DOUBTFUL"]),
        ("特困人员救助供养金发放表", ["2019-11"] * 6, date(2019, 11, 30), []),
    ],
)
def test_the_rows_decide_and_it_is_said_once(title, months, as_of, said):
    report = check_bytes(payroll(title, *months), "发放表.csv", CATALOG, department="civil_affairs")
    (outcome,) = report.outcomes
    assert (outcome.as_of, [p.code for p in report.problems]) == (as_of, said)
