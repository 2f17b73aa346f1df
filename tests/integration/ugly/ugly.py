"""An ugly file, what must become of it, and the comparison after it went the real way into the lake."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion import Home, Outcome, load_file, receive
from tests.integration.ugly.sheets import Typed
from tests.unit.ingestion.helpers import catalog, lake

CATALOG = catalog()
ARRIVED = datetime(2019, 7, 5, 9, tzinfo=UTC)
_NOT_OURS = ("WRONG_COUNTY", "WRONG_DEPARTMENT")  # their rows are counted and not kept
Problem = tuple[str, str]  # cell ('' for the file as a whole) and code


@dataclass(frozen=True)
class Expect:
    """What one feed's part of the file must become. Rows in the order of the lake."""

    feed: str | None
    rows: Sequence[Typed] = ()
    state: str = "LOADED"
    reason: str | None = None
    problems: Sequence[Problem] = ()
    unknown: Sequence[str] = ()
    extra: Sequence[str | None] | None = None  # `_extra` of each row
    said: Sequence[str] = ()  # words that the sentences for the clerk must hold
    held: Sequence[str] = ()  # per held row, a text its quarantined cells must hold
    notes: Sequence[str] = ()  # of what the reader decided, these
    file: str | None = None  # of an archive, the entry


@dataclass(frozen=True)
class Ugly:
    """A file of one department; `make` gives its bytes."""

    name: str
    department: str
    file_name: str
    make: Callable[[], bytes]
    expect: Sequence[Expect] = field(default_factory=tuple)


def load(template: Path, folder: Path, ugly: Ugly) -> tuple[Home, list[Outcome]]:
    """Drop the file into a fresh inbox, receive it and load it."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    home = Home(folder)
    path = home.inbox / ugly.department / ugly.file_name
    path.write_bytes(ugly.make())
    (receipt,) = receive(home, CATALOG, now=ARRIVED)
    return home, load_file(home, CATALOG, receipt)


def differences(home: Home, outcomes: Sequence[Outcome], expected: Sequence[Expect]) -> list[str]:
    """Everything that is not as expected, as lines to read; empty when all is."""
    found = []
    if sorted(str(o.feed) for o in outcomes) != sorted(str(e.feed) for e in expected):
        found.append(f"feeds: {[(o.feed, o.reason_code, o.reason) for o in outcomes]}")
        return found
    for expect in expected:
        (outcome,) = (o for o in outcomes if o.feed == expect.feed and expect.file in (None, o.file_name))
        found += _outcome_differences(outcome, expect)
        found += _row_differences(home, outcome, expect)
        found += _problem_differences(home, outcome, expect)
    return found


def _outcome_differences(outcome: Outcome, expect: Expect) -> list[str]:
    pairs: list[tuple[str, Any, Any]] = [
        ("state", outcome.delivery_state, expect.state),
        ("reason", outcome.reason_code, expect.reason),
        ("unknown columns", list(outcome.unknown_columns), list(expect.unknown)),
        ("accounting", outcome.rows_read, outcome.rows_accepted + outcome.rows_held),
        ("accepted", outcome.rows_accepted, len(expect.rows)),
    ]
    found = [f"{what}: {is_!r}, expected {must!r}" for what, is_, must in pairs if is_ != must]
    found += [f"note {note!r} is not among {outcome.notes}" for note in set(expect.notes) - {*outcome.notes}]
    return found


def _row_differences(home: Home, outcome: Outcome, expect: Expect) -> list[str]:
    if outcome.feed is None:
        return []
    rows = [row for row in lake(home, outcome.feed) if row["_batch_id"] == outcome.batch_id]
    order = {sheet: index for index, sheet in enumerate(outcome.sheets)}
    rows.sort(key=lambda row: (order.get(row["_source_sheet"], 0), row["_source_row"]))
    found = []
    for index, (row, must) in enumerate(zip(rows, expect.rows, strict=False)):
        wrong = {name: (row[name], value) for name, value in must.items() if row[name] != value}
        if wrong:
            found.append(f"row {index}: {wrong}")
    if expect.extra is not None and [row["_extra"] for row in rows] != list(expect.extra):
        found.append(f"extra: {[row['_extra'] for row in rows]}")
    held = [str(row) for row in lake(home, "held_row") if row["batch_id"] == outcome.batch_id]
    kept = 0 if outcome.reason_code in _NOT_OURS else outcome.rows_held
    if len(held) != kept:
        found.append(f"{outcome.rows_held} rows held, {len(held)} in quarantine")
    if expect.held and len(held) != len(expect.held):
        found.append(f"held: {held}")
    found += [
        f"{text!r} is not kept in {row}"
        for text, row in zip(expect.held, held, strict=False)
        if text not in row
    ]
    return found


def _problem_differences(home: Home, outcome: Outcome, expect: Expect) -> list[str]:
    problems = [row for row in lake(home, "problem") if row["batch_id"] == outcome.batch_id]
    codes = [(row["cell"], row["code"]) for row in problems]
    must = list(expect.problems)
    if expect.state == "REFUSED":
        must.append(("", str(expect.reason)))
    found = [] if sorted(codes) == sorted(must) else [f"problems: {sorted(codes)}, expected {sorted(must)}"]
    sentences = " ".join(f"{row['message']} {row['remedy']}" for row in problems)
    return found + [
        f"{words!r} is not said in {sentences}" for words in expect.said if words not in sentences
    ]
