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
    rows = [place.split("|", 2) for place in refusal.detail.values()] if refusal.code == "NO_HEADER" else []
    if not rows or len(rows[0]) != 3:
        return None
    sheet, at, text = rows[0]
    header = tuple(text.split())
    known = known_headers(catalog)
    if sum(any(key in known for key in header_keys(name)) for name in header) < _SEVERAL:
        return None
    titles = tuple(row[-1] for row in rows[1:])
    table = Table(sheet, header, int(at), pd.DataFrame(), np.zeros(0, np.int32), titles)
    found = match_table(table, catalog, file_name=file.name, department=file.department)
    named = isinstance(found, FileProblem) and found.code in ("MISSING_COLUMN", "NO_FEED")
    return found if isinstance(found, FileProblem) and named else None
