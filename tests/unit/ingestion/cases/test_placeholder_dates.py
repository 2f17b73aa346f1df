"""Dates that programs write where there is none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ingestion.checking.test_columns import checked, found, small
from tests.unit.ingestion.helpers import Insured, id_number
from tests.unit.ingestion.parsing.test_dates import codes, parse

NO_DATES = [
    "0", "0.0", "00:00:00", "0000-00-00", "0000/00/00", "00000000", "1900-01-00", "1900/1/0", "1900年1月0日",
    "19000100", "1/0/1900", "1900-01-01", "1900/1/1", "19000101", "1900-01-01 00:00:00", "1899-12-30",
    "1899-12-31", "1899/12/30 0:00:00", "1970-01-01", "1970/1/1", "19700101", "25569", "1970-01-01T00:00:00",
    "9999-12-31", "9999/12/31", "99991231", "9999-12-31 23:59:59", "2958465", "2099-12-31", "20991231",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_DATES)
def test_no_date_and_a_warning(text):
    batch = small([{"name": "d", "type": "date"}], [[text], ["2019-12-01"]])
    assert batch.columns["d"].to_pylist() == [None, date(2019, 12, 1)]
    assert found(batch) == [("DATE_PLACEHOLDER", "warning", 0, "d")]
    assert batch.blank["d"].tolist() == [True, False]
    assert not batch.held.any()


@pytest.mark.parametrize("text", NO_DATES)
def test_where_a_date_is_needed_it_is_an_error(text):
    batch = small([{"name": "d", "type": "date", "nullable": False}], [[text]])
    assert found(batch) == [("DATE_IS_PLACEHOLDER", "error", 0, "d")]


@pytest.mark.parametrize(
    "text", ["0", "0000-00", "1900-01", "1900年1月", "190001", "1970-01", "9999-12", "999912", "2099-12"]
)
def test_months(text):
    parsed = parse("year_month", text)
    assert (parsed.values.to_pylist(), codes(parsed.problems)) == ([None], ["DATE_PLACEHOLDER"])


@pytest.mark.parametrize("text", ["0", "0000", "1900", "9999年"])
def test_years(text):
    parsed = parse("year", text)
    assert (parsed.values.to_pylist(), codes(parsed.problems)) == ([None], ["DATE_PLACEHOLDER"])


@pytest.mark.parametrize("text", ["08:30:00", "0-5", "1900-13-01", "19000"])
def test_other_odd_dates_keep_their_message(text):
    assert "DATE_PLACEHOLDER" not in parse("date", text).problems


@given(st.dates(date(1900, 1, 2), date(2099, 12, 30)))
def test_every_other_day_is_a_day(day):
    if day == date(1970, 1, 1):
        return
    for text in (day.isoformat(), day.strftime("%Y/%m/%d"), day.strftime("%Y%m%d")):
        parsed = parse("date", text)
        assert (parsed.values.to_pylist(), codes(parsed.problems)) == ([day], []), text


@pytest.mark.parametrize(
    ("written", "number", "kept"),
    [
        ("1970-01-01", id_number(1, "19700101"), date(1970, 1, 1)),
        ("1970/1/1", id_number(1, "19700101"), date(1970, 1, 1)),
        ("1900-01-01", id_number(1, "19000101"), date(1900, 1, 1)),
        ("1970-01-01", id_number(1, "19700102"), None),
        ("1970-01-01", "", None),
    ],
)
def test_somebody_may_be_born_on_such_a_day(written, number, kept):
    columns = [
        {"name": "id_number", "type": "id_number", "pii": "id_number", "blank_id": "warning"},
        {"name": "born", "type": "date"},
    ]
    rule = [{"kind": "like_id", "code": "B", "column": "born"}]
    batch = small(columns, [[number, written]], checks=rule)
    assert batch.columns["born"].to_pylist() == [kept]
    assert ("DATE_PLACEHOLDER" in {f.code for f in batch.findings}) == (kept is None)


def test_a_paid_premium_without_its_date_is_taken():
    rows = Insured.rows(6)
    rows[2][8] = "1970-01-01"
    batch = checked(Insured.table(rows))
    assert found(batch) == [("DATE_PLACEHOLDER", "warning", 2, "premium_paid_on")]
