"""What becomes of one file: which feeds it holds, what is wrong with it, and so its outcome."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ingestion.checking.batch import Batch, Group
from ingestion.checking.columns import check
from ingestion.checking.periods import changed_date, state_dates, table_dates
from ingestion.checking.stray_ids import stray_id_notes
from ingestion.checking.unknown_spellings import REFUSED, answer_awaited, drop_awaited, question_notes
from ingestion.checking.unread_columns import unread_notes
from ingestion.checking.whole_file import check_totals, too_many_held, wrong_county
from ingestion.contracts import Catalog, Contract
from ingestion.contracts.county import load_county
from ingestion.gate.assumed_header import assume_header
from ingestion.gate.columns_gone import columns_gone
from ingestion.gate.corrected_parts import keep_town_parts
from ingestion.gate.correction_base import Base, find_base, named_files
from ingestion.gate.corrections import settle
from ingestion.gate.nil_returns import nil_return
from ingestion.gate.outcomes import FUTURE_ALLOWED, result_of, stated_for
from ingestion.gate.payments import Settled, inherit, replacing, settle_payments
from ingestion.gate.regressions import compare
from ingestion.gate.town_parts import set_town_parts
from ingestion.gate.verdict import Verdict
from ingestion.gate.whole_county import Towns, compare_towns
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
from ingestion.messages.problems import WAIVABLE, FileProblem
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
_NOTES_OF_TAKEN = frozenset({"ROWS_HIDDEN", "SHEET_HIDDEN"})
_EXPLANATION_ROWS = 20  # a sheet this short without a header, and without data, explains the others


# What may stand beside such words: the number of the row, the place or office that says them.
_BESIDE_NOTHING = re.compile(r"^(\d{1,3}|\D*(镇|乡|街道|村|社区|县|局|办|学校|小学|中学|医院|农场))$")

_Note = tuple[str, dict[str, str]]


def judge(file: File, catalog: Catalog, home: Home | None) -> list[Result]:
    """One result per feed in the file; with no home, nothing is compared with earlier deliveries."""
    try:
        look = _look(file, catalog, home)
        return [result_of(file, verdict, look.reading, look.stated_on) for verdict in look.verdicts]
    except (MemoryError, OSError):
        raise  # the machine's trouble, not the file's: the next run tries again
    except Exception as error:  # noqa: BLE001  (whatever a file contains, the night goes on)
        return [refused(file, FileProblem("INTERNAL", {"exception": type(error).__name__}))]


def refused(file: File, problem: FileProblem, reading: Reading | None = None) -> Result:
    """A file of which nothing can be read, as a whole."""
    return result_of(file, Verdict(problem), reading, stated_for(file, reading))


@dataclass(frozen=True)
class _Look:
    """A file that is being looked at, and what was found to become of it."""

    file: File
    home: Home | None
    catalog: Catalog
    reading: Reading | None
    stated_on: date | None  # by its titles or its name
    verdicts: list[Verdict] = field(default_factory=list)  # one per feed
    assumed: FileProblem | None = None  # it has no header, and is read under that of the delivery before


def _look(file: File, catalog: Catalog, home: Home | None) -> _Look:
    try:
        reading = without_summary(read(file.data, known_headers=known_headers(catalog)))
    except OSError:  # from a decoder, about the bytes; the machine has no part in this call
        return _Look(
            file, home, catalog, None, stated_for(file, None), [Verdict(FileProblem("FILE_UNREADABLE"))]
        )
    assumed = assume_header(file, catalog, home) if home is not None and _has_no_header(reading) else None
    reading = assumed.reading if assumed else reading
    problem = assumed.problem if assumed else None
    look = _Look(file, home, catalog, reading, stated_for(file, reading), assumed=problem)
    if reading.refusal is not None:
        look.verdicts.append(_unreadable(look, reading, reading.refusal, catalog))
        return look
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
        look.verdicts.append(Verdict(headless))
        return look
    problems = [(t, of_another_kind(t, p, groups, catalog)) for t, p in problems]
    owner = {match.table.sheet: feed for feed, tables in groups.items() for match in tables}
    notes = _notes(reading, problems, owner)
    named = named_files([match for tables in groups.values() for match in tables])
    torn = {problem.feed for _, problem in problems}  # a sheet of theirs cannot be read
    for feed, tables in sorted(groups.items(), key=lambda group: group[0] not in catalog.place_feeds):
        if feed in torn:
            continue  # without that sheet the rest is no delivery
        first = not look.verdicts  # it takes what is said of no feed's sheet
        own = [n for n in notes if owner.get(n[1].get("sheet", ""), feed if first else "") == feed]
        look.verdicts.append(_feed_verdict(look, tables, own, named))
    look.verdicts.extend(_table_problems(look, catalog, problems, has_tables=bool(groups)))
    return look


def _has_no_header(reading: Reading) -> bool:
    return reading.refusal is not None and reading.refusal.code == "NO_HEADER"


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


def _unreadable(look: _Look, reading: Reading, refusal: Refusal, catalog: Catalog) -> Verdict:
    file = look.file
    said = " ".join([*reading.notes, *refusal.detail.values(), *(row.text for row in refusal.rows_seen)])
    contract = feed_by_title([file.name, said], catalog)
    if contract is not None and any(words in said for words in _NOTHING_TO_REPORT):
        return nil_return(file, contract, look.stated_on, look.home)
    if contract is None and _only_says_nothing(refusal):
        return Verdict(FileProblem("NIL_OF_WHAT"))
    nearly = nearly_a_header(refusal, catalog, file_name=file.name, department=file.department)
    problem = nearly or from_refusal(refusal)
    if problem.code == "NO_HEADER" and not _has_known_header(said, catalog):
        problem = FileProblem("NO_FEED")  # there may be a header, but of a table nobody agreed on
    return Verdict(problem)


def _only_says_nothing(refusal: Refusal) -> bool:
    """Whether some of the rows of a file without a header is nothing but such words."""
    rows = [row.text for row in refusal.rows_seen]
    return any(words in row and len(row) <= 2 * len(words) for row in rows for words in _NOTHING_TO_REPORT)


def _has_known_header(text: str, catalog: Catalog) -> bool:
    known = known_headers(catalog)
    return any(key in known for word in re.split(r"[\s|]+", text) for key in header_keys(word))


def _table_problems(
    look: _Look, catalog: Catalog, problems: Sequence[tuple[Table, FileProblem]], *, has_tables: bool
) -> list[Verdict]:
    """One refusal per cause; a sheet that is no feed's is left aside when others are."""
    file, found = look.file, dict[str, Verdict]()
    for table, problem in problems:
        contract = feed_by_title([*table.title_lines, table.sheet, file.name], catalog)
        if contract is not None and _says_nothing_to_report([table]):
            misplaced = wrong_department(contract, catalog, file.department)
            nil = None if misplaced else nil_return(file, contract, look.stated_on, look.home)
            found.setdefault(contract.feed, nil or Verdict(misplaced))
        elif not (has_tables and problem.code == "NO_FEED"):
            same = (t for t, p in problems if (p.code, p.feed) == ("WRONG_DEPARTMENT", problem.feed))
            rows = sum(len(t.row_numbers) for t in same)
            found.setdefault(problem.feed or "", Verdict(problem, rows=rows))
    if not found and not has_tables:
        found[""] = Verdict(FileProblem("NO_HEADER"))
    return list(found.values())


def _feed_verdict(
    look: _Look, tables: list[MatchedTable], notes: list[_Note], named: frozenset[str]
) -> Verdict:
    file, home, contract = look.file, look.home, tables[0].contract
    if _says_nothing_to_report([t.table for t in tables]):
        return nil_return(file, contract, look.stated_on, home)
    tables = [t for t in tables if len(t.table.row_numbers)]
    if not tables:
        return Verdict(FileProblem("NO_ROWS", {"title": contract.title}, contract.feed))
    if len({t.column_map for t in tables}) > 1:
        maps = sorted({t.column_map for t in tables if t.column_map})
        words = {"title": contract.title, "dates": "、".join(maps)}
        return Verdict(FileProblem("AS_OF_CONFLICT", words, contract.feed))
    batch_id = batch_id_of(file, contract.feed)
    base = find_base(home, contract, tables, file.department, batch_id, named) if home is not None else None
    if isinstance(base, FileProblem):
        return Verdict(base)
    if base is not None:
        return _correction(file, contract, tables, base, notes)
    batch = check(contract, tables, file_name=file.name)
    batch.notes += [*notes, *unread_notes(tables, notes), *stray_id_notes(tables, file.name)]
    batch.notes += question_notes(batch)
    state_dates(batch, file.name)
    if problem := wrong_county(batch, load_county(), file.name) or _date_problem(batch, file):
        return Verdict(problem, rows=batch.row_count)
    beside = {v.batch.contract.feed: v.batch for v in look.verdicts if v.batch and not v.problem}
    untold = set_town_parts(batch, file.name, look.catalog, home, batch_id, beside)
    check_totals(batch)
    return _within_limits(file, batch, home, [p for p in (look.assumed, untold) if p])


def _within_limits(file: File, batch: Batch, home: Home | None, asked: list[FileProblem]) -> Verdict:
    """Refuse the file when it is beyond a limit that nobody waived; `asked` is asked about it already."""
    batch_id = batch_id_of(file, batch.contract.feed)
    towns = compare_towns(batch, home, batch_id) if home is not None else Towns()
    parts = part_table(Group(batch_id, file.received_at, file.received_no), batch)
    if final := next((problem for problem in asked if problem.code not in WAIVABLE), None):
        return Verdict(final, batch=batch)
    problem = too_many_held(batch)
    problems = [answer_awaited(batch) or problem] if problem else []
    problems += asked
    settled = Settled(parts)
    if home is not None and (not problems or file.waiver):
        settled = settle_payments(batch, parts, home, batch_id, file.name)
        parts = settled.parts
        compared = compare(batch, replacing(parts), home, batch_id)
        problems += [*towns.problems, *settled.problems, *compared.problems]
        batch.notes = [*batch.notes, *towns.warnings]
        gone = columns_gone(batch, parts, home, batch_id)
        batch.notes = [*batch.notes, *compared.warnings, *gone]
    if problems and file.waiver and not batch.held.all():  # there is something to let through
        codes = tuple(dict.fromkeys(problem.code for problem in problems))
        waiver = file.waiver.model_copy(update={"codes": codes})
        return Verdict(batch=batch, parts=parts, corrections=settled.corrections, waiver=waiver)
    if problems:
        if problems[0].code == REFUSED:
            drop_awaited(batch)
        return Verdict(problems[0], batch=batch)
    return Verdict(batch=batch, parts=parts, corrections=settled.corrections)


def _correction(
    file: File, contract: Contract, tables: list[MatchedTable], base: Base, notes: list[_Note]
) -> Verdict:
    """A marked copy that came back: its rows take the places of the rows they came from."""
    rows = sum(len(t.table.row_numbers) for t in tables)
    batch = check(contract, tables, file_name=file.name, partial=rows < base.rows_read)
    batch.notes, batch.corrects = [*notes, *batch.notes, *question_notes(batch)], base.group
    if day := changed_date(batch, base.date_of, [base.as_of, stated_date([base.title], "")]):
        words = {"title": contract.title, "said": str(day), "stated": str(base.as_of)}
        return Verdict(FileProblem("RETURN_OTHER_DATE", words, contract.feed))
    state_dates(batch, file.name, base.date_of)
    if problem := _date_problem(batch, file):
        return Verdict(problem)
    keep_town_parts(batch, base)
    settled = settle(batch, base, batch_id_of(file, contract.feed))
    if settled.missing:
        batch.notes = [*batch.notes, ("RETURN_ROWS_MISSING", {"count": str(settled.missing)})]
    elif rows >= base.rows_read:
        check_totals(batch)
    if settled.given_up:
        batch.notes = [*batch.notes, ("RETURN_ROWS_GIVEN_UP", {"count": str(settled.given_up)})]
    own = Group(batch_id_of(file, contract.feed), file.received_at, file.received_no)
    parts = inherit(part_table(own, batch), base.history, base.group)
    return Verdict(batch=batch, parts=parts, corrections=settled.corrections)


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
