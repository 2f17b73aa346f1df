"""The marked copy of a text file: the same lines, two cells longer.

Works on the bytes of whole records; only records that are marked, of unusual length or could be run
as a formula are taken apart.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ingestion.matching.marked_columns import FEEDBACK_COLUMNS
from ingestion.readers import Reading, Table
from ingestion.readers.containers.decode import Utf8, decode
from ingestion.readers.formats.dialect import Dialect, choose, sample_of
from ingestion.readers.formats.long_delimiters import with_short_delimiter
from ingestion.readers.formats.records import split_records
from ingestion.readers.model import Refusal
from ingestion.returning.marked.formula_guard import inert, is_formula_like
from ingestion.returning.marked.labels import Labels
from ingestion.returning.marked.marks import problem_text, remedy_text, renumbered
from ingestion.returning.marked.model import MarkedFile, RowMark
from ingestion.text.headers import header_keys

_IN_TABLE = frozenset({"header", "repeated_header", "total"})
_WIDENED = 8  # cells beyond the usual width that the new columns step aside for
_CHUNK = 20_000  # records joined at a time
Numbers = npt.NDArray[np.int64]


@dataclass
class Records:
    """The records of a text file: where each begins and ends, its line and its number of cells."""

    text: Utf8
    dialect: Dialect
    lines: Numbers
    starts: Numbers
    ends: Numbers
    counts: Numbers
    has_quotes: bool

    def cells(self, record: bytes) -> list[str]:
        """A record taken apart as the reader does."""
        d = self.dialect
        lines = record.decode("utf-8").split("\n")
        return next(
            split_records([*lines, ""], d.delimiter, d.quote, d.escape, 0, skip_space=d.skip_space), ([""], 1)
        )[0]

    def joined(self, cells: list[str]) -> bytes:
        """Cells as a record."""
        stream = io.StringIO()
        options: dict[str, Any] = {"delimiter": self.dialect.delimiter, "quotechar": self.dialect.quote}
        if self.dialect.escape:
            options |= {"escapechar": self.dialect.escape, "doublequote": False}
        # The writer quotes a cell with a line break only when it ends its lines with one.
        csv.writer(stream, lineterminator="\n", **options).writerow(cells)
        return stream.getvalue()[:-1].encode("utf-8")


def text_copy(data: bytes, reading: Reading, marks: Mapping[int, RowMark], labels: Labels) -> MarkedFile:
    """UTF-8 with BOM, CRLF, the delimiter of the original."""
    decoded = decode(data)
    assert not isinstance(decoded, Refusal)  # it has been read
    records = _records(decoded.text, reading)
    bodies = [
        bytes(records.text[a:b]) for a, b in zip(records.starts.tolist(), records.ends.tolist(), strict=True)
    ]
    for index in _formula_like(records):
        bodies[index] = records.joined([inert(cell) for cell in records.cells(bodies[index])])
    marks = renumbered(marks, _lines_within_cells(records))
    for table in reading.tables:
        _append(records, bodies, table, marks, labels)
    dialect, last = records.dialect, b"\r\n" if records.text[-1:] == b"\n" else b""
    del decoded, records
    return MarkedFile(".csv", b"".join([codecs.BOM_UTF8, *_as_text(bodies, dialect), last]))


def _as_text(bodies: list[bytes], dialect: Dialect) -> Iterator[bytes]:
    """The records joined, chunk by chunk; each is forgotten once written."""
    for start in range(0, len(bodies), _CHUNK):
        chunk = b"\r\n".join(bodies[start : start + _CHUNK])
        bodies[start : start + _CHUNK] = [b""] * len(bodies[start : start + _CHUNK])
        yield (b"\r\n" if start else b"") + _kept_as_text(chunk, dialect)


def _kept_as_text(text: bytes, dialect: Dialect) -> bytes:
    """Long numbers and such with a leading nought, a tab behind each.

    Excel opens the copy with a double click and would save ID numbers as 4.40899E+17, in rows, too, that
    nobody meant to change. A tab keeps a cell text, is not seen, and the readers take it off again.
    """
    mark, quote = dialect.delimiter.encode(), dialect.quote.encode()
    if mark == b"\t" or dialect.escape or len(mark) != 1:
        return text
    edge = b"[^" + re.escape(mark) + b"\r\n]"
    number = rb"0\d+|\d{12,}[\dXx]?"
    bare = b"(?<!" + edge + b")(" + number + b")(?!" + edge + b")"
    if quote not in text:
        return re.sub(bare, lambda found: found[0] + b"\t", text)
    inner = b"[^" + re.escape(quote) + b"]"
    quoted = quote + b"(" + inner + b"*(?:" + quote * 2 + inner + b"*)*)" + quote
    is_number = re.compile(number).fullmatch

    def with_tab(found: re.Match[bytes]) -> bytes:
        if found[2] is not None:
            return found[2] + b"\t"
        return quote + found[1] + b"\t" + quote if is_number(found[1]) else found[0]

    return re.sub(quoted + b"|" + bare, with_tab, text)


def _records(text: Utf8, reading: Reading) -> Records:
    known = frozenset(key for t in reading.tables for name in t.header for key in header_keys(name))
    text, _ = with_short_delimiter(text, choose(sample_of(text), known), known)
    lines = _distinct([[1], *(_lines(table) for table in reading.tables)])
    breaks = np.flatnonzero(np.frombuffer(text, np.uint8) == 10)
    starts = np.concatenate([[0], breaks + 1])[lines - 1]
    end = len(text)
    while end > starts[-1] and text[end - 1] == 10:
        end -= 1
    ends = np.append(starts[1:] - 1, end)
    dialect = choose(sample_of(text), known).dialect
    has_quotes = dialect.quote.encode() in text
    records = Records(text, dialect, lines, starts, ends, np.zeros(len(lines), np.int64), has_quotes)
    regular = len(dialect.delimiter.encode()) == 1 and "TEXT_IRREGULAR" not in reading.notes
    records.counts = _counted(records) if regular else _split_counts(records)
    return records


def _lines(table: Table) -> Numbers:
    return np.concatenate([table.row_numbers, [row.row for row in table.skipped]]).astype(np.int64)


def _distinct(parts: Sequence[Any]) -> Numbers:
    """Sorted, each once. Long runs are sorted already, which numpy.unique makes nothing of."""
    found: Numbers = np.sort(np.concatenate(parts).astype(np.int64), kind="stable")
    distinct: Numbers = found[np.diff(found, prepend=-1) != 0]
    return distinct


def _counted(records: Records) -> Numbers:
    """Cells per record by the delimiters outside quotes."""
    text = np.frombuffer(records.text, np.uint8)
    marks = np.flatnonzero(text == ord(records.dialect.delimiter))
    if records.has_quotes:
        quotes = np.flatnonzero(text == ord(records.dialect.quote))
        owner = np.searchsorted(records.starts, marks, side="right") - 1
        inside = np.searchsorted(quotes, marks) - np.searchsorted(quotes, records.starts)[owner]
        marks = marks[inside % 2 == 0]
    return np.searchsorted(marks, records.ends) - np.searchsorted(marks, records.starts) + 1


def _lines_within_cells(records: Records) -> list[int]:
    """The lines that go on in a cell of the line before: a spreadsheet shows no row of their own."""
    if not records.has_quotes:
        return []
    text = np.frombuffer(records.text, np.uint8)
    breaks = np.flatnonzero(text == 10)
    quotes = np.flatnonzero(text == ord(records.dialect.quote))
    owner = np.searchsorted(records.starts, breaks, side="right") - 1
    inside = np.searchsorted(quotes, breaks) - np.searchsorted(quotes, records.starts)[owner]
    lines: list[int] = (np.flatnonzero(inside % 2 == 1) + 2).tolist()
    return lines


def _split_counts(records: Records) -> Numbers:
    """Cells per record, one record after another."""
    text, pairs = records.text, zip(records.starts.tolist(), records.ends.tolist(), strict=True)
    return np.array([len(records.cells(bytes(text[a:b]))) for a, b in pairs], np.int64)


def _formula_like(records: Records) -> list[int]:
    """Records with a cell that a spreadsheet could run."""
    text = np.frombuffer(records.text, np.uint8)
    suspect = np.zeros(256, np.bool_)
    suspect[[*b"=+-@", 0xEF]] = True
    at = np.flatnonzero(suspect[text])
    before = np.zeros(256, np.bool_)
    before[[*b"\n \t\x00", ord(records.dialect.quote), *records.dialect.delimiter.encode()[-1:]]] = True
    at = at[before[text[np.maximum(at - 1, 0)]] | (at == 0)]
    owners = np.unique(np.searchsorted(records.starts, at, side="right") - 1)
    found = []
    for index in owners.tolist():
        body = bytes(records.text[records.starts[index] : records.ends[index]])
        if any(is_formula_like(cell) for cell in records.cells(body)):
            found.append(index)
    return found


def _append(
    records: Records, bodies: list[bytes], table: Table, marks: Mapping[int, RowMark], labels: Labels
) -> None:
    """Give every record of a table its two cells more: empty ones, the headers or what is wrong."""
    inside = [
        s.row for s in table.skipped if s.kind in _IN_TABLE or (s.kind == "unit" and s.row > table.header_row)
    ]
    candidates = np.fromiter(marks, np.int64, len(marks))
    marked = candidates[np.isin(candidates, _lines(table))].tolist()
    wanted = _distinct([table.row_numbers, inside, marked, [table.header_row]])
    rows = np.searchsorted(records.lines, wanted)
    old = _old_columns(table)
    if old is not None:
        for index in rows.tolist():
            bodies[index] = _without(records, bodies[index], int(records.counts[index]), old)
        records.counts[rows] -= np.clip(records.counts[rows] - old, 0, 2)
    counts = records.counts[rows]
    usual = int(np.bincount(counts).argmax())
    header = int(records.counts[np.searchsorted(records.lines, table.header_row)])
    width = max(usual, header, int(counts[counts <= usual + _WIDENED].max(initial=0)))
    mark = records.dialect.delimiter.encode()
    tails = [mark * (max(width - count, 0) + 2) for count in range(int(counts.max()) + 1)]
    for index, count in zip(rows.tolist(), counts.tolist(), strict=True):
        bodies[index] += tails[count]
    for line in [table.header_row, *marked]:
        index = int(np.searchsorted(records.lines, line))
        texts = [labels.problem, labels.remedy] if line == table.header_row else _texts(marks[line], labels)
        written = records.joined([inert(text) for text in texts])
        bodies[index] = bodies[index][: -len(mark)] + written


def _texts(mark: RowMark, labels: Labels) -> list[str]:
    texts = problem_text(mark, labels, separator=" "), remedy_text(mark, " ")
    return [" ".join(text.split()) for text in texts]


def _old_columns(table: Table) -> int | None:
    """Where in a record the two columns of an earlier marked copy begin."""
    for at, pair in enumerate(zip(table.header, table.header[1:], strict=False)):
        if pair in FEEDBACK_COLUMNS:
            return table.first_column + at
    return None


def _without(records: Records, body: bytes, count: int, old: int) -> bytes:
    mark = records.dialect.delimiter.encode()
    if count == old + 2 and body.endswith(mark * 2) and not records.dialect.escape:
        return body[: -2 * len(mark)]
    if count <= old:
        return body
    cells = records.cells(body)
    return records.joined(cells[:old] + cells[old + 2 :])
