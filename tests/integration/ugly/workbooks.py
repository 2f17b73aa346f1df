"""Ugly workbooks: what only one format can do, or only one program does."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from tests.integration.ugly.fixtures import ugly
from tests.integration.ugly.layouts import clean, partly, refused
from tests.integration.ugly.sheets import ALLOWANCE, DEATHS, WATER, Row, Sheet
from tests.integration.ugly.ugly import Expect
from tests.integration.ugly.writers import changed, part_of, xls, xlsm, xlsx


def page_of(pages: dict[str, Any]) -> Any:
    return next(iter(pages.values()))


@ugly(ALLOWANCE, "xlsx")
def filters_panes_formats_comments_and_lists() -> bytes:
    def dress(book: Any, pages: dict[str, Any]) -> None:
        page = page_of(pages)
        page.autofilter(1, 0, 6, 8)
        page.freeze_panes(2, 3)
        page.conditional_format(2, 8, 6, 8, {"type": "cell", "criteria": ">", "value": 1000})
        page.write_comment(3, 8, "请核实金额", {"author": "审核"})
        page.data_validation(2, 1, 6, 1, {"validate": "list", "source": ["徐城街道", "迈陈镇"]})
        page.set_tab_color("red")
        page.repeat_rows(1)
        book.define_name("金额", "=Sheet1!$I$3:$I$7")

    return xlsx([ALLOWANCE.sheet()], dress)


@ugly(ALLOWANCE, "xlsx")
def five_hundred_formatted_blank_rows_and_columns() -> bytes:
    def pad(book: Any, pages: dict[str, Any]) -> None:
        border = book.add_format({"border": 1})
        for r in range(7, 507):
            for c in range(9):
                page_of(pages).write_blank(r, c, None, border)
        for c in range(9, 509):
            page_of(pages).write_blank(1, c, None, border)

    return xlsx([ALLOWANCE.sheet()], pad)


@ugly(ALLOWANCE, "xlsx")
def formulas_with_their_last_results() -> bytes:
    def compute(book: Any, pages: dict[str, Any]) -> None:
        for r, row in enumerate(ALLOWANCE.rows, start=2):
            page_of(pages).write_formula(r, 8, f"=G{r + 1}", None, row[8])
            page_of(pages).write_formula(r, 0, f'="D"&TEXT({r - 1},"0000")', None, row[0])

    return xlsx([ALLOWANCE.sheet()], compute)


NEVER_COMPUTED = tuple((f"I{r}", "FORMULA_WITHOUT_VALUE") for r in (3, 4, 5, 6, 7))


@ugly(
    ALLOWANCE,
    "xlsx",
    Expect(
        ALLOWANCE.feed,
        state="REFUSED",
        reason="TOO_MANY_HELD",
        problems=NEVER_COMPUTED,
        said=("是公式，从来没有算出过结果",),
    ),
)
def formulas_that_were_never_computed() -> bytes:
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in ALLOWANCE.sheet().rows:
        page.append(row)
    for r in range(3, 8):
        page.cell(r, 9, f"=G{r}")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@ugly(ALLOWANCE, "xlsx", clean(ALLOWANCE, unknown=["查找"], extra=['{"查找": "#N/A"}'] * 5))
def a_lookup_column_full_of_errors_that_nobody_asked_for() -> bytes:
    rows: list[Row] = [[*row, "x"] for row in ALLOWANCE.body()]
    sheet = Sheet([[ALLOWANCE.title], [*ALLOWANCE.head(), "查找"], *rows])
    return xlsx([sheet.with_rows(sheet.rows)], lambda book, pages: _lookups(page_of(pages)))


def _lookups(page: Any) -> None:
    for r in range(2, 7):
        page.write_formula(r, 9, "=VLOOKUP(A1,Z:Z,1,0)", None, "#N/A")


@ugly(ALLOWANCE, "xlsx", clean(ALLOWANCE, notes=["SHEET_NOT_TABLE sheet=图表", "SHEET_EMPTY sheet=Sheet2"]))
def chart_sheet_and_empty_sheets() -> bytes:
    def add(book: Any, pages: dict[str, Any]) -> None:
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Sheet1!$I$3:$I$7"})
        book.add_chartsheet("图表").set_chart(chart)

    return xlsx([ALLOWANCE.sheet(), Sheet([], name="Sheet2"), Sheet([], name="Sheet3")], add)


@ugly(ALLOWANCE, "xlsx", clean(ALLOWANCE, problems=[("", "SHEET_HIDDEN")]))
def very_hidden_sheet() -> bytes:
    body, head = ALLOWANCE.body(), ALLOWANCE.head()
    sheets = [Sheet([["2019年6月"], head, *body[:2]], "一"), Sheet([["2019年6月"], head, *body[2:]], "二")]
    return xlsx(sheets, lambda book, pages: pages["二"].very_hidden())


@ugly(DEATHS, "xlsx")
def dates_counted_from_1904() -> bytes:
    return xlsx([DEATHS.sheet()], date_1904=True)


@ugly(DEATHS, "xls")
def dates_counted_from_1904_in_xls() -> bytes:
    return xls([DEATHS.sheet()], dates_1904=True)


@ugly(ALLOWANCE, "xlsx")
def names_in_two_colours() -> bytes:
    def colour(book: Any, pages: dict[str, Any]) -> None:
        red = book.add_format({"font_color": "red"})
        for r, row in enumerate(ALLOWANCE.rows, start=2):
            page_of(pages).write_rich_string(r, 3, red, str(row[3])[0], str(row[3])[1:])

    return xlsx([ALLOWANCE.sheet()], colour)


SHEET1 = "xl/worksheets/sheet1.xml"


@ugly(ALLOWANCE, "xlsx")
def saved_by_wps_with_absolute_targets() -> bytes:
    data = xlsx([ALLOWANCE.sheet(name="低保&特困 <1>")])
    relations = "xl/_rels/workbook.xml.rels"
    return changed(data, relations, ('Target="worksheets/', 'Target="/xl/worksheets/'))


@ugly(ALLOWANCE, "xlsx")
def extent_that_lies() -> bytes:
    return changed(xlsx([ALLOWANCE.sheet()]), SHEET1, ('<dimension ref="[^"]*"/>', '<dimension ref="A1"/>'))


@ugly(ALLOWANCE, "xlsx")
def cells_without_references() -> bytes:
    """As streaming report tools write them: rows and cells in order, texts in place."""
    rows = "".join(
        f"<row>{''.join(_bare_cell(value) for value in row)}</row>" for row in ALLOWANCE.sheet().rows
    )
    return changed(
        xlsx([ALLOWANCE.sheet()]), SHEET1, ("(?s)<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>")
    )


def _bare_cell(value: Any) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@ugly(ALLOWANCE, "xlsx")
def saved_as_strict_open_xml() -> bytes:
    data = xlsx([ALLOWANCE.sheet()])
    strict = {MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main"}
    strict[RELATIONS] = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    parts = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", SHEET1, "xl/sharedStrings.xml")
    for part in (*parts, "xl/styles.xml"):
        pairs = [(old, new) for old, new in strict.items() if old in part_of(data, part).decode()]
        data = changed(data, part, *pairs)
    return data


@ugly(
    ALLOWANCE,
    "xlsx",
    clean(ALLOWANCE, problems=[("", "ROWS_HIDDEN")], notes=["COLUMNS_HIDDEN sheet=Sheet1 columns=C"]),
)
def element_names_with_a_prefix() -> bytes:
    data = xlsx([ALLOWANCE.sheet(hidden_rows=(4,), hidden_columns=(2,))])
    names = ("<(/?)(\\w)", "<\\1x:\\2"), ('xmlns="', 'xmlns:x="')
    return changed(changed(data, SHEET1, *names), "xl/sharedStrings.xml", *names)


@ugly(ALLOWANCE, "xlsx")
def sheet_and_structure_protected_but_not_locked_up() -> bytes:
    return xlsx([ALLOWANCE.sheet()], lambda book, pages: page_of(pages).protect("1234"))


@ugly(ALLOWANCE, "xlsm")
def macro_workbook() -> bytes:
    return xlsm([ALLOWANCE.sheet()])


@ugly(ALLOWANCE, "xls", clean(ALLOWANCE))
def roll_split_over_sheets_because_xls_ends_at_65536_rows() -> bytes:
    body, head = ALLOWANCE.body(), ALLOWANCE.head()
    first = Sheet([[ALLOWANCE.title], head, *body[:2]], "低保")
    return xls([first, Sheet([head, *body[2:4]], "低保_2"), Sheet([head, *body[4:]], "低保_3")])


@ugly(
    ALLOWANCE,
    "xls",
    refused(ALLOWANCE.feed, "NO_HEADER", "表页“低保_2”没有找到表头"),
)
def second_sheet_goes_on_without_a_header() -> bytes:
    rows: list[Row] = [[f"E{n}", *ALLOWANCE.body()[0][1:]] for n in range(30)]
    return xls([ALLOWANCE.sheet(name="低保"), Sheet(rows, "低保_2")])


@ugly(ALLOWANCE, "et")
def wps_spreadsheet_called_et() -> bytes:
    return xls([ALLOWANCE.sheet()])


@ugly(
    WATER,
    "xlsx",
    partly(WATER, [1], ("E4", "COUNT_NOT_WHOLE"), held=("121.5",)),
)
def a_count_that_is_not_whole() -> bytes:
    sheet = WATER.sheet()
    sheet.rows[3][4] = 121.5
    return xlsx([sheet])


@ugly(WATER, "xlsx")
def population_in_units_of_ten_thousand() -> bytes:
    sheet = WATER.sheet()
    sheet.rows[1][4] = "农业人口（万人）"
    for row in sheet.rows[2:]:
        row[4] = float(str(row[4])) / 10_000
    return xlsx([sheet])


@ugly(ALLOWANCE, "xlsx")
def preamble_of_a_hundred_and_fifty_lines() -> bytes:
    above: list[Row] = [[f"填报说明第{n}条：按文件执行。"] for n in range(150)]
    return xlsx([ALLOWANCE.sheet(above=above)])


@ugly(
    ALLOWANCE,
    "xlsx",
    clean(ALLOWANCE, problems=[("A3", "DUPLICATE_ROW")]),
)
def no_title_but_the_name_says_the_month() -> bytes:
    body = ALLOWANCE.body()
    return xlsx([Sheet([ALLOWANCE.head(), body[0], *body])])
