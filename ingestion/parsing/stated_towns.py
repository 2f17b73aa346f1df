"""The towns that a file name, a title or the name of a sheet states."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from ingestion.contracts.county import load_county

# 徐城 may be the beginning of any other word: without 镇 it is a town only where it stands by itself.
_BEFORE = r"(?:^|(?<=[\s()\[\]【】〔〕<>《》_\-—–、,.;:·/+0-9年月日县表册账]))"
_AFTER = r"(?=$|[\s()\[\]【】〔〕<>《》_\-—–、,.;:·/+0-9])"
_SUFFIX = re.compile(r"(街道办事处|街道办|街道|镇|乡)$")


def stated_towns(text: str) -> tuple[str, ...]:
    """The official names of the towns that `text` states, each once, in the order of their standing."""
    names = load_county().town_names
    found = (hit[1] or hit[2] for hit in _pattern().finditer(unicodedata.normalize("NFKC", text)))
    return tuple(dict.fromkeys(names[name] for name in found))


@cache
def _pattern() -> re.Pattern[str]:
    """Whole names anywhere, the longest first; bare ones only by themselves."""
    county = load_county()
    written = [name for town in county.towns for name in (town.name, *town.also)]
    bare = {_SUFFIX.sub("", name) for name in written} - set(written)
    whole = [name for name in county.town_names if name not in bare and not name.startswith(county.name)]
    return re.compile(f"({_any_of(whole)})|{_BEFORE}({_any_of(bare)}){_AFTER}")


def _any_of(names: list[str] | set[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
