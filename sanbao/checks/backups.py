"""How old the last backup is, whether it is still there, and when one was last restored for proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ingestion import Home
from ingestion.lake.bundle import recorded_names
from sanbao.checks.findings import Finding, Level, found
from sanbao.night.safekeeping import last_backup, last_drill
from sanbao.settings import Settings

AREA = "backup"
OLD, VERY_OLD = timedelta(days=2), timedelta(days=7)
DRILL_OLD = timedelta(days=92)


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    if not any(recorded_names(Home(settings.home).receipts)):
        return  # nothing that a backup could hold
    backup, drill = last_backup(settings), last_drill(settings)
    if backup is None:
        yield found("ERROR", "BACKUP_NEVER", AREA)
    else:
        age, path = now - backup.moment, Path(backup.path)
        if age > OLD:
            level: Level = "ERROR" if age > VERY_OLD else "NOTE"
            yield found(level, "BACKUP_OLD", AREA, days=age.days, path=path)
        # In another container the folder may not be there at all: that says nothing of the file.
        if path.parent.is_dir() and not path.exists():
            yield found("ERROR", "BACKUP_GONE", AREA, path=path)
        elif path.exists() and path.stat().st_size != backup.byte_count:
            yield found("ERROR", "BACKUP_CHANGED", AREA, path=path)
        elif age <= OLD:
            yield found("OK", "BACKUP_GOOD", AREA, days=max(age.days, 0), path=path)
        if _same_disk(settings, path):
            yield found("NOTE", "BACKUP_BESIDE", AREA, path=path.parent)
    if drill is None:
        yield found("NOTE", "DRILL_NEVER", AREA)
    elif now - drill.moment > DRILL_OLD:
        yield found("NOTE", "DRILL_OLD", AREA, days=(now - drill.moment).days)
    else:
        yield found("OK", "DRILL_GOOD", AREA, days=max((now - drill.moment).days, 0))


def _same_disk(settings: Settings, path: Path) -> bool:
    """Whether the disk that takes the data away would take the backup, too."""
    return path.parent.is_dir() and path.parent.stat().st_dev == settings.home.stat().st_dev
