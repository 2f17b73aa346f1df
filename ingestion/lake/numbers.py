"""Which numbers of the order of arrival were given out: of each, some record goes on speaking.

A number whose every record is gone tells of a loss that leaves no other trace. Those that nothing was ever
recorded under (a claim that was put back) are remembered as given up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from foundation.files import write_bytes
from ingestion.lake.bundle import recorded
from ingestion.lake.home import Home
from ingestion.lake.landings import DecidedKind
from ingestion.lake.records import receipts
from ingestion.lake.sealed import sealed, unsealed

_NUMBERS = ("received_no", "withdrawn_no", "recorded_no", "lifted_no")
_DECIDED: tuple[str, ...] = get_args(DecidedKind)


@dataclass(frozen=True)
class Numbers:
    """What is remembered of the order of arrival. It may lag behind after a kill, never run ahead."""

    last_number: int = 0
    given_up: tuple[int, ...] = ()
    has_clock: bool = False  # whether there was a record of the clock

    @property
    def used(self) -> set[int]:
        return set(range(1, self.last_number + 1)) - set(self.given_up)


def memory(home: Home) -> Path:
    return home.archive / "last_number.json"


def clock_record(home: Home) -> Path:
    return home.archive / "clock.json"


def remembered(home: Home) -> Numbers | None:
    """None where nothing was remembered yet; raises RecordDamagedError."""
    try:
        kept = unsealed(memory(home))
    except FileNotFoundError:
        return None
    has_clock = bool(kept.get("has_clock"))
    return Numbers(int(kept["last_number"]), tuple(kept.get("given_up", ())), has_clock)


def remember(home: Home, last: int) -> None:
    """Keep the highest number, so that it is known when the receipt of it is gone."""
    before = remembered(home)
    if before is None or last > before.last_number:
        known = before or Numbers()
        added = set(range(known.last_number + 1, last + 1)) - set(_recorded(home))
        has_clock = known.has_clock or clock_record(home).exists()
        _write(home, Numbers(last, (*known.given_up, *sorted(added)), has_clock))


def give_up(home: Home, lost: set[int]) -> None:
    """Count on these numbers no more: a person knows that their records are gone."""
    known = remembered(home) or Numbers()
    _write(home, Numbers(known.last_number, tuple(sorted({*known.given_up, *lost})), known.has_clock))


def numbers_in(record: dict[str, Any]) -> set[int]:
    """The numbers that a receipt, an outcome, a decision, what it wrote or a note speaks of."""
    nested = [record.get("receipt"), record.get("outcome"), *record.get("rows", ()), *record.get("kept", ())]
    own = {int(record.get(name) or 0) for name in _NUMBERS}
    return {number for number in own if number}.union(*(numbers_in(each) for each in nested if each))


def _recorded(home: Home) -> Iterator[int]:
    for receipt in receipts(home):
        numbers = (receipt.received_no, *(outcome.received_no for outcome in receipt.kept))
        yield from (number for number in numbers if number)
    paths = [path for folder in (home.arrivals, home.decisions) for path in recorded(folder)]
    paths += [path for kind in _DECIDED for path in recorded(home.landings, f"{kind}-")]
    for path in paths:
        yield from numbers_in(unsealed(path))


def _write(home: Home, numbers: Numbers) -> None:
    write_bytes(sealed(asdict(numbers)), memory(home))
