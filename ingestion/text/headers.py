"""Header texts: one normal form, and the forms under which a header may be known."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ingestion.text.invisible import visible

# What a marked copy adds to the header of the file it is of, per language: 问题 and the remedy.
OWN_COLUMNS = {"zh": ("问题", "如何改正"), "en": ("Problem", "Remedy")}
# NFKC turns full-width brackets into plain ones, but leaves the ornamental pairs alone.
_BRACKETS = str.maketrans("【】〔〕〖〗﹝﹞[]{}", "()" * 6)
_BLANK = re.compile(r"\s+")
_MARKS = re.compile(r"^[*※★]+|[*※★::]+$")
_UNIT = re.compile(r"\([^()]*\)$")
# Below a group, the column of the group as a whole: 投入资金 over 合计, 财政资金 and 自筹资金.
_WHOLE_GROUP = frozenset({"合计", "小计", "总计", "总额", "总数", "合计金额", "总金额"})
# Words that offices use for one another in a header, and words in front of it that add nothing.
_SAME_WORDS = (("时间", "日期"), ("类别", "类型"))
_ADDS_NOTHING = re.compile(r"^(所属|所在)(?=.)")
_OF_CARD = re.compile(r"^(.{2,}?)(公民|居民)?身份证(号码?)?$")  # 户主身份证 is 户主身份证号
_VILLAGE = re.compile(r"^(行政)?(村名|村名称|村委会|村居|村居委会|村\(居\)委会|村/社区)$")
# Most cells are made of nothing but these, in which there is nothing to normalise.
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff.,/+-]*")


@lru_cache(maxsize=50_000)  # names and the labels beside a table are asked for over and over
def clean_header(text: str) -> str:
    """NFKC without white space, line breaks and invisible characters; letter case is kept."""
    if _PLAIN.fullmatch(text):
        return text
    return _BLANK.sub("", unicodedata.normalize("NFKC", visible(text))).translate(_BRACKETS)


@lru_cache(maxsize=50_000)
def normalise_header(text: str) -> str:
    """The form in which headers are compared."""
    return clean_header(text).lower()


@lru_cache(maxsize=50_000)  # the same names for every contract and file
def header_keys(text: str) -> tuple[str, ...]:
    """Normalised forms to look a (flattened) header up by, the most specific first.

    A two-row header '户主信息/姓名' is looked up whole, joined, and by its lower part; a required
    mark (*) and a unit in brackets at the end are left off last. 合计 below a group is the group.
    """
    whole = normalise_header(text)
    parts = whole.split("/")
    forms = [whole, "".join(parts), *("/".join(parts[i:]) for i in range(1, len(parts)))]
    if len(parts) > 1 and _UNIT.sub("", parts[-1]) in _WHOLE_GROUP:
        forms.append("/".join(parts[:-1]))
    forms += [_MARKS.sub("", form) for form in forms]
    forms += [_UNIT.sub("", form) for form in forms]
    return tuple(dict.fromkeys(form for form in forms if form))


@lru_cache(maxsize=50_000)
def same_spelling(key: str) -> str:
    """One form for the ways in which offices write one header: 认定时间 is 认定日期, 所在村 is 村."""
    for word, other in _SAME_WORDS:
        key = key.replace(word, other)
    key = _OF_CARD.sub(r"\1身份证号", key)
    return _VILLAGE.sub("村", _ADDS_NOTHING.sub("", key))


def is_known(text: str, known: frozenset[str]) -> bool:
    """Whether one of `known`, which hold their own `same_spelling` too, is the header `text`."""
    return any(key in known or same_spelling(key) in known for key in header_keys(text))
