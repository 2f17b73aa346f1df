"""What becomes of one file: which feeds it holds, what is wrong with it, and so its outcome."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ingestion.checking.batch import Batch, Group
from ingestion.checking.columns import check
from ingestion.checking.periods import changed_date, state_dates, table_dates
from ingestion.checking.stray_ids import stray_id_notes
from ingestion.checking.unread_columns import unread_notes
from ingestion.checking.whole_file import check_totals, too_many_held, wrong_county
from ingestion.contracts import Catalog, Contract
from ingestion.contracts.county import load_county
from ingestion.gate.correction_base import Base, find_base, named_files
from ingestion.gate.corrections import settle
from ingestion.gate.nil_returns import nil_return
from ingestion.gate.outcomes import FUTURE_ALLOWED, accepted, outcome_of, refused
from ingestion.gate.regressions import compare
from ingestion.lake.home import Home
from ingestion.lake.result import File, Result, batch_id_of
from ingestion.lake.write import part_table
from ingestion.matching.feeds import (
    MatchedTable,
    feed_by_title,
    known_headers,
    match_table,
    nearly_a_header,
    wrong_department,
)
from ingestion.matching.marked_columns import without_summary
from ingestion.matching.side_sheets import headless_people, note_words, of_another_kind
from ingestion.messages.problems import FileProblem
from ingestion.parsing.stated_dates import stated_date
from ingestion.readers import Reading, Refusal, Table, read
from ingestion.text.headers import header_keys

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
# Said only of sheets that were taken: what an explanation or a list of codes hides is nobody's business.
_NOTES_OF_TAKEN = frozenset({"ROWS_HIDDEN", "SHEET_HIDDEN", "FORMULA_WITHOUT_VALUE"})
_EXPLANATION_ROWS = 20  # a sheet this short without a header, and without data, explains the others


# What may stand beside such words: the number of the row, the place or office that says them.
_BESIDE_NOTHING = re.compile(r"^(\d{1,3}|\D*(镇|乡|街道|村|社区|县|局|办|学校|小学|中学|医院|农场))$")

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
        return [_unreadable(file, reading, catalog, home)]
    groups: dict[str, list[MatchedTable]] = {}
    problems: list[tuple[Table, FileProblem]] = []
    dates = table_dates(reading.tables, file.name)
    for table, day in zip(reading.tables, dates, strict=True):
        matched = match_table(table, catalog, file_name=file.name, department=file.department, day=day)
        if isinstance(matched, FileProblem):
            problems.append((table, _with_sheet(matched, table, reading)))
        else:
            groups.setdefault(matched.contract.feed, []).append(matched)
    problems = [(t, p) for t, p in problems if p.feed not in groups or not _is_bare(t)]
    if headless := headless_people(reading, groups):
        return [refused(file, headless, reading)]
    problems = [(t, of_another_kind(t, p, groups, catalog)) for t, p in problems]
    owner = {match.table.sheet: feed for feed, tables in groups.items() for match in tables}
    notes = _notes(reading, problems, owner)
    results: list[Result] = []
    named = named_files([match for tables in groups.values() for match in tables])
    torn = {problem.feed for _, problem in problems}  # a sheet of theirs cannot be read
    for feed, tables in groups.items():
        if feed in torn:
            continue  # without that sheet the rest is no delivery
        first = not results  # it takes what is said of no feed's sheet
        own = [n for n in notes if owner.get(n[1].get("sheet", ""), feed if first else "") == feed]
        results.append(_feed_result(file, reading, tables, home, own, named))
    results += _table_problems(file, reading, catalog, problems, bool(groups), home)
    return [replace(result, reading=reading) for result in results]


def _with_sheet(problem: FileProblem, table: Table, reading: Reading) -> FileProblem:
    """Name the sheet where the file has several."""
    if problem.code != "MISSING_COLUMN" or len({other.sheet for other in reading.tables}) < 2:
        return problem
    return replace(problem, words={**problem.words, "sheet": table.sheet})


def _is_bare(table: Table) -> bool:
    """Whether a sheet beside others of its feed has nothing that could be lost."""
    return not len(table.row_numbers) or _says_nothing_to_report([table])


def _notes(
    reading: Reading, problems: Sequence[tuple[Table, FileProblem]], taken: Collection[str]
) -> list[_Note]:
    """What the reader left out or could not be sure of, as warnings."""
    found: list[_Note] = []
    for note in reading.notes:
        code, words = note_words(note)
        a_few = code == "SHEET_WITHOUT_HEADER" and "data" not in words
        a_few = a_few and int(words.get("rows", "0")) <= _EXPLANATION_ROWS
        of_taken = code in _NOTES_OF_TAKEN and words.get("sheet", "") in taken
        if (code in _NOTES and not a_few) or of_taken:
            found.append((code, words))
    for table, problem in problems:
        if problem.code == "NO_FEED" and len(table.row_numbers):
            found.append(("SHEET_IGNORED", {"sheet": table.sheet, "rows": str(len(table.row_numbers))}))
    return found


def from_refusal(refusal: Refusal) -> FileProblem:
    return FileProblem(refusal.code, dict(refusal.detail))


def _unreadable(file: File, reading: Reading, catalog: Catalog, home: Home | None) -> Result:
    assert reading.refusal is not None
    refusal = reading.refusal
    said = " ".join([*reading.notes, *refusal.detail.values(), *(row.text for row in refusal.rows_seen)])
    contract = feed_by_title([file.name, said], catalog)
    if contract is not None and any(words in said for words in _NOTHING_TO_REPORT):
        return nil_return(file, reading, contract, home)
    if contract is None and _only_says_nothing(refusal):
        return refused(file, FileProblem("NIL_OF_WHAT"), reading)
    nearly = nearly_a_header(refusal, catalog, file_name=file.name, department=file.department)
    problem = nearly or from_refusal(refusal)
    if problem.code == "NO_HEADER" and not _has_known_header(said, catalog):
        problem = FileProblem("NO_FEED")  # there may be a header, but of a table nobody agreed on
    return refused(file, problem, reading)


def _only_says_nothing(refusal: Refusal) -> bool:
    """Whether some of the rows of a file without a header is nothing but such words."""
    rows = [row.text for row in refusal.rows_seen]
    return any(words in row and len(row) <= 2 * len(words) for row in rows for words in _NOTHING_TO_REPORT)


def _has_known_header(text: str, catalog: Catalog) -> bool:
    known = known_headers(catalog)
    return any(key in known for word in re.split(r"[\s|]+", text) for key in header_keys(word))


def _table_problems(
    file: File,
    reading: Reading,
    catalog: Catalog,
    problems: Sequence[tuple[Table, FileProblem]],
    has_results: bool,
    home: Home | None,
) -> list[Result]:
    """One refusal per cause; a sheet that is no feed's is left aside when others are."""
    found: dict[str, Result] = {}
    for table, problem in problems:
        contract = feed_by_title([*table.title_lines, table.sheet, file.name], catalog)
        if contract is not None and _says_nothing_to_report([table]):
            misplaced = wrong_department(contract, catalog, file.department)
            result = refused(file, misplaced, reading) if misplaced else None
            found.setdefault(contract.feed, result or nil_return(file, reading, contract, home))
        elif not (has_results and problem.code == "NO_FEED"):
            same = (t for t, p in problems if (p.code, p.feed) == ("WRONG_DEPARTMENT", problem.feed))
            rows = sum(len(t.row_numbers) for t in same)
            found.setdefault(problem.feed or "", refused(file, problem, reading, rows))
    if not found and not has_results:
        found[""] = refused(file, FileProblem("NO_HEADER"), reading)
    return list(found.values())


def _feed_result(
    file: File,
    reading: Reading,
    tables: list[MatchedTable],
    home: Home | None,
    notes: list[_Note],
    named: frozenset[str],
) -> Result:
    contract = tables[0].contract
    if _says_nothing_to_report([t.table for t in tables]):
        return nil_return(file, reading, contract, home)
    tables = [t for t in tables if len(t.table.row_numbers)]
    if not tables:
        return refused(file, FileProblem("NO_ROWS", {"title": contract.title}, contract.feed), reading)
    if len({t.column_map for t in tables}) > 1:
        maps = sorted({t.column_map for t in tables if t.column_map})
        words = {"title": contract.title, "dates": "、".join(maps)}
        return refused(file, FileProblem("AS_OF_CONFLICT", words, contract.feed), reading)
    batch_id = batch_id_of(file, contract.feed)
    base = find_base(home, contract, tables, file.department, batch_id, named) if home is not None else None
    if isinstance(base, FileProblem):
        return refused(file, base, reading)
    if base is not None:
        return _correction(file, reading, contract, tables, base, notes)
    batch = check(contract, tables)
    batch.notes = [*notes, *unread_notes(tables, notes), *stray_id_notes(tables, file.name)]
    state_dates(batch, file.name)
    if problem := wrong_county(batch, load_county(), file.name) or _date_problem(batch, file):
        return refused(file, problem, reading, batch.row_count)
    check_totals(batch)
    return _within_limits(file, reading, batch, home)


def _within_limits(file: File, reading: Reading, batch: Batch, home: Home | None) -> Result:
    """Refuse the file when it is beyond a limit that nobody waived."""
    batch_id = batch_id_of(file, batch.contract.feed)
    parts = part_table(Group(batch_id, file.received_at, file.received_no), batch)
    problems = [problem] if (problem := too_many_held(batch)) else []
    if home is not None and (not problems or file.waiver):
        compared = compare(batch, parts, home, batch_id)
        problems += compared.problems
        batch.notes = [*batch.notes, *compared.warnings]
    if problems and file.waiver and not batch.held.all():  # there is something to let through
        codes = tuple(dict.fromkeys(problem.code for problem in problems))
        waiver = file.waiver.model_copy(update={"codes": codes})
        return Result(accepted(file, reading, batch), batch, parts, waiver=waiver)
    if problems:
        outcome = outcome_of(file, reading, batch, problems[0], "REFUSED", refused=True)
        return Result(outcome, batch, None, problems[0])
    return Result(accepted(file, reading, batch), batch, parts)


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
    if day := changed_date(batch, base.date_of, [base.as_of, stated_date([base.title], "")]):
        words = {"title": contract.title, "said": str(day), "stated": str(base.as_of)}
        return refused(file, FileProblem("RETURN_OTHER_DATE", words, contract.feed), reading)
    state_dates(batch, file.name, base.date_of)
    if problem := _date_problem(batch, file):
        return refused(file, problem, reading)
    settled = settle(batch, base, batch_id_of(file, contract.feed))
    if settled.missing:
        batch.notes = [*batch.notes, ("RETURN_ROWS_MISSING", {"count": str(settled.missing)})]
    elif rows >= base.rows_read:
        check_totals(batch)
    if settled.given_up:
        batch.notes = [*batch.notes, ("RETURN_ROWS_GIVEN_UP", {"count": str(settled.given_up)})]
    own = Group(batch_id_of(file, contract.feed), file.received_at, file.received_no)
    parts = part_table(own, batch)
    return Result(accepted(file, reading, batch), batch, parts, corrections=settled.corrections)


def _date_problem(batch: Batch, file: File) -> FileProblem | None:
    words = {"title": batch.contract.title}
    if batch.as_of is None:
        return FileProblem("AS_OF_MISSING", words, batch.contract.feed)
    if batch.as_of > (file.received_at + FUTURE_ALLOWED).date():
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
            others = [text for text in filled if not any(words in text for words in _NOTHING_TO_REPORT)]
            if len(others) == len(filled) or len(others) > 1 or not all(map(_BESIDE_NOTHING.match, others)):
                return False
            texts += filled
        said = said or any(words in text for text in texts for words in _NOTHING_TO_REPORT)
    return said
