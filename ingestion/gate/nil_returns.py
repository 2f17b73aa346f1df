"""A department says that there is nothing to report: taken, unless what came before says otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

from ingestion.contracts import Contract
from ingestion.gate.verdict import Verdict
from ingestion.lake.deliveries import History, standing
from ingestion.lake.home import Home
from ingestion.lake.in_force import winners_at
from ingestion.lake.result import File, batch_id_of
from ingestion.messages.problems import FileProblem

_CODE = "NIL_DESPITE_ROWS"


def nil_return(file: File, contract: Contract, stated_on: date | None, home: Home | None) -> Verdict:
    """A nil return, refused when nobody waived that there were rows; with no home it is taken at its word.

    `stated_on` is the date that the file states.
    """
    if home is None:
        return Verdict(nil_of=contract)
    batch_id = batch_id_of(file, contract.feed)
    history = History(home, contract, batch_id)
    rows = _rows_before(history, stated_on, file.received_at.date(), batch_id)
    if rows is None:
        return Verdict(nil_of=contract)
    if file.waiver:
        return Verdict(nil_of=contract, waiver=file.waiver.model_copy(update={"codes": (_CODE,)}))
    day, count = rows
    words = {"title": contract.title, "before_on": day.isoformat(), "before": str(count)}
    return Verdict(FileProblem(_CODE, words, contract.feed))


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
    if own or not contract.is_list_of_county:
        return _counted(history, own)
    until = day or received_on
    winners = winners_at(history, until, batch_id)
    last = max((winner.day for winner in winners), default=until)
    if any(last < nil_on <= until for nil_on in _nil_dates(history)):
        return None
    return _counted(history, [p for p in parts if p["speaks_for_on"] == last])


def _counted(history: History, parts: list[dict[str, Any]]) -> tuple[date, int] | None:
    """The last date of `parts` and their rows; a delivery that was replaced since does not count."""
    places = dict.fromkeys((p["period"], p["part"]) for p in parts)
    at = [[p for p in parts if (p["period"], p["part"]) == place] for place in places]
    held = parts if history.adds_up else [p for own in at for p in standing(own)]
    return (max(p["speaks_for_on"] for p in held), sum(p["rows_accepted"] for p in held)) if held else None


def _same_period(contract: Contract, one: date, other: date) -> bool:
    if contract.cadence == "weekly":
        return one == other
    return (one.year, one.month) == (other.year, other.month)


def _nil_dates(history: History) -> list[date]:
    found = [d for d in history.deliveries if d["delivery_state"] == "NIL" and history.stands(d)]
    return [d["as_of"] or d["received_at"].date() for d in found]
