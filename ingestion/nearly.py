"""A row that is meant as a header, of which too few names are known to read the table by it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ingestion.contracts import Catalog
from ingestion.matching import FileProblem, known_headers, match_table
from ingestion.readers import Refusal, Table, header_keys
from ingestion.result import File

_SEVERAL = 3  # known names that make a row a header


def nearly_a_header(file: File, refusal: Refusal, catalog: Catalog) -> FileProblem | None:
    """What the row that comes nearest to a header lacks, or its names; None where it is none."""
    if not refusal.rows_seen:
        return None
    first, *others = refusal.rows_seen
    header = tuple(first.text.split())
    known = known_headers(catalog)
    if sum(any(key in known for key in header_keys(name)) for name in header) < _SEVERAL:
        return None
    titles = tuple(row.text for row in others)
    table = Table(first.sheet, header, first.row, pd.DataFrame(), np.zeros(0, np.int32), titles)
    found = match_table(table, catalog, file_name=file.name, department=file.department)
    named = isinstance(found, FileProblem) and found.code in ("MISSING_COLUMN", "NO_FEED")
    return found if isinstance(found, FileProblem) and named else None
