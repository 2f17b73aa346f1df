"""The container of .xls files: which streams it holds, whether all of it is there."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_LAST = 0xFFFFFFFA  # sector numbers from here on are marks, no sectors
_FREE = 0xFFFFFFFF
_SMALL = 4096  # streams below this live in the mini stream, and no workbook is that small


@dataclass(frozen=True)
class Container:
    """`streams` maps a name to (first sector, size). `is_truncated`: more is claimed than there is."""

    data: bytes = field(repr=False)
    sector: int
    fat: npt.NDArray[np.uint32]
    streams: dict[str, tuple[int, int]]
    is_truncated: bool

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream, as far as they are in the file."""
        if name not in self.streams:
            return None
        first, size = self.streams[name]
        return _chain(self.data, self.sector, self.fat, first)[:size] if size >= _SMALL else None


def open_container(data: bytes) -> Container | None:
    """None when not even the header and the sector table can be read."""
    if not data.startswith(MAGIC) or len(data) < _HEADER:
        return None
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        return None
    sector = 1 << shift
    fat, whole = _sector_table(data, sector)
    directory = _chain(data, sector, fat, struct.unpack_from("<I", data, 48)[0])
    used = np.flatnonzero(fat != _FREE)
    # The last sector may be cut short by its writer, but it must begin.
    cut = bool(len(used)) and (int(used[-1]) + 1) * sector >= len(data)
    streams = _streams(directory, sector)
    # Readers set memory aside by these numbers before they look for the bytes.
    counts = [struct.unpack_from("<I", data, at)[0] for at in (40, 44, 64, 72)]
    claims = [*(count * sector for count in counts), *(size for _, size in streams.values())]
    return Container(data, sector, fat, streams, cut or not whole or max(claims) > len(data))


def _sector_table(data: bytes, sector: int) -> tuple[npt.NDArray[np.uint32], bool]:
    """(next sector of each sector, whether the table itself is complete)."""
    count, next_list, lists = struct.unpack_from("<I", data, 44)[0], *struct.unpack_from("<II", data, 68)
    places = list(struct.unpack_from("<109I", data, 76))
    per = sector // 4
    for _ in range(min(lists, 10_000)):
        at = (next_list + 1) * sector
        if next_list >= _LAST or at + sector > len(data):
            break
        more = struct.unpack_from(f"<{per}I", data, at)
        places += more[:-1]
        next_list = more[-1]
    parts = []
    whole = True
    for place in [p for p in places if p < _LAST][:count]:
        at = (place + 1) * sector
        if at + sector > len(data):
            whole = False
            break
        parts.append(np.frombuffer(data, dtype="<u4", count=per, offset=at))
    return (np.concatenate(parts) if parts else np.empty(0, np.uint32)), whole and bool(parts)


def _chain(data: bytes, sector: int, fat: npt.NDArray[np.uint32], first: int) -> bytes:
    parts: list[bytes] = []
    at = first
    while at < _LAST and len(parts) <= len(fat):  # a chain that loops ends here
        parts.append(data[(at + 1) * sector : (at + 2) * sector])
        at = int(fat[at]) if at < len(fat) else _FREE
    return b"".join(parts)


def _streams(directory: bytes, sector: int) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        if not 2 <= length <= 64 or directory[at + 66] != 2:
            continue
        name = directory[at : at + length - 2].decode("utf-16-le", "replace")
        first, size = struct.unpack_from("<IQ", directory, at + 116)
        found[name] = first, size & 0xFFFFFFFF if sector == 512 else size  # the old form has 32 bits
    return found
