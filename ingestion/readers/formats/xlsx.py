"""What calamine leaves out of .xlsx, and the bounds it does not keep.

Error cells come out blank, hidden rows and columns like any other, and one stray cell at XFD1048576
makes it lay out seventeen thousand million cells. The sheet's XML tells all of that in one pass.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from ingestion.readers.containers.archive import overlaps
from ingestion.readers.formats.cell_styles import CellStyles, xlsx_styles
from ingestion.readers.formats.cell_styles import attribute as _attribute
from ingestion.readers.formats.formulas import FormulaScan, computes_on_load
from ingestion.readers.formats.xls import DAYS_1904, is_sparse
from ingestion.readers.formats.xlsx_styled_cells import StyledCells, column_index
from ingestion.readers.grid import SheetFacts
from ingestion.readers.model import Refusal

MAX_BYTES = 3 << 30  # expanded; 650,000 rows of 20 columns are about 1 GB of XML
MAX_PART_RATIO = 1000
MAX_CELLS = 30_000_000  # what a sheet may span, blanks included: about 1 GB laid out
_CHUNK = 1 << 20
_LONGEST_ROW = 16 << 20  # what stands between two row ends and is longer is looked at in pieces
_HEAD = 4096
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*<[A-Za-z_]", re.S)
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d+)"[^>]*?\bt="e"[^>]*>(?:<f\b[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]*)</v>'
)
_HIDDEN_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"')
_COLUMN = re.compile(rb"<col\b[^>]*>")
_DATES_1904 = re.compile(r"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true)["']""")
# References beyond column Z or row 99,999. The plain one is many times faster; the other is for
# writers that quote as XML allows and Excel never does.
_FAR = re.compile(rb' r="([A-Z]{2,3}|[A-Z]?(?=\d{6}))(\d+)"')
_FAR_ODDLY = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{2,3}|[A-Za-z]?(?=\d{6}))(\d+)["']""")
_ODDLY = (b"'", b" =", b"\n=", b"\t=", b"\r=", b"= ", b"=\n", b"=\t", b"=\r")
_SMALL_LETTER = re.compile(rb'r="[a-z]')
# A text can look like a reference; before a sheet is refused for one it must stand in a tag.
_FAR_IN_TAG = re.compile(
    rb"""<(?:\w+:)?(?:c|row)\b[^<>]*?\sr\s*=\s*["']([A-Za-z]{2,3}|[A-Za-z]?(?=\d{6}))(\d+)["']"""
)
_PREFIX = re.compile(rb"<(\w+:)worksheet\b")  # some writers name the namespace in every element
_LAST_ROW = re.compile(rb"""<row\b[^>]*?\br=["'](\d+)["']""")
_BEYOND = re.compile(rb' r="(?:[A-Z]{2}|[A-Z]?\d{7})')  # column Z, or row 999,999
_LONG = 100_000
_DIGITS = 12  # of a row number; with more of them it is out of all bounds anyway
_NARROW = 26  # columns of one letter; that many to the last row of the format are within bounds


def inspect(data: bytes) -> dict[str, SheetFacts] | Refusal:
    """Facts of each worksheet by its name; a refusal when it is broken or out of all bounds."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            refusal = package_bounds(archive)
            if refusal:
                return refusal
            found: dict[str, SheetFacts] = {}
            book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
            styles, offset = _styles(archive), DAYS_1904 if _DATES_1904.search(book) else 0
            for name, part in _parts(archive, book).items():
                facts = _scan(archive, part, styles, FormulaScan(computes_on_load(book)))
                if facts is None:
                    return Refusal("FILE_UNSAFE", {"reason": "extent", "sheet": name})
                facts.date_offset = offset
                found[name] = facts
            return found
    except (zipfile.BadZipFile, EOFError, zlib.error, OSError, RuntimeError, ValueError) as error:
        return Refusal("FILE_TRUNCATED", {"reason": str(error)[:200]})
    except KeyError as error:
        return Refusal("FILE_UNREADABLE", {"reason": str(error)[:200]})


def package_bounds(archive: zipfile.ZipFile) -> Refusal | None:
    """Refuse a zipped office file that expands beyond reason or declares entities."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        return Refusal("FILE_ENCRYPTED")
    if sum(part.file_size for part in parts) > MAX_BYTES:
        return Refusal("FILE_UNSAFE", {"reason": "size"})
    if overlaps(archive):
        return Refusal("FILE_UNSAFE", {"reason": "overlap"})
    for part in parts:
        if part.file_size > (10 << 20) and part.file_size > MAX_PART_RATIO * max(part.compress_size, 1):
            return Refusal("FILE_UNSAFE", {"reason": "ratio", "entry": part.filename})
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if _declares_entities(stream.read(_HEAD)):
                    return Refusal("FILE_UNSAFE", {"reason": "doctype", "entry": part.filename})
    return None


def _declares_entities(head: bytes) -> bool:
    """Whether an XML part may declare entities, which multiply; spreadsheet programs declare none.

    Whatever stands before the first element could hide a declaration further on.
    """
    if b"<!DOCTYPE" in head.replace(b"\x00", b""):
        return True
    return len(head) == _HEAD and not _PROLOG.match(head)


def _parts(archive: zipfile.ZipFile, book: str) -> dict[str, str]:
    """Sheet name → path of its XML."""
    targets = worksheet_targets(archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace"))
    sheets = {}
    for tag in _SHEET.findall(book):
        path = targets.get(_attribute(tag, r"[\w]*:?id"), "")
        if path in archive.NameToInfo:
            sheets[_attribute(tag, "name")] = path
    return sheets


def _styles(archive: zipfile.ZipFile) -> CellStyles:
    if "xl/styles.xml" not in archive.NameToInfo:
        return CellStyles()
    return xlsx_styles(archive.read("xl/styles.xml").decode("utf-8", "replace"))


def worksheet_targets(relations: str) -> dict[str, str]:
    """Relation id → path of a worksheet in the package."""
    targets = {}
    for tag in _RELATION.findall(relations):
        if _attribute(tag, "Type").endswith("/worksheet"):
            target = _attribute(tag, "Target")
            path = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[_attribute(tag, "Id")] = path
    return targets


def _scan(
    archive: zipfile.ZipFile, part: str, styles: CellStyles, formulas: FormulaScan
) -> SheetFacts | None:
    """None when the sheet spans more cells than anybody filled in."""
    facts = SheetFacts()
    styled = StyledCells(styles)
    extent = _Extent()
    filled = 0
    first = True
    for piece in _pieces(archive, part):
        if first:
            _hidden_columns(piece, facts)
            first = False
        if b'hidden="' in piece:
            facts.hidden_rows += [int(row) - 1 for row in _HIDDEN_ROW.findall(piece)]
        if b't="e"' in piece:
            facts.errors += [
                (int(row) - 1, column_index(column.decode()), text.decode("utf-8", "replace"))
                for column, row, text in _ERROR.findall(piece)
            ]
        styled.take(piece, facts)
        if b"<f" in piece:
            formulas.take(piece)
        extent.take(piece)
        filled += piece.count(b"<c ")
        if extent.rows * extent.columns > MAX_CELLS:
            return None
    facts.uncomputed = [(row - 1, column_index(letters)) for letters, row in formulas.uncomputed()]
    return None if is_sparse(extent.rows * extent.columns, filled) else facts


@dataclass
class _Extent:
    """How far the cells of a sheet reach; an overestimate below 26 columns."""

    rows: int = 1
    columns: int = _NARROW

    def take(self, piece: bytes) -> None:
        at = piece.rfind(b"<row")
        row = _LAST_ROW.match(piece, at) if at >= 0 else None
        self.rows = max(self.rows, int(row.group(1)[:_DIGITS]) if row else 0)
        oddly = any(sign in piece for sign in _ODDLY) or _SMALL_LETTER.search(piece) is not None
        if self.rows >= _LONG and self.columns == _NARROW and not oddly and not _BEYOND.search(piece):
            return  # long and narrow: nothing in the piece can lead out of bounds
        rows, columns = self._reach((_FAR_ODDLY if oddly else _FAR).findall(piece))
        if rows * columns > MAX_CELLS:
            rows, columns = self._reach(_FAR_IN_TAG.findall(piece))
        self.rows, self.columns = rows, columns

    def _reach(self, references: list[tuple[bytes, bytes]]) -> tuple[int, int]:
        columns = [column_index(c.decode().upper()) + 1 for c in {c for c, _ in references} if c]
        rows = [int(r[:_DIGITS]) for r in {r for _, r in references}]
        return max([self.rows, *rows]), max([self.columns, *columns])


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML in pieces that end with a row, so that no cell is cut in two."""
    with archive.open(part) as stream:
        rest, prefix = b"", b""
        while chunk := stream.read(_CHUNK):
            if not rest and (named := _PREFIX.search(chunk, 0, 4096)):
                prefix = named[1]
            rest += chunk
            if prefix:
                rest = rest.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
            end = rest.rfind(b"</row>")
            cut = end + len(b"</row>") if end >= 0 else 0
            if not cut and len(rest) > _LONGEST_ROW:
                cut = rest.rfind(b"<")
            if cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
        yield rest


def _hidden_columns(head: bytes, facts: SheetFacts) -> None:
    for tag in _COLUMN.findall(head.partition(b"<sheetData")[0]):
        text = tag.decode("utf-8", "replace")
        if _attribute(text, "hidden") in ("1", "true"):
            first, last = int(_attribute(text, "min") or 1), int(_attribute(text, "max") or 1)
            facts.hidden_columns += range(first - 1, min(last, first + 255))


def column_letters(index: int) -> str:
    """0 → 'A', 26 → 'AA'."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
