"""What sparse rows between and below the data say: sections, remarks, averages, who signed and when.

Only of rows that fill far fewer cells than the data rows and hold no ID number; what is not certainly
one of these stays a data row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.readers.model import RowKind

# All patterns are matched against `clean_header(cell)`.
_PLACES = r"(镇|乡|街道|村|社区|学校|小学|中学|村委会|居委会|办事处|农场)"
_ORDINAL = r"([一二三四五六七八九十]{1,3}|\d{1,2})"
_NUMBERED = rf"(\({_ORDINAL}\)[、.:]?|{_ORDINAL}[、.:])"
_HOW_MANY = r"\(?(共|合)?(计)?\d*(人次?|户|名|个)?\d*(人次?|户|名|个)?\)?"
PLACE = re.compile(rf"^({_NUMBERED})?\S{{1,12}}{_PLACES}({_HOW_MANY}|\([^()]*\)):?$")
_SECTION = re.compile(rf"^{_NUMBERED}\S{{1,12}}{_PLACES}{_HOW_MANY}:?$")
_OF_WHICH = re.compile(r"^其中(:|$)|^(平均|人均|户均|平均值|平均数)(:|$)")
_REMARK = re.compile(r"^(备注|说明|附注|注)$")
_SEALED = re.compile(r"\((盖章|公章|签章|签字|签名|印章)\)?:?$")
_OFFICE = re.compile(r"^[\u4e00-\u9fff]{2,20}(局|办|办公室|委员会|政府|股)$")
_DATE = re.compile(r"^\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?$")
_NUMBER = re.compile(r"^-?[\d,]*\.?\d+(元|人|户|人次|名|个)?$")


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
    return bool(_NUMBER.match(text))
