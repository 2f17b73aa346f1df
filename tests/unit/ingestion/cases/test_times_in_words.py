"""Dates as offices write them: without a year, in Chinese numerals, both ends in one cell, with the hour."""

from datetime import date

import pytest

from tests.unit.ingestion.cases.test_offices_own_words import codes, in_every_format, landed, values
from tests.unit.ingestion.helpers import id_number

DAY = date(2019, 12, 31)


def posts(header, cells, title="公益性岗位补贴发放表（2019年12月份）", form="csv"):
    rows = [[title], ["姓名", "身份证号码", "安置岗位", "实发金额", "发放结果", header]]
    rows += [["陈文", id_number(n), "保洁员", "1000", "已到账", cell] for n, cell in enumerate(cells, 1)]
    return landed(rows, "公益岗补贴", "human_resources", form)


def trained(header, cells, title="2019年12月技能培训花名册", form="csv"):
    columns = ["培训期次", "工种", header, "学员姓名", "身份证号", "参训天数", "补贴金额", "发放时间"]
    rows = [
        ["1", "电工", cell, "陈文", id_number(n), "10", "800", "2019-12-1"] for n, cell in enumerate(cells, 1)
    ]
    return landed([[title], columns, *rows], "技能培训", "human_resources", form)


@pytest.mark.parametrize(
    "header", ["补贴起止时间", "补贴起止日期", "补贴期间", "享受补贴起止时间", "补贴月份"]
)
def test_a_subsidy_whose_beginning_and_end_stand_in_one_cell(header):
    """Of several months it counts for the last, which is said; no month of the title takes its place."""
    cells = ["2019年10月-2019年12月", "2019.9-2019.11", "2019.10-12", "2019年12月", "2019年12月1日-12月31日"]
    cells += ["2019年12月1日至31日", "201910-201912", "10-12月", "贰零壹玖年壹拾月至壹拾贰月"]
    result = posts(header, cells)
    assert values(result, "pay_month") == [date(2019, 11 if n == 1 else 12, 1) for n in range(len(cells))]
    assert "MONTH_OF_SEVERAL" in codes(result) and "MONTH_TOLD" not in codes(result)
    (several,) = [f.rows.tolist() for f in result.batch.findings if f.code == "MONTH_OF_SEVERAL"]
    assert several == [0, 1, 2, 6, 7, 8]


@pytest.mark.parametrize("cell", ["2019.10-12", "2019年10-12", "2019年10月-12月", "2019年1、2月"])
def test_an_allowance_of_several_months_is_asked_about(cell):
    """2019.10-12 was taken for the 12th of October."""
    header = [
        "低保证号",
        "乡镇",
        "行政村",
        "户主姓名",
        "身份证号",
        "家庭保障人口",
        "施保类别",
        "保障起始月",
        "月保障金",
    ]
    rows = [[*header, "发放月份", "发放金额"]]
    rows += [
        [f"D{n}", "海安镇", "麻城村", "陈文", id_number(n), "1", "A", "2018-01", "300", month, "900"]
        for n, month in enumerate([*["2019-12"] * 9, cell], 1)
    ]
    result = landed(rows, "2019年12月农村居民最低生活保障金发放花名册", "civil_affairs")
    assert values(result, "pay_month") == [*[date(2019, 12, 1)] * 9, None]
    assert {"MONTH_SEVERAL", "MONTH_FORM"} & set(codes(result))


@in_every_format
def test_the_title_names_the_year_of_days_without_one(form):
    cells = ["3月5日", "3月5号", "三月五日", "10.18", "10月8日(星期二)", "2018-10-08", "12月", "十二月份"]
    result = trained("结业时间", cells, form=form)
    assert values(result, "finished_on") == [
        date(2019, 3, 5), date(2019, 3, 5), date(2019, 3, 5), date(2019, 10, 18), date(2019, 10, 8),
        date(2018, 10, 8), date(2019, 12, 1), date(2019, 12, 1),
    ]  # fmt: skip
    assert {"YEAR_TOLD", "DATE_WITHOUT_DAY"} == set(codes(result))
    (said,) = [words for code, words in result.batch.notes if code == "YEAR_TOLD"]
    assert (said["count"], said["year"], said["header"]) == ("7", "2019", "结业日期")


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("技能培训花名册 统计截止日期：2020年1月31日", "12月25日"),  # of the year before, or still to come?
        ("2020年1月技能培训花名册", "12月25日"),
        ("2018年、2019年技能培训花名册", "3月5日"),
        ("2019年12月技能培训花名册", "3.1"),  # as well the 10th, as a number
        ("2019年12月技能培训花名册", "3-5"),  # as well March to May
        ("2019年12月技能培训花名册", "2月29日"),
        ("2019年12月技能培训花名册", "13月5日"),
    ],
)
def test_a_day_whose_year_nobody_knows_is_asked_about(title, cell):
    result = trained("结业日期", [*["2019-10-08"] * 9, cell], title)
    assert values(result, "finished_on") == [*[date(2019, 10, 8)] * 9, None]
    assert {"DATE_WITHOUT_YEAR", "DATE_FORM"} & set(codes(result)) and "YEAR_TOLD" not in codes(result)


def test_what_was_paid_may_be_paid_in_the_next_year():
    header = ["学年", "学期", "学段", "姓名", "身份证号", "补助类型", "金额", "发放状态", "发放日期"]
    rows = [
        ["2019-2020", "第一学期", "小学", "陈文", id_number(n), "生活费", "1500", "成功", paid]
        for n, paid in enumerate(["12月5日", "11月5日", "1月5日", *["2019-12-05"] * 9], 1)
    ]
    rows = [["2019年12月建档立卡学生生活费补助发放表"], header, *rows]
    result = landed(rows, "2019年12月建档立卡学生生活费补助发放表", "education")
    assert values(result, "paid_on")[:3] == [date(2019, 12, 5), date(2019, 11, 5), None]
    assert "DATE_WITHOUT_YEAR" in codes(result)


def test_a_birthday_has_no_year_of_a_title():
    header = ["姓名", "性别", "身份证号", "出生日期", "死亡日期", "登记日期", "信息来源"]
    rows = [["2019年12月死亡人员信息登记表"], header]
    rows += [["陈文", "男", id_number(n), "3月5日", "12月5日", "12月6日", "公安注销"] for n in range(1, 4)]
    result = landed(rows, "2019年12月死亡人员信息登记表", "civil_affairs")
    assert values(result, "birth_on") == [None] * 3 and values(result, "died_on") == [date(2019, 12, 5)] * 3
    assert "DATE_WITHOUT_YEAR" in codes(result)


@pytest.mark.parametrize("cell", ["12月", "12月份", "十二月", "12", "2019年十二月", "二〇一九年十二月"])
def test_the_title_names_the_year_of_a_payrolls_months(cell):
    result = posts("补贴月份", [cell] * 3)
    assert values(result, "pay_month") == [date(2019, 12, 1)] * 3


@pytest.mark.parametrize("cell", ["12月", "十二月", "12", "3"])
def test_a_month_without_any_year_is_asked_about(cell):
    result = posts("补贴月份", ["2019-12", "2019-12", "2019-12", "2019-12", cell], "公益性岗位补贴发放表")
    assert values(result, "pay_month")[-1] is None
    assert {"DATE_WITHOUT_YEAR", "MONTH_FORM"} & set(codes(result))


def test_a_number_that_is_not_the_month_of_the_title_may_be_a_count_of_months():
    result = posts("补贴月份", ["12", "12", "12", "12", "3"])
    assert values(result, "pay_month") == [*[date(2019, 12, 1)] * 4, None] and "MONTH_FORM" in codes(result)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("二〇一九年十二月三十一日", DAY),
        ("二○一九年十二月三十一日", DAY),
        ("二零一九年十二月卅一日", DAY),
        ("贰零壹玖年壹拾贰月叁拾壹日", DAY),
        ("2019年十二月三十一日", DAY),
        ("二〇一九年十二月", date(2019, 12, 1)),
        ("2019年12月31日上午", DAY),
        ("2019年12月31日（星期二）下午3时", DAY),
        ("2019年12月31日9:30-11:30", DAY),
        ("2019-12-31 下午", DAY),
    ],
)
def test_a_day_in_numerals_and_with_its_hour(written, day):
    assert values(trained("结业日期", [written, "2019-10-08"]), "finished_on")[0] == day


def test_titles_in_numerals():
    result = posts("补贴月份", ["十二月"], "公益性岗位补贴发放表（二〇一九年十二月）")
    assert values(result, "pay_month") == [date(2019, 12, 1)] and result.outcome.as_of == DAY


@in_every_format
@pytest.mark.parametrize("header", ["培训时间", "培训起止时间", "起止日期"])
def test_a_lone_time_of_training_is_its_first_and_its_last_day(header, form):
    written = [
        "2019年8月5日-8月20日", "2019.8.5-2019.8.20", "8月5日-20日", "8月5日至8月20日", "8.5-8.20",
        "2019年8月5日至20日（15天）", "二〇一九年八月五日至二十日", "20190805-20190820", "2019.08.05—08.20",
    ]  # fmt: skip
    result = trained(header, [*written, "2019-10-08"], form=form)
    lone = date(2019, 10, 8)
    assert values(result, "started_on") == [*[date(2019, 8, 5)] * len(written), lone]
    assert values(result, "finished_on") == [*[date(2019, 8, 20)] * len(written), lone]


@pytest.mark.parametrize("written", ["2019年8月5日-8月32日", "8月5日-4月1日", "5-20日", "第一期"])
def test_a_time_that_is_none_has_one_message(written):
    result = trained("培训时间", [*["2019-10-08"] * 9, written])
    assert values(result, "finished_on")[-1] is None and values(result, "started_on")[-1] is None
    found = [f for f in result.batch.findings if f.column in ("started_on", "finished_on") and 9 in f.rows]
    assert len(found) == 1 and found[0].severity == "error"


def test_an_end_of_its_own_goes_before_a_range():
    columns = [
        "培训期次",
        "工种",
        "培训时间",
        "结业日期",
        "学员姓名",
        "身份证号",
        "参训天数",
        "补贴金额",
        "发放时间",
    ]
    row = ["1", "电工", "2019年8月5日-8月20日", "2019-08-25", "陈文", id_number(1), "10", "800", "2019-12-1"]
    result = landed([columns, row], "2019年12月技能培训花名册", "human_resources")
    assert values(result, "started_on") == [date(2019, 8, 5)]
    assert values(result, "finished_on") == [date(2019, 8, 25)]


def jobs(*cells):
    rows = [["乡镇", "姓名", "身份证号", "就业类型", "务工起止时间"]]
    rows += [["海安镇", "陈文", id_number(n), "县内", cell] for n, cell in enumerate(cells, 1)]
    return landed(rows, "2019年12月贫困劳动力就业台账", "human_resources")


def test_a_job_that_goes_on_and_one_that_is_over():
    result = jobs("2019.3-2019.11", "2019年3月至今", "2019年3月-11月", "201903-201911", "2019.3-11")
    assert values(result, "started_month") == [date(2019, 3, 1)] * 5
    over = date(2019, 11, 1)
    assert values(result, "ended_month") == [over, None, over, over, over]
    assert "MONTH_OF_SEVERAL" not in codes(result)


def test_a_job_is_not_over_in_the_month_in_which_it_began():
    result = jobs(*["2019年3月至今"] * 9, "2019年3月")
    assert codes(result) == ["RANGE_WITHOUT_END"] and result.batch.held.tolist() == [*[False] * 9, True]


def test_how_long_a_pupil_may_stay_away():
    header = ["批准文号", "姓名", "身份证号", "免缓学类型", "批准日期", "起止时间"]
    rows = [
        [f"徐教{n}号", "陈文", id_number(n), "缓学", "2019-08-20", cell]
        for n, cell in enumerate(["2019年9月1日-2020年8月31日", "2019.9.1—2020.8.31"], 1)
    ]
    result = landed([header, *rows], "2019年12月适龄儿童少年免学缓学审批台账", "education")
    assert values(result, "starts_on") == [date(2019, 9, 1)] * 2
    assert values(result, "ends_on") == [date(2020, 8, 31)] * 2


@pytest.mark.parametrize(
    ("written", "ended"), [("2019年8月5日-7日", date(2019, 8, 7)), ("8月5日", date(2019, 8, 5))]
)
def test_how_long_a_visit_was(written, ended):
    header = ["调研编号", "领导姓名", "领导职务", "调研类型", "调研时间", "镇", "是否到村入户"]
    row = ["", "陈文", "县长", "专题调研", written, "海安镇", "√"]
    result = landed([header, row], "2019年县领导专题调研台账", "county_office")
    assert (values(result, "started_on"), values(result, "ended_on")) == ([date(2019, 8, 5)], [ended])
