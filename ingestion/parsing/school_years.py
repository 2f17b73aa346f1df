"""School years in every form: 2019—2020学年, 2019/2020, 2019至2020学年度, 2019学年."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.base import Parsed, Setting, cleaned, mask

_DASH = r"[-‐‑‒–—―−─一ー~〜至到/]{1,3}"
_TERM = r"(第?[一二12]学期|[上下]学期|[春秋]季?(学期)?)?"
_BOTH = re.compile(rf"^(?P<first>\d{{4}}|\d{{2}})年?{_DASH}(?P<last>\d{{4}}|\d{{2}})(学?年度?)?{_TERM}$")
_TOGETHER = re.compile(r"^(?P<first>\d{4})(?P<last>\d{4})(学年度?)?$")
_ONE = re.compile(rf"^(?P<first>\d{{4}})学年度?{_TERM}$")
_EARLIEST, _LATEST = 1950, 2100


def parse_school_year(texts: pa.Array, setting: Setting) -> Parsed:
    """The two calendar years as 2019-2020; two years that do not follow each other are no school year."""
    text, blank = cleaned(texts)
    years = pa.array([_years(one) for one in text.to_pylist()], pa.string())
    years = pc.if_else(pa.array(~blank), years, pa.scalar(None, pa.string()))
    read = mask(years.is_valid())
    odd, changed = ~read & ~blank, read & ~mask(pc.equal(years, texts))
    return Parsed(
        years,
        {"SCHOOL_YEAR_FORM": odd} if odd.any() else {},
        {"school_year_form": changed} if changed.any() else {},
        blank,
    )


def _years(text: str | None) -> str | None:
    bare = re.sub(r"\s", "", text or "")
    found = _BOTH.match(bare) or _TOGETHER.match(bare) or _ONE.match(bare)
    if found is None:
        return None
    first = int(found["first"]) + (2000 if len(found["first"]) == 2 else 0)
    last = found.groupdict().get("last") or str(first + 1)
    if not _EARLIEST <= first <= _LATEST or not str(first + 1).endswith(last):
        return None
    return f"{first}-{first + 1}"
