"""The sheet of a household and the list of a village, printed from what is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.language import county_day
from sanbao.errors import SanbaoError, mask
from sanbao.night.published import read_published
from sanbao.queries.lists import household_of
from sanbao.queries.serving import known_town, served_as_of
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage

if TYPE_CHECKING:
    from reports.audience import Audience
    from reports.published import Published
    from reports.village_list import Village

DEFAULT_ROLE = "county"
_SHEETS, _LISTS = "一户一档", "花名册"
_NO_FILE_NAME = re.compile(r"[^\w-]")
_KIND_OF_VILLAGE = re.compile(r"(村民委员会|居民委员会|村委会|居委会|社区|村)$")
_NAMED = 8  # villages in one message


@dataclass(frozen=True)
class Sheet:
    """What was written, of which date; `counts` says what is in it."""

    path: Path
    as_of: date
    role: str
    counts: dict[str, int]


@tells_of_storage
def print_household_sheet(
    settings: Settings, household: str, as_of: date | None = None, role: str = DEFAULT_ROLE
) -> Sheet:
    """Write `reports/<as_of>/一户一档/<户编号>….docx` of the household (户编号 or id), as `role` may read it.

    Raises SanbaoError, before anything is written: ROLE_UNKNOWN, NOTHING_PUBLISHED, AS_OF_NOT_PUBLISHED,
    HOUSEHOLD_UNKNOWN, GUARANTEES_NOT_PUBLISHED.
    """
    from reports.household_sheet import write_household_sheet

    audience = _audience(role)
    day = served_as_of(settings, as_of)
    household_id = household_of(settings, household.strip(), day)
    if household_id is None:
        raise SanbaoError("HOUSEHOLD_UNKNOWN", household=household, as_of=day.isoformat())
    with _published(settings, day) as published:
        [facts] = published.records(
            "select register_household_no from mart.dim_household"
            " where as_of = $as_of and household_id = $household",
            {"household": household_id},
        )
        name = facts["register_household_no"] or household_id
        path = _path(settings, day, _SHEETS, f"{name}{_SHEETS}", audience, ".docx")
        done = write_household_sheet(published, household_id, audience, _stamp(published), path)
    return Sheet(path, day, role, {"members": len(done.members)})


@tells_of_storage
def print_village_list(
    settings: Settings,
    village: str,
    town: str | None = None,
    as_of: date | None = None,
    role: str = DEFAULT_ROLE,
) -> Sheet:
    """Write `reports/<as_of>/花名册/<乡镇><村>….xlsx` of the village (name or code), as `role` may read it.

    Raises SanbaoError, before anything is written: ROLE_UNKNOWN, NOTHING_PUBLISHED, AS_OF_NOT_PUBLISHED,
    TOWN_UNKNOWN, VILLAGE_UNKNOWN, VILLAGE_AMBIGUOUS, VILLAGE_ELSEWHERE,
    GUARANTEES_NOT_PUBLISHED.
    """
    from reports.village_list import write_village_list

    audience = _audience(role)
    day = served_as_of(settings, as_of)
    town_name = known_town(settings, town, day) if town is not None else None
    with _published(settings, day) as published:
        found = _village(published, village, town_name)
        name = f"{found.town_name}{found.village_name}{_LISTS}"
        path = _path(settings, day, _LISTS, name, audience, ".xlsx")
        done = write_village_list(published, found, audience, _stamp(published), path)
    return Sheet(path, day, role, {"households": done.household_count, "members": done.member_count})


def _audience(role: str) -> Audience:
    from reports.audience import AUDIENCES

    if role not in AUDIENCES:
        known = "、".join(f"{each.role}（{each.label}）" for each in AUDIENCES.values())
        raise SanbaoError("ROLE_UNKNOWN", role=role, known=known, names=", ".join(AUDIENCES))
    return AUDIENCES[role]


@contextmanager
def _published(settings: Settings, day: date) -> Iterator[Published]:
    from reports.published import Published

    record = read_published(settings)
    written = record.dates.get(day.isoformat(), "") if record else ""
    with Published(settings.serving, day, datetime.fromisoformat(written) if written else None) as published:
        if not published.has_rows("fct_guarantee"):
            raise SanbaoError("GUARANTEES_NOT_PUBLISHED", as_of=day.isoformat())
        yield published


def _stamp(published: Published) -> date:
    known = published.known_by
    return county_day(known.replace(tzinfo=UTC)) if known else published.as_of


def _path(settings: Settings, day: date, folder: str, name: str, audience: Audience, end: str) -> Path:
    """Names come from cells: what is no letter, digit or dash is left out, and so are ID numbers."""
    plain = _NO_FILE_NAME.sub("", mask(name))
    role = "" if audience.role == DEFAULT_ROLE else f"（{audience.label}）"
    return settings.home / "reports" / day.isoformat() / folder / f"{plain}{role}{end}"


def _village(published: Published, written: str, town: str | None) -> Village:
    """The village of that code or name; raises VILLAGE_UNKNOWN, _AMBIGUOUS, _ELSEWHERE."""
    from reports.village_list import read_villages

    villages, wanted = read_villages(published), written.strip()
    exact = [each for each, codes in villages if wanted == each.village_name or wanted in codes]
    alike = exact or [each for each, _ in villages if _core(each.village_name) == _core(wanted) != ""]
    in_town = [each for each in alike if town in (None, each.town_name)]
    if len(in_town) == 1:
        return in_town[0]
    if alike and not in_town:
        elsewhere = "、".join(each.town_name for each in alike)
        raise SanbaoError("VILLAGE_ELSEWHERE", village=written, town=town, known=elsewhere)
    named = [f"{each.town_name}{each.village_name}" for each in in_town]
    if in_town:
        raise SanbaoError("VILLAGE_AMBIGUOUS", village=written, known="、".join(named[:_NAMED]))
    nearest = sorted(
        (each for each, _ in villages),
        key=lambda each: -SequenceMatcher(None, wanted, each.village_name).ratio(),
    )
    known = "、".join(f"{each.town_name}{each.village_name}" for each in nearest[:_NAMED])
    raise SanbaoError("VILLAGE_UNKNOWN", village=written, known=known)


def _core(name: str) -> str:
    """A village's name without what kind of place it is: 曹家村委会 and 曹家村 are one."""
    return _KIND_OF_VILLAGE.sub("", name)
