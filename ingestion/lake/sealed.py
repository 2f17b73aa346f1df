"""JSON records that tell when they were changed: each carries the hash of all else in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SEAL = "seal"


class RecordDamagedError(ValueError):
    """A record is not as it was written. `unsealed`: it has no seal, as those of older versions."""

    def __init__(self, path: Path, *, unsealed: bool = False) -> None:
        super().__init__(f"{path.parent.name}/{path.name} is not as it was written")
        self.path = path
        self.unsealed = unsealed

    def __reduce__(self) -> tuple[object, ...]:
        return (RecordDamagedError, (self.path,))  # raised in worker processes, too


def sealed(content: Mapping[str, Any]) -> bytes:
    """`content` as JSON with its seal."""
    text = json.dumps({**content, SEAL: _seal(content)}, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "surrogatepass")


def unsealed(path: Path) -> dict[str, Any]:
    """The content of a record without its seal; raises RecordDamagedError or FileNotFoundError."""
    try:
        content = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise RecordDamagedError(path) from error
    if not isinstance(content, dict) or SEAL not in content:
        raise RecordDamagedError(path, unsealed=True)
    seal = content.pop(SEAL)
    if seal != _seal(content):
        raise RecordDamagedError(path)
    return content


def _seal(content: Mapping[str, Any]) -> str:
    # Sorted and escaped: the same content has one text, however it is laid out in the file.
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
