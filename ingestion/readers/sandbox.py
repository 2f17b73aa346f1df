"""Files that may end the process that reads them: tried out in one that nobody needs.

Most readers are Python, but calamine, lxml and pyarrow are not: a workbook that nobody thought of may
abort the process, eat its memory or never come to an end. A file whose loading did not come to its
end leaves a mark; the next attempt tries it out first, and only when it ends that process too is it
the file's fault. A night that was killed for another reason loads its files as ever.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingestion.readers import Reading, Refusal
from ingestion.readers.containers.sniff import sniff

READ_SECONDS = 900.0
OUT_OF_MEMORY = 3  # exit code of a trial
KILLS_READER = "FILE_KILLS_READER"
# Sent by people and service managers, who mean the night and not the file.
_FROM_OUTSIDE = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_ROOT = Path(__file__).resolve().parent.parent.parent
_PYTHON_ONLY = frozenset({"text", "binary", "broken_zip"})
Purpose = Literal["report", "read", "copy"]


class TrialFailedError(RuntimeError):
    """The trial went wrong for a reason of its own; nothing is known about the file."""


@dataclass(frozen=True)
class Trial:
    """How the process ended: 'signal 6', 'memory', 'time', or '' when it came to its end."""

    ended_by: str = ""
    report: bytes = b""


def may_kill(data: bytes) -> bool:
    """Whether anything but Python and pyarrow's text reader would touch the bytes."""
    return sniff(data) not in _PYTHON_ONLY


def try_out(
    data: bytes, name: str, department: str | None, purpose: Purpose, seconds: float = READ_SECONDS
) -> Trial:
    """Take a file through reading and checking in a process with bounds on memory and time.

    'report' also says what was found, 'copy' also makes the marked copy. Raises TrialFailedError.
    """
    command = [sys.executable, "-m", "ingestion.pipeline.sandbox_child", purpose, name, department or ""]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, check=False, cwd=_ROOT
        )
    except subprocess.TimeoutExpired:
        return Trial("time")
    if done.returncode == 0:
        return Trial(report=done.stdout)
    if done.returncode == OUT_OF_MEMORY:
        return Trial("memory")
    if done.returncode > 0 or -done.returncode in _FROM_OUTSIDE:
        raise TrialFailedError(f"the trial of a file ended with {done.returncode}")
    return Trial(f"signal {-done.returncode}")


def unread() -> Reading:
    """What stands for the reading of a file that must not be read here."""
    return Reading("unread", None, refusal=Refusal(KILLS_READER))
