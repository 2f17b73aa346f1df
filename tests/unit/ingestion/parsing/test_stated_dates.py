from datetime import date

import pytest

from ingestion.parsing.stated_dates import named_span, stated_date
from ingestion.pipeline.load import check_bytes
from tests.unit.ingestion.problems.made import CATALOG, INSURED, lines, text


@pytest.mark.parametrize(
    ("titles", "name", "day"),
    [
        (["参保名册 统计截止日期：2019年6月30日"], "2019年12月.csv", date(2019, 6, 30)),
        (["统计截止日期:2019-06-30 单位：元"], "a.csv", date(2019, 6, 30)),
        (["统计截止日期：20191015"], "a.csv", date(2019, 10, 15)),
        (["截至2019年11月底"], "a.csv", date(2019, 11, 30)),
        (["徐闻县2019年12月发放表", "填报时间：2020年1月3日"], "a.xls", date(2019, 12, 31)),
        (["发放表"], "2019年2月低保.xls", date(2019, 2, 28)),
        ([], "低保_201912.xls", date(2019, 12, 31)),
        ([], "低保 2019-12-20.xls", date(2019, 12, 20)),
        (["2019年1-6月"], "a.xls", date(2019, 6, 30)),
        (["2019年上半年"], "a.xls", date(2019, 6, 30)),
        (["2019年第三季度"], "a.xls", date(2019, 9, 30)),
        (["2019年度"], "a.xls", date(2019, 12, 31)),
        (["2018-2019学年第二学期"], "a.xls", None),
        (["填报日期：2020年1月3日"], "a.xls", None),
        (["统计截止日期：2019年13月45日"], "a.xls", None),
        ([], "终稿2.xls", None),
        (["2019年1月—2019年12月"], "a.xls", date(2019, 12, 31)),
        (["2019年1月1日至2019年12月31日"], "a.xls", date(2019, 12, 31)),
        (["登记表（2019.1.1-2019.12.31）"], "a.xls", date(2019, 12, 31)),
        (["2018年7月—2019年6月"], "a.xls", date(2019, 6, 30)),
        ([], "201901-201906死亡.xlsx", date(2019, 6, 30)),
        ([], "死亡2019年1月-2019年6月.xlsx", date(2019, 6, 30)),
        ([], "低保 2019-12-01-2019-12-20.xls", date(2019, 12, 20)),
        (["统计时间：2019年1月1日 — 2019年6月30日"], "a.xls", date(2019, 6, 30)),
        (["2019年1月1日-6月30日"], "a.xls", date(2019, 6, 30)),
        (["2019年度6月份"], "a.xls", date(2019, 6, 30)),
        (["2019年一月至六月"], "a.xls", date(2019, 6, 30)),
        (["2019年十二月"], "a.xls", date(2019, 12, 31)),
        (["2019年6、7月"], "a.xls", date(2019, 7, 31)),
        (["2019年10月、11月、12月"], "a.xls", date(2019, 12, 31)),
        (["2019年前三季度"], "a.xls", date(2019, 9, 30)),
        (["2019年1-3季度"], "a.xls", date(2019, 9, 30)),
        (["2018-2019年"], "a.xls", date(2019, 12, 31)),
        (["登记表", "时间：2020年1月8日"], "2019年12月.xlsx", date(2019, 12, 31)),
        (["登记表", "2020年1月8日"], "2019年12月.xlsx", date(2019, 12, 31)),
        (["登记表", "填报单位：民政局 2020年1月8日"], "2019年12月.xlsx", date(2019, 12, 31)),
        (["登记表", "2020年1月8日"], "a.xlsx", date(2020, 1, 8)),
        (["2019年度登记表", "2020年1月8日"], "a.xlsx", date(2019, 12, 31)),
        (["2019年度登记表", "2019年6月30日"], "a.xlsx", date(2019, 6, 30)),
        (["2019年12月25日在册名单", "日期：2020年1月8日"], "a.xlsx", date(2019, 12, 25)),
        (["统计日期：2019年12月25日", "2020年1月8日"], "2020年1月.xlsx", date(2019, 12, 25)),
    ],
)
def test_what_a_file_says_about_its_date(titles, name, day):
    assert stated_date(titles, name) == day


@pytest.mark.parametrize(
    "footer", ["制表人：张三 2020年1月5日", "2020年1月5日", "审核：李四 日期：2020年1月5日"]
)
def test_the_day_of_a_signature_does_not_move_the_month_of_the_name(footer):
    assert stated_date(["登记表"], "2019年12月登记表.xlsx", [footer]) == date(2019, 12, 31)
    assert stated_date(["登记表"], "登记表.xlsx", [footer]) == date(2020, 1, 5)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2018年7月—2019年6月", (date(2018, 7, 1), date(2019, 6, 30))),
        ("2019年1-6月", (date(2019, 1, 1), date(2019, 6, 30))),
        ("2019年前三季度", (date(2019, 1, 1), date(2019, 9, 30))),
        ("2019年第三季度", (date(2019, 7, 1), date(2019, 9, 30))),
        ("2019年下半年", (date(2019, 7, 1), date(2019, 12, 31))),
        ("日期：2020年1月8日", None),
    ],
)
def test_the_span_that_a_text_names(text, span):
    assert named_span(text) == span


@pytest.mark.parametrize(
    ("line", "doubted"), [("2020年1月8日", False), ("2019年11月30日", True), ("2020年3月5日", True)]
)
def test_a_lone_day_far_from_the_period_of_the_name_is_doubted(line, doubted):
    rows = lines(INSURED, (), INSURED.title, line)
    report = check_bytes(text(rows), "2019年12月参保.csv", CATALOG, department=None)
    assert str(report.outcomes[0].as_of) == "2019-12-31"
    assert ("AS_OF_DOUBTFUL" in [p.code for p in report.problems]) == doubted
