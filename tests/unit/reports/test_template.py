"""Which figures a Word template prints, and which numbers somebody typed into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from reports.make_templates import TEMPLATES, make_self_assessment
from reports.template import TemplateUnreadable, fields, fixed_phrases, paragraphs, typed_numbers

SHIPPED = TEMPLATES / "self_assessment.docx"


def template(folder: Path, text: str) -> Path:
    path = folder / "template.docx"
    path.write_bytes(make_self_assessment(text))
    return path


def test_the_shipped_template_says_what_its_text_says() -> None:
    text = (TEMPLATES / "self_assessment.txt").read_text("utf-8")
    lines = [line.partition(" ")[2] if line.startswith("#") else line for line in text.splitlines()]
    said = [each for each in paragraphs(SHIPPED) if each]
    assert said[: len(lines)] == lines


def test_no_number_was_typed_into_the_shipped_template() -> None:
    assert typed_numbers(SHIPPED, fixed_phrases(TEMPLATES / "fixed_phrases.txt")) == []


def test_fields_are_found_in_filters_and_conditions(tmp_path: Path) -> None:
    path = template(
        tmp_path, "共{{ reg_hh }}户，{% if dib_rate.all %}全部{% endif %}投资{{ ind_park | 亿元 }}亿元"
    )
    assert fields(path) == {"reg_hh", "dib_rate", "ind_park"}


def test_a_field_that_word_has_split_into_pieces_is_one_field(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("共")
    for piece in ("{", "{ reg", "_hh }", "}户"):
        paragraph.add_run(piece).bold = piece == "{ reg"
    document.save(str(tmp_path / "split.docx"))
    assert fields(tmp_path / "split.docx") == {"reg_hh"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("共有贫困户9576户", ["9576户"]),
        ("脱贫率达99.12%", ["99.12%"]),
        ("共有三个平台", ["三个"]),
        ("两家超市和十五个乡镇", ["两家", "十五个"]),
        ("约占三分之一", ["三分之一"]),
        ("１２户", ["１２户"]),
        ("{{ fund_in }}万元", []),
        ("{{ wat_pop_on }}万人，{{ ind_park | 亿元 }}亿元", []),
        ("1.义务教育保障。", []),
        ("一是认真，（二）政策，四个全面", []),
        ("{{ reg_hh }}户3人", ["3人"]),
    ],
)
def test_numbers_typed_by_hand_are_found(tmp_path: Path, text: str, found: list[str]) -> None:
    assert [each.text for each in typed_numbers(template(tmp_path, text), ["四个全面"])] == found


def test_a_number_in_a_table_is_found_too(tmp_path: Path) -> None:
    document = Document()
    document.add_table(rows=1, cols=1).cell(0, 0).text = "合计 12 户"
    document.save(str(tmp_path / "table.docx"))
    assert [each.text for each in typed_numbers(tmp_path / "table.docx", [])] == ["12"]


@pytest.mark.parametrize("content", [b"not a zip", b""])
def test_what_is_no_word_document_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.docx").write_bytes(content)
    with pytest.raises(TemplateUnreadable):
        fields(tmp_path / "a.docx")


def test_a_field_that_is_not_closed_is_said(tmp_path: Path) -> None:
    with pytest.raises(TemplateUnreadable):
        fields(template(tmp_path, "共{% if reg_hh %}户"))


def test_a_template_cannot_reach_into_the_program(tmp_path: Path) -> None:
    from jinja2.exceptions import SecurityError

    from reports.document import context, print_document
    from tests.unit.reports.serving import AS_OF, make_basis

    path = template(tmp_path, "{{ reg_hh.__class__.__mro__ }}")
    with pytest.raises(SecurityError):
        print_document(path, context(make_basis(tmp_path), AS_OF), AS_OF, tmp_path / "out.docx", "x")
