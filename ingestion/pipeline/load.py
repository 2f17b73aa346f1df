"""From a received file to its outcomes: read, match, check, land. A file's content never raises."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from foundation.files import write_bytes
from ingestion.contracts import Catalog
from ingestion.gate.assess import from_refusal, judge, refused
from ingestion.lake.archive import archived_bytes
from ingestion.lake.compacted import finish
from ingestion.lake.deliveries import known_since, landed_before, numbered
from ingestion.lake.duplicates import duplicate
from ingestion.lake.home import Home
from ingestion.lake.problem_table import problem_table
from ingestion.lake.records import Outcome, Receipt, outcomes_text, settled
from ingestion.lake.result import File, Result
from ingestion.lake.write import land
from ingestion.matching.feeds import feed_by_title
from ingestion.messages.problems import FileProblem
from ingestion.readers import Refusal, entries, is_archive
from ingestion.readers.sandbox import KILLS_READER, READ_SECONDS, may_kill, try_out, unread
from ingestion.receiving.attempts import attempt
from ingestion.receiving.order import turn_of
from ingestion.text.masking import shown_name


@dataclass(frozen=True)
class Problem:
    """A problem as the command line shows it."""

    feed: str | None
    sheet: str
    row: int | None
    cell: str
    code: str
    severity: str
    message: str
    remedy: str
    message_en: str
    remedy_en: str
    header: str


@dataclass(frozen=True)
class CheckReport:
    """What would become of a file."""

    outcomes: list[Outcome]
    problems: list[Problem]

    @property
    def ok(self) -> bool:
        """True when everything in the file would be accepted."""
        return bool(self.outcomes) and all(o.delivery_state in ("LOADED", "NIL") for o in self.outcomes)

    def to_json(self) -> bytes:
        """For another process; `from_json` reads it."""
        outcomes = [outcome.model_dump(mode="json") for outcome in self.outcomes]
        found = {"outcomes": outcomes, "problems": [asdict(problem) for problem in self.problems]}
        return json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")

    @classmethod
    def from_json(cls, text: bytes) -> CheckReport:
        found = json.loads(text.decode("utf-8", "surrogatepass"))
        outcomes = [Outcome.model_validate(entry) for entry in found["outcomes"]]
        return cls(outcomes, [Problem(**entry) for entry in found["problems"]])


def load_file(
    home: Home,
    catalog: Catalog,
    receipt: Receipt,
    *,
    seconds: float = READ_SECONDS,
) -> list[Outcome]:
    """Load one received file to the end and record its outcomes; loading it again changes nothing.

    When an earlier attempt did not come to its end, the file is tried out first, for `seconds` at most.
    Raises ArchiveDamagedError when the archive no longer holds the bytes that came.
    """
    with turn_of(home, receipt.department):
        finish(home)
        if done := settled(home, receipt):
            return done
        data = archived_bytes(home, receipt.sha256)
        with attempt(home, receipt.sha256) as suspected:
            return _load(home, catalog, receipt, data, seconds if suspected else None)


def _load(
    home: Home, catalog: Catalog, receipt: Receipt, data: bytes, trial_seconds: float | None
) -> list[Outcome]:
    outcomes = list(receipt.kept)
    name, digest = shown_name(receipt.file_name), receipt.sha256
    whole = File(data, digest, name, None, digest, receipt.department, receipt.received_at)
    whole = replace(
        whole, received_no=receipt.received_no, arrived_at=receipt.arrived_at, waiver=receipt.waiver
    )
    files = _files(numbered(home, whole))
    if not isinstance(files, Result):
        files.sort(key=lambda file: not _tells_towns(file, catalog))
    if isinstance(files, Result):
        outcomes.append(_landed(home, files, receipt))
    for file in files if not isinstance(files, Result) else ():
        kept = [outcome for outcome in receipt.kept if outcome.sha256 == file.sha256]
        outcomes += _load_one(home, catalog, receipt, numbered(home, file), trial_seconds, kept)
    if not outcomes and not isinstance(files, Result):
        since = [moment for file in files if (moment := known_since(home, numbered(home, file)))]
        outcomes.append(_landed(home, Result(duplicate(receipt, since)), receipt))
    write_bytes(outcomes_text(outcomes), home.outcomes / f"{receipt.sha256}.json")
    return outcomes


def _tells_towns(file: File, catalog: Catalog) -> bool:
    """Whether an entry of an archive is one that others need, as far as its name says so."""
    contract = feed_by_title([file.name], catalog)
    return contract is not None and contract.feed in catalog.place_feeds


def _load_one(
    home: Home,
    catalog: Catalog,
    receipt: Receipt,
    file: File,
    trial_seconds: float | None,
    kept: list[Outcome],
) -> list[Outcome]:
    """Land what is in one file; `kept` are outcomes of the same file in earlier rounds, which stand."""
    killed = trial_seconds is not None and _kills_its_process(file, trial_seconds)
    judged = [_kills_reader(file)] if killed else judge(file, catalog, home)
    known = {outcome.feed for outcome in kept}
    results = [
        r for r in judged if r.outcome.feed not in known and not landed_before(home, file, r.outcome.feed)
    ]
    judged.clear()
    # The typed rows of a large file go as they land.
    outcomes = [_landed(home, results.pop(0), receipt) for _ in range(len(results))]
    pa.default_memory_pool().release_unused()
    return outcomes


def _landed(home: Home, result: Result, receipt: Receipt) -> Outcome:
    land(home, result, receipt)
    return result.outcome


def _kills_its_process(file: File, seconds: float) -> bool:
    """Whether reading the file ends the process that does it."""
    return bool(try_out(file.data, file.name, file.department, "read", seconds).ended_by)


def _kills_reader(file: File) -> Result:
    return refused(file, FileProblem(KILLS_READER), unread())


def check_file(path: Path, catalog: Catalog, *, department: str | None = None) -> CheckReport:
    """What would become of the file at `path`; lands nothing and compares with no earlier delivery.

    A file that could end the process is read in another one.
    """
    data = path.read_bytes()
    if not may_kill(data):
        return check_bytes(data, path.name, catalog, department=department)
    trial = try_out(data, shown_name(path.name), department, "report")
    if not trial.ended_by:
        return CheckReport.from_json(trial.report)
    result = _kills_reader(_dropped_now(data, path.name, department))
    return CheckReport([result.outcome], list(_listed(result)))


def check_bytes(data: bytes, name: str, catalog: Catalog, *, department: str | None = None) -> CheckReport:
    """The same for bytes at hand, in this process."""
    files = _files(_dropped_now(data, name, department))
    if isinstance(files, Result):
        results = [files]
    else:
        results = [result for file in files for result in judge(file, catalog, None)]
    return CheckReport([r.outcome for r in results], [p for r in results for p in _listed(r)])


def _dropped_now(data: bytes, name: str, department: str | None) -> File:
    digest = hashlib.sha256(data).hexdigest()
    return File(data, digest, shown_name(name), None, digest, department, datetime.now(UTC))


def _files(whole: File) -> list[File] | Result:
    """The file itself or the entries of the archive; a result when the archive cannot be opened."""
    if not is_archive(whole.data):
        return [whole]
    found = entries(whole.data)
    if isinstance(found, Refusal):
        return refused(whole, from_refusal(found))
    if not found:
        return refused(whole, FileProblem("ARCHIVE_EMPTY"))
    by_hash = {hashlib.sha256(content).hexdigest(): (entry, content) for entry, content in found}
    return [
        replace(whole, data=content, sha256=digest, name=shown_name(entry), container=whole.name, number=1)
        for digest, (entry, content) in by_hash.items()
    ]


def _listed(result: Result) -> list[Problem]:
    own = {"sheet": "source_sheet", "row": "source_row"}
    names = [own.get(field.name, field.name) for field in fields(Problem)]
    rows = problem_table(result.outcome, result.batch, result.file_problem).to_pylist()
    shown = [{**row, "source_sheet": shown_name(row["source_sheet"] or "")} for row in rows]
    return [Problem(*(row[name] for name in names)) for row in shown]
