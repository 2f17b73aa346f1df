"""How rows stand on sheets: titles, headers, totals, several tables, several sheets, hidden parts."""

from __future__ import annotations

from dataclasses import replace

from tests.integration.ugly.layouts import GRIDS, NAMED_SHEETS, Made, clean, layout, refused, totals_row
from tests.integration.ugly.sheets import ALLOWANCE, DEATHS, WATER, WORKS, Row, Sheet
from tests.integration.ugly.ugly import Expect
from tests.integration.ugly.writers import TEXTS, WORKBOOKS


@layout()
def preamble_footnotes_and_blank_lines() -> Made:
    above: list[Row] = [
        ["填报单位：县民政局", None, None, "填报时间：2019年7月3日", None, "单位：元"],
        [None] * 9,
    ]
    below: list[Row] = [
        [None] * 9,
        ["制表人：甲", None, "审核人：乙", None, "联系电话：4851234"],
        ["注：1.本表由各镇上报后汇总。"],
        ["2.停发的不再列入。"],
        ["2019年7月3日"],
    ]
    return ALLOWANCE, [ALLOWANCE.sheet(above=above, below=below)], [clean(ALLOWANCE)]


@layout()
def two_title_rows_of_a_system_export() -> Made:
    return DEATHS, [DEATHS.sheet(above=[["导出机构：徐闻县民政局"]])], [clean(DEATHS)]


@layout()
def blank_lines_between_the_rows() -> Made:
    body = ALLOWANCE.body()
    rows: list[Row] = [
        ["2019年6月低保"],
        ALLOWANCE.head(),
        body[0],
        [None] * 9,
        *body[1:3],
        [],
        [None],
        *body[3:],
    ]
    return ALLOWANCE, [Sheet(rows)], [clean(ALLOWANCE)]


@layout()
def header_repeated_on_every_printed_page() -> Made:
    body, title = ALLOWANCE.body(), ALLOWANCE.title
    rows = [
        [title],
        ALLOWANCE.head(),
        *body[:2],
        ALLOWANCE.head(),
        *body[2:4],
        [None],
        [title],
        ALLOWANCE.head(),
    ]
    return ALLOWANCE, [Sheet([*rows, *body[4:]])], [clean(ALLOWANCE)]


@layout()
def totals_per_town_that_agree() -> Made:
    body = ALLOWANCE.body()
    town, other = totals_row(ALLOWANCE, "徐城街道小计", body[:2]), totals_row(ALLOWANCE, "小  计", body[2:])
    rows = [[ALLOWANCE.title], ALLOWANCE.head(), *body[:2], town, *body[2:], other]
    return ALLOWANCE, [Sheet([*rows, totals_row(ALLOWANCE, "总计", body)])], [clean(ALLOWANCE)]


@layout()
def totals_per_town_that_disagree() -> Made:
    body = ALLOWANCE.body()
    town = totals_row(ALLOWANCE, "小计", body[:2], amount=1250)  # the rows say 1250.5
    rows = [[ALLOWANCE.title], ALLOWANCE.head(), *body[:2], town, *body[2:]]
    sheet = Sheet([*rows, totals_row(ALLOWANCE, "合计", body, amount=9999)])
    problems = [("I5", "TOTALS_DISAGREE"), ("I9", "TOTALS_DISAGREE")]
    return ALLOWANCE, [sheet], [clean(ALLOWANCE, problems=problems, said=("“1250”与明细之和 1250.5",))]


@layout()
def totals_above_the_rows() -> Made:
    body = ALLOWANCE.body()
    sheet = Sheet([[ALLOWANCE.title], ALLOWANCE.head(), totals_row(ALLOWANCE, "全县合计", body), *body])
    return ALLOWANCE, [sheet], [clean(ALLOWANCE)]


@layout()
def signature_row_that_fills_many_cells() -> Made:
    below: list[Row] = [
        ["单位负责人：", "甲", "审核：", "乙", "填表人：", "丙", "电话：", "4851234", "2019年7月"]
    ]
    return ALLOWANCE, [ALLOWANCE.sheet(below=below)], [clean(ALLOWANCE)]


@layout(*TEXTS, *WORKBOOKS, "zip")
def header_of_two_rows_merged() -> Made:
    upper: Row = [
        "年度",
        "批次",
        "所在地",
        None,
        "户主信息",
        None,
        "原房等级",
        "面积",
        "完工情况",
        None,
        "补助金额",
    ]
    lower: Row = [None, None, "镇", "村", "户主", "身份证号", None, None, "竣工日期", "验收日期", None]
    upright = tuple((1, c, 2, c) for c in (0, 1, 6, 7, 10))
    merges = ((0, 0, 0, 10), *upright, (1, 2, 1, 3), (1, 4, 1, 5), (1, 8, 1, 9))
    title: Row = [WORKS.title, *[None] * 10]
    return WORKS, [Sheet([title, upper, lower, *WORKS.body()], merges=merges)], [clean(WORKS)]


@layout()
def header_numbered_below() -> Made:
    numbers: Row = [str(n) for n in range(1, 10)]
    return (
        ALLOWANCE,
        [Sheet([[ALLOWANCE.title], ALLOWANCE.head(), numbers, *ALLOWANCE.body()])],
        [clean(ALLOWANCE)],
    )


@layout(*GRIDS)
def merged_towns_filled_inside_their_range_only() -> Made:
    rows = ALLOWANCE.sheet().rows
    rows[3][1] = rows[5][1] = rows[6][1] = None  # the last row lies outside the second range
    merges = ((2, 1, 3, 1), (4, 1, 5, 1))
    problems = [("B7", "BLANK_REQUIRED")]
    expect = Expect(ALLOWANCE.feed, ALLOWANCE.typed()[:4], "PARTIAL", "ROWS_HELD", problems)
    return ALLOWANCE, [Sheet(rows, merges=merges)], [expect]


@layout()
def column_of_row_numbers_and_a_column_without_a_name() -> Made:
    head: Row = ["序号", *ALLOWANCE.head()[:4], None, *ALLOWANCE.head()[4:]]
    body: list[Row] = [[n, *row[:4], None, *row[4:]] for n, row in enumerate(ALLOWANCE.body(), start=1)]
    return ALLOWANCE, [Sheet([[ALLOWANCE.title], head, *body])], [clean(ALLOWANCE)]


@layout()
def columns_the_contract_does_not_know_are_kept() -> Made:
    head = [*ALLOWANCE.head(), "健康状况备注", "经办网点"]
    body: list[Row] = [[*row, None, f"网点{n}"] for n, row in enumerate(ALLOWANCE.body())]
    body[1][9] = "慢性病"
    extra = [f'{{"经办网点": "网点{n}"}}' for n in range(5)]
    extra[1] = '{"健康状况备注": "慢性病", "经办网点": "网点1"}'
    unknown = ["健康状况备注", "经办网点"]
    return (
        ALLOWANCE,
        [Sheet([[ALLOWANCE.title], head, *body])],
        [clean(ALLOWANCE, unknown=unknown, extra=extra)],
    )


@layout()
def required_column_missing() -> Made:
    sheet = DEATHS.sheet()
    rows = [sheet.rows[0], *([*row[:3], *row[4:]] for row in sheet.rows[1:])]
    near = "“死亡日期”（表中相近的有：“登记日期”"
    return DEATHS, [sheet.with_rows(rows)], [refused("death_notice", "MISSING_COLUMN", near)]


@layout()
def header_twice() -> Made:
    rows = [[ALLOWANCE.title], *([*row, row[8]] for row in [ALLOWANCE.head(), *ALLOWANCE.body()])]
    return ALLOWANCE, [Sheet(rows)], [refused("subsistence_allowance", "HEADER_TWICE", "发放金额")]


@layout()
def tables_side_by_side() -> Made:
    both = [[*row, None, *row] for row in [DEATHS.head(), *DEATHS.body()]]
    return DEATHS, [Sheet([[DEATHS.title], *both])], [refused("death_notice", "TABLES_BESIDE")]


@layout()
def header_only() -> Made:
    return WATER, [Sheet([[WATER.title], WATER.head()])], [refused("village_water_supply", "NO_ROWS")]


@layout()
def nothing_to_report() -> Made:
    nil = Expect("village_water_supply", state="NIL", reason="NIL_RETURN")
    return WATER, [Sheet([[WATER.title], WATER.head(), ["本期无数据"]])], [nil]


@layout()
def one_row_only() -> Made:
    rows = [[ALLOWANCE.title], ALLOWANCE.head(), *ALLOWANCE.body()[:1]]
    return ALLOWANCE, [Sheet(rows)], [clean(ALLOWANCE, rows=ALLOWANCE.typed()[:1])]


@layout()
def one_row_and_no_title() -> Made:
    rows = [ALLOWANCE.head(), *ALLOWANCE.body()[:1]]
    return ALLOWANCE, [Sheet(rows)], [clean(ALLOWANCE, rows=ALLOWANCE.typed()[:1])]


@layout()
def no_header_at_all() -> Made:
    return ALLOWANCE, [Sheet([[ALLOWANCE.title], *ALLOWANCE.body()])], [refused(None, "NO_FEED")]


@layout()
def header_of_which_one_cell_is_known() -> Made:
    head: Row = ["编码", "地区", "小区", "姓名", "号码", "几人", "标准", "何月", "多少"]
    return ALLOWANCE, [Sheet([[ALLOWANCE.title], head, *ALLOWANCE.body()])], [refused(None, "NO_HEADER")]


@layout()
def two_tables_of_two_feeds() -> Made:
    rows = [*DEATHS.sheet().rows, [None], *ALLOWANCE.sheet().rows]
    return ALLOWANCE, [Sheet(rows)], [clean(DEATHS), clean(ALLOWANCE)]


@layout()
def one_table_under_the_other_of_the_same_feed() -> Made:
    body = ALLOWANCE.body()
    first = [
        ["徐城街道2019年6月低保金发放花名册"],
        ALLOWANCE.head(),
        *body[:2],
        totals_row(ALLOWANCE, "合计", body[:2]),
    ]
    second = [
        ["迈陈镇2019年6月低保金发放花名册"],
        ALLOWANCE.head(),
        *body[2:],
        totals_row(ALLOWANCE, "合计", body[2:]),
    ]
    return ALLOWANCE, [Sheet([*first, [None], *second])], [clean(ALLOWANCE)]


@layout(*GRIDS)
def a_sheet_per_town() -> Made:
    body = ALLOWANCE.body()
    towns = [("徐城街道", body[:2]), ("迈陈镇", body[2:])]
    sheets = [Sheet([[ALLOWANCE.title], ALLOWANCE.head(), *rows], name=town) for town, rows in towns]
    return ALLOWANCE, sheets, [clean(ALLOWANCE)]


@layout(*GRIDS)
def a_sheet_per_feed_with_a_cover() -> Made:
    cover = Sheet([["徐闻县民政局2019年6月数据报送"], ["联系人：甲"]], name="封面")
    sheets = [cover, DEATHS.sheet(name="死亡"), ALLOWANCE.sheet(name="低保"), Sheet([], name="Sheet3")]
    return ALLOWANCE, sheets, [clean(DEATHS), clean(ALLOWANCE)]


@layout(*GRIDS)
def sheets_of_two_departments() -> Made:
    other = replace(refused("village_water_supply", "WRONG_DEPARTMENT", "水务局"), rows=())
    return ALLOWANCE, [ALLOWANCE.sheet(name="低保"), WATER.sheet(name="供水")], [clean(ALLOWANCE), other]


@layout(*GRIDS)
def a_sheet_of_codes_beside_the_data() -> Made:
    codes = Sheet([["代码", "含义"], *([str(n), f"类别{n}"] for n in range(30))], name="码表")
    problems = [("", "SHEET_WITHOUT_HEADER")]
    return ALLOWANCE, [ALLOWANCE.sheet(name="低保"), codes], [clean(ALLOWANCE, problems=problems)]


@layout(*(name for name in GRIDS))
def hidden_rows_and_columns() -> Made:
    sheet = ALLOWANCE.sheet(name="低保", hidden_rows=(3, 5), hidden_columns=(2,))
    said = ("有 2 行是隐藏的（第 4,6 行等）",)
    return ALLOWANCE, [sheet], [clean(ALLOWANCE, problems=[("", "ROWS_HIDDEN")], said=said)]


@layout(*NAMED_SHEETS)
def hidden_rows_on_the_second_of_two_feeds() -> Made:
    sheets = [DEATHS.sheet(name="死亡"), ALLOWANCE.sheet(name="低保", hidden_rows=(3,))]
    return ALLOWANCE, sheets, [clean(DEATHS), clean(ALLOWANCE, problems=[("", "ROWS_HIDDEN")])]


@layout(*NAMED_SHEETS)
def hidden_sheet() -> Made:
    body = ALLOWANCE.body()
    sheets = [
        Sheet([[ALLOWANCE.title], ALLOWANCE.head(), *body[:3]], name="低保"),
        Sheet([[ALLOWANCE.title], ALLOWANCE.head(), *body[3:]], name="旧表", is_hidden=True),
    ]
    return ALLOWANCE, sheets, [clean(ALLOWANCE, problems=[("", "SHEET_HIDDEN")], said=("“旧表”是隐藏的",))]
