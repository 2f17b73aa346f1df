"""One night, as functions that the command line and the DAG call alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sanbao.build import BuildResult, build
from sanbao.cross_file import give_cross_checks
from sanbao.ingest import (
    LoadIncomplete,
    OutcomeRow,
    Progress,
    check_accounting,
    label,
    left_in_inbox,
    load_all,
    load_received,
    receive_files,
)
from sanbao.lock import writer_lock
from sanbao.reminders import remind
from sanbao.serve import publish_serving
from sanbao.settings import Lang, Settings
from sanbao.storage import tells_of_storage
from sanbao.texts import text

__all__ = ["Summary", "build", "load_received", "night", "publish_serving", "receive_files", "summarise"]


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


def _quiet(what: str, done: int, of: int) -> None:
    return None


@tells_of_storage
def night(
    settings: Settings,
    as_of: date | None = None,
    known_by: datetime | None = None,
    progress: Progress = _quiet,
    on_node: Callable[[str, str], None] | None = None,
) -> Summary:
    """Receive, load, build and publish in one process; raises SanbaoError when a step fails.

    Files that could not be finished for a system reason do not keep the others from being built; they
    are named at the end.
    """
    day = as_of or settings.as_of
    clock = _Clock()
    with writer_lock(settings.home / ".night.lock"):
        receipts = receive_files(settings)
        clock.lap("receive")
        incomplete: LoadIncomplete | None = None
        try:
            outcomes = load_all(settings, receipts, progress)
        except LoadIncomplete as error:
            outcomes, incomplete = error.outcomes, error
        clock.lap("load")
        built = build(settings, day, known_by, on_node=on_node)
        clock.lap("build")
        published = publish_serving(settings, day, on_node=on_node)
        clock.lap("publish")
        reminded = remind(settings, day).departments if known_by is None else ()
        disagreeing = give_cross_checks(settings) if known_by is None else ()
    summary = summarise(settings, day, known_by, outcomes)
    summary.reminded = list(reminded)
    summary.disagreeing = list(disagreeing)
    summary.set_aside = [str(path) for path in (built.aside, published.get("aside")) if path]
    summary.rebuilt = published["rebuilt"]
    summary.build_skipped = built.skipped
    summary.published = not published["skipped"]
    summary.candidates = published["candidates"]
    summary.seconds = clock.laps
    if incomplete:
        raise incomplete.error()
    return summary


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name] = round(now - self._last, 2)
        self._last = now


_LIST_OF_STATE = {
    "LOADED": "loaded",
    "PARTIAL": "partial",
    "REFUSED": "refused",
    "NIL": "nil",
    "DUPLICATE": "duplicate",
}


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
    summary.missing, summary.stale = _not_delivered(settings, as_of, known_by)
    return summary


def _line(row: OutcomeRow, lang: Lang) -> str:
    """Without the sentence of a refusal, which repeats headers and titles of the file."""
    file = f"{label(row)} → {row['feed'] or '?'}"
    if row["delivery_state"] in ("REFUSED", "DUPLICATE"):
        return f"{file}: {row['reason_code']}"
    key = "night.held" if row["rows_held"] else "night.taken"
    return text(key, lang, file=file, accepted=row["rows_accepted"], held=row["rows_held"])


def left_text(left: dict[str, str]) -> str:
    """One line on what was not taken."""
    return f"{left['department']}/{left['name']}: {left['code']} {left['reason']}"


def _not_delivered(settings: Settings, as_of: date, known_by: datetime | None) -> tuple[list[str], list[str]]:
    """Feeds with no delivery at all, and feeds whose last one is older than its contract allows.

    A nil return is a delivery; a withdrawn one is none.
    """
    import duckdb

    sql = """
        with withdrawn as (
            select batch_id from read_parquet($withdrawals)
            where $known_by is null or withdrawn_at <= $known_by
        ),
        delivered as (
            select feed, speaks_for_on, received_at, batch_id, group_batch_id from read_parquet($parts)
            union all
            select feed, as_of, received_at, batch_id, batch_id
            from read_parquet($deliveries, union_by_name=true) where delivery_state = 'NIL'
        )
        select c.feed, max(d.speaks_for_on) as last_on, any_value(c.max_age_days) as max_age_days
        from read_parquet($contract) c
        left join delivered d
            on c.feed = d.feed and d.speaks_for_on <= $as_of
            and ($known_by is null or d.received_at <= $known_by)
            and d.batch_id not in (from withdrawn) and d.group_batch_id not in (from withdrawn)
        group by c.feed order by c.feed
    """
    rows = duckdb.execute(
        sql,
        {
            "contract": str(settings.lake / "feed_contract" / "feed_contract.parquet"),
            "parts": str(settings.lake / "delivery_part" / "*.parquet"),
            "deliveries": str(settings.lake / "delivery" / "*.parquet"),
            "withdrawals": str(settings.lake / "withdrawal" / "*.parquet"),
            "as_of": as_of,
            "known_by": known_by,
        },
    ).fetchall()
    missing = [feed for feed, last_on, _ in rows if last_on is None]
    stale = [f"{feed} ({last_on})" for feed, last_on, age in rows if last_on and (as_of - last_on).days > age]
    return missing, stale


def built_text(result: BuildResult) -> str:
    """One line for a log."""
    if result.skipped:
        return "unchanged, nothing to build"
    nodes = ", ".join(f"{count} {status}" for status, count in sorted(result.nodes.items()))
    return f"{nodes} in {result.seconds} s" + (" (resumed)" if result.resumed else "")
