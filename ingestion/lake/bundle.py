"""Records of files that are done with, in one file per folder: years of them are read as fast as a month's.

`_bundle.jsonl` beside the records of a folder (receipts, outcomes, landings) has one per line behind its own
hash. A record with a file of its own holds before the one in the bundle, so that nothing has to happen at
once: a bundle is put in place whole, and then the files go whose content it has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from foundation.files import flush_folder, write_bytes

_T = TypeVar("_T")
Content = dict[str, Any]
_DIGEST = hashlib.sha256().digest_size * 2  # in hexadecimal


@dataclass(frozen=True)
class _Bundle:
    """The lines of a bundle that are as they were written, by name."""

    lines: Mapping[str, bytes] = field(default_factory=dict)
    is_whole: bool = True
    parsed: dict[tuple[str, Callable[[Content], Any]], Any] = field(default_factory=dict)

    def read(self, name: str, parse: Callable[[Content], _T]) -> _T:
        known = self.parsed.get((name, parse))
        if known is None:
            known = self.parsed[name, parse] = parse(json.loads(self.lines[name])["record"])
        found: _T = known
        return found


def bundle_path(folder: Path) -> Path:
    return folder / "_bundle.jsonl"


def content_of(path: Path) -> Content | None:
    """What the bundle of its folder says under the name of a record."""
    line = _bundle(path.parent).lines.get(path.stem)
    content: Content | None = None if line is None else json.loads(line)["record"]
    return content


def parsed_of(path: Path, parse: Callable[[Content], _T]) -> _T | None:
    """The same as `parse` reads it, once for as long as the bundle lasts: nobody changes what it makes."""
    bundle = _bundle(path.parent)
    return bundle.read(path.stem, parse) if path.stem in bundle.lines else None


def every(folder: Path, parse: Callable[[Content], _T]) -> tuple[list[Path], dict[str, _T]]:
    """The records of a folder: the paths of those with a file of their own, and the content of the others."""
    # Own files first: one that is put away meanwhile is found in the bundle when it is read.
    own = sorted(path for path in folder.glob("*.json") if path.name[0] not in "._")
    names, bundle = {path.stem for path in own}, _bundle(folder)
    return own, {name: bundle.read(name, parse) for name in bundle.lines if name not in names}


def is_recorded(path: Path) -> bool:
    """Whether there is such a record, in a file of its own or in the bundle."""
    return path.stem in _bundle(path.parent).lines or path.exists()


def recorded(folder: Path, beginning: str = "") -> list[Path]:
    """The records of a folder in the order of their names, each by the path of a file of its own."""
    return [folder / f"{name}.json" for name in recorded_names(folder, beginning)]


def recorded_names(folder: Path, beginning: str = "") -> list[str]:
    own = {path.stem for path in folder.glob(f"{beginning}*.json") if path.name[0] not in "._"}
    return sorted(own.union(name for name in _bundle(folder).lines if name.startswith(beginning)))


def state_of(folder: Path) -> list[str]:
    """Changes whenever a record of a folder does."""
    paths = [path for path in folder.glob("*.json") if path.name[0] not in "._"]
    bundle = bundle_path(folder)
    paths += [bundle] if bundle.exists() else []
    return [f"{path.name} {path.stat().st_mtime_ns}" for path in sorted(paths)]


def is_whole(folder: Path) -> bool:
    """Whether the bundle of a folder, if there is one, is as it was written."""
    return _bundle(folder).is_whole


def put_away(folder: Path, contents: Mapping[str, Content]) -> None:
    """Take records into the bundle and remove their own files, which must not change meanwhile."""
    bundle = _bundle(folder)
    added = {name: _line_of(name, content) for name, content in contents.items()}
    _write(folder, {**bundle.lines, **added})
    for name in contents:
        (folder / f"{name}.json").unlink(missing_ok=True)
    flush_folder(folder)


def forget(path: Path) -> None:
    """Remove a record, wherever it lies."""
    lines = _bundle(path.parent).lines
    if path.stem in lines:
        _write(path.parent, {name: each for name, each in lines.items() if name != path.stem})
    path.unlink(missing_ok=True)


def mend(folder: Path) -> None:
    """Write a damaged bundle anew with what is whole of it."""
    _write(folder, _bundle(folder).lines)


def _line_of(name: str, content: Content) -> bytes:
    text = json.dumps({"name": name, "record": content}, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _write(folder: Path, lines: Mapping[str, bytes]) -> None:
    body = b"".join(_hash(lines[name]) + lines[name] + b"\n" for name in sorted(lines))
    write_bytes(_hash(body) + b"\n" + body, bundle_path(folder))


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def _bundle(folder: Path) -> _Bundle:
    path = bundle_path(folder)
    try:
        now = path.stat()
    except FileNotFoundError:
        return _NONE
    return _read(path, now.st_ino, now.st_mtime_ns, now.st_size)


_NONE = _Bundle()


@lru_cache(maxsize=16)
def _read(path: Path, *_: int) -> _Bundle:
    seal, _newline, body = path.read_bytes().partition(b"\n")
    lines = body.split(b"\n")[:-1]
    if seal == _hash(body):
        return _Bundle(dict(_named(line[_DIGEST:] for line in lines)))
    # Of a damaged one each line that is whole still counts.
    whole = [line[_DIGEST:] for line in lines if line[:_DIGEST] == _hash(line[_DIGEST:])]
    return _Bundle(dict(_named(whole)), is_whole=False)


def _named(lines: Iterable[bytes]) -> Iterable[tuple[str, bytes]]:
    for line in lines:
        # As `_line_of` writes it: the name comes first, and has nothing in it that JSON would escape.
        yield line[9 : line.index(b'"', 9)].decode(), line
