"""What all cell parsers share: distinct texts in, typed values and masks out.

A column is parsed over its distinct texts (`Coded`), so the cost follows the number of different
values, not of rows. A parser is a pure function `(texts, Setting) -> Parsed` over a string array.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.contracts import Column

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]

# What people write into a cell that holds nothing.
BLANK_TEXTS = ("-", "--", "—", "——", "－", "/", "／", "\\", "N/A", "null", "NULL", "None", "空")
TRIMMED = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
LEADING = TRIMMED + "'`‘’"


@dataclass(frozen=True)
class Setting:
    """What a parser must know beside the text: the contract column and what the header says."""

    column: Column
    factor: float = 1.0  # the header's unit over the contract's unit (万元 → 10000, μg/L → 0.001)


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
    """A column as its distinct texts and, per row, which of them it holds."""

    texts: pa.Array
    codes: Codes

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array) -> Coded:
        encoded = column.dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks() if encoded.num_chunks != 1 else encoded.chunk(0)
        if isinstance(encoded, pa.ChunkedArray):  # no chunk at all
            return cls(pa.array([], pa.string()), np.zeros(0, np.int32))
        codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        return cls(encoded.dictionary.cast(pa.string()), codes)

    @property
    def raw(self) -> pa.Array:
        """The texts row by row, as they stand in the file."""
        return self.texts.take(pa.array(self.codes))


def mask(values: pa.Array | pa.ChunkedArray) -> Mask:
    """An Arrow boolean array as numpy, null read as False."""
    result: Mask = np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
    return result


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


DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int32)


def real_day(year: npt.NDArray[np.int32], month: npt.NDArray[np.int32], day: npt.NDArray[np.int32]) -> Mask:
    """Whether year, month and day name a day of the calendar."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    inside = (month >= 1) & (month <= 12)
    last = DAYS[np.where(inside, month, 0)] + (leap & (month == 2))
    result: Mask = inside & (day >= 1) & (day <= last)
    return result
