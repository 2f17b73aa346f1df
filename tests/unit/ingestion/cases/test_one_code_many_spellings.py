"""School years, terms, batches and the national codes: one thing has one code, however it is written."""

# ruff: noqa: E501  (tables of spellings)

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingestion.contracts import load_catalog
from ingestion.contracts.model import Column
from ingestion.contracts.standard_codes import standard_codes
from ingestion.parsing import Setting, parser_for
from sanbao.codegen.problem_examples import clean_row
from tests.unit.ingestion.checking.test_columns import checked
from tests.unit.ingestion.helpers import table
from tests.unit.ingestion.problems.made import CATALOG

SUBSIDY, TASK, PERSON = (CATALOG[f] for f in ("education_subsidy", "renovation_task", "register_person"))


def read(contract, name, *texts):
    column = contract.column(name)
    return parser_for(column)(pa.array(texts, pa.string()), Setting(column))


@pytest.mark.parametrize(
    "text",
    [
        "2019-2020", "2019—2020学年", "2019–2020学年度", "２０１９－２０２０学年", "2019／2020", "2019～2020 学年",
        "2019至2020学年", "2019年-2020年", "2019--2020", "2019-20", "19-20学年", "20192020", "2019学年", "2019学年度",
        "2019-2020学年第一学期", "2019——2020学年上学期", "2019 - 2020", "2019一2020学年",
    ],
)  # fmt: skip
def test_a_school_year(text):
    assert read(SUBSIDY, "school_year", text).values.to_pylist() == ["2019-2020"]


@pytest.mark.parametrize("text", ["2019-2021", "2020-2019", "2019", "2019-12", "学年", "2019-2019", "201912"])
def test_no_school_year(text):
    parsed = read(SUBSIDY, "school_year", text)
    assert (parsed.values.to_pylist(), list(parsed.problems)) == ([None], ["SCHOOL_YEAR_FORM"])


@given(
    st.integers(1980, 2050), st.sampled_from("-—–~～/至"), st.sampled_from(["", "学年", "学年度", " 学年"])
)
def test_any_school_year_and_only_neighbours(year, dash, behind):
    for step in (-1, 0, 1, 2):
        text = f"{year}{dash}{year + step}{behind}"
        expected = f"{year}-{year + 1}" if step == 1 else None
        assert read(SUBSIDY, "school_year", text).values.to_pylist() == [expected], text


@pytest.mark.parametrize(
    "text",
    [
        "第一学期", "上学期", "秋季", "秋季学期", "秋学期", "第1学期", "一", "1", "１", "上期", "第 一 学期",
        "2019-2020学年第一学期", "2019—2020学年度上学期", "2019年秋季学期", "2019年秋", "2019-2020-1", "20191",
    ],
)  # fmt: skip
def test_the_first_term(text):
    assert read(SUBSIDY, "term", text).values.to_pylist() == ["第一学期"]


@pytest.mark.parametrize(
    "text", ["第二学期", "下学期", "春季", "春季学期", "第2学期", "二", "2", "2020年春季学期", "2019-2020-2"]
)
def test_the_second_term(text):
    assert read(SUBSIDY, "term", text).values.to_pylist() == ["第二学期"]


@pytest.mark.parametrize("text", ["第三学期", "2019", "全年", "秋季春季", "2011", "上下学期", "暑期"])
def test_no_term(text):
    parsed = read(SUBSIDY, "term", text)
    assert (parsed.values.to_pylist(), list(parsed.problems)) == ([None], ["CODE_UNKNOWN"])


@pytest.mark.parametrize(
    ("text", "batch"),
    [
        ("2018年存量", "2018年存量"), ("2018年存量任务", "2018年存量"), ("2018年度存量危房", "2018年存量"),
        ("2018存量", "2018年存量"), ("2018 年 存量", "2018年存量"), ("２０１８年存量任务", "2018年存量"),
        ("2018年危房改造存量任务", "2018年存量"), ("存量危房(2018年)", "2018年存量"),
        ("2019年", "2019年"), ("2019", "2019年"), ("2019年下达任务", "2019年"), ("2019年度任务", "2019年"),
        ("2019年度", "2019年"), ("2019年新增任务", "2019年"), ("2019年危房改造任务", "2019年"),
        ("2017年第二批", "2017年第二批"), ("2020年任务", "2020年"), ("2016年存量", "2016年存量"),
        ("第一批", "第一批"), ("第二批次", "第二批"), ("2019年下达2018年存量任务", None), ("存量", None), ("2019年其他", None),
    ],
)  # fmt: skip
def test_batches(text, batch):
    assert read(TASK, "task_batch", text).values.to_pylist() == [batch]


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("1", "男"),
        ("2", "女"),
        ("男性", "男"),
        ("女", "女"),
        ("１", "男"),
        ("0", None),
        ("9", None),
        ("未说明的性别", None),
    ],
)
def test_sex_is_known_by_its_national_code_in_every_feed(text, sex):
    found = 0
    for contract in load_catalog().contracts:
        for column in contract.columns:
            if "性别" in column.headers:
                parsed = read(contract, column.name, text)
                assert (parsed.values.to_pylist(), parsed.problems) == ([sex], {})
                assert parsed.blank[0] == (sex is None)
                found += 1
    assert found == 7


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("02", "户主"), ("2", "户主"), ("01", "户主"), ("10", "配偶"), ("12", "配偶"), ("20", "之子"), ("22", "之子"),
        ("30", "之女"), ("38", "之儿媳"), ("41", "之孙子"), ("44", "之外孙女"), ("51", "之父"), ("52", "之母"),
        ("55", "之岳父"), ("61", "之祖父"), ("73", "之兄弟姐妹"), ("93", "之侄儿"), ("97", "其他"), ("99", "其他"),
        ("长子", "之子"), ("妻子", "配偶"), ("孙女", "之孙女"), ("儿媳", "之儿媳"), ("本人", "户主"), ("奶奶", "之祖母"),
        ("100", None), ("邻居", None),
    ],
)  # fmt: skip
def test_relations(text, relation):
    assert read(PERSON, "relation_code", text).values.to_pylist() == [relation]


def test_marriage():
    column = Column(
        name="m", header="婚姻状况", type="code", codes=("未婚", "已婚", "丧偶", "离婚"), standard="marriage",
        description="x",
    )  # fmt: skip
    expected = {
        "10": "未婚",
        "20": "已婚",
        "21": "已婚",
        "22": "已婚",
        "再婚": "已婚",
        "30": "丧偶",
        "40": "离婚",
    }
    assert {text: column.spellings[text] for text in expected} == expected
    assert "90" in column.says_nothing


@pytest.mark.parametrize("name", ["sex", "relation", "marriage"])
def test_no_word_of_a_standard_means_two_things(name):
    codes = standard_codes(name).codes
    own = {word for words in codes.values() for word in words}
    firsts = [words[0] for words in codes.values()]
    assert len(firsts) == len(set(firsts))
    assert not own & set(standard_codes(name).nothing)
    assert all(number.isdigit() for number in codes)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("粤审农报〔2019〕22号", "粤审农报〔2019〕22号"),
        ("粤审农报[2019]22号", "粤审农报〔2019〕22号"),
        (" 粤审农报 （2019）第 22 号", "粤审农报〔2019〕22号"),
        ("粤审农报［２０１９］２２号", "粤审农报〔2019〕22号"),
        ("粤审农报【2019】第22号", "粤审农报〔2019〕22号"),
        ("粤审农报〔2019〕23号", "粤审农报〔2019〕23号"),
        ("徐常纪第3号", "徐常纪3号"),
        ("市委第五交叉巡察组反馈意见", "市委第五交叉巡察组反馈意见"),
        ("无", None),
    ],
)
def test_a_document_has_one_number_however_it_is_written(text, number):
    column = Column(
        name="x",
        header="文号",
        type="code",
        standard="document_no",
        codes=("粤审农报〔2019〕22号",),
        description="x",
    )
    assert column.has_open_codes
    parsed = parser_for(column)(pa.array([text]), Setting(column))
    assert parsed.values.to_pylist() == [number]
    assert not parsed.problems
    assert parser_for(column)(pa.array(["看不懂"]), Setting(column)).problems["CODE_UNKNOWN"].all()


@pytest.mark.parametrize(
    "more",
    [
        {"code_patterns": ({"match": "x", "becomes": "丙"},)},
        {"code_patterns": ({"match": "(", "becomes": "甲"},)},
        {"type": "text", "codes": (), "standard": "sex"},
    ],
)
def test_impossible_patterns(more):
    with pytest.raises(ValidationError):
        Column(**{"name": "x", "header": "x", "type": "code", "codes": ("甲",), "description": "x", **more})


def test_one_term_is_one_period_however_it_is_written():
    header = [column.header for column in SUBSIDY.columns]
    rows = []
    for number, (year, term) in enumerate(
        [("2019-2020", "第一学期"), ("2019—2020学年", "上学期"), ("2019/2020学年度", "秋季")], start=1
    ):
        cells = {**clean_row(SUBSIDY, number), "school_year": year, "term": term}
        rows.append([cells[column.name] for column in SUBSIDY.columns])
    batch = checked(table(header, rows, SUBSIDY.title + " 2019年12月"))
    assert batch.period.to_pylist() == ["2019-2020|第一学期"] * 3
    assert not batch.held.any()


@pytest.mark.parametrize(
    ("feed", "column", "text", "code"),
    [
        ("insurance_enrolment", "insurance_status", "正常参保", "正常"),
        ("insurance_enrolment", "insurance_status", "暂停参保", "暂停"),
        ("insurance_enrolment", "insurance_status", "终止参保", "终止"),
        ("water_quality_test", "sample_kind", "管网末梢水", "末梢水"),
        ("water_quality_test", "sample_kind", "水厂出厂水", "出厂水"),
        ("register_person", "student_status", "初三", "九年级"),
        ("register_person", "student_status", "高一", "普通高中一年级"),
        ("register_person", "student_status", "职二", "中职二年级"),
    ],
)
def test_the_words_of_other_counties_systems(feed, column, text, code):
    assert read(CATALOG[feed], column, text).values.to_pylist() == [code]


def test_paying_is_no_state_of_insurance():
    parsed = read(CATALOG["insurance_enrolment"], "insurance_status", "正常缴费")
    assert (parsed.values.to_pylist(), list(parsed.problems)) == ([None], ["CODE_UNKNOWN"])
