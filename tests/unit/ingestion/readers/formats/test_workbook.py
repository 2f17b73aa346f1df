"""Workbooks: cell values as text, sheets, damage, encryption."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from ingestion.readers.model import SeenRow
from tests.unit.ingestion.readers.make import ID, cells, one, reading, xls, xlsx

HEAD = ["姓名", "身份证号", "发放日期", "金额(元)"]


def test_values_as_a_person_sees_them() -> None:
    rows: list[Any] = [
        HEAD,
        ["张三", ID, dt.date(2019, 12, 31), 100],
        ["李四", 440899198001010012, dt.datetime(2019, 12, 31, 8, 30), 0.1 + 0.2],  # noqa: DTZ001
        ["王五", "4.40825E+17", "2019.12", 1234567.8],
        ["赵六", 123456789012345, None, 0.00005],
        [True, None, dt.datetime(2020, 1, 1), -3.0],  # noqa: DTZ001
    ]
    assert cells(one(xlsx(rows))) == [
        ["张三", ID, "2019-12-31", "100"],
        ["李四", "4.40899E+17", "2019-12-31 08:30:00", "0.3"],
        ["王五", "4.40825E+17", "2019.12", "1234567.8"],
        ["赵六", "123456789012345", "", "0.00005"],
        ["TRUE", "", "2020-01-01", "-3"],
    ]


@pytest.mark.parametrize("format_id", [14, 27, 30, 31, 57, 58])
@pytest.mark.parametrize(("is_1904", "serial"), [(False, 43802), (True, 42340)])
def test_dates_by_the_formats_that_no_file_declares(format_id: int, is_1904: bool, serial: int) -> None:
    """Chinese Excel knows 27 to 58 by their number alone, and a book may count its days from 1904."""

    def shown(page: Any) -> None:
        page["C2"].number_format = '"@"0'
        page.parent.epoch = CALENDAR_MAC_1904 if is_1904 else CALENDAR_WINDOWS_1900

    book = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([HEAD, ["张三", ID, serial, 1]], also=shown))) as source,
        zipfile.ZipFile(book, "w") as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/styles.xml":
                part = re.sub(rb"<numFmts.*?</numFmts>", b"", part, flags=re.S)
                part = part.replace(b'numFmtId="164"', b'numFmtId="%d"' % format_id)
            target.writestr(name, part)
    assert cells(one(book.getvalue()))[0][2] == "2019-12-03"


FORMATS = [
    ("000000", 123, "000123"),
    ("000000", 1234567, "1234567"),
    ("000000", 12.5, "12.5"),
    ('"TK"0000000', 45, "TK0000045"),
    (r"\T\K000", 45, "TK045"),
    ('0.00"万元"', 0.096, "0.096万元"),
    ('General"万元"', 4, "4万元"),
    ('#,##0.00_ "万元";-#,##0.00"万元"', -5, "-5万元"),
    ('0"."0,"万元"', 12345, "1.2345万元"),  # the number itself is in yuan
    ('#,##0,"万"', 12345, "12.345"),  # shown as 12万: what it means is asked
    ('[>=10000]0.0,"万";0', 12345, "12.345"),
    ("0" * 18, 440899600101001, "440899600101001"),
    ("0%", 0.96, "96%"),
    ("0.00", 960.4, "960.4"),
    ('"约"0', 3, "3"),
    ("000-0000", 5551234, "555-1234"),
    ('"¥"#,##0.00', 1080, "1080"),
]


def formatted(kind: str) -> bytes:
    """A row for each format, its number in two cells, so that .xls writes a run of numbers."""
    rows = [[*HEAD, "发放金额"], *(["张三", ID, "2019", value, value] for _, value, _ in FORMATS)]
    if kind == "xlsx":

        def put(page: Any) -> None:
            for row, (code, _, _) in enumerate(FORMATS, start=2):
                page.cell(row, 4).number_format = page.cell(row, 5).number_format = code

        return xlsx(rows, also=put)
    book = xlwt.Workbook()
    page = book.add_sheet("甲")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            code = FORMATS[r - 1][0] if r and c > 2 else "General"
            page.write(r, c, value, xlwt.easyxf(num_format_str=code))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_formats_that_add_to_the_number(kind: str) -> None:
    shown = [[text, text] for _, _, text in FORMATS]
    assert [row[3:] for row in cells(one(formatted(kind)))] == shown


def test_a_column_of_numbers_only() -> None:
    table = one(xlsx([HEAD, *[["张三", ID, "2019", n] for n in (1, 2.5, 1e15, -1e16)]]))
    assert table.cells[3].tolist() == ["1", "2.5", "1.00000E+15", "-1.00000E+16"]


def test_one_sheet_per_town_in_xls() -> None:
    town: list[Any] = [["徐闻县低保发放表"], HEAD, ["张三", ID, "2019-12", 100.5]]
    town.append(["合计", None, None, 100.5])
    result = reading(xls({"徐城街道": town, "迈陈镇": town, "说明": [["本表由民政局填报"]]}))
    assert result.format == "xls"
    assert [t.sheet for t in result.tables] == ["徐城街道", "迈陈镇"]
    assert cells(result.tables[1]) == [["张三", ID, "2019-12", "100.5"]]
    assert result.notes == ("SHEET_WITHOUT_HEADER sheet=说明 rows=1",)


def test_empty_and_hidden_sheets_are_told() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (HEAD, ["张三", ID, "2019", 1]):
        page.append(row)
    book.create_sheet("空")
    hidden = book.create_sheet("藏")
    hidden.append(HEAD)
    hidden.append(["李四", ID, "2019", 2])
    hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    result = reading(stream.getvalue())
    assert [t.sheet for t in result.tables] == ["Sheet", "藏"]
    assert set(result.notes) == {"SHEET_EMPTY sheet=空", "SHEET_HIDDEN sheet=藏"}


def test_a_workbook_without_cells_is_empty() -> None:
    refusal = reading(xlsx([])).refusal
    assert refusal is not None
    assert refusal.code == "FILE_EMPTY"


def test_a_workbook_without_header_says_what_it_saw() -> None:
    refusal = reading(xlsx([["甲", "乙"], ["姓名", "其他"]], sheet="表一")).refusal
    assert refusal is not None
    assert (refusal.code, refusal.rows_seen[0]) == ("NO_HEADER", SeenRow("表一", 2, "姓名 其他"))


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_truncated_xlsx(keep: float) -> None:
    data = xlsx([HEAD, *[["张三", ID, "2019", n] for n in range(300)]])
    refusal = reading(data[: int(len(data) * keep)]).refusal
    assert refusal is not None
    assert refusal.code == "FILE_TRUNCATED"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_truncated_xls(keep: float) -> None:
    data = xls({"一": [HEAD, *[["张三", ID, "2019", n] for n in range(3000)]]})
    refusal = reading(data[: int(len(data) * keep)]).refusal
    assert refusal is not None
    assert refusal.code == "FILE_TRUNCATED"


def test_encrypted_workbook() -> None:
    name = "EncryptedPackage".encode("utf-16-le")
    refusal = reading(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + name + b"\0" * 512).refusal
    assert refusal is not None
    assert refusal.code == "FILE_ENCRYPTED"


def test_encrypted_xls() -> None:
    data = xls({"一": [HEAD, *[["张三", ID, "2019", n] for n in range(300)]]})
    # WRITEACCESS, the record after the interface header, becomes FILEPASS.
    at = data.index(b"\x5c\x00\x70\x00")
    refusal = reading(data[:at] + b"\x2f" + data[at + 1 :]).refusal
    assert refusal is not None
    assert refusal.code == "FILE_ENCRYPTED"


def _spoil(page: Any) -> None:
    page["A3"] = "#REF!"
    page["A3"].data_type = "e"
    page["D3"] = "=1/0"
    page.row_dimensions[3].hidden = True
    page.column_dimensions["C"].hidden = True


def test_errors_and_hidden_parts_of_xlsx() -> None:
    result = reading(xlsx([HEAD, *[["张三", ID, "2019", 1]] * 3], also=_spoil, sheet="甲"))
    assert cells(result.tables[0])[1] == ["#REF!", ID, "2019", ""]
    assert result.notes == (
        "ROWS_HIDDEN sheet=甲 count=1 rows=3",
        "COLUMNS_HIDDEN sheet=甲 columns=C",
    )


def test_errors_and_hidden_parts_of_xls() -> None:
    book = xlwt.Workbook()
    for name in ("甲", "乙"):
        page = book.add_sheet(name)
        for c, value in enumerate(HEAD):
            page.write(0, c, value)
            if (name, c) != ("乙", 0):
                page.write(1, c, str(value) + "值")
            page.write(2, c, "满")
    page.row(1).set_cell_error(0, "#REF!")
    page.row(1).hidden = True
    page.col(2).hidden = True
    stream = io.BytesIO()
    book.save(stream)
    result = reading(stream.getvalue())
    assert [cells(t)[0][0] for t in result.tables] == ["姓名值", "#REF!"]
    assert result.notes == ("ROWS_HIDDEN sheet=乙 count=1 rows=2", "COLUMNS_HIDDEN sheet=乙 columns=C")


def test_one_stray_cell_far_out_is_refused_and_not_laid_out() -> None:
    data = xlsx([HEAD, ["张三", ID, "2019", 1]], also=lambda page: page.cell(1048576, 16384, "x"))
    refusal = reading(data).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail["reason"]) == ("FILE_UNSAFE", "extent")


def test_multiplying_entities_are_refused() -> None:
    data = xlsx([HEAD, ["张三", ID, "2019", 1]])
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(bomb, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/styles.xml":
                part = b'<!DOCTYPE a [<!ENTITY b "ha">]>' + part
            target.writestr(name, part)
    refusal = reading(bomb.getvalue()).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail["reason"]) == ("FILE_UNSAFE", "doctype")


@pytest.mark.parametrize("place", [(1048576, 702), (60, 2000)])
def test_how_far_a_stray_cell_may_stand(place: tuple[int, int]) -> None:
    data = xlsx([HEAD, ["张三", ID, "2019", 1]], also=lambda page: page.cell(*place, "x"))
    refusal = reading(data).refusal
    assert (refusal.code if refusal else "") == ("FILE_UNSAFE" if place[0] > 1000 else "")


def test_a_column_no_xls_has_is_refused_before_it_ends_the_process() -> None:
    data = xls({"一": [HEAD, *[["张三", ID, "2019", n + 0.5] for n in range(300)]]})
    at = data.index(b"\xfd\x00\x0a\x00\x01\x00")  # the first text of the second row
    refusal = reading(data[: at + 6] + b"\xff\xff" + data[at + 8 :]).refusal
    assert refusal is not None
    assert refusal.code == "FILE_UNSAFE"
