"""Zip files of deliveries: entries within bounds, names as the sender wrote them."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise

from ingestion.readers.containers.sniff import ARCHIVES, sniff
from ingestion.readers.model import Refusal

MAX_DEPTH = 2  # an archive in an archive, and no further
MAX_ENTRIES = 500  # archives inside included
MAX_BYTES = 1 << 30  # of all entries together, expanded, archives inside included
MAX_RATIO = 200  # a CSV shrinks 20 to 60 times
_RATIO_FROM = 1 << 20  # small entries may shrink as they like, up to so many times the smallest archive:
_SMALLEST = 256 << 10
_LOCAL_HEADER = 30  # bytes, before the name
_DRIVE = re.compile(r"^[A-Za-z]:")
_LEFTOVERS = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|(eh)?thumbs\.db$|desktop\.ini$|~\$|\._)", re.I)
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


def is_archive(data: bytes) -> bool:
    """True for an archive of files; a workbook that happens to be a zip is none."""
    return sniff(data) in ARCHIVES


def entries(data: bytes) -> list[tuple[str, bytes]] | Refusal:
    """(name, bytes) of each file in a zip, archives inside it expanded as 'inner.zip/name'.

    [("", data)] when it is none. A bound broken or a path that leads out of the archive refuses
    the whole: code ARCHIVE_UNSAFE with detail 'reason', else FILE_ENCRYPTED, FILE_TRUNCATED,
    ARCHIVE_UNSUPPORTED (rar, 7z, gzip).
    """
    kind = sniff(data)
    if kind in ("rar", "7z", "gzip"):
        return Refusal("ARCHIVE_UNSUPPORTED", {"format": kind})
    if kind == "broken_zip":
        return Refusal("FILE_TRUNCATED", {"format": "zip"})
    if kind != "zip":
        return [("", data)]
    found = _Found(min(MAX_BYTES, MAX_RATIO * max(len(data), _SMALLEST)))
    refusal = _expand(data, "", 1, found)
    return refusal or found.files


@dataclass
class _Found:
    """What was taken out so far, and what may still be."""

    bytes_left: int
    entries_left: int = MAX_ENTRIES
    files: list[tuple[str, bytes]] = field(default_factory=list)


def _expand(data: bytes, prefix: str, depth: int, found: _Found) -> Refusal | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if overlaps(archive):
                return Refusal("ARCHIVE_UNSAFE", {"reason": "overlap", "entry": prefix})
            for info in archive.infolist():
                refusal = _add(archive, info, prefix, depth, found)
                if refusal:
                    return refusal
    except (zipfile.BadZipFile, EOFError, zlib.error, OSError, ValueError, RuntimeError) as error:
        # NotImplementedError (an unknown compression) is a RuntimeError.
        return Refusal("FILE_TRUNCATED", {"format": "zip", "entry": prefix, "reason": str(error)[:200]})
    return None


def overlaps(archive: zipfile.ZipFile) -> bool:
    """Whether entries share bytes: how a bomb of kilobytes gets a hundred million times its size."""
    places = sorted(
        (info.header_offset, info.header_offset + _LOCAL_HEADER + info.compress_size)
        for info in archive.infolist()
    )
    return any(end > start for (_, end), (start, _) in pairwise(places))


def _add(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, prefix: str, depth: int, found: _Found
) -> Refusal | None:
    name = entry_name(info)
    if name.endswith("/") or _LEFTOVERS.search(name):
        return None
    reason = _unsafe(info, name, found)
    if reason:
        return Refusal("ARCHIVE_UNSAFE", {"reason": reason, "entry": prefix + name})
    if info.flag_bits & _ENCRYPTED:
        return Refusal("FILE_ENCRYPTED", {"entry": prefix + name})
    content = _bounded(archive, info)
    if content is None:
        return Refusal("ARCHIVE_UNSAFE", {"reason": "size", "entry": prefix + name})
    found.bytes_left -= len(content)
    found.entries_left -= 1
    if not is_archive(content):
        found.files.append((prefix + name, content))
        return None
    if sniff(content) != "zip":
        return Refusal("ARCHIVE_UNSUPPORTED", {"format": sniff(content), "entry": prefix + name})
    if depth >= MAX_DEPTH:
        return Refusal("ARCHIVE_UNSAFE", {"reason": "depth", "entry": prefix + name})
    return _expand(content, f"{prefix}{name}/", depth + 1, found)


def _unsafe(info: zipfile.ZipInfo, name: str, found: _Found) -> str | None:
    parts = name.split("/")
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts or "\x00" in info.orig_filename:
        return "path"
    if (info.external_attr >> 28) == 0xA:  # a symbolic link
        return "path"
    if not found.entries_left:
        return "count"
    if info.file_size > _RATIO_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return "ratio"
    if info.file_size > found.bytes_left:
        return "size"
    return None


def _bounded(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    """The entry, or None when it is longer than its directory says: sizes there can lie."""
    with archive.open(info) as stream:
        content = stream.read(info.file_size + 1)
    return content if len(content) <= info.file_size else None


def entry_name(info: zipfile.ZipInfo) -> str:
    """The name the sender saw. Chinese Windows writes GBK without saying so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.split("\x00")[0].replace("\\", "/")
