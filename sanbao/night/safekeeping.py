"""Which backup was written last, and which was last proven by a restoration: kept beside the data.

A backup may go to another disk or another container: what is known of it here is what was written here.
Neither record is in a backup: a restored home has no backup of its own yet, and says so.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from foundation.files import write_text
from sanbao.settings import Settings


@dataclass(frozen=True)
class Kept:
    """`path`: the backup; `at`: when it was written, or proven (ISO, with its zone)."""

    path: str
    at: str
    byte_count: int = 0

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def last_backup(settings: Settings) -> Kept | None:
    """The backup that was written last; None before the first."""
    return _read(settings.home / "run" / "backup.json")


def last_drill(settings: Settings) -> Kept | None:
    """The backup that was last restored for proof, and when."""
    return _read(settings.home / "run" / "drill.json")


def note_backup(settings: Settings, kept: Kept) -> None:
    _write(settings.home / "run" / "backup.json", kept)


def note_drill(settings: Settings, kept: Kept) -> None:
    _write(settings.home / "run" / "drill.json", kept)


def _read(path: Path) -> Kept | None:
    """A record that cannot be read proves nothing."""
    try:
        kept = Kept(**json.loads(path.read_text("utf-8")))
        return kept if kept.moment.tzinfo else None
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write(path: Path, kept: Kept) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_text(json.dumps(asdict(kept)), path)
