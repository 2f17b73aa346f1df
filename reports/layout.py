"""Word documents in the layout of official documents: pages, fonts, styles (GB/T 9704-2012)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import category

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY, TITLE, LEVEL_1, LEVEL_2, NUMBERS = (
    "仿宋_GB2312",
    "方正小标宋简体",
    "黑体",
    "楷体_GB2312",
    "Times New Roman",
)
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)  # 二号, 三号, 四号, 五号
LINE = Pt(28.95)  # 22 lines on a page
_NOT_XML = {"Cc", "Cs"}  # categories of characters that no document can hold


def official_page() -> DocumentObject:
    """An empty document on A4 with the margins and page numbers of official documents."""
    document = Document()
    for paragraph in list(document.paragraphs):
        paragraph._element.getparent().remove(paragraph._element)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    _page_numbers(document)
    return document


def add_style(
    document: DocumentObject,
    name: str,
    font: str,
    size: Length,
    *,
    indent: int = 0,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    line: Length = LINE,
    before: Length | None = None,
    after: Length | None = None,
    right: int = 0,
    level: int | None = None,
) -> None:
    """A paragraph style; indents in characters of its size, `level` for headings (0 the first)."""
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.font.size = size
    set_font(style.element.get_or_add_rPr(), font)
    layout = style.paragraph_format
    layout.alignment = align
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, line
    layout.space_before, layout.space_after = before or Pt(0), after or Pt(0)
    layout.widow_control = True
    layout.first_line_indent = Pt(size.pt * indent) if indent else None
    layout.right_indent = Pt(size.pt * right) if right else None
    if level is not None:
        layout.keep_with_next = True
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level))
        style.element.get_or_add_pPr().append(outline)


def set_font(properties: Any, font: str) -> None:
    """Chinese characters in `font`, digits and letters in the one for numbers."""
    fonts = properties.get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(kind), NUMBERS)
    fonts.set(qn("w:eastAsia"), font)


def add_table(
    document: DocumentObject,
    heads: Sequence[str],
    lines: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    right_from: int | None = None,
    size: Length = SIZE_5,
) -> None:
    """A ruled table; widths in mm. Columns from `right_from` on stand to the right; no row breaks over pages.

    Without heads there is no first line, and every second column from the first is a label.
    """
    table = document.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for number, line in enumerate([heads, *lines] if heads else lines):
        row = table.add_row()
        is_head = bool(heads) and number == 0
        _row_rules(row._tr, is_head)
        for place, (cell, text, width) in enumerate(zip(row.cells, line, widths, strict=True)):
            is_label = is_head or (not heads and place % 2 == 0)
            is_right = right_from is not None and place >= right_from
            _fill(cell, text, width, bold=is_label, right=is_right, size=size)


def _row_rules(row: Any, is_head: bool) -> None:
    for name in ("w:cantSplit", "w:tblHeader") if is_head else ("w:cantSplit",):
        row.get_or_add_trPr().append(OxmlElement(name))


def _fill(cell: _Cell, text: str, width: int, *, bold: bool, right: bool, size: Length) -> None:
    cell.width = Mm(width)
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run("".join(each for each in text if category(each) not in _NOT_XML))
    run.bold = bold
    run.font.size = size
    set_font(run._element.get_or_add_rPr(), BODY)


def _page_numbers(document: DocumentObject) -> None:
    """— 1 —, on the outside of facing pages."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):  # fmt: skip
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        _page_field(paragraph)


def _page_field(paragraph: Paragraph) -> None:
    for text, kind in (("— ", None), ("", "begin"), ("PAGE", "instr"), ("", "end"), (" —", None)):
        run = paragraph.add_run(text if kind is None else "")
        run.font.size = SIZE_4
        set_font(run._element.get_or_add_rPr(), "宋体")
        if kind is not None:
            _field_part(run, kind, text)


def _field_part(run: Run, kind: str, text: str) -> None:
    if kind == "instr":
        part = OxmlElement("w:instrText")
        part.set(qn("xml:space"), "preserve")
        part.text = text
    else:
        part = OxmlElement("w:fldChar")
        part.set(qn("w:fldCharType"), kind)
    run._element.append(part)
