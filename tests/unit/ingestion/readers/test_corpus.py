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


def backslashed(cell: str) -> str:
    return '"' + cell.replace('"', '\\"') + '"'


def records(delimiter: str, mark: Callable[[str, str], str] = minimal) -> list[str]:
    """The clean table, one record a line."""
    return [delimiter.join(mark(cell, delimiter) for cell in row) for row in [HEAD, *CLEAN]]


def escaped(d: str) -> list[str]:
    return [d.join(backslashed(cell) for cell in row) for row in [HEAD, *CLEAN]]


def some_records_quoted(d: str) -> list[str]:
    plain, full = records(d), records(d, everything)
    return [full[n] if n % 2 else plain[n] for n in range(len(plain))]


def spaces_after_delimiters(d: str) -> list[str]:
    return [f"{d} ".join(quoted(cell) for cell in row) for row in [HEAD, *CLEAN]]


def comment_lines_above(d: str) -> list[str]:
    return ["# 导出自资助系统", f"# 2019-12-31{d}管理员", *records(d)]


def title_and_header_on_every_page(d: str) -> list[str]:
    head, *body = records(d)
    return ["徐闻县资助表", head, *body[:2], "", "徐闻县资助表", f"第 2 页：{d}共 2 页", head, *body[2:]]


def header_three_times(d: str) -> list[str]:
    head, *body = records(d)
    return [head, body[0], head, body[1], body[2], head, body[3]]


def widened_by_blank_cells(d: str) -> list[str]:
    return [record + d * (n % 4) for n, record in enumerate(records(d))]


def broken_by_line_ends_in_quotes(d: str) -> list[str]:
    return [record.replace("无", '"无\n（空）"') for record in records(d)]


def an_unclosed_quote(d: str) -> list[str]:
    return [record.replace(f"{d}无{d}", f'{d}"无{d}') for record in records(d)]


def notes_between_signatures(d: str) -> list[str]:
    return [*records(d), "", f"填表人：甲{d}{d}{d}电话：4851234", "备注：无", "附注：以上数据截至年底。"]


def numbered_below_the_header(d: str) -> list[str]:
    head, *body = records(d)
    return [head, d.join("123456"), *body]


NOISY: dict[str, Callable[[str], list[str]]] = {
    make.__name__: make
    for make in (
        escaped,
        some_records_quoted,
        spaces_after_delimiters,
        comment_lines_above,
        title_and_header_on_every_page,
        header_three_times,
        widened_by_blank_cells,
        broken_by_line_ends_in_quotes,
        an_unclosed_quote,
        notes_between_signatures,
        numbered_below_the_header,
    )
}
# What a shape changes in the cells themselves: row and column of the clean table.
CHANGED = {
    "broken_by_line_ends_in_quotes": {(0, 4): "无\n（空）"},
    "an_unclosed_quote": {(0, 4): '"无'},
}
SHORT_AND_LONG: dict[str, tuple[int, str, str]] = {
    "short": (2, "", "ROWS_SHORT count=1 lines=3"),
    "long": (2, "{d}多出来的", "ROWS_LONG count=1 lines=3"),
}
MIXED_ENDS = ["\r\n", "\n", "\r"]


def cells_expected(shape: str) -> list[list[str]]:
    rows = [list(row) for row in CLEAN]
    for (r, c), text in CHANGED.get(shape, {}).items():
        rows[r][c] = text
    return rows


def test_the_corpus_is_large() -> None:
    regular = len(VARIANTS) * len(SPOILS)
    noisy = len(NOISY) * len(DELIMITERS) * len(ENCODINGS)
    short = 3 * len(DELIMITERS) * len(ENCODINGS)
    refused = 2 * len(DELIMITERS) * len(ENCODINGS)
    assert (regular, noisy, short, refused) == (720, 176, 48, 32)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("shape", NOISY)
def test_noisy_shapes_give_the_clean_cells(shape: str, encoding: str) -> None:
    for delimiter in DELIMITERS:
        lines = NOISY[shape](delimiter)
        text = "".join(line + MIXED_ENDS[n % 3] for n, line in enumerate(lines))
        result = reading(text.encode(encoding))
        name = (shape, delimiter, encoding)
        assert result.refusal is None, name
        assert [cells(table) for table in result.tables] == [cells_expected(shape)], name
        table = result.tables[0]
        told = [*table.row_numbers.tolist(), *(skipped.row for skipped in table.skipped)]
        inner = [n + 1 for n, line in enumerate("\n".join(lines).split("\n")) if line.startswith("（空）")]
        assert sorted(told + inner) == list(range(1, len(told + inner) + 1)), name
        assert "LINE_ENDS mixed" in result.notes, name


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kept", [1, 2, 3])
def test_very_short_files(kept: int, encoding: str) -> None:
    for delimiter in DELIMITERS:
        text = "\n".join(records(delimiter)[: kept + 1])
        result = reading(text.encode(encoding))
        assert [cells(table) for table in result.tables] == [CLEAN[:kept]], (delimiter, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("start", [1, 2])
def test_without_a_header_nothing_is_guessed(start: int, encoding: str) -> None:
    for delimiter in DELIMITERS:
        text = "\n".join(records(delimiter)[start:])
        refusal = reading(text.encode(encoding)).refusal
        assert refusal is not None and refusal.code == "NO_HEADER", (delimiter, encoding)
        assert refusal.rows_seen[0].sheet == "", (delimiter, encoding)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("kind", SHORT_AND_LONG)
def test_a_row_of_another_length_is_told_and_loses_nothing(kind: str, delimiter: str) -> None:
    line, more, note = SHORT_AND_LONG[kind]
    lines = records(delimiter)
    whole = lines[line] + more.format(d=delimiter)
    lines[line] = whole if more else whole.rpartition(delimiter)[0]
    result = reading("\n".join(lines).encode("gb18030"))
    (table,) = result.tables
    expected = [[*row, *([""] if more else [])] for row in CLEAN]
    expected[line - 1][-1] = "多出来的" if more else ""
    assert cells(table) == expected
    assert note in result.notes


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_three_tables_in_one_text(delimiter: str, encoding: str) -> None:
    houses = [["户编号", "户主姓名", "住房面积"], ["H1", "张三", "80"], ["H2", "李四", "90"]]
    schools = [["学校", "年级", "姓名", "备注"], ["一小", "三年级", "王五", "无"]]
    below = [delimiter.join(row) for row in [["二、住房"], *houses, ["合计"], [], ["三、学生"], *schools]]
    result = reading("\n".join([*records(delimiter), "", *below]).encode(encoding))
    assert [cells(table) for table in result.tables] == [CLEAN, houses[1:], schools[1:]]


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
