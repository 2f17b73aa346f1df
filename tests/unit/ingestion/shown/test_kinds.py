"""The kinds that the case files stand for, in every format of file that can carry them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import msoffcrypto
import openpyxl
import pytest
import xlsxwriter
import xlwt

from ingestion.parsing.base import Setting
from ingestion.parsing.dates import parse_date, parse_year_month
from ingestion.readers import Table
from ingestion.readers.containers.encryption import unlocked
from ingestion.returning.marked.kept_formulas import is_harmless
from tests.unit.ingestion.helpers import id_number
from tests.unit.ingestion.readers.make import ID, cells, csv_text, one, reading, xls, xlsx
from tests.unit.ingestion.shown.formats import Format
from tests.unit.ingestion.shown.judged import catalog, checked, codes, judged, values
from tests.unit.ingestion.shown.writers import EVERY, STYLED, Cell
from tests.unit.ingestion.shown.writers import xlsb as xlsb_of

HEAD = ["姓名", "身份证号", "户编号", "金额(元)"]
DEATHS = ["姓名", "性别", "身份证号", "出生日期", "死亡日期", "登记日期", "信息来源", "乡镇", "行政村"]
TASKS = [
    *("年度", "批次", "镇", "村", "户主", "身份证号", "农户类型", "原房等级", "改造方式", "面积"),
    *("开工日期", "竣工日期", "验收日期", "验收结论"),
]
PAYROLL = [
    *("特困证号", "乡镇", "行政村", "姓名", "身份证号", "供养方式", "供养机构", "护理等级", "保障起始月"),
    *("月保障金", "发放月份", "发放金额", "停发原因", "停发日期", "是否建档立卡", "开户账号"),
]


def people(rows: int, last: Callable[[int], Cell | str]) -> list[list[Cell | str]]:
    return [HEAD, *([f"张{'一二三四五六七八九十'[n]}", ID, f"H{n}", last(n)] for n in range(rows))]


def places(marks: object) -> list[tuple[int, list[int]]]:
    return [(found.column, found.rows.tolist()) for found in marks]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("is_1904", [False, True])
def test_plain_numbers_are_days_of_the_system_of_their_workbook(kind: str, is_1904: bool) -> None:
    born, died = date(1950, 1, 1), date(2019, 12, 1)
    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)

    def day(when: date) -> Cell:
        return Cell(str((when - first).days), is_number=True)

    rows: list[list[Cell | str]] = [["徐闻县死亡人员信息登记表"], ["统计截止日期：2019年12月31日"], [*DEATHS]]
    for n in range(6):
        row: list[Cell | str] = ["林海生", "男", id_number(n), day(born), day(died), "2019-12-03"]
        rows.append([*row, "公安注销", "下桥镇", "昌桥村"])
    if kind == "biff":
        pytest.skip("its writer fills up with rows of its own")
    data = EVERY[kind](rows, is_1904=is_1904)
    result = judged(data, "死亡人员信息登记表2019年12月.xls")
    assert values(result, "died_on") == [died] * 6
    assert values(result, "birth_on") == [born] * 6
    assert values(result, "registered_on") == [date(2019, 12, 3)] * 6
    told = [code for code, _ in codes(checked(data, "死亡人员信息登记表2019年12月.xls"))]
    assert ("DATES_FROM_1904" in told) == is_1904


@pytest.mark.parametrize("kind", EVERY)
def test_struck_cells_are_known_and_others_are_not(kind: str) -> None:
    rows = people(6, lambda n: Cell("960", is_number=True, is_struck=n == 3))
    rows[2] = [Cell(str(c), is_struck=True) for c in ("张二", ID, "H1")] + [Cell("", is_struck=True)]
    table = one(EVERY[kind](rows))
    assert places(table.struck)[:3] == [(0, [1]), (1, [1]), (2, [1])]
    assert (3, [3]) in places(table.struck)


@pytest.mark.parametrize("kind", ["xlsx", "xlsm", "xlsx_prefixed", "ods", "xml2003"])
def test_formulas_without_a_value_are_blank_and_known(kind: str) -> None:
    def last(n: int) -> Cell:
        return Cell("", formula=f"=C{n + 2}*1") if n in (1, 4) else Cell("960", is_number=True)

    table = one(STYLED[kind](people(6, last)))
    assert [row[3] for row in cells(table)] == ["960", "", "960", "960", "", "960"]
    assert places(table.uncomputed) == [(3, [1, 4])]


def _by_xlsxwriter(results: list[float]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        for n, result in enumerate(results, start=1):
            page.write_row(n, 0, ["张三", ID, f"H{n}"])
            page.write_formula(n, 3, f"=LEN(C{n})*480", None, result)
    return stream.getvalue()


def _by_xlwt(results: list[float]) -> bytes:
    assert not any(results)  # it knows none
    return STYLED["xls"](people(len(results), lambda n: Cell("0", formula=f"=LEN(C{n + 2})*480")))


def _binary(results: list[float]) -> bytes:
    rows = people(len(results), lambda n: Cell(str(results[n]), True, formula="=1"))
    return xlsb_of(rows, computes_on_load=True)


@pytest.mark.parametrize("write", [_by_xlsxwriter, _by_xlwt, _binary])
def test_nought_in_all_formulas_of_a_column_that_no_program_computed(
    write: Callable[[list[float]], bytes],
) -> None:
    table = one(write([0.0] * 5))
    assert [row[3] for row in cells(table)] == [""] * 5
    assert places(table.uncomputed) == [(3, [0, 1, 2, 3, 4])]


@pytest.mark.parametrize("write", [_by_xlsxwriter, _binary])
def test_a_column_with_results_was_computed(write: Callable[[list[float]], bytes]) -> None:
    table = one(write([0.0, 960.0, 0.0]))
    assert [row[3] for row in cells(table)] == ["0", "960", "0"]
    assert not table.uncomputed


def test_nought_is_a_value_where_a_program_saved_the_workbook() -> None:
    data = STYLED["xlsb"](people(4, lambda n: Cell("0", True, formula="=1")))
    assert [row[3] for row in cells(one(data))] == ["0"] * 4


@pytest.mark.parametrize(
    ("formula", "is_kept"),
    [
        ("=J3*1", True),
        ('=ROUND(SUM($J$3:J9)/2,2)&"元"', True),
        ("=IF(VLOOKUP(A3,名册!A:F,2,0)>0,'别 表'!B2,0)", True),
        ('=HYPERLINK("http://x.invalid","y")', False),
        ("=[1]Sheet1!A1", False),
        ("='C:\\x\\[b.xlsx]S'!A1", False),
        ("=WEBSERVICE(A1)", False),
        ("=cmd|'/c calc'!A0", False),
        ("=INDIRECT(A1)", False),
        ("=some_name+1", False),
        ("='http://x.invalid/y.xlsx'!A1", False),
        ("=SUM('\\\\x.invalid\\y'!A1:A3)", False),
        ("='file:///etc/passwd'!A1", False),
        ("=y.xlsx!A1", False),
        ("=名册:别!A1", False),
    ],
)
def test_only_formulas_that_do_nothing_but_compute_stay_in_a_copy(formula: str, is_kept: bool) -> None:
    assert is_harmless(formula, ["名册", "别 表"]) == is_kept


def tasks(header: str, cell: Cell, kind: str = "xlsx") -> bytes:
    rows: list[list[Cell | str]] = [
        ["徐闻县农村危房改造任务台账"],
        [*TASKS, header, "拨付日期", "农户档案编号"],
    ]
    for n in range(8):
        row: list[Cell | str] = [
            "2019",
            "2019年",
            "下桥镇",
            "昌桥村",
            "林海生",
            id_number(n),
            "低保",
            "C",
            "新建",
        ]
        row += ["80", "2019-03-01", "2019-08-01", "2019-09-01", "合格", cell, "2019-10-01", f"NW{n:06d}"]
        rows.append(row)
    return EVERY[kind](rows)


TASKS_NAME = "2019年12月农村危房改造任务台账.xlsx"
WAN, THOUSAND, MILLION = Format(thousands=1, point=1), Format(thousands=1), Format(thousands=2, places=1)


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind != "biff"])
@pytest.mark.parametrize(
    ("header", "form", "yuan"),
    [
        ("补助金额（万元）", WAN, Decimal("43567.50")),
        ("补助金额（千元）", THOUSAND, Decimal("43567.50")),
        ("补助金额（百万元）", MILLION, Decimal("43567.50")),
        ("补助金额（元）", Format(places=2), Decimal("43567.50")),
        ("补助金额（元）", WAN, None),
        ("补助金额", WAN, None),
        ("补助金额（元）", THOUSAND, None),
        ("补助金额（万元）", THOUSAND, None),
        ("补助金额（千元）", WAN, None),
    ],
)
def test_a_scaled_amount_counts_only_where_the_unit_explains_it(
    kind: str, header: str, form: Format, yuan: Decimal | None
) -> None:
    data = tasks(header, Cell("43567.5", True, form), kind)
    result = judged(data, TASKS_NAME)
    assert values(result, "amount_yuan") == [yuan] * 8
    report = checked(data, TASKS_NAME)
    told = codes(report)
    wanted = [] if yuan else [("SHOWN_UNLIKE_HELD", f"O{row}") for row in range(3, 11)]
    assert [found for found in told if found[1]] == wanted
    if not yuan:
        assert "43567.5" in " ".join(p.message for p in report.problems)


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_merged_cell_is_scaled_for_all_its_rows(kind: str) -> None:
    shown, code = WAN, WAN.code
    rows = people(6, lambda n: Cell("40000", True, shown))
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(STYLED["xlsx"](rows)))
        book.active.merge_cells("D3:D5")
        stream = io.BytesIO()
        book.save(stream)
        table = one(stream.getvalue())
    else:
        old = xlwt.Workbook()
        page = old.add_sheet("甲")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row[:3] if r in (3, 4) else row):
                value = cell.number if isinstance(cell, Cell) else cell
                style = xlwt.easyxf(num_format_str=code if isinstance(cell, Cell) else "General")
                if (r, c) == (2, 3):
                    page.write_merge(2, 4, 3, 3, value, style)
                else:
                    page.write(r, c, value, style)
        stream = io.BytesIO()
        old.save(stream)
        table = one(stream.getvalue())
    assert [row[3] for row in cells(table)] == ["4"] * 6
    (scaled,) = table.scaled
    assert (scaled.power, scaled.rows.tolist(), scaled.held) == (4, [0, 1, 2, 3, 4, 5], ("40000",) * 6)


def payroll(month: Cell | str, title: str = "徐闻县特困人员救助供养金发放表") -> bytes:
    rows: list[list[Cell | str]] = [[title], [*PAYROLL]]
    for n in range(8):
        row: list[Cell | str] = [f"TK{n:05d}", "下桥镇", "昌桥村", "林海生", id_number(n), "分散", "", "一档"]
        rows.append([*row, "2018-01", "960", month, "960", "", "", "否", f"62172810100030000{n:02d}"])
    return STYLED["xlsx"](rows)


@pytest.mark.parametrize(
    ("month", "title", "name", "wanted"),
    [
        (Cell("2019.1", True), "徐闻县2019年10月特困人员救助供养金发放表", "发放表.xlsx", date(2019, 10, 1)),
        (Cell("2019.1", True), "徐闻县特困人员救助供养金发放表", "2019年10月发放表.xlsx", date(2019, 10, 1)),
        (Cell("2019.1", True), "徐闻县2019年1月特困人员救助供养金发放表", "发放表.xlsx", date(2019, 1, 1)),
        (Cell("2019.1", True), "徐闻县2019年10月特困人员救助供养金发放表", "2019年1月发放表.xlsx", None),
        (Cell("2019.1", True), "徐闻县2019年特困人员救助供养金发放表", "发放表.xlsx", date(2019, 1, 1)),
        (
            Cell("2019.1", True, Format(places=2)),
            "徐闻县特困人员救助供养金发放表",
            "发.xlsx",
            date(2019, 10, 1),
        ),
        (Cell("2019.1"), "徐闻县2019年10月特困人员救助供养金发放表", "发放表.xlsx", date(2019, 10, 1)),
        (Cell("2019.11", True), "徐闻县2019年11月特困人员救助供养金发放表", "发放表.xlsx", date(2019, 11, 1)),
    ],
)
def test_a_month_that_may_be_january_or_october(
    month: Cell, title: str, name: str, wanted: date | None
) -> None:
    result = judged(payroll(month, title), name)
    assert values(result, "pay_month") == [wanted] * 8


def _locked(data: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def test_a_workbook_locked_by_excel_itself_is_read_and_one_with_a_password_is_not() -> None:
    plain = xlsx(people(4, lambda n: "960"))
    assert cells(one(_locked(plain, "VelvetSweatshop"))) == cells(one(plain))
    assert reading(_locked(plain, "VelvetSweatshop")).format == "xlsx"
    refusal = reading(_locked(plain, "secret")).refusal
    assert refusal is not None
    assert refusal.code == "FILE_ENCRYPTED"
    assert unlocked(plain) is None
    assert unlocked(xls({"甲": [HEAD]})) is None
    assert hasattr(msoffcrypto, "OfficeFile")


@pytest.mark.parametrize("end", [16, 100, 4096, 100_000])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_text_filled_up_with_nul(end: int, encoding: str) -> None:
    text = csv_text(people(8, lambda n: "960")).encode(encoding)  # type: ignore[arg-type]
    refusal = reading(text[:-9] + bytes(end)).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail["line"]) == ("FILE_TRUNCATED", "8")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_text_cut_anywhere_in_its_last_row(encoding: str) -> None:
    text = csv_text(people(8, lambda n: "960")).encode(encoding)  # type: ignore[arg-type]
    last = text.rstrip(b"\n").rfind(b"\n") + 1
    inside = text.rfind(b",H7,")
    for end in range(text.index(b",", last) + 1, inside + 3):
        refusal = reading(text[:end]).refusal
        assert refusal is not None, text[last:end]
        assert (refusal.code, refusal.detail["line"]) == ("FILE_TRUNCATED", "8")
    assert reading(text[:-1]).refusal is None  # no line break at the end is no fault


def test_a_last_line_that_signs_is_not_cut_off() -> None:
    text = csv_text(people(8, lambda n: "960")) + "合计,,,7680\n制表人：张三"  # type: ignore[arg-type]
    assert reading(text.encode()).refusal is None


def test_a_workbook_without_its_end() -> None:
    data = xlsx(people(8, lambda n: "960"))
    for cut in (data[: data.rfind(b"PK\x01\x02")], data[:-30], data[: len(data) // 2] + bytes(100_000)):
        refusal = reading(cut).refusal
        assert refusal is not None
        assert refusal.code == "FILE_TRUNCATED"


DELIMITERS = [", ", "||", "|@|", "::", ";;", "^|^", "~~", "|+|", "  ", " ", "@@", "$$", " | ", ",\t"]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_between_delimiters_of_one_blank_or_several_signs(delimiter: str, end: str) -> None:
    rows = [[cell or "" for cell in row] for row in people(8, lambda n: "" if n == 5 else f"{n}960")]
    data = csv_text(rows, delimiter, end).encode()  # type: ignore[arg-type]
    assert cells(one(data)) == rows[1:]


@pytest.mark.parametrize("delimiter", ["||", ", ", ";;"])
def test_a_delimiter_in_quotes_separates_nothing(delimiter: str) -> None:
    rows = [list(row) for row in people(4, lambda n: "960")]
    rows[3][2] = f'"H{delimiter}3"'
    data = csv_text(rows, delimiter).encode()  # type: ignore[arg-type]
    assert cells(one(data))[2][2] == f"H{delimiter}3"


@pytest.mark.parametrize("delimiter", [",", "|", ";"])
def test_blank_cells_side_by_side_are_no_longer_delimiter(delimiter: str) -> None:
    rows = [[*HEAD, "备注", "年级"], *([f"张{n}", ID, "", "", "", "一"] for n in range(6))]
    assert cells(one(csv_text(rows, delimiter).encode())) == rows[1:]


def _sum_rows(label: str, page: int, whole: int) -> list[list[str]]:
    rows = [HEAD]
    for n in range(12):
        rows.append([f"张{n}", ID, f"H{n}", str(100 + n)])
        if n in (3, 7):
            rows.append([label, "", "", str(page if n == 3 else sum(range(104, 108)))])
            rows.append(HEAD)
    return [*rows, ["", "", "", str(whole)], ["总计", "12人", "", str(sum(range(100, 112)))]]


@pytest.mark.parametrize("label", ["本页小计", "小 计", "以上合计", "累计", "合计", "本页合计"])
def test_totals_of_pages_by_any_name_and_one_without_any(label: str) -> None:
    table = one(xlsx(_sum_rows(label, sum(range(100, 104)), sum(range(100, 112)))))
    assert len(cells(table)) == 12
    assert [row.label for row in table.totals][-2:] == ["", "总计"]
    assert len(table.totals) == 4


def test_a_number_alone_that_is_no_sum_stays_a_row() -> None:
    table = one(xlsx(_sum_rows("小计", 406, 1267)))
    assert cells(table)[12] == ["", "", "", "1267"]


def _parsed(*texts: str) -> list[date | None]:
    import pyarrow as pa

    column = catalog()["death_notice"].column("died_on")
    found: list[date | None] = parse_date(pa.array(texts, pa.string()), Setting(column)).values.to_pylist()
    return found


@pytest.mark.parametrize("hours", range(-12, 15))
def test_a_moment_with_a_zone_is_a_day_of_the_county(hours: int) -> None:
    zone = f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
    for hour in range(24):
        there = timedelta(hours=hour - hours + 8)
        wanted = date(2018, 12, 31) + timedelta(days=there // timedelta(days=1))
        for text in (
            f"2018-12-31T{hour:02d}:00:00{zone}",
            f"2018-12-31 {hour:02d}:00:00.000{zone.replace(':', '')}",
        ):
            assert _parsed(text) == [wanted], text


@pytest.mark.parametrize("late", ["23:59:17", "23:54:17", "23:59:17.000"])
def test_nearly_midnight_beside_midnights_is_the_next_day(late: str) -> None:
    day = date(2018, 12, 31)
    assert _parsed(f"2018-12-31 {late}", "2018-11-30 00:00:00", "2018-10-01") == [
        day + timedelta(days=1),
        date(2018, 11, 30),
        date(2018, 10, 1),
    ]
    assert _parsed(f"2018-12-31 {late}", "2018-11-30 09:30:00")[0] == day  # a time like others
    assert _parsed("2018-12-31 23:59:59", "2018-11-30 00:00:00")[0] == day  # the end of a day


def test_the_month_of_a_moment_is_that_of_the_county() -> None:
    import pyarrow as pa

    column = catalog()["destitute_support"].column("pay_month")
    texts = pa.array(["2019-10-31T16:00:00Z", "2019-10-31T15:59:00Z"], pa.string())
    assert parse_year_month(texts, Setting(column)).values.to_pylist() == [
        date(2019, 11, 1),
        date(2019, 10, 1),
    ]


def test_a_time_of_excel_is_rounded_to_its_second() -> None:
    def put(page: openpyxl.worksheet.worksheet.Worksheet) -> None:
        page["C2"] = 43_465.999999995
        page["C2"].number_format = "yyyy-mm-dd"

    data = xlsx([HEAD, ["张三", ID, "", "1"]], also=put)
    assert cells(one(data))[0][2] == "2019-01-01"


def test_a_workbook_of_xlwt_keeps_its_numbers() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("甲")
    for c, name in enumerate(HEAD):
        page.write(0, c, name)
    for c, value in enumerate(["张三", ID, "H1", 0]):
        page.write(1, c, value)
    stream = io.BytesIO()
    book.save(stream)
    table: Table = one(stream.getvalue())
    assert cells(table) == [["张三", ID, "H1", "0"]]
