"""Files of 生活费补助 as an education office sends them, and what stands of them by the dbt macro itself."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import duckdb

from ingestion import load_file, pending, receive
from tests.unit.ingestion import warehouse
from tests.unit.ingestion.deliveries import CATALOG, NOON
from tests.unit.ingestion.helpers import id_number

FEED = "education_subsidy"
TITLE = "2019年12月发放2019-2020学年第一学期建档立卡学生生活费补助发放表"
HEADER = ("学年", "学期", "学段", "学校", "姓名", "身份证号", "补助类型", "金额(元)", "发放日期", "发放状态")


def payment(pupil, amount="1500", day="2019-12-10", status="成功", stage="小学", **change):
    """One row by header; `pupil` is a number."""
    row = ("2019-2020", "第一学期", stage, "一小", "陈文", id_number(pupil, born="20090501"))
    return {**dict(zip(HEADER, (*row, "生活费", amount, day, status), strict=True)), **change}


def base(pupils=32, **change):
    return [payment(n, **change) for n in range(1, pupils + 1)]


def as_csv(rows, title=TITLE):
    out = io.StringIO()
    out.write(title + "\r\n")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def drop(home, data, *, at=0, name="补助.csv", department="education"):
    """Drop a file and load it, `at` days after the first; its only outcome."""
    (home.inbox / department / name).write_bytes(data)
    receive(home, CATALOG, now=NOON + timedelta(days=at))
    (outcome,) = [o for receipt in pending(home) for o in load_file(home, CATALOG, receipt)]
    return outcome


def standing(home, feed=FEED, amount="amount_yuan"):
    """(ID number, amount as written, net amount) of each row in force, as the staging model has them."""
    sql = warehouse.model_sql(f"stg_{feed}").replace("<lake>", str(home.lake))
    with duckdb.connect() as connection:
        rows = connection.execute(f"select id_number, {amount}, net_yuan from ({sql})").fetchall()
    return sorted(rows)


def money(home, feed=FEED, amount="amount_yuan"):
    """Rows in force and their net money."""
    rows = standing(home, feed, amount)
    return len(rows), sum((net for *_, net in rows), Decimal())
