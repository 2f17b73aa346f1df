from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.parsing import PARSERS, Setting
from tests.unit.ingestion.helpers import catalog

ARSENIC = catalog()["water_quality_test"].column("arsenic_mg_l")


def parse(kind: str, text: str, factor: float = 1.0):
    return PARSERS[kind](pa.array([text], pa.string()), Setting(ARSENIC, factor))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1200", "1200.00"),
        ("1,200.00元", "1200.00"),
        ("１２００", "1200.00"),
        ("¥1200", "1200.00"),
        ("0.5万元", "5000.00"),
        ("-300", "-300.00"),
        ("(300)", "-300.00"),
        ("0", "0.00"),
        ("1.005", "1.01"),
        ("-1.005", "-1.01"),
        ("1199.9999999999", "1200.00"),
    ],
)
def test_money(text, yuan):
    parsed = parse("money_yuan", text)
    assert parsed.values.to_pylist() == [Decimal(yuan)]
    assert not parsed.problems


def test_ten_thousand_yuan_by_the_header_unless_the_cell_says_otherwise():
    parsed = parse("money_yuan", "1.2", factor=10_000.0)
    assert parsed.values.to_pylist() == [Decimal("12000.00")]
    assert "yuan_from_wan" in parsed.repairs
    assert parse("money_yuan", "5元", factor=10_000.0).values.to_pylist() == [Decimal("5.00")]
    assert parse("money_yuan", "5万元", factor=10_000.0).values.to_pylist() == [Decimal("50000.00")]


@pytest.mark.parametrize("kind", ["money_yuan", "count", "measurement", "test_value"])
@pytest.mark.parametrize(
    ("text", "is_read"), [("1,200", True), ("1,5", False), ("3,50元", False), ("1,23456", False)]
)
def test_a_comma_that_separates_no_thousands_is_no_number(kind, text, is_read):
    assert bool(parse(kind, text).problems) != is_read


@pytest.mark.parametrize("kind", ["money_yuan", "count", "measurement", "test_value"])
def test_no_number_and_nothing(kind):
    wrong, nothing = parse(kind, "面议"), parse(kind, " - ")
    assert wrong.values.to_pylist() == [None] and len(wrong.problems) == 1
    assert nothing.values.to_pylist() == [None] and nothing.blank[0] and not nothing.problems


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_is_exact_to_the_cent(amount):
    assert parse("money_yuan", str(amount)).values.to_pylist() == [amount]


@pytest.mark.parametrize(
    ("text", "count"), [("3", 3), ("3人", 3), ("3.0", 3), ("1,200", 1200), ("1.2万", 12000)]
)
def test_counts(text, count):
    assert parse("count", text).values.to_pylist() == [count]


def test_counts_are_whole():
    assert list(parse("count", "2.5").problems) == ["COUNT_NOT_WHOLE"]
    assert parse("count", "62.03", factor=10_000.0).values.to_pylist() == [620300]


@pytest.mark.parametrize(
    ("text", "value"), [("58.5", 58.5), ("58.5㎡", 58.5), ("60平方米", 60.0), ("1e2", 100.0)]
)
def test_measurements(text, value):
    assert parse("measurement", text).values.to_pylist() == [value]


@pytest.mark.parametrize(
    ("text", "value", "operator"),
    [
        ("0.01", 0.01, "="),
        ("<0.001", 0.001, "<"),
        ("＜0.001", 0.001, "<"),
        (">1600", 1600.0, ">"),
        ("未检出", None, "ND"),
        ("ND", None, "ND"),
        ("5μg/L", 0.005, "="),
        ("5 ug/L", 0.005, "="),
        ("0.01mg/L", 0.01, "="),
        ("", None, None),
    ],
)
def test_laboratory_values(text, value, operator):
    parsed = parse("test_value", text)
    assert parsed.values.to_pylist() == [pytest.approx(value) if value else None]
    assert parsed.companion.to_pylist() == [operator]
    assert not parsed.problems


def test_micrograms_by_the_header():
    parsed = parse("test_value", "<1", factor=0.001)
    assert parsed.values.to_pylist() == [0.001]
    assert parsed.companion.to_pylist() == ["<"]
