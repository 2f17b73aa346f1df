"""Source folders of the installation, told apart by their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

_GENERATED = {"target", "logs", "dbt_packages", "__pycache__"}


def tree_hash(project: Path) -> str:
    """Hash over the names and contents of a source folder, generated files left out."""
    content = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        inside = path.relative_to(project)
        if path.is_file() and _GENERATED.isdisjoint(inside.parts) and not path.name.startswith("."):
            content.update(str(inside).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()
