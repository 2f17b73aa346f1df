"""A department says that there is nothing to report: taken, unless what came before says otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

from ingestion.checking.arrival import arrival_of
from ingestion.contracts import Contract
from ingestion.gate.outcomes import nil, refused
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.lake.in_force import winners_at
from ingestion.lake.result import File, Result, batch_id_of
from ingestion.messages.problems import FileProblem
from ingestion.readers import Reading

_CODE = "NIL_DESPITE_ROWS"


def nil_return(file: File, reading: Reading, contract: Contract, home: Home | None) -> Result:
    """A nil return, refused when nobody waived that there were rows; with no home it is taken at its word."""
    result = nil(file, reading, contract)
    if home is None:
        return result
    outcome = result.outcome
    history = History(home, contract, outcome.batch_id)
    rows = _rows_before(history, outcome.as_of, outcome.received_at.date(), batch_id_of(file, contract.feed))
    if rows is None:
        return result
    if file.waiver:
        waiver = file.waiver.model_copy(update={"codes": (_CODE,)})
        return Result(outcome, waiver=waiver)
    day, count = rows
    words = {"title": contract.title, "before_on": day.isoformat(), "before": str(count)}
    return refused(file, FileProblem(_CODE, words, contract.feed), reading)


def _rows_before(
    history: History, day: date | None, received_on: date, batch_id: str
) -> tuple[date, int] | None:
    """The date and number of the rows that a nil return for `day` contradicts.

    Those of the same period; and a list of the whole county does not come to nothing from one
    delivery to the next, unless the last word on it was a nil return that stands.
    """
    contract = history.contract
    parts = [p for p in history.parts if p["rows_accepted"]]
    own = [p for p in parts if day and _same_period(contract, p["speaks_for_on"], day)]
    if own or contract.delivery != "snapshot" or contract.complete_for != "county":
        return _counted(history, own)
    until = day or received_on
    winners = winners_at(history, until, batch_id)
    last = max((winner.day for winner in winners), default=until)
    if any(last < nil_on <= until for nil_on in _nil_dates(history)):
        return None
    return _counted(history, [p for p in parts if p["speaks_for_on"] == last])


def _counted(history: History, parts: list[dict[str, Any]]) -> tuple[date, int] | None:
    """The last date of `parts` and their rows; a delivery that was replaced since does not count."""
    newest: dict[tuple[str, str], tuple[Any, str]] = {}
    for p in parts:
        at, age = (p["period"], p["part"]), (arrival_of(p, "group_"), p["group_batch_id"])
        newest[at] = max(age, newest.get(at, age))
    wins = {(at, group) for at, (_, group) in newest.items()}
    held = [p for p in parts if history.adds_up or ((p["period"], p["part"]), p["group_batch_id"]) in wins]
    return (max(p["speaks_for_on"] for p in held), sum(p["rows_accepted"] for p in held)) if held else None


def _same_period(contract: Contract, one: date, other: date) -> bool:
    if contract.cadence == "weekly":
        return one == other
    return (one.year, one.month) == (other.year, other.month)


def _nil_dates(history: History) -> list[date]:
    found = [d for d in history.deliveries if d["delivery_state"] == "NIL" and history.stands(d)]
    return [d["as_of"] or d["received_at"].date() for d in found]
