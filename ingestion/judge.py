"""What becomes of one file: which feeds it holds, what is wrong with it, and so its outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from ingestion.batch import Batch
from ingestion.check import check
from ingestion.contracts import Catalog, Contract
from ingestion.corrections import Base, find_base, settle
from ingestion.county import load_county
from ingestion.feedback.columns import without_summary
from ingestion.home import Home
from ingestion.land import masked_unknown, part_table, repair_count, warning_count
from ingestion.limits import check_totals, shrunk, too_many_held, wrong_county
from ingestion.matching import (
    FileProblem,
    MatchedTable,
    feed_by_title,
    known_headers,
    match_table,
    wrong_department,
)
from ingestion.outcome import DeliveryState, Outcome
from ingestion.periods import state_dates
from ingestion.problems import mask_ids, sentence
from ingestion.readers import Reading, Refusal, Table, header_keys, read
from ingestion.result import File, Result

_NOTHING_TO_REPORT = (
    "本期无数据",
    "本月无数据",
    "无数据",
    "零报告",
    "本期无新增",
    "本月无新增",
    "本期无发生",
)
_NOTES = frozenset({"ROWS_SHORT", "ROWS_LONG", "SHEET_WITHOUT_HEADER"})
_WORD = re.compile(r"(\w+)=(.*?)(?= \w+=|$)")
_EXPLANATION_ROWS = 20  # a sheet this short without a header is a cover or an explanation
_FUTURE_ALLOWED = timedelta(days=366)


_Note = tuple[str, dict[str, str]]


def judge(file: File, catalog: Catalog, home: Home | None) -> list[Result]:
    """One result per feed in the file; with no home, nothing is compared with earlier deliveries."""
    try:
        return _look(file, catalog, home)
    except (MemoryError, OSError):
        raise  # the machine's trouble, not the file's: the next run tries again
    except Exception as error:  # noqa: BLE001  (whatever a file contains, the night goes on)
        return [refused(file, FileProblem("INTERNAL", {"exception": type(error).__name__}))]


def _look(file: File, catalog: Catalog, home: Home | None) -> list[Result]:
    try:
        reading = without_summary(read(file.data, known_headers=known_headers(catalog)))
    except OSError:  # from a decoder, about the bytes; the machine has no part in this call
        return [refused(file, FileProblem("FILE_UNREADABLE"))]
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
    notes = _notes(reading, problems)
    results: list[Result] = []
    for feed, tables in groups.items():
        results.append(_feed_result(file, reading, catalog[feed], tables, home, notes if not results else []))
    results += _table_problems(file, reading, catalog, problems, bool(results))
    return [replace(result, reading=reading) for result in results]


def _notes(reading: Reading, problems: Sequence[tuple[Table, FileProblem]]) -> list[_Note]:
    """What the reader left out or could not be sure of, as warnings."""
    found: list[_Note] = []
    for note in reading.notes:
        code, _, rest = note.partition(" ")
        words = {key: value.strip() for key, value in _WORD.findall(rest)}
        a_few = code == "SHEET_WITHOUT_HEADER" and int(words.get("rows", "0")) <= _EXPLANATION_ROWS
        if code in _NOTES and not a_few:
            found.append((code, words))
    for table, problem in problems:
        if problem.code == "NO_FEED" and len(table.row_numbers):
            found.append(("SHEET_IGNORED", {"sheet": table.sheet, "rows": str(len(table.row_numbers))}))
    return found


def from_refusal(refusal: Refusal) -> FileProblem:
    words = dict(refusal.detail)
    if "line" in words:
        words["where"] = f"（第 {words['line']} 行）"
    return FileProblem(refusal.code, words)


def _unreadable(file: File, reading: Reading, catalog: Catalog) -> Result:
    assert reading.refusal is not None
    said = " ".join([*reading.notes, *reading.refusal.detail.values()])
    contract = feed_by_title([file.name, said], catalog)
    if contract is not None and any(words in said for words in _NOTHING_TO_REPORT):
        return _nil(file, reading, contract)
    problem = from_refusal(reading.refusal)
    if problem.code == "NO_HEADER" and not _has_known_header(said, catalog):
        problem = FileProblem("NO_FEED")  # there may be a header, but of a table nobody agreed on
    return refused(file, problem, reading)


def _has_known_header(text: str, catalog: Catalog) -> bool:
    known = known_headers(catalog)
    return any(key in known for word in re.split(r"[\s|]+", text) for key in header_keys(word))


def _table_problems(
    file: File,
    reading: Reading,
    catalog: Catalog,
    problems: Sequence[tuple[Table, FileProblem]],
    has_results: bool,
) -> list[Result]:
    """One refusal per cause; a sheet that is no feed's is left aside when others are."""
    found: dict[str, Result] = {}
    for table, problem in problems:
        contract = feed_by_title([*table.title_lines, table.sheet, file.name], catalog)
        if contract is not None and _says_nothing_to_report([table]):
            misplaced = wrong_department(contract, catalog, file.department)
            result = refused(file, misplaced, reading) if misplaced else _nil(file, reading, contract)
            found.setdefault(contract.feed, result)
        elif not (has_results and problem.code == "NO_FEED"):
            found.setdefault(problem.feed or "", refused(file, problem, reading))
    if not found and not has_results:
        found[""] = refused(file, FileProblem("NO_TABLE"), reading)
    return list(found.values())


def _feed_result(
    file: File,
    reading: Reading,
    contract: Contract,
    tables: list[MatchedTable],
    home: Home | None,
    notes: list[_Note],
) -> Result:
    if _says_nothing_to_report([t.table for t in tables]):
        return _nil(file, reading, contract)
    tables = [t for t in tables if len(t.table.row_numbers)]
    if not tables:
        return refused(file, FileProblem("NO_ROWS", {"title": contract.title}, contract.feed), reading)
    base = find_base(home, contract, tables, file.department) if home is not None else None
    if isinstance(base, FileProblem):
        return refused(file, base, reading)
    if base is not None:
        return _correction(file, reading, contract, tables, base, notes)
    batch = check(contract, tables)
    batch.notes = notes
    state_dates(batch, file.name)
    if problem := wrong_county(batch, load_county(), file.name) or _date_problem(batch, file):
        return refused(file, problem, reading)
    check_totals(batch)
    parts = part_table(_batch_id(file, contract.feed), file.received_at, batch)
    problem = too_many_held(batch)
    if problem is None and home is not None:
        problem = shrunk(batch, parts, home, _batch_id(file, contract.feed))
    if problem is not None:
        return Result(_outcome(file, reading, batch, problem, "REFUSED", refused=True), batch, None, problem)
    return Result(_accepted(file, reading, batch), batch, parts)


def _correction(
    file: File,
    reading: Reading,
    contract: Contract,
    tables: list[MatchedTable],
    base: Base,
    notes: list[_Note],
) -> Result:
    """A marked copy that came back: its rows take the places of the rows they came from."""
    rows = sum(len(t.table.row_numbers) for t in tables)
    batch = check(contract, tables, partial=rows < base.rows_read)
    batch.notes, batch.corrects = notes, base.group
    state_dates(batch, file.name, base.as_of)
    if problem := _date_problem(batch, file):
        return refused(file, problem, reading)
    settled = settle(batch, base, _batch_id(file, contract.feed))
    if settled.missing:
        batch.notes = [*notes, ("RETURN_ROWS_MISSING", {"count": str(settled.missing)})]
    elif rows >= base.rows_read:
        check_totals(batch)
    parts = part_table(_batch_id(file, contract.feed), file.received_at, batch)
    return Result(_accepted(file, reading, batch), batch, parts, corrections=settled.corrections)


def _accepted(file: File, reading: Reading, batch: Batch) -> Outcome:
    errors = int((batch.held & ~batch.duplicate).sum())
    words = {"title": batch.contract.title, "held": str(errors)}
    note = FileProblem("ROWS_HELD", words, batch.contract.feed) if errors else None
    return _outcome(file, reading, batch, note, "PARTIAL" if errors else "LOADED")


def _date_problem(batch: Batch, file: File) -> FileProblem | None:
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


def _nil(file: File, reading: Reading, contract: Contract) -> Result:
    problem = FileProblem("NIL_RETURN", {"title": contract.title}, contract.feed)
    return Result(_outcome(file, reading, None, problem, "NIL"))


def refused(file: File, problem: FileProblem, reading: Reading | None = None) -> Result:
    """Refused before its rows were taken in hand: nothing read, nothing held."""
    return Result(_outcome(file, reading, None, problem, "REFUSED"), file_problem=problem)


def _batch_id(file: File, feed: str | None) -> str:
    return f"{file.sha256[:16]}-{feed or 'unmatched'}"


def _outcome(
    file: File,
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
        corrects_batch_id=batch.corrects.batch_id if batch and batch.corrects else None,
        rows_read=read_rows,
        rows_accepted=read_rows - held,
        rows_held=held,
        rows_unchanged=int(batch.unchanged.sum()) if batch and batch.unchanged is not None else 0,
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
