"""Amounts in 万元 are ten thousand times what they say, wherever the file names that unit."""

from decimal import Decimal

import openpyxl
import pytest

from ingestion.checking.columns import check
from ingestion.matching.feeds import MatchedTable, known_headers, match_table
from ingestion.messages.problems import FileProblem
from ingestion.readers import read
from tests.unit.ingestion.helpers import catalog, id_number, table
from tests.unit.ingestion.problems.made import book, lines, saved

CATALOG = catalog()
WORKS = CATALOG["renovation_task"]
HEADER = [c.header for c in WORKS.columns]
AT = HEADER.index("补助金额")
ROW = {"年度": "2019", "批次": "2019年", "镇": "徐城", "村": "一村", "户主": "陈文",
       "身份证号": id_number(1), "原房等级": "D", "竣工日期": "2019-10-01", "验收日期": "2019-11-01",
       "补助金额": "4"}  # fmt: skip
CELLS = [ROW.get(h, "") for h in HEADER]


def matched(one):
    return match_table(one, CATALOG, file_name="危改.xlsx", department=None)


def yuan(one):
    found = matched(one)
    assert isinstance(found, MatchedTable), found
    return check(WORKS, [found]).columns["amount_yuan"].to_pylist()


def written(header):
    return [header if i == AT else h for i, h in enumerate(HEADER)]


@pytest.mark.parametrize(
    "line",
    ["单位：户、万元", "填报单位：住建局 单位：户、人、万元", "单位：人民币（万元）", "单位（万元）",
     "（万元）",
     "单位：万 元", "计量单位 ：万元、平方米", "徐闻县2019年农村危房改造任务台账（万元）",
     "金额单位：万元/户"],
)  # fmt: skip
def test_the_unit_of_a_line_above(line):
    assert yuan(table(HEADER, [CELLS], WORKS.title, line)) == [Decimal(40_000)]


@pytest.mark.parametrize(
    "header",
    ["补助金额（万元/户）", "补助金额[万元]", "补助金额_万元", "补助金额万元", "补助金额（单位：万元）",
     "补助金额 单位：万元", "补助情况（万元）/补助金额", "补助金额（万）"],
)  # fmt: skip
def test_the_unit_of_a_header_or_its_group(header):
    assert yuan(table(written(header), [CELLS], WORKS.title)) == [Decimal(40_000)]


@pytest.mark.parametrize(
    ("line", "header"),
    [("单位：元", "补助金额"), ("总投资5000万元以上的项目", "补助金额"),
     ("填报单位：万元街社区 单位:元", "补助金额(元)"),
     ("每户超过1万元以上的须公示", "补助金额"),
     ("单位：户、元", "补助金额(元/户)"), ("各单元登记", "补助金额")],
)  # fmt: skip
def test_what_names_no_unit_of_ten_thousand(line, header):
    assert yuan(table(written(header), [CELLS], WORKS.title, line)) == [Decimal(4)]


@pytest.mark.parametrize(
    ("line", "header"),
    [("单位：万元", "补助金额(元)"), ("单位：元", "补助金额（万元）"), ("单位：元、万元", "补助金额"),
     ("补助", "补助情况（万元）/补助金额(元)")],
)  # fmt: skip
def test_two_units_for_one_column_refuse_the_file(line, header):
    problem = matched(table(written(header), [CELLS], WORKS.title, line))
    assert isinstance(problem, FileProblem) and problem.code == "TWO_UNITS"


def test_a_line_may_name_the_units_of_several_columns():
    assert yuan(table(written("补助金额（万元）"), [CELLS], "单位：元、万元")) == [Decimal(40_000)]


def test_a_row_of_units_below_the_header_speaks_for_each_column():
    rows = lines(WORKS, (), WORKS.title)
    rows[2:] = [["万元" if i == AT else "平方米" if h == "面积" else "" for i, h in enumerate(HEADER)], CELLS]
    made: openpyxl.Workbook = book(台账=[["", *row] for row in rows])
    (one,) = read(saved(made), known_headers=known_headers(CATALOG)).tables
    assert yuan(one) == [Decimal(40_000)]
