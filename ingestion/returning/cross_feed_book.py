"""The workbook that tells a department which of its rows do not agree with other tables."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import xlsxwriter

from foundation.language import Language
from ingestion.returning.marked import palette
from ingestion.returning.marked.new_workbook import SUMMARY_STYLES, clean
from ingestion.text.masking import mask_ids, shown_name

MAX_ROWS = 100_000  # in the list; the summary counts all
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIXED = dt.datetime(2000, 1, 1)  # noqa: DTZ001  (the same problems give the same bytes)
_SUMMARY_WIDTHS = (28, 36, 7, 46, 44)
_LIST_WIDTHS = (20, 24, 9, 6, 10, 12, 12, 20, 42, 34)


@dataclass(frozen=True)
class CrossFileProblem:
    """One row that does not agree; `value` shows no ID number, `cause` is the same for all of its kind."""

    title: str
    file_name: str
    sheet: str
    row: int
    town: str
    village: str
    header: str
    value: str
    cause: str
    message: str
    remedy: str


@dataclass(frozen=True)
class _Words:
    title: str
    department: str
    as_of: str
    count: str
    summary_sheet: str
    list_sheet: str
    summary_heads: tuple[str, ...]
    list_heads: tuple[str, ...]
    place: str
    notes: tuple[str, ...]
    left_out: str


_WORDS: dict[Language, _Words] = {
    "zh": _Words(
        title="跨表核对",
        department="部门",
        as_of="数据截止日期",
        count="对不上的行",
        summary_sheet="汇总",
        list_sheet="清单",
        summary_heads=("报表", "问题", "处数", "第一处（点击跳转）", "如何改正"),
        list_heads=("报表", "文件", "表页", "行号", "乡镇", "行政村", "列", "所填内容", "问题", "如何改正"),
        place="“{file}”第 {row} 行",
        notes=(
            "1．这些行都已收下，没有退回；只是与其他报表对不上，请逐处核对。",
            "2．需要改的，请在本部门的系统里改正，下次报送时自动更新；本文件不用交回。",
            "3．全部对上以后，本文件自动撤走。",
        ),
        left_out="清单只列出前 {count} 处。",
    ),
    "en": _Words(
        title="Checks across tables",
        department="Department",
        as_of="Data as of",
        count="Rows that disagree",
        summary_sheet="Summary",
        list_sheet="List",
        summary_heads=("Table", "Problem", "Rows", "First one (click)", "How to correct it"),
        list_heads=(
            "Table", "File", "Sheet", "Row", "Town", "Village", "Column", "Value", "Problem",
            "How to correct it",
        ),
        place="“{file}”, row {row}",
        notes=(
            "1. These rows were all taken; they only disagree with other tables. Check each of them.",
            "2. Correct what is wrong in your own system and send the next file; do not send this one back.",
            "3. Once everything agrees, this file is taken away.",
        ),
        left_out="The list holds the first {count} only.",
    ),
}  # fmt: skip


def cross_file_book(
    problems: Sequence[CrossFileProblem], department: str, as_of: dt.date, lang: Language = "zh"
) -> bytes:
    """Summary by cause first, then the list; `problems` are those of one department."""
    ordered = sorted(problems, key=lambda p: (p.title, p.cause, p.file_name, p.sheet, p.row, p.header))
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        words = _WORDS[lang]
        book.set_properties({"title": words.title, "author": palette.AUTHOR, "created": _FIXED})
        _Pages(book, words).write(ordered, department, as_of)
    return stream.getvalue()


class _Pages:
    def __init__(self, book: Any, words: _Words) -> None:
        self._book = book
        self._words = words
        self._styles = {name: book.add_format(given) for name, given in SUMMARY_STYLES.items()}

    def write(self, problems: Sequence[CrossFileProblem], department: str, as_of: dt.date) -> None:
        words = self._words
        page = self._page(words.summary_sheet, _SUMMARY_WIDTHS)
        last = len(_SUMMARY_WIDTHS) - 1
        page.set_row(0, 30)
        page.merge_range(0, 0, 0, last, words.title, self._styles["title"])
        facts = (words.department, department), (words.as_of, as_of.isoformat()), (
            words.count, str(len(problems)),
        )  # fmt: skip
        for row, (label, text) in enumerate(facts, start=1):
            page.write_string(row, 0, label, self._styles["label"])
            page.write_string(row, 1, clean(text), self._styles["text"])
        left_out = (words.left_out.format(count=MAX_ROWS),) if len(problems) > MAX_ROWS else ()
        for row, note in enumerate((*words.notes, *left_out), start=len(facts) + 1):
            page.merge_range(row, 0, row, last, note, self._styles["text"])
        row = len(facts) + len(words.notes) + len(left_out) + 2
        self._strings(page, row, words.summary_heads, "head")
        self._causes(page, row + 1, problems)
        self._list(problems[:MAX_ROWS])

    def _causes(self, page: Any, row: int, problems: Sequence[CrossFileProblem]) -> None:
        """One row per table and cause, with a link to its first entry in the list."""
        before = 0
        for (title, cause), found in groupby(problems, key=lambda p: (p.title, p.cause)):
            group = list(found)
            texts = (title, cause, "", "", group[0].remedy)
            self._strings(page, row, texts, "cell")
            page.write_number(row, 2, len(group), self._styles["number"])
            place = self._words.place.format(file=mask_ids(group[0].file_name), row=group[0].row)
            if before < MAX_ROWS:
                target = f"internal:'{self._words.list_sheet}'!A{before + 2}"
                page.write_url(row, 3, target, self._styles["link"], clean(place))
            page.set_row(row, _height((*texts[:3], place, texts[4]), _SUMMARY_WIDTHS))
            before += len(group)
            row += 1

    def _list(self, problems: Sequence[CrossFileProblem]) -> None:
        page = self._page(self._words.list_sheet, _LIST_WIDTHS)
        self._strings(page, 0, self._words.list_heads, "head")
        for row, p in enumerate(problems, start=1):
            texts = (p.title, mask_ids(p.file_name), shown_name(p.sheet), "", p.town, p.village, p.header,
                     p.value, p.message, p.remedy)  # fmt: skip
            self._strings(page, row, texts, "cell")
            page.write_number(row, 3, p.row, self._styles["number"])
            page.set_row(row, _height(texts, _LIST_WIDTHS))
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.autofilter(0, 0, len(problems), len(_LIST_WIDTHS) - 1)

    def _page(self, name: str, widths: Sequence[int]) -> Any:
        page = self._book.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_footer("&C&P / &N")
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        return page

    def _strings(self, page: Any, row: int, texts: Sequence[str], style: str) -> None:
        for column, text in enumerate(texts):
            page.write_string(row, column, clean(text), self._styles[style])


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    lines = max(palette.line_count(text, width) for text, width in zip(texts, widths, strict=True))
    return lines * palette.LINE_HEIGHT + 5
