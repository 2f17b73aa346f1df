"""The documents: what is printed is what the catalogue says, and the same bytes again."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from reports import annex
from reports.annex import write_annex
from reports.basis import Basis
from reports.brief import worst_towns, write_brief
from reports.document import context, print_document
from reports.make_templates import make_self_assessment
from reports.numbers import WITHHELD, Number, hundred_millions
from reports.template import paragraphs
from tests.unit.reports.serving import make_basis

pytestmark = pytest.mark.slow

STAMP = date(2020, 1, 12)
LISTED = ["reg_hh", "lifted_hh", "grt_all", "ins_rate", "wat_pop_on", "ind_park", "gone", "ill"]
TEXT = """#title {{ year }}年报告
截至{{ as_of }}共{{ reg_hh }}户，脱贫{{ lifted_hh }}户，
{% if ins_rate.all %}全部参保，{% endif %}落实率{{ ins_rate }}，
通水{{ wat_pop_on }}万人，投资{{ ind_park | 亿元 }}亿元，
{% if grt_all.all %}全部有保障{% endif %}没报过{{ gone }}人。
#date {{ printed_on }}"""


@pytest.fixture()
def basis(tmp_path: Path) -> Basis:
    return make_basis(tmp_path)


def printed(basis: Basis, folder: Path, name: str = "out.docx") -> Path:
    template = folder / "template.docx"
    template.write_bytes(make_self_assessment(TEXT))
    print_document(template, context(basis, STAMP), STAMP, folder / name, "报告")
    return folder / name


def test_the_numbers_in_the_document_are_those_of_the_catalogue(basis: Basis, tmp_path: Path) -> None:
    text = "".join(paragraphs(printed(basis, tmp_path)))
    assert "截至2019年12月31日共30户，脱贫28户，全部参保，落实率100%" in text
    assert "通水57.17万人，投资5.5亿元" in text
    assert "全部有保障" not in text
    assert f"没报过{WITHHELD}人" in text
    assert text.endswith("2020年1月12日")
    pattern = re.sub(
        r"\\\{\\\{\\ (\w+)\\ \\\}\\\}", r"(?P<\1>.*?)", re.escape("共{{ reg_hh }}户，脱贫{{ lifted_hh }}户")
    )
    found = re.search(pattern, text)
    assert found is not None
    assert all(basis.figures[name].printed == value for name, value in found.groupdict().items())


def test_a_document_prints_the_same_bytes_again(basis: Basis, tmp_path: Path) -> None:
    first, second = (printed(basis, tmp_path, name).read_bytes() for name in ("1.docx", "2.docx"))
    assert first == second
    for name in ("1.xlsx", "2.xlsx"):
        write_annex(basis, LISTED, STAMP, tmp_path / name)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()
    for name in ("1b.docx", "2b.docx"):
        write_brief(basis, STAMP, tmp_path / name)
    assert (tmp_path / "1b.docx").read_bytes() == (tmp_path / "2b.docx").read_bytes()


def test_only_figures_in_ten_thousands_of_yuan_are_written_in_hundred_millions(basis: Basis) -> None:
    assert hundred_millions(Number(basis.figures["ind_park"])) == "5.5"
    with pytest.raises(ValueError, match="reg_hh"):
        hundred_millions(Number(basis.figures["reg_hh"]))


def sheet_of(book: dict[str, list[tuple[object, ...]]], label: str) -> list[tuple[object, ...]]:
    (name,) = [each for each in book if each.endswith(label)]
    return book[name]


def opened(path: Path) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(path)}


def test_every_figure_has_its_list_in_the_annex(basis: Basis, tmp_path: Path) -> None:
    write_annex(basis, LISTED, STAMP, tmp_path / "a.xlsx")
    book = opened(tmp_path / "a.xlsx")
    assert list(book)[:5] == ["目录", "恒等关系", "矛盾", "说法与所数", "人工认定"]
    assert any(
        row[:6] == ("建档立卡贫困户户数", "31", "户", "30", "户", "矛盾") for row in book["说法与所数"]
    )
    rows = sheet_of(book, "脱贫户数")
    head = next(n for n, row in enumerate(rows) if row[0] == "计入")
    assert len(rows) - head - 1 == 28
    assert rows[head + 1][1:5] == ("第0镇", "村", "N0", "户主0")
    rate = sheet_of(book, "各项保障都有的户比例")
    counted = [row[0] for row in rate if row[0] in ("是", "否")]
    assert (counted.count("是"), counted.count("否")) == (27, 3)
    assert any("不发布" in str(row[0]) for row in sheet_of(book, "住院人次"))


def test_what_is_by_hand_stands_on_a_sheet_and_in_the_lists(basis: Basis, tmp_path: Path) -> None:
    write_annex(basis, LISTED, STAMP, tmp_path / "a.xlsx")
    book = opened(tmp_path / "a.xlsx")
    head, *rows = book["人工认定"][3:]
    (found,) = (dict(zip(head, row, strict=True)) for row in rows)
    assert (found["户编号"], found["认定为"], found["文件得出"]) == ("N1", "有保障", "待核实")
    assert (found["认定人"], found["依据"], found["到"]) == ("李主任", "=入户记录，照片 3", "2020-03-31")
    rate = sheet_of(book, "各项保障都有的户比例")
    assert ("人工认定", "名单中有 1 个的状态经人工认定，见“人工认定”表") in [row[:2] for row in rate]
    head = next(row for row in rate if row[0] == "计入")
    marked = [row for row in rate if row[head.index("人工认定")] == "o1"]
    assert [row[head.index("户编号")] for row in marked] == ["N1"]
    assert "人工认定" not in next(row for row in sheet_of(book, "脱贫户数") if row[0] == "计入")


def test_a_basis_that_an_older_release_kept_has_nothing_by_hand(tmp_path: Path) -> None:
    kept = make_basis(tmp_path)
    kept.close()
    (kept.folder / "fct_override.parquet").unlink()
    record = json.loads((kept.folder / "basis.json").read_text("utf-8"))
    del record["sha256"]["fct_override"]
    (kept.folder / "basis.json").write_text(json.dumps(record), "utf-8")
    older = Basis(kept.folder)
    assert (older.overrides, older.by_hand) == ([], {})
    write_annex(older, LISTED, STAMP, tmp_path / "a.xlsx")
    assert "人工认定" not in opened(tmp_path / "a.xlsx")


def test_long_lists_of_the_register_stand_once_with_a_column_each(
    basis: Basis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annex, "LONG_LIST", 10)
    write_annex(basis, LISTED, STAMP, tmp_path / "a.xlsx")
    book = opened(tmp_path / "a.xlsx")
    for name, label, expected in (("建档立卡户", "脱贫户数", 28), ("建档立卡人口", "基本医疗保险落实率", 60)):
        head, *rows = book[name][2:]
        column = head.index(label)
        assert sum(row[column] == "计入" for row in rows) == expected
    assert not any(row[0] == "计入" for row in sheet_of(book, "脱贫户数"))


def test_a_file_name_that_reads_like_a_formula_is_text(basis: Basis, tmp_path: Path) -> None:
    write_annex(basis, LISTED, STAMP, tmp_path / "a.xlsx")
    cells = [
        cell for sheet in load_workbook(tmp_path / "a.xlsx") for row in sheet.iter_rows() for cell in row
    ]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []


def test_differing_members_of_a_broken_identity_are_named(tmp_path: Path) -> None:
    write_annex(make_basis(tmp_path, "BROKEN"), LISTED, STAMP, tmp_path / "a.xlsx")
    rows = opened(tmp_path / "a.xlsx")["恒等关系"]
    assert any(row[:5] == ("I4", "第1镇", "村", "N7", "户主7") for row in rows)


def test_contradictions_stand_on_a_sheet_with_both_sides(basis: Basis, tmp_path: Path) -> None:
    write_annex(basis, LISTED, STAMP, tmp_path / "a.xlsx")
    (row,) = [row for row in opened(tmp_path / "a.xlsx")["矛盾"] if row[0] == "X5"]
    assert row[1:10] == (
        "现已就业 9 人",
        "公益岗的人已在就业人员之中",
        "X5_sum",
        "不成立",
        "11",
        "人",
        "9",
        "人",
        2,
    )
    assert row[10:12] == ("提示", "就业说明")


def test_the_brief_says_the_worst_towns_first_and_what_nobody_knows(basis: Basis, tmp_path: Path) -> None:
    assert [each.name for each in worst_towns(basis)] == ["第2镇", "第1镇"]
    write_brief(basis, STAMP, tmp_path / "b.docx")
    text = "\n".join(paragraphs(tmp_path / "b.docx"))
    assert "第2镇" in text and "100%" in text
    assert "没有收到数据：影响从没报过的。" in text
    assert len(Document(str(tmp_path / "b.docx")).tables) == 2
