"""Bytes of a text file to UTF-8, strictly: an undecodable byte refuses the file."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass

from ingestion.readers.model import Refusal

_CHUNK = 4 << 20
_HEAD = 64 << 10
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
# Four Chinese characters in UTF-8, one after another.
_UTF8_CHINESE = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
Utf8 = bytes | bytearray


@dataclass(frozen=True)
class Decoded:
    """UTF-8 without BOM, every line end a line feed. `line_ends` are those found when they differ."""

    text: Utf8
    encoding: str
    line_ends: tuple[str, ...]


def decode(data: bytes) -> Decoded | Refusal:
    """The text of a file.

    UTF-8 is tried first because GB18030 reads most UTF-8 files without complaint, as nonsense.
    """
    head = data[:_HEAD]
    if head.count(b"\r\r\n") * 2 > head.count(b"\n"):  # written through a text mode that doubled the CR
        data = data.replace(b"\r\r\n", b"\r\n")
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


def _strict(data: bytes, codec: str, name: str, skip: int = 0) -> Decoded | Refusal:
    """Decode chunk by chunk, so that the text never stands in memory as a whole."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    same = codec == "utf-8" and b"\r" not in data
    breaks = io.IncrementalNewlineDecoder(None, translate=True)
    out = bytearray()
    for start in range(skip, len(data), _CHUNK):
        pending = len(decoder.getstate()[0])
        last = start + _CHUNK >= len(data)
        try:
            text = decoder.decode(data[start : start + _CHUNK], last)
        except UnicodeDecodeError as error:
            return _broken(data, start - pending + error.start, name, is_end=last and _is_cut(error))
        if not same:
            out += breaks.decode(text, last).encode("utf-8")
    seen = breaks.newlines
    if same:
        return Decoded(data[skip:] if skip else data, name, ())
    return Decoded(out, name, () if seen is None or isinstance(seen, str) else tuple(seen))


def _is_cut(error: UnicodeDecodeError) -> bool:
    return "unexpected end" in error.reason or "incomplete" in error.reason


def broken_off(data: Utf8) -> Refusal:
    """FILE_TRUNCATED, with the last line that is whole."""
    return Refusal("FILE_TRUNCATED", {"format": "text", "line": str(data.count(b"\n"))})


def _broken(data: bytes, at: int, name: str, *, is_end: bool) -> Refusal:
    if is_end:  # in the middle of a character
        cut = broken_off(data)
        return Refusal(cut.code, {**cut.detail, "byte": str(at)})
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
