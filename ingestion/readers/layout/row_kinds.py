"""What single rows are: totals, signatures, notes, units, numbering."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from ingestion.readers.model import RowKind
from ingestion.text.headers import clean_header

# All patterns are matched against `clean_header(cell)`: NFKC, no white space, plain brackets and colons.
_TOTAL = re.compile(
    r"^.{0,16}?(合计|总计|小计|共计|累计|总和)"
    r"(支出|拨付|到位|收入|发放|销售)?(金额|资金)?(\([^()]*\))?(:.*)?$"
)
_COUNTED = re.compile(r"^(总|合)?共有?\d+(人次?|户|名|条|行|笔|个)([,;。].*)?$")
_SUBTOTAL = re.compile(r"小计")
_GRAND = re.compile(
    r"^(全县|本表|以上|全部|总|本页|县|全区|全市)?(合计|总计|共计|累计|总和)|^(总|合)?共有?\d"
)
_WHOLE = re.compile(r"^(全县|全区|全市|县|本表|全部|总)(合?计|总计|共计|和)|^总(合|共)")
_SIGNATURE = re.compile(
    r"^(制表|填表|填报|审核|审批|复核|经办|经手|统计人|统计负责|(单位)?负责|单位领导|分管|主管|主要领导"
    r"|联系人|联系电话|打印|导出|操作员|领导签|校长|\(?盖章|\(?公章|签[字名章])[^:]{0,10}([:)]|$)"
    # of whatever office: 民政办负责人:, 镇政府分管领导(签字):
    r"|^[\u4e00-\u9fff]{2,10}(负责人|经办人|经手人|审核人|复核人|制表人|填表人|填报人|领导)(\([^()]{0,6}\))?:"
)
_NOTE = re.compile(r"^(注|备注|说明|附注|填[表报]说明|数据来源|资料来源|提示|注意|特别说明)\d{0,2}[:.、)]")
_UNIT_LINE = re.compile(r"单位:[万亿千百]?(元|人|户|个|亩|公里|平方米|人次|m2)")
_UNIT_CELL = re.compile(
    r"^\(?(万元|元|亿元|千元|人|户|个|亩|平方米|m2|公里|人次|次|天|年|月|岁|%|名|元/月|元/年|mg/l|毫克/升)\)?$",
    re.I,
)
# What stands alone at the end of a list and is no remark: a number, a code, the name of a person.
_CODE = re.compile(r"^[\da-z.,%-]*\d[\da-z.,%-]*$", re.I)
_NUMBERED = 5  # cells: 1, 2, 3 alone may be a row of numbers
_LONG_CODE = 5  # a shorter one may be the number of a page
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,4}$")
# With places hidden by stars, or as Excel shows what it has cut, it is still the number of a person.
_ID_LIKE = re.compile(r"^(\d[\d*]{13,16}[\dXx*]|\d(\.\d+)?[Ee]\+1[47])$")
_ORDINAL = re.compile(r"^(序号|编号|序|no\.?|行号)$", re.I)
_DATE_LINE = re.compile(r"^(日期|时间)?:?\d{4}[年./-]\d{1,2}[月./-](\d{1,2}日?)?$")
TOTAL_COLUMNS = 4  # a totals row says so in its first cells

# What sparse rows between and below the data say: sections, remarks, averages, who signed and when.
#
# Only of rows that fill far fewer cells than the data rows and hold no ID number; what is not certainly
# one of these stays a data row.

# All patterns are matched against `clean_header(cell)`.
_PLACES = r"(镇|乡|街道|村|社区|学校|小学|中学|村委会|居委会|办事处|农场)"
_ORDINAL_OF_LIST = r"([一二三四五六七八九十]{1,3}|\d{1,2})"
_NUMBERED_LIST = rf"(\({_ORDINAL_OF_LIST}\)[、.:]?|{_ORDINAL_OF_LIST}[、.:])"
_HOW_MANY = r"\(?(共|合)?(计)?\d*(人次?|户|名|个)?\d*(人次?|户|名|个)?\)?"
PLACE = re.compile(rf"^({_NUMBERED_LIST})?\S{{1,12}}{_PLACES}({_HOW_MANY}|\([^()]*\)):?$")
_SECTION = re.compile(rf"^{_NUMBERED_LIST}\S{{1,12}}{_PLACES}{_HOW_MANY}:?$")
_OF_WHICH = re.compile(r"^其中(:|$)|^(平均|人均|户均|平均值|平均数)(:|$)")
_REMARK = re.compile(r"^(备注|说明|附注|注)$")
_SEALED = re.compile(r"\((盖章|公章|签章|签字|签名|印章)\)?:?$")
_OFFICE = re.compile(r"^[\u4e00-\u9fff]{2,20}(局|办|办公室|委员会|政府|股)$")
_DATE = re.compile(r"^\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?$")
_SUM = re.compile(r"^-?[\d,]*\.?\d+(元|人|户|人次|名|个)?$")


class Usual(Protocol):
    """What a row is compared with: the data rows of its table (`likeness.Usual`)."""

    def is_like(self, cells: Sequence[str], *, counted: bool) -> bool: ...

    def is_sparse(self, cells: Sequence[str]) -> bool: ...

    def is_no_total(self, cells: Sequence[str]) -> bool: ...


def joined(cells: Sequence[str]) -> str:
    return " ".join(cell.strip() for cell in cells if cell.strip())


def without_numbers(text: str) -> str:
    """A title as it stands on every page, whatever the page."""
    return re.sub(r"\d+", "", clean_header(text))


def above_header(cells: Sequence[str]) -> RowKind:
    text = joined(cells)
    if not text:
        return "blank"
    return "unit" if _UNIT_LINE.search(clean_header(text)) else "title"


def reads_as_title(cells: Sequence[str], header: Sequence[str]) -> bool:
    """One cell alone that is no value of a row, or 'label: value' pairs from the first cell on."""
    present = [(at, clean_header(cell)) for at, cell in enumerate(cells) if cell.strip()]
    at, text = present[0]
    if len(present) == 1:
        is_number = len(text) >= _LONG_CODE and _CODE.match(text)
        return not is_number and not _is_name(at, text, header)
    return ":" in text


def below_header(cells: Sequence[str]) -> RowKind | None:
    """The kind of a row directly below the header when it still belongs to it."""
    present = [text for text in map(clean_header, cells) if text]
    if present and all(_UNIT_CELL.match(cell) for cell in present):
        return "unit"
    if len(present) >= 3 and is_numbering(present):
        return "header"
    return None


def numbers_of_columns(cells: Sequence[str]) -> RowKind | None:
    """'header' for the numbering that stands below the header on every page."""
    present = [text for text in map(clean_header, cells) if text]
    return "header" if len(present) >= _NUMBERED and is_numbering(present) else None


def is_numbering(present: Sequence[str]) -> bool:
    """'1 2 3 4 …' or '甲 乙 1 2 …' under a header: the number of each column."""
    digits = [cell.strip("()") for cell in present]
    while digits and digits[0] in "甲乙丙丁ABCD":
        digits = digits[1:]
    return len(digits) >= 3 and digits == [str(index) for index in range(1, len(digits) + 1)]


def total_label(cells: Sequence[str]) -> str | None:
    """The label of a totals row, or None. A row with an ID number is a person, whatever it says."""
    first = [clean_header(cell) for cell in cells[:TOTAL_COLUMNS] if len(cell) <= 60]
    label = next((text for text in first if _is_total(text)), None) or _label_of_numbers(cells)
    if label is None or any(map(is_id_like, cells)):
        return None
    return label


def _label_of_numbers(cells: Sequence[str]) -> str | None:
    """A label further right, where nothing stands before it and only numbers after it."""
    present = [text for text in map(clean_header, cells) if text]
    is_label = len(present) > 1 and len(present[0]) <= 60 and _is_total(present[0])
    return present[0] if is_label and all(map(is_number, present[1:])) else None


def is_total(cell: str) -> bool:
    """Whether a cell is the label of a totals row."""
    return len(cell) <= 60 and _is_total(clean_header(cell))


def _is_total(text: str) -> bool:
    if "计" in text or "总和" in text:
        return bool(_TOTAL.match(text))
    return "共" in text and bool(_COUNTED.match(text))


def is_id_like(cell: str) -> bool:
    """Whether a cell holds an ID number of 15 or 18 places."""
    return bool(_ID_LIKE.match(clean_header(cell)))


def is_subtotal(label: str) -> bool:
    return bool(_SUBTOTAL.search(label)) or not _GRAND.match(label)


def is_grand(label: str) -> bool:
    """Whether a label speaks for the whole list and for no page of it."""
    return bool(_WHOLE.match(label))


def body_kind(cells: Sequence[str], header: Sequence[str], usual: Usual, *, in_tail: bool) -> RowKind | None:
    """The kind of a body row that is no data row; None for data. `in_tail`: no data follows."""
    present = [(index, cell) for index, cell in enumerate(cells) if cell.strip()]
    if not present:
        return "blank"
    index, text = present[0][0], clean_header(present[0][1])
    if total_label(cells) is not None:
        return None if usual.is_no_total(cells) else "total"
    said: RowKind | None = "signature" if _SIGNATURE.match(text) else "note" if _NOTE.match(text) else None
    if said:
        is_data = any(map(is_id_like, cells)) or usual.is_like(cells, counted=True)
        return None if is_data else said
    if usual.is_sparse(cells):
        aside = aside_kind([clean_header(cell) for _, cell in present], in_tail=in_tail)
        if aside is not None:
            return aside
    if len(present) > 1 or len(header) < 3:
        return None
    if text.endswith(":") and index == 0:
        return "note"
    if _DATE_LINE.match(text) and in_tail:
        return "signature"
    if index < len(header) and _ORDINAL.match(header[index]):
        # A form numbered in advance, not filled in.
        return "blank" if re.fullmatch(r"[\d.]+", text) else ("note" if in_tail else None)
    if in_tail and not _CODE.match(text) and not _is_name(index, text, header):
        return "note"
    return "title" if index == 0 and PLACE.match(text) and len(header) >= 5 else None


def _is_name(at: int, text: str, header: Sequence[str]) -> bool:
    return at < len(header) and header[at].endswith("姓名") and bool(_NAME.match(text))


def same_header(cell: str, name: str) -> bool:
    """Whether a cell in the middle repeats the (flattened) name of its column."""
    text = clean_header(cell)
    return text == name or text in name.split("/")


def aside_kind(present: Sequence[str], *, in_tail: bool) -> RowKind | None:
    """The kind of a sparse row by its filled cells; None where it may be data."""
    first, rest = present[0], present[1:]
    numbers = all(map(is_number, rest))
    if _OF_WHICH.search(first) and numbers:
        return "note"
    if rest and _SECTION.match(first) and numbers:
        return "title"
    if not in_tail:
        return None
    if _REMARK.match(first) and len(rest) == 1 and not is_number(rest[0]):
        return "note"
    signs = _SEALED.search(first) or (rest and _OFFICE.match(first))
    return "signature" if signs and all(_DATE.match(cell) or _SEALED.search(cell) for cell in rest) else None


def is_number(text: str) -> bool:
    """Whether a cell is a sum, a number of people or the like."""
    return bool(_SUM.match(text))
