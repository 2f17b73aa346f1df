"""A secret key that data depend on is never made anew in silence: its fingerprint lies beside the data.

Another hash key would give every person another `person_key`: whatever was served, exported or counted
before could no more be compared with what is served now.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal


class KeyProblemError(RuntimeError):
    """The key is not there, or it is not the one the data were made with; says which file."""

    def __init__(self, code: Literal["KEY_LOST", "KEY_MISMATCH"], key: str) -> None:
        super().__init__(f"{code}: {key}")
        self.code, self.key = code, key


def fingerprint(key: str) -> str:
    """Tells two keys apart and says nothing about either; for keys of full entropy only."""
    return hmac.new(key.encode(), b"sanbao key fingerprint", hashlib.sha256).hexdigest()


def refuse_other_key(where: str, key: str | None, known: str | None) -> None:
    """For data that exist: raises KeyProblemError when `key` is None or does not fit `known`.

    `known` is None in a home of an earlier version: the key that is there is taken for the right one.
    """
    if key is None:
        raise KeyProblemError("KEY_LOST", where)
    if known is not None and known != fingerprint(key):
        raise KeyProblemError("KEY_MISMATCH", where)
