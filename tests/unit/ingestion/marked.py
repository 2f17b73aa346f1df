"""An insurance roll with wrong rows, and its marked copy, as bytes that are dropped into an inbox."""

import csv
import io
from datetime import UTC, datetime, timedelta

from ingestion import load_file, pending, receive
from ingestion.returning.marked import reference
from tests.unit.ingestion.helpers import Insured, catalog
from tests.unit.ingestion.warehouse import settle_returns

CATALOG = catalog()
NOON = datetime(2020, 1, 2, 12, tzinfo=UTC)
TITLE = "徐闻县2019年6月基本医疗保险参保名册"
FEEDBACK = ("问题", "如何改正")


def text(rows, *, marks=None, title=TITLE):
    """A CSV of the insurance roll; with `marks` (one per row) as a marked copy."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([title])
    writer.writerow([*Insured.header, *(FEEDBACK if marks is not None else ())])
    for n, row in enumerate(rows):
        writer.writerow([*row, *((marks[n], "请改正" if marks[n] else "") if marks is not None else ())])
    return out.getvalue().encode("utf-8-sig")


def drop(home, data, *, at=0, name="参保.csv", department="health_insurance"):
    (home.inbox / department / name).write_bytes(data)
    receive(home, CATALOG, now=NOON + timedelta(days=at))
    outcomes = [o for receipt in pending(home) for o in load_file(home, CATALOG, receipt)]
    settle_returns(home, CATALOG)
    return outcomes


def spoiled(count=20, wrong=(2, 5)):
    """Rows of which those in `wrong` have a status that nobody knows; row n stands in line n + 3."""
    rows = Insured.rows(count)
    for n in wrong:
        rows[n][5] = "退休"
    return rows


def mark(outcome, n):
    return f"参保状态有误〔编号 {reference(outcome.batch_id, '', n + 3, True)}〕"
