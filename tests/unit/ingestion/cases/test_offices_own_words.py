"""Ledgers as offices keep them: own headers and words, groups, months in titles, years and ranges."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ingestion.gate.assess import judge
from ingestion.lake.result import File
from tests.unit.ingestion.helpers import id_number
from tests.unit.ingestion.problems.made import CATALOG, book, saved, text
from tests.unit.ingestion.shown.writers import ods, xls

NOW = datetime(2020, 1, 5, tzinfo=UTC)
FORMATS = {
    "csv": text,
    "xlsx": lambda rows: saved(book(Sheet1=rows)),
    "xls": xls,
    "ods": ods,
}
in_every_format = pytest.mark.parametrize("form", FORMATS)


def landed(rows, name, department, form="csv"):
    """The one result of a file with these rows."""
    data = FORMATS[form]([[str(cell) for cell in row] for row in rows])
    file = File(data, "0" * 64, f"{name}.{form}", None, "0" * 64, department, NOW)
    (result,) = judge(file, CATALOG, None)
    return result


def values(result, column):
    assert result.batch is not None, result.outcome.reason
    return result.batch.columns[column].to_pylist()


def codes(result):
    found = [finding.code for finding in result.batch.findings]
    return sorted({*found, *(code for code, _ in result.batch.notes)})


@in_every_format
def test_workers_under_other_headers(form):
    rows = [
        ["南山镇贫困劳动力务工情况统计表"],
        ["所属乡镇", "所属行政村", "务工人员姓名", "身份证号码", "务工去向", "务工企业名称", "务工开始日期",
         "务工结束日期", "月工资（元）", "外出务工渠道"],
        ["南山镇", "芒海村", "陈　文", id_number(1), "外出务工（广东佛山顺德）", "厂",
         "2019.3", "", "3,500", "自己外出"],
        ["南山镇", "芒海村", "林美", id_number(2), "外出务工（浙江杭州）", "厂",
         "2019年3月", "至今", "3200元", "政府组织"],
        ["南山镇", "二桥村", "黄大有", id_number(3), "县内务工", "厂", "201903", "", "2800", "扶贫车间就业"],
    ]  # fmt: skip
    result = landed(rows, "务工情况统计表2019年12月", "human_resources", form)
    assert result.outcome.feed == "employment" and result.outcome.delivery_state == "LOADED"
    assert values(result, "work_area") == ["顺德", "省外", "县内"]
    assert values(result, "village_name") == ["芒海村", "芒海村", "二桥村"]
    assert values(result, "person_name")[0] == "陈文"
    assert values(result, "started_month") == [date(2019, 3, 1)] * 3
    assert values(result, "monthly_income_yuan") == [Decimal(3500), Decimal(3200), Decimal(2800)]
    assert values(result, "job_channel") == ["自主就业", "劳务输出", "扶贫车间"]


@pytest.mark.parametrize("place", ["外出务工", "珠三角", "佛山市", "湛江市", "外出务工（广东佛山）"])
def test_a_place_that_may_be_of_two_kinds_stays_unknown(place):
    header = ["姓名", "身份证号", "务工去向", "开始时间", "结束时间"]
    rows = [header, ["陈文", id_number(1), place, "2019.3", ""]]
    rows += [["林美", id_number(n), "县内", "2019.3", ""] for n in range(2, 9)]
    result = landed(rows, "2019年12月贫困劳动力就业台账", "human_resources")
    assert values(result, "work_area") == [None, *["县内"] * 7] and "CODE_UNKNOWN" in codes(result)


def posts(count, *months):
    header = ["姓名", "身份证号码", "安置岗位", "实发金额", "发放结果"]
    rows = [["陈文", id_number(n), "保洁员", "1000", "已到账"] for n in range(1, count + 1)]
    return [[*header, *months[:1]], *([*row, *months[1:]] for row in rows)]


@in_every_format
def test_the_title_names_the_month_of_a_payroll(form):
    rows = [["公益性岗位人员补贴发放表（2019年12月份）"], *posts(3)]
    result = landed(rows, "公益岗补贴", "human_resources", form)
    assert (result.outcome.feed, result.outcome.as_of) == ("public_post", date(2019, 12, 31))
    assert values(result, "pay_month") == [date(2019, 12, 1)] * 3
    assert "MONTH_TOLD" in codes(result) and values(result, "payment_status") == ["成功"] * 3
    assert not {"pay_month", "amount_yuan"} & set(result.outcome.absent_columns)


def test_so_does_the_name_of_the_file():
    result = landed(posts(3), "2019年11月公益性岗位补贴发放表", "human_resources")
    assert values(result, "pay_month") == [date(2019, 11, 1)] * 3 and "MONTH_TOLD" in codes(result)


def test_the_column_goes_before_the_title():
    rows = [["公益性岗位补贴发放表（2019年12月份）"], *posts(3, "补贴月份", "2019-11")]
    result = landed(rows, "公益岗补贴", "human_resources")
    assert values(result, "pay_month") == [date(2019, 11, 1)] * 3 and "MONTH_TOLD" not in codes(result)


@pytest.mark.parametrize(
    "title",
    [
        "2019年第四季度公益性岗位补贴发放表",
        "2019年公益性岗位补贴发放表",
        "2019年10-12月公益性岗位补贴发放表",
        "公益性岗位补贴发放表 统计截止日期：2019年12月31日",
        "公益性岗位补贴发放表 制表日期：2019年12月20日",
        "2019年12月发放11月公益性岗位补贴发放表",
        "2019年12月发放十一月公益性岗位补贴发放表",
    ],
)
def test_more_or_less_than_a_month_is_asked_about(title):
    outcome = landed([[title], *posts(3)], "公益岗补贴", "human_resources").outcome
    assert outcome.reason_code == "MISSING_COLUMN" and "补贴月份" in outcome.reason


def test_a_sheet_of_another_month_is_no_month_of_the_file():
    sheets = {month: posts(3) for month in ("10月", "11月")}
    file = File(
        saved(book(**sheets)),
        "0" * 64,
        "2019年12月公益性岗位补贴.xlsx",
        None,
        "0" * 64,
        "human_resources",
        NOW,
    )
    (result,) = judge(file, CATALOG, None)
    assert result.outcome.reason_code == "MISSING_COLUMN"


@in_every_format
def test_a_total_below_a_group_is_the_groups(form):
    rows = [
        ["徐闻县产业扶贫项目库（2019年12月）"],
        ["", "", "", "投入资金（万元）", "", "", "带贫情况", ""],
        ["项目类别", "乡镇", "项目名称", "合计", "财政资金", "自筹", "带动户数", "建设进度"],
        ["镇级产业", "曲界镇", "菠萝基地", "100.5", "80", "20.5", "4", "已完成"],
        ["村级", "迈陈镇", "养鸡", "10", "10", "", "3", "正在实施"],
        ["合计", "", "", "110.5", "90", "20.5", "7", ""],
    ]
    result = landed(rows, "产业扶贫项目库", "agriculture", form)
    assert result.outcome.delivery_state == "LOADED"
    assert values(result, "total_yuan") == [Decimal(1005000), Decimal(100000)]
    assert values(result, "fiscal_yuan") == [Decimal(800000), Decimal(100000)]
    assert values(result, "project_status") == ["完工", "在建"]


@in_every_format
def test_a_year_alone_and_a_range_of_days(form):
    rows = [["车间名称", "所在镇", "认定时间", "运营情况"], ["甲车间", "海安镇", "2018年", "正常运营"]]
    rows.append(["乙车间", "迈陈镇", "2019", "已停产"])
    result = landed(rows, "2019年12月扶贫车间一览表", "human_resources", form)
    assert values(result, "recognised_on") == [date(2018, 1, 1), date(2019, 1, 1)]
    assert values(result, "workshop_status") == ["在营", "停产"] and "DATE_WITHOUT_MONTH" in codes(result)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2019年8月5日-8月20日", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019.8.5—8.20", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019-8-5至2019-8-20", date(2019, 8, 5), date(2019, 8, 20)),
        ("2019/8/5~20", date(2019, 8, 5), date(2019, 8, 20)),
        ("2018.12.28-2019.1.5", date(2018, 12, 28), date(2019, 1, 5)),
        ("2018.12.28-1.5", None, None),  # ends before it begins
        ("2019.8.5-8.32", None, None),
    ],
)
def test_which_end_of_a_range(written, first, last):
    header = ["检查名称", "检查类别", "检查时间", "乡镇"]
    rows = [header, ["专项检查", "专项检查", written, "海安镇"], ["审查", "专题审查", "2019-10-08", "海安镇"]]
    result = landed(rows, "2019年12月扶贫资金检查登记表", "finance")
    assert values(result, "started_on") == [first, date(2019, 10, 8)]
    header = ["培训期次", "工种", "培训时间", "学员姓名", "身份证号", "参训天数", "补贴金额", "发放时间"]
    rows = [header, *(["1", "电工", written, "陈文", id_number(n), "10", "800", "2019-12-1"] for n in (1, 2))]
    rows.append(["1", "电工", "2019-10-08", "陈文", id_number(3), "10", "800", "2019-12-1"])
    result = landed(rows, "2019年12月技能培训花名册", "human_resources")
    assert values(result, "finished_on") == [last, last, date(2019, 10, 8)]


def test_elsewhere_a_range_and_a_year_are_no_day():
    header = ["资金来源", "资金名称", "文号", "到位时间", "到位金额（元）", "已分配金额（元）"]
    rows = [header, *(["省级", "甲", "粤财农〔2019〕1号", f"2019-{n}-1", "5", "5"] for n in range(1, 9))]
    rows += [["省级", "甲", "粤财农〔2019〕1号", odd, "5", "5"] for odd in ("2019年", "2019.5.6-5.15")]
    result = landed(rows, "2019年12月扶贫资金到位情况表", "finance")
    assert values(result, "received_on")[-2:] == [None, None] and "DATE_FORM" in codes(result)


def test_two_columns_in_other_words_are_neither():
    header = ["消费点名称", "所在镇", "所属镇", "启用时间"]
    rows = [header, ["甲", "海安镇", "迈陈镇", "2019-03-04"]]
    result = landed(rows, "2019年12月消费扶贫消费点台账", "supply_cooperative")
    assert values(result, "opened_on") == [date(2019, 3, 4)] and values(result, "town_name") == [None]


def test_a_columns_own_name_goes_before_other_words():
    header = ["检查名称", "检查类型", "检查类别", "检查日期", "乡镇"]
    rows = [header, ["检查", "专项检查", "日常检查", "2019-08-05", "海安镇"]]
    result = landed(rows, "2019年12月扶贫资金检查登记表", "finance")
    assert values(result, "inspection_kind") == ["专项检查"]


@pytest.mark.parametrize(
    ("header", "department", "feed"),
    [
        (["乡镇", "姓名", "身份证号", "岗位类别", "补贴"], "human_resources", "public_post"),
        (["乡镇", "村", "姓名", "性别", "任职时间"], "party_organization", "village_secretary"),
        (["镇", "村", "户主", "户主身份证号", "类别", "风险"], "poverty_relief", "monitoring_household"),
    ],
)
def test_what_is_lacking_is_said_of_a_table_of_the_same_office(header, department, feed):
    outcome = landed([header, *([str(n)] * len(header) for n in range(9))], "2019年12月", department).outcome
    assert (outcome.reason_code, outcome.feed) == ("MISSING_COLUMN", feed)


SPENT = ["支付日期", "凭证号", "资金来源", "项目名称", "拨付金额（万元）"]


@in_every_format
def test_totals_below_in_any_column_and_in_the_files_own_unit(form):
    rows = [SPENT, *([f"2019-12-{n:02}", f"记{n}", "省级", "道路", "10.5"] for n in range(1, 6))]
    rows += [
        ["", "", "", "12月小计", "52.5"],
        ["", "", "", "本年累计支出", "650"],
        ["合计", "", "", "", "60"],
    ]
    result = landed(rows, "2019年12月扶贫资金拨付台账", "finance", form)
    assert values(result, "amount_yuan") == [Decimal(105000)] * 5
    (finding,) = [f for f in result.batch.findings if f.code == "TOTALS_DISAGREE"]
    assert (finding.detail, finding.at_row) == ("52.5", 9)


@in_every_format
@pytest.mark.parametrize(("unit", "income"), [("元", 9500), ("万元", None)])
def test_a_unit_that_is_not_that_of_every_amount(form, unit, income):
    """单位：万元 over 人均 in yuan: nobody lives on 95,000,000 a head."""
    header = ["户编码", "户主", "调查时间", "不愁吃", "不愁穿", "总收入", "人均可支配收入"]
    rows = [["农户收入调查表", "", "", "", "", "", f"单位：{unit}"], header]
    rows += [[f"25001{n:05}", "陈文", "2019-11-01", "√", "√", "3.8", "9500"] for n in range(1, 7)]
    result = landed(rows, "2019年11月农户收入调查表", "poverty_relief", form)
    assert values(result, "income_per_head_yuan") == [income and Decimal(income)] * 6
    assert ("ABOVE_MAXIMUM" in codes(result)) == (income is None)
