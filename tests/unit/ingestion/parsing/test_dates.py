from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.contracts import Column
from ingestion.parsing import PARSERS, Setting
from tests.unit.ingestion.helpers import catalog

SETTING = Setting(catalog()["register_person"].column("birth_on"))
NEW_YEARS_EVE = date(2019, 12, 31)


def parse(kind: str, *texts: str):
    return PARSERS[kind](pa.array(texts, pa.string()), SETTING)


def codes(found: dict) -> list[str]:
    return [code for code, mask in found.items() if mask[0]]


@pytest.mark.parametrize(
    "text",
    [
        *("2019-12-31", "20191231", "2019.12.31", "2019/12/31", "2019年12月31日", "43830", "43830.0"),
        *("２０１９年１２月３１日", " 2019-12-31 ", "2019/12/31 8:30", "2019 - 12 - 31"),
        *("2019年12月31号", "20191231.0", "2019-12-31 00:00:00"),
    ],
)
def test_every_form_of_a_day(text):
    parsed = parse("date", text)
    assert parsed.values.to_pylist() == [NEW_YEARS_EVE]
    assert not parsed.problems


def test_the_iso_form_is_no_repair_and_others_are():
    assert not parse("date", "2019-12-31").repairs
    assert codes(parse("date", "20191231").repairs) == ["date_form"]
    assert codes(parse("date", "43830").repairs) == ["excel_serial"]


@pytest.mark.parametrize("text", ["2019-12", "2019年12月", "201912", "2019.12"])
def test_a_month_alone_is_its_first_day_with_a_warning(text):
    parsed = parse("date", text)
    assert parsed.values.to_pylist() == [date(2019, 12, 1)]
    assert codes(parsed.problems) == ["DATE_WITHOUT_DAY"]


@pytest.mark.parametrize(("text", "day"), [("19.12.31", NEW_YEARS_EVE), ("58-3-4", date(1958, 3, 4))])
def test_two_digit_years_are_completed_with_a_warning(text, day):
    parsed = parse("date", text)
    assert parsed.values.to_pylist() == [day]
    assert codes(parsed.problems) == ["DATE_TWO_DIGIT_YEAR"]


@pytest.mark.parametrize("text", ["至今", "长期"])
def test_an_open_end_is_no_date_and_no_fault(text):
    parsed = parse("date", text)
    assert parsed.values.to_pylist() == [None]
    assert not parsed.problems
    assert not parsed.blank[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2019-02-29", "DATE_IMPOSSIBLE"),
        ("20191301", "DATE_IMPOSSIBLE"),
        ("1019-12-31", "DATE_OUT_OF_RANGE"),
        ("昨天", "DATE_FORM"),
        ("2019", "DATE_FORM"),
    ],
)
def test_no_day_at_all(text, code):
    parsed = parse("date", text)
    assert parsed.values.to_pylist() == [None]
    assert codes(parsed.problems) == [code]


@pytest.mark.parametrize("text", ["", " ", "-", "/", "—"])
def test_blank(text):
    parsed = parse("date", text)
    assert parsed.values.to_pylist() == [None]
    assert parsed.blank[0] and not parsed.problems


@pytest.mark.parametrize(
    "text", ["2019-12", "2019年12月", "201912", "2019.12", "2019/12/01", "20191231", "43800"]
)
def test_months(text):
    assert parse("year_month", text).values.to_pylist() == [date(2019, 12, 1)]


@pytest.mark.parametrize("text", ["至今", "长期", "在岗"])
def test_an_open_end_is_no_month_and_no_fault_where_the_cell_may_be_blank(text):
    parsed = parse("year_month", text)
    assert parsed.values.to_pylist() == [None] and not parsed.problems
    needed = Setting(Column(name="x", header="月份", type="year_month", nullable=False, description="x"))
    found = PARSERS["year_month"](pa.array([text], pa.string()), needed)
    assert codes(found.problems) == ["MONTH_FORM"]


def test_a_month_that_may_have_lost_its_zero():
    assert codes(parse("year_month", "2019.1").problems) == ["MONTH_AMBIGUOUS"]
    assert not parse("year_month", "2019.10").problems
    assert codes(parse("date", "2019.1").problems) == ["MONTH_AMBIGUOUS"]
    assert codes(parse("date", "2019.10").problems) == ["DATE_WITHOUT_DAY"]
    assert codes(parse("year_month", "12月").problems) == ["DATE_WITHOUT_YEAR"]


@pytest.mark.parametrize("text", ["2019", "2019年", "2019年度", "2019.0", "2019-12-31", "201912"])
def test_years(text):
    assert parse("year", text).values.to_pylist() == [2019]


def test_no_year():
    assert codes(parse("year", "去年").problems) == ["YEAR_FORM"]
    assert codes(parse("year", "1019").problems) == ["DATE_OUT_OF_RANGE"]
    assert parse("year", "").blank[0]


@given(st.dates(min_value=date(1928, 1, 1), max_value=date(2064, 1, 1)))
def test_all_forms_agree(day):
    serial = (day - date(1899, 12, 30)).days
    forms = [day.isoformat(), day.strftime("%Y%m%d"), f"{day.year}.{day.month}.{day.day}", str(serial)]
    assert parse("date", *forms).values.to_pylist() == [day] * 4


@given(st.lists(st.text(max_size=12)))
def test_any_text_is_read_blank_open_or_named(texts):
    parsed = parse("date", *texts)
    for i, value in enumerate(parsed.values.to_pylist()):
        named = any(mask[i] for mask in parsed.problems.values())
        open_end = any(mask[i] for mask in parsed.repairs.values())
        assert value is not None or named or open_end or parsed.blank[i]
