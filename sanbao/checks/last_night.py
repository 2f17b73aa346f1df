"""What became of the last night: it came through, failed, was killed, is late, or never was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from foundation.language import COUNTY_TIME
from sanbao.checks.findings import Finding, Level, found
from sanbao.night import journal, lineage, metrics
from sanbao.night.journal import NightRun
from sanbao.servers.processes import who
from sanbao.settings import Settings

AREA = "night"
# Every night at its time, and whenever a file comes: a day and two hours without one is a night left out.
LATE = timedelta(hours=26)
LONG_LATE = timedelta(days=3)
# The longest night that was ever measured took minutes; a task may be tried three times.
ENDLESS = timedelta(hours=6)


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    nights = journal.nights(settings)
    if not nights:
        yield found("NOTE", "NIGHT_NEVER", AREA)
        return
    last = nights[-1]
    if told_at := journal.overdue_at(settings):
        due, at = f"{settings.night_due:%H:%M}", _said(told_at)
        yield found("ERROR", "NIGHT_OVERDUE", AREA, due=due, at=at)
    good = [night for night in nights if night.succeeded]
    through = _said(good[-1].ended_at) if good else "-"
    if last.ended_at is None:
        if _runs(last, now):
            yield found("OK", "NIGHT_RUNS", AREA, since=_said(last.started_at))
        else:
            yield found("ERROR", "NIGHT_KILLED", AREA, since=_said(last.started_at), good=through)
        return
    if last.code:
        yield found("ERROR", "NIGHT_FAILED", AREA, at=_said(last.ended_at), error=last.code, good=through)
    late = now - last.started_at
    if late > LATE:
        level: Level = "ERROR" if late > LONG_LATE else "NOTE"
        hours = int(late.total_seconds() // 3600)
        yield found(level, "NIGHT_LATE", AREA, at=_said(last.started_at), hours=hours)
    elif not last.code:
        yield found("OK", "NIGHT_GOOD", AREA, at=_said(last.ended_at))
    yield from _metrics(settings, last.ended_at)
    yield from _lineage(settings)


def _runs(night: NightRun, now: datetime) -> bool:
    """A command runs as long as its process; Airflow's tasks are processes of their own."""
    if night.by == "command":
        process = who(night.pid)
        started = now - timedelta(seconds=process.seconds) if process else now
        # Not another one that got its number: it would have begun after the night.
        return process is not None and started <= night.started_at + timedelta(seconds=1)
    return now - night.started_at < ENDLESS


def _metrics(settings: Settings, ended_at: datetime) -> Iterator[Finding]:
    path = metrics.path_of(settings)
    written = path.stat().st_mtime if path.exists() else 0.0
    if written + 1 < ended_at.timestamp():
        yield found("NOTE", "METRICS_OLD", AREA, path="metrics/sanbao.prom")


def _lineage(settings: Settings) -> Iterator[Finding]:
    mark = lineage.failure_mark(settings)
    if lineage.is_on(settings) and mark.exists():
        at, _, error = mark.read_text("utf-8").strip().partition(" ")
        yield found("NOTE", "LINEAGE_UNTOLD", AREA, at=_said(datetime.fromisoformat(at)), error=error)


def _said(moment: datetime | None) -> str:
    return f"{moment.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M}" if moment else "-"
