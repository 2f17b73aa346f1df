"""The workbook of rows that disagree: what is in it, and that nothing in it runs."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from ingestion.returning import cross_feed_book
from ingestion.returning.cross_feed_book import CrossFileProblem
from ingestion.returning.cross_feed_book import cross_file_book as made

DAY = date(2019, 12, 31)
LOST = CrossFileProblem(
    title="中小学生学籍信息表", file_name="学籍440899198001010010.xlsx", sheet="小学", row=12,
    town="徐城街道", village="东村", header="身份证件号", value="440899********0010",
    cause="“身份证件号”在《人口表》里找不到",
    message="第 12 行的“身份证件号”在《人口表》里找不到。", remedy="请核对这一格。",
)  # fmt: skip
SIZE = replace(
    LOST, title="户表", file_name="户表.csv", sheet="", row=3, header="人数", value="=1+1", cause="人数不同"
)


def book(*problems: CrossFileProblem, lang: str = "zh") -> openpyxl.Workbook:
    data = made(problems, "教育局", DAY, "en" if lang == "en" else "zh")
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_summary_counts_by_cause_and_leads_to_the_list() -> None:
    opened = book(LOST, SIZE, replace(LOST, row=9), replace(LOST, row=30))
    summary = opened.worksheets[0]
    assert (summary.title, opened.worksheets[1].title) == ("汇总", "清单")
    causes = [row for row in summary.iter_rows(min_row=10, values_only=True) if row[0]]
    assert [(row[0], row[1], row[2]) for row in causes] == [
        (LOST.title, LOST.cause, 3),
        (SIZE.title, SIZE.cause, 1),
    ]
    links = [summary.cell(row, 4).hyperlink.location for row in (10, 11)]
    listed = opened.worksheets[1]
    rows = [listed[place.rpartition("!")[2]].row for place in links]
    assert [listed.cell(row, 4).value for row in rows] == [9, 3]
    assert "第 9 行" in causes[0][3]


def test_the_list_has_a_row_per_problem_and_stays_readable_on_paper() -> None:
    listed = book(LOST, SIZE).worksheets[1]
    head, first, second = (list(row) for row in listed.iter_rows(values_only=True))
    assert head[0] == "报表" and len(head) == len(first)
    assert first[3:9] == [12, LOST.town, LOST.village, LOST.header, LOST.value, LOST.message]
    assert second[3] == 3
    assert listed.freeze_panes == "A2" and listed.auto_filter.ref == "A1:J3"
    assert listed.print_title_rows == "$1:$1" and listed.page_setup.orientation == "landscape"
    assert listed.sheet_properties.pageSetUpPr.fitToPage and listed.page_setup.fitToHeight == 0


def test_nothing_runs_and_no_id_number_shows() -> None:
    for page in book(LOST, SIZE).worksheets:
        cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert not [cell for cell in cells if "440899198001010010" in str(cell.value)]
    assert book(SIZE).worksheets[1]["H2"].value == "=1+1"


def test_the_same_problems_give_the_same_bytes() -> None:
    assert made([LOST, SIZE], "教育局", DAY) == made([SIZE, LOST], "教育局", DAY)


def test_a_list_that_is_too_long_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_feed_book, "MAX_ROWS", 2)
    summary, listed = book(*(replace(LOST, row=n) for n in range(3, 8))).worksheets
    assert listed.max_row == 3
    assert "清单只列出前 2 处。" in [row[0] for row in summary.iter_rows(values_only=True)]
    assert [row[2] for row in summary.iter_rows(values_only=True) if row[0] == LOST.title] == [5]


def test_english_by_setting() -> None:
    assert [page.title for page in book(LOST, lang="en").worksheets] == ["Summary", "List"]
