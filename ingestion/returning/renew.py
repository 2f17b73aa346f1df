"""Keep `returned/<department>/` true: one marked copy per file that has something to correct.

Which copies lie there, and what they say, follows from the archive, the outcomes and what the warehouse
says became of each file since (`states`). What it does not know yet is told as open, from its own outcome.
What writes them (`write`) reads files and workbooks: it is imported where one is due, and not every night.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby

from foundation.files import write_bytes
from foundation.language import Language
from ingestion.checking.arrival import Arrival
from ingestion.contracts import Catalog
from ingestion.lake.batch_files import batches
from ingestion.lake.home import Home
from ingestion.lake.records import Outcome, outcomes_by_file, state_of_outcomes
from ingestion.returning.copies import Returned, copies, settle_name, take_away
from ingestion.returning.due import DueCopy
from ingestion.returning.marked.names import returned_name
from ingestion.returning.receipt_slip import write_slips
from ingestion.returning.statement import Told, told_of
from ingestion.returning.states import States

_NEVER = Arrival(-1, datetime(1, 1, 1))  # noqa: DTZ001  (as the lake keeps it, without a zone)
_Loads = Sequence[tuple[str, Sequence[Outcome]]]  # what was loaded, the earliest first


# Writes copies, those of one name after another: which of them is numbered is no matter of chance.
WriteAll = Callable[[Sequence[Sequence[DueCopy]]], None]


def renew_returns(
    home: Home,
    catalog: Catalog,
    states: States,
    lang: Language = "zh",
    write_all: WriteAll | None = None,
) -> None:
    """Bring marked copies and receipt slips up to date: all that was loaded is told.

    `write_all` writes the copies that are due, in this process when it is not given.
    """

    def here(due: Sequence[Sequence[DueCopy]]) -> None:
        from ingestion.returning.write import write_copies

        for copies_of_a_name in due:
            write_copies(home, catalog, copies_of_a_name, lang)

    _renew_copies(home, catalog, states, lang, write_all or here)
    write_slips(home, catalog, states, lang)


def _renew_copies(home: Home, catalog: Catalog, states: States, lang: Language, write_all: WriteAll) -> None:
    """Away with what is settled, back with what is open again."""
    state, memo = _fingerprint(home, states, lang), home.archive / "returns" / ".renewed"
    lying = copies(home)
    there = all(returned.corrected >= 0 and returned.path(home).exists() for returned in lying.values())
    if there and memo.exists() and memo.read_text("utf-8") == state:
        return
    loads = _loads(home)
    recorded = {outcome.batch_id: outcome for _, outcomes in loads for outcome in outcomes}
    files = {
        sha256: (container, outcomes)
        for sha256, (container, outcomes) in _files(home, loads).items()
        if any(_is_open(states, outcome) for outcome in outcomes)
    }
    for sha256 in lying.keys() - files.keys():
        take_away(home, sha256)
    due = []
    for sha256, (container, outcomes) in files.items():
        told = told_of(catalog, states, recorded, outcomes, lang)
        if not _says_the_same(home, lying.get(sha256), told, outcomes):
            harmful = _is_harmful(lying.get(sha256), outcomes)
            due.append(DueCopy(container, tuple(outcomes), told, harmful))
    write_all(_by_name(due))
    for sha256, returned in copies(home).items():
        # The copy of a copy that came back was written while that one's lay there.
        if sha256 in files and any(outcome.corrects_batch_id for outcome in files[sha256][1]):
            settle_name(home, returned, returned_name(files[sha256][1][0].file_name))
    write_bytes(state.encode(), memo)


def _is_open(states: States, outcome: Outcome) -> bool:
    """Whether something of an outcome is still to be corrected."""
    if (state := states.of.get(outcome.batch_id)) is not None:
        return state.is_open
    return outcome.delivery_state in ("LOADED", "PARTIAL", "REFUSED")


def _says_the_same(home: Home, before: Returned | None, told: Told, outcomes: Sequence[Outcome]) -> bool:
    """Whether the copy that lies there is finished and would be written no other way."""
    if before is None or before.corrected < 0 or not before.path(home).exists():
        return False
    batches = {outcome.batch_id for outcome in outcomes}
    return (before.told, set(before.batches)) == (told.digest, batches)


def _is_harmful(before: Returned | None, outcomes: Sequence[Outcome]) -> bool:
    """Where a note stands for the copy, the file could not be read, or not without harm."""
    if before is not None and before.name.endswith(".txt"):
        return True
    from ingestion.readers.sandbox import KILLS_READER

    return any(outcome.reason_code == KILLS_READER for outcome in outcomes)


def _by_name(due: Sequence[DueCopy]) -> list[list[DueCopy]]:
    """The copies that could get one name, in the order that their files came in."""

    def name(each: DueCopy) -> tuple[str, str]:
        return each.outcomes[0].department, each.stem

    return [list(group) for _, group in groupby(sorted(due, key=name), key=name)]


def _fingerprint(home: Home, states: States, lang: Language) -> str:
    """Changes whenever something was loaded, decided or built anew: all that copies follow from."""
    return hashlib.sha256("\n".join([lang, states.digest, *state_of_outcomes(home)]).encode()).hexdigest()


def _loads(home: Home) -> _Loads:
    """Hash of each received file and its outcomes."""
    return sorted(
        outcomes_by_file(home).items(),
        key=lambda load: (max((o.arrival for o in load[1]), default=_NEVER), load[0]),
    )


def _files(home: Home, loads: _Loads) -> dict[str, tuple[str, list[Outcome]]]:
    """Hash of a file that something is to be said about → what it came in, and its outcomes.

    An entry may have come in several archives: of each feed in it the last outcome counts.
    """
    found: dict[str, tuple[str, dict[str | None, Outcome]]] = {}
    for container, outcomes in loads:
        for outcome in outcomes:
            _, earlier = found.get(outcome.sha256, ("", {}))
            own = {f: o for f, o in earlier.items() if o.department == outcome.department}
            found[outcome.sha256] = (container, {**own, outcome.feed: outcome})
    said = set(batches(home, "problem"))
    return {
        sha256: (container, list(own.values()))
        for sha256, (container, own) in found.items()
        if any(o.batch_id in said for o in own.values())
        and any(o.delivery_state != "NIL" for o in own.values())
    }
