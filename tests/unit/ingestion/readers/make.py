"""Small real files for the reader tests, and one short way to look at a reading."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import xlwt

from ingestion.readers import Reading, Table, read
from ingestion.text.headers import normalise_header

HEADERS = ["序号", "乡镇", "行政村", "户编号", "户主姓名", "姓名", "证件号码", "身份证号", "家庭人口数"]
HEADERS += ["住房面积", "金额(元)", "发放金额", "发放日期", "学校", "年级", "备注", "砷(mg/L)"]
KNOWN = frozenset(map(normalise_header, HEADERS))
ID = "44089919800101001X"
Rows = Sequence[Sequence[Any]]


def reading(data: bytes) -> Reading:
    return read(data, known_headers=KNOWN)


def one(data: bytes) -> Table:
    """The only table of a file that must be readable."""
    result = reading(data)
    assert result.refusal is None, result.refusal
    assert len(result.tables) == 1, [t.header for t in result.tables]
    return result.tables[0]


def cells(table: Table) -> list[list[str]]:
    rows: list[list[str]] = table.cells.to_numpy().tolist()
    return rows


def skipped(table: Table) -> list[tuple[int, str]]:
    return [(s.row, s.kind) for s in table.skipped]


def csv_text(rows: Rows, delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(map(str, row)) + end for row in rows)


def xlsx(
    rows: Rows,
    *,
    merges: Sequence[str] = (),
    sheet: str = "Sheet1",
    at: tuple[int, int] = (1, 1),
    also: Callable[[Any], None] | None = None,
) -> bytes:
    """A workbook of one sheet, `rows` written from the cell `at`; `also` changes the sheet after."""
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = sheet
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            page.cell(at[0] + r, at[1] + c, value)
    for merge in merges:
        page.merge_cells(merge)
    if also:
        also(page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls(sheets: dict[str, Rows], merges: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A BIFF workbook; `merges` are (first row, last row, first column, last column), 0-based."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        page = book.add_sheet(name)
        covered = {(r, c) for a, b, d, e in merges for r in range(a, b + 1) for c in range(d, e + 1)}
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None and (r, c) not in covered:
                    page.write(r, c, value)
        for a, b, d, e in merges:
            page.write_merge(a, b, d, e, rows[a][d])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()
