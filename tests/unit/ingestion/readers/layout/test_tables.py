"""What is header, data, total, signature, note; on grids as departments lay them out."""

from __future__ import annotations

from typing import Any

import pytest

from ingestion.text.headers import header_keys, normalise_header
from tests.unit.ingestion.readers.make import ID, cells, csv_text, one, reading, skipped, xls, xlsx

HEAD = ["序号", "乡镇", "姓名", "身份证号", "金额(元)"]


def body(n: int, town: str = "徐城街道") -> list[list[Any]]:
    return [[i + 1, town, f"张{i}", ID, 10] for i in range(n)]


def test_two_row_merged_header() -> None:
    rows: list[Any] = [
        ["徐闻县2019年农村危房改造任务表"],
        ["填报单位：住建局", None, None, "单位：平方米"],
        ["序号", "乡镇", "户主信息", None, "住房面积"],
        [None, None, "姓名", "身份证号", None],
        [1, "徐城街道", "张三", ID, 80.5],
    ]
    merges = ["A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4"]
    table = one(xlsx(rows, merges=merges))
    assert table.header == ("序号", "乡镇", "户主信息/姓名", "户主信息/身份证号", "住房面积")
    assert table.header_row == 4
    assert cells(table) == [["1", "徐城街道", "张三", ID, "80.5"]]
    assert table.row_numbers.tolist() == [5]
    assert table.title_lines == ("徐闻县2019年农村危房改造任务表", "填报单位：住建局 单位：平方米")
    same = one(csv_text([["" if c is None else c for c in row] for row in rows]).encode("gb18030"))
    assert same.header == table.header
    assert cells(same) == cells(table)


def test_group_names_over_a_full_header() -> None:
    lower = ["乡镇", "姓名", "身份证号", "发放金额", "发放日期"]
    rows: list[Any] = [["基本信息", None, None, "发放", None], lower]
    table = one(xlsx([*rows, ["徐城", "张三", ID, 1, "2019-12"]], merges=["A1:C1", "D1:E1"]))
    assert table.header == (
        "基本信息/乡镇",
        "基本信息/姓名",
        "基本信息/身份证号",
        "发放/发放金额",
        "发放/发放日期",
    )


def test_a_row_that_has_one_header_s_name_twice_is_no_header() -> None:
    rows = [HEAD, *body(2), ["3", "", "姓名", "姓名", ""]]
    table = one(csv_text([[str(cell) for cell in row] for row in rows]).encode())
    assert cells(table)[2] == ["3", "", "姓名", "姓名", ""]


def test_the_columns_of_a_marked_copy_leave_its_header_one() -> None:
    broken = ["序号", "乡镇", "姓名", "身份证号", "1", "2", "3", "4", "5", "6"]  # grown together with a row
    for added in ([], ["问题", "如何改正"], ["Problem", "Remedy"]):
        row = ["1", "徐城街道", "张三", ID, *"123456", *added]
        assert one(csv_text([[*broken, *added], row]).encode()).header_row == 1


def test_header_cells_are_cleaned() -> None:
    table = one(xlsx([["姓 名", "身份\n证号", "金额（元）"], ["张三", ID, 1]]))
    assert table.header == ("姓名", "身份证号", "金额(元)")


def test_people_above_a_header_that_ends_the_sheet_are_no_titles() -> None:
    table = one(xlsx([["低保名册"], *body(2), HEAD]))
    assert [s.row for s in table.skipped if s.kind == "data"] == [2, 3]


@pytest.mark.parametrize("made", [xlsx, lambda rows: xls({"a": rows}), lambda rows: csv_text(rows).encode()])
@pytest.mark.parametrize("count", [1, 3, 150])
def test_rows_like_those_below_the_header_are_no_titles(made: Any, count: int) -> None:
    rows = [*body(count), HEAD, *body(5)]
    table = one(made([["低保名册"], *rows]))
    assert table.title_lines == ("低保名册",)
    assert [s.row for s in table.skipped if s.kind == "data"] == list(range(2, count + 2))
    assert len(table.row_numbers) == 5


@pytest.mark.parametrize(
    "above",
    [
        ["填报单位", "民政局", "填报日期", "2019-12-31", "元"],
        ["1", "2", "3", "4", "5"],
        ["基本", "情况", "人员", "信息", "金额"],
        ["", "2017", "2018", "2019", "2020"],
        ["填表人：陈文", "", "电话：0759-440899", "", "单位：元"],
    ],
)
def test_lines_over_a_header_are_not_taken_for_data(above: list[str]) -> None:
    table = one(csv_text([["名册"], above, HEAD, *body(5)]).encode())
    assert [s for s in table.skipped if s.kind == "data"] == []


@pytest.mark.parametrize(
    "last", [["", "", "王五", "", ""], ["", "", "", ID[:-1] + "X", ""], ["", "", "", "P12", ""]]
)
def test_a_last_row_with_one_cell_is_a_row(last: list[str]) -> None:
    table = one(csv_text([HEAD, *body(3), last]).encode())
    assert cells(table)[-1] == last


def test_a_last_row_that_counts_is_a_total() -> None:
    table = one(csv_text([HEAD, *body(3), ["共3人", "", "", "", "30"]]).encode())
    assert len(table.row_numbers) == 3
    (total,) = table.totals
    assert (total.label, total.is_subtotal, total.first, total.last) == ("共3人", False, 0, 3)


def test_a_table_that_starts_at_c5() -> None:
    table = one(xlsx([HEAD, *body(2)], at=(5, 3)))
    assert (table.header_row, table.first_column) == (5, 2)
    assert table.row_numbers.tolist() == [6, 7]


def test_merged_heads_are_filled_inside_their_range_only() -> None:
    rows: list[Any] = [
        ["户编号", "户主姓名", "姓名", "证件号码"],
        ["H1", "张三", "张三", "1"],
        [None, None, "张小", "2"],
        [None, None, "张大", "3"],
        ["H2", "李四", "李四", "4"],
        [None, None, "李小", "5"],
    ]
    table = one(xlsx(rows, merges=["A2:A4", "B2:B3"]))
    assert table.cells[0].tolist() == ["H1", "H1", "H1", "H2", ""]
    assert table.cells[1].tolist() == ["张三", "张三", "", "李四", ""]
    from_xls = one(xls({"一": rows}, merges=[(1, 3, 0, 0), (1, 2, 1, 1)]))
    assert cells(from_xls) == cells(table)


def test_a_range_across_columns_is_filled_in_data_rows_only() -> None:
    head = ["姓名", "身份证号", "发放金额", "备注"]
    rows: list[Any] = [head, ["张三", ID, "未发放", None], ["合计", None, 0, None]]
    table = one(xlsx(rows, merges=["C2:D2", "A3:B3"]))
    assert cells(table) == [["张三", ID, "未发放", "未发放"]]
    assert table.totals[0].cells == ("合计", "", "0", "")


def test_totals_subtotals_signature_and_notes() -> None:
    rows: list[Any] = [
        ["徐闻县资助表"],
        HEAD,
        *body(2),
        ["徐城街道小计", None, None, None, 20],
        *body(1, "迈陈镇"),
        ["小  计", None, None, None, 10],
        ["总计", None, None, None, 30],
        [None],
        ["单位负责人：甲", None, "审核人：", None, "填表人：丙"],
        ["注：1.本表由教育局填报"],
        ["2.金额以元为单位"],
        ["2019年12月31日"],
    ]
    table = one(xlsx(rows))
    assert len(table.cells) == 3
    assert skipped(table)[2:] == [
        (5, "total"),
        (7, "total"),
        (8, "total"),
        (9, "blank"),
        (10, "signature"),
        (11, "note"),
        (12, "note"),
        (13, "signature"),
    ]
    assert [(t.label, t.is_subtotal, t.first, t.last) for t in table.totals] == [
        ("徐城街道小计", True, 0, 2),
        ("小计", True, 2, 3),
        ("总计", False, 0, 3),
    ]


def test_totals_that_stand_on_top() -> None:
    table = one(xlsx([HEAD, ["合计", None, None, None, 30], *body(3)]))
    assert [(t.first, t.last) for t in table.totals] == [(0, 3)]
    assert len(table.cells) == 3


@pytest.mark.parametrize(
    ("page", "summed"),
    [("本页小计", [(0, 2), (2, 4), (0, 4)]), ("合计", [(0, 2), (2, 4), (0, 4)])],
)
def test_the_last_total_of_several_pages_sums_them_all(page: str, summed: list[tuple[int, int]]) -> None:
    pages = [["名册"], HEAD, *body(2), [page, None, None, None, 20]]
    table = one(xlsx([*pages, *pages, ["总计", None, None, None, 40]]))
    assert [(t.first, t.last) for t in table.totals] == summed


@pytest.mark.parametrize("name", ["小计", "合计", "总计"])
def test_a_person_with_an_id_number_is_no_total(name: str) -> None:
    assert len(one(xlsx([HEAD, *body(1), [2, "徐城", name, ID, 10]])).cells) == 2


WIDE = ["备注", "序号", "乡镇", "姓名", "身份证号", "学校", "年级", "金额(元)"]


def wide(n: int, said: str = "", number: str = ID) -> list[list[Any]]:
    return [
        [said, i + 1, "徐城街道", f"张{'一二三四五六七八九十'[i % 10]}", number, "一小", "三年级", 10]
        for i in range(n)
    ]


@pytest.mark.parametrize("number", [ID, "", "4.40899E+17", "440899********0083"])
@pytest.mark.parametrize(
    "said",
    ["审核通过", "审批通过", "经办中心", "打印1次", "导出成功", "复核一致", "审核人：张三", "备注：补发"],
)
def test_full_rows_are_data_whatever_their_first_cell_says(said: str, number: str) -> None:
    everywhere = one(csv_text([WIDE, *wide(100, said, number)]).encode())
    assert len(everywhere.row_numbers) == 100
    at_the_end = one(
        xlsx([WIDE, *wide(8), *wide(2, said, number), [f"{said}："], ["制表人：甲", None, "审核"]])
    )
    assert at_the_end.row_numbers.tolist() == list(range(2, 12))


def test_a_row_with_an_id_number_signs_nothing() -> None:
    sparse = ["审核通过", None, None, None, ID]
    assert len(one(xlsx([WIDE, *wide(5), sparse])).row_numbers) == 6


@pytest.mark.parametrize(
    "row",
    [
        ["填表人：甲", "13800138000", "2019-12-31", None, None],
        ["制表人：", "张三", "审核人：", "李四", "2019-12-31"],
        ["审核：", None, "李四", None, "5"],
    ],
)
@pytest.mark.parametrize("count", [0, 1, 5])
def test_signatures_that_fill_a_narrow_table_are_no_data(row: list[Any], count: int) -> None:
    table = one(xlsx([HEAD, *body(count), row]))
    assert skipped(table)[-1] == (count + 2, "signature")
    assert len(table.row_numbers) == count


@pytest.mark.parametrize("number", ["440899********0083", "4.40899E+17", "无"])
@pytest.mark.parametrize("count", [1, 20])
def test_full_rows_without_a_usable_id_are_no_totals(number: str, count: int) -> None:
    table = one(xlsx([WIDE, *wide(20 - count, "按月", number), *wide(count, "按季合计", number)]))
    assert len(table.row_numbers) == 20
    assert table.totals == ()


def test_totals_that_name_their_place_are_totals() -> None:
    head = ["乡镇", "行政村", "学校", "家庭人口数", "住房面积", "金额(元)"]
    data = [["下桥镇", f"{n}村", "一小", 3, 80, 10] for n in "甲乙丙"]
    table = one(
        xlsx([head, *data, ["下桥镇", "小计", "3所", 9, 240, 30], ["徐闻县", "下桥镇", "合计", 9, 240, 30]])
    )
    assert len(table.row_numbers) == 3
    assert [total.label for total in table.totals] == ["小计", "合计"]


@pytest.mark.parametrize("made", [xlsx, lambda rows: csv_text(rows).encode("gb18030")])
@pytest.mark.parametrize(
    "title",
    [["资助表"], ["资助表"] + [""] * 7 + ["第 2 页"], ["打印：甲", "", "3"], ["2019年12月", "", "单位：元"]],
)
def test_rows_with_a_colon_above_a_page_header_are_data(made: Any, title: list[str]) -> None:
    rows = [[*row, "2019-12-10 08:30:00"] for row in wide(8)]
    rows[3][-1] = "死亡：2019年11月"
    page: list[list[Any]] = [title, [*WIDE, "发放日期"]]
    table = one(made([*page, *rows[:4], *page, *rows[4:6], *page[1:], *rows[6:]]))
    assert len(table.row_numbers) == 8


@pytest.mark.parametrize("value", [["", "", "", "王五"], ["", "", "", "", "4408991980"]])
def test_one_value_above_a_page_header_is_a_row(value: list[str]) -> None:
    table = one(csv_text([WIDE, *wide(3), value, WIDE, *wide(3)]).encode())
    assert len(table.row_numbers) == 7


def test_repeated_header_units_and_numbering() -> None:
    rows: list[Any] = [HEAD, ["", "", "", "", "元"], ["1", "2", "3", "4", "5"], *body(2), HEAD, *body(2)]
    table = one(xlsx(rows))
    assert len(table.cells) == 4
    assert skipped(table) == [(1, "header"), (2, "unit"), (3, "header"), (6, "repeated_header")]
    assert table.row_numbers.tolist() == [4, 5, 7, 8]


def test_rows_numbered_in_advance_are_blank_and_other_sparse_rows_are_data() -> None:
    table = one(xlsx([HEAD, *body(1), [2], [3, None, "李四"], [4]]))
    assert table.row_numbers.tolist() == [2, 4]
    assert skipped(table) == [(1, "header"), (3, "blank"), (5, "blank")]


def test_two_tables_in_one_sheet() -> None:
    rows: list[Any] = [
        ["一、资助表"],
        HEAD,
        *body(2),
        ["合计", None, None, None, 20],
        [None],
        ["二、住房表"],
        ["户编号", "户主姓名", "住房面积"],
        ["H1", "张三", 80],
        ["H2", "李四", 90],
    ]
    first, second = reading(xlsx(rows)).tables
    assert len(first.cells) == 2
    assert first.totals[0].row == 5
    assert second.header == ("户编号", "户主姓名", "住房面积")
    assert second.title_lines == ("二、住房表",)
    assert cells(second) == [["H1", "张三", "80"], ["H2", "李四", "90"]]
    assert second.row_numbers.tolist() == [9, 10]


def test_every_row_is_data_or_skipped() -> None:
    rows: list[Any] = [["题"], HEAD, *body(3), ["合计", None, None, None, 30], ["说明：无"], ["制表：甲"]]
    table = one(xlsx(rows))
    assert sorted([*table.row_numbers.tolist(), *(s.row for s in table.skipped)]) == list(range(1, 9))


def test_header_forms() -> None:
    assert normalise_header(" 身份\n证号（必填）") == "身份证号(必填)"
    assert normalise_header("砷（mg/L）") == "砷(mg/l)"
    keys = header_keys("户主信息/身份证号*")
    assert keys[0] == "户主信息/身份证号*"
    assert "身份证号" in keys
    assert "金额" in header_keys("金额（元）")


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["徐城街道（10人）"], "title"),
        (["一、徐城街道"], "title"),
        (["（二）徐城街道", "", "", "", "", "", "", 960], "title"),
        (["其中：徐城街道", "", "", 10, "", "", "", 960], "note"),
        (["平均", "", "", "", "", "", "", 960], "note"),
        (["补充："], "note"),
        (["", "", "", "", "合计", "", "", 80], "total"),
        (["", "", "", "", "", "", "合 计", "80.00"], "total"),
    ],
)
@pytest.mark.parametrize("below", [0, 3])
def test_sparse_rows_between_and_below_the_data(row: list[Any], kind: str, below: int) -> None:
    table = one(csv_text([WIDE, *wide(3), row, *wide(below)]).encode())
    lone_at_the_end = kind == "title" and not below and not any(row[1:])
    assert skipped(table)[1:] == [(5, "note" if lone_at_the_end else kind)]
    assert len(table.row_numbers) == 3 + below


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["备注", "以上名单经公示无异议"], "note"),
        (["县民政局（盖章）", "", "", "2019年12月10日"], "signature"),
        (["", "", "", "", "", "徐闻县民政局", "2019年12月31日"], "signature"),
    ],
)
def test_footers_of_two_cells(row: list[Any], kind: str) -> None:
    table = one(csv_text([WIDE, *wide(3), row, ["2019年12月31日"]]).encode())
    assert skipped(table)[1:] == [(5, kind), (6, "signature")]
    between = one(csv_text([WIDE, *wide(3), row, *wide(1)]).encode())
    assert len(between.row_numbers) == 5


@pytest.mark.parametrize(
    "row",
    [
        ["", "", "徐城街道", "", "", "", "", 960],
        ["徐城街道", "", "", "", "", "", "", 960],
        ["其中：徐城街道", "", "", "王五", "", "", "", 960],
        ["一、徐城街道", "", "", "", ID],
        ["一、徐城街道", 1, "徐城街道", "王五", "", "一小", "三年级", 10],
        ["备注", "", "", "王五", "", "", "", 10],
        ["", "", "", "", "", "", "", 960, ""],
        ["", "", "", "", "", "一小", "2019年12月31日"],
        ["", "", "", "王五", "合计", "", "", 80],
        ["1", "2", "3", "4", "5", "6", "7", "8"],
    ],
)
def test_what_may_be_a_person_stays_a_row(row: list[Any]) -> None:
    for below in (0, 3):
        table = one(csv_text([WIDE, *wide(3), row, *wide(below)]).encode())
        assert len(table.row_numbers) == 4 + below


def test_the_numbering_of_the_columns_on_every_page() -> None:
    numbers = [str(n + 1) for n in range(len(WIDE))]
    page: list[list[Any]] = [["名册"], WIDE, numbers]
    table = one(csv_text([*page, *wide(2), *page, *wide(2)]).encode())
    assert len(table.row_numbers) == 4
    narrow = [["序号", "家庭人口数", "金额(元)"], ["1", "2", "3"], ["2", "2", "3"]]
    assert len(one(csv_text([narrow[0], narrow[2], *narrow]).encode()).row_numbers) == 3
