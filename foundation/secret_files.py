"""Secrets as settings: a variable holds one, or the same name with `_FILE` names the file that does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def secret_setting(name: str, env: Mapping[str, str] | None = None) -> str | None:
    """The secret `name`; None where neither variable is set. Raises OSError for a file that cannot be read.

    A file, where one is named: a container's environment is shown to whoever may inspect it.
    """
    given = os.environ if env is None else env
    if path := given.get(f"{name}_FILE"):
        return Path(path).read_text("utf-8").strip()
    return given.get(name) or None
