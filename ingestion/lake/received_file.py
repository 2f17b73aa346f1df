"""A file as it was received, out of the archive: apart from `archive`, which reads no containers."""

from __future__ import annotations

import hashlib

from ingestion.lake.archive import ArchiveDamagedError, archived_bytes
from ingestion.lake.home import Home
from ingestion.readers import entries


def received_file(home: Home, container_sha256: str, sha256: str) -> bytes | None:
    """A file that was received: archived as it came, or an entry of an archived zip.

    None where the archive no longer holds what came: nothing is made of bytes that nobody sent, and
    `sanbao verify` names them.
    """
    try:
        data = archived_bytes(home, container_sha256)
    except ArchiveDamagedError:
        return None
    if sha256 == container_sha256:
        return data
    found = entries(data)
    if not isinstance(found, list):
        return None
    return next((content for _, content in found if hashlib.sha256(content).hexdigest() == sha256), None)
