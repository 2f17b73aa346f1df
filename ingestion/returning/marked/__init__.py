"""The same file given back to the clerk: what is wrong marked in it, beside each row how to correct it."""

from ingestion.matching.marked_columns import FEEDBACK_COLUMNS, FEEDBACK_SHEETS
from ingestion.matching.row_reference import RowReference, parse_reference, reference
from ingestion.returning.marked.make import marked_copy, summary_text
from ingestion.returning.marked.model import Accounting, MarkedFile
from ingestion.returning.marked.names import returned_name

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
