"""What a report rests on, found or made: kept as it was printed from, else built by what was known then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sanbao.errors import SanbaoError
from sanbao.night.build import NodeDone
from sanbao.night.build_state import fingerprint, read_state
from sanbao.night.lookback import last_known, served_then
from sanbao.night.signing import signatures, signed
from sanbao.queries.serving import published_dates
from sanbao.settings import Settings

if TYPE_CHECKING:
    from reports.basis import Basis

_FOLDER = "底表"


@contextmanager
def kept_basis(
    settings: Settings,
    as_of: date | None = None,
    known_by: datetime | None = None,
    on_node: NodeDone | None = None,
    *,
    as_signed: bool = False,
) -> Iterator[Basis]:
    """The basis of `as_of` as known by `known_by` (naive UTC), for the block.

    Without `known_by` it is what is published; `as_signed`: what the county has signed, if it has. It lies in
    `reports/<as_of>/<known>/底表`, where a second report finds it. Raises SanbaoError: NOTHING_PUBLISHED,
    AS_OF_NOT_PUBLISHED, NOTHING_KNOWN, REPORT_BASIS_DAMAGED, SIGNATURES_DAMAGED.
    """
    from reports.basis import Basis, BasisDamaged

    day, known, folder = _place(settings, as_of, known_by)
    if as_signed and known_by is None and (locked := signed(settings, day)) is not None:
        known = known_by = datetime.fromisoformat(locked.known_by)
        folder = _folder(settings, day, known)
    _require_kept(settings, day, known, known_by, folder / _FOLDER, on_node)
    try:
        basis = Basis(folder / _FOLDER)
    except BasisDamaged as error:
        raise SanbaoError("REPORT_BASIS_DAMAGED", file=str(error)) from error
    try:
        yield basis
    finally:
        basis.close()


def _place(settings: Settings, as_of: date | None, known_by: datetime | None) -> tuple[date, datetime, Path]:
    """Date, moment that names what is known, folder; raises NOTHING_KNOWN, AS_OF_NOT_PUBLISHED."""
    days = published_dates(settings)
    if as_of is None and not days:
        raise SanbaoError("NOTHING_PUBLISHED")
    day = as_of or max(days)
    if known_by is None and day not in days:
        known_days = ", ".join(each.isoformat() for each in days) or "-"
        raise SanbaoError("AS_OF_NOT_PUBLISHED", as_of=day.isoformat(), known=known_days)
    known = last_known(settings, known_by or _published_known(settings, day))
    if known is None:
        raise SanbaoError("NOTHING_KNOWN", as_of=day.isoformat())
    return day, known, _folder(settings, day, known)


def _folder(settings: Settings, day: date, known: datetime) -> Path:
    return settings.home / "reports" / day.isoformat() / f"{known:%Y%m%dT%H%M%S}Z"


def _published_known(settings: Settings, day: date) -> datetime | None:
    """Until when the published build of `day` knew."""
    from sanbao.night.published import read_published

    record = read_published(settings)
    written = record.dates.get(day.isoformat(), "") if record else ""
    return datetime.fromisoformat(written) if written else None


def _require_kept(
    settings: Settings,
    day: date,
    known: datetime,
    known_by: datetime | None,
    folder: Path,
    on_node: NodeDone | None,
) -> None:
    """See that the tables of the report are written down.

    What is asked for by its moment, or was signed, is printed from what was kept then; without either,
    rules that have changed since count, and the tables are written anew.
    """
    from reports.basis import NAME, freeze

    is_kept = (folder / NAME).exists()
    is_signed = any(each.known_by == known.isoformat() for each in signatures(settings, day))
    if is_kept and (known_by is not None or is_signed):
        return
    mark = fingerprint(settings, day, known)
    if is_kept and _kept_build(folder / NAME) == mark:
        return
    state = read_state(settings)
    published_known = _published_known(settings, day)
    if state.built.get(day.isoformat()) == mark and (
        published_known is None or last_known(settings, published_known) == known
    ):
        freeze(settings.serving, day, known, mark, folder)
        return
    with served_then(settings, day, known, on_node) as serving:
        freeze(serving, day, known, mark, folder)


def _kept_build(record: Path) -> str:
    try:
        return str(json.loads(record.read_text("utf-8")).get("build"))
    except (OSError, ValueError):
        return ""
