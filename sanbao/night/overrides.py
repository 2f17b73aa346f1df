"""What an official says of a guarantee against the files: recorded with who, why, evidence and an expiry."""

from __future__ import annotations

import csv
import getpass
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

from sanbao.errors import SanbaoError
from sanbao.night.decisions import deciding
from sanbao.night.signing import signed_between
from sanbao.queries import overrides as published
from sanbao.queries.lists import household_of
from sanbao.queries.serving import published_dates, query, served_as_of
from sanbao.settings import DBT_PROJECT, Settings

STATES = ("MET", "NOT_MET", "UNKNOWN", "EXEMPT", "NOT_APPLICABLE")
_BY_HAND = "OVERRIDDEN_"  # reason codes of what is by hand already
_TYPED = ("recorded_by", "reason", "evidence", "amendment_reason")
_SHORTEST = 6  # characters of the end of an id that name an override


@dataclass(frozen=True)
class Asked:
    """An override as it is typed; `as_of` is the day from which on it holds, None the newest published."""

    household: str
    person: str | None
    guarantee: str
    state: str
    reason: str
    evidence: str
    until: date
    as_of: date | None = None
    amendment: str | None = None


def record(settings: Settings, asked: Asked, by: str | None) -> dict[str, Any]:
    """Record an override; returns its row. It counts from the next build on.

    Raises SanbaoError, before anything is written: OVERRIDE_UNFOUNDED, NOTHING_PUBLISHED,
    AS_OF_NOT_PUBLISHED, HOUSEHOLD_UNKNOWN, GUARANTEE_UNKNOWN, GUARANTEE_OF_PERSONS,
    GUARANTEE_OF_HOUSEHOLDS, PERSON_UNKNOWN, STATE_UNKNOWN, OVERRIDE_PAST, OVERRIDE_TOO_LONG,
    PERIOD_SIGNED, OVERRIDE_NOT_NEEDED, OVERRIDE_STANDS.
    """
    from ingestion import Home
    from ingestion.pipeline import overrides

    reason, evidence = asked.reason.strip(), asked.evidence.strip()
    if not reason or not evidence:
        raise SanbaoError("OVERRIDE_UNFOUNDED")
    day = served_as_of(settings, asked.as_of)
    household_id = household_of(settings, asked.household.strip(), day)
    if household_id is None:
        raise SanbaoError("HOUSEHOLD_UNKNOWN", household=asked.household, as_of=day.isoformat())
    guarantee = _guarantee(settings, day, asked)
    person = _person(settings, day, household_id, asked.person) if guarantee.is_of_persons else None
    state = asked.state.strip().upper()
    if state not in STATES:
        raise SanbaoError("STATE_UNKNOWN", state=asked.state, known="、".join(STATES))
    amendment = (asked.amendment or "").strip() or None
    _require_term(settings, day, asked.until)
    _require_unsigned(settings, day, asked.until, amendment)
    found = published.state_of(settings, day, guarantee, person or household_id)
    if found is not None and found[0] == state and not found[1].startswith(_BY_HAND):
        raise SanbaoError(
            "OVERRIDE_NOT_NEEDED", guarantee=guarantee.label, state=state, as_of=day.isoformat()
        )
    value = overrides.Value(_register_no(settings, day, household_id), person, guarantee.guarantee)
    override = overrides.Override(value, state, day, asked.until, reason, evidence, amendment)
    with deciding(settings):
        name = overrides.record_override(Home(settings.home), override, by=by or getpass.getuser())
    return next(row for row in listed(settings) if row["override_id"] == name)


def lift(settings: Settings, what: str, reason: str | None, by: str | None) -> dict[str, Any]:
    """Lift an override, named by its id or the beginning of what stands behind its last dash.

    Returns its row. Raises SanbaoError: LIFT_REASON, OVERRIDE_UNKNOWN, OVERRIDE_LIFTED.
    """
    from ingestion import Home
    from ingestion.lake.decided import decided_rows
    from ingestion.pipeline import overrides

    if not (reason or "").strip():
        raise SanbaoError("LIFT_REASON")
    home, written = Home(settings.home), what.strip()
    names = [str(row["override_id"]) for row in decided_rows(home, "override")]
    meant = [name for name in names if written == name or _is_short_for(written, name)]
    if len(meant) != 1:
        raise SanbaoError("OVERRIDE_UNKNOWN", override=what)
    with deciding(settings):
        overrides.lift_override(home, meant[0], reason=str(reason).strip(), by=by or getpass.getuser())
    return next(row for row in listed(settings) if row["override_id"] == meant[0])


def listed(settings: Settings, as_of: date | None = None) -> list[dict[str, Any]]:
    """Every override as it is published, and what was recorded or lifted since, which the next build brings.

    The state of the latter is RECORDED or LIFT_RECORDED. Texts are those of the lake where it may be read: in
    what is published people's names are left out of them.
    """
    from ingestion import Home
    from ingestion.lake.decided import decided_rows

    home = Home(settings.home)
    rows: list[dict[str, Any]] = []
    labels: dict[str, str] = {}
    if published_dates(settings):
        rows = published.overrides(settings, as_of).records()
        known = published.judged(settings, served_as_of(settings, as_of))
        labels = {each.guarantee: each.label for each in known}
    names = {row["override_id"] for row in rows}
    written = {row["override_id"]: row for row in decided_rows(home, "override")}
    rows = [
        {**row, **{name: written[row["override_id"]][name] for name in _TYPED}}
        if row["override_id"] in written
        else row
        for row in rows
    ]
    lifts = {row["override_id"]: row for row in decided_rows(home, "override_lift")}
    rows += [
        {
            **row,
            "guarantee_label": labels.get(row["guarantee"], row["guarantee"]),
            "override_state": "RECORDED",
            "is_in_force": False,
        }
        for name, row in written.items()
        if name not in names
    ]
    return [_with_lift(row, lifts.get(row["override_id"])) for row in rows]


def _with_lift(row: dict[str, Any], found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        return row
    lifted = {
        "lifted_by": found["lifted_by"],
        "lift_reason": found["reason"],
        "lifted_at": found["lifted_at"],
    }
    state = row["override_state"] if row.get("lifted_at") is not None else "LIFT_RECORDED"
    return {**row, **lifted, "override_state": state}


def _is_short_for(written: str, name: str) -> bool:
    return len(written) >= _SHORTEST and name.rpartition("-")[2].startswith(written)


def _guarantee(settings: Settings, day: date, asked: Asked) -> published.Judged:
    """The guarantee of that name, in either language, for a household or for one of its people."""
    known, written = published.judged(settings, day), asked.guarantee.strip()
    found = next((each for each in known if written in (each.guarantee, each.label)), None)
    if found is None:
        names = "、".join(f"{each.guarantee}（{each.label}）" for each in known)
        codes = ", ".join(each.guarantee for each in known)
        raise SanbaoError("GUARANTEE_UNKNOWN", guarantee=asked.guarantee, known=names, codes=codes)
    if found.is_of_persons and asked.person is None:
        raise SanbaoError("GUARANTEE_OF_PERSONS", guarantee=found.guarantee, label=found.label)
    if not found.is_of_persons and asked.person is not None:
        raise SanbaoError("GUARANTEE_OF_HOUSEHOLDS", guarantee=found.guarantee, label=found.label)
    return found


def _person(settings: Settings, day: date, household_id: str, written: str | None) -> str:
    known, person = published.people_of(settings, day, household_id), (written or "").strip()
    if person not in known:
        raise SanbaoError(
            "PERSON_UNKNOWN", person=person, as_of=day.isoformat(), known="、".join(known) or "-"
        )
    return person


def _register_no(settings: Settings, day: date, household_id: str) -> str:
    sql = (
        "select register_household_no from mart.dim_household"
        " where as_of = $as_of and household_id = $household"
    )
    return str(query(settings, sql, as_of=day, household=household_id).rows[0][0])


def _require_term(settings: Settings, day: date, until: date) -> None:
    """An override has to hold at the newest date that is published, and for no longer than the seed allows.

    The clock of the machine does not count: a county that works on a past year has its own today.
    """
    newest = max(day, *published_dates(settings))
    if until < newest:
        raise SanbaoError("OVERRIDE_PAST", until=until.isoformat(), newest=newest.isoformat())
    months = _most_months(day)
    last = _months_later(day, months)
    if until > last:
        raise SanbaoError("OVERRIDE_TOO_LONG", until=until.isoformat(), months=months, last=last.isoformat())


def _require_unsigned(settings: Settings, day: date, until: date, amendment: str | None) -> None:
    signature = signed_between(settings, day, until)
    if signature is not None and amendment is None:
        raise SanbaoError("PERIOD_SIGNED", as_of=signature.as_of, by=signature.by, at=signature.at)


def _most_months(day: date) -> int:
    """The longest term that the seed `threshold` gives to an override that begins on `day`."""
    with (DBT_PROJECT / "seeds" / "guarantee" / "threshold.csv").open(encoding="utf-8", newline="") as file:
        return next(
            int(row["value"])
            for row in csv.DictReader(file)
            if row["code"] == "OVERRIDE_MONTHS_MAX"
            and date.fromisoformat(row["valid_from"]) <= day <= date.fromisoformat(row["valid_to"])
        )


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
