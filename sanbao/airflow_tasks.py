"""The steps of a night as the DAG calls them: plain JSON in and out, one function per task."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sanbao.errors import SanbaoError, mask
from sanbao.failures import told_plainly
from sanbao.night import build as builder
from sanbao.night import cross_feed, night, reminders
from sanbao.night import summary as night_summary
from sanbao.night.home import catalog
from sanbao.night.load import (
    OutcomeRow,
    label,
    load_received,
    outcomes_of,
    receipt_of,
    receive_files,
    settle_returns,
)
from sanbao.night.publish import publish_serving
from sanbao.servers.dashboards import refresh_superset as refresh
from sanbao.settings import Settings, keep_private, load_settings, parse_date, parse_known_by

Params = Mapping[str, Any]
_PASSED_ON = (
    "batch_id", "sha256", "feed", "department", "delivery_state", "reason_code", "as_of",
    "rows_read", "rows_accepted", "rows_held",
)  # fmt: skip
BAD_STATES = ("failed", "upstream_failed")


def inbox() -> str:
    return str(_settings().home / "inbox")


def feeds() -> list[tuple[str, str]]:
    """(department, feed) of every contract."""
    return [(contract.department, contract.feed) for contract in catalog().contracts]


@told_plainly
def receive() -> list[dict[str, str]]:
    """The files to load, one mapped task each: their hash, and a name fit for Airflow's pages.

    Not the receipt itself, and not the file's name: it may be that of a person, and Airflow stores
    what is passed on.
    """
    return [{"sha256": row["sha256"], "name": label(row)} for row in receive_files(_settings())]


def longest_load() -> timedelta:
    """What one file may take: twice tried out, when an earlier task was stopped, then loaded."""
    return timedelta(seconds=3 * _settings().file_seconds + 60)


@told_plainly
def load_file(sha256: str) -> list[OutcomeRow]:
    """Load one file; returns of its outcomes what Airflow may store: no word out of the file."""
    from ingestion.lake.archive import ArchiveDamagedError

    settings = _settings()
    receipt = receipt_of(settings, sha256)
    try:
        outcomes = load_received(settings, receipt, in_turn=True)
    except ArchiveDamagedError as error:
        raise SanbaoError("ARCHIVE_DAMAGED", count=1, detail=label(receipt)) from error
    return [{name: row[name] for name in _PASSED_ON} for row in outcomes]


@told_plainly
def give_back() -> None:
    """Marked copies and receipt slips of what was loaded."""
    settle_returns(_settings())


@told_plainly
def build(layer: str, params: Params) -> str:
    """Build one layer; returns a line for the log."""
    settings, as_of, known_by = _clocks(params)
    result = builder.build(settings, as_of, known_by, layer)
    line = f"{as_of} {layer}: {night.built_text(result)}"
    _say(line)
    return line


@told_plainly
def publish(params: Params) -> dict[str, Any]:
    settings, as_of, _ = _clocks(params)
    return publish_serving(settings, as_of)


@told_plainly
def remind(params: Params) -> str:
    """Bring the departments' reminders up to date; returns a line for the log."""
    settings, as_of, known_by = _clocks(params)
    result = reminders.remind(settings, as_of) if known_by is None else None
    names = ", ".join(result.departments) if result else ""
    line = f"{as_of}: reminded {names}" if names else f"{as_of}: nobody to remind"
    _say(line)
    return line


@told_plainly
def give_cross_checks(params: Params) -> str:
    """Bring the departments' workbooks of rows that disagree up to date; returns a line for the log."""
    settings, as_of, known_by = _clocks(params)
    departments = cross_feed.give_cross_checks(settings) if known_by is None else ()
    line = f"{as_of}: rows that disagree: {', '.join(departments) or 'none'}"
    _say(line)
    return line


@told_plainly
def refresh_superset() -> str:
    result = refresh(_settings())
    _say(result)
    return result


@told_plainly
def summarise(
    params: Params, received: Iterable[Mapping[str, str]], states: Mapping[str, str | None]
) -> dict[str, Any]:
    """Log what loaded, what was held and what is missing; raises when a step of the night failed."""
    settings, as_of, known_by = _clocks(params)
    outcomes = [row for file in received for row in outcomes_of(settings, file["sha256"])]
    summary = night_summary.summarise(settings, as_of, known_by, outcomes)
    for line in night_summary.summary_lines(summary, settings.lang):
        _say(line)
    bad = sorted(task for task, state in states.items() if state in BAD_STATES)
    if bad:
        raise SanbaoError("NIGHT_INCOMPLETE", detail=", ".join(bad))
    return summary.as_dict()


def _settings() -> Settings:
    keep_private()  # Airflow may have been started with any umask
    return load_settings()


def _clocks(params: Params) -> tuple[Settings, date, datetime | None]:
    settings = _settings()
    as_of = parse_date(params["as_of"]) if params.get("as_of") else settings.as_of
    return settings, as_of, parse_known_by(params.get("known_by"))


def _say(line: str) -> None:
    # Airflow keeps a task's standard output as its log.
    sys.stdout.write(mask(line) + "\n")
