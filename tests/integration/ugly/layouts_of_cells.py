"""What stands in cells and headers: damaged IDs, dates, units, odd characters, blank rows."""

from __future__ import annotations

from datetime import date, datetime

from tests.integration.ugly.layouts import EVERY, GRIDS, Made, clean, layout, partly, refused
from tests.integration.ugly.sheets import ALLOWANCE, DEATHS, WATER, WORKS, Kit, Row, Sheet, yuan
from tests.unit.ingestion.helpers import id_number


@layout()
def error_values_in_cells() -> Made:
    sheet = ALLOWANCE.sheet(name="低保", errors={(3, 8): "#REF!", (5, 0): "#N/A"})
    problems = [("I4", "FORMULA_ERROR"), ("A6", "FORMULA_ERROR")]
    return ALLOWANCE, [sheet], [partly(ALLOWANCE, [1, 3], *problems, held=("#REF!", "#N/A"))]


@layout()
def text_as_numbers_and_numbers_as_text() -> Made:
    sheet = ALLOWANCE.sheet()
    for n, row in enumerate(sheet.rows[2:], start=1):
        row[0] = 2019_0000 + n  # a card number that Excel took for a number
        row[5:7] = [f" {row[5]} ", f"{float(str(row[6])):,.2f}"]  # and numbers kept as text
        row[7] = "201906"
    typed = [{**row, "allowance_no": str(2019_0000 + n)} for n, row in enumerate(ALLOWANCE.typed(), start=1)]
    return ALLOWANCE, [sheet], [clean(ALLOWANCE, rows=typed)]


@layout()
def id_shown_in_scientific_notation() -> Made:
    sheet = ALLOWANCE.sheet()
    sheet.rows[3][4] = "4.40899E+17"
    held = ("4.40899E+17",)
    return ALLOWANCE, [sheet], [partly(ALLOWANCE, [1], ("E4", "ID_SCIENTIFIC"), held=held)]


@layout(*(name for name in GRIDS if name not in ("html.xls", "mhtml.xls")))
def id_that_became_a_number() -> Made:
    sheet = ALLOWANCE.sheet()
    sheet.rows[3][4] = float(id_number(2)[:17] + "0")
    held = ("4.40899E+17",)
    return ALLOWANCE, [sheet], [partly(ALLOWANCE, [1], ("E4", "ID_SCIENTIFIC"), held=held)]


@layout()
def id_cut_to_fifteen_digits() -> Made:
    sheet = ALLOWANCE.sheet()
    sheet.rows[4][4] = id_number(3)[:15] + "000"
    held = (id_number(3)[:15] + "000",)
    return ALLOWANCE, [sheet], [partly(ALLOWANCE, [2], ("E5", "ID_CUT"), held=held)]


@layout()
def old_ids_of_fifteen_digits() -> Made:
    sheet = ALLOWANCE.sheet()
    for row in sheet.rows[2:]:
        row[4] = str(row[4])[:6] + str(row[4])[8:17]
    return ALLOWANCE, [sheet], [clean(ALLOWANCE)]


@layout(*(name for name in EVERY if name not in ("biff5.xls", "bare.xls")))
def ids_with_blanks_quotes_and_lower_case() -> Made:
    sheet = ALLOWANCE.sheet()
    wrong = ("'{}", " {} ", "{}\u00a0", "`{}", "\t{}")
    for row, form in zip(sheet.rows[2:], wrong, strict=True):
        row[4] = form.format(str(row[4]).lower())
    return ALLOWANCE, [sheet], [clean(ALLOWANCE)]


@layout(*(name for name in EVERY if name not in ("biff5.xls", "bare.xls")))
def full_width_digits_and_invisible_characters() -> Made:
    sheet = ALLOWANCE.sheet()
    wide = str.maketrans("0123456789X.", "０１２３４５６７８９Ｘ．")
    for row in sheet.rows[2:]:
        row[4] = str(row[4]).translate(wide)
        row[5] = f"\u200b{row[5]}".translate(wide)
        row[6] = f"{row[6]}元".translate(wide)
        row[3] = f"{row[3]}\u00a0\ufeff"
        row[7] = "２０１９年６月"
    return ALLOWANCE, [sheet], [clean(ALLOWANCE)]


@layout(*(name for name in GRIDS if name not in ("xlsb",)))
def dates_with_time() -> Made:
    sheet = DEATHS.sheet()
    for n, row in enumerate(sheet.rows[2:], start=1):
        row[3], row[4] = datetime(2019, 6, n, 8, 30), datetime(2019, 6, n + 10, 23, 59, 59)  # noqa: DTZ001
    return DEATHS, [sheet], [clean(DEATHS)]


@layout()
def dates_as_serial_numbers() -> Made:
    sheet = DEATHS.sheet()
    for n, row in enumerate(sheet.rows[2:], start=1):
        row[3] = (date(2019, 6, n) - date(1899, 12, 30)).days
    return DEATHS, [sheet], [clean(DEATHS)]


@layout()
def dates_in_four_spellings() -> Made:
    sheet = DEATHS.sheet()
    for row, day in zip(sheet.rows[2:], ("2019.6.1", "20190602", "2019年6月3日", "2019/6/4"), strict=True):
        row[3] = day
    return DEATHS, [sheet], [clean(DEATHS)]


@layout()
def unit_in_the_header() -> Made:
    sheet = WORKS.sheet()
    sheet.rows[1][10] = "补助金额\n（万元）"
    for row in sheet.rows[2:]:
        row[10] = 4
    return WORKS, [sheet], [clean(WORKS)]


@layout()
def unit_in_a_line_above() -> Made:
    sheet = WORKS.sheet(above=[["填报单位：住建局", None, None, None, "单位：万元"]])
    for row in sheet.rows[3:]:
        row[10] = 4.00001
    typed = [{**row, "amount_yuan": yuan("40000.1")} for row in WORKS.typed()]
    return WORKS, [sheet], [clean(WORKS, rows=typed)]


@layout()
def unit_row_below_the_header() -> Made:
    units: Row = [None, None, None, "户", "人", None, "户", "人", None, None, None, "天", None, None]
    return WATER, [Sheet([[WATER.title], WATER.head(), units, *WATER.body()])], [clean(WATER)]


@layout()
def headers_with_brackets_breaks_and_other_names() -> Made:
    head: Row = [
        "保障证号",
        "乡 镇",
        "行政村\n",
        "申请人姓名",
        "身份证号\n（必填）",
        "*家庭保障人口",
        "月保障金【元】",
    ]
    rows = [[ALLOWANCE.title], [*head, " 发放\n月份 ", "发放金额（元）"], *ALLOWANCE.body()]
    return ALLOWANCE, [Sheet(rows)], [clean(ALLOWANCE)]


@layout()
def columns_in_another_order() -> Made:
    order = (8, 3, 1, 0, 2, 7, 6, 5, 4)
    rows = [[row[at] for at in order] for row in [ALLOWANCE.head(), *ALLOWANCE.body()]]
    return ALLOWANCE, [Sheet([[ALLOWANCE.title], *rows])], [clean(ALLOWANCE)]


def _with_blanks(kit: Kit) -> list[tuple[Row, Row]]:
    """Each row with fifty blank cells more, the first of them under a known header."""
    more: Row = ["停发原因", *[None] * 50]
    blank: Row = [None] * 51
    return [(kit.head(), more), *((row, blank) for row in kit.body())]


@layout()
def a_column_of_blanks_and_five_hundred_empty_rows() -> Made:
    rows = [[ALLOWANCE.title], *([*row, *blank] for row, blank in _with_blanks(ALLOWANCE))]
    return ALLOWANCE, [Sheet([*rows, *([[None] * 60] * 500)])], [clean(ALLOWANCE)]


@layout(*(name for name in GRIDS if name not in ("html.xls", "mhtml.xls")))
def a_table_that_starts_at_c5() -> Made:
    sheet = ALLOWANCE.sheet()
    sheet.rows[5][6] = "很多"
    rows: list[Row] = [*([[]] * 3), *([None, None, *row] for row in sheet.rows)]
    problems = ("I9", "MONEY_FORM")
    return ALLOWANCE, [Sheet(rows)], [partly(ALLOWANCE, [3], problems, held=("很多",))]


@layout()
def rows_that_repeat() -> Made:
    rows = [*ALLOWANCE.sheet().rows, ALLOWANCE.body()[0]]
    return ALLOWANCE, [Sheet(rows)], [clean(ALLOWANCE, problems=[("A8", "DUPLICATE_ROW")])]


@layout()
def line_breaks_and_quotes_inside_cells() -> Made:
    head, body = [*ALLOWANCE.head(), "情况说明"], ALLOWANCE.body()
    rows: list[Row] = [[*row, '第一行\n第二行，说"好"'] for row in body]
    extra = ['{"情况说明": "第一行\\n第二行，说\\"好\\""}'] * 5
    return (
        ALLOWANCE,
        [Sheet([[ALLOWANCE.title], head, *rows])],
        [clean(ALLOWANCE, unknown=["情况说明"], extra=extra)],
    )


@layout(*(name for name in EVERY if name not in ("biff5.xls", "bare.xls")))
def rare_characters_in_names() -> Made:
    sheet = ALLOWANCE.sheet()
    names = ("陈𬭎", "林㙍", "黄喆", "李堃", "阿依·古丽")
    for row, name in zip(sheet.rows[2:], names, strict=True):
        row[3] = name
    typed = [{**row, "head_name": name} for row, name in zip(ALLOWANCE.typed(), names, strict=True)]
    return ALLOWANCE, [sheet], [clean(ALLOWANCE, rows=typed)]


@layout(*(name for name in EVERY if name not in ("biff5.xls", "bare.xls")))
def one_cell_of_32767_characters() -> Made:
    rows: list[Row] = [[*row, "无"] for row in ALLOWANCE.body()]
    rows[2][9] = "长" * 32_767
    extra = ['{"情况说明": "无"}'] * 5
    extra[2] = f'{{"情况说明": "{"长" * 32_767}"}}'
    sheet = Sheet([[ALLOWANCE.title], [*ALLOWANCE.head(), "情况说明"], *rows])
    return ALLOWANCE, [sheet], [clean(ALLOWANCE, unknown=["情况说明"], extra=extra)]


@layout()
def file_of_the_neighbouring_county() -> Made:
    sheet = ALLOWANCE.sheet()
    sheet.rows[0][0] = "雷州市2019年6月农村居民最低生活保障金发放花名册"
    return ALLOWANCE, [sheet], [refused("subsistence_allowance", "WRONG_COUNTY", "雷州市")]


@layout()
def rows_filled_in_only_by_their_number() -> Made:
    head: Row = ["序号", *ALLOWANCE.head()]
    body: list[Row] = [[n, *row] for n, row in enumerate(ALLOWANCE.body(), start=1)]
    blank: list[Row] = [[n, *[None] * 9] for n in range(6, 20)]
    return ALLOWANCE, [Sheet([[ALLOWANCE.title], head, *body, *blank])], [clean(ALLOWANCE)]


@layout()
def title_that_names_the_feed_twice_below_a_stamp_line() -> Made:
    above: list[Row] = [["（盖章）", None, None, "截止日期：2019年6月30日"], ["低保金发放花名册（农村）"]]
    return ALLOWANCE, [ALLOWANCE.sheet(above=above)], [clean(ALLOWANCE)]
