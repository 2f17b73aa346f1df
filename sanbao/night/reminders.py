"""The reminders (催报): per department one text file of what it owes, taken away when it owes nothing.

What is owed follows from the board of the serving file and the day alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sanbao.night.home import catalog
from sanbao.queries import deliveries
from sanbao.queries.serving import published_dates
from sanbao.settings import Settings, month_end_before
from sanbao.storage import tells_of_storage


@dataclass(frozen=True)
class Reminded:
    """`departments` now have a reminder; `speaks_for_now` is False when nothing was looked at or changed."""

    as_of: date
    today: date
    speaks_for_now: bool
    departments: tuple[str, ...] = ()


@tells_of_storage
def remind(settings: Settings, as_of: date | None = None) -> Reminded:
    """Bring `returned/<department>/催报通知.txt` up to date with the board of `as_of` and the day.

    A warehouse that speaks for a past date knows nothing of what is owed now: then no file is touched.
    """
    from ingestion import Home
    from ingestion.returning.notices import write_notice
    from ingestion.returning.reminder import NAMES

    today, published = settings.today, published_dates(settings)
    day = as_of or _speaking(published, today) or settings.as_of
    now = month_end_before(today) <= day <= today and day in published
    if not now:
        return Reminded(day, today, False)
    owed = _owed(settings, day)
    for department in catalog().departments:
        folder = Home(settings.home).returned / department
        for lang, name in NAMES.items():
            if department in owed and lang == settings.lang:
                write_notice(folder / name, owed[department])
            else:
                (folder / name).unlink(missing_ok=True)
    return Reminded(day, today, True, tuple(sorted(owed)))


def _speaking(published: list[date], today: date) -> date | None:
    """The published date that says what is owed on `today`, if there is one."""
    return max((day for day in published if month_end_before(today) <= day <= today), default=None)


def _owed(settings: Settings, as_of: date) -> dict[str, list[str]]:
    """Department → the lines of its reminder."""
    from ingestion.returning.reminder import is_owed, lines_of

    today, lang = settings.today, settings.lang
    due = [row for row in deliveries.feeds(settings, as_of).records() if is_owed(row, today)]
    held = [row for row in deliveries.held(settings, as_of).records() if row["age_days"] > 0]
    owed = {name: lines_of(name, catalog(), due, held, today, lang) for name in catalog().departments}
    return {department: lines for department, lines in owed.items() if lines}
