"""Runs a night that ends by kill -9 at a chosen moment: `killed_night.py HOME AS_OF KIND COUNT`.

KIND `rename`: just before the COUNT-th file gets its final name (every step that lasts is a rename).
KIND `node`: when dbt has finished COUNT nodes. KIND `publish`: just before the new serving file is
put in force. A night with fewer moments than COUNT ends by itself.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sanbao.night.load import load_received, receive_files
from sanbao.night.night import night
from sanbao.settings import Settings


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(count: int, call: Callable[..., Any], only: str = "") -> Callable[..., Any]:
    seen = 0

    def counted(source: Any, target: Any, *rest: Any, **named: Any) -> Any:
        nonlocal seen
        if only in str(target):
            seen += 1
            if seen == count:
                die()
        return call(source, target, *rest, **named)

    return counted


def main(home: str, as_of: str, kind: str, count: int) -> None:
    settings = Settings(home=Path(home), as_of=date.fromisoformat(as_of), workers=1)
    if kind == "rename":
        # One process, so that the kill meets the one that loads; Path.rename and Path.replace call these.
        os.replace = kill_at(count, os.replace)  # type: ignore[assignment]
        os.rename = kill_at(count, os.rename)  # type: ignore[assignment]
        for receipt in receive_files(settings):
            load_received(settings, receipt)
    elif kind == "publish":
        os.replace = kill_at(count, os.replace, only="serving.duckdb")  # type: ignore[assignment]
        night(settings)
    else:
        finished: list[str] = []

        def on_node(node: str, status: str) -> None:
            finished.append(node)
            if len(finished) == count:
                die()

        night(settings, on_node=on_node)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
