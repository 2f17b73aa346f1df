"""A column that nobody reads is told of, and a remark or a row number is not."""

import pytest

from ingestion.checking.unread_columns import unread_notes
from ingestion.matching.feeds import MatchedTable, match_table
from tests.unit.ingestion.helpers import catalog, table

CATALOG = catalog()
WORKS = CATALOG["renovation_task"]
HEADER = [c.header for c in WORKS.columns]


def notes(header, rows):
    found = match_table(table(header, rows, WORKS.title), CATALOG, file_name="a.xlsx", department=None)
    assert isinstance(found, MatchedTable), found
    return unread_notes([found])


@pytest.mark.parametrize("other", ["补助经费", "补助总额", "下拨资金"])
def test_an_optional_column_under_an_unknown_header_is_named(other):
    header = [other if h == "补助金额" else h for h in HEADER]
    ((code, words),) = notes(header, [["1"] * len(header)])
    assert (code, words["missing"], words["unread"]) == ("COLUMNS_UNREAD", "“补助金额”", f"“{other}”")


def test_so_is_one_of_which_only_the_header_tells():
    header = ["农户档案号" if h == "农户档案编号" else h for h in HEADER]
    ((code, words),) = notes(header, [["甲"] * len(header)])
    assert (code, words["missing"], words["unread"]) == ("COLUMNS_UNREAD", "“农户档案编号”", "“农户档案号”")


@pytest.mark.parametrize("others", [["备注"], ["领款人签字"], ["序号"], ["情况说明"], ["联系电话"], []])
def test_remarks_and_row_numbers_are_no_lost_columns(others):
    header = [*(h for h in HEADER if h != "补助金额"), *others]
    assert notes(header, [["1"] * len(header)]) == []


def test_an_unknown_column_beside_a_whole_table_is_no_matter():
    header = [*HEADER, "帮扶责任人"]
    assert notes(header, [["1"] * len(header)]) == []


def test_text_under_no_header_is_told_with_its_place():
    blank = [""] * len(HEADER)
    ((code, words),) = notes([*HEADER, ""], [[*blank, ""], [*blank, "已核实，户籍迁出"]])
    assert code == "COLUMN_UNNAMED" and (words["count"], words["row"]) == ("1", "4")
    assert notes(["", *HEADER], [["1", *blank], ["2", *blank]]) == []
