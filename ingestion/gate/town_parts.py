"""Of which towns a file is whose feed has no column of towns that splits it.

What the rows tell goes first: their own cell of the town where they have one, the town of their household in
the register, the town under which they stand already. Then the names of sheet, title and file. A file of one
town replaces the rows of that town alone; one of the whole county replaces them all, those of towns that it
lacks as well. Where neither rows nor names tell, it is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from ingestion.checking.batch import Batch
from ingestion.contracts import Catalog
from ingestion.contracts.county import load_county
from ingestion.contracts.cuts import Cut
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.lake.in_force import Winner, winners_at
from ingestion.lake.places import (
    Key,
    part_of_town,
    register_places,
    standing_places,
    town_of_part,
    without_town,
)
from ingestion.matching.feeds import MatchedTable
from ingestion.messages.problems import FileProblem
from ingestion.parsing.column_types import TEXT
from ingestion.parsing.stated_towns import stated_towns

# Of the rows whose town is known: of the households of a town some have moved since.
_MOST = 0.8  # of a file that names the town
_NEARLY_ALL = 0.95  # of one that does not
_HALF = 0.5


@dataclass(frozen=True)
class _Sources:
    """What tells the town of the rows of a file, beside their own cells."""

    told: Mapping[Key, str]  # by the feed that names the towns of others
    standing: Mapping[Key, str]  # by the parts that stand for what the file is of
    before: Counter[str]  # town → rows that stand


def set_town_parts(
    batch: Batch,
    file_name: str,
    catalog: Catalog,
    home: Home | None,
    batch_id: str,
    beside: Mapping[str, Batch],
) -> FileProblem | None:
    """Give each row its part; returns a problem where nobody can tell of which town the file is.

    `beside` are the batches of other feeds in the same file: they, too, name the towns of households.
    """
    cut = batch.contract.cut
    if cut is None or batch.as_of is None or batch.part is None:
        return None
    sources = _sources(batch, cut, catalog, home, batch_id, beside)
    keys = _keys(batch, cut)
    own = zip(_own(batch, cut), keys, strict=True)
    towns = [town or sources.told.get(key) or sources.standing.get(key, "") for town, key in own]
    problem, start = None, 0
    for matched in batch.tables:
        rows = slice(start, start + len(matched.table.row_numbers))
        start = rows.stop
        named = _named(matched, file_name)
        found = Counter(town for town in towns[rows] if town)
        claim = _claim(named, found, len(keys[rows]), 1.0 if cut.town_column else _NEARLY_ALL)
        asked = _asked(batch, named, claim, towns[rows], keys[rows], sources)
        problem = problem or asked
        if asked is None:
            _doubt(batch, named, claim, found)
        towns[rows] = [_town(town, claim, named, found, sources.before) for town in towns[rows]]
        batch.of_county = [*batch.of_county, not claim]
    own_parts = batch.part.to_pylist()
    parts = [part_of_town(batch.contract, part, town) for part, town in zip(own_parts, towns, strict=True)]
    batch.part = pa.array(parts, TEXT)
    return problem


def _sources(
    batch: Batch, cut: Cut, catalog: Catalog, home: Home | None, batch_id: str, beside: Mapping[str, Batch]
) -> _Sources:
    told = _told_by_register(cut, catalog, home, beside)
    if home is None or batch.as_of is None or batch.part is None:
        return _Sources(told, {}, Counter())
    history = History(home, batch.contract, batch_id)
    own = set(batch.part.to_pylist())
    winners = winners_at(history, batch.as_of, batch_id)
    winners = [winner for winner in winners if without_town(batch.contract, winner.part) in own]
    return _Sources(told, standing_places(history, cut.by, winners), rows_before(history, winners))


def _asked(
    batch: Batch,
    named: Sequence[str],
    claim: str,
    towns: Sequence[str],
    keys: Sequence[Key],
    sources: _Sources,
) -> FileProblem | None:
    """The question that a table leaves open: of which town it is, or what became of rows that it lacks."""
    if claim:
        lost = _unplaced(claim, sources, {key for key in keys if any(key)})
        return _problem(batch, "PART_UNPLACED", town=claim, count=str(lost)) if lost else None
    if sum(map(bool, towns)) >= _HALF * len(towns):
        return None
    known = sum(bool(town) or key in sources.standing for town, key in zip(towns, keys, strict=True))
    if named or (sources.standing and known < _HALF * len(towns)):
        return _problem(batch, "PART_UNKNOWN", named="、".join(named))
    return None


def rows_before(history: History, winners: Sequence[Winner]) -> Counter[str]:
    """Town → the rows that stand for it."""
    standing = {(winner.group, winner.part, winner.day) for winner in winners}
    counted = Counter[str]()
    for part in history.parts:
        if (part["batch_id"], part["part"], part["speaks_for_on"]) in standing:
            counted[town_of_part(history.contract, part["part"])] += part["rows_accepted"]
    return counted


def _keys(batch: Batch, cut: Cut) -> list[Key]:
    """Per row the values by which its town is looked up."""
    columns = [batch.columns[name].cast(TEXT).to_pylist() for name in cut.by]
    return list(zip(*columns, strict=True)) if columns else [()] * batch.row_count


def _own(batch: Batch, cut: Cut) -> list[str]:
    """Per row the town that it names itself; '' where it names none of the county's."""
    if cut.town_column is None:
        return [""] * batch.row_count
    towns = {town.name for town in load_county().towns}
    return [town if town in towns else "" for town in batch.columns[cut.town_column].to_pylist()]


def _told_by_register(
    cut: Cut, catalog: Catalog, home: Home | None, beside: Mapping[str, Batch]
) -> dict[Key, str]:
    """Key → its town by the feed that names it, what stands in the same file going first."""
    if cut.place_feed is None:
        return {}
    register = catalog[cut.place_feed]
    found = register_places(History(home, register), cut.by[0]) if home is not None else {}
    if own := beside.get(cut.place_feed):
        columns = (own.columns[cut.by[0]].to_pylist(), own.columns[register.town_column or ""].to_pylist())
        found |= {(key,): town for key, town in zip(*columns, strict=True) if key and town}
    return found


def _named(matched: MatchedTable, file_name: str) -> tuple[str, ...]:
    """The towns that names state by themselves; a name that states several says nothing."""
    texts = (matched.table.sheet, " ".join(matched.table.title_lines), file_name)
    stated = [stated_towns(text) for text in texts]
    return tuple(dict.fromkeys(towns[0] for towns in stated if len(towns) == 1))


def _claim(named: Sequence[str], found: Counter[str], size: int, unnamed_share: float) -> str:
    """The one town that a table is of; '' where it is of several, or nobody can tell.

    Its share of the rows is at least `unnamed_share` where no name says so.
    """
    (top, most), *_ = found.most_common(1) or [("", 0)]
    if found.total() >= _HALF * size:
        return top if most >= (_MOST if top in named else unnamed_share) * found.total() else ""
    return named[0] if len(named) == 1 and top in ("", named[0]) else ""


def _town(town: str, claim: str, named: Sequence[str], found: Counter[str], before: Counter[str]) -> str:
    """The town for which a row speaks.

    In a file of one town it is that one. Where the rows alone say so, a few rows of another town are of that
    other one, unless much more stands there: they must not replace it.
    """
    if not claim or not town or claim in named:
        return claim or town
    return claim if before[town] * _HALF > found[town] else town


def _unplaced(claim: str, sources: _Sources, own: set[Key]) -> int:
    """How many households of the town stand without a town, so that the file could not replace them."""
    unplaced = (key for key, town in sources.standing.items() if not town and key not in own)
    return sum(sources.told.get(key) == claim for key in unplaced)


def _doubt(batch: Batch, named: Sequence[str], claim: str, found: Counter[str]) -> None:
    """Say once that names state another town than the rows, or than one another."""
    others = [town for town in named if town != claim]
    if others:
        stated = claim or "、".join(sorted(found)[:3]) + ("等" if len(found) > 3 else "")
        note = ("TOWN_DOUBTFUL", {"said": "、".join(others), "stated": stated})
        batch.notes = [*batch.notes, *([note] if "TOWN_DOUBTFUL" not in {n[0] for n in batch.notes} else [])]


def _problem(batch: Batch, code: str, **words: str) -> FileProblem:
    return FileProblem(code, {"title": batch.contract.title, **words}, batch.contract.feed)
