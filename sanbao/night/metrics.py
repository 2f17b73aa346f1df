"""What a night leaves for Prometheus: `metrics/sanbao.prom`, for node_exporter's textfile collector.

Counts, moments and sizes alone; feeds and departments by their folders' names. Moments and not ages, as
the file stands still between two nights: an age is `time() - …` in a rule. docs/production.md says how it
is scraped.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from foundation.files import write_text
from foundation.language import COUNTY_TIME
from sanbao.night import journal
from sanbao.night.exposition import Family, exposition
from sanbao.night.safekeeping import Kept, last_backup, last_drill
from sanbao.queries import deliveries
from sanbao.queries.serving import published_dates, query
from sanbao.redact import kind_of
from sanbao.settings import Settings, month_end_before
from sanbao.storage import free_in, needed

_FOLDERS = ("inbox", "archive", "lake", "warehouse", "serving")


def path_of(settings: Settings) -> Path:
    return settings.home / "metrics" / "sanbao.prom"


def write_metrics(settings: Settings) -> bool:
    """Write the file anew, whole or not at all; False when it could not be.

    Whatever goes wrong here, the night before it stands: it is said on the error stream, and `sanbao
    doctor` sees that the file is older than the night.
    """
    from ingestion.lake.modes import METRICS_MODE

    try:
        folder = path_of(settings).parent
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        write_text(exposition(families(settings)), path_of(settings), mode=METRICS_MODE)
    except Exception as error:  # noqa: BLE001  (a number that is missing must not undo a night)
        sys.stderr.write(f"metrics: {kind_of(error)}\n")
        return False
    return True


def families(settings: Settings) -> list[Family]:
    """Every metric, as things stand now."""
    return [*_nights(settings), *_rows(settings), *_freshness(settings), *_disk(settings), *_safe(settings)]


def _nights(settings: Settings) -> list[Family]:
    success = Family(
        "sanbao_night_success", "gauge", "1 when the last night that ended came through, else 0."
    )
    last = Family("sanbao_last_night_timestamp_seconds", "gauge", "When the last night ended.")
    good = Family(
        "sanbao_last_successful_night_timestamp_seconds",
        "gauge",
        "When the last night that came through ended.",
    )
    took = Family("sanbao_night_duration_seconds", "gauge", "How long the last night took.")
    phases = Family(
        "sanbao_night_phase_duration_seconds", "gauge", "How long each phase of the last night took."
    )
    overdue = Family(
        "sanbao_night_overdue", "gauge", "1 when a night that was due has not come through yet, else 0."
    )
    nights = journal.nights(settings)
    if nights:
        overdue.add(journal.overdue_at(settings) is not None)
    ended = [night for night in nights if night.ended_at]
    if ended and (at := ended[-1].ended_at):
        success.add(ended[-1].succeeded)
        last.add(_seconds(at))
        took.add(_between(ended[-1].started_at, at))
        for name, (start, stop) in ended[-1].phases.items():
            phases.add(_between(start, stop), phase=name)
    came_through = [night.ended_at for night in ended if night.succeeded and night.ended_at]
    if came_through:
        good.add(_seconds(came_through[-1]))
    return [success, last, good, took, phases, overdue]


def _rows(settings: Settings) -> list[Family]:
    """Of everything that was ever received, as it is published."""
    read = Family("sanbao_rows_read_total", "counter", "Rows read of all files received so far.")
    accepted = Family("sanbao_rows_accepted_total", "counter", "Rows accepted of all files received so far.")
    held = Family("sanbao_rows_held_total", "counter", "Rows held of all files received so far.")
    files = Family("sanbao_files_total", "counter", "Files received so far, by what became of them.")
    if settings.serving.exists():
        found = query(
            settings,
            "select department, coalesce(feed, '') as feed, sum(rows_read)::bigint,"
            " sum(rows_accepted)::bigint, sum(rows_held)::bigint"
            " from mart.fct_delivery group by all order by all",
        )
        for department, feed, *counts in found.rows:
            for family, count in zip((read, accepted, held), counts, strict=True):
                family.add(count or 0, department=department, feed=feed)
        states = query(
            settings,
            "select department, lower(delivery_state), count(*) from mart.fct_delivery"
            " group by all order by all",
        )
        for department, state, count in states.rows:
            files.add(count, department=department, state=state)
    return [read, accepted, held, files]


def _freshness(settings: Settings) -> list[Family]:
    came = Family(
        "sanbao_feed_last_delivery_timestamp_seconds", "gauge", "When a feed last came and was accepted."
    )
    due = Family(
        "sanbao_feed_due_timestamp_seconds",
        "gauge",
        "The end of the day on which what a feed owes was due; only of feeds that owe something.",
    )
    late = Family("sanbao_feed_late_seconds", "gauge", "How long after that day it was when the night ended.")
    waiting = Family("sanbao_rows_waiting", "gauge", "Held rows that wait for correction.")
    board = Family("sanbao_board_timestamp_seconds", "gauge", "The newest date that is published.")
    published = Family(
        "sanbao_last_publish_timestamp_seconds", "gauge", "When the version in force was published."
    )
    days = published_dates(settings)
    if days:
        newest = query(
            settings,
            "select department, feed, max(received_at) from mart.fct_delivery"
            " where delivery_state in ('LOADED', 'PARTIAL', 'NIL') and feed is not null"
            " group by all order by all",
        )
        for department, feed, at in newest.rows:
            came.add(_seconds(at.replace(tzinfo=UTC)), department=department, feed=feed)
        board.add(_seconds(datetime.combine(max(days), time.min, COUNTY_TIME)))
        # A board of a past date knows nothing of what is owed now.
        speaks = [day for day in days if month_end_before(settings.today) <= day <= settings.today]
        for row in deliveries.feeds(settings, max(days)).records():
            labels = {"department": str(row["department"]), "feed": str(row["feed"])}
            waiting.add(row["rows_still_held"] or 0, **labels)
        for row in deliveries.feeds(settings, max(speaks)).records() if speaks else ():
            labels = {"department": str(row["department"]), "feed": str(row["feed"])}
            if row["due_on"] is not None and _is_owed(row, settings.today):
                end = datetime.combine(row["due_on"] + timedelta(days=1), time.min, COUNTY_TIME)
                due.add(_seconds(end), **labels)
                late.add(max((settings.today - row["due_on"]).days, 0) * 86_400, **labels)
        if at := published_at(settings):
            published.add(_seconds(at))
    return [came, due, late, waiting, board, published]


def published_at(settings: Settings) -> datetime | None:
    """When the version in force was published: its name is that moment."""
    from sanbao.night.published import read_published

    record = read_published(settings)
    if record is None:
        return None
    # After a clock that was set back the name has more than one Z at its end.
    return datetime.strptime(record.version.rstrip("Z"), "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)


def _is_owed(row: dict[str, object], today: date) -> bool:
    from ingestion.returning.reminder import is_owed

    return is_owed(row, today)


def _disk(settings: Settings) -> list[Family]:
    free = Family("sanbao_disk_free_bytes", "gauge", "Bytes free on the disk that a folder lies on.")
    wanted = Family("sanbao_disk_needed_bytes", "gauge", "Bytes that the next night may take.")
    for name in _FOLDERS:
        free.add(free_in(settings.home / name), folder=name)
    wanted.add(needed(settings))
    return [free, wanted]


def _safe(settings: Settings) -> list[Family]:
    made = Family("sanbao_last_backup_timestamp_seconds", "gauge", "When the last backup was written.")
    size = Family("sanbao_last_backup_size_bytes", "gauge", "Size of the last backup.")
    proven = Family(
        "sanbao_last_drill_timestamp_seconds", "gauge", "When a backup was last restored for proof."
    )
    backup: Kept | None = last_backup(settings)
    if backup:
        made.add(_seconds(backup.moment))
        size.add(backup.byte_count)
    if drill := last_drill(settings):
        proven.add(_seconds(drill.moment))
    return [made, size, proven]


def _seconds(moment: datetime) -> float:
    return round(moment.timestamp(), 3)


def _between(start: datetime, stop: datetime) -> float:
    """Never below nothing: the clock may have been set back meanwhile."""
    return round(max((stop - start).total_seconds(), 0.0), 3)
