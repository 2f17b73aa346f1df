"""Decide from the bytes alone what a file is, and read it."""

from __future__ import annotations

from ingestion.readers.model import Reading, Refusal


def read(data: bytes, *, known_headers: frozenset[str]) -> Reading:
    """Tables of text cells from any bytes; never raises for what they contain.

    `known_headers` are the headers and aliases of all contracts, through `normalise_header`.
    """
    return Reading("unknown", None, refusal=Refusal("FILE_UNREADABLE"))
