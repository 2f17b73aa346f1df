"""Texts that clerks find in their return folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from foundation.files import write_bytes

RULE = "─" * 40


def write_notice(path: Path, lines: Sequence[str]) -> bool:
    """Write `lines` to `path`, unless they stand there already; True when the file changed."""
    # With a byte order mark and CRLF, Notepad shows it right.
    return write_if_changed(path, "\r\n".join([*lines, ""]).encode("utf-8-sig"))


def write_if_changed(path: Path, data: bytes) -> bool:
    """The same for any bytes."""
    # Clerks can write into the folder: what lies there need not be the file that we wrote.
    if path.is_dir() and not path.is_symlink():
        return False
    is_plain = path.is_file() and not path.is_symlink()
    if is_plain and path.stat().st_size == len(data) and path.read_bytes() == data:
        return False
    write_bytes(data, path)
    return True
