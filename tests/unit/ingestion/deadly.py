"""A workbook that ends the process that reads it, once the reader's guard against it is taken away.

`MAX_CELLS` and `is_sparse` keep calamine from laying out a sheet with a cell at XFD1048576, which
aborts. Python runs `sitecustomize` at the start of every process, so only processes that start after
`start_with` abort.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sanbao.settings import PROJECT_ROOT
from tests.unit.ingestion.helpers import Insured
from tests.unit.ingestion.readers.make import xlsx

_FAR = 1_048_576, 16_384
NO_GUARD = "import ingestion.readers.formats.xlsx as ooxml\nooxml.MAX_CELLS = 1 << 60\n"
NO_GUARD += "ooxml.is_sparse = lambda spanned, filled: False\n"
NEVER_ENDS = """
import time
import ingestion.readers.formats.xlsx as ooxml
bounds = ooxml.package_bounds
def wait(archive):
    if archive.testzip() is None and b'XFD' in archive.read('xl/worksheets/sheet1.xml'):
        time.sleep(3600)
    return bounds(archive)
ooxml.package_bounds = wait
"""


def deadly_workbook() -> bytes:
    rows = [[Insured.title], list(Insured.header), *Insured.rows(3)]
    return xlsx(rows, also=lambda page: page.cell(*_FAR, "x"))


def start_with(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python process started from now on runs `code` first."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(PROJECT_ROOT)]))
