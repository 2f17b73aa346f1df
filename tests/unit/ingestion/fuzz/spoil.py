"""Spoil a file where it hurts: in its bytes, in one part of its package, in one record of its stream."""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from html import escape

from xlwt.CompoundDoc import XlsDoc

from ingestion.readers.containers.ole import open_container

Change = Callable[[bytes, random.Random], bytes]
TOKENS = [
    *(b'"', b",", b"\n", b"\r", b"\x00", b"\xff" * 4, b"\x81", b"<", b">", b"'", b"\\", b"\xe4", b"\t"),
    *(b"&lol;", b"<!DOCTYPE x [<!ENTITY lol 'lol'>]>", b"<table>", b"</table>", b"<tr>", b"<td colspan=999>"),
    *(b"=1+1", b'="1"', "合计".encode(), "合计".encode("gb18030"), b"440825198001010018", b"4.40825E+17"),
    *(b"A1048576", b"XFD1", b' r="XFD1048576"', b"1e308", b"NaN", b"-1", b"99999999999", b"\r\n\r\n"),
]
WORDS = [token.decode("utf-8", "ignore") for token in TOKENS]
WORDS += [
    "\u2028",
    "\u202e",
    "\ufeff",
    "\x85",
    "\ue000",
    "＝",
    "，",
    "\U00020bb7",
    "　",
    "\x0b",
    "\x1c",
    "０" * 18,
]
NUMBERS = [
    b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x01\x00",
    b"\x01\x00\x00\x00",
]
COUNTS = [b"0", b"1", b"7", b"255", b"16384", b"16385", b"1048576", b"4294967296", b"9" * 25]
_TAGS = re.compile(rb"(<[^<>]*>)")
HOW_MANY = [1, 1, 1, 1, 2, 3, 12]
ENTRY_TRICKS = [
    "../x.csv",
    "/etc/x.csv",
    "C:\\x.csv",
    "a/../../x",
    "con",
    "x\x00y.csv",
    "\u202ecsv.exe",
    "~$x",
]
_DATED = (1980, 1, 1, 0, 0, 0)


def bytewise(data: bytes, dice: random.Random) -> bytes:
    """A few bytes changed, put in, taken out, doubled, or the rest cut off."""
    spoiled = bytearray(data)
    for _ in range(dice.choice(HOW_MANY)):
        if not spoiled:
            break
        at, way = dice.randrange(len(spoiled)), dice.randrange(6)
        match way:
            case 0:
                spoiled[at] = dice.randrange(256)
            case 1:
                spoiled[at:at] = dice.choice(TOKENS)
            case 2:
                del spoiled[at : at + dice.choice([1, 2, 8, 100])]
            case 3:
                start = dice.randrange(len(spoiled))
                spoiled[at:at] = spoiled[start : start + dice.choice([4, 40, 400])]
            case 4:
                spoiled[at : at + 4] = dice.choice(NUMBERS)
            case _:
                if dice.random() < 0.2:
                    del spoiled[at + 1 :]
    return bytes(spoiled)


def wording(data: bytes, dice: random.Random) -> bytes:
    """Text spoiled between its characters, so that it stays text."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "gb18030"
        text = data.decode(encoding, "replace")
    for _ in range(dice.choice(HOW_MANY)):
        at, other = dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)
        match dice.randrange(4):
            case 0:
                text = text[:at] + dice.choice(WORDS) + text[at:]
            case 1:
                text = text[:at] + text[at + dice.choice([1, 1, 3, 40]) :]
            case 2:
                text = text[:at] + text[other : other + dice.choice([1, 8, 80])] + text[at:]
            case _:
                text = text[:at] + dice.choice(WORDS) + text[at + 1 :]
    return text.encode(encoding, "replace")


def elements(data: bytes, dice: random.Random) -> bytes:
    """Markup spoiled by whole elements, by the numbers in its tags and by its texts: it stays well formed."""
    pieces = _TAGS.split(data)  # texts at even places, tags at odd ones
    for _ in range(dice.choice(HOW_MANY)):
        at = dice.randrange(len(pieces))
        if at % 2 == 0:
            pieces[at] = escape(dice.choice(WORDS)).encode("utf-8", "replace")
        elif dice.random() < 0.5:
            pieces[at] = re.sub(rb"\d+", lambda _: dice.choice(COUNTS), pieces[at], count=1)
        else:
            name = re.match(rb"<([\w:]+)", pieces[at])
            close = b"</" + name[1] + b">" if name else b""
            end = pieces.index(close, at) if close in pieces[at:] else at
            if dice.random() < 0.5:
                pieces[at : end + 1] = [b""]
            else:
                pieces[at:at] = [*pieces[at : end + 1], b""]
    return b"".join(pieces)


def package(data: bytes, dice: random.Random, change: Change = bytewise) -> bytes:
    """One part of a zipped file spoiled, or its entry: a byte in the zip seldom gets past its checksum."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(data)) as source:
        warnings.simplefilter("ignore")  # two entries of one name are meant
        with zipfile.ZipFile(stream, "w") as target:
            names = source.namelist() or [""]
            chosen, way = dice.choice(names), dice.randrange(12)
            for name in source.namelist():
                part = source.read(name)
                if name != chosen or way > 2:
                    part = change(part, dice) if name == chosen else part
                    target.writestr(zipfile.ZipInfo(name, _DATED), part)
                elif way == 0:
                    target.writestr(zipfile.ZipInfo(dice.choice([*ENTRY_TRICKS, *names]), _DATED), part)
                elif way == 1:
                    target.writestr(zipfile.ZipInfo(name, _DATED), part)
                    target.writestr(zipfile.ZipInfo(name, _DATED), change(part, dice))
    return stream.getvalue()


def records(stream: bytes, dice: random.Random, change: Change = bytewise) -> bytes:
    """A few records of a BIFF stream changed, doubled, dropped, or their kind or length altered."""
    pieces = _records(stream)
    for _ in range(dice.choice([1, 1, 2, 5])):
        if not pieces:
            break
        at = dice.randrange(len(pieces))
        kind, size, body = pieces[at]
        match dice.randrange(6):
            case 0:
                pieces[at] = (dice.randrange(0x900), size, body)
            case 1:
                pieces[at] = (kind, dice.choice([0, 1, size + 1, 0xFFFF, dice.randrange(0x2100)]), body)
            case 2:
                pieces.insert(dice.randrange(len(pieces)), pieces[at])
            case 3:
                del pieces[at]
            case _:
                body = change(body, dice)[:0xFFFF]
                pieces[at] = (kind, len(body), body)
    return b"".join(struct.pack("<HH", kind, size) + body for kind, size, body in pieces)


def _records(stream: bytes) -> list[tuple[int, int, bytes]]:
    found, at = [], 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        found.append((kind, size, stream[at + 4 : at + 4 + size]))
        at += 4 + size
    return found


def container(data: bytes, dice: random.Random, change: Change = bytewise) -> bytes:
    """The workbook stream of an .xls spoiled by record, in a container that is whole again."""
    opened = open_container(data)
    stream = opened.stream("Workbook") if opened else None
    if stream is None:
        return change(data, dice)
    target = io.BytesIO()
    XlsDoc().save(target, records(stream, dice, change))
    return target.getvalue()


def spoil(data: bytes, dice: random.Random, change: Change = bytewise) -> bytes:
    """One mutation of a file of any format, with regard to its structure four times in five."""
    structural: Change | None = None
    if data.startswith(b"PK"):
        structural = package_of(change)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        structural = lambda d, r: container(d, r, change)  # noqa: E731
    elif data.startswith(b"\x09"):
        structural = lambda d, r: records(d, r, change)  # noqa: E731
    if structural is None:
        structural = elements if _is_markup(data) else wording
    if dice.random() < 0.2:
        return change(data, dice)
    try:
        return structural(data, dice)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError, struct.error):
        return change(data, dice)  # spoiled before, beyond being taken apart


def package_of(change: Change) -> Change:
    """`package` that changes the archives inside an archive by their own structure."""

    def inner(part: bytes, dice: random.Random) -> bytes:
        if part.startswith((b"PK", b"\xd0\xcf")) or _is_markup(part):
            return spoil(part, dice, change)
        return change(part, dice)

    return lambda data, dice: package(data, dice, inner)


def _is_markup(data: bytes) -> bool:
    return data[:4096].lstrip(b"\xef\xbb\xbf \r\n").startswith((b"<", b"MIME-"))
