"""Delimited text: encodings, line ends, quotes, ragged rows, line numbers."""

from __future__ import annotations

import pytest

from ingestion.readers.model import SeenRow
from tests.unit.ingestion.readers.make import ID, cells, csv_text, one, reading, skipped

HEAD = ["姓名", "身份证号", "金额(元)"]
ROWS = [["张三", ID, "100"], ["𠮷丽", ID, "-20.5"], ["王 五", "", "0"]]
CLEAN = csv_text([HEAD, *ROWS])


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CLEAN.encode("utf-8"), "utf-8"),
        (CLEAN.encode("utf-8-sig"), "utf-8-sig"),
        (CLEAN.encode("gb18030"), "gb18030"),
        (CLEAN.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + CLEAN.encode("utf-16-be"), "utf-16"),
        (CLEAN.encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_encodings_give_the_same_cells(data: bytes, encoding: str) -> None:
    result = reading(data)
    assert result.encoding == encoding
    assert result.refusal is None
    assert cells(result.tables[0]) == ROWS
    assert result.tables[0].header == tuple(HEAD)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，", "^"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    data = csv_text([["花名册"], HEAD, *ROWS], delimiter, end).encode("gb18030")
    table = one(data)
    assert cells(table) == ROWS
    assert table.row_numbers.tolist() == [3, 4, 5]
    assert table.title_lines == ("花名册",)


def test_mixed_line_ends_are_told() -> None:
    data = "姓名,身份证号\r\n张三,1\n李四,2\r王五,3".encode()
    result = reading(data)
    assert cells(result.tables[0]) == [["张三", "1"], ["李四", "2"], ["王五", "3"]]
    assert "LINE_ENDS mixed" in result.notes


def test_an_undecodable_byte_is_named_with_its_line() -> None:
    data = "姓名,身份证号\n张三,1\n李".encode("gb18030") + b"\xff\xff,2\n"
    refusal = reading(data).refusal
    assert refusal is not None
    assert refusal.code == "ENCODING_BROKEN"
    assert refusal.detail["line"] == "3"
    assert int(refusal.detail["byte"]) == data.index(b"\xff\xff")


def test_utf8_with_foreign_bytes_is_not_read_as_gb18030_nonsense() -> None:
    data = "姓名,身份证号,乡镇\n张三丰,1,徐城街道\n".encode() + "李四,2\n".encode("gb18030")
    refusal = reading(data).refusal
    assert refusal is not None
    assert refusal.code == "ENCODING_BROKEN"
    assert (refusal.detail["encoding"], refusal.detail["line"]) == ("utf-8", "3")


def test_a_broken_character_at_a_chunk_border_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.readers.containers.decode._CHUNK", 7)
    good = csv_text([HEAD, *ROWS * 5]).encode("gb18030")
    assert len(one(good).cells) == 15
    bad = good[:-30] + b"\xff" + good[-30:]
    refusal = reading(bad).refusal
    assert refusal is not None
    assert int(refusal.detail["byte"]) >= len(good) - 32


def test_quoted_cells_with_line_breaks_keep_line_numbers() -> None:
    data = '姓名,备注,身份证号\n"张,三","第一行\n第二行",1\n李四,"说""好""",2\n王五,,3\n'.encode()
    table = one(data)
    assert cells(table) == [["张,三", "第一行\n第二行", "1"], ["李四", '说"好"', "2"], ["王五", "", "3"]]
    assert table.row_numbers.tolist() == [2, 4, 5]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('"张三,1,甲', ['"张三', "1", "甲"]),
        ('张"三,1,甲', ['张"三', "1", "甲"]),
        ('"张"三",1,甲', ['张"三', "1", "甲"]),
        ('张三,"1,甲', ["张三", '"1', "甲"]),
    ],
)
def test_a_stray_quote_stays_in_its_row(line: str, expected: list[str]) -> None:
    data = f"姓名,身份证号,备注\n赵一,0,无\n{line}\n李四,2,乙\n王五,3,丙\n".encode()
    table = one(data)
    assert cells(table) == [["赵一", "0", "无"], expected, ["李四", "2", "乙"], ["王五", "3", "丙"]]
    assert table.row_numbers.tolist() == [2, 3, 4, 5]


def test_backslash_escapes_and_single_quotes() -> None:
    escaped = '姓名,备注,身份证号\n"张三","他说\\"好\\",行","1"\n"李四","无","2"\n'.encode()
    assert cells(one(escaped)) == [["张三", '他说"好",行', "1"], ["李四", "无", "2"]]
    single = "'姓名','备注','身份证号'\n'张三','甲,乙','1'\n'李四','无','2'\n".encode()
    assert cells(one(single)) == [["张三", "甲,乙", "1"], ["李四", "无", "2"]]


def test_ragged_rows_lose_nothing_and_are_told() -> None:
    rows = [["赵", "0", "1"], ["张三", "1"], ["李四", "2", "3", "多", "余"], ["王五", "4", "5"]]
    result = reading(csv_text([HEAD, *rows]).encode("gb18030"))
    table = result.tables[0]
    assert table.header == (*HEAD, "", "")
    assert cells(table) == [
        ["赵", "0", "1", "", ""],
        ["张三", "1", "", "", ""],
        ["李四", "2", "3", "多", "余"],
        ["王五", "4", "5", "", ""],
    ]
    assert table.row_numbers.tolist() == [2, 3, 4, 5]
    assert "ROWS_SHORT count=1 lines=3" in result.notes
    assert "ROWS_LONG count=1 lines=4" in result.notes


def test_many_ragged_rows_take_the_careful_way() -> None:
    rows = [["张三", "1", "2"] + ["x"] * (i % 2) for i in range(6001)]
    table = one(csv_text([HEAD, *rows]).encode())
    assert len(table.cells) == 6001
    assert table.cells[3].tolist() == ["x" if i % 2 else "" for i in range(6001)]


def test_trailing_delimiters_make_no_column() -> None:
    table = one("姓名,身份证号,\n张三,1,\n李四,2,\n".encode())
    assert table.header == ("姓名", "身份证号")
    data_only = one("姓名,身份证号\n张三,1,\n李四,2,\n".encode())
    assert data_only.header == ("姓名", "身份证号")
    assert cells(data_only) == [["张三", "1"], ["李四", "2"]]


def test_formula_wrapped_text_is_unwrapped() -> None:
    data = f'姓名,身份证号\n张三,="{ID}"\n李四,"=""0012"""\n'.encode()
    assert cells(one(data)) == [["张三", ID], ["李四", "0012"]]


def test_header_only_and_one_row() -> None:
    empty = one(csv_text([HEAD]).encode())
    assert len(empty.cells) == 0
    assert empty.header == tuple(HEAD)
    assert cells(one(csv_text([HEAD, ROWS[0]]).encode().rstrip(b"\n"))) == [ROWS[0]]


def test_no_header_is_told_with_the_nearest_rows() -> None:
    refusal = reading("张三,1,2\n李四,3,4\n".encode()).refusal
    assert refusal is not None
    assert refusal.code == "NO_HEADER"
    assert refusal.rows_seen[0] == SeenRow("", 1, "张三 1 2")


def test_notes_and_totals_in_text() -> None:
    lines = [
        ["徐闻县资助表", "", ""],
        ["填报单位：教育局", "", "单位：元"],
        HEAD,
        *ROWS[:2],
        ["", "", ""],
        ["合  计", "", "79.5"],
    ]
    data = csv_text(lines) + "制表人：王五,,审核人：赵六\n注：本表一式两份，由教育局留存。\n"
    table = one(data.encode("gb18030"))
    assert cells(table) == ROWS[:2]
    assert skipped(table) == [
        (1, "title"),
        (2, "unit"),
        (3, "header"),
        (6, "blank"),
        (7, "total"),
        (8, "signature"),
        (9, "note"),
    ]
    total = table.totals[0]
    assert (total.label, total.cells, total.first, total.last) == ("合计", ("合  计", "", "79.5"), 0, 2)


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b"\x00" * 100])
def test_empty(data: bytes) -> None:
    refusal = reading(data).refusal
    assert refusal is not None
    assert refusal.code == "FILE_EMPTY"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.4 ...", "FILE_FOREIGN"),
        (b"\x89PNG\r\n\x1a\n\x00", "FILE_FOREIGN"),
        (b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(68), "FILE_FOREIGN"),
        (b"\x00\x01\x02bin\x00" * 30, "FILE_UNREADABLE"),
    ],
)
def test_foreign_formats(data: bytes, code: str) -> None:
    refusal = reading(data).refusal
    assert refusal is not None
    assert refusal.code == code
