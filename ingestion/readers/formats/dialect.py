"""How a text file separates and quotes its cells, judged by what makes its header readable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from ingestion.readers.formats.records import split_records
from ingestion.readers.formats.sheet_builder import TooLargeError
from ingestion.readers.layout.header_finder import Header, find_header

DELIMITERS = (",", "\t", ";", "|", "，", "^", "~", "\x01", "\x1f", "#", "$", ":", " ")
SAMPLE_BYTES = 256 << 10
_NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe", " ": "blank"}


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    quote: str = '"'
    escape: str | None = None
    skip_space: bool = False  # a blank stands after each delimiter, before the quote

    @property
    def name(self) -> str:
        return _NAMES.get(self.delimiter, repr(self.delimiter))


@dataclass(frozen=True)
class Head:
    """The top of a text file under one dialect. `width` is how many cells most body rows have."""

    dialect: Dialect
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    header: Header | None
    width: int


def sample_of(data: bytes | bytearray) -> str:
    """Whole lines from the start of UTF-8 text."""
    head = bytes(data[:SAMPLE_BYTES])
    if len(data) > SAMPLE_BYTES:
        head = head[: head.rfind(b"\n") + 1] or head
    return head.decode("utf-8", "ignore")


def choose(sample: str, known: frozenset[str]) -> Head:
    """The dialect under which the most header cells are known; then the most even rows.

    Raises TooLargeError when the text has more cells in a line than any sheet, however it is cut.
    """
    present = [delimiter for delimiter in DELIMITERS if delimiter in sample]
    dialects = [dialect for delimiter in present for dialect in _dialects(sample, delimiter)]
    heads = []
    for dialect in dialects:
        with suppress(TooLargeError):  # what gives that many cells delimits none
            heads.append(head_of(sample, dialect, known))
    return max(heads or [head_of(sample, Dialect(","), known)], key=score)


def score(head: Head) -> tuple[int, float, int]:
    """(known headers, share of even rows, place of the delimiter): the greater the better."""
    matched = head.header.matched if head.header else 0
    body = head.rows[head.header.last + 1 :] if head.header else head.rows
    even = sum(1 for row in body if len(row) == head.width) / len(body) if body else 0.0
    if head.width < 2:
        even = 0.0
    at = DELIMITERS.index(head.dialect.delimiter) if head.dialect.delimiter in DELIMITERS else 0
    return matched, round(even, 2), -at


def _dialects(sample: str, delimiter: str) -> list[Dialect]:
    """The ways to quote that the sample gives reason for; of equally good ones the first is taken."""
    options = [Dialect(delimiter)]
    mark = re.escape(delimiter)
    if '\\"' in sample:
        # Before a delimiter it may be a cell that ends in a backslash; before a letter it escapes.
        escapes = re.search(rf'\\"(?!"|{mark}|$)', sample, re.M) is not None
        options.insert(0 if escapes else 1, Dialect(delimiter, escape="\\"))
    spaced = len(re.findall(rf'{mark} +"', sample))
    if spaced > sample.count("\n") and spaced * 2 > sample.count(delimiter):
        options.insert(0, Dialect(delimiter, skip_space=True))
    if len(re.findall(rf"(?:^|{mark})'[^'\n]*'(?={mark}|$)", sample, re.M)) > sample.count("'") // 3 > 0:
        options.append(Dialect(delimiter, quote="'"))
    return options


def head_of(sample: str, dialect: Dialect, known: frozenset[str]) -> Head:
    """How the top of a text reads under one dialect."""
    rows, lines = _parse(sample, dialect)
    header = find_header(rows[:100], [], known)
    body = rows[header.last + 1 :] if header else rows
    widths = Counter(len(row) for row in body if sum(1 for cell in row if cell.strip()) > 1)
    width = widths.most_common(1)[0][0] if widths else 0
    if header and (not widths or widths[width] < 2):
        width = max(width, len(header.names))
    return Head(dialect, tuple(map(tuple, rows)), tuple(lines), header, width)


def _parse(sample: str, dialect: Dialect) -> tuple[list[Sequence[str]], list[int]]:
    rows: list[Sequence[str]] = []
    lines: list[int] = []
    d, cut = dialect, sample.split("\n")
    for row, line in split_records(cut, d.delimiter, d.quote, d.escape, 0, skip_space=d.skip_space):
        rows.append(row)
        lines.append(line)
    return rows, lines
