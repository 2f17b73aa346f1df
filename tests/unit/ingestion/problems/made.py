"""Files as departments would send them, with one thing wrong."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

import openpyxl

from ingestion.contracts import Contract
from sanbao.codegen.problem_examples import STATED, faulty_rows
from tests.unit.ingestion.helpers import catalog

CATALOG = catalog()
INSURED = CATALOG["insurance_enrolment"]
ALLOWANCE = CATALOG["subsistence_allowance"]
VILLAGE = CATALOG["village"]
OTHER_PEOPLE = [["姓名", "性别", "联系电话", "爱好"], *(["陈文", "男", str(n), "球"] for n in range(30))]
OTHER_TABLE = [["货名", "单价", "件数"], *([f"货{n}", str(n), str(n * 3)] for n in range(1, 31))]


def lines(contract: Contract, changes: Sequence[dict[str, str]] = (), *titles: str) -> list[list[str]]:
    """Title rows, the header row and the rows: without faults, then one per entry of `changes`."""
    head = [[title] for title in titles or (contract.title, STATED)]
    header = [column.header for column in contract.columns]
    return [*head, header, *faulty_rows(contract, list(changes))]


def text(rows: Sequence[Sequence[str]]) -> bytes:
    """CSV with a byte order mark."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def book(**sheets: Sequence[Sequence[str]]) -> openpyxl.Workbook:
    """A workbook in memory."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    """Its bytes."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def zipped(**entries: bytes) -> bytes:
    """An archive of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()
