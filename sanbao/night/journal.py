"""What became of the last nights: one line per event, so that a night that was killed is seen as well.

Written by a command and by Airflow's tasks alike, each of which is a process of its own. A line that was
cut off by a kill is passed over; the newest nights are kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from foundation.files import FILE_MODE, write_text
from sanbao.settings import Settings

By = Literal["command", "airflow"]
_KEPT = 60
Span = tuple[datetime, datetime]


@dataclass
class NightRun:
    """One night. `code` is what it failed with; without `ended_at` it runs, or was killed."""

    started_at: datetime
    by: By
    pid: int
    ended_at: datetime | None = None
    code: str = ""
    phases: dict[str, Span] = field(default_factory=dict)  # of several tasks: the first start, the last end

    @property
    def succeeded(self) -> bool:
        return self.ended_at is not None and not self.code


def path_of(settings: Settings) -> Path:
    return settings.home / "run" / "nights.jsonl"


def begin(settings: Settings, by: By) -> None:
    """A night begins; those before the last sixty are forgotten."""
    path = path_of(settings)
    with suppress(OSError):  # on a full disk the night itself says so
        lines = _lines(path)
        starts = [number for number, line in enumerate(lines) if line["event"] == "begin"]
        if len(starts) >= _KEPT:
            kept = lines[starts[-_KEPT + 1] :]
            write_text("".join(json.dumps(line) + "\n" for line in kept), path)
    _append(settings, {"event": "begin", "at": _now(), "by": by, "pid": os.getpid()})


def end(settings: Settings, code: str = "") -> None:
    """The night has come to its end; `code`: it failed, and with what."""
    _append(settings, {"event": "end", "at": _now(), "code": code})


def overdue(settings: Settings, since: datetime) -> None:
    """The time has come by which the night that was to begin at `since` is due, and it is not through."""
    _append(settings, {"event": "overdue", "at": _now(), "since": since.isoformat()})


def overdue_at(settings: Settings) -> datetime | None:
    """When that was told last; None where it never was, or a night that began since has ended."""
    told = [line for line in _lines(path_of(settings)) if line["event"] == "overdue"]
    if not told:
        return None
    since = _moment(told[-1]["since"])
    ended = any(night.ended_at and night.started_at >= since for night in nights(settings))
    return None if ended else _moment(told[-1]["at"])


@contextmanager
def phase(settings: Settings, name: str) -> Iterator[None]:
    """A part of the night, also one that fails."""
    start = _now()
    try:
        yield
    finally:
        _append(settings, {"event": "phase", "name": name, "from": start, "to": _now()})


def phase_took(settings: Settings, name: str, seconds: float) -> None:
    """The same of a part that has just ended and took so long."""
    now = datetime.now(UTC)
    start = now - timedelta(seconds=seconds)
    _append(settings, {"event": "phase", "name": name, "from": start.isoformat(), "to": now.isoformat()})


def nights(settings: Settings) -> list[NightRun]:
    """The nights that are remembered, the newest last."""
    found: list[NightRun] = []
    for line in _lines(path_of(settings)):
        if line["event"] == "begin":
            found.append(NightRun(_moment(line["at"]), line["by"], int(line["pid"])))
        elif found and line["event"] == "end":
            found[-1].ended_at, found[-1].code = _moment(line["at"]), str(line["code"])
        elif found and line["event"] == "phase":
            start, stop = _moment(line["from"]), _moment(line["to"])
            earlier = found[-1].phases.get(line["name"], (start, stop))
            found[-1].phases[line["name"]] = (min(earlier[0], start), max(earlier[1], stop))
    return found


def _append(settings: Settings, line: dict[str, Any]) -> None:
    path = path_of(settings)
    with suppress(OSError):  # as in `begin`
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)
        with os.fdopen(descriptor, "ab") as file:
            # On a line of its own, whatever a kill left of the one before.
            file.write(b"\n" + json.dumps(line).encode() + b"\n")


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = []
    for text in path.read_text("utf-8", "replace").splitlines():
        with suppress(ValueError):
            line = json.loads(text)
            if isinstance(line, dict) and "event" in line:
                found.append(line)
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _now() -> str:
    return datetime.now(UTC).isoformat()
