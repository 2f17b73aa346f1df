"""The steps of a night as the DAG calls them: plain JSON in and out, one function per task."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from foundation.language import county_day
from sanbao.errors import SanbaoError, mask
from sanbao.failures import told_plainly
from sanbao.night import build as builder
from sanbao.night import cross_feed, journal, lineage, night, reminders
from sanbao.night import drill as proof
from sanbao.night import housekeeping as house
from sanbao.night import summary as night_summary
from sanbao.night.load import (
    LoadIncomplete,
    OutcomeRow,
    load_all,
    outcomes_of,
    receipt_of,
    receive_files,
)
from sanbao.night.metrics import write_metrics
from sanbao.night.publish import publish_serving
from sanbao.night.returns import renew_returns as renew
from sanbao.night.safekeeping import last_backup
from sanbao.servers.dashboards import refresh_superset as refresh
from sanbao.settings import (
    PROJECT_ROOT,
    Settings,
    keep_private,
    load_settings,
    month_end_before,
    parse_date,
    parse_known_by,
)

Params = Mapping[str, Any]
_PASSED_ON = (
    "batch_id", "sha256", "feed", "department", "delivery_state", "reason_code", "as_of",
    "rows_read", "rows_accepted", "rows_held",
)  # fmt: skip
BAD_STATES = ("failed", "upstream_failed")
BACKFILL = "backfill"  # Airflow's name of such a run


class Delivered(TypedDict):
    """What one department delivered: the SHA-256 of its files, and a name for Airflow's pages."""

    department: str
    files: list[str]
    name: str


def inbox() -> str:
    return str(task_settings().home / "inbox")


def feeds() -> list[tuple[str, str]]:
    """(department, feed) of every contract, read off the names of their files.

    Airflow asks in every process that runs a task: reading the contracts would take it seconds.
    """
    paths = (PROJECT_ROOT / "ingestion" / "feeds").glob("*/*.yml")
    return sorted((path.parent.name, path.stem) for path in paths if "." not in path.stem)


def run_params(params: Params, run_type: str, logical_date: datetime | None) -> Params:
    """What a run is to do. One of a backfill speaks for the date that the night of its day spoke for.

    `BACKFILL` among them says so: such a run computes anew what is known, and takes nothing in.
    """
    if run_type != BACKFILL or logical_date is None:
        return params
    as_of = params.get("as_of") or month_end_before(county_day(logical_date)).isoformat()
    return {**params, "as_of": as_of, BACKFILL: True}


def night_allowance() -> timedelta:
    """How long after its beginning a night is due to be through."""
    settings = task_settings()
    begins, due = (datetime.combine(date.min, each) for each in (settings.night_at, settings.night_due))
    return (due - begins) % timedelta(days=1)


def night_schedule() -> str:
    """When the night begins that no file begins, as cron says it, by the county's clock."""
    begins = task_settings().night_at
    return f"{begins.minute} {begins.hour} * * *"


def night_is_overdue(context: Mapping[str, Any]) -> None:
    """Airflow's deadline of a run has passed: keep it for `sanbao doctor` and the metrics.

    The run by the clock alone: one of a backfill has a logical date that passed long ago.
    """
    run = context["dag_run"]
    if run["run_type"] != "scheduled":
        return
    settings = task_settings()
    journal.overdue(settings, datetime.fromisoformat(run["logical_date"]))
    write_metrics(settings)


@told_plainly
def receive(params: Params) -> list[Delivered]:
    """What each department delivered, one mapped task each: the hashes of its files, in loading order.

    Not the receipts themselves, and not the files' names: they may be those of persons, and Airflow
    stores what is passed on.
    """
    settings = task_settings()
    journal.begin(settings, "airflow")
    lineage.night_began(settings)
    delivered: dict[str, list[str]] = {}
    if params.get(BACKFILL):
        return []
    with journal.phase(settings, "receive"):
        received = receive_files(settings)
    for row in received:
        delivered.setdefault(row["department"], []).append(row["sha256"])
    return [
        {"department": department, "files": files, "name": f"{department} ({len(files)})"}
        for department, files in delivered.items()
    ]


@told_plainly
def load_department(files: Sequence[str]) -> list[OutcomeRow]:
    """Load files of one department, one after another, each in its turn and within its time.

    Returns of their outcomes what Airflow may store: no word out of a file. Raises SanbaoError when
    some could not be finished; the others are loaded, and a retry takes up what is left.
    """
    settings = task_settings()
    receipts = [receipt_of(settings, sha256) for sha256 in files]
    try:
        with journal.phase(settings, "load"):
            load_all(settings, receipts, _say_progress)
    except LoadIncomplete as error:
        raise error.error() from error
    outcomes = [row for sha256 in files for row in outcomes_of(settings, sha256)]
    return [{name: row[name] for name in _PASSED_ON} for row in outcomes]


def _say_progress(name: str, done: int, of: int) -> None:
    say(f"{done}/{of}")


@told_plainly
def build(params: Params) -> str:
    """Build all models; returns a line for the log. A retry resumes at what failed."""
    settings, as_of, known_by = clocks(params)
    with journal.phase(settings, "build"):
        result = builder.build(settings, as_of, known_by)
    line = f"{as_of}: {night.built_text(result)}"
    say(line)
    return line


@told_plainly
def publish(params: Params) -> dict[str, Any]:
    settings, as_of, _ = clocks(params)
    with journal.phase(settings, "publish"):
        return publish_serving(settings, as_of)


@told_plainly
def renew_returns() -> None:
    """Marked copies and receipt slips, by what was built, or by their outcomes alone when it was not."""
    settings = task_settings()
    with journal.phase(settings, "return"):
        renew(settings)


@told_plainly
def remind(params: Params) -> str:
    """Bring the departments' reminders up to date; returns a line for the log."""
    settings, as_of, known_by = clocks(params)
    result = reminders.remind(settings, as_of) if known_by is None else None
    names = ", ".join(result.departments) if result else ""
    line = f"{as_of}: reminded {names}" if names else f"{as_of}: nobody to remind"
    say(line)
    return line


@told_plainly
def give_cross_checks(params: Params) -> str:
    """Bring the departments' workbooks of rows that disagree up to date; returns a line for the log."""
    settings, as_of, known_by = clocks(params)
    departments = cross_feed.give_cross_checks(settings) if known_by is None else ()
    line = f"{as_of}: rows that disagree: {', '.join(departments) or 'none'}"
    say(line)
    return line


@told_plainly
def refresh_superset() -> str:
    result = refresh(task_settings())
    say(result)
    return result


@told_plainly
def housekeeping() -> str:
    """Check, compact and clean up the home; returns a line for the log."""
    done = house.keep_house(task_settings())
    line = (
        f"checked {done.checked_bytes / 1e6:.0f} MB; {done.compacted} lake files became {done.files}; "
        f"{done.records} records bundled; {len(done.removed)} things removed"
    )
    say(line)
    return line


@told_plainly
def drill() -> str:
    """Restore the last backup beside the home for proof; returns a line for the log."""
    settings = task_settings()
    if last_backup(settings) is None:
        line = "no backup was ever made: nothing to prove"
    else:
        done = proof.drill(settings)
        line = f"{done.path.name}: {done.file_count} files, dates {', '.join(done.dates)}"
        line += f", {done.figures} figures equal" if done.figures is not None else ", data came since"
    say(line)
    return line


@told_plainly
def summarise(
    params: Params, received: Iterable[Delivered], states: Mapping[str, str | None]
) -> dict[str, Any]:
    """Log what loaded, what was held and what is missing; raises when a step of the night failed.

    It is the last task whatever happened, and so keeps how the night ended.
    """
    settings, as_of, known_by = clocks(params)
    bad = sorted(task for task, state in states.items() if state in BAD_STATES)
    try:
        summary = _summary(settings, as_of, known_by, received)
    except Exception:
        bad = [*bad, "summarise"]
        raise
    finally:
        code = "NIGHT_INCOMPLETE" if bad else ""
        journal.end(settings, code)
        lineage.night_ended(settings, code)
        write_metrics(settings)
    if bad:
        raise SanbaoError("NIGHT_INCOMPLETE", detail=", ".join(bad))
    return summary.as_dict()


def _summary(
    settings: Settings, as_of: date, known_by: datetime | None, received: Iterable[Delivered]
) -> night_summary.Summary:
    outcomes = [row for each in received for sha256 in each["files"] for row in outcomes_of(settings, sha256)]
    summary = night_summary.summarise(settings, as_of, known_by, outcomes)
    for line in night_summary.summary_lines(summary, settings.lang):
        say(line)
    return summary


def task_settings() -> Settings:
    """The settings of a task."""
    keep_private()  # Airflow may have been started with any umask
    return load_settings()


def clocks(params: Params) -> tuple[Settings, date, datetime | None]:
    """The settings, the date that a run speaks for, and until when it knows (naive UTC; none: everything)."""
    settings = task_settings()
    as_of = parse_date(params["as_of"]) if params.get("as_of") else settings.as_of
    return settings, as_of, parse_known_by(params.get("known_by"))


def say(line: str) -> None:
    """A line for the log of the task."""
    # Airflow keeps a task's standard output as its log.
    sys.stdout.write(mask(line) + "\n")
