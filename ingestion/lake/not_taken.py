"""What lies in the inbox and was not taken, and why: said on the slip, in the summary and the status.

It is no outcome: nothing was received, the file lies where it was, and the next run tries again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from foundation.files import write_bytes
from ingestion.lake.home import Home
from ingestion.lake.sealed import RecordDamagedError, sealed, unsealed
from ingestion.messages.problems import remedy, sentence
from ingestion.text.masking import shown_name


@dataclass(frozen=True)
class NotTaken:
    """A file or folder of the inbox that was left where it is."""

    department: str
    name: str  # below the department's folder; masked, fit to be shown
    code: str
    since: datetime  # when it was seen first (UTC)
    words: Mapping[str, str] = field(default_factory=dict)  # of the sentence

    def said(self, *, english: bool = False) -> str:
        """Why, as one sentence, and what to do."""
        words = self.words
        said = sentence(self.code, words, english=english), remedy(self.code, words, english=english)
        return (" " if english else "").join(said)


def readable(name: str) -> str:
    """A name of the file system as text: UTF-8, else GB18030 as Windows writes it, else with marks."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def left_there(
    department: str, parts: Sequence[str], code: str, now: datetime, words: Mapping[str, str]
) -> NotTaken:
    """`parts` are the names below the department's folder; none: that folder itself."""
    return NotTaken(department, shown_name(readable("/".join(parts))), code, now.astimezone(UTC), words)


def not_taken(home: Home) -> list[NotTaken]:
    """What the last run left in the inbox."""
    path = _path(home)
    if not path.exists():
        return []
    try:
        found = unsealed(path)["entries"]
    except RecordDamagedError:
        return []  # the next run looks again
    return [NotTaken(**{**entry, "since": datetime.fromisoformat(entry["since"])}) for entry in found]


def record(home: Home, found: Sequence[NotTaken]) -> None:
    """Keep what this run left there; what was left before keeps the moment it was seen first."""
    before = {(entry.department, entry.name, entry.code): entry for entry in not_taken(home)}
    merged = [
        replace(entry, since=before.get((entry.department, entry.name, entry.code), entry).since)
        for entry in sorted(found, key=lambda entry: (entry.department, entry.name))
    ]
    if merged == list(before.values()):
        return
    rows = [{**asdict(entry), "since": entry.since.isoformat()} for entry in merged]
    write_bytes(sealed({"entries": rows}), _path(home))


def _path(home: Home) -> Path:
    return home.archive / "not_taken.json"
