from datetime import date

import pytest

from ingestion.as_of import stated_date


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
    ],
)
def test_what_a_file_says_about_its_date(titles, name, day):
    assert stated_date(titles, name) == day
