"""What a file of the whole county replaces beyond its own rows, and which towns a file of some leaves due."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch
from ingestion.gate.town_parts import rows_before
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.lake.in_force import Winner, winners_at
from ingestion.lake.places import town_of_part, without_town
from ingestion.messages.problems import FileProblem

Words = dict[str, str]
_NAMED = 5


@dataclass
class Towns:
    """What is suspicious about the towns of a file: what refuses it, and what is only said."""

    problems: list[FileProblem] = field(default_factory=list)
    warnings: list[tuple[str, Words]] = field(default_factory=list)


def compare_towns(batch: Batch, home: Home, batch_id: str) -> Towns:
    """Set the parts that a file of the whole county empties (`batch.vacated`), and say what lacks."""
    found = Towns()
    if batch.contract.cut is None or batch.part is None or batch.speaks_for_on is None:
        return found
    history = History(home, batch.contract, batch_id)
    days = sorted(day for day in batch.speaks_for_on.unique().to_pylist() if day)
    for day in days:
        winners = winners_at(history, day, batch_id)
        if winners:
            _compare(found, batch, history, winners, day)
    return found


def _compare(found: Towns, batch: Batch, history: History, winners: list[Winner], day: date) -> None:
    contract = batch.contract
    assert contract.cut is not None
    own, of_county = _own_parts(batch, day)
    groups: dict[str, list[Winner]] = defaultdict(list)
    for winner in winners:
        groups[without_town(contract, winner.part)].append(winner)
    for prefix in sorted({without_town(contract, part) for part in own}):
        standing = groups[prefix]
        absent = [winner for winner in standing if winner.part not in own]
        before = rows_before(history, standing)
        towns = {town_of_part(contract, winner.part) for winner in standing} - {""}
        there = towns & {town_of_part(contract, part) for part in own}
        # Some towns of a register are parts of it; a list of cases may be of a few towns, and whole.
        is_whole = not contract.cut.place_feed or not towns or 2 * len(there) > len(towns)
        if prefix in of_county and is_whole:
            batch.vacated.setdefault(day, []).extend(winner.part for winner in absent)
            _add_missing(found, batch, day, absent, before)
            _add_shrunk(found, batch, day, standing, before, own)
        else:
            _add_due(found, batch, day, absent)


def _own_parts(batch: Batch, day: date) -> tuple[Counter[str], set[str]]:
    """The rows per part for `day`, held ones as well, and the own parts of tables that are of no one town."""
    assert batch.part is not None and batch.speaks_for_on is not None
    rows = pa.table({"part": batch.part, "table": batch.table_of_row})
    rows = rows.filter(pc.equal(batch.speaks_for_on, pa.scalar(day)))
    found = rows.group_by(["part", "table"]).aggregate([([], "count_all")])
    counted, of_county = Counter[str](), set[str]()
    for part, table, count in zip(*(found[name].to_pylist() for name in found.column_names), strict=True):
        counted[part] += count
        if batch.of_county[table]:
            of_county.add(without_town(batch.contract, part))
    return counted, of_county


def _add_missing(
    found: Towns, batch: Batch, day: date, absent: Sequence[Winner], before: Counter[str]
) -> None:
    """Towns that stand and that a file of the whole county lacks: of a register whatever their size."""
    is_register = batch.contract.cut is not None and batch.contract.cut.place_feed is not None
    floor = 1 if is_register else batch.contract.town_floor
    lost = [(name, count) for name, count in _ranked(batch, absent, before) if count >= floor]
    if not lost:
        return
    words = {**_words(batch, day), "before_on": max(winner.day for winner in absent).isoformat()}
    words["count"] = str(len(lost))
    words["towns"] = "、".join(f"{name}（{count} 行）" for name, count in lost[:_NAMED])
    words["towns_en"] = ", ".join(f"{name} ({count} rows)" for name, count in lost[:_NAMED])
    found.problems.append(FileProblem("TOWN_MISSING", words, batch.contract.feed))


def _add_shrunk(
    found: Towns,
    batch: Batch,
    day: date,
    standing: Sequence[Winner],
    before: Counter[str],
    own: Counter[str],
) -> None:
    """Towns of some size that lost more than half of their rows in a file of the whole county."""
    kept = [winner for winner in standing if 0 < 2 * own[winner.part] < before[_town(batch, winner)]]
    lost = [
        (name, count) for name, count in _ranked(batch, kept, before) if count >= batch.contract.town_floor
    ]
    if not lost:
        return
    now = {_town(batch, winner): own[winner.part] for winner in kept}
    words = {**_words(batch, day), "before_on": max(winner.day for winner in kept).isoformat()}
    words["count"] = str(len(lost))
    words["towns"] = "、".join(f"{name}由 {count} 行变成 {now[name]} 行" for name, count in lost[:_NAMED])
    words["towns_en"] = ", ".join(f"{name} from {count} to {now[name]} rows" for name, count in lost[:_NAMED])
    found.problems.append(FileProblem("TOWN_SHRUNK", words, batch.contract.feed))


def _add_due(found: Towns, batch: Batch, day: date, absent: Sequence[Winner]) -> None:
    """The towns that have not come yet for this date, when the file has but a few."""
    due = sorted({_town(batch, winner) for winner in absent if winner.day < day} - {""})
    if due:
        words = {
            **_words(batch, day),
            "count": str(len(due)),
            "towns": "、".join(due),
            "towns_en": ", ".join(due),
        }
        found.warnings.append(("TOWNS_STILL_DUE", words))


def _ranked(batch: Batch, winners: Sequence[Winner], before: Counter[str]) -> list[tuple[str, int]]:
    """The towns of parts with their rows, the largest first."""
    towns = {_town(batch, winner) for winner in winners} - {""}
    return sorted(((name, before[name]) for name in towns if before[name]), key=lambda at: (-at[1], at[0]))


def _town(batch: Batch, winner: Winner) -> str:
    return town_of_part(batch.contract, winner.part)


def _words(batch: Batch, day: date) -> Words:
    return {"title": batch.contract.title, "day": day.isoformat()}
