import pyarrow as pa
import pytest

from ingestion.types import PARSERS, Setting
from ingestion.types.words import parse_town
from tests.unit.ingestion.helpers import catalog

GRADE = Setting(catalog()["register_household"].column("dwelling_grade"))


def parse(kind: str, *texts: str):
    return PARSERS[kind](pa.array(texts, pa.string()), GRADE)


@pytest.mark.parametrize("text", ["是", "1", "有", "√", "Y", "yes", "已脱贫", "１", "TRUE"])
def test_yes(text):
    assert parse("yes_no", text, "否").values.to_pylist() == [True, False]


@pytest.mark.parametrize("text", ["否", "0", "无", "×", "N", "no", "未脱贫", "FALSE"])
def test_no(text):
    assert parse("yes_no", text).values.to_pylist() == [False]


def test_neither_and_nothing():
    parsed = parse("yes_no", "也许", "", "-", "是")
    assert parsed.values.to_pylist() == [None, None, None, True]
    assert parsed.problems["YES_NO_FORM"].tolist() == [True, False, False, False]
    assert parsed.blank.tolist() == [False, True, True, False]


def test_a_column_of_ticks_says_no_where_it_is_empty():
    parsed = parse("yes_no", "√", "")
    assert parsed.values.to_pylist() == [True, False]
    assert parsed.repairs["blank_as_no"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张  三", "张三"),
        ("张 三 丰", "张三丰"),
        ("　赵一 ", "赵一"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("张三", "张三"),
        ("Anna Lee", "Anna Lee"),
    ],
)
def test_names(text, name):
    assert parse("person_name", text).values.to_pylist() == [name]


def test_damaged_names_stay_with_a_warning():
    parsed = parse("person_name", "王□", "李4", "", "𬭎文")
    assert parsed.values.to_pylist() == ["王□", "李4", None, "𬭎文"]
    assert parsed.problems["NAME_DAMAGED"].tolist() == [True, False, False, False]
    assert parsed.problems["NAME_HAS_DIGIT"].tolist() == [False, True, False, False]


def test_codes_through_aliases_width_and_case():
    parsed = parse("code", "A", "a级", "Ｂ", "E", "")
    assert parsed.values.to_pylist() == ["A", "A", "B", None, None]
    assert parsed.problems["CODE_UNKNOWN"].tolist() == [False, False, False, True, False]
    assert parsed.repairs["code_alias"].tolist() == [False, True, True, False, False]


def test_text_is_kept_but_for_its_edges():
    parsed = parse("text", " 徐城（一） ", "１２３Ａ", "-", "'0012", "无")
    assert parsed.values.to_pylist() == ["徐城（一）", "123A", None, "0012", "无"]


@pytest.mark.parametrize("text", ["徐城", "徐城镇", "徐城街道", "徐闻县徐城街道", "徐城街道办事处", " 徐城 "])
def test_towns_by_their_official_name(text):
    assert parse_town(pa.array([text]), GRADE).values.to_pylist() == ["徐城街道"]


def test_a_stranger_town_is_kept_with_a_warning():
    parsed = parse_town(pa.array(["附城镇", ""]), GRADE)
    assert parsed.values.to_pylist() == ["附城镇", None]
    assert parsed.problems["TOWN_UNKNOWN"].tolist() == [True, False]
