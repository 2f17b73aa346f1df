"""What a marked copy has that its sender did not write: two columns and a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingestion.readers.model import Reading
from ingestion.text.headers import OWN_COLUMNS, normalise_header

FEEDBACK_COLUMNS = tuple(OWN_COLUMNS.values())

_PAIRS = {tuple(normalise_header(header) for header in pair) for pair in FEEDBACK_COLUMNS}
# The page that a marked copy has in front, per language.
OWN_SHEETS = {"zh": "核对反馈", "en": "Feedback"}

# What the reader of a file that comes back must not take for the supplier's.
FEEDBACK_SHEETS = tuple(OWN_SHEETS.values())
_SHEETS = {normalise_header(sheet) for sheet in FEEDBACK_SHEETS}


def feedback_columns(header: Sequence[str]) -> tuple[int, int] | None:
    """Positions of 问题 and 如何改正; None unless they stand side by side, as we write them."""
    plain = [normalise_header(text) for text in header]
    for position in range(len(plain) - 1, 0, -1):
        if (plain[position - 1], plain[position]) in _PAIRS:
            return position - 1, position
    return None


def is_feedback_sheet(sheet: str) -> bool:
    """Whether a sheet is the summary of a marked copy."""
    return normalise_header(sheet) in _SHEETS


def without_summary(reading: Reading) -> Reading:
    """The reading of a marked copy without the page that we put in front."""
    ours = {table.sheet for table in reading.tables if is_feedback_sheet(table.sheet)}
    ours |= {sheet for sheet in FEEDBACK_SHEETS if any(f"sheet={sheet} " in n for n in reading.notes)}
    if not ours:
        return reading
    tables = tuple(table for table in reading.tables if table.sheet not in ours)
    notes = tuple(n for n in reading.notes if not any(f"sheet={sheet} " in n for sheet in ours))
    return replace(reading, tables=tables, notes=notes)
