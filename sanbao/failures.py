"""The last guard before a log or a person: an exception that nobody expected, told without its values."""

from __future__ import annotations

import functools
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from sanbao.errors import SanbaoError
from sanbao.redact import kind_of, stack_of
from sanbao.settings import load_settings

P = ParamSpec("P")
T = TypeVar("T")


def unexpected(error: Exception) -> SanbaoError:
    """Keep where it came from for the operator, and tell where that is."""
    said = stack_of(error)
    name = f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    where = "-"
    for folder in (_logs, lambda: Path(tempfile.gettempdir())):
        try:
            log = folder() / name
            descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(said)
            where = str(log)
            break
        except (OSError, SanbaoError):
            continue  # the home cannot be written: beside it
    return SanbaoError("UNEXPECTED", detail=kind_of(error), log=where)


def _logs() -> Path:
    folder = load_settings().logs
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def told_plainly(step: Callable[P, T]) -> Callable[P, T]:
    """`step`, whose exceptions reach the caller (and its log) without the ones behind them.

    A scheduler logs an exception with everything that led to it, and that repeats cells.
    """

    @functools.wraps(step)
    def run(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return step(*arguments, **named)
        except SanbaoError as error:
            failed = SanbaoError(error.code, **error.values)
        except Exception as error:  # noqa: BLE001  (the last line of defence before a log)
            failed = unexpected(error)
        raise failed  # outside of the handlers: nothing is behind it

    return run
