"""The sheet of one household (一户一档): who lives there, what is guaranteed and on what evidence."""

from __future__ import annotations

from datetime import UTC, date
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from foundation.files import write_bytes
from foundation.language import moment_in_words
from reports.audience import Audience
from reports.document import AUTHOR, in_words, midnight, timeless
from reports.households import Household, Record, read_household
from reports.layout import BODY, LEVEL_1, SIZE_2, TITLE, add_style, add_table, official_page
from reports.overrides import SHEET, told
from reports.published import Published

_SMALL = Pt(9)  # 小五, so that a household is one page where it can be
_WIDTH = 176  # mm of a line
_TEXT, _HEAD, _TITLE = "档案正文", "档案小标题", "档案标题"
_MEMBER_COLUMNS = (
    ("person_name", "姓名", 21), ("relation_code", "与户主关系", 20), ("sex_code", "性别", 12),
    ("birth_year", "出生年", 15), ("student_status", "在校生状况", 20), ("labour_capacity", "劳动能力", 23),
    ("register_person_no", "人编号", 29), ("id_number_masked", "证件号码", 36),
)  # fmt: skip
NOTES = (
    "当年未满十五周岁或年龄不明的成员不列姓名；证件号码只列前六位。",
    "“自何时”按已发布的各截止日期比较；“不晚于”指最早发布的一期就已如此。",
    "医疗救助涉及个人健康，不列。",
)


def write_household_sheet(
    published: Published, household_id: str, audience: Audience, stamp: date, out: Path
) -> Household:
    """Write the sheet, whole or not at all; `stamp` is its date in the file's properties."""
    household = read_household(published, household_id, audience)
    document = _page()
    document.add_paragraph("建档立卡户一户一档", style=_TITLE)
    told = document.add_paragraph(told_of(published, audience), style=_TEXT)
    told.alignment, told.paragraph_format.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(4)
    _facts(document, household, audience)
    _members(document, household, audience)
    _guarantees(document, household, audience)
    if household.overrides:
        _by_hand(document, household)
    if audience.has_sources:
        _payments(document, household)
        _questions(document, household)
    shown = NOTES if audience.has_sources else (NOTES[0].partition("；")[0] + "。", NOTES[1])
    note = document.add_paragraph("注：" + "".join(shown), style=_TEXT)
    note.paragraph_format.space_before = Pt(4)
    properties = document.core_properties
    properties.title = "建档立卡户一户一档"
    properties.created = properties.modified = midnight(stamp)
    properties.author = properties.last_modified_by = AUTHOR
    properties.comments = ""
    buffer = BytesIO()
    document.save(buffer)
    write_bytes(timeless(buffer.getvalue()), out)
    return household


def told_of(published: Published, audience: Audience) -> str:
    """Of which date a sheet speaks, until when it knew, and for whom it is."""
    said = [f"截至{in_words(published.as_of)}"]
    if published.known_by is not None:
        said.append(f"数据按 {moment_in_words(published.known_by.replace(tzinfo=UTC), 'zh')} 所知")
    return "　".join([*said, audience.label])


def _page() -> DocumentObject:
    document = official_page()
    section = document.sections[0]
    section.top_margin, section.bottom_margin = Mm(16), Mm(16)
    section.left_margin = section.right_margin = Mm(17)
    section.footer_distance = Mm(8)
    add_style(document, _TITLE, TITLE, SIZE_2, align=WD_ALIGN_PARAGRAPH.CENTER, line=Pt(30))
    add_style(document, _HEAD, LEVEL_1, Pt(12), line=Pt(18), before=Pt(6), after=Pt(2), level=0)
    add_style(document, _TEXT, BODY, _SMALL, line=Pt(13))
    return document


def _facts(document: DocumentObject, household: Household, audience: Audience) -> None:
    facts = household.facts
    place = "　".join(each for each in (facts["town_name"], facts["village_name"]) if each)
    lines = [
        ("户编号", _text(facts["register_household_no"]), "户主", audience.name(facts["head_name"])),
        ("乡镇、行政村", place, "自然村", _text(facts["natural_village_name"])),
        ("家庭人口", _count(facts["member_count"], "人"), "识别年度", _year(facts["registered_on"])),
        ("脱贫", _lifted(facts), "退出", _exited(facts)),
    ]
    if audience.has_circumstances:
        kind, labour = _text(facts["poverty_type"]), _text(facts["labour_state"])
        lines.insert(2, ("户类型", kind, "有无劳动能力", labour))
    add_table(document, (), lines, (26, 62, 26, 62), size=_SMALL)


def _lifted(facts: Record) -> str:
    if facts["is_lifted"] is None:
        return "名册所写认不出"
    return f"已脱贫（{_year(facts['lifted_on'])}）" if facts["is_lifted"] else "未脱贫"


def _exited(facts: Record) -> str:
    if facts["is_exited"] is None:
        return "名册所写认不出"
    return f"已退出（{_day(facts['exited_on'])}）" if facts["is_exited"] else "未退出"


def _members(document: DocumentObject, household: Household, audience: Audience) -> None:
    document.add_paragraph(f"家庭成员（{len(household.members)} 人）", style=_HEAD)
    if not household.members:
        document.add_paragraph("人口表中没有这一户的成员。", style=_TEXT)
        return
    columns = list(_MEMBER_COLUMNS)
    if not audience.has_numbers:
        columns = columns[:-1]
    if not audience.has_circumstances:
        columns = columns[:3]
    names = [name for name, _, _ in columns]
    lines = [
        [audience.name(each[name]) if name == "person_name" else _text(each[name]) for name in names]
        for each in household.members
    ]
    heads, widths = [head for _, head, _ in columns], [width for _, _, width in columns]
    widths[-1] += _WIDTH - sum(widths)
    add_table(document, heads, lines, widths, size=_SMALL)


def _guarantees(document: DocumentObject, household: Household, audience: Audience) -> None:
    document.add_paragraph("保障情况", style=_HEAD)
    heads, widths = ["保障", "状态", "原因", "自何时"], [18, 15, 55, 34]
    if audience.has_sources:
        heads, widths = [*heads, "凭据（文件、表页、行）"], [*widths, 54]
    else:
        widths[2] += 54
    lines = [
        [each["guarantee_label"], each["state_label"], each["reason"], _since(each), _evidence(each)][
            : len(heads)
        ]
        for each in household.guarantees
    ]
    add_table(document, heads, lines, widths, size=_SMALL)


def _since(guarantee: Record) -> str:
    day = guarantee["since_on"].isoformat()
    return f"不晚于{day}" if guarantee["is_since_first"] else f"{day}起"


def _evidence(guarantee: Record) -> str:
    if guarantee.get("override_id") is not None:
        return f"{SHEET}，见下"
    if guarantee["evidence_batch_id"] is None:
        return "没有凭据"
    return _place(guarantee["evidence_file_name"], guarantee["evidence_sheet"], guarantee["evidence_row"])


def _by_hand(document: DocumentObject, household: Household) -> None:
    document.add_paragraph(SHEET, style=_HEAD)
    for number, each in enumerate(household.overrides, 1):
        person = each["register_person_no"]
        whose = f"（人编号 {person}）" if person else ""
        said = f"{number}. {each['guarantee_label']}{whose}{each['state_label']}：{told(each)}。"
        document.add_paragraph(f"{said}编号 {each['override_id']}", style=_TEXT)


def _place(file: str | None, sheet: str | None, row: int | None) -> str:
    where = "，".join(each for each in (file, sheet) if each)
    return where + (f"，第 {row} 行" if row is not None else "")


def _payments(document: DocumentObject, household: Household) -> None:
    document.add_paragraph(f"当年补助（{household.facts['as_of'].year} 年到截止日期止）", style=_HEAD)
    if not household.payments:
        document.add_paragraph("各部门发放名册中没有这一户当年的发放。", style=_TEXT)
        return
    lines = [
        [_text(each["feed_title"]), _text(each["department_name"]), str(each["payment_count"]),
         f"{each['amount_yuan']:,.2f}", _months(each),
         _place(each["file_name"], each["source_sheet"], each["source_row"])]
        for each in household.payments
    ]  # fmt: skip
    heads = ("项目", "部门", "笔数", "金额（元）", "月份", "最近一笔在")
    add_table(document, heads, lines, (38, 22, 12, 22, 26, 56), size=_SMALL)


def _months(payment: Record) -> str:
    first, last = payment["first_paid_month"], payment["last_paid_month"]
    return f"{first.month}月" if first == last else f"{first.month}月至{last.month}月"


def _questions(document: DocumentObject, household: Household) -> None:
    document.add_paragraph("待核、待办", style=_HEAD)
    for number, each in enumerate(household.questions, 1):
        document.add_paragraph(f"{number}. {each}", style=_TEXT)
    if not household.questions:
        document.add_paragraph("没有未保障、待核实的项目。", style=_TEXT)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _count(value: int | None, unit: str) -> str:
    return "名册所写认不出" if value is None else f"{value} {unit}"


def _year(day: date | None) -> str:
    return f"{day.year}年" if day else ""


def _day(day: date | None) -> str:
    return in_words(day) if day else "日期不明"
