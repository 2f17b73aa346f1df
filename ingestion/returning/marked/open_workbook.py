"""A workbook opened for marking: its cells, formats and layout, and nothing that acts or leads out.

Only the parts of the package that hold these are looked at: no macro, drawing, picture, embedded
object, connection, query, pivot or link is ever read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl.packaging.core import DocumentProperties
from openpyxl.reader.excel import ExcelReader
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.hyperlink import HyperlinkList  # noqa: F401
from openpyxl.worksheet.protection import SheetProtection

from ingestion.readers import Table
from ingestion.returning.marked.kept_formulas import keep_formulas
from ingestion.returning.marked.palette import AUTHOR

_PARTS = re.compile(
    r"^(\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/[^/]+\.rels|xl/(?!connections|metadata)[^/]+\.xml"
    r"|xl/(?:theme|worksheets|tables|comments)/[^/]+\.xml|xl/worksheets/_rels/[^/]+\.rels)$"
)
_LEADING_OUT = re.compile(rb"<Relationship\b[^>]*/(?:drawing|pivotTable|pivotCacheDefinition)\"[^>]*>")
_LITERAL_LIST = re.compile(r'^"[^"]*"$')


class _Reader(ExcelReader):  # type: ignore[misc]
    """Leaves date serials the numbers they are: a date out of Excel's range would become an error."""

    def read_worksheets(self) -> None:
        self.wb._date_formats = set()
        self.wb._timedelta_formats = set()
        super().read_worksheets()

    def read_properties(self) -> None:
        """The names of authors and editors stay behind."""

    def read_custom(self) -> None:
        """As above."""


def open_for_marking(data: bytes, tables: Sequence[Table] = ()) -> Any:
    """An openpyxl workbook of values; raises whatever openpyxl raises for files it cannot take.

    Formulas that were never computed in `tables` stay formulas.
    """
    reduced = _reduced(data)
    book = _read(reduced, values=True)
    for sheet in book.chartsheets:
        book.remove(sheet)
    book.defined_names.clear()
    book.security = WorkbookProtection()
    book.properties = DocumentProperties(creator=AUTHOR)
    for sheet in book.worksheets:
        _quieten(sheet)
    if any(table.uncomputed for table in tables):
        keep_formulas(book, _read(reduced, values=False), tables)
    return book


def _read(data: bytes, *, values: bool) -> Any:
    reader = _Reader(BytesIO(data), data_only=values, keep_links=False)
    reader.read()
    return reader.wb


def _reduced(data: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for part in source.infolist():
            if _PARTS.match(part.filename):
                content = source.read(part)
                if part.filename.startswith("xl/worksheets/_rels/"):
                    content = _LEADING_OUT.sub(b"", content)
                target.writestr(part.filename, content)
    return stream.getvalue()


def _quieten(sheet: Any) -> None:
    """Take away what computes, links, hides or locks."""
    sheet.defined_names.clear()
    sheet.conditional_formatting = type(sheet.conditional_formatting)()
    sheet.protection = SheetProtection()
    sheet.tables.clear()
    sheet.print_area = None
    sheet.legacy_drawing = None
    sheet._hyperlinks = []
    sheet._images, sheet._charts, sheet._pivots = [], [], []
    lists = [
        rule
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list" and _LITERAL_LIST.match(rule.formula1 or "") and not rule.formula2
    ]
    sheet.data_validations = DataValidationList(dataValidation=lists)
    for cell in sheet._cells.values():
        value = cell.value
        if cell.hyperlink is not None:
            cell.hyperlink = None
        if cell.data_type == "s" and value[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True
        elif cell.data_type == "f":
            cell.value = None  # a formula nobody ever computed
