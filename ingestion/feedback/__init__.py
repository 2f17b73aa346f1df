"""The same file given back to the clerk: what is wrong marked in it, beside each row how to correct it."""

from ingestion.feedback.api import marked_copy, summary_text
from ingestion.feedback.labels import FEEDBACK_COLUMNS, FEEDBACK_SHEETS
from ingestion.feedback.model import Accounting, MarkedFile
from ingestion.feedback.names import returned_name
from ingestion.feedback.reference import RowReference, parse_reference, reference

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
