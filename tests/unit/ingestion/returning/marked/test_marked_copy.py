"""What a clerk opens: her own file with the wrong cells marked, and nothing else changed."""

import csv
import io
import zipfile

import openpyxl
import pytest

from ingestion import load_file, pending, receive
from ingestion.returning.marked import make
from ingestion.returning.marked.palette import FILLS, OWN_HEAD, first_shown
from tests.unit.ingestion.helpers import Insured, new_home
from tests.unit.ingestion.marked import CATALOG, NOON, drop, mark, spoiled, text
from tests.unit.ingestion.readers.make import xls, xlsx
from tests.unit.ingestion.warehouse import settle_returns

pytestmark = pytest.mark.slow

TITLE = "徐闻县2019年6月基本医疗保险参保名册"
FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "＝1")


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def workbook(rows, **more):
    return xlsx([[TITLE], list(Insured.header), *rows], **more)


def given_back(home, data, name="参保.xlsx"):
    (home.inbox / "health_insurance" / name).write_bytes(data)
    receive(home, CATALOG, now=NOON)
    for receipt in pending(home):
        load_file(home, CATALOG, receipt)
    settle_returns(home, CATALOG)
    (copy,) = home.returned.glob("health_insurance/*反馈*")
    return copy


def opened(copy):
    return openpyxl.load_workbook(copy)


def colour(cell):
    return cell.fill.fgColor.rgb[-6:] if cell.fill.fill_type else None


@pytest.mark.parametrize("kind", ["xlsx", "xlsx written anew", "xls"])
def test_own_values_at_their_own_addresses_and_only_wrong_cells_coloured(home, monkeypatch, kind):
    rows = spoiled()
    if kind == "xlsx written anew":
        monkeypatch.setattr(make, "_STYLED_BYTES", 0)
    data = xls({"名册": [[TITLE], list(Insured.header), *rows]}) if kind == "xls" else workbook(rows)
    book = opened(given_back(home, data))
    page = book.worksheets[1]
    own = [[cell.value for cell in row] for row in page.iter_rows(min_row=2, max_col=len(Insured.header))]
    assert own == [list(Insured.header), *rows]
    assert page["A1"].value == TITLE
    coloured = {c.coordinate for row in page.iter_rows(max_col=9) for c in row if colour(c) in FILLS.values()}
    assert coloured == {"F5", "F8"}
    assert all("退休" in page[cell].comment.text for cell in coloured)


def test_two_columns_say_what_is_wrong_and_how_to_correct_it(home):
    page = opened(given_back(home, workbook(spoiled()))).worksheets[1]
    assert [page.cell(2, column).value for column in (10, 11)] == ["问题", "如何改正"]
    assert colour(page.cell(2, 10)) == OWN_HEAD
    filled = [row for row in range(3, 23) if page.cell(row, 10).value]
    assert filled == [5, 8]
    assert "F5" in page.cell(5, 10).value and "编号" in page.cell(5, 10).value
    assert page.cell(5, 11).value
    assert page.auto_filter.ref == "A2:K22" and page.freeze_panes == "A3"


@pytest.mark.parametrize("kind", ["xlsx", "xlsx written anew", "xls"])
def test_the_view_of_a_wide_sheet_begins_where_the_added_columns_are_seen(home, monkeypatch, kind):
    if kind == "xlsx written anew":
        monkeypatch.setattr(make, "_STYLED_BYTES", 0)
    header = [*Insured.header, *(f"其他情况说明{place}" for place in range(8))]
    rows = [[TITLE], header, *([*row, *["无"] * 8] for row in spoiled())]
    page = opened(given_back(home, xls({"名册": rows}) if kind == "xls" else xlsx(rows))).worksheets[1]
    pane = page.sheet_view.pane
    column, row = openpyxl.utils.cell.coordinate_from_string(pane.topLeftCell)
    assert (pane.ySplit, row) == (2, 3)
    first = openpyxl.utils.column_index_from_string(column)
    assert page.cell(2, len(header) + 2).value == "如何改正"
    assert 5 < first <= len(header) + 1


@pytest.mark.parametrize(
    ("widths", "first"),
    [([], 0), ([20.0] * 4, 0), ([20.0] * 5, 1), ([90.0, 5.0], 1), ([0.0, 50.0, 95.0], 3), ([0.0, 94.0], 0)],
)
def test_a_view_begins_with_the_first_column_from_which_all_that_follows_is_seen(widths, first):
    """Both added columns take 86 of 180 characters."""
    assert first_shown(widths) == first


def test_the_first_sheet_counts_rows_and_causes(home):
    page = opened(given_back(home, workbook(spoiled()))).worksheets[0]
    said = [[cell.value for cell in row if cell.value is not None] for row in page.iter_rows()]
    (accounts,) = [row for row in said if row and row[0] == "《基本医疗保险参保名册》"]
    assert accounts[2:6] == [20, 18, 2, 0]
    (cause,) = [row for row in said if row and "参保状态" in str(row[0]) and "错误" in row]
    assert cause[2] == 2
    assert page["A1"].value == "核对反馈"


@pytest.mark.parametrize("anew", [False, True])
def test_no_cell_can_be_run(home, monkeypatch, anew):
    rows = spoiled()
    for row, formula in zip(rows, FORMULAS, strict=False):
        row[1] = formula
    if anew:
        monkeypatch.setattr(make, "_STYLED_BYTES", 0)
    copy = given_back(home, workbook(rows, also=_as_text))
    with zipfile.ZipFile(copy) as package:
        sheets = [package.read(name) for name in package.namelist() if "worksheets/sheet" in name]
        assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    page = opened(copy).worksheets[1]
    for row, formula in enumerate(FORMULAS, start=3):
        cell = page.cell(row, 2)
        assert (cell.value, cell.data_type) == (formula, "s")
        assert cell.quotePrefix or formula[0] not in "=+-@"


def _as_text(page):
    """openpyxl takes a text that begins with = for a formula."""
    for row in page.iter_rows(min_row=3, min_col=2, max_col=2):
        for cell in row:
            cell.data_type = "s"


def test_no_field_of_a_text_copy_can_be_run(home):
    rows = spoiled()
    for row, formula in zip(rows, FORMULAS, strict=False):
        row[1] = formula
    drop(home, text(rows))
    (copy,) = home.returned.glob("health_insurance/*反馈*.csv")
    data = copy.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    fields = [field for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for field in row]
    assert [f"'{formula}" for formula in FORMULAS] == [f for f in fields if f.startswith("'")]
    assert not any(field[:1] in ("=", "+", "@", "＝") for field in fields)


def test_a_text_copy_names_the_rows_that_a_spreadsheet_shows(home):
    rows = spoiled()
    rows[0][1] = rows[3][1] = '陈\n"阿"文\n'
    rows[7] = list(rows[6])  # the same key: its sentence names the row of the other
    rows[7][7] = "260"
    (copy,) = [given_back(home, text(rows), "参保.csv")]
    shown = list(csv.reader(io.StringIO(copy.read_bytes().decode("utf-8-sig"), newline="")))
    said = {number: row[9] for number, row in enumerate(shown, start=1) if "〔编号" in "".join(row)}
    for number, row in said.items():
        assert f"{number} 的" in row.split("“")[0], row
    assert "F5 的“参保状态”“退休”" in said[5] and "-7〕" in said[5], "the number is that of the line"
    assert "第 9 行" in said[10], said[10]


def test_what_acts_or_leads_out_stays_behind(home):
    def also(page):
        page["B3"].hyperlink = "http://example.invalid/"
        page.parent.defined_names.add(
            openpyxl.workbook.defined_name.DefinedName("甲", attr_text="Sheet1!$A$1")
        )
        page.protection.sheet = True

    data = workbook(spoiled(), also=also)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for part in source.infolist():
            target.writestr(part, source.read(part))
        target.writestr("xl/vbaProject.bin", b"macro")
        target.writestr("xl/connections.xml", b"<connections/>")
        target.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    copy = given_back(home, stream.getvalue())
    with zipfile.ZipFile(copy) as package:
        everything = b"".join(package.read(name) for name in package.namelist())
        assert not [n for n in package.namelist() if "vba" in n or "external" in n or "connections" in n]
    assert b"example.invalid" not in everything
    book = opened(copy)
    assert not book.defined_names and not book.worksheets[1].protection.sheet


def test_a_marked_row_or_column_that_was_hidden_is_shown_and_ranges_stay_merged(home):
    def also(page):
        page.row_dimensions[5].hidden = page.row_dimensions[6].hidden = True
        page.column_dimensions["F"].hidden = page.column_dimensions["G"].hidden = True

    page = opened(given_back(home, workbook(spoiled(), merges=["A1:I1"], also=also))).worksheets[1]
    assert not page.row_dimensions[5].hidden and page.row_dimensions[6].hidden
    assert not page.column_dimensions["F"].hidden and page.column_dimensions["G"].hidden
    assert [str(r) for r in page.merged_cells.ranges] == ["A1:I1"]


def test_what_was_corrected_since_is_green_and_a_copy_of_a_copy_has_one_pair_of_columns(home):
    rows = spoiled()
    (first,) = drop(home, workbook(rows), name="参保.xlsx")
    rows[2][5] = "正常"
    drop(home, text([rows[2]], marks=[mark(first, 2)]), at=1, name="改.csv")
    (copy,) = home.returned.glob("health_insurance/参保.反馈.xlsx")
    page = opened(copy).worksheets[1]
    assert (colour(page["F5"]), colour(page["F8"])) == (FILLS["corrected"], FILLS["error"])
    assert "此后已更正" in page["J5"].value
    # She hands the same copy in again with the second cell still wrong: what comes back is no wider.
    rows[5][5] = "退了"
    page["F8"].value, page["F5"].value = "退了", "正常"
    page.parent.save(copy)
    data = copy.read_bytes()
    copy.unlink()
    drop(home, data, at=2, name="参保.反馈.xlsx")
    again = [opened(path).worksheets[1] for path in home.returned.glob("health_insurance/参保.反馈*.xlsx")]
    for sheet in again:
        heads = [cell.value for cell in sheet[2]]
        assert heads.count("问题") == 1 and sheet.max_column == 11
        assert sheet["F5"].comment is None or colour(sheet["F5"]) == FILLS["corrected"]


def test_every_sheet_of_a_workbook_is_there_and_only_marked_ones_have_a_red_tab(home):
    good, wrong = Insured.rows(10), spoiled(10, wrong=(3,))
    for row in wrong:
        row[0] = "Q" + row[0]
        row[2] = ""
    data = xls({"徐城": [[TITLE], list(Insured.header), *good], "说明": [["填表说明", "按月报送"]]})
    book = opened(given_back(home, _with_sheet(data, "迈陈", wrong)))
    assert book.sheetnames[0] == "核对反馈"
    assert set(book.sheetnames[1:]) == {"徐城", "说明", "迈陈"}
    assert book["迈陈"].sheet_properties.tabColor is not None
    assert book["徐城"].sheet_properties.tabColor is None
    assert book["说明"]["A1"].value == "填表说明" and book["说明"].max_column == 2


def _with_sheet(data, name, rows):
    import xlrd

    book = xlrd.open_workbook(file_contents=data)
    sheets = {s.name: [s.row_values(r) for r in range(s.nrows)] for s in book.sheets()}
    return xls({**sheets, name: [[TITLE], list(Insured.header), *rows]})
