"""Polluted variants of one table: every cell equals the clean one, with nothing said but the bytes."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from tests.unit.ingestion.readers.make import ID, cells, reading

HEAD = ["序号", "乡镇", "姓名", "身份证号", "备注", "金额(元)"]
CLEAN = [
    ["1", "徐城街道", "张三", ID, "无", "100"],
    ["2", "迈陈镇", "李 四", ID, "甲,乙;丙|丁", "-20.5"],
    ["3", "曲界镇", "𠮷丽", "", '他说"好"', "0"],
    ["4", "下桥镇", "O'Neil", ID, "", "1e3"],
]
DELIMITERS = [",", "\t", ";", "|"]
ENDS = ["\n", "\r\n", "\r"]
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def minimal(cell: str, delimiter: str) -> str:
    return quoted(cell) if any(mark in cell for mark in (delimiter, '"', "\n")) else cell


def everything(cell: str, delimiter: str) -> str:
    return quoted(cell)


def formula(cell: str, delimiter: str) -> str:
    return quoted(f'="{cell}"') if cell.isalnum() and len(cell) == 18 else minimal(cell, delimiter)


QUOTINGS: dict[str, Callable[[str, str], str]] = {"minimal": minimal, "all": everything, "formula": formula}
ABOVE: dict[str, list[str]] = {
    "nothing": [],
    "title": ["徐闻县2019年资助发放表"],
    "title_unit_blank": ["徐闻县2019年资助发放表", "填报单位：教育局{d}{d}单位：元", ""],
    "sep": ["sep={d}"],
    "padded_title": ["徐闻县2019年资助发放表{d}{d}{d}{d}{d}", "统计截止日期：2019年12月31日{d}{d}{d}{d}{d}"],
}
BELOW: dict[str, list[str]] = {
    "nothing": [],
    "total": ["合计{d}{d}{d}{d}{d}1079.5"],
    "signed": ["总  计{d}{d}{d}{d}{d}1079.5", "制表人：甲{d}{d}审核人：乙", "注：本表一式两份。", "", ""],
}
VARIANTS = [
    (*choice, ENDS[n % 3], ENCODINGS[n // 2 % 4])
    for n, choice in enumerate(itertools.product(DELIMITERS, QUOTINGS, ABOVE, BELOW))
]
SPOILS = ["plain", "trailing_delimiter", "repeated_header", "blank_lines"]


def write(delimiter: str, quoting: str, above: str, below: str, end: str, spoil: str) -> str:
    mark = QUOTINGS[quoting]
    records = [delimiter.join(mark(cell, delimiter) for cell in row) for row in [HEAD, *CLEAN]]
    if spoil == "trailing_delimiter":
        records = [record + delimiter for record in records]
    if spoil == "repeated_header":
        records.insert(3, records[0])
    if spoil == "blank_lines":
        records[2:2] = ["", delimiter * 5]
    lines = [*ABOVE[above], *records, *BELOW[below]]
    return "".join(line.replace("{d}", delimiter) + end for line in lines)


def test_the_corpus_is_large() -> None:
    assert len(VARIANTS) * len(SPOILS) >= 700


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("quoting", QUOTINGS)
def test_every_cell_equals_the_clean_one(quoting: str, spoil: str) -> None:
    for delimiter, style, above, below, end, encoding in VARIANTS:
        if style != quoting:
            continue
        text = write(delimiter, quoting, above, below, end, spoil)
        result = reading(text.encode(encoding))
        name = (delimiter, above, below, end, encoding)
        assert result.refusal is None, name
        assert [cells(table) for table in result.tables] == [CLEAN], name
        table = result.tables[0]
        told = [*table.row_numbers.tolist(), *(skipped.row for skipped in table.skipped)]
        assert sorted(told) == list(range(1, len(text.split(end)))), name




@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_two_header_rows_in_text(delimiter: str) -> None:
    upper = ["序号", "乡镇", "学生", "", "备注", "金额(元)"]
    lower = ["", "", "姓名", "身份证号", "", ""]
    body = [[minimal(cell, delimiter) for cell in row] for row in CLEAN]
    text = "".join(delimiter.join(row) + "\n" for row in [["题"], upper, lower, *body])
    table = reading(text.encode("gb18030")).tables[0]
    assert table.header == ("序号", "乡镇", "学生/姓名", "学生/身份证号", "备注", "金额(元)")
    assert cells(table) == CLEAN


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_two_tables_in_one_text(delimiter: str) -> None:
    first = [HEAD, *([minimal(cell, delimiter) for cell in row] for row in CLEAN)]
    second = [["户编号", "户主姓名", "住房面积"], ["H1", "张三", "80"], ["H2", "李四", "90"]]
    lines = [["一、资助"], *first, [], ["二、住房"], *second]
    text = "".join(delimiter.join(row) + "\n" for row in lines)
    tables = reading(text.encode("gb18030")).tables
    assert [cells(table) for table in tables] == [CLEAN, second[1:]]
    assert tables[1].header == tuple(second[0])
    assert tables[1].title_lines == ("二、住房",)
