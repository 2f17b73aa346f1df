"""Sanbao's command line, killed at its N-th change of the disk: `python -m benchmarks.killed N ARGUMENTS`.

A change is a rename, a removal, a new folder or a file opened for writing, counted in each process by
itself, worker processes too. Whichever comes to N first ends the whole process group, as a power cut would.
N = 0: never.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"})


def _end_group() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def die_at(point: int, end: Callable[[], None] = _end_group) -> None:
    """Call `end` just before the change of that number."""
    left = point

    def on_event(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in _CHANGES or (event == "open" and _writes(arguments)):
            left -= 1
            if left == 0:
                end()

    sys.addaudithook(on_event)


def _writes(arguments: tuple[Any, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


# A spawned worker imports this file under the second name, with the arguments of its parent.
if __name__ in ("__main__", "__mp_main__") and len(sys.argv) > 1 and (number := int(sys.argv[1])):
    die_at(number)

if __name__ == "__main__":
    from sanbao.cli.app import main

    main(sys.argv[2:])
