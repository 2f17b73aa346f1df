"""What a clerk does with a file: plant nothing on purpose, correct what is marked, save, drop it again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlrd
import xlwt

from ingestion import Home, Outcome, load_file, pending, receive
from ingestion.contracts import Catalog
from tests.unit.ingestion.warehouse import settle_returns

Cell = tuple[int, str]  # row and header of the cell, as a person sees them


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet with the row of its header (1-based)."""

    rows: list[list[object]]
    header_row: int
    name: str = ""

    def column(self, header: str) -> int:
        """Its position, under one of the names between `|`.

        In a header of two rows that of the lower one, else of a merged cell above.
        """
        below, above = self.rows[self.header_row - 1], self.rows[self.header_row - 2]
        pairs = zip(below, above, strict=False)
        headers = [str(low or high).replace("\n", "").strip() for low, high in pairs]
        return next(headers.index(name) for name in header.split("|") if name in headers)

    def address(self, row: int, header: str) -> str:
        return f"{openpyxl.utils.get_column_letter(self.column(header) + 1)}{row}"


def sheets(path: Path) -> list[Sheet]:
    """The sheets of a file as its department wrote it, header row found by its first known word."""
    return [Sheet(rows, _header_row(rows), name) for name, rows in _raw(path)]


def _raw(path: Path) -> list[tuple[str, list[list[object]]]]:
    if path.suffix == ".csv":
        text, _ = _decoded(path)
        return [("", [list(row) for row in csv.reader(io.StringIO(text))])]
    if path.suffix == ".xls":
        book = xlrd.open_workbook(str(path))
        return [(s.name, [s.row_values(r) for r in range(s.nrows)]) for s in book.sheets()]
    found = openpyxl.load_workbook(path)
    return [
        (s.title, [["" if c is None else c for c in row] for row in s.iter_rows(values_only=True)])
        for s in found.worksheets
    ]


def _decoded(path: Path) -> tuple[str, str]:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise AssertionError(path.name)


def _header_row(rows: list[list[object]]) -> int:
    """The last of the first rows with five words and no number."""
    wordy = [
        number
        for number, row in enumerate(rows[:6], start=1)
        if len(filled := [str(c).strip() for c in row if str(c).strip()]) >= 5
        and not any(text[0].isdigit() for text in filled)
    ]
    return max(wordy, default=1)


def overwrite(path: Path, changes: Mapping[tuple[str, Cell], object]) -> None:
    """Write other values into cells (sheet name, (row, header)) and leave everything else as it is."""
    found = {sheet.name: sheet for sheet in sheets(path)}
    if path.suffix == ".csv":
        rows = found[""].rows
        for (_, (row, header)), value in changes.items():
            rows[row - 1][found[""].column(header)] = value
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        path.write_bytes(text.getvalue().encode(_decoded(path)[1]))
    elif path.suffix == ".xls":
        book = xlwt.Workbook()
        for name, sheet in found.items():
            page = book.add_sheet(name)
            for at, row in enumerate(sheet.rows):
                for column, value in enumerate(row):
                    page.write(at, column, value)
            for (where, (row, header)), value in changes.items():
                if where == name:
                    page._Worksheet__rows[row - 1]._Row__cells.pop(sheet.column(header), None)
                    page.write(row - 1, sheet.column(header), value)
        book.save(str(path))
    else:
        book = openpyxl.load_workbook(path)
        for (where, (row, header)), value in changes.items():
            book[where].cell(row, found[where].column(header) + 1).value = value
        book.save(path)


def correct(copy: Path, right: Mapping[tuple[str, Cell], object]) -> None:
    """Write the right values into the marked copy itself, as in Excel."""
    if copy.suffix == ".xlsx":
        book = openpyxl.load_workbook(copy)
        header_rows = {sheet.name: sheet for sheet in sheets(copy)}
        for (name, (row, header)), value in right.items():
            sheet = name if name in book.sheetnames else book.sheetnames[1]
            book[sheet].cell(row, header_rows[sheet].column(header) + 1).value = value
        book.save(copy)
    else:
        overwrite(copy, right)
        save_as_excel_does(copy)


def save_as_excel_does(path: Path) -> None:
    """Open a text file by a double click and save it: what looks like a number or date is rewritten."""
    text, encoding = _decoded(path)
    rows = [[_as_excel_shows(cell) for cell in row] for row in csv.reader(io.StringIO(text))]
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def _as_excel_shows(cell: str) -> str:
    if re.fullmatch(r"\d{12,}", cell):
        return f"{float(cell):.5E}"
    if re.fullmatch(r"0\d+", cell):
        return cell.lstrip("0") or "0"
    if day := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", cell):
        return f"{day[1]}/{int(day[2])}/{int(day[3])}"
    return cell


def drop(home: Home, catalog: Catalog, department: str, path: Path, name: str | None = None) -> list[Outcome]:
    """Put a file into the inbox and let the program take it in."""
    target = home.inbox / department / (name or path.name)
    target.write_bytes(path.read_bytes())
    receive(home, catalog)
    outcomes = [o for receipt in pending(home) for o in load_file(home, catalog, receipt)]
    settle_returns(home, catalog)
    return outcomes
