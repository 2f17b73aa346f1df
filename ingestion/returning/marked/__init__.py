"""The same file given back to the clerk: what is wrong marked in it, beside each row how to correct it.

What is handed out here is imported when it is first asked for: what a copy is told from is asked for every
night, the writers of workbooks only where a copy is due.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.matching.marked_columns import FEEDBACK_COLUMNS, FEEDBACK_SHEETS
    from ingestion.matching.row_reference import RowReference, parse_reference, reference
    from ingestion.returning.marked.make import marked_copy, summary_text
    from ingestion.returning.marked.model import Accounting, MarkedFile
    from ingestion.returning.marked.names import returned_name

_FROM = {
    "FEEDBACK_COLUMNS": "ingestion.matching.marked_columns",
    "FEEDBACK_SHEETS": "ingestion.matching.marked_columns",
    "Accounting": "ingestion.returning.marked.model",
    "MarkedFile": "ingestion.returning.marked.model",
    "RowReference": "ingestion.matching.row_reference",
    "marked_copy": "ingestion.returning.marked.make",
    "parse_reference": "ingestion.matching.row_reference",
    "reference": "ingestion.matching.row_reference",
    "returned_name": "ingestion.returning.marked.names",
    "summary_text": "ingestion.returning.marked.make",
}

__all__ = [
    "FEEDBACK_COLUMNS",
    "FEEDBACK_SHEETS",
    "Accounting",
    "MarkedFile",
    "RowReference",
    "marked_copy",
    "parse_reference",
    "reference",
    "returned_name",
    "summary_text",
]


def __getattr__(name: str) -> object:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_FROM[name]), name)
    globals()[name] = found
    return found
