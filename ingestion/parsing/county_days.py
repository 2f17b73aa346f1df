"""Moments to the calendar day of the county: times of another zone, and midnights that missed by seconds."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from foundation.language import COUNTY_TIME
from ingestion.parsing.base import Mask, mask

_ZONED = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
    r" ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$"
)
_ZONE_ALONE = re.compile(r"([+-][0-9]{2})$")
# A midnight of which programs lose seconds: 43 of them in the county's old local time (23:59:17), 5:43
# minutes in another reading of the same (23:54:17), some more by rounding. 23:59:59 is how people write
# the end of a day.
_NEARLY = r"[T ]23:5(4:17|9:(0[1-9]|[1-4][0-9]|5[0-8]))(\.[0-9]+)?$"
_TIMED = r"[0-9]{4}.*[T ][0-9]{1,2}:[0-9]{2}"
_MIDNIGHT = r"[T ]0?0:00(:00(\.0+)?)?$"
_DAY = re.compile(r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})[T ]")


def in_county_days(texts: pa.Array) -> tuple[pa.Array, Mask | None]:
    """`texts` with such moments as days or times of the county, and which of them that changed.

    A time shortly before midnight is the next day where every time of the column is one or midnight.
    """
    zoned = mask(pc.match_substring_regex(texts, _ZONED))
    found = _changed(texts, zoned, _in_county) if zoned.any() else texts
    nearly = mask(pc.match_substring_regex(found, _NEARLY))
    if nearly.any():
        timed = mask(pc.match_substring_regex(found, _TIMED))
        if not (timed & ~nearly & ~mask(pc.match_substring_regex(found, _MIDNIGHT))).any():
            found = _changed(found, nearly, _next_day)
        else:
            nearly = np.zeros(len(nearly), np.bool_)
    changed = zoned | nearly
    return found, changed if changed.any() else None


def _changed(texts: pa.Array, which: Mask, change: object) -> pa.Array:
    assert callable(change)
    places = pa.array(which)
    changed = pa.array([change(text) for text in texts.filter(places).to_pylist()], texts.type)
    return pc.replace_with_mask(texts, places, changed)


def _in_county(text: str) -> str:
    plain = _ZONE_ALONE.sub(r"\1:00", text.upper().replace(",", ".").replace(" +", "+").replace(" Z", "Z"))
    try:
        moment = datetime.fromisoformat(plain).astimezone(COUNTY_TIME)
    except (ValueError, OverflowError):
        return text
    if not (moment.hour or moment.minute or moment.second):
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")


def _next_day(text: str) -> str:
    found = _DAY.match(text)
    if found is None:
        return text
    try:
        return (datetime(*map(int, found.groups())) + timedelta(days=1)).date().isoformat()  # type: ignore[arg-type]  # noqa: DTZ001
    except (ValueError, OverflowError):
        return text
