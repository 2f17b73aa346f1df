"""A home of some years with all that happens to deliveries, and what must be the same after a compaction."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ingestion import Home, load_file, pending, receive
from ingestion.lake.compact import bundle_records, compact
from ingestion.lake.landings import Landing
from ingestion.lake.records import Outcome, Receipt, outcomes_in
from ingestion.lake.sealed import read_every
from ingestion.pipeline import decisions
from ingestion.pipeline.decisions import DecisionError
from tests.unit.ingestion.helpers import Insured
from tests.unit.ingestion.marked import CATALOG, NOON, mark, text
from tests.unit.ingestion.warehouse import settle_returns, states_of

KINDS = ("居民", "职工")


def keep(home: Home) -> None:
    """What housekeeping does to lake and records."""
    compact(home)
    bundle_records(home)


class History:
    """The same things happen to every home that is given the same seed: each step `happens` to one home."""

    def __init__(self, seed: int, steps: int) -> None:
        self._dice = random.Random(seed)
        self._count = 0
        self.steps: list[Callable[[Home], None]] = [self._delivery()]
        kinds = [self._delivery] * 4 + [self._correction] * 3 + [self._withdrawal, self._again, self._half]
        self.steps += [self._dice.choice(kinds)() for _ in range(steps - 1)]

    def _next(self) -> tuple[int, int]:
        self._count += 1
        return self._count, self._count * 90  # days: several years

    def _rows(self, count: int) -> list[list[str]]:
        rows = Insured.rows(count)
        kind = self._dice.choice(KINDS)
        for row in rows:
            row[3], row[4] = kind, str(2018 + self._dice.randrange(2))
        for row in self._dice.sample(rows, self._dice.randrange(4)):
            row[5] = "退休"
        return rows

    def _delivery(self, least: int = 12) -> Callable[[Home], None]:
        number, days = self._next()
        rows = self._rows(self._dice.randrange(least, least + 4))
        return lambda home: _drop(home, text(rows), days, f"参保{number}.csv")

    def _half(self) -> Callable[[Home], None]:
        """A file that is refused, and let through by a person."""
        number, days = self._next()
        rows, name = self._rows(5), f"参保{number}.csv"

        def happens(home: Home) -> None:
            _drop(home, text(rows), days, name)
            moment = NOON + timedelta(days=days + 1)
            with suppress(DecisionError):
                decisions.accept(home, CATALOG, name, reason="确实", by="王", now=moment)
            settle_returns(home, CATALOG)

        return happens

    def _correction(self) -> Callable[[Home], None]:
        """Some rows of an earlier delivery come back as its marked copy."""
        number, days = self._next()
        choice, good = self._dice.random(), self._dice.random() < 0.7

        def happens(home: Home) -> None:
            whole = [o for o in outcomes(home) if o.rows_accepted and not o.corrects_batch_id]
            if not whole:
                return
            base = whole[int(choice * len(whole))]
            row = Insured.rows(3)[2]
            row[5], row[7] = ("正常" if good else "退休"), str(300 + number)
            _drop(home, text([row], marks=[mark(base, 2)]), days, f"改{number}.csv")

        return happens

    def _withdrawal(self) -> Callable[[Home], None]:
        _, days = self._next()
        choice = self._dice.random()

        def happens(home: Home) -> None:
            found = sorted(
                read_every(home.receipts, Receipt.model_validate).values(), key=lambda r: r.arrival
            )
            what, moment = found[int(choice * len(found))].sha256, NOON + timedelta(days=days)
            with suppress(DecisionError):
                decisions.withdraw(home, what, reason="投错", by="王", now=moment)
            settle_returns(home, CATALOG)

        return happens

    def _again(self) -> Callable[[Home], None]:
        """Bytes that came before are dropped once more."""
        number, days = self._next()
        choice = self._dice.random()

        def happens(home: Home) -> None:
            found = sorted(
                read_every(home.receipts, Receipt.model_validate).values(), key=lambda r: r.arrival
            )
            data = home.archived(found[int(choice * len(found))].sha256).read_bytes()
            _drop(home, data, days, f"又{number}.csv")

        return happens


def _drop(home: Home, data: bytes, days: int, name: str) -> None:
    (home.inbox / "health_insurance" / name).write_bytes(data)
    receive(home, CATALOG, now=NOON + timedelta(days=days))
    for receipt in pending(home):
        load_file(home, CATALOG, receipt)
    settle_returns(home, CATALOG)


def rows(home: Home) -> dict[str, Counter[str]]:
    """Every row that an engine reads from the lake's folders, by table, as often as it is there."""
    found: dict[str, Counter[str]] = {}
    for path in sorted(home.lake.glob("*/*.parquet")):
        if path.parent.name != "secret":
            read = Counter(json.dumps(row, default=str) for row in pq.read_table(path).to_pylist())
            found[path.parent.name] = found.get(path.parent.name, Counter()) + read
    return found


def outcomes(home: Home) -> list[Outcome]:
    """In the order of their arrival."""
    found = [o for each in read_every(home.outcomes, outcomes_in).values() for o in each]
    return sorted(found, key=lambda outcome: (outcome.arrival, outcome.batch_id))


def recorded(home: Home) -> dict[str, Any]:
    """What the records say."""
    return {
        "receipts": read_every(home.receipts, Receipt.model_validate),
        "outcomes": read_every(home.outcomes, outcomes_in),
        "landings": read_every(home.landings, Landing.model_validate),
    }


def told(home: Home) -> dict[str, Any]:
    """What the records say, what a build would say of each file, and what the departments find."""
    found = {**recorded(home), "states": states_of(home).to_pylist()}
    for path in sorted(home.returned.glob("*/*")):
        found[f"{path.parent.name}/{path.name}"] = path.read_bytes()
    return found


def lake_files(home: Home) -> list[Path]:
    """Those that grow with the deliveries."""
    fixed = {"secret", "feed_contract"}
    paths = [path for path in home.lake.glob("*/*.parquet") if path.name != "_empty.parquet"]
    return sorted(path for path in paths if path.parent.name not in fixed)
