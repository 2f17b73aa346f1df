"""Bytes of a text file to UTF-8, strictly: an undecodable byte refuses the file."""

from __future__ import annotations

import codecs
import re

from ingestion.readers.model import Refusal

_CHUNK = 4 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
# Four Chinese characters in UTF-8, one after another.
_UTF8_CHINESE = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
Utf8 = bytes | bytearray


def decode(data: bytes) -> tuple[Utf8, str] | Refusal:
    """(text as UTF-8 without BOM, name of the encoding found).

    UTF-8 is tried first because GB18030 reads most UTF-8 files without complaint, as nonsense.
    """
    for mark, name, codec in _BOMS:
        if data.startswith(mark):
            return _strict(data, codec, name, skip=len(mark))
    codec16 = _utf16_without_mark(data)
    if codec16:
        return _strict(data, codec16, codec16)
    utf8 = _strict(data, "utf-8", "utf-8")
    if not isinstance(utf8, Refusal):
        return utf8
    # A GB18030 file fails as UTF-8 at its first Chinese characters. One that got further is UTF-8
    # with foreign or broken bytes, and GB18030 would turn all of it into nonsense.
    if _UTF8_CHINESE.search(data, 0, int(utf8.detail["byte"])):
        return utf8
    return _strict(data, "gb18030", "gb18030")


def _strict(data: bytes, codec: str, name: str, skip: int = 0) -> tuple[Utf8, str] | Refusal:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    same = codec == "utf-8"
    out = bytearray()
    for start in range(skip, len(data), _CHUNK):
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(data[start : start + _CHUNK], start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return _broken(data, start - pending + error.start, name)
        if not same:
            out += text.encode("utf-8")
    if same:
        return (data[skip:] if skip else data), name
    return out, name


def _broken(data: bytes, at: int, name: str) -> Refusal:
    detail = {
        "encoding": name,
        "byte": str(at),
        "line": str(data.count(b"\n", 0, at) + 1),
        "bytes": data[at : at + 4].hex(" "),
    }
    return Refusal("ENCODING_BROKEN", detail)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows as a zero byte beside every ASCII character, always on the same side."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 20 < len(head) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"
