"""The closing of a month (月结): its figures are frozen, shown to a person, signed, printed and published.

Every step works on what was frozen, which its date and moment name: whatever arrives while somebody makes up
their mind is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sanbao.errors import SanbaoError
from sanbao.night.build import build
from sanbao.night.closing_words import body, subject
from sanbao.night.delivered import month_end
from sanbao.night.kept_basis import kept_basis
from sanbao.night.lookback import last_known
from sanbao.night.publish import publish_serving
from sanbao.night.published import read_published
from sanbao.night.report import print_report, refuse_unprintable
from sanbao.night.signing import Signature, require_towns, sign, signed
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage


@dataclass(frozen=True)
class Frozen:
    """The tables of a month: `known_by` (naive UTC) is when the last of what they know became known."""

    as_of: date
    known_by: datetime


@dataclass(frozen=True)
class Case:
    """What the person who signs is shown."""

    subject: str
    body: str
    has_news: bool  # False: the county has signed these very tables already


@tells_of_storage
def freeze_month(settings: Settings, month: str) -> Frozen:
    """Write down the figures of a month (2019-12), by all that is known now.

    Raises SanbaoError: CLOSING_MONTH, CLOSING_TOO_EARLY, NOTHING_KNOWN, and what a build raises.
    """
    as_of = month_end(month)
    if as_of >= settings.today:
        raise SanbaoError("CLOSING_TOO_EARLY", month=month, day=as_of.isoformat())
    now = datetime.now(UTC).replace(tzinfo=None)
    with kept_basis(settings, as_of, now) as basis:
        return Frozen(basis.as_of, basis.known_by)


@tells_of_storage
def examine(settings: Settings, frozen: Frozen) -> Case:
    """See whether the county can sign, print a draft, and put together what to decide by.

    The draft is there also when it cannot: towns read it before they confirm. Raises SanbaoError
    (REPORT_BLOCKED, REPORT_NUMBER_TYPED, TOWNS_UNSIGNED, and what forbids a draft).
    """
    with kept_basis(settings, frozen.as_of, frozen.known_by) as basis:
        before = signed(settings, frozen.as_of)
        if before is not None and before.basis_sha256 == basis.sha256:
            return Case(subject(frozen.as_of), "", has_news=False)
        draft = print_report(settings, frozen.as_of, frozen.known_by, draft=True)
        refuse_unprintable(draft)
        require_towns(settings, basis)
        folder = draft.files[0].parent.relative_to(settings.home).as_posix()
        return Case(subject(frozen.as_of), body(basis, draft.contradicted, before, folder), has_news=True)


@tells_of_storage
def sign_month(settings: Settings, frozen: Frozen, by: str, reason: str) -> Signature:
    """The county's signature in the name of `by`; raises as `signing.sign` does."""
    with kept_basis(settings, frozen.as_of, frozen.known_by) as basis:
        return sign(settings, basis, None, by, reason)


def print_month(settings: Settings, frozen: Frozen) -> list[Path]:
    """Document, annex and brief of what was signed; raises as `print_report` does."""
    return print_report(settings, frozen.as_of, frozen.known_by).files


@tells_of_storage
def publish_month(settings: Settings, frozen: Frozen) -> str:
    """See that what was signed is served: PUBLISHED, ALREADY, or NEWER where later news of that date is.

    Newer figures are left: they tell what is known today; what was signed is in the report.
    """
    record = read_published(settings)
    served = record.dates.get(frozen.as_of.isoformat()) if record else None
    if served is None:
        build(settings, frozen.as_of, frozen.known_by)
        publish_serving(settings, frozen.as_of)
        return "PUBLISHED"
    known = last_known(settings, datetime.fromisoformat(served) if served else None)
    return "ALREADY" if known == frozen.known_by else "NEWER"
