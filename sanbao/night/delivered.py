"""Which departments have delivered which months whole: what starts the closing of a month (月结).

Per department and not per feed: a department answers for its files together, and a person asks "has civil
affairs delivered November". Of the feeds those count that come every month: one that is due every quarter or
term would keep months open that owe nothing of it.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from foundation.files import read_sealed, write_sealed
from foundation.locks import alone
from sanbao.errors import SanbaoError
from sanbao.night.home import catalog
from sanbao.settings import Settings

if TYPE_CHECKING:
    from ingestion.contracts import Contract

CADENCE = "monthly"
# The month that a night speaks for and so many before it. Older ones are closed by hand: whoever loads the
# files of past years does not want a run for each of their months.
MONTHS_BACK = 2
_TOWNS_FEED, _VILLAGE = "village", "village_code"  # whose rows say which towns have villages, as dbt has it

Told = dict[str, dict[str, str]]  # month → department → when it was told (UTC)


def month_end(month: str) -> date:
    """The last day of a month written as 2019-12; raises SanbaoError (CLOSING_MONTH)."""
    try:
        first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007  (a month has no zone)
    except ValueError as error:
        raise SanbaoError("CLOSING_MONTH", month=month) from error
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def newly_delivered(settings: Settings, as_of: date) -> dict[str, list[str]]:
    """Month → the departments that have delivered it whole, and of which that was not told before.

    Of the months that are over on `as_of`, the last three. Raises SanbaoError (FEEDS_WRONG,
    DELIVERED_DAMAGED).
    """
    told, months = _read(settings), months_over(as_of)
    found = {month: set(departments) for month, departments in _delivered(settings).items()}
    new = {month: sorted(found.get(month, set()) - told.get(month, {}).keys()) for month in months}
    return {month: departments for month, departments in new.items() if departments}


def months_over(as_of: date) -> list[str]:
    """The months, as 2019-12, that are over on `as_of` and are told of, the oldest first."""
    last = (as_of + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    months = []
    for _ in range(MONTHS_BACK + 1):
        months.append(f"{last:%Y-%m}")
        last = last.replace(day=1) - timedelta(days=1)
    return months[::-1]


def note_told(settings: Settings, told: Mapping[str, Iterable[str]]) -> None:
    """Keep that a scheduler was told of these departments' months, so that each starts a closing once."""
    if not told:
        return
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    path = settings.home / "archive" / "delivered_months.json"
    with alone(path.with_suffix(".lock"), 10):
        kept = _read(settings)
        for month, departments in told.items():
            for department in departments:
                kept.setdefault(month, {}).setdefault(department, now)
        write_sealed(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True).encode(), path)


def _delivered(settings: Settings) -> dict[str, set[str]]:
    """Month → the departments all of whose monthly feeds have come whole for it."""
    from ingestion import Home
    from ingestion.lake.delivered_months import delivered_months

    home, towns = Home(settings.home), _towns(settings)
    by_department: dict[str, list[Contract]] = {}
    for contract in catalog().contracts:
        if contract.cadence == CADENCE:
            by_department.setdefault(contract.department, []).append(contract)
    found: dict[str, set[str]] = {}
    for department, contracts in by_department.items():
        for month in set.intersection(*(delivered_months(home, each, towns) for each in contracts)):
            found.setdefault(f"{month:%Y-%m}", set()).add(department)
    return found


def _towns(settings: Settings) -> set[str]:
    from ingestion import Home
    from ingestion.contracts.county import load_county
    from ingestion.lake.deliveries import History
    from ingestion.lake.places import register_places

    villages = History(Home(settings.home), catalog()[_TOWNS_FEED])
    names = register_places(villages, _VILLAGE).values()
    return {load_county().town_names.get(name, name) for name in names}


def _read(settings: Settings) -> Told:
    path = settings.home / "archive" / "delivered_months.json"
    if not path.exists():
        return {}
    if (data := read_sealed(path)) is None:
        raise SanbaoError("DELIVERED_DAMAGED", file=str(path))
    told: Told = json.loads(data)
    return told
