"""JSON records that tell when they were changed: each carries the hash of all else in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ingestion.lake import bundle

_T = TypeVar("_T")

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
    """The content of a record without its seal; raises RecordDamagedError or FileNotFoundError.

    One that is done with may lie in the bundle of its folder.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if (bundled := bundle.content_of(path)) is None:
            raise
        return bundled
    return _checked(path, data)


def read_as(path: Path, parse: Callable[[dict[str, Any]], _T]) -> _T:
    """What `parse` makes of a record; `parse` is a function of a module, and what it makes nobody changes."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if (found := bundle.parsed_of(path, parse)) is None:
            raise
        return found
    return parse(_checked(path, data))


def read_every(folder: Path, parse: Callable[[dict[str, Any]], _T]) -> dict[str, _T]:
    """Name → content of all records of a folder, in the order of their names; raises RecordDamagedError."""
    own, found = bundle.every(folder, parse)
    found.update((path.stem, read_as(path, parse)) for path in own)
    return dict(sorted(found.items()))


def _checked(path: Path, data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode("utf-8", "surrogatepass"))
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
