"""A summary or a list of those stopped beside the detail is named and left aside; a torn sheet refuses."""

import pytest

from ingestion.pipeline.load import check_bytes
from tests.unit.ingestion.problems.made import CATALOG, lines, saved, text
from tests.unit.ingestion.problems.made import book as workbook

SUPPORT = CATALOG["destitute_support"]
ROWS = lines(SUPPORT)
OTHERS = {
    "汇总": [
        ["特困供养汇总表"],
        ["乡镇", "户数", "人数", "月保障金", "发放金额"],
        ["下桥镇", "3", "3", "9", "9"],
    ],
    "停发名单": [
        ["停发名单"],
        ["特困证号", "姓名", "身份证号", "停发原因", "停发日期"],
        ["T9", "陈文", "", "死亡", ""],
    ],
}


def report(**sheets):
    return check_bytes(saved(workbook(**sheets)), "12月.xlsx", CATALOG, department=SUPPORT.department)


@pytest.mark.parametrize("name", OTHERS)
def test_a_sheet_of_another_kind_is_named_and_the_detail_taken(name):
    found = report(发放=ROWS, **{name: OTHERS[name]})
    (outcome,) = found.outcomes
    assert (outcome.delivery_state, outcome.rows_accepted) == ("LOADED", len(ROWS) - 3)
    assert [p.code for p in found.problems] == ["SHEET_IGNORED"] and f"“{name}”" in found.problems[0].message


@pytest.mark.parametrize("missing", ["身份证号", "发放金额"])
def test_a_sheet_of_the_feed_that_lacks_a_column_refuses_the_file(missing):
    at = ROWS[2].index(missing)
    found = report(下桥镇=ROWS, 迈陈镇=[row[:at] + row[at + 1 :] for row in ROWS])
    assert [(o.delivery_state, o.reason_code) for o in found.outcomes] == [("REFUSED", "MISSING_COLUMN")]


def test_alone_such_a_sheet_is_refused():
    (outcome,) = report(停发名单=OTHERS["停发名单"]).outcomes
    assert outcome.delivery_state == "REFUSED"


def test_a_sheet_may_have_any_name_that_a_workbook_allows():
    header = ["乡镇", "姓名", "身份证号", "性别", *(f"其他{n}" for n in range(8))]
    found = report(**{"甲|乙": [header, ["下桥镇", "陈文", "x", "女", *"12345678"]]})
    assert [p.code for p in found.problems] == ["MISSING_COLUMN"]


def test_a_row_with_several_known_names_is_a_header_that_lacks_others():
    header = [
        "死者姓名",
        "死者性别",
        "公民号",
        "出生年月",
        "死亡年月日",
        "登记日期",
        "信息来源",
        "乡镇",
        "甲",
        "乙",
        "丙",
    ]
    rows = [["徐闻县2019年12月死亡人员信息登记表"], header, *[["x"] * 11] * 3]
    for name, code, words in (
        ("2019年12月死亡人员信息登记表.csv", "MISSING_COLUMN", "“死亡日期”（表中相近的有：“死亡年月日”"),
        ("12月.csv", "NO_FEED", "表头（“死者姓名”、“死者性别”、"),
    ):
        (outcome,) = check_bytes(text(rows), name, CATALOG, department="civil_affairs").outcomes
        assert outcome.reason_code == code and words in outcome.reason


def test_a_nil_return_that_names_its_table_is_taken():
    data = "2019年12月死亡人员信息登记表 本期无数据".encode()
    (outcome,) = check_bytes(data, "无.txt", CATALOG, department="civil_affairs").outcomes
    assert outcome.delivery_state == "NIL"
