"""What a file is, by its first bytes and what they lead to; its name is never asked."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from ingestion.readers.containers.ole import MAGIC, open_container

_FOREIGN = (
    (b"%PDF", "pdf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"{\\rtf", "rtf"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3", "sqlite"),
    (b"\x00\x01\x00\x00Standard ", "access"),
    (b"II*\x00", "image"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "shortcut"),
)
ARCHIVES = ("zip", "rar", "7z", "gzip")
_BIFF = re.compile(rb"^\x09[\x00\x02\x04\x08][\x04-\x10]\x00")
_MARKUP_HEAD = 8192


def sniff(data: bytes) -> str:
    """A format name; 'text' when nothing else claims the bytes, 'binary' when they are no text."""
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if data.startswith(MAGIC):
        return _ole_kind(data)
    if _BIFF.match(data):
        return "biff"
    for magic, name in _FOREIGN:
        if data.startswith(magic) and (name != "image" or b"\x00" in data[:64]):
            return name
    return _text_kind(data)


def _text_kind(data: bytes) -> str:
    head = data[:_MARKUP_HEAD]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    plain = head.replace(b"\x00", b"").lower() if wide else head.lower()
    plain = plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    has_fields = re.match(rb"(?:[\w-]+: .*\r?\n)+", plain) is not None
    if plain.startswith(b"mime-version:") or (has_fields and b"multipart/" in plain):
        return "mhtml"
    if plain.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in plain and b"<html" not in plain:
            return "xml2003"
        if re.search(rb"<(html|table|meta|!doctype html|head|body|tr|div|style)\b", plain):
            return "html"
        if plain.startswith(b"<?xml"):
            return "xml"
    return "text"


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError, RuntimeError):
        return "broken_zip"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names:
        return "xlsm" if "xl/vbaProject.bin" in names else "xlsx"
    if "content.xml" in names and ("mimetype" in names or "META-INF/manifest.xml" in names):
        return "ods"
    if "[Content_Types].xml" in names:
        kinds = (("xl/", "xlsx"), ("word/", "doc"), ("ppt/", "pptx"))
        return next((kind for start, kind in kinds if any(n.startswith(start) for n in names)), "office")
    return "zip"


def _ole_kind(data: bytes) -> str:
    container = open_container(data)
    if container is None or not container.streams:
        # Cut so early that its directory is gone: judge by the names that are still there.
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "xls"
    names = set(container.streams)
    if "EncryptedPackage" in names:
        return "encrypted"
    if "Workbook" in names:
        return "xls"
    if "Book" in names:  # BIFF5, which calamine reads as nonsense
        return "biff" if not container.is_truncated else "xls"
    return "doc" if "WordDocument" in names else "ole"
