"""Workbooks as an office prints them: fonts, heads, and cells whose text is never a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


@dataclass(frozen=True)
class Styles:
    title: Format
    head: Format
    label: Format
    text: Format
    number: Format
    link: Format
    warn: Format


def open_book(buffer: BytesIO) -> xlsxwriter.Workbook:
    """A workbook that is written row by row; what looks like a formula, link or number stays a text."""
    return xlsxwriter.Workbook(
        buffer,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )


def make_styles(book: xlsxwriter.Workbook) -> Styles:
    font = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    return Styles(
        title=book.add_format({**font, "font_name": "黑体", "font_size": 16}),
        head=book.add_format({**font, "bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True}),
        label=book.add_format({**font, "bold": True, "valign": "top"}),
        text=book.add_format({**font, "valign": "top", "text_wrap": True}),
        number=book.add_format({**font, "align": "right"}),
        link=book.add_format({**font, "font_color": "#0563C1", "underline": 1}),
        warn=book.add_format({**font, "font_color": "#C00000", "text_wrap": True, "valign": "top"}),
    )


def write_heads(
    sheet: Worksheet, row: int, heads: Sequence[str], widths: Sequence[int], styles: Styles
) -> None:
    for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write(row, column, head, styles.head)


def write_cell(sheet: Worksheet, row: int, column: int, value: Any, style: Format | None = None) -> None:
    """A text or a number; nothing where there is none, but for the style."""
    if value is None:
        if style is not None:
            sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, float(value), style)
