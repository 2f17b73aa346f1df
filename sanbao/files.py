"""Files of the installation: written whole, and told apart by their content."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_GENERATED = {"target", "logs", "dbt_packages", "__pycache__"}


def write_atomically(path: Path, text: str, mode: int = 0o640) -> None:
    """Replace `path` by `text`: a reader sees the old or the new text, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    temporary.touch(mode)
    temporary.write_text(text, "utf-8")
    with temporary.open("rb") as handle:
        os.fsync(handle.fileno())
    temporary.replace(path)


def tree_hash(project: Path) -> str:
    """Hash over the names and contents of a source folder, generated files left out."""
    content = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        inside = path.relative_to(project)
        if path.is_file() and _GENERATED.isdisjoint(inside.parts) and not path.name.startswith("."):
            content.update(str(inside).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()
