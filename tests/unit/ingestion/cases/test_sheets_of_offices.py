"""Whole sheets as offices keep them: what the title says of every row, codes that are ticked, headers."""

from datetime import date
from decimal import Decimal

import pytest

from ingestion.gate.assess import judge
from ingestion.lake.result import File
from tests.unit.ingestion.cases.test_offices_own_words import (
    NOW,
    codes,
    in_every_format,
    landed,
    values,
)
from tests.unit.ingestion.helpers import id_number
from tests.unit.ingestion.problems.made import CATALOG, book, saved

ALLOWANCE = [
    "序号",
    "低保证编号",
    "村委会",
    "户主",
    "身份证号码",
    "保障人数",
    "保障类别",
    "月补助金额",
    "实发金额",
]


def allowances(first):
    return [
        [str(n), f"D{n}", "麻城村", "陈文", id_number(n), "2", "A类", "600", "600"]
        for n in range(first, first + 3)
    ]


def told(result):
    return {words["header"]: words["value"] for code, words in result.batch.notes if code == "COLUMN_TOLD"}


def test_a_sheet_a_town_and_the_month_in_the_title():
    sheets = {
        town: [[f"徐闻县{town}2019年12月份农村低保资金发放表"], ALLOWANCE, *allowances(first)]
        for town, first in (("海安镇", 1), ("南山镇", 10))
    }
    data = saved(book(**sheets))
    file = File(data, "0" * 64, "2019年12月农村低保金发放表.xlsx", None, "0" * 64, "civil_affairs", NOW)
    (result,) = judge(file, CATALOG, None)
    assert values(result, "town_name") == [*["海安镇"] * 3, *["南山镇"] * 3]
    assert values(result, "pay_month") == [date(2019, 12, 1)] * 6
    assert values(result, "covered_count") == [2] * 6 and "COLUMN_TOLD" in codes(result)


@pytest.mark.parametrize("title", ["海安镇、南山镇2019年12月低保发放表", "徐闻县2019年12月低保发放表"])
def test_two_towns_or_none_are_asked_about(title):
    outcome = landed([[title], ALLOWANCE, *allowances(1)], "2019年12月低保", "civil_affairs").outcome
    assert outcome.reason_code == "MISSING_COLUMN" and "乡镇" in outcome.reason


@in_every_format
def test_labels_above_the_header_are_columns_of_every_row(form):
    rows = [
        ["徐闻县2019年贫困劳动力技能培训补贴人员花名册"],
        ["培训机构：徐闻县职业技术学校　培训工种：养老护理员　班次：第3期　培训时间：2019年8月5日-8月20日"],
        ["序号", "姓名", "身份证号", "出勤天数", "补贴金额", "发放时间"],
        *([str(n), "陈文", id_number(n), "15", "800", "2019-10-08"] for n in (1, 2)),
    ]
    result = landed(rows, "2019年扶贫技能培训台账", "human_resources", form)
    assert values(result, "trade") == ["养老护理员"] * 2 and values(result, "class_name") == ["第3期"] * 2
    assert values(result, "finished_on") == [date(2019, 8, 20)] * 2
    assert told(result) == {"培训工种": "养老护理员", "班次": "第3期", "结业日期": "2019年8月5日-8月20日"}


def test_a_label_that_is_said_twice_is_asked_about():
    rows = [
        ["培训工种：养老护理员　班次：第3期"],
        ["培训工种：电工"],
        ["姓名", "身份证号", "结业日期", "出勤天数", "补贴金额", "发放时间"],
        ["陈文", id_number(1), "2019-08-20", "15", "800", "2019-10-08"],
    ]
    outcome = landed(rows, "2019年扶贫技能培训台账", "human_resources").outcome
    assert (
        outcome.reason_code == "MISSING_COLUMN"
        and "培训工种" in outcome.reason
        and "班次" not in outcome.reason
    )


@pytest.mark.parametrize(
    ("title", "year", "term", "stage"),
    [
        ("徐闻县2019年秋季学期建档立卡学生生活费补助发放花名册（小学）", "2019-2020", "第一学期", "小学"),
        ("2019-2020学年第二学期建档立卡学生生活费补助发放表（初中）", "2019-2020", "第二学期", "初中"),
        ("2020年春季学期建档立卡学生生活费补助发放表（中职）", "2019-2020", "第二学期", "中职"),
        ("2018—2019学年度上学期建档立卡学生生活费补助发放表（普通高中）", "2018-2019", "第一学期", "普高"),
    ],
)
def test_the_title_names_school_year_term_and_stage(title, year, term, stage):
    header = [
        "学校名称",
        "学生姓名",
        "身份证号码",
        "补助项目",
        "补助标准",
        "补助金额",
        "发放时间",
        "发放情况",
    ]
    rows = [
        ["海安学校", "陈文", id_number(n), "生活费补助", "1500", "1500", "2019-11-28", "已发放"]
        for n in (1, 2)
    ]
    result = landed([[title], header, *rows], "补助发放", "education")
    assert values(result, "school_year") == [year] * 2 and values(result, "term") == [term] * 2
    assert values(result, "stage") == [stage] * 2 and values(result, "amount_yuan") == [Decimal(1500)] * 2
    assert set(told(result)) == {"学年", "学期", "学段"}


@pytest.mark.parametrize(
    "title", ["2019年生活费补助发放花名册", "2019年秋季、2020年春季学期生活费补助发放花名册（小学）"]
)
def test_a_title_that_does_not_name_one_term(title):
    header = ["学校名称", "学生姓名", "身份证号码", "学段", "补助项目", "补助金额", "发放时间", "发放情况"]
    rows = [["海安学校", "陈文", id_number(1), "小学", "生活费补助", "1500", "2019-11-28", "已发放"]]
    outcome = landed([[title], header, *rows], "建档立卡学生生活费补助发放表", "education").outcome
    assert outcome.reason_code == "MISSING_COLUMN" and "学期" in outcome.reason


def appraised(ticks, form="csv"):
    rows = [
        ["徐闻县2019年建档立卡贫困户住房安全等级鉴定汇总表", *[""] * 10],
        ["序号", "镇", "村", "户主姓名", "身份证号", "农户编号", "鉴定等级", "", "", "", "鉴定日期"],
        [*[""] * 6, "A级", "B级", "C级", "D级", ""],
    ]
    for n, of_row in enumerate(ticks, 1):
        grades = [of_row.get(grade, "") for grade in "ABCD"]
        rows.append([str(n), "海安镇", "麻城村", "陈文", id_number(n), f"H{n}", *grades, "2019年9月1日"])
    return landed(rows, "农村住房安全等级鉴定汇总表", "housing", form)


@in_every_format
def test_a_grade_that_is_ticked(form):
    result = appraised([{"A": "√"}, {"B": "✓"}, {"C": "是", "A": "否"}, {"D": "1"}], form)
    assert values(result, "dwelling_grade") == ["A", "B", "C", "D"]
    assert not {"COLUMNS_UNREAD", "CODE_UNKNOWN"} & set(codes(result))


@pytest.mark.parametrize("odd", [{"A": "√", "B": "√"}, {"A": "待定"}, {}, {"C": "否"}])
def test_two_ticks_none_or_something_else_are_asked_about(odd):
    result = appraised([*[{"A": "√"}] * 9, odd])
    assert values(result, "dwelling_grade") == [*["A"] * 9, None] and result.batch.held.tolist()[-1]


@pytest.mark.parametrize(
    ("department", "header"),
    [
        (
            "health_insurance",
            ["序号", "姓名", "身份证号码", "就诊医院", "入院时间", "出院时间", "医疗总费用", "医疗救助"],
        ),
        ("health_insurance", ["序号", "村委会", "姓名", "身份证号码", "缴费金额", "缴费日期", "是否缴费"]),
        ("water", ["镇", "行政村", "自然村", "总户数", "总人口", "供水方式", "供水水源"]),
    ],
)
def test_what_lacks_is_said_of_a_table_of_the_own_office(department, header):
    outcome = landed(
        [header, *([str(n)] * len(header) for n in range(9))], "2019年12月明细", department
    ).outcome
    assert outcome.reason_code in ("MISSING_COLUMN", "NO_FEED")
    assert outcome.feed is None or CATALOG[outcome.feed].department == department


@pytest.mark.parametrize("header", ["户主身份证", "户主身份证号", "户主身份证号码", "户主居民身份证号码"])
def test_the_number_of_a_card_under_every_name(header):
    rows = [["镇", "村", "户主", header, "监测对象类别", "风险类型", "纳入日期"]]
    rows += [["海安镇", "麻城村", "陈文", id_number(n), "边缘户", "因病", "2019-10-01"] for n in (1, 2)]
    result = landed(rows, "2019年12月防返贫监测对象台账", "poverty_relief")
    assert values(result, "head_id_number") == [id_number(1), id_number(2)]


@in_every_format
@pytest.mark.parametrize("header", ["残疾类别及等级", "残疾类别等级"])
def test_a_kind_and_a_grade_in_one_cell(header, form):
    written = ["肢体三级", "视力壹级", "智力2级", "多重残疾一级", "言语 四级", "肢体（三级）", "肢体残疾/Ⅱ级"]
    odd = ["肢体", "三级", "肢体三级、视力二级", "肢体五级"]
    rows = [["残疾人证号", "姓名", "身份证号", header, "乡镇", "村"]]
    rows += [
        [f"{id_number(n)}43", "陈文", id_number(n), cell, "海安镇", "麻城村"]
        for n, cell in enumerate([*written, *written, *odd], 1)
    ]
    result = landed(rows, "2019年12月持证残疾人名册", "civil_affairs", form)
    kinds = ["肢体残疾", "视力残疾", "智力残疾", "多重残疾", "言语残疾", "肢体残疾", "肢体残疾"]
    assert values(result, "disability_kind")[:7] == kinds
    assert values(result, "disability_grade")[:7] == ["三级", "一级", "二级", "一级", "四级", "三级", "二级"]
    # 三级 alone is a grade, which a card needs; of what kind is asked about.
    assert result.batch.held.tolist() == [*[False] * 14, True, False, True, True]
    assert values(result, "disability_kind")[-4:] == ["肢体残疾", None, None, None]
    assert values(result, "disability_grade")[-4:] == [None, "三级", None, None]


@in_every_format
def test_who_signed_for_which_office_is_no_row(form):
    rows = [
        ["徐闻县海安镇2019年12月份农村低保资金发放表"],
        ALLOWANCE,
        *allowances(1),
        ["合计", "", "", "", "", "6", "", "1800", "1800"],
        ["民政办负责人：", "", "", "", "经办人：", "", "", "", "2019年12月5日"],
        ["镇政府分管领导（签字）：", "", "", "", "", "", "", "", ""],
    ]
    result = landed(rows, "2019年12月农村低保金发放表", "civil_affairs", form)
    assert len(values(result, "allowance_no")) == 3 and not result.batch.held.any()


@pytest.mark.parametrize(
    ("written", "grade"),
    [
        ("C级（局部危房）", "C"), ("D级危房", "D"), ("A级（安全）", "A"), ("鉴定为B级", "B"),
        ("A级（原为D级）", None), ("C级（待复核）", None), ("D级已改造", None),
    ],
)  # fmt: skip
def test_a_grade_with_words_beside_it(written, grade):
    header = ["镇", "村", "户主姓名", "身份证号", "鉴定等级", "鉴定日期"]
    rows = [["海安镇", "麻城村", "陈文", id_number(n), cell, "2019-09-01"]
            for n, cell in enumerate([*["A"] * 9, written], 1)]  # fmt: skip
    result = landed([header, *rows], "2019年9月农村房屋安全鉴定汇总表", "housing")
    assert values(result, "dwelling_grade")[-1] == grade
    assert ("CODE_UNKNOWN" in codes(result)) == (grade is None)
