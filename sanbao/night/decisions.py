"""What an operator decides about a received file: let it through, try it again, withdraw it."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sanbao.errors import SanbaoError
from sanbao.night.home import catalog, prepare_home
from sanbao.night.integrity import require_whole
from sanbao.night.load import OutcomeRow, believed_clock
from sanbao.night.lock import night_lock
from sanbao.settings import Settings


def accept(settings: Settings, what: str, reason: str, by: str | None) -> list[OutcomeRow]:
    """Let a refused file through the limits; raises SanbaoError where that cannot be."""
    from ingestion import Home
    from ingestion.pipeline import decisions

    with deciding(settings):
        found = decisions.accept(
            Home(settings.home),
            catalog(),
            named(what),
            reason=reason,
            by=by or getpass.getuser(),
        )
    return [outcome.model_dump(mode="json") for outcome in found]


def retry(settings: Settings, what: str) -> list[OutcomeRow]:
    """Judge a refused file by the contracts as they are now; raises SanbaoError where that cannot be."""
    from ingestion import Home
    from ingestion.pipeline import decisions

    with deciding(settings):
        found = decisions.retry(Home(settings.home), catalog(), named(what))
    return [outcome.model_dump(mode="json") for outcome in found]


def withdraw(settings: Settings, what: str, reason: str, by: str | None) -> list[OutcomeRow]:
    """End-date what a file, or one batch, brought; raises SanbaoError where that cannot be."""
    from ingestion import Home
    from ingestion.pipeline import decisions

    with deciding(settings):
        found = decisions.withdraw(
            Home(settings.home),
            named(what),
            reason=reason,
            by=by or getpass.getuser(),
        )
    return [outcome.model_dump(mode="json") for outcome in found]


def named(what: str) -> str:
    """The hash of a file that lies at hand, else `what` itself: a name, a hash or a batch id."""
    path = Path(what)
    if not path.is_file():
        return what
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def deciding(settings: Settings) -> Iterator[None]:
    """While no night is running; what ingestion refuses to do becomes a sentence."""
    from ingestion import Home
    from ingestion.pipeline.decisions import DecisionError
    from ingestion.receiving.clock import credible

    with night_lock(settings):
        require_whole(settings)
        prepare_home(settings)
        with believed_clock(settings) as rule:
            credible(Home(settings.home), datetime.now(UTC), rule)
        try:
            yield
        except DecisionError as error:
            raise SanbaoError(error.code, **error.words) from error
