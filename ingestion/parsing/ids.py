"""Citizen ID numbers: GB 11643 with the repairs that are certain, and names for what is beyond repair."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.base import (
    TRIMMED,
    Mask,
    Parsed,
    Setting,
    cleaned,
    mask,
    real_day,
    select,
    string_buffers,
)

VALID, REPAIRED, BLANK, UNUSABLE = "valid", "repaired", "blank", "unusable"

ZERO = np.uint8(ord("0"))
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.uint16)
CHECK_OF_SUM = np.frombuffer(b"10X98765432", dtype=np.uint8)[np.arange(9 * int(WEIGHTS.sum()) + 1) % 11]
PROVINCES = np.zeros(100, dtype=np.bool_)
PROVINCES[[*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55)]] = True
PROVINCES[[*range(61, 66), 71, 81, 82, 83, 91]] = True

_PLACEHOLDER = (
    r"^(无|没有|暂无|待补|待补充|待查|待核实|未办理|未办|不详|无身份证|未提供|无证"
    r"|0+|9{6,}|999999.*|1{6,}|x+)$"
)
_CUT_PER_FIT = 10  # cut numbers whose check digit is wrong to one that fits
_PEOPLE_PER_FIT = 1_100  # sequences that end in 00, and of these every eleventh
_STRIPPED = rf"[{TRIMMED}\s'`‘’\"“”,，.．。;；:：·_\-]"
_LIKE_X = "[×✕✖╳⨯хХχΧ]$"  # what a keyboard gives for the last place
Bytes = npt.NDArray[np.uint8]
# A number as it stands in a cell of its own, of the new kind or the old one.
WHOLE_NUMBER = r"(?:[0-9]{17}[0-9Xx×]|[0-9]{15})"
LATER_NUMBER = r"[0-9Xx×]\s+[0-9]{15}"  # behind another one


def has_eighteen_places(numbers: pa.Array) -> Mask:
    """Which parsed numbers tell birth date and sex, and end in a check digit."""
    return mask(pc.match_substring_regex(numbers, r"^[0-9]{17}[0-9X]$"))


def parse_id(texts: pa.Array, setting: Setting) -> Parsed:
    """18 upper-case characters where the number holds or can be repaired with certainty, else null."""
    sound = np.zeros(len(texts), dtype=np.bool_)
    eighteen = np.flatnonzero(pc.binary_length(texts).to_numpy() == 18)
    if len(eighteen):
        sound[eighteen] = _flaws(_matrix(texts, eighteen, 18)) == 0
    if sound.all():
        return Parsed(
            texts, blank=np.zeros(len(texts), np.bool_), companion=pa.repeat(pa.scalar(VALID), len(texts))
        )
    return _without_lucky_cuts(_with_rest(texts, sound, _parse_odd(texts.filter(pa.array(~sound)))))


def _without_lucky_cuts(parsed: Parsed) -> Parsed:
    """One in eleven numbers that Excel cut to …000 fits its check digit by chance: no person may get it.

    One in 1,100 people has such a number by right. So it is only doubted among cut ones, where
    chance made more of those that fit than people did.
    """
    cut = parsed.problems.get("ID_CUT")
    if cut is None:
        return parsed
    usable = mask(parsed.values.is_valid())
    if int(cut.sum()) / _CUT_PER_FIT <= int(usable.sum()) / _PEOPLE_PER_FIT:
        return parsed
    lucky = usable & mask(pc.ends_with(parsed.values, "000"))
    if not lucky.any():
        return parsed
    assert parsed.companion is not None
    return replace(
        parsed,
        values=select(parsed.values, ~lucky),
        problems={**parsed.problems, "ID_CUT": cut | lucky},
        repairs={code: part & ~lucky for code, part in parsed.repairs.items()},
        companion=pc.if_else(pa.array(lucky), UNUSABLE, parsed.companion),
    )


def _with_rest(texts: pa.Array, sound: Mask, odd: Parsed) -> Parsed:
    """Put the texts that needed a closer look back among those that were right at once."""
    there = ~sound
    values = pc.replace_with_mask(texts, pa.array(there), odd.values)
    state = pa.repeat(pa.scalar(VALID), len(texts))
    companion = pc.replace_with_mask(state, pa.array(there), odd.companion)

    def spread(part: Mask | None) -> Mask:
        full = np.zeros(len(texts), dtype=np.bool_)
        if part is not None:
            full[there] = part
        return full

    return Parsed(
        values,
        {code: spread(part) for code, part in odd.problems.items()},
        {code: spread(part) for code, part in odd.repairs.items()},
        spread(odd.blank),
        companion,
    )


def _parse_odd(texts: pa.Array) -> Parsed:
    text, blank = cleaned(texts)
    bare = pc.utf8_upper(pc.replace_substring_regex(text, _STRIPPED, ""))
    bare = pc.replace_substring_regex(bare, _LIKE_X, "X")
    placeholder = mask(pc.match_substring_regex(text, _PLACEHOLDER, ignore_case=True)) & ~blank
    open_ = ~blank & ~placeholder
    scientific = open_ & mask(pc.match_substring_regex(text, r"^[0-9](\.[0-9]+)?[Ee]\+?[0-9]+$"))
    open_ &= ~scientific
    widened, old = _widen(bare, open_)
    flaws = np.full(len(texts), -1, dtype=np.int8)
    at = np.flatnonzero(open_ & (pc.binary_length(widened).to_numpy() == 18))
    if len(at):
        flaws[at] = _flaws(_matrix(widened, at, 18))
    good = flaws == 0
    problems = {"ID_PLACEHOLDER": placeholder, "ID_SCIENTIFIC": scientific}
    problems |= _name_flaws(bare, open_ & ~good, flaws, old)
    problems["ID_BLANK"] = blank
    nothing = blank | placeholder
    state = np.where(good, REPAIRED, np.where(nothing, BLANK, UNUSABLE))
    return Parsed(
        select(widened, good),
        {code: part for code, part in problems.items() if part.any()},
        _repairs(texts, old, good),
        nothing,
        pa.array(state, pa.string()),
    )


def _repairs(texts: pa.Array, old: Mask, good: Mask) -> dict[str, Mask]:
    plain = pc.utf8_normalize(texts, form="NFKC")
    full_width = mask(pc.match_substring_regex(texts, "[０-９ＸｘＡ-Ｚ]"))
    lower = mask(pc.match_substring_regex(plain, f"x|{_LIKE_X}"))
    stripped = mask(pc.match_substring_regex(texts, rf"{_STRIPPED}"))
    found = {"id_15_to_18": old, "full_width": full_width, "upper_x": lower, "stripped": stripped}
    return {code: part & good for code, part in found.items() if (part & good).any()}


def _widen(bare: pa.Array, open_: Mask) -> tuple[pa.Array, Mask]:
    """15-digit numbers as 18 digits (sequence 996 to 999: born in the 19th century); which ones they were."""
    old = open_ & mask(pc.match_substring_regex(bare, r"^[0-9]{15}$"))
    at = np.flatnonzero(old)
    if not len(at):
        return bare, old
    short = _matrix(bare, at, 15)
    long = np.empty((18, len(at)), dtype=np.uint8)
    long[:6], long[8:17] = short[:6], short[6:]
    digits = (short[12:] - ZERO).astype(np.uint16)
    long[6] = ord("1")
    long[7] = np.where(digits[0] * 100 + digits[1] * 10 + digits[2] >= 996, ord("8"), ord("9"))
    long[17] = _check_digit(long)
    rows = pa.py_buffer(np.ascontiguousarray(long.T).tobytes())
    widened = pa.FixedSizeBinaryArray.from_buffers(pa.binary(18), len(at), [None, rows])
    widened = widened.cast(pa.binary()).cast(pa.string())
    return pc.replace_with_mask(bare, pa.array(old), widened), old


def _name_flaws(bare: pa.Array, wrong: Mask, flaws: npt.NDArray[np.int8], old: Mask) -> dict[str, Mask]:
    """What is wrong with the numbers that stayed unusable: exactly one name each."""
    left = wrong.copy()
    named: dict[str, Mask] = {}

    def take(code: str, part: Mask) -> None:
        nonlocal left
        named[code] = left & part
        left = left & ~part

    take("ID_SEVERAL", mask(pc.match_substring_regex(bare, r"^[0-9]{17}[0-9X]([^0-9A-Z]*[0-9]{17}[0-9X])+$")))
    take("ID_MASKED", mask(pc.match_substring(bare, "*")))
    take(
        "ID_IS_DISABILITY_CARD", mask(pc.match_substring_regex(bare, r"^[0-9]{17}[0-9X][1-7][1-4](B[0-9])?$"))
    )
    take("ID_CHARACTERS", ~mask(pc.match_substring_regex(bare, r"^[0-9]*X?$")))
    take("ID_LENGTH", flaws == -1)
    take("ID_CUT", mask(pc.match_substring_regex(bare, r"^[0-9]{15}000$")))
    take("ID_CUT_SHORT", old & (flaws == 3))  # more often the rest of 18 places than one of the old 15
    take("ID_AREA", flaws == 2)
    take("ID_BIRTH_DATE", flaws == 3)
    take("ID_CHECKSUM", left)
    return named


def _matrix(texts: pa.Array, at: npt.NDArray[np.int64], width: int) -> Bytes:
    """The texts at `at`, all `width` bytes long, as a byte matrix with one row per place."""
    picked = texts if len(at) == len(texts) else texts.take(pa.array(at))
    offsets, data = string_buffers(picked)
    return np.ascontiguousarray(data[offsets[0] : offsets[-1]].reshape(-1, width).T)


def _check_digit(number: Bytes) -> Bytes:
    total = np.zeros(number.shape[1], dtype=np.uint16)
    for place, weight in enumerate(WEIGHTS):
        total += (number[place] - ZERO).astype(np.uint16) * weight
    return CHECK_OF_SUM[total]


def _flaws(number: Bytes) -> npt.NDArray[np.int8]:
    """0 sound, 1 characters, 2 province, 3 birth date, 4 check digit: the first that applies.

    By place, not by row: 18 passes over bytes instead of one over a wide matrix of integers.
    """
    digits = number - ZERO  # wraps round: whatever is no digit is above 9
    characters = (digits[17] <= 9) | (number[17] == ord("X"))
    for place in range(17):
        characters &= digits[place] <= 9
    clean = np.where(characters, digits, 0).astype(np.uint8)
    wide = clean.astype(np.uint16)
    province = PROVINCES[clean[0] * np.uint8(10) + clean[1]]
    # A foreigner's permanent residence card: 9, then the province in which it was issued.
    province |= (clean[0] == 9) & PROVINCES[clean[1] * np.uint8(10) + clean[2]]
    year = wide[6] * 1000 + wide[7] * 100 + wide[8] * 10 + wide[9]
    month, day = wide[10] * 10 + wide[11], wide[12] * 10 + wide[13]
    born = real_day(year, month, day) & (year >= 1850)
    today = int(datetime.now(UTC).strftime("%Y%m%d"))
    born &= year.astype(np.int32) * 10000 + month * 100 + day <= today
    check = number[17] == _check_digit(clean + ZERO)
    flaw = np.full(number.shape[1], 4, dtype=np.int8)
    flaw[check] = 0
    flaw[~born] = 3
    flaw[~province] = 2
    flaw[~characters] = 1
    return flaw
