"""What a night did, as a summary and as lines of text."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from foundation.language import Language
from sanbao.night.load import OutcomeRow, check_accounting, label, left_in_inbox
from sanbao.queries import deliveries
from sanbao.queries.serving import published_dates
from sanbao.settings import Settings
from sanbao.words import text

_LIST_OF_STATE = {
    "LOADED": "loaded",
    "PARTIAL": "partial",
    "REFUSED": "refused",
    "NIL": "nil",
    "DUPLICATE": "duplicate",
}


@dataclass
class Summary:
    """What a night did: what loaded, what was held, what is missing."""

    as_of: str
    known_by: str | None
    files: int = 0
    loaded: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nil: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)
    rows_read: int = 0
    rows_accepted: int = 0
    rows_held: int = 0
    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    reminded: list[str] = field(default_factory=list)
    disagreeing: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)  # warehouses that could not be read
    rebuilt: list[str] = field(default_factory=list)  # dates that were served and had been lost
    build_skipped: bool = False
    published: bool = False
    candidates: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def summarise(
    settings: Settings, as_of: date, known_by: datetime | None, outcomes: list[OutcomeRow]
) -> Summary:
    """Outcomes of a night as a summary; asserts that the night's rows add up."""
    check_accounting(outcomes)
    summary = Summary(as_of.isoformat(), known_by.isoformat() if known_by else None)
    summary.files = len({row["sha256"] for row in outcomes})
    for row in sorted(outcomes, key=lambda row: (str(row["department"]), str(row["file_name"]))):
        summary.rows_read += int(row["rows_read"])
        summary.rows_accepted += int(row["rows_accepted"])
        summary.rows_held += int(row["rows_held"])
        target: list[str] = getattr(summary, _LIST_OF_STATE[row["delivery_state"]])
        target.append(_line(row, settings.lang))
    check_accounting([asdict(summary)])
    # Without the names: clerks name files after people, and a log is kept for long.
    summary.not_taken = [f"{left['department']}: {left['code']}" for left in left_in_inbox(settings)]
    summary.missing, summary.stale = _not_delivered(settings, as_of)
    return summary


def _line(row: OutcomeRow, lang: Language) -> str:
    """Without the sentence of a refusal, which repeats headers and titles of the file."""
    file = f"{label(row)} → {row['feed'] or '?'}"
    if row["delivery_state"] in ("REFUSED", "DUPLICATE"):
        return f"{file}: {row['reason_code']}"
    key = "night.held" if row["rows_held"] else "night.taken"
    return text(key, lang, file=file, accepted=row["rows_accepted"], held=row["rows_held"])


def _not_delivered(settings: Settings, as_of: date) -> tuple[list[str], list[str]]:
    """Feeds that owe their last period, and those whose newest rows are too old: as the board has them."""
    if as_of not in published_dates(settings):
        return [], []
    rows = sorted(deliveries.feeds(settings, as_of).records(), key=lambda row: str(row["feed"]))
    missing = [row["feed"] for row in rows if row["arrival_state"] == "MISSING"]
    stale = [f"{row['feed']} ({row['newest_on']})" for row in rows if row["is_stale"] and row["newest_on"]]
    return missing, stale


def summary_lines(result: Summary, lang: str) -> list[str]:
    """The summary as lines of text; the DAG logs the same lines."""
    head = "night.head" if result.files else "night.nothing"
    lines = [
        text(head, lang, as_of=result.as_of, files=result.files, read=result.rows_read,
             accepted=result.rows_accepted, held=result.rows_held)
    ]  # fmt: skip
    for name in (
        "partial",
        "refused",
        "nil",
        "duplicate",
        "not_taken",
        "missing",
        "stale",
        "reminded",
        "disagreeing",
        "set_aside",
        "rebuilt",
    ):
        items: list[str] = getattr(result, name)
        if items:
            lines.append(f"{text(f'night.{name}', lang)} ({len(items)})")
            lines += [f"  {item}" for item in items]
    if result.candidates is not None:
        lines.append(text("night.candidates", lang, count=f"{result.candidates:,}"))
    if result.seconds:
        times = ", ".join(f"{step} {seconds:.1f}" for step, seconds in result.seconds.items())
        lines.append(f"{text('night.times', lang)}: {times}")
    return lines
