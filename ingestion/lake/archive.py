"""The bytes as they came, read back: what does not fit its hash is never taken for what was sent."""

from __future__ import annotations

import hashlib

from ingestion.lake.home import Home


class ArchiveDamagedError(Exception):
    """The archive lacks a file, or holds other bytes than came (`changed`)."""

    def __init__(self, sha256: str, changed: bool) -> None:
        super().__init__(f"archive {sha256[:12]}: {'changed' if changed else 'missing'}")
        self.sha256 = sha256
        self.changed = changed

    def __reduce__(self) -> tuple[object, ...]:
        return (ArchiveDamagedError, (self.sha256, self.changed))  # raised in worker processes, too


def archived_bytes(home: Home, sha256: str) -> bytes:
    """The bytes with this hash; raises ArchiveDamagedError."""
    try:
        data = home.archived(sha256).read_bytes()
    except FileNotFoundError as error:
        raise ArchiveDamagedError(sha256, changed=False) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ArchiveDamagedError(sha256, changed=True)
    return data


def is_whole(home: Home, sha256: str) -> bool:
    """Whether the archive holds these bytes unchanged."""
    try:
        with home.archived(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False
