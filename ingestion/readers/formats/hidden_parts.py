"""What a sheet hides, as notes."""

from __future__ import annotations

from ingestion.readers.formats.xlsx import column_letters
from ingestion.readers.grid import SheetFacts

_LISTED = 20  # hidden rows and columns named in a note


def remarks_of(sheet: str, facts: SheetFacts) -> list[str]:
    notes = [f"SHEET_HIDDEN sheet={sheet}"] if facts.is_hidden else []
    if facts.hidden_rows:
        rows = ",".join(str(row + 1) for row in facts.hidden_rows[:_LISTED])
        notes.append(f"ROWS_HIDDEN sheet={sheet} count={len(facts.hidden_rows)} rows={rows}")
    if facts.hidden_columns:
        columns = ",".join(column_letters(column) for column in facts.hidden_columns[:_LISTED])
        notes.append(f"COLUMNS_HIDDEN sheet={sheet} columns={columns}")
    return notes
