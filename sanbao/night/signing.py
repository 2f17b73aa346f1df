"""Who stands for the figures of a period: each town for its lists, then the county for the whole.

A signature is of the tables that a report rests on, by their hash. Once the county has signed, the period
is locked: its report is printed from what was signed, and what becomes known later makes an amendment,
which needs a reason.
"""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.files import read_sealed, write_sealed
from foundation.locks import alone
from sanbao.errors import SanbaoError
from sanbao.settings import Settings, written_known_by

if TYPE_CHECKING:
    from reports.basis import Basis

COUNTY = "county"
TOWN = "town"


@dataclass(frozen=True)
class Signature:
    """One signature; `reason` is set where the county signs a period again."""

    as_of: str
    known_by: str  # naive UTC, as in the basis
    basis_sha256: str
    level: str
    town: str | None
    by: str
    at: str
    reason: str | None = None


def signatures(settings: Settings, as_of: date) -> list[Signature]:
    """The signatures of a period, in order; raises SanbaoError (SIGNATURES_DAMAGED)."""
    return [each for each in _read(settings) if each.as_of == as_of.isoformat()]


def signed(settings: Settings, as_of: date) -> Signature | None:
    """What the county has signed last for that date; None where it has not."""
    return next((each for each in reversed(signatures(settings, as_of)) if each.level == COUNTY), None)


def signed_between(settings: Settings, first: date, last: date) -> Signature | None:
    """What the county signed last of the periods from `first` to `last`; raises SIGNATURES_DAMAGED."""
    found = [
        each
        for each in _read(settings)
        if each.level == COUNTY and first <= date.fromisoformat(each.as_of) <= last
    ]
    return found[-1] if found else None


def sign(settings: Settings, basis: Basis, town: str | None, by: str | None, reason: str | None) -> Signature:
    """Sign `basis` for a town, or with none for the county.

    Raises SanbaoError: TOWN_UNKNOWN, TOWNS_UNSIGNED while a town has not confirmed these very tables,
    AMENDMENT_REASON where the county signed others before, and SIGNATURES_DAMAGED.
    """
    towns = basis.towns
    if town is not None and town not in towns:
        raise SanbaoError("TOWN_UNKNOWN", town=town, known="、".join(towns))
    with alone(_path(settings).with_suffix(".lock"), 10):
        written = _read(settings)
        of_period = [each for each in written if each.as_of == basis.as_of.isoformat()]
        if town is None:
            _require_towns(basis, of_period)
            _require_reason(basis, of_period, reason)
        signature = Signature(
            basis.as_of.isoformat(),
            basis.known_by.isoformat(),
            basis.sha256,
            COUNTY if town is None else TOWN,
            town,
            by or getpass.getuser(),
            datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
            (reason or "").strip() or None,
        )
        kept = json.dumps([asdict(each) for each in (*written, signature)], ensure_ascii=False, indent=1)
        write_sealed(kept.encode(), _path(settings))
    return signature


def missing_towns(settings: Settings, basis: Basis) -> list[str]:
    """The towns that have not confirmed these tables."""
    return _missing(basis, signatures(settings, basis.as_of))


def require_towns(settings: Settings, basis: Basis) -> None:
    """Raises SanbaoError (TOWNS_UNSIGNED) while a town has not confirmed these very tables."""
    _require_towns(basis, signatures(settings, basis.as_of))


def _missing(basis: Basis, of_period: list[Signature]) -> list[str]:
    confirmed = {each.town for each in of_period if each.basis_sha256 == basis.sha256}
    return [town for town in basis.towns if town not in confirmed]


def _require_towns(basis: Basis, of_period: list[Signature]) -> None:
    if missing := _missing(basis, of_period):
        raise SanbaoError(
            "TOWNS_UNSIGNED",
            count=len(missing),
            towns="、".join(missing),
            as_of=basis.as_of.isoformat(),
            known=written_known_by(basis.known_by),
        )


def _require_reason(basis: Basis, of_period: list[Signature], reason: str | None) -> None:
    before = [each for each in of_period if each.level == COUNTY and each.basis_sha256 != basis.sha256]
    if before and not (reason or "").strip():
        raise SanbaoError("AMENDMENT_REASON", by=before[-1].by, at=before[-1].at)


def _path(settings: Settings) -> Path:
    return settings.home / "archive" / "signatures.json"


def _read(settings: Settings) -> list[Signature]:
    path = _path(settings)
    if not path.exists():
        return []
    if (data := read_sealed(path)) is None:
        raise SanbaoError("SIGNATURES_DAMAGED", file=str(path))
    return [Signature(**each) for each in json.loads(data)]
