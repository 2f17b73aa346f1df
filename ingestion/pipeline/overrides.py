"""What a person decides about a guarantee against the files: an override, which lapses by itself; its lift.

An override is a row of the lake that nobody changes; a lift is another row. Both are known from their moment
on: what was known before stays as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from ingestion.lake.decided import decided_rows, finish_decided, write_decided
from ingestion.lake.home import Home
from ingestion.lake.numbers import remember
from ingestion.lake.records import STAMP
from ingestion.pipeline.decisions import DecisionError
from ingestion.receiving.numbering import arriving, last_number
from ingestion.text.masking import mask_ids


@dataclass(frozen=True)
class Value:
    """The value that is overridden: a guarantee of a household or, with a 人编号, of one of its people."""

    register_household_no: str
    register_person_no: str | None
    guarantee: str


@dataclass(frozen=True)
class Override:
    """A state that holds in place of the files' from `speaks_for_on` to `until_on`, both included."""

    value: Value
    state: str
    speaks_for_on: date
    until_on: date
    reason: str
    evidence: str
    amendment_reason: str | None = None


def record_override(home: Home, override: Override, *, by: str, now: datetime | None = None) -> str:
    """Write an override down; returns its id.

    Raises DecisionError (OVERRIDE_STANDS) where one of the same value that was not lifted holds on any of its
    days.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    with arriving(home):
        finish_decided(home)
        for other in standing(home):
            if _value(other) == override.value and _meet(other, override):
                raise DecisionError(
                    "OVERRIDE_STANDS",
                    override=other["override_id"],
                    by=other["recorded_by"],
                    begins=other["speaks_for_on"].isoformat(),
                    until=other["until_on"].isoformat(),
                )
        number = last_number(home) + 1
        digest = hashlib.sha256(repr((asdict(override.value), number)).encode()).hexdigest()
        name = f"override-{moment.strftime(STAMP)}-{digest[:12]}"
        row = {
            "override_id": name,
            **asdict(override.value),
            "state": override.state,
            "speaks_for_on": override.speaks_for_on.isoformat(),
            "until_on": override.until_on.isoformat(),
            "recorded_no": number,
            "recorded_at": moment.replace(tzinfo=None).isoformat(),
            "recorded_by": mask_ids(by),
            "reason": mask_ids(override.reason),
            "evidence": mask_ids(override.evidence),
            "amendment_reason": mask_ids(override.amendment_reason) if override.amendment_reason else None,
        }
        write_decided(home, "override", name, [row])
        remember(home, number)
    return name


def lift_override(
    home: Home, override_id: str, *, reason: str, by: str, now: datetime | None = None
) -> dict[str, Any]:
    """End an override from now on; returns its row.

    Raises DecisionError (OVERRIDE_UNKNOWN, OVERRIDE_LIFTED).
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    with arriving(home):
        finish_decided(home)
        found = {row["override_id"]: row for row in decided_rows(home, "override")}
        if override_id not in found:
            raise DecisionError("OVERRIDE_UNKNOWN", override=mask_ids(override_id))
        for lift in decided_rows(home, "override_lift"):
            if lift["override_id"] == override_id:
                raise DecisionError(
                    "OVERRIDE_LIFTED",
                    override=override_id,
                    by=lift["lifted_by"],
                    at=f"{lift['lifted_at']:%F %R}",
                )
        number = last_number(home) + 1
        row = {
            "override_id": override_id,
            "lifted_no": number,
            "lifted_at": moment.replace(tzinfo=None).isoformat(),
            "lifted_by": mask_ids(by),
            "reason": mask_ids(reason),
        }
        name = f"override_lift-{moment.strftime(STAMP)}-{override_id[-12:]}"
        write_decided(home, "override_lift", name, [row])
        remember(home, number)
    return found[override_id]


def standing(home: Home) -> list[dict[str, Any]]:
    """The overrides that were not lifted, lapsed or not, in the order in which they were recorded."""
    lifted = {row["override_id"] for row in decided_rows(home, "override_lift")}
    return _in_order(row for row in decided_rows(home, "override") if row["override_id"] not in lifted)


def _in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: int(row["recorded_no"]))


def _value(row: dict[str, Any]) -> Value:
    return Value(row["register_household_no"], row["register_person_no"], row["guarantee"])


def _meet(row: dict[str, Any], override: Override) -> bool:
    """Whether there is a day on which both hold."""
    return bool(row["speaks_for_on"] <= override.until_on and override.speaks_for_on <= row["until_on"])
