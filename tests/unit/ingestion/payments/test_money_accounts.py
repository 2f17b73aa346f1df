"""The money of a file is the money that landed and the money that is held: to the cent, in three formats.

The sums of the files are made by libraries and a way of reading numbers that the product does not use.
"""

import csv
import io
import json
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
import xlrd
import xlwt

from ingestion.checking import columns
from ingestion.lake import write
from tests.unit.ingestion.deliveries import CATALOG
from tests.unit.ingestion.helpers import id_number, lake, new_home
from tests.unit.ingestion.payments.subsidies import TITLE, as_csv, drop, payment
from tests.unit.ingestion.payments.test_reversals import STAYS, SUPPORT, stay, supported

WRITTEN = ("1500", "1,500.00", "750.5", "-1500", "0.01", "￥2,000.10", "(33.33)", "99999.99", "0.1")


def with_amounts(rows, header):
    """Each amount in another way of writing; one row has a wrong number of a person, one is repeated."""
    rows = [{**row, header: WRITTEN[n % len(WRITTEN)]} for n, row in enumerate(rows)]
    number = next(name for name in rows[2] if name in ("身份证号", "证件号码"))
    rows[2][number] = rows[2][number][:17] + "?"
    return [*rows, dict(rows[5])]


def taught(rows):
    return [{**row, "发放日期": f"2019-12-{n + 1:02d}"} for n, row in enumerate(rows)]


FEEDS = {
    "education_subsidy": (
        "education",
        TITLE,
        {"金额(元)": "amount_yuan"},
        with_amounts(taught([payment(n) for n in range(1, 21)]), "金额(元)"),
        "学期",
    ),
    "destitute_support": (
        "civil_affairs",
        SUPPORT,
        {"发放金额": "amount_yuan", "月保障金": "monthly_yuan"},
        with_amounts([supported(n) for n in range(1, 21)], "发放金额"),
        "发放月份",
    ),
    "inpatient_settlement": (
        "health_insurance",
        STAYS,
        {"医疗费总额": "total_yuan", "统筹基金支付": "fund_paid_yuan", "医疗救助支付": "relief_paid_yuan"},
        with_amounts([stay(f"S{n}", 证件号码=id_number(n)) for n in range(1, 21)], "医疗费总额"),
        None,
    ),
}


def as_book(rows, title):
    book = openpyxl.Workbook()
    book.active.append([title])
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([float(v) if v in ("1500", "750.5", "0.1", "900") else v for v in row.values()])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_old_book(rows, title):
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    sheet.write(0, 0, title)
    for at, cells in enumerate([list(rows[0]), *(list(row.values()) for row in rows)], start=1):
        for column, cell in enumerate(cells):
            sheet.write(at, column, float(cell) if cell in ("1500", "750.5", "0.1", "900") else cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells_of(data, ending):
    """The table of a file below its title, as lists, by another library than the product's."""
    if ending == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1:]
    if ending == "xlsx":
        return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.values][1:]
    sheet = xlrd.open_workbook(file_contents=data).sheet_by_index(0)
    return [sheet.row_values(at) for at in range(1, sheet.nrows)]


def yuan(cell):
    """A number as people write it."""
    text = str(cell).replace(",", "").replace("￥", "").strip()
    return -Decimal(text[1:-1]) if text.startswith("(") else Decimal(text).quantize(Decimal("0.01"))


def in_file(data, ending, header):
    names, *rows = cells_of(data, ending)
    return sum((yuan(row[names.index(header)]) for row in rows), Decimal())


@pytest.mark.parametrize("ending", ["csv", "xls", "xlsx"])
@pytest.mark.parametrize("feed", FEEDS)
def test_the_money_of_the_file_is_what_landed_and_what_is_held(tmp_path, feed, ending):
    department, title, columns, rows, _ = FEEDS[feed]
    data = {"csv": as_csv, "xls": as_old_book, "xlsx": as_book}[ending](rows, title)
    home = new_home(tmp_path)
    outcome = drop(home, data, name=f"a.{ending}", department=department)
    assert (outcome.rows_read, outcome.rows_held) == (21, 2), outcome.reason
    held = [json.loads(row["row_json"]) for row in lake(home, "held_row")]
    for header, column in columns.items():
        landed = sum((row[column] for row in lake(home, feed)), Decimal())
        assert in_file(data, ending, header) == landed + sum(yuan(row[header]) for row in held), header


def test_each_period_has_its_own_account(tmp_path):
    home = new_home(tmp_path)
    rows = [payment(n, f"{n}.{n:02d}", 学期="第一学期" if n % 3 else "第二学期") for n in range(1, 31)]
    drop(home, as_csv(rows))
    wanted = defaultdict(Decimal)
    for n in range(1, 31):
        wanted["2019-2020|第一学期" if n % 3 else "2019-2020|第二学期"] += Decimal(f"{n}.{n:02d}")
    found = defaultdict(Decimal)
    for row in lake(home, "education_subsidy"):
        found[row["_period"]] += row["amount_yuan"]
    assert found == wanted


@pytest.mark.parametrize("fault", ["a cent", "a period", "an amount lost"])
def test_a_fault_of_ours_in_the_money_is_caught_while_landing(tmp_path, monkeypatch, fault):
    whole = write.accepted_table

    def wrong(batch_id, batch, keep):
        table = whole(batch_id, batch, keep)
        if fault == "a period":
            at = table.schema.get_field_index("_period")
            return table.set_column(at, "_period", pa.array(["x"] * len(table)))
        amounts = table["amount_yuan"].to_pylist()
        amounts[1] = None if fault == "an amount lost" else amounts[1] + Decimal("0.01")
        at = table.schema.get_field_index("amount_yuan")
        return table.set_column(at, table.schema.field(at), pa.array(amounts, table.schema.field(at).type))

    monkeypatch.setattr(write, "accepted_table", wrong)
    with pytest.raises(write.AccountingError, match="money"):
        drop(new_home(tmp_path), as_csv([payment(n) for n in range(1, 6)]))


def test_amounts_in_the_unit_of_the_header_are_accounted_for(tmp_path):
    home = new_home(tmp_path)
    rows = [supported(n, **{"发放金额(万元)": "0.09"}) for n in range(1, 8)]
    for row in rows:
        del row["发放金额"]
    outcome = drop(home, as_csv(rows, SUPPORT), department="civil_affairs")
    assert outcome.rows_accepted == 7
    assert sum(row["amount_yuan"] for row in lake(home, "destitute_support")) == 6300


def test_a_wrong_parser_is_caught_by_the_plain_numbers(tmp_path, monkeypatch):
    parser_for = columns.parser_for

    def tenfold(column):
        parse = parser_for(column)
        if column.type != "money_yuan":
            return parse
        return lambda texts, setting: parse(texts, replace(setting, factor=setting.factor * 10))

    monkeypatch.setattr(columns, "parser_for", tenfold)
    with pytest.raises(write.AccountingError, match="amount_yuan"):
        drop(new_home(tmp_path), as_csv([payment(n) for n in range(1, 6)]))


def test_every_feed_with_amounts_is_covered():
    # Funds, posts and training are counted to the yuan by test_funds and test_employment.
    by_their_figures = {"fund_received", "fund_spent", "public_post", "training"}
    paying = {c.feed for c in CATALOG.contracts if c.payments}
    assert paying == {*FEEDS, "subsistence_allowance"} | by_their_figures
