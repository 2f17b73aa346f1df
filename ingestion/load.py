"""From a received file to its outcomes: read, match, check, land. A file's content never raises."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from ingestion.contracts import Catalog
from ingestion.giving_back import give_back, renew
from ingestion.home import Home, write_bytes
from ingestion.judge import from_refusal, judge, refused
from ingestion.land import land, problem_table
from ingestion.matching import FileProblem
from ingestion.outcome import Outcome, Receipt
from ingestion.problems import mask_ids
from ingestion.readers import Refusal, entries, is_archive
from ingestion.receipt_slip import write_slips
from ingestion.receive import MISPLACED, recorded_outcomes
from ingestion.result import File, Result


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


@dataclass(frozen=True)
class CheckReport:
    """What would become of a file."""

    outcomes: list[Outcome]
    problems: list[Problem]

    @property
    def ok(self) -> bool:
        """True when everything in the file would be accepted."""
        return bool(self.outcomes) and all(o.delivery_state in ("LOADED", "NIL") for o in self.outcomes)


def load_file(home: Home, catalog: Catalog, receipt: Receipt) -> list[Outcome]:
    """Load one received file to the end and record its outcomes; loading it again changes nothing."""
    if done := recorded_outcomes(home, receipt.sha256):
        return done
    data = home.archived(receipt.sha256).read_bytes()
    outcomes: list[Outcome] = []
    files = _files(data, receipt.file_name, receipt.sha256, receipt.department, receipt.received_at)
    if isinstance(files, Result):
        land(home, files)
        outcomes.append(files.outcome)
        give_back(home, catalog, outcomes, data, receipt.sha256, files.reading)
    for file in files if not isinstance(files, Result) else ():
        outcomes += _load_one(home, catalog, file)
    recorded = json.dumps([o.model_dump(mode="json") for o in outcomes], ensure_ascii=False, indent=1)
    write_bytes(recorded.encode(), home.outcomes / f"{receipt.sha256}.json")
    return outcomes


def settle_returns(home: Home, catalog: Catalog) -> None:
    """After some files were loaded: bring marked copies and receipt slips up to date."""
    renew(home, catalog)
    write_slips(home, catalog)


def _load_one(home: Home, catalog: Catalog, file: File) -> list[Outcome]:
    """Land what is in one file and give it back if something is wrong with it."""
    # The same bytes may have come earlier, in another archive or on their own.
    results = [r for r in judge(file, catalog, home) if not _landed_before(home, r.outcome)]
    for result in results:
        land(home, result)
    outcomes = [result.outcome for result in results]
    if outcomes:
        give_back(home, catalog, outcomes, file.data, file.container_sha256, results[0].reading)
    return outcomes


def _landed_before(home: Home, outcome: Outcome) -> bool:
    path = home.lake / "delivery" / f"{outcome.batch_id}.parquet"
    if not path.exists():
        return False
    row = pq.read_table(path, columns=["received_at", "reason_code"]).to_pylist()[0]
    earlier = row["received_at"].replace(tzinfo=UTC) < outcome.received_at
    return earlier and row["reason_code"] not in MISPLACED


def check_file(path: Path, catalog: Catalog, *, department: str | None = None) -> CheckReport:
    """What would become of the file at `path`; lands nothing and compares with no earlier delivery."""
    data = path.read_bytes()
    files = _files(data, path.name, hashlib.sha256(data).hexdigest(), department, datetime.now(UTC))
    if isinstance(files, Result):
        results = [files]
    else:
        results = [result for file in files for result in judge(file, catalog, None)]
    return CheckReport([r.outcome for r in results], [p for r in results for p in _listed(r)])


def _files(
    data: bytes, name: str, sha256: str, department: str | None, received_at: datetime
) -> list[File] | Result:
    """The file itself or the entries of the archive; a result when the archive cannot be opened."""
    whole = File(data, sha256, mask_ids(name), None, sha256, department, received_at)
    if not is_archive(data):
        return [whole]
    found = entries(data)
    if isinstance(found, Refusal):
        return refused(whole, from_refusal(found))
    if not found:
        return refused(whole, FileProblem("ARCHIVE_EMPTY"))
    by_hash = {hashlib.sha256(content).hexdigest(): (entry, content) for entry, content in found}
    return [
        File(content, digest, mask_ids(entry), whole.name, sha256, department, received_at)
        for digest, (entry, content) in by_hash.items()
    ]


def _listed(result: Result) -> list[Problem]:
    names = ("feed", "source_sheet", "source_row", "cell", "code", "severity", "message", "remedy")
    rows = problem_table(result.outcome, result.batch, result.file_problem).to_pylist()
    return [Problem(*(row[name] for name in names)) for row in rows]
