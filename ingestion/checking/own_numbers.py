"""Parts of a row's own ID number where none belongs: a birth date or 尾号1234 behind a name.

The recogniser knows a whole number by its shape. Of a part only the number beside it can tell: twenty days of
birth in a column of names are enough to rebuild the numbers, and nothing of the county would be published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from foundation.digits import digit_class, plain_digits
from ingestion.checking.batch import Batch, Finding
from ingestion.checking.stray_ids import A_NAME, EXEMPT, LABEL, must_be_right, trim_edges
from ingestion.contracts import Column
from ingestion.contracts.model import Severity
from ingestion.parsing.base import Mask, mask, select
from ingestion.parsing.several import SEPARATOR
from ingestion.text.masking import STARS

_DIGIT = f"[0-9{digit_class()}]"
_FOUR_DIGITS = f"{_DIGIT}(?:[^0-9]*?{_DIGIT}){{3}}"
_BARE = "^[0-9A-Za-z]*$"
_OF_A_NUMBER = "[0-9A-Za-z\u4e00-\u9fff/_.#() -]"
_REGISTER_NO = f"^{_OF_A_NUMBER}{{0,32}}[0-9]{_OF_A_NUMBER}{{0,32}}$"
_AS_NUMBER = "^(?:0[xX])?[0-9A-Za-z]{10,16}$"  # a number of 17 or 18 places, in hex or base 36
_TOO_LONG_FOR_CHANCE = 8
_DATE = re.compile(r"((?:19|20)?[0-9]{2})\s*[-./年]\s*([0-9]{1,2})\s*[-./月]\s*([0-9]{1,2})\s*[日号]?")
_BIRTHDAY = re.compile(r"([0-9]{1,2})\s*[-./月]\s*([0-9]{1,2})\s*[日号]?\s*(?:出?生|寿)")
_WORD = re.compile("[0-9A-Za-z]{10,18}")
_RUN = re.compile("[0-9]+X?")
# 尾号1234, （1234）, 后四位 1234 with its digit made plain
_TAIL = re.compile(r"(?:[尾末后]|证|[（(\[【])(?:[3-6]位)?[^0-9]{0,6}$")
_WORDS_BEFORE = re.compile(r"(?:尾号|[末后][3-6]?位|身份证号?码?|证件?号码?|出?生[日于]?期?|[:：\s])*$")
_WORDS_BEHIND = re.compile(r"\s*(?:出?生)?")
# What of a name is no name: a bracket with a number or a birthday in it, numbers, and the words beside them.
_SCRIPT = f"0-9{digit_class(words=False)}"
_BRACKET = f"[（(\\[【][^）)\\]】]*(?:[{_SCRIPT}]|出生|[年月日]生|生[于日]|尾号|年.{{1,4}}月)"
_NO_NAME = (
    f"{_BRACKET}[^）)\\]】]*[）)\\]】]?"
    f"|(?:出?生[日于]?期?|尾号|身份证号?码?|[:：])*[A-Za-z]*[{_SCRIPT}][{_SCRIPT}A-Za-z\\s年月日号./-]*(?:出?生)?"
)
_HAS_NUMBER = f"[{_SCRIPT}]|{_BRACKET}"


def without_own_numbers(batch: Batch) -> None:
    """Take parts of a row's own numbers out of its names and texts, each a finding, as whole ones are.

    Of a name that holds any number the name is taken. A register's number that looks like none is held.
    """
    numbers = [
        batch.columns[column.name]
        for column in batch.contract.columns
        if column.is_identity and column.name in batch.texts
    ]
    for column in batch.contract.columns:
        if column.name not in batch.texts or column.pii in EXEMPT:
            continue
        if column.type == "person_name":
            _settle_name(batch, column, numbers)
        elif column.type == "text":
            _settle_text(batch, column, numbers)


def _settle_name(batch: Batch, column: Column, numbers: list[pa.Array]) -> None:
    values = batch.columns[column.name]
    some = mask(pc.match_substring_regex(values, _HAS_NUMBER))
    if not some.any():
        return
    rest = trim_edges(pc.replace_substring_regex(values, _NO_NAME, ""))
    rest = trim_edges(pc.replace_substring_regex(rest, LABEL, ""))
    named = some & mask(pc.match_substring_regex(rest, A_NAME))
    tells = np.zeros(len(some), np.bool_)
    for row, text, own in _beside(values, numbers, some):
        tells[row] = bool(_spans(text, own, any_run=True))
    values = pc.if_else(pa.array(named), rest, values)
    batch.columns[column.name] = select(values, named | ~tells)
    batch.findings = [_without_rows(finding, column, tells) for finding in batch.findings]
    said = np.zeros(len(some), np.bool_)
    for finding in batch.findings:
        if finding.column == column.name:
            said[finding.rows] = True
    _add(batch, "STRAY_ID_IN_NAME", named & ~said, column)
    _add(batch, "STRAY_ID", tells & ~named, column)


def _settle_text(batch: Batch, column: Column, numbers: list[pa.Array]) -> None:
    values = batch.columns[column.name]
    if column.is_register_no:
        odd = ~mask(pc.match_substring_regex(values, _REGISTER_NO)) & mask(values.is_valid())
        _add(batch, "REGISTER_NO_FORM", odd, column)
    bare = mask(pc.match_substring_regex(values, _BARE))
    some = ~bare & mask(pc.match_substring_regex(values, _FOUR_DIGITS))
    if bare.any():
        some |= bare & _with_repeats(values, bare & _is_part(values, numbers, column))
    found: dict[int, str] = {}
    found |= dict.fromkeys(np.flatnonzero(some & bare).tolist(), "")
    for row, text, own in _beside(values, numbers, some & ~bare):
        if spans := _spans(text, own):
            found[row] = _masked(text, spans)
    if not found:
        return
    told = np.zeros(len(values), np.bool_)
    told[list(found)] = True
    held = told & must_be_right(batch.contract, column)
    kept = pa.array([text or None for _, text in sorted(found.items())], pa.string())
    batch.columns[column.name] = select(pc.replace_with_mask(values, pa.array(told), kept), ~held)
    _add(batch, "STRAY_ID", held, column)
    _add(batch, "STRAY_ID_MASKED", told & ~held, column)


def _with_repeats(values: pa.Array, found: Mask) -> Mask:
    """The same number wherever it stands in the column: a household is in the rows of its members."""
    long = found & mask(pc.greater_equal(pc.utf8_length(values), _TOO_LONG_FOR_CHANCE))
    repeats = mask(pc.is_in(values, values.filter(pa.array(long)))) if long.any() else found
    return found | repeats


def _is_part(values: pa.Array, numbers: list[pa.Array], column: Column) -> Mask:
    """Which cells, of digits and letters alone, are nothing but a part of a number beside them.

    Four places agree by chance too often to be held against a counter.
    """
    found = np.zeros(len(values), np.bool_)
    plain = pc.utf8_upper(values)
    digits = pc.replace_substring_regex(plain, "[A-Z]", "")
    whole = [pc.utf8_slice_codeunits(text, 0, 17) for text in (digits, pc.utf8_reverse(digits))]
    as_number = mask(pc.match_substring_regex(values, _AS_NUMBER))
    for number in numbers:
        parts = [pc.utf8_slice_codeunits(number, start, stop) for start, stop in _PARTS]
        parts += [pc.utf8_slice_codeunits(number, 14, 18)] if column.nullable else []
        for part in parts:
            found |= mask(pc.equal(plain, part))
        for text in whole:
            found |= mask(pc.equal(text, pc.utf8_slice_codeunits(number, 0, 17)))
        at = np.flatnonzero(as_number & mask(number.is_valid()) & ~found)
        texts, own = values.take(pa.array(at)).to_pylist(), number.take(pa.array(at)).to_pylist()
        found[at] = [_is_number(text, one) for text, one in zip(texts, own, strict=True)]
    return found


_PARTS = (
    (0, 18),
    (0, 17),
    (0, 15),
    (0, 14),
    (6, 18),
    (6, 17),
    (6, 14),
    (8, 14),
    (10, 18),
    (12, 18),
    (13, 18),
)


def _is_number(text: str, number: str) -> bool:
    """Whether `text` is the number in hexadecimal digits or in base 36."""
    whole = {int(part) for part in (number[:17], number) if part.isdigit()}
    text = text.lower().removeprefix("0x")
    return int(text, 36) in whole or (not set(text) - set("0123456789abcdef") and int(text, 16) in whole)


def _beside(values: pa.Array, numbers: list[pa.Array], rows: Mask) -> Iterator[tuple[int, str, list[str]]]:
    """(row, text, numbers of the row) where there is both."""
    at = np.flatnonzero(rows)
    own = [number.take(pa.array(at)).to_pylist() for number in numbers]
    for row, text, *beside in zip(at.tolist(), values.take(pa.array(at)).to_pylist(), *own, strict=True):
        found = [part for cell in beside if cell for part in cell.split(SEPARATOR) if len(part) == 18]
        if text and found:
            yield row, text, found


def _spans(text: str, numbers: list[str], any_run: bool = False) -> list[tuple[int, int]]:
    """Where `text` holds a part of one of the numbers, the words beside it included."""
    plain = plain_digits(text).upper()
    digits = re.sub("[^0-9X]", "", plain)
    found: set[tuple[int, int]] = set()
    for number in numbers:
        if number[:17] in digits or number[:17] in digits[::-1]:
            return [(0, len(text))]
        found |= {(match.start(), match.end()) for match in _DATE.finditer(plain) if _is_birth(match, number)}
        found |= {
            (match.start(), match.end())
            for match in _BIRTHDAY.finditer(plain)
            if match[1].zfill(2) + match[2].zfill(2) == number[10:14]
        }
        found |= {m.span() for m in _WORD.finditer(plain) if _is_number(m[0], number)}
        parts = {number[start:stop] for start, stop in _PARTS}
        tails = {number[14:], number[14:17], number[15:], number[10:14]}
        for match in _RUN.finditer(plain):
            is_tail = any_run or match[0] == plain.strip() or _TAIL.search(plain[: match.start()])
            if match[0] in parts or (match[0] in tails and is_tail):
                found.add((match.start(), match.end()))
    return [_with_words(plain, *span) for span in sorted(found)]


def _is_birth(date: re.Match[str], number: str) -> bool:
    year, month, day = date.groups()
    return f"{year}{month:>02}{day:>02}" in (number[6:14], number[8:14])


def _with_words(text: str, start: int, end: int) -> tuple[int, int]:
    before, behind = _WORDS_BEFORE.search(text, 0, start), _WORDS_BEHIND.match(text, end)
    return (before.start() if before else start), (behind.end() if behind else end)


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with stars for its spans; '' where nothing else is in it."""
    parts, at = [], 0
    for start, end in spans:
        parts.append(text[at : max(at, start)])
        at = max(at, end)
    parts.append(text[at:])
    is_empty = not re.sub(r"[\W_]", "", "".join(parts))
    return "" if is_empty else STARS.join(parts)


def _without_rows(finding: Finding, column: Column, rows: Mask) -> Finding:
    if finding.code != "NAME_HAS_DIGIT" or finding.column != column.name:
        return finding
    return replace(finding, rows=finding.rows[~rows[finding.rows]])


def _add(batch: Batch, code: str, found: Mask, column: Column) -> None:
    rows = np.flatnonzero(found)
    if len(rows):
        severity: Severity = "error" if code in ("STRAY_ID", "REGISTER_NO_FORM") else "warning"
        batch.findings.append(Finding(code, severity, rows, column.name))
