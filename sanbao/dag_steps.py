"""The steps of a night as the DAG calls them: plain JSON in and out, one function per task."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sanbao import build as builder
from sanbao import cross_file, nightly, reminders, show
from sanbao.errors import SanbaoError, mask
from sanbao.ingest import (
    OutcomeRow,
    catalog,
    load_received,
    outcomes_of,
    receipt_of,
    receive_files,
    settle_returns,
)
from sanbao.serve import publish_serving
from sanbao.serve import refresh_superset as refresh
from sanbao.settings import Settings, load_settings, parse_date, parse_known_by

Params = Mapping[str, Any]
BAD_STATES = ("failed", "upstream_failed")


def inbox() -> str:
    return str(load_settings().home / "inbox")


def feeds() -> list[tuple[str, str]]:
    """(department, feed) of every contract."""
    return [(contract.department, contract.feed) for contract in catalog().contracts]


def receive() -> list[dict[str, str]]:
    """The files to load, one mapped task each: their hash, and a name fit for Airflow's pages.

    Not the receipt itself: a file name may carry an ID number, and Airflow stores what is passed on.
    """
    return [
        {"sha256": row["sha256"], "name": mask(f"{row['department']}/{row['file_name']}")}
        for row in receive_files(load_settings())
    ]


def longest_load() -> timedelta:
    """What one file may take: twice tried out, when an earlier task was stopped, then loaded."""
    return timedelta(seconds=3 * load_settings().file_seconds + 60)


def load_file(sha256: str) -> list[OutcomeRow]:
    from ingestion.lake.archive import ArchiveDamagedError

    settings = load_settings()
    receipt = receipt_of(settings, sha256)
    try:
        return load_received(settings, receipt, in_turn=True)
    except ArchiveDamagedError as error:
        file = f"{receipt['department']}/{receipt['file_name']}"
        raise SanbaoError("ARCHIVE_DAMAGED", count=1, detail=file) from error


def give_back() -> None:
    """Marked copies and receipt slips of what was loaded."""
    settle_returns(load_settings())


def build(layer: str, params: Params) -> str:
    """Build one layer; returns a line for the log."""
    settings, as_of, known_by = _clocks(params)
    result = builder.build(settings, as_of, known_by, layer)
    line = f"{as_of} {layer}: {nightly.built_text(result)}"
    _say(line)
    return line


def publish(params: Params) -> dict[str, Any]:
    settings, as_of, _ = _clocks(params)
    return publish_serving(settings, as_of)


def remind(params: Params) -> str:
    """Bring the departments' reminders up to date; returns a line for the log."""
    settings, as_of, known_by = _clocks(params)
    result = reminders.remind(settings, as_of) if known_by is None else None
    names = ", ".join(result.departments) if result else ""
    line = f"{as_of}: reminded {names}" if names else f"{as_of}: nobody to remind"
    _say(line)
    return line


def give_cross_checks(params: Params) -> str:
    """Bring the departments' workbooks of rows that disagree up to date; returns a line for the log."""
    settings, as_of, known_by = _clocks(params)
    departments = cross_file.give_cross_checks(settings) if known_by is None else ()
    line = f"{as_of}: rows that disagree: {', '.join(departments) or 'none'}"
    _say(line)
    return line


def refresh_superset() -> str:
    result = refresh(load_settings())
    _say(result)
    return result


def summarise(
    params: Params, received: Iterable[Mapping[str, str]], states: Mapping[str, str | None]
) -> dict[str, Any]:
    """Log what loaded, what was held and what is missing; raises when a step of the night failed."""
    settings, as_of, known_by = _clocks(params)
    outcomes = [row for file in received for row in outcomes_of(settings, file["sha256"])]
    summary = nightly.summarise(settings, as_of, known_by, outcomes)
    for line in show.summary_lines(summary, settings.lang):
        _say(line)
    bad = sorted(task for task, state in states.items() if state in BAD_STATES)
    if bad:
        raise SanbaoError("NIGHT_INCOMPLETE", detail=", ".join(bad))
    return summary.as_dict()


def _clocks(params: Params) -> tuple[Settings, date, datetime | None]:
    settings = load_settings()
    as_of = parse_date(params["as_of"]) if params.get("as_of") else settings.as_of
    return settings, as_of, parse_known_by(params.get("known_by"))


def _say(line: str) -> None:
    # Airflow keeps a task's standard output as its log.
    sys.stdout.write(mask(line) + "\n")
