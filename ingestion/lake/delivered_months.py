"""For which months a feed has come whole: what the lake itself says, before anything is built from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, timedelta
from typing import Any

from foundation.language import county_day
from ingestion.contracts import Contract
from ingestion.contracts.county import load_county
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home

Months = dict[date, set[str]]  # the first day of a month → the parts that came for it


def delivered_months(home: Home, contract: Contract, towns: Collection[str]) -> set[date]:
    """The first days of the months of which rows stand and no part lacks, or that a nil return speaks for.

    As the board has it (`int_feed__landed`): a part lacks that an earlier month had, or that no month is
    without; `towns` are those that have villages, by their official names. What was withdrawn never came.
    """
    history = History(home, contract)
    parts: Months = {}
    for row in history.parts:
        if row["speaks_for_on"] is not None:
            parts.setdefault(row["speaks_for_on"].replace(day=1), set()).add(row["part"] or "")
    expected = set(towns) if contract.expected_parts == "towns" else set(contract.expected_parts)
    whole = {month for month in parts if not _lacks(contract, parts, month, expected)}
    nil = [row for row in history.deliveries if row["delivery_state"] == "NIL" and history.stands(row)]
    return whole.union(*map(_months_of, nil))


def _lacks(contract: Contract, parts: Months, month: date, expected: set[str]) -> bool:
    own = parts[month]
    before = {part for earlier, names in parts.items() if earlier < month for part in names}
    return not before <= own or not expected <= {_first_name(contract, part) for part in own}


def _first_name(contract: Contract, part: str) -> str:
    """A part by its first column; a town by its official name."""
    first = part.split("|")[0]
    return load_county().town_names.get(first, first) if contract.expected_parts == "towns" else first


def _months_of(row: dict[str, Any]) -> set[date]:
    """The month that a nil return speaks for; one without a date, when it came and the one before."""
    if row["as_of"] is not None:
        return {row["as_of"].replace(day=1)}
    came = county_day(row["received_at"].replace(tzinfo=UTC)).replace(day=1)
    return {came, (came - timedelta(days=1)).replace(day=1)}
