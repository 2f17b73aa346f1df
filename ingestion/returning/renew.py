"""Keep `returned/<department>/` true: one marked copy per file that has something to correct.

Which copies lie there, and what they say, follows from the archive and the lake alone: a withdrawal
brings one back, and so does the next run when somebody has deleted one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from foundation.files import write_bytes
from foundation.language import Language
from ingestion.checking.arrival import Arrival, arrival_of
from ingestion.contracts import Catalog
from ingestion.lake.archive import ArchiveDamagedError, archived_bytes
from ingestion.lake.deliveries import History, known_parts
from ingestion.lake.duplicates import is_duplicate
from ingestion.lake.home import Home
from ingestion.lake.records import Outcome, read_outcomes
from ingestion.lake.rows import Key, held_parts
from ingestion.lake.schema import PROBLEM
from ingestion.lake.withdrawals import withdrawals
from ingestion.matching.feeds import known_headers
from ingestion.readers import Reading, entries, read
from ingestion.readers.sandbox import may_kill, try_out, unread
from ingestion.returning.copies import Returned, copies, put, settle_name, take_away
from ingestion.returning.marked import marked_copy, returned_name
from ingestion.returning.statement import Told, histories_of, told_of

_NOTHING_TAKEN = ("REFUSED", "DUPLICATE")
_NEVER = Arrival(-1, datetime(1, 1, 1))  # noqa: DTZ001  (as the lake keeps it, without a zone)
_Loads = Sequence[tuple[str, Sequence[Outcome]]]  # what was loaded, the earliest first


def give_back(
    home: Home,
    catalog: Catalog,
    outcomes: Sequence[Outcome],
    data: bytes,
    container_sha256: str,
    reading: Reading | None = None,
    told: Told | None = None,
    lang: Language = "zh",
) -> Path | None:
    """Write the marked copy of one file; returns where it lies, None when nothing is to be corrected.

    `outcomes` are those of the file (one per feed in it), `data` its bytes.
    """
    first = outcomes[0]
    problems = _problems(home, outcomes, lang)
    if not len(problems) or all(outcome.delivery_state == "NIL" for outcome in outcomes):
        take_away(home, first.sha256)
        return None
    told = told or told_of(catalog, histories_of(home, catalog, outcomes), outcomes, lang)
    copy = marked_copy(
        data,
        reading or read(data, known_headers=known_headers(catalog)),
        told.accounting,
        _without(problems, told.left_out),
        file_name=first.file_name,
        received_at=first.received_at,
        corrected=told.corrected,
        lang=lang,
    )
    batches = tuple(outcome.batch_id for outcome in outcomes)
    corrected = len(told.corrected)
    wanted = Returned(
        first.sha256, container_sha256, first.department, "", batches, corrected, told=told.digest
    )
    return put(home, wanted, returned_name(first.file_name), copy.suffix, copy.data)


def renew(home: Home, catalog: Catalog, lang: Language = "zh") -> None:
    """Bring all copies up to date: away with what is settled, back with what is open again."""
    state, memo = _fingerprint(home, lang), home.archive / "returns" / ".renewed"
    lying = copies(home)
    there = all(returned.corrected >= 0 and returned.path(home).exists() for returned in lying.values())
    if there and memo.exists() and memo.read_text("utf-8") == state:
        return
    loads = _loads(home)
    files = _files(home, loads)
    good = _last_good(home, loads)
    histories = {feed: History(home, catalog[feed]) for feed in catalog}
    is_open = {
        sha256: any(_is_open(home, histories.get(outcome.feed or ""), outcome, good) for outcome in outcomes)
        for sha256, (_, outcomes) in files.items()
    }
    for sha256 in (lying.keys() | files.keys()) - {sha256 for sha256 in files if is_open[sha256]}:
        take_away(home, sha256)
    for sha256, (container, outcomes) in files.items():
        if is_open[sha256]:
            told = told_of(catalog, histories, outcomes, lang)
            _renew_one(home, catalog, outcomes, container, lying.get(sha256), told, lang)
    for sha256, returned in copies(home).items():
        # The copy of a copy that came back was written while that one's lay there.
        if sha256 in files and any(outcome.corrects_batch_id for outcome in files[sha256][1]):
            settle_name(home, returned, returned_name(files[sha256][1][0].file_name))
    write_bytes(state.encode(), memo)


def _renew_one(
    home: Home,
    catalog: Catalog,
    outcomes: Sequence[Outcome],
    container: str,
    before: Returned | None,
    told: Told,
    lang: Language,
) -> None:
    """Write the copy of a file again, unless the one that lies there says the same."""
    batches = tuple(outcome.batch_id for outcome in outcomes)
    same = before is not None and before.corrected >= 0
    same = same and before is not None and (before.told, set(before.batches)) == (told.digest, set(batches))
    if same and before is not None and before.path(home).exists():
        return
    first = outcomes[0]
    if (data := _bytes(home, container, first.sha256)) is None:
        return
    # Where a note stands for the copy, the file could not be read, or not without harm.
    harmful = before.name.endswith(".txt") if before else may_kill(data)
    if before is None and harmful:
        harmful = bool(try_out(data, first.file_name, first.department, "copy").ended_by)
    reading = unread() if harmful else None
    give_back(home, catalog, outcomes, data, container, reading, told, lang)


def _fingerprint(home: Home, lang: Language) -> str:
    """Changes whenever something was loaded, decided or withdrawn: all that copies follow from."""
    tables = ("delivery", "withdrawal")
    paths = [path for table in tables for path in _in(home.lake / table) if not is_duplicate(path.stem)]
    names = [f"{path.parent.name}/{path.name}" for path in paths]
    names += [f"{path.name} {path.stat().st_mtime_ns}" for path in _in(home.outcomes)]
    return hashlib.sha256("\n".join([lang, *names]).encode()).hexdigest()


def _in(folder: Path) -> list[Path]:
    return sorted(folder.glob("[!._]*"))


def _loads(home: Home) -> _Loads:
    """Hash of each received file and its outcomes."""
    loads = [(path.stem, read_outcomes(path)) for path in _in(home.outcomes)]
    return sorted(loads, key=lambda load: (max((o.arrival for o in load[1]), default=_NEVER), load[0]))


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
    said = {path.stem for path in _in(home.lake / "problem")}
    return {
        sha256: (container, list(own.values()))
        for sha256, (container, own) in found.items()
        if any(o.batch_id in said for o in own.values())
        and any(o.delivery_state != "NIL" for o in own.values())
    }


def _last_good(home: Home, loads: _Loads) -> dict[tuple[str, str], Arrival]:
    """Department and name → when a file of that name was last taken."""
    gone = withdrawals(home)
    taken = [o for _, outcomes in loads for o in outcomes if o.delivery_state not in _NOTHING_TAKEN]
    good = sorted((o for o in taken if o.batch_id not in gone), key=lambda o: o.arrival)
    return {(o.department, returned_name(o.file_name)): o.arrival for o in good}


def _is_open(
    home: Home, history: History | None, outcome: Outcome, good: Mapping[tuple[str, str], Arrival]
) -> bool:
    """Whether something of an outcome is still to be corrected."""
    if history is None:
        # Nobody could tell what it was: done with when a file of that name was taken since.
        name = outcome.department, returned_name(outcome.file_name)
        return good.get(name, _NEVER) <= outcome.arrival
    delivery = history.delivery(outcome.batch_id)
    if delivery is None:
        return True
    if outcome.delivery_state == "REFUSED":
        return not _is_delivered_since(home, history, outcome, arrival_of(delivery))
    if not history.stands(delivery) or history.superseded_by(history.group_of(delivery)):
        return False
    return outcome.delivery_state == "LOADED" or bool(history.held_rows(outcome.batch_id).still_open)


def _is_delivered_since(home: Home, history: History, refused: Outcome, moment: Arrival) -> bool:
    """Whether the department has delivered since for the date, and the parts, of a refused file."""
    later = [
        d
        for d in history.deliveries
        if d["delivery_state"] not in _NOTHING_TAKEN
        and d["batch_id"] not in history.withdrawn
        and d["as_of"] == refused.as_of
        and arrival_of(d) > moment
    ]
    own = known_parts(history.contract, held_parts(home, refused.batch_id))
    if not own or any(d["delivery_state"] == "NIL" for d in later):
        return bool(later)
    batches = {d["batch_id"] for d in later}
    parts = {(p["period"], p["part"]) for p in history.parts if p["batch_id"] in batches}
    return own <= parts.union(*(held_parts(home, batch) for batch in batches))


def _problems(home: Home, outcomes: Sequence[Outcome], lang: Language) -> pa.Table:
    paths = [home.lake / "problem" / f"{outcome.batch_id}.parquet" for outcome in outcomes]
    found = [pq.read_table(path, schema=PROBLEM) for path in paths if path.exists()]
    return in_language(pa.concat_tables(found), lang) if found else PROBLEM.empty_table()


def in_language(problems: pa.Table, lang: Language) -> pa.Table:
    """The table with its sentences in `lang`, where they were stored."""
    for name in ("message", "remedy") if lang == "en" else ():
        said = pc.coalesce(problems[f"{name}_en"], problems[name])
        problems = problems.set_column(problems.schema.get_field_index(name), name, said)
    return problems


def _without(problems: pa.Table, rows: Collection[Key]) -> pa.Table:
    """The problems that are not of `rows`."""
    if not rows:
        return problems
    names = ("batch_id", "source_sheet", "source_row")
    places = zip(*(problems[name].to_pylist() for name in names), strict=True)
    keep = [row is None or (batch, sheet or "", row) not in rows for batch, sheet, row in places]
    return problems.filter(pa.array(keep, pa.bool_()))


def _bytes(home: Home, container_sha256: str, sha256: str) -> bytes | None:
    """The bytes of the file: archived as they came, or an entry of an archived zip."""
    try:
        data = archived_bytes(home, container_sha256)
    except ArchiveDamagedError:
        return None  # no copy is made of bytes that nobody sent; `sanbao verify` names them
    if sha256 == container_sha256:
        return data
    found = entries(data)
    if not isinstance(found, list):
        return None
    return next((c for _, c in found if hashlib.sha256(c).hexdigest() == sha256), None)
