"""The note that stands for a copy when the file could not be read, or not be written again."""

from __future__ import annotations

import codecs

import pyarrow as pa

from ingestion.returning.marked.labels import Labels
from ingestion.returning.marked.model import Head, MarkedFile
from ingestion.returning.marked.summary import received_text, titled
from ingestion.text.masking import mask_ids

_LISTED = 5_000


def refusal_note(head: Head, problems: pa.Table, labels: Labels) -> MarkedFile:
    """What the file was, why it was not taken, what to do, the code to ask about, and each cell's problem."""
    lines = [labels.title, "", f"{labels.file}：{mask_ids(head.file_name)}"]
    lines += [f"{labels.received}：{received_text(head)}"]
    codes = _codes(problems)
    for accounting in head.accounting:
        state = labels.states.get(accounting.state, accounting.state)
        lines += ["", f"{titled(accounting, labels)}：{state}" if accounting.title else state]
        lines += [text for text in (accounting.reason, accounting.remedy) if text]
        lines += [f"{labels.code}：{code}" for code in codes.get(accounting.batch_id, [])]
    cells = [row for row in problems.to_pylist() if row["source_row"] is not None][:_LISTED]
    lines += ["", *(f"{row['message']}{row['remedy']}" for row in cells)] if cells else []
    text = "\r\n".join(lines) + "\r\n"
    return MarkedFile(".txt", codecs.BOM_UTF8 + text.encode("utf-8", "replace"))


def _codes(problems: pa.Table) -> dict[str, list[str]]:
    """The codes of each batch's problems with the file as a whole."""
    found: dict[str, list[str]] = {}
    columns = [problems.column(name).to_pylist() for name in ("batch_id", "source_row", "code")]
    for batch_id, row, code in zip(*columns, strict=True):
        codes = found.setdefault(batch_id, [])
        if row is None and code not in codes:
            codes.append(code)
    return found
