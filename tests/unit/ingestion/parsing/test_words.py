import numpy as np
import pyarrow as pa
import pytest

from ingestion.contracts import Column
from ingestion.parsing import PARSERS, Setting
from ingestion.parsing.words import parse_town
from tests.unit.ingestion.helpers import catalog

HOUSEHOLD = catalog()["register_household"]
GRADE = Setting(HOUSEHOLD.column("dwelling_grade"))
LIFTED = Setting(HOUSEHOLD.column("is_lifted"))


def parse(kind: str, *texts: str):
    return PARSERS[kind](pa.array(texts, pa.string()), LIFTED if kind == "yes_no" else GRADE)


def answers(column: Column, *texts: str):
    return PARSERS["yes_no"](pa.array(texts, pa.string()), Setting(column)).values.to_pylist()


@pytest.mark.parametrize("text", ["是", "1", "有", "√", "Y", "yes", "已脱贫", "１", "TRUE"])
def test_yes(text):
    assert parse("yes_no", text, "否").values.to_pylist() == [True, False]


@pytest.mark.parametrize("text", ["否", "0", "无", "×", "N", "no", "未脱贫", "FALSE"])
def test_no(text):
    assert parse("yes_no", text).values.to_pylist() == [False]


@pytest.mark.parametrize(
    ("feed", "column", "yes", "no"),
    [
        ("register_household", "is_lifted", "已脱贫", "未脱贫"),
        ("register_household", "is_exited", "已退出", "未退出"),
        ("register_household", "has_safe_water", "已解决", "尚未解决"),
        ("register_person", "has_resident_insurance", "已参保", "没参保"),
        ("register_person", "has_subsistence_allowance", "已享受", "没有享受低保"),
        ("insurance_enrolment", "is_paid", "已缴费", "未缴"),
        ("inpatient_settlement", "is_reversal", "已冲销", "未冲销"),
        ("village_water_supply", "is_piped", "已通水", "未通水"),
    ],
)
def test_a_column_is_answered_with_its_own_word(feed, column, yes, no):
    assert answers(catalog()[feed].column(column), yes, no) == [True, False]


@pytest.mark.parametrize(
    ("feed", "column", "texts"),
    [
        ("register_household", "is_lifted", ("已返贫", "未定", "未知", "已核实", "未核实", "已注销")),
        ("register_household", "is_unsafe_dwelling", ("已改造", "已拆除", "未鉴定")),
        ("register_household", "has_safe_water", ("已停水", "未知")),
        ("inpatient_settlement", "is_reversal", ("已结算", "已核对", "未结算")),
        ("destitute_support", "is_registered", ("已注销", "已死亡", "未核实")),
        (
            "register_household",
            "is_lifted",
            ("是（待核实）", "是（已返贫）", "否（已脱贫）", "是/否", "否（?）"),
        ),
    ],
)
def test_another_word_is_no_answer(feed, column, texts):
    assert answers(catalog()[feed].column(column), *texts) == [None] * len(texts)


def test_a_note_behind_the_answer():
    assert parse("yes_no", "是（2016年）", "否（已迁出）", "否(2019.12)").values.to_pylist() == [
        True,
        False,
        False,
    ]


def test_neither_and_nothing():
    parsed = parse("yes_no", "也许", "", "-", "是")
    assert parsed.values.to_pylist() == [None, None, None, True]
    assert parsed.problems["YES_NO_FORM"].tolist() == [True, False, False, False]
    assert parsed.blank.tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("√", "", "待定"), [True, False, None]),
        (("√", "√", "", "#REF!", "?"), [True, True, False, None, None]),
        (("√", "", "否"), [True, None, False]),  # who writes 否 leaves a blank for another reason
        (("√", "", "是"), [True, None, True]),
        (("√", "", "待定", "?"), [True, None, None, None]),  # more is odd than is ticked
        (("", "待定"), [None, None]),
    ],
)
def test_a_cell_that_cannot_be_read_is_no_answer_beside_ticks(texts, values):
    parsed = parse("yes_no", *texts)
    assert parsed.values.to_pylist() == values
    odd = [text in ("待定", "#REF!", "?") for text in texts]
    assert parsed.problems.get("YES_NO_FORM", np.zeros(len(texts), bool)).tolist() == odd


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


@pytest.mark.parametrize(
    ("feed", "column", "texts", "code"),
    [
        ("subsistence_allowance", "allowance_class", ("A类", "a 类", "Ａ类"), "A"),
        ("disability_card", "disability_grade", ("1级", "壹级", "1", "一", "Ⅰ级", "1 级"), "一级"),
        ("destitute_support", "care_grade", ("1档", "1"), "一档"),
        ("destitute_support", "support_kind", ("分散供养", "分 散"), "分散"),
        ("register_household", "poverty_type", ("低保户", "低保贫困户（2016年）"), "低保贫困户"),
        ("register_household", "labour_state", ("无劳动力", "无劳动能力"), "无"),
        ("renovation_task", "household_kind", ("低保户",), "低保"),
        ("school_enrolment", "grade", ("七年级(1)班", "七年级1班", "七年级三班", "7", "7年级"), "七年级"),
        ("school_enrolment", "grade", ("普通高中一年级", "高一（12）班", "高一1班"), "高一"),
        ("school_enrolment", "enrolment_status", ("正常", "在读"), "在校"),
    ],
)
def test_a_code_in_other_words(feed, column, texts, code):
    setting = Setting(catalog()[feed].column(column))
    parsed = PARSERS["code"](pa.array(texts, pa.string()), setting)
    assert parsed.values.to_pylist() == [code] * len(texts)
    assert not parsed.problems and parsed.repairs["code_alias"].all()


@pytest.mark.parametrize(
    ("feed", "column", "texts"),
    [
        ("subsistence_allowance", "allowance_class", ("一类", "1", "甲类", "AB类", "A类转B类")),
        ("disability_card", "disability_grade", ("12级", "五级", "肢体一级", "一级(原二级)", "未评定")),
        ("destitute_support", "care_grade", ("一级", "全护理")),
        ("destitute_support", "support_kind", ("分散(集中)", "分散/集中")),
        ("school_enrolment", "grade", ("1", "一", "3", "大1班", "初三班", "高班")),
    ],
)
def test_what_may_be_another_code_stays_unknown(feed, column, texts):
    setting = Setting(catalog()[feed].column(column))
    parsed = PARSERS["code"](pa.array(texts, pa.string()), setting)
    assert parsed.values.to_pylist() == [None] * len(texts)


def test_every_code_is_still_itself():
    coded = [column for feed in catalog().contracts for column in feed.columns if column.codes]
    assert coded
    for column in coded:
        parsed = PARSERS["code"](pa.array(column.codes, pa.string()), Setting(column))
        assert parsed.values.to_pylist() == list(column.codes)


def test_a_word_for_nothing_is_blank():
    parsed = parse("code", "无", "A", "没有")
    assert parsed.blank.tolist() == [True, False, False]
    assert parsed.problems["CODE_UNKNOWN"].tolist() == [False, False, True]


def test_text_is_kept_but_for_its_edges():
    parsed = parse("text", " 徐城（一） ", "１２３Ａ", "-", "'0012", "无")
    assert parsed.values.to_pylist() == ["徐城（一）", "123A", None, "0012", "无"]


@pytest.mark.parametrize("text", ["6.21728E+18", "6E+18", " 1.38e+10", "６.2E+18"])
def test_a_number_that_lost_its_digits_is_no_text(text):
    parsed = parse("text", text, "6217281010003000123", "E+18栋")
    assert parsed.values.to_pylist() == [None, "6217281010003000123", "E+18栋"]
    assert parsed.problems["NUMBER_SCIENTIFIC"].tolist() == [True, False, False]


@pytest.mark.parametrize("text", ["徐城", "徐城镇", "徐城街道", "徐闻县徐城街道", "徐城街道办事处", " 徐城 "])
def test_towns_by_their_official_name(text):
    assert parse_town(pa.array([text]), GRADE).values.to_pylist() == ["徐城街道"]


def test_a_stranger_town_is_kept_with_a_warning():
    parsed = parse_town(pa.array(["附城镇", ""]), GRADE)
    assert parsed.values.to_pylist() == ["附城镇", None]
    assert parsed.problems["TOWN_UNKNOWN"].tolist() == [True, False]
