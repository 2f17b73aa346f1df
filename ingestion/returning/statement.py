"""What the copy of a file says of its rows and their numbers, as far as the warehouse knows by now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from foundation.language import Language
from ingestion.contracts import Catalog
from ingestion.lake.records import Outcome
from ingestion.messages.problems import sentence
from ingestion.returning.marked.model import Accounting, RowKey
from ingestion.returning.states import FileState, States


@dataclass(frozen=True)
class Told:
    """What stands in a copy beside the problems."""

    accounting: tuple[Accounting, ...]
    corrected: frozenset[RowKey]  # marked as corrected since
    left_out: frozenset[RowKey]  # not marked: nothing is to be corrected in this copy

    @property
    def digest(self) -> str:
        """Changes whenever the copy would say something else."""
        said = (self.accounting, sorted(self.corrected), sorted(self.left_out))
        return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:16]


def told_of(
    catalog: Catalog,
    states: States,
    recorded: Mapping[str, Outcome],
    outcomes: Sequence[Outcome],
    lang: Language,
) -> Told:
    """What is to be said of a file with these outcomes; `recorded` are those of all batches."""
    accounting: list[Accounting] = []
    corrected: set[RowKey] = set()
    left_out: set[RowKey] = set()
    for outcome in outcomes:
        loaded = accounting_of(catalog, outcome, lang)
        state = states.of.get(outcome.batch_id)
        if state is None or outcome.delivery_state not in ("LOADED", "PARTIAL"):
            accounting.append(loaded)
            continue
        base = recorded.get(outcome.corrects_batch_id or "")
        accounting.append(_by_now(states, outcome, base, loaded, state, lang))
        corrected |= state.rows_that_are("CORRECTED", "CELL_CORRECTED")
        left_out |= state.rows_that_are("KEPT", "MOVED")
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
    states: States,
    outcome: Outcome,
    base: Outcome | None,
    loaded: Accounting,
    state: FileState,
    lang: Language,
) -> Accounting:
    """The same by now; the numbers of a copy that came back are those of the file that it corrects."""
    if outcome.reason_code in ("ROWS_HELD", "CELLS_HELD"):
        rows_open, cells_open = len(state.rows_that_are("OPEN")), len(state.rows_that_are("CELL_OPEN"))
        words = {"title": loaded.title, "held": str(rows_open)}
        words["cells"] = str(outcome.cells_held) if cells_open else ""
        code = "ROWS_HELD" if rows_open else "CELLS_HELD"
        said = sentence(code, words, english=lang == "en") if rows_open or cells_open else ""
        loaded = replace(loaded, reason=said, remedy=loaded.remedy if said else "")
    counted = base or outcome
    since = states.of.get(counted.batch_id, FileState(is_open=True))
    return replace(
        loaded,
        rows_read=counted.rows_read,
        rows_accepted=counted.rows_accepted,
        rows_held=counted.rows_held,
        rows_corrected=len(since.rows_that_are("CORRECTED")),
    )
