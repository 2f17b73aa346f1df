"""Bytes in, tables of text cells out, decided from the content alone."""

from ingestion.readers.containers.archive import entries, is_archive
from ingestion.readers.model import Reading, Refusal, SeenRow, SkippedRow, Table, TotalsRow
from ingestion.readers.reader import read

__all__ = [
    "Reading",
    "Refusal",
    "SeenRow",
    "SkippedRow",
    "Table",
    "TotalsRow",
    "entries",
    "is_archive",
    "read",
]
