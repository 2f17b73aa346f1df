"""Spellings that nobody agreed on and most rows of a column have: one question, not a file of wrong rows.

A department that writes 1 and 2 for 男 and 女 makes no mistake in each of its rows. What it means is
answered once, by a line in the contract or in the column map of the period; until then the cells stay
empty, and where rows say nothing without them the file waits for the answer.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding, Question, Rows
from ingestion.contracts.carrying import carrying_columns
from ingestion.messages.problems import FileProblem
from ingestion.parsing.base import Mask
from ingestion.text.masking import mask_shown_column

ASKED = "CODE_SPELLING_ASKED"
REFUSED = "CODE_SPELLING_UNKNOWN"
_SPELLINGS = frozenset({"CODE_UNKNOWN", "YES_NO_FORM"})
_MOST = 0.5  # of the filled cells of a table or a part
_LEAST = 5  # rows: fewer may be slips of the pen
_SHOWN = 5  # spellings that the question names
_SHARED = 3  # rows that a spelling stands in; what each row has of its own is a name or a number, no code
_LONGEST = 20  # characters of a spelling; what is longer is no code


def ask_about_columns(batch: Batch) -> None:
    """Turn what is unknown in most rows of a table or a part into one question per column.

    The cells stay empty. Where they carry the row its own findings stay too: it is held.
    """
    carrying = carrying_columns(batch.contract)
    for finding in [f for f in batch.findings if f.code in _SPELLINGS and f.column]:
        column = finding.column or ""
        asked = _asked(batch, finding)
        if not asked.any():
            continue
        rows = np.flatnonzero(asked)
        holds = column in carrying
        batch.questions.append(Question(column, _most_frequent(batch, column, rows), rows, holds))
        if not holds:
            batch.empty(column, asked)
            rest = finding.only(~asked[finding.rows])
            batch.findings = [
                other if other is not finding else rest
                for other in batch.findings
                if other is not finding or len(rest.rows)
            ]


def question_notes(batch: Batch) -> list[tuple[str, dict[str, str]]]:
    """What is asked of a file that is taken, once per column."""
    return [(ASKED, question.words(batch)) for question in batch.questions if not question.holds_rows]


def answer_awaited(batch: Batch) -> FileProblem | None:
    """The question that a file waits for of which too many rows are held."""
    allowed = batch.contract.max_held_share * batch.row_count
    asked = [question for question in batch.questions if question.holds_rows and len(question.rows) > allowed]
    words = asked[0].words(batch) if asked else None
    return FileProblem(REFUSED, words, batch.contract.feed) if words else None


def drop_awaited(batch: Batch) -> None:
    """Of a file that waits for an answer nothing is said row by row."""
    batch.notes = [note for note in batch.notes if note[0] != ASKED]
    for question in batch.questions:
        found = [
            f.only(~np.isin(f.rows, question.rows))
            if f.code in _SPELLINGS and f.column == question.column
            else f
            for f in batch.findings
        ]
        batch.findings = [f for f in found if len(f.rows)]


def _asked(batch: Batch, finding: Finding) -> Mask:
    """The rows of `finding` that lie in a table or part most of whose filled cells are unknown."""
    unknown: Mask = np.zeros(batch.row_count, np.bool_)
    unknown[finding.rows] = True
    filled = ~batch.is_blank(finding.column or "")
    asked: Mask = np.zeros(batch.row_count, np.bool_)
    for group in _groups(batch):
        counted = np.bincount(group, weights=unknown)
        mostly = (counted >= _LEAST) & (counted > _MOST * np.bincount(group, weights=filled))
        asked |= unknown & mostly[group]
    return asked


def _groups(batch: Batch) -> Iterator[np.ndarray]:
    yield batch.table_of_row
    if batch.part is not None and batch.contract.part_by:
        codes = batch.part.dictionary_encode().indices
        yield pc.fill_null(codes, 0).to_numpy(zero_copy_only=False)


def _most_frequent(batch: Batch, column: str, rows: Rows) -> tuple[str, ...]:
    """What most rows have, masked; nothing where the rows of a shifted column share no spelling."""
    texts = pc.utf8_trim_whitespace(batch.texts[column].raw.take(pa.array(rows)))
    # Masked as a whole: what is left of a number that was cut is not known for one.
    counts = pc.value_counts(pc.utf8_slice_codeunits(mask_shown_column(texts), 0, _LONGEST))
    entries = sorted(counts.to_pylist(), key=lambda entry: (-entry["counts"], entry["values"]))
    return tuple(entry["values"] for entry in entries[:_SHOWN] if entry["counts"] >= _SHARED)
