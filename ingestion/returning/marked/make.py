"""One file in, the same file back, marked. Touches no disk and raises for nothing a file contains."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Sequence
from datetime import datetime
from io import BytesIO

import pyarrow as pa

from foundation.language import Language
from ingestion.readers import Reading
from ingestion.readers.containers.encryption import opened
from ingestion.returning.marked.labels import LABELS, Labels
from ingestion.returning.marked.marks import Marks, marks_of
from ingestion.returning.marked.model import Accounting, Head, MarkedFile, RowKey
from ingestion.returning.marked.new_workbook import fresh_copy
from ingestion.returning.marked.open_workbook import open_for_marking
from ingestion.returning.marked.refusal_note import refusal_note
from ingestion.returning.marked.same_workbook import styled_copy
from ingestion.returning.marked.sheets import sheets_of
from ingestion.returning.marked.summary import text_of
from ingestion.returning.marked.text_copy import text_copy

_TEXT = ("csv", "tsv")
# XML of all sheets up to which a workbook is changed in place: about 60,000 cells, a second's work.
# Writing it anew takes a fifth of that, and loses fonts and borders.
_STYLED_BYTES = 3 << 20


def marked_copy(
    data: bytes,
    reading: Reading | None,
    accounting: Sequence[Accounting],
    problems: pa.Table,
    *,
    file_name: str,
    received_at: datetime,
    corrected: Collection[RowKey] = (),
    lang: Language = "zh",
) -> MarkedFile:
    """What to give back for a file.

    `problems` has the schema PROBLEM, `reading` is what `read` returned, `corrected` names the rows
    that have been corrected since as (batch_id, source_sheet, source_row).
    """
    labels, head = LABELS[lang], Head(file_name, received_at, accounting, frozenset(corrected))
    if reading is None or reading.refusal is not None or not reading.tables:
        return refusal_note(head, problems, labels)
    try:
        return _marked(data, reading, head, problems, labels)
    except (MemoryError, OSError):
        raise  # the machine's trouble, not the file's
    except Exception:  # noqa: BLE001  (what could be read may still be impossible to write: the list goes out)
        return refusal_note(head, problems, labels)


def summary_text(
    accounting: Sequence[Accounting],
    problems: pa.Table,
    *,
    file_name: str,
    received_at: datetime,
    corrected: Collection[RowKey] = (),
    lang: Language = "zh",
) -> str:
    """The summary as text, for a companion to a marked text file."""
    return text_of(Head(file_name, received_at, accounting, frozenset(corrected)), problems, LABELS[lang])


def _marked(data: bytes, reading: Reading, head: Head, problems: pa.Table, labels: Labels) -> MarkedFile:
    single = len({table.sheet for table in reading.tables}) < 2
    marks = marks_of(problems, head.corrected, labels, single_sheet=single)
    if reading.format in _TEXT:
        return text_copy(data, reading, marks.get("", {}), labels)
    return MarkedFile(".xlsx", _workbook(opened(data), reading, marks, head, problems, labels))


def _workbook(
    data: bytes, reading: Reading, marks: Marks, head: Head, problems: pa.Table, labels: Labels
) -> bytes:
    if reading.format in ("xlsx", "xlsm") and _is_small(data):
        try:
            book = open_for_marking(data, reading.tables)
        except Exception:  # noqa: BLE001  (openpyxl refuses formats that are wrong in a hundred ways)
            book = None
        if book is not None:
            return styled_copy(book, reading.tables, marks, head, problems, labels)
    return fresh_copy(sheets_of(data, reading), reading.tables, marks, head, problems, labels)


def _is_small(data: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sizes = (p.file_size for p in archive.infolist() if p.filename.startswith("xl/worksheets/"))
        return sum(sizes) <= _STYLED_BYTES
