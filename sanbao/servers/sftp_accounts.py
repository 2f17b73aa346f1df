"""Who may come in by SFTP: one account per department of the contracts, closed until it is given a way in.

A password (kept as scrypt's hash) or public keys; both lie in one folder of their own and are read at each
login, so that a change needs no restart.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from foundation.files import write_text
from sanbao.servers.keys import random_secret

_COST = {"n": 1 << 14, "r": 8, "p": 1}
_MODE = 0o600


@dataclass(frozen=True)
class Accounts:
    """The ways in of every department, under `folder`."""

    folder: Path
    departments: tuple[str, ...]

    def new_password(self, department: str) -> str:
        """A password that nobody chose; the one before ends with it."""
        password = random_secret(15)()
        salt = secrets.token_bytes(16)
        entry = {"salt": salt.hex(), "hash": _hashed(password, salt).hex()}
        write_text(json.dumps(entry), self._password_file(department), mode=_MODE)
        return password

    def allow_key(self, department: str, line: str) -> None:
        """Let in who holds the key to this line of OpenSSH's `*.pub`; others stay allowed."""
        known = self.keys(department)
        if line.strip() not in known.splitlines():
            write_text(f"{known}{line.strip()}\n", self._key_file(department), mode=_MODE)

    def close(self, department: str) -> None:
        """No way in any more."""
        self._password_file(department).unlink(missing_ok=True)
        self._key_file(department).unlink(missing_ok=True)

    def password_is(self, department: str, password: str) -> bool:
        """Takes as long for an account that does not exist."""
        salt, expected = b"-" * 16, b""
        if department in self.departments and self._password_file(department).exists():
            entry = json.loads(self._password_file(department).read_text("utf-8"))
            salt, expected = bytes.fromhex(entry["salt"]), bytes.fromhex(entry["hash"])
        return hmac.compare_digest(_hashed(password, salt), expected)

    def keys(self, department: str) -> str:
        """Lines as in OpenSSH's authorized_keys; empty for who has none."""
        if department not in self.departments or not self._key_file(department).exists():
            return ""
        return self._key_file(department).read_text("utf-8")

    def ways_in(self, department: str) -> list[str]:
        """Of `password` and `key`, those that this department has."""
        return ["password"] * self._password_file(department).exists() + ["key"] * bool(self.keys(department))

    def _password_file(self, department: str) -> Path:
        return self.folder / f"{department}.password"

    def _key_file(self, department: str) -> Path:
        return self.folder / f"{department}.keys"


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8"), salt=salt, **_COST)
