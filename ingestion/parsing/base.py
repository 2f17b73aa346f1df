"""What all cell parsers share: distinct texts in, typed values and masks out.

A column is parsed over its distinct texts (`Coded`), so the cost follows the number of different
values, not of rows. A parser is a pure function `(texts, Setting) -> Parsed` over a string array.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.contracts import Column
from ingestion.parsing.told_years import YearTold

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]

# What people write into a cell that holds nothing.
BLANK_TEXTS = ("-", "--", "—", "——", "－", "/", "／", "\\", "N/A", "null", "NULL", "None", "空")
# What people write for the cell above, a lone quotation mark included, and for the one on the left.
_DITTO = (
    "^(同上行?|同前|[〃〞〝″]+|[\"“”＂]+|''|’’|′′|[、,，]{2,}|(do|DO|Do)[.．]?|[Dd]itto"
    '|[-—一]+[〃″"”][-—一]+)$'
)
_LEFT = "^同左$"
_LONGEST_MARK = 16  # bytes, blanks around it included: numbers of people are longer, and never looked at
TRIMMED = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_MANY_LENGTHS = 100
_SAMPLE = 2_000  # texts looked at to judge how many of a column differ
LEADING = TRIMMED + "'`‘’"


@dataclass(frozen=True)
class Setting:
    """What a parser must know beside the text: the contract column and what the header says."""

    column: Column
    factor: float = 1.0  # the header's unit over the contract's unit (万元 → 10000, μg/L → 0.001)
    date_offset: int = 0  # days to add to a number that is a date, for what it means counted from 1900
    year_told: YearTold | None = None  # of a date that leaves its year off: what the file says of it


@dataclass
class Parsed:
    """Values, and for each code the texts it applies to. Every mask has one entry per text."""

    values: pa.Array
    problems: dict[str, Mask] = field(default_factory=dict)
    repairs: dict[str, Mask] = field(default_factory=dict)
    blank: Mask | None = None
    companion: pa.Array | None = None  # id state, test operator


@dataclass(frozen=True)
class Coded:
    """A column as its texts and, per row, which of them it holds.

    Where nearly every row differs, finding the distinct texts costs more than it saves: then `texts`
    is the column itself and `codes` counts up.
    """

    texts: pa.Array
    codes: Codes
    by_row: bool  # one text per row, not necessarily distinct

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Coded:
        if _mostly_distinct(column):
            return cls(_whole(column), np.arange(len(column), dtype=np.int32), True)
        encoded = column.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = _whole(encoded)
        codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        return cls(encoded.dictionary.cast(pa.string()), codes, False)

    @property
    def raw(self) -> pa.Array:
        """The texts row by row, as they stand in the file."""
        return self.texts if self.by_row else self.texts.take(pa.array(self.codes))

    def keys(self) -> npt.NDArray[np.uint64]:
        """Per row a number that is the same for the same text."""
        return fingerprints(self.texts) if self.by_row else self.codes.astype(np.uint64)


def _mostly_distinct(column: pa.ChunkedArray) -> bool:
    if len(column) < 2 * _SAMPLE:
        return False
    sample = column.slice(len(column) // 2, _SAMPLE)
    return bool(pc.count_distinct(sample).as_py() > 0.9 * _SAMPLE)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole


def string_buffers(texts: pa.Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Offsets and bytes of a string array, without copying."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = texts.buffers()[2]
    return offsets, np.frombuffer(data if data is not None else b"", dtype=np.uint8)


def fingerprints(texts: pa.Array) -> npt.NDArray[np.uint64]:
    """A 64-bit number per text (null as ''); two different texts share one with chance 10^-19.

    Texts of one length at a time, eight bytes at a time: dictionary encoding a column in which
    every text differs takes twenty times as long.
    """
    texts = pc.fill_null(texts, "") if texts.null_count else texts
    offsets, data = string_buffers(texts)
    sizes = np.diff(offsets)
    lengths = np.flatnonzero(np.bincount(sizes)) if len(sizes) else sizes
    if len(lengths) > _MANY_LENGTHS:
        return np.asarray(texts.dictionary_encode().indices, dtype=np.uint64)
    found = np.zeros(len(texts), dtype=np.uint64)
    for length in lengths:
        if len(lengths) == 1:
            return _mixed(data[offsets[0] : offsets[-1]], int(length), len(texts))
        at = np.flatnonzero(sizes == length)
        _, part = string_buffers(pa.concat_arrays([texts.take(pa.array(at))]))
        found[at] = _mixed(part[: len(at) * length], int(length), len(at))
    return found


def _mixed(data: npt.NDArray[np.uint8], length: int, count: int) -> npt.NDArray[np.uint64]:
    hashes = np.full(count, (length + 1) * 0x9E3779B97F4A7C15 % 2**64, dtype=np.uint64)
    rows = data.reshape(count, length)
    for start in range(0, length, 8):
        word = np.zeros((count, 8), dtype=np.uint8)
        width = min(8, length - start)
        word[:, :width] = rows[:, start : start + width]
        hashes ^= word.view(np.uint64)[:, 0]
        hashes *= np.uint64(0xFF51AFD7ED558CCD)
        hashes ^= hashes >> np.uint64(32)
        hashes *= np.uint64(0xC4CEB9FE1A85EC53)
        hashes ^= hashes >> np.uint64(29)
    return hashes


def repeated(keys: npt.NDArray[np.uint64]) -> Mask:
    """Which keys occur more than once."""
    ordered = np.sort(keys)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    result: Mask = np.isin(keys, twice) if len(twice) else np.zeros(len(keys), np.bool_)
    return result


def mask(values: pa.Array | pa.ChunkedArray) -> Mask:
    """An Arrow boolean array as numpy, null read as False."""
    known = pc.fill_null(values, False) if values.null_count else values
    result: Mask = np.asarray(known.to_numpy(zero_copy_only=False), dtype=np.bool_)
    return result


def stands_for_above(texts: pa.Array) -> Mask:
    """Which texts are marks for the cell above: 同上, 〃."""
    return _marks(texts, _DITTO)


def stands_for_another(texts: pa.Array) -> Mask:
    """Which texts are marks for the cell above or on the left."""
    return _marks(texts, f"{_DITTO}|{_LEFT}")


def _marks(texts: pa.Array, pattern: str) -> Mask:
    short = mask(pc.less_equal(pc.binary_length(texts), _LONGEST_MARK))
    found = np.zeros(len(texts), np.bool_)
    if short.any():
        some = pc.utf8_trim(texts.filter(pa.array(short)), TRIMMED)
        found[short] = mask(pc.match_substring_regex(some, pattern))
    return found


def trimmed(texts: pa.Array) -> pa.Array:
    """Without white space at both ends and the mark that makes Excel keep a number as text."""
    return pc.utf8_rtrim(pc.utf8_ltrim(texts, characters=LEADING), characters=TRIMMED)


def compatible(texts: pa.Array) -> pa.Array:
    """NFKC where there is anything to normalise."""
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return texts
    return pc.utf8_normalize(texts, form="NFKC")


def cleaned(texts: pa.Array) -> tuple[pa.Array, Mask]:
    """Trimmed NFKC texts, and which of them are blank."""
    clean = trimmed(compatible(trimmed(texts)))
    blank = mask(pc.or_(pc.equal(clean, ""), pc.is_in(clean, pa.array(BLANK_TEXTS))))
    return clean, blank


def select(values: pa.Array, keep: Mask) -> pa.Array:
    """`values` where `keep`, else null."""
    return pc.if_else(pa.array(keep), values, pa.scalar(None, values.type))


def groups(texts: pa.Array, pattern: str) -> tuple[Mask, dict[str, pa.Array]]:
    """Which texts match `pattern` (RE2, anchored by the caller), and their named groups."""
    found = pc.extract_regex(texts, pattern)
    hit = mask(found.is_valid())
    return hit, {f.name: pc.struct_field(found, f.name) for f in found.type}


def integers(texts: pa.Array, hit: Mask) -> npt.NDArray[np.int64]:
    """Digit texts as integers; 0 where not `hit` or empty."""
    digits = pc.if_else(pa.array(hit), texts, pa.scalar("0"))
    digits = pc.if_else(pc.equal(pc.fill_null(digits, "0"), ""), pa.scalar("0"), pc.fill_null(digits, "0"))
    result: npt.NDArray[np.int64] = digits.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return result


DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.uint8)
Whole = npt.NDArray[np.integer[Any]]


def real_day(year: Whole, month: Whole, day: Whole) -> Mask:
    """Whether year, month and day name a day of the calendar."""
    inside = (month >= 1) & (month <= 12)
    last = DAYS[np.where(inside, month, 0)]
    february = np.flatnonzero((month == 2) & (day == 29))
    result: Mask = inside & (day >= 1) & (day <= last)
    leap = (year[february] % 4 == 0) & ((year[february] % 100 != 0) | (year[february] % 400 == 0))
    result[february] = leap
    return result
