"""From a received file to its outcomes: read, match, check, land. A file's content never raises."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.batch import Batch
from ingestion.check import check
from ingestion.contracts import Catalog, Contract
from ingestion.county import load_county
from ingestion.home import Home, write_bytes
from ingestion.land import land, masked_unknown, part_table, problem_table, repair_count, warning_count
from ingestion.limits import check_totals, shrunk, too_many_held, wrong_county
from ingestion.matching import (
    FileProblem,
    MatchedTable,
    feed_by_title,
    known_headers,
    match_table,
    wrong_department,
)
from ingestion.outcome import DeliveryState, Outcome, Receipt
from ingestion.periods import state_dates
from ingestion.problems import mask_ids, remedy, sentence
from ingestion.readers import Reading, Refusal, Table, entries, is_archive, read
from ingestion.receive import MISPLACED, recorded_outcomes

_NOTHING_TO_REPORT = (
    "本期无数据",
    "本月无数据",
    "无数据",
    "零报告",
    "本期无新增",
    "本月无新增",
    "本期无发生",
)
_FUTURE_ALLOWED = timedelta(days=366)


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


@dataclass(frozen=True)
class _File:
    """One file to be looked at: dropped as it is, or an entry of an archive."""

    data: bytes
    sha256: str
    name: str
    container: str | None
    container_sha256: str
    department: str | None
    received_at: datetime


@dataclass(frozen=True)
class _Result:
    outcome: Outcome
    batch: Batch | None = None
    parts: pa.Table | None = None
    file_problem: FileProblem | None = field(default=None)


def load_file(home: Home, catalog: Catalog, receipt: Receipt) -> list[Outcome]:
    """Load one received file to the end and record its outcomes; loading it again changes nothing."""
    if done := recorded_outcomes(home, receipt.sha256):
        return done
    data = home.archived(receipt.sha256).read_bytes()
    outcomes: list[Outcome] = []
    files = _files(data, receipt.file_name, receipt.sha256, receipt.department, receipt.received_at)
    for file in files if not isinstance(files, _Result) else ():
        for result in _results(file, catalog, home):
            if _landed_before(home, result.outcome):
                continue  # the same bytes came earlier, in another archive or on their own
            land(home, result.outcome, result.batch, result.parts)
            outcomes.append(result.outcome)
    if isinstance(files, _Result):
        land(home, files.outcome, None, None)
        outcomes.append(files.outcome)
    recorded = json.dumps([o.model_dump(mode="json") for o in outcomes], ensure_ascii=False, indent=1)
    write_bytes(recorded.encode(), home.outcomes / f"{receipt.sha256}.json")
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
    if isinstance(files, _Result):
        results = [files]
    else:
        results = [result for file in files for result in _results(file, catalog, None)]
    return CheckReport([r.outcome for r in results], [p for r in results for p in _listed(r)])


def _files(
    data: bytes, name: str, sha256: str, department: str | None, received_at: datetime
) -> list[_File] | _Result:
    """The file itself or the entries of the archive; a result when the archive cannot be opened."""
    whole = _File(data, sha256, mask_ids(name), None, sha256, department, received_at)
    if not is_archive(data):
        return [whole]
    found = entries(data)
    if isinstance(found, Refusal):
        return _refused(whole, FileProblem(found.code, found.detail))
    if not found:
        return _refused(whole, FileProblem("ARCHIVE_EMPTY"))
    by_hash = {hashlib.sha256(content).hexdigest(): (entry, content) for entry, content in found}
    return [
        _File(content, digest, mask_ids(entry), whole.name, sha256, department, received_at)
        for digest, (entry, content) in by_hash.items()
    ]


def _results(file: _File, catalog: Catalog, home: Home | None) -> list[_Result]:
    try:
        return _look(file, catalog, home)
    except (MemoryError, OSError):
        raise  # the machine's trouble, not the file's: the next run tries again
    except Exception as error:  # noqa: BLE001  (whatever a file contains, the night goes on)
        return [_refused(file, FileProblem("INTERNAL", {"exception": type(error).__name__}))]


def _look(file: _File, catalog: Catalog, home: Home | None) -> list[_Result]:
    reading = read(file.data, known_headers=known_headers(catalog))
    if reading.refusal is not None:
        return [_unreadable(file, reading, catalog)]
    groups: dict[str, list[MatchedTable]] = {}
    problems: list[tuple[Table, FileProblem]] = []
    for table in reading.tables:
        matched = match_table(table, catalog, file_name=file.name, department=file.department)
        if isinstance(matched, FileProblem):
            problems.append((table, matched))
        else:
            groups.setdefault(matched.contract.feed, []).append(matched)
    results = [_feed_result(file, reading, catalog[feed], tables, home) for feed, tables in groups.items()]
    return results + _table_problems(file, reading, catalog, problems, bool(results))


def _unreadable(file: _File, reading: Reading, catalog: Catalog) -> _Result:
    assert reading.refusal is not None
    said = " ".join([*reading.notes, *reading.refusal.detail.values()])
    contract = feed_by_title([file.name, said], catalog)
    if contract is not None and any(words in said for words in _NOTHING_TO_REPORT):
        return _nil(file, reading, contract)
    return _refused(file, FileProblem(reading.refusal.code, reading.refusal.detail), reading)


def _table_problems(
    file: _File,
    reading: Reading,
    catalog: Catalog,
    problems: Sequence[tuple[Table, FileProblem]],
    has_results: bool,
) -> list[_Result]:
    """One refusal per cause; a sheet that is no feed's is left aside when others are."""
    found: dict[str, _Result] = {}
    for table, problem in problems:
        contract = feed_by_title([*table.title_lines, table.sheet, file.name], catalog)
        if contract is not None and _says_nothing_to_report([table]):
            misplaced = wrong_department(contract, catalog, file.department)
            result = _refused(file, misplaced, reading) if misplaced else _nil(file, reading, contract)
            found.setdefault(contract.feed, result)
        elif not (has_results and problem.code == "NO_FEED"):
            found.setdefault(problem.feed or "", _refused(file, problem, reading))
    if not found and not has_results:
        found[""] = _refused(file, FileProblem("NO_TABLE"), reading)
    return list(found.values())


def _feed_result(
    file: _File, reading: Reading, contract: Contract, tables: list[MatchedTable], home: Home | None
) -> _Result:
    if _says_nothing_to_report([t.table for t in tables]):
        return _nil(file, reading, contract)
    tables = [t for t in tables if len(t.table.row_numbers)]
    if not tables:
        return _refused(file, FileProblem("NO_ROWS", {"title": contract.title}, contract.feed), reading)
    batch = check(contract, tables)
    state_dates(batch, file.name)
    if problem := wrong_county(batch, load_county(), file.name) or _date_problem(batch, file):
        return _refused(file, problem, reading)
    check_totals(batch)
    parts = part_table(_batch_id(file, contract.feed), file.received_at, batch)
    problem = too_many_held(batch)
    if problem is None and home is not None:
        problem = shrunk(batch, parts, home, _batch_id(file, contract.feed))
    if problem is not None:
        return _Result(_outcome(file, reading, batch, problem, "REFUSED", refused=True), batch, None, problem)
    errors = int((batch.held & ~batch.duplicate).sum())
    note = FileProblem("ROWS_HELD", {"title": contract.title, "held": str(errors)}) if errors else None
    return _Result(_outcome(file, reading, batch, note, "PARTIAL" if errors else "LOADED"), batch, parts)


def _date_problem(batch: Batch, file: _File) -> FileProblem | None:
    words = {"title": batch.contract.title}
    if batch.as_of is None:
        return FileProblem("AS_OF_MISSING", words, batch.contract.feed)
    if batch.as_of > (file.received_at + _FUTURE_ALLOWED).date():
        return FileProblem("AS_OF_FUTURE", {**words, "date": batch.as_of.isoformat()}, batch.contract.feed)
    return None


def _says_nothing_to_report(tables: Iterable[Table]) -> bool:
    """No rows, or one or two that hold nothing but the words, and the words are there."""
    said = False
    for table in tables:
        texts = [*table.title_lines, *(row.text for row in table.skipped)]
        if len(table.row_numbers) > 2:
            return False
        for row in range(len(table.row_numbers)):
            filled = [str(text).strip() for text in table.cells.iloc[row] if str(text).strip()]
            if len(filled) > 2 or not any(words in text for text in filled for words in _NOTHING_TO_REPORT):
                return False
            texts += filled
        said = said or any(words in text for text in texts for words in _NOTHING_TO_REPORT)
    return said


def _nil(file: _File, reading: Reading, contract: Contract) -> _Result:
    problem = FileProblem("NIL_RETURN", {"title": contract.title}, contract.feed)
    return _Result(_outcome(file, reading, None, problem, "NIL"))


def _refused(file: _File, problem: FileProblem, reading: Reading | None = None) -> _Result:
    """Refused before its rows were taken in hand: nothing read, nothing held."""
    return _Result(_outcome(file, reading, None, problem, "REFUSED"), file_problem=problem)


def _batch_id(file: _File, feed: str | None) -> str:
    return f"{file.sha256[:16]}-{feed or 'unmatched'}"


def _outcome(
    file: _File,
    reading: Reading | None,
    batch: Batch | None,
    problem: FileProblem | None,
    state: DeliveryState,
    *,
    refused: bool = False,
) -> Outcome:
    feed = batch.contract.feed if batch else problem.feed if problem else None
    read_rows = batch.row_count if batch else 0
    held = (read_rows if refused else int(batch.held.sum())) if batch else 0
    tables = [t.table for t in batch.tables] if batch else list(reading.tables) if reading else []
    titles = [line for table in tables for line in table.title_lines]
    return Outcome(
        batch_id=_batch_id(file, feed),
        feed=feed,
        department=file.department or "",
        file_name=file.name,
        container_name=file.container,
        sha256=file.sha256,
        received_at=file.received_at,
        as_of=batch.as_of if batch else None,
        rows_read=read_rows,
        rows_accepted=read_rows - held,
        rows_held=held,
        delivery_state=state,
        reason_code=problem.code if problem else None,
        reason=sentence(problem.code, problem.words) if problem else None,
        encoding=reading.encoding if reading else None,
        sheets=tuple(mask_ids(table.sheet) for table in tables if table.sheet),
        title=mask_ids(titles[0]) if titles else None,
        unknown_columns=masked_unknown(batch) if batch else (),
        warning_count=warning_count(batch) if batch else 0,
        repair_count=repair_count(batch) if batch else 0,
    )


def _listed(result: _Result) -> list[Problem]:
    found: list[Problem] = []
    outcome = result.outcome
    if result.file_problem is not None:
        code = result.file_problem.code
        advice = remedy(code, result.file_problem.words)
        found.append(Problem(outcome.feed, "", None, "", code, "error", outcome.reason or "", advice))
    if result.batch is not None:
        for row in problem_table(outcome, result.batch).to_pylist():
            names = ("feed", "source_sheet", "source_row", "cell", "code", "severity", "message", "remedy")
            found.append(Problem(*(row[name] for name in names)))
    return found
