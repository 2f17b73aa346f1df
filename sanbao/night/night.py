"""One night, as functions that the command line and the DAG call alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime

from sanbao.errors import SanbaoError
from sanbao.night import journal, lineage
from sanbao.night.build import BuildResult, build
from sanbao.night.cross_feed import give_cross_checks
from sanbao.night.load import (
    LoadIncomplete,
    OutcomeRow,
    Progress,
    load_all,
    receive_files,
)
from sanbao.night.lock import night_lock
from sanbao.night.metrics import write_metrics
from sanbao.night.publish import publish_serving
from sanbao.night.reminders import remind
from sanbao.night.returns import renew_returns
from sanbao.night.summary import Summary, summarise
from sanbao.settings import Settings
from sanbao.storage import storage_error, tells_of_storage


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
    with night_lock(settings), _recorded(settings):
        return _night(settings, as_of or settings.as_of, known_by, progress, on_node)


def _night(
    settings: Settings,
    day: date,
    known_by: datetime | None,
    progress: Progress,
    on_node: Callable[[str, str], None] | None,
) -> Summary:
    clock = _Clock(settings)
    receipts = receive_files(settings)
    clock.lap("receive")
    incomplete: LoadIncomplete | None = None
    try:
        outcomes = load_all(settings, receipts, progress)
    except LoadIncomplete as error:
        outcomes, incomplete = error.outcomes, error
    clock.lap("load")
    try:
        with _copies_beside(settings, outcomes):
            built = build(settings, day, known_by, on_node=on_node)
        clock.lap("build")
        published = publish_serving(settings, day, on_node=on_node)
        clock.lap("publish")
    except Exception as failure:  # whatever it was, it is raised again
        # Nobody waits without word for a build that failed; and what is said is why it did.
        try:
            renew_returns(settings)
        except SanbaoError as second:
            failure.add_note(second.code)
        raise
    renew_returns(settings)
    clock.lap("return")
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


@contextmanager
def _copies_beside(settings: Settings, outcomes: Sequence[OutcomeRow]) -> Iterator[None]:
    """Write the copies of what was just loaded while dbt, which leaves a processor free, is at work.

    They say what they would if the build failed; after it, those that the marts speak of otherwise are
    written again. What goes wrong here goes wrong there, too, and is raised there.
    """
    with ThreadPoolExecutor(1) as beside:
        if outcomes:
            beside.submit(renew_returns, settings)
        yield


@contextmanager
def _recorded(settings: Settings) -> Iterator[None]:
    """Keep when the night began and how it ended, for `sanbao doctor` and the metrics."""
    journal.begin(settings, "command")
    lineage.night_began(settings)
    try:
        yield
    except BaseException as error:
        failed = (isinstance(error, Exception) and storage_error(error, settings)) or error
        other = "UNEXPECTED" if isinstance(error, Exception) else "INTERRUPTED"
        code = failed.code if isinstance(failed, SanbaoError) else other
        journal.end(settings, code)
        lineage.night_ended(settings, code)
        write_metrics(settings)
        raise
    journal.end(settings)
    lineage.night_ended(settings)
    write_metrics(settings)


class _Clock:
    def __init__(self, settings: Settings) -> None:
        self.laps: dict[str, float] = {}
        self._settings = settings
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name] = round(now - self._last, 2)
        self._last = now
        journal.phase_took(self._settings, name, self.laps[name])


def left_text(left: dict[str, str]) -> str:
    """One line on what was not taken."""
    return f"{left['department']}/{left['name']}: {left['code']} {left['reason']}"


def built_text(result: BuildResult) -> str:
    """One line for a log."""
    if result.skipped:
        return "unchanged, nothing to build"
    nodes = ", ".join(f"{count} {status}" for status, count in sorted(result.nodes.items()))
    return f"{nodes} in {result.seconds} s" + (" (resumed)" if result.resumed else "")
