"""Small files as departments sent them, each with one thing in it that is not what the cell holds."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pyarrow as pa

from ingestion.lake.schema import PROBLEM
from ingestion.matching.feeds import known_headers
from ingestion.readers import read
from ingestion.returning.marked import marked_copy
from tests.unit.ingestion.shown.judged import NOW, case, catalog, checked, codes, judged, values

NEVER_COMPUTED = sorted(
    [("TOO_MANY_HELD", ""), *(("FORMULA_WITHOUT_VALUE", f"L{row}") for row in range(3, 15))]
)
ALLOWANCES = [Decimal(960)] * 24


def test_plain_numbers_as_dates_of_a_workbook_that_counts_from_1904() -> None:
    data, name = case("1904_")
    result = judged(data, name)
    days = [date(1904, 1, 1) + timedelta(days=42_338 + n) for n in range(10)]
    assert days[0] == date(2019, 12, 1)
    assert values(result, "died_on") == days
    assert values(result, "registered_on") == [day + timedelta(days=3) for day in days]
    assert {code for code, _ in codes(checked(data, name))} == {"DATES_FROM_1904"}


def test_formulas_of_a_library_with_nought_for_a_value() -> None:
    data, name = case("公式缓存0")
    assert values(judged(data, name), "amount_yuan") == [None] * 12
    found = codes(checked(data, name))
    assert sorted(found) == NEVER_COMPUTED
    assert found[1] == ("FORMULA_WITHOUT_VALUE", "L3")


def test_formulas_without_a_value_stay_formulas_in_the_copy() -> None:
    data, name = case("公式无值")
    report = checked(data, name)
    assert sorted(codes(report)) == NEVER_COMPUTED
    assert {p.header for p in report.problems if p.cell} == {"发放金额"}  # told once, of the column
    reading = read(data, known_headers=known_headers(catalog()))
    none = pa.Table.from_pylist([], PROBLEM)
    copy = marked_copy(data, reading, (), none, file_name=name, received_at=NOW)
    sheet = openpyxl.load_workbook(io.BytesIO(copy.data))["Sheet"]
    assert [sheet.cell(row, 12).value for row in range(3, 15)] == [f"=J{row}*1" for row in range(3, 15)]


def test_a_file_broken_off_and_filled_up_with_nul() -> None:
    data, name = case("尾部NUL")
    (outcome,) = checked(data, name).outcomes
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "FILE_TRUNCATED")
    last = data.rstrip(b"\0").count(b"\n")
    assert f"第 {last} 行" in (outcome.reason or "")


def test_leading_zeros_by_the_format_of_an_open_document() -> None:
    data, name = case("前导零")
    numbers = values(judged(data, name), "register_household_no")
    assert len(numbers) == 20
    assert numbers[:3] == ["0000100000", "0000100000", "0000100001"]
    assert all(len(number) == 10 for number in numbers)


def test_october_as_a_number_with_two_places() -> None:
    data, name = case("2019点10")
    result = judged(data, name)
    assert values(result, "pay_month") == [date(2019, 10, 1)] * 12
    assert result.outcome.as_of == date(2019, 10, 31)
    assert codes(checked(data, name)) == []


def test_yuan_shown_as_ten_thousands_under_such_a_header() -> None:
    data, name = case("显示万元")
    assert values(judged(data, name), "amount_yuan") == [Decimal(40_000)] * 12
    assert codes(checked(data, name)) == []


def test_struck_rows_are_told_one_by_one() -> None:
    data, name = case("删除线")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    struck = [row for row in range(3, 23) if sheet.cell(row, 1).font.strike]
    assert struck
    assert codes(checked(data, name)) == [("ROW_STRUCK_OUT", f"A{row}") for row in struck]


def test_a_workbook_that_excel_locked_by_itself() -> None:
    data, name = case("只读保护")
    assert values(judged(data, name), "amount_yuan") == ALLOWANCES[:12]
    assert codes(checked(data, name)) == []


def test_totals_of_pages_and_one_without_a_label() -> None:
    data, name = case("分页小计")
    result = judged(data, name)
    assert values(result, "amount_yuan") == ALLOWANCES
    assert codes(checked(data, name)) == []
    assert result.batch is not None
    totals = result.batch.tables[0].table.totals
    assert [row.row for row in totals] == [9, 19, 29, 39, 41, 42]


def test_moments_of_another_zone_are_days_of_the_county() -> None:
    data, name = case("UTC时间")
    settled = values(judged(data, name), "settled_on")
    sent = [line.split(b",")[10].decode() for line in data.splitlines()[1:]]
    assert sent[0] == "2018-12-31T16:00:00Z"
    county = {
        "2018-12-31T16:00:00Z": date(2019, 1, 1),
        "2018-12-31T16:00:00.000+0000": date(2019, 1, 1),
        "2019-12-31T15:59:59Z": date(2019, 12, 31),
        "2019-12-31T16:00:00Z": date(2020, 1, 1),
        "2019-12-20": date(2019, 12, 20),
    }
    assert settled == [county[text] for text in sent]
    assert settled[0] == date(2019, 1, 1)
