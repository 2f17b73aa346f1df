"""Keep `returned/<department>/` true: one marked copy per file that has something to correct.

What a copy says follows from the lake alone, so it can be made again at any time. A record under
`archive/returns/` says which copy belongs to which file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.contracts import Catalog
from ingestion.feedback import Accounting, marked_copy, returned_name
from ingestion.feedback.labels import Language
from ingestion.guard import unread
from ingestion.home import Home, write_bytes
from ingestion.matching import known_headers
from ingestion.outcome import Outcome
from ingestion.readers import Reading, entries, read
from ingestion.schema import PROBLEM
from ingestion.standing import History, Key


@dataclass(frozen=True)
class Returned:
    """A marked copy that lies in a department's folder."""

    sha256: str  # of the file it is the copy of
    container_sha256: str
    department: str
    name: str
    batches: tuple[str, ...]
    corrected: int  # held rows that had been corrected when the copy was made

    def path(self, home: Home) -> Path:
        return home.returned / self.department / self.name


def give_back(
    home: Home,
    catalog: Catalog,
    outcomes: Sequence[Outcome],
    data: bytes,
    container_sha256: str,
    reading: Reading | None = None,
    corrected: Collection[Key] = (),
    lang: Language = "zh",
) -> Path | None:
    """Write the marked copy of one file; returns where it lies, None when nothing is to be corrected.

    `outcomes` are those of the file (one per feed in it), `data` its bytes.
    """
    first = outcomes[0]
    problems = _problems(home, outcomes, lang)
    if not len(problems) or all(outcome.delivery_state == "NIL" for outcome in outcomes):
        _take_away(home, first.sha256)
        _take_away_refused(home, first)
        return None
    copy = marked_copy(
        data,
        reading or read(data, known_headers=known_headers(catalog)),
        [accounting_of(catalog, outcome, corrected, lang) for outcome in outcomes],
        problems,
        file_name=first.file_name,
        received_at=first.received_at,
        corrected=corrected,
        lang=lang,
    )
    batches = tuple(outcome.batch_id for outcome in outcomes)
    with _naming(home):
        name = _free_name(home, first, copy.suffix)
        returned = Returned(first.sha256, container_sha256, first.department, name, batches, len(corrected))
        record = json.dumps(asdict(returned), ensure_ascii=False).encode()
        write_bytes(record, _record(home, first.sha256))
    write_bytes(copy.data, returned.path(home))
    return returned.path(home)


def renew(home: Home, catalog: Catalog, lang: Language = "zh") -> None:
    """Bring all copies up to date: away with what is settled, and what was corrected since is shown."""
    histories: dict[str, History] = {}
    for returned in _all(home):
        outcomes = [o for o in _outcomes(home, returned.container_sha256) if o.batch_id in returned.batches]
        corrected: set[Key] = set()
        is_open = False
        for outcome in outcomes:
            if outcome.feed and outcome.feed not in histories:
                histories[outcome.feed] = History(home, catalog[outcome.feed])
            still_open, done = _state(histories.get(outcome.feed or ""), outcome)
            is_open = is_open or still_open
            corrected |= done
        if not is_open:
            _take_away(home, returned.sha256)
        elif len(corrected) != returned.corrected and (data := _bytes(home, returned)) is not None:
            # Where a note stands for the copy, the file could not be read, or not without harm.
            reading = unread() if returned.name.endswith(".txt") else None
            give_back(home, catalog, outcomes, data, returned.container_sha256, reading, corrected, lang)


def copies(home: Home) -> dict[str, Returned]:
    """Hash of a file → its marked copy."""
    return {returned.sha256: returned for returned in _all(home)}


def _state(history: History | None, outcome: Outcome) -> tuple[bool, set[Key]]:
    """Whether something of an outcome is still to be corrected, and which of its rows were."""
    delivery = history.delivery(outcome.batch_id) if history else None
    if history is None or delivery is None:
        return True, set()
    if outcome.delivery_state == "REFUSED":
        later = [d for d in history.deliveries if d["delivery_state"] != "REFUSED"]
        # A refused file is done with when the department has delivered for that date since.
        moment = delivery["received_at"]
        return not any(d["as_of"] == outcome.as_of and d["received_at"] > moment for d in later), set()
    if outcome.batch_id in history.withdrawn or history.superseded_by(history.group_of(delivery)):
        return False, set()
    still_open, accepted = history.open_rows(outcome.batch_id)
    done = {(outcome.batch_id, *place) for place in accepted}
    return bool(still_open) or not outcome.rows_held, done


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


def accounting_of(
    catalog: Catalog, outcome: Outcome, corrected: Collection[Key], lang: Language = "zh"
) -> Accounting:
    """What the marked copy says about one outcome."""
    title = catalog[outcome.feed].title if outcome.feed else ""
    return Accounting(
        batch_id=outcome.batch_id,
        title=title,
        state=outcome.delivery_state,
        reason=outcome.said(english=lang == "en"),
        remedy=outcome.told(english=lang == "en"),
        rows_read=outcome.rows_read,
        rows_accepted=outcome.rows_accepted,
        rows_held=outcome.rows_held,
        rows_corrected=sum(1 for key in corrected if key[0] == outcome.batch_id),
    )


def _free_name(home: Home, first: Outcome, suffix: str) -> str:
    """The name for a file's copy: its own, numbered while the copy of another file needs that name."""
    stem = returned_name(first.file_name)
    others = {r.name for r in _all(home) if r.department == first.department and r.sha256 != first.sha256}
    numbered = (f"{stem}({n}){suffix}" for n in range(2, len(others) + 3))
    name = next(name for name in (f"{stem}{suffix}", *numbered) if name not in others)
    before = _read_record(_record(home, first.sha256))
    if before and before.name != name:
        before.path(home).unlink(missing_ok=True)
    return name


@contextmanager
def _naming(home: Home) -> Iterator[None]:
    """One process at a time chooses a name."""
    folder = home.archive / "returns"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _take_away(home: Home, sha256: str) -> None:
    returned = _read_record(_record(home, sha256))
    if returned:
        returned.path(home).unlink(missing_ok=True)
        _record(home, sha256).unlink(missing_ok=True)


def _take_away_refused(home: Home, good: Outcome) -> None:
    """The copies of earlier files of that name that nobody could tell what they were."""
    stem = returned_name(good.file_name)
    for returned in _all(home):
        same = returned.department == good.department and returned.name.startswith(f"{stem}.")
        if same and all(batch.endswith("-unmatched") for batch in returned.batches):
            _take_away(home, returned.sha256)


def _all(home: Home) -> list[Returned]:
    found = [_read_record(path) for path in sorted((home.archive / "returns").glob("[!.]*.json"))]
    return [returned for returned in found if returned]


def _record(home: Home, sha256: str) -> Path:
    return home.archive / "returns" / f"{sha256}.json"


def _read_record(path: Path) -> Returned | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Returned(**{**found, "batches": tuple(found["batches"])})


def _outcomes(home: Home, container_sha256: str) -> list[Outcome]:
    path = home.outcomes / f"{container_sha256}.json"
    recorded = json.loads(path.read_text("utf-8")) if path.exists() else []
    return [Outcome.model_validate(entry) for entry in recorded]


def _bytes(home: Home, returned: Returned) -> bytes | None:
    """The bytes of the file: archived as they came, or an entry of an archived zip."""
    path = home.archived(returned.container_sha256)
    if not path.exists():
        return None
    data = path.read_bytes()
    if returned.sha256 == returned.container_sha256:
        return data
    found = entries(data)
    if not isinstance(found, list):
        return None
    return next((c for _, c in found if hashlib.sha256(c).hexdigest() == returned.sha256), None)
