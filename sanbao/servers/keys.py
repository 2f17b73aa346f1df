"""Keys of the servers: made once; with a database written with one, a lost key is said and not replaced."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from foundation.files import write_text
from sanbao.errors import SanbaoError


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """What `make` gave when the secret was first asked for, readable by the operator alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_text(make() + "\n", path, mode=0o600)
    return path.read_text("ascii").strip()


def random_secret(byte_count: int) -> Callable[[], str]:
    return lambda: secrets.token_urlsafe(byte_count)


def check_key(path: Path, key: str | None, record: Path) -> None:
    """For a database that exists: raises SanbaoError (KEY_LOST, KEY_MISMATCH) when this is not its key.

    `record` keeps the fingerprint beside the database; it is written when it is not there yet.
    """
    from ingestion.lake.key_fingerprint import KeyProblemError, fingerprint, refuse_other_key

    known = record.read_text("ascii").strip() if record.exists() else None
    try:
        refuse_other_key(str(path), key or None, known)
    except KeyProblemError as error:
        raise SanbaoError(error.code, key=error.key) from error
    if known is None and key:
        write_text(fingerprint(key), record)
