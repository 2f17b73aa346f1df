"""Whose number it is when it is not a citizen's: passports, permits, residence cards, officers' cards.

A number is known by its shape, or by what the row says of its kind; then it is kept as it stands on the
document (capitals, no blanks, no brackets). Residence permits (81, 82, 83) and foreigners' permanent
residence cards (9…) of 18 places have the birth date and the check digit of a citizen's number.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.base import Mask, Parsed, Setting, cleaned, mask
from ingestion.parsing.ids import REPAIRED, VALID, has_eighteen_places, parse_id

CITIZEN = "居民身份证"
RESIDENCE_PERMIT = "港澳台居民居住证"
PERMANENT_RESIDENCE = "外国人永久居留身份证"
PASSPORT = "护照"
MAINLAND_PERMIT = "港澳居民来往内地通行证"
TAIWAN_PERMIT = "台湾居民来往大陆通行证"
OFFICER = "军官证"
HOUSEHOLD_BOOK = "居民户口簿"
OTHER = "其他证件"

# What a number of these kinds cannot be mistaken for, in the order in which they are tried.
_SHAPES = {
    PERMANENT_RESIDENCE: r"^[A-Z]{3}[0-9]{12}$",
    MAINLAND_PERMIT: r"^[HM][0-9]{8}([0-9]{2})?$",
    TAIWAN_PERMIT: r"^[0-9]{10}[A-Z]$",
    PASSPORT: r"^([A-Z]{1,2}[0-9]{7,8}|E[A-HJ-NP-Z][0-9]{7})$",
    OFFICER: r"^[\x{4e00}-\x{9fff}]{1,4}字第?[0-9]{4,8}号?$",
}
# What a row that names the kind may hold beside that: never 18 places, which a birth date would be read from.
_DECLARED = {
    PASSPORT: r"^[A-Z]{0,3}[0-9]{5,12}[A-Z]?$",
    TAIWAN_PERMIT: r"^(T?[0-9]{8}|[0-9]{10}([0-9]{2})?)$",
    OFFICER: r"^[0-9]{6,8}$",
    HOUSEHOLD_BOOK: r"^[A-Z]{0,3}[0-9]{6,14}$",
    OTHER: r"^[A-Z\x{4e00}-\x{9fff}]{0,3}[0-9]{4,12}[A-Z号]{0,2}$",
}
# Kinds that a citizen's number stands under as well.
UNDER_ANY_NUMBER = frozenset({HOUSEHOLD_BOOK, OTHER})
_SET_APART = r"[\s'`‘’\"“”,，.．·_()\-]"


def parse_document(texts: pa.Array, setting: Setting) -> Parsed:
    """A citizen's number as `parse_id` reads it, or the number of another document by its shape."""
    parsed = parse_id(texts, setting)
    open_ = ~mask(parsed.values.is_valid())
    if parsed.blank is not None:
        open_ &= ~parsed.blank
    if not open_.any():
        return parsed
    bare = bare_numbers(texts)
    known = open_ & mask(pc.is_valid(_kinds_by_shape(bare)))
    return with_numbers(parsed, texts, bare, known) if known.any() else parsed


def with_numbers(parsed: Parsed, texts: pa.Array, bare: pa.Array, known: Mask) -> Parsed:
    """`parsed` with the numbers that are `known` to be those of other documents."""
    there = pa.array(known)
    changed = known & ~mask(pc.equal(bare, texts))
    state = pc.if_else(pa.array(changed), REPAIRED, VALID)
    left = {code: rest for code, part in parsed.problems.items() if (rest := part & ~known).any()}
    repairs = {**parsed.repairs, "document_form": changed} if changed.any() else parsed.repairs
    return replace(
        parsed,
        values=pc.if_else(there, bare, parsed.values),
        problems=left,
        repairs=repairs,
        companion=pc.if_else(there, state, parsed.companion),
    )


def bare_numbers(texts: pa.Array) -> pa.Array:
    """Numbers as they stand on a document: capitals, no blanks, brackets, hyphens."""
    return pc.utf8_upper(pc.replace_substring_regex(cleaned(texts)[0], _SET_APART, ""))


def kinds_of(numbers: pa.Array) -> pa.Array:
    """The kind of document by the shape of its number; null where no shape fits."""
    eighteen = has_eighteen_places(numbers)
    others = ~eighteen & mask(numbers.is_valid())
    kinds = _kinds_by_shape(numbers) if others.any() else pa.nulls(len(numbers), pa.string())
    permit = pc.match_substring_regex(numbers, "^8[123]")
    card = pc.if_else(permit, RESIDENCE_PERMIT, pa.scalar(CITIZEN))
    card = pc.if_else(pc.starts_with(numbers, "9"), PERMANENT_RESIDENCE, card)
    return pc.if_else(pa.array(eighteen), card, kinds)


def _kinds_by_shape(numbers: pa.Array) -> pa.Array:
    """The kind of what has not the 18 places of a citizen's number."""
    kinds = pa.nulls(len(numbers), pa.string())
    for kind, shape in reversed(_SHAPES.items()):
        kinds = pc.if_else(pc.match_substring_regex(numbers, shape), pa.scalar(kind), kinds)
    return kinds


def fits_kind(numbers: pa.Array, kinds: pa.Array) -> Mask:
    """Whether each bare number can be that of the kind which its row names."""
    found: Mask = np.zeros(len(numbers), np.bool_)
    for kind in {*_SHAPES, *_DECLARED}:
        shapes = "|".join(shapes[kind] for shapes in (_SHAPES, _DECLARED) if kind in shapes)
        found |= mask(pc.match_substring_regex(numbers, shapes)) & mask(pc.equal(kinds, kind))
    return found
