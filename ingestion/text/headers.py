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
    mark (*) and a unit in brackets at the end are left off last.
    """
    whole = normalise_header(text)
    parts = whole.split("/")
    forms = [whole, "".join(parts), *("/".join(parts[i:]) for i in range(1, len(parts)))]
    forms += [_MARKS.sub("", form) for form in forms]
    forms += [_UNIT.sub("", form) for form in forms]
    return tuple(dict.fromkeys(form for form in forms if form))


def is_known(text: str, known: frozenset[str]) -> bool:
    return any(key in known for key in header_keys(text))
