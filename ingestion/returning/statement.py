"""What the copy of a file says of its rows and their numbers, as far as the lake knows by now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from foundation.language import Language
from ingestion.contracts import Catalog
from ingestion.lake.deliveries import HeldRows, History
from ingestion.lake.home import Home
from ingestion.lake.records import Outcome
from ingestion.lake.rows import Key
from ingestion.messages.problems import sentence
from ingestion.returning.marked import Accounting

Histories = Mapping[str, History]  # by feed


@dataclass(frozen=True)
class Told:
    """What stands in a copy beside the problems."""

    accounting: tuple[Accounting, ...]
    corrected: frozenset[Key]  # marked as corrected since
    left_out: frozenset[Key]  # not marked: nothing is to be corrected in this copy

    @property
    def digest(self) -> str:
        """Changes whenever the copy would say something else."""
        said = (self.accounting, sorted(self.corrected), sorted(self.left_out))
        return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:16]


def histories_of(home: Home, catalog: Catalog, outcomes: Sequence[Outcome]) -> dict[str, History]:
    """The history of each feed of which a marked copy came back; the other files are as they were loaded."""
    feeds = {outcome.feed for outcome in outcomes if outcome.corrects_batch_id}
    return {feed: History(home, catalog[feed]) for feed in feeds if feed}


def told_of(catalog: Catalog, histories: Histories, outcomes: Sequence[Outcome], lang: Language) -> Told:
    """What is to be said of a file with these outcomes."""
    accounting: list[Accounting] = []
    corrected: set[Key] = set()
    left_out: set[Key] = set()
    for outcome in outcomes:
        loaded = accounting_of(catalog, outcome, lang)
        history = histories.get(outcome.feed or "")
        if history is None or outcome.delivery_state not in ("LOADED", "PARTIAL"):
            accounting.append(loaded)
            continue
        held = history.held_rows(outcome.batch_id)
        accounting.append(_by_now(history, outcome, loaded, held, lang))
        corrected |= {(outcome.batch_id, *place) for place in held.corrected}
        left_out |= {(outcome.batch_id, *place) for place in held.kept | held.elsewhere}
    return Told(tuple(accounting), frozenset(corrected), frozenset(left_out))


def accounting_of(catalog: Catalog, outcome: Outcome, lang: Language = "zh") -> Accounting:
    """What the marked copy says about one outcome when it was loaded."""
    return Accounting(
        batch_id=outcome.batch_id,
        title=catalog[outcome.feed].title if outcome.feed else "",
        state=outcome.delivery_state,
        reason=outcome.said(english=lang == "en"),
        remedy=outcome.told(english=lang == "en"),
        rows_read=outcome.rows_read,
        rows_accepted=outcome.rows_accepted,
        rows_held=outcome.rows_held,
        rows_corrected=0,
    )


def _by_now(
    history: History, outcome: Outcome, loaded: Accounting, held: HeldRows, lang: Language
) -> Accounting:
    """The same by now; the numbers of a copy that came back are those of the file that it corrects."""
    if outcome.reason_code == "ROWS_HELD":
        words = {"title": loaded.title, "held": str(len(held.still_open))}
        said = sentence("ROWS_HELD", words, english=lang == "en") if held.still_open else ""
        loaded = replace(loaded, reason=said, remedy=loaded.remedy if said else "")
    base = history.delivery(outcome.corrects_batch_id or "")
    if base is None:
        return replace(loaded, rows_corrected=len(held.corrected))
    counts = {name: base[name] for name in ("rows_read", "rows_accepted", "rows_held")}
    since = history.held_rows(base["batch_id"])
    return replace(loaded, **counts, rows_corrected=len(since.corrected))
