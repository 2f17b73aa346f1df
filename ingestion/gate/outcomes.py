"""How a judgement on one feed of a file is put: its batch id, its outcome, its result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ingestion.checking.batch import Batch
from ingestion.contracts import Contract
from ingestion.lake.records import DeliveryState, Outcome
from ingestion.lake.result import File, Result, batch_id_of
from ingestion.messages.problems import FileProblem, remedy, sentence
from ingestion.parsing.stated_dates import stated_date
from ingestion.readers import Reading
from ingestion.text.masking import mask_shown, shown_name

FUTURE_ALLOWED = timedelta(days=366)


def accepted(file: File, reading: Reading, batch: Batch) -> Outcome:
    """The rows without errors are taken, the others held."""
    errors = int((batch.held & ~batch.duplicate).sum())
    words = {"title": batch.contract.title, "held": str(errors)}
    note = FileProblem("ROWS_HELD", words, batch.contract.feed) if errors else None
    return outcome_of(file, reading, batch, note, "PARTIAL" if errors else "LOADED")


def nil(file: File, reading: Reading, contract: Contract) -> Result:
    """The department says that there is nothing to report."""
    problem = FileProblem("NIL_RETURN", {"title": contract.title}, contract.feed)
    return Result(outcome_of(file, reading, None, problem, "NIL"))


def refused(file: File, problem: FileProblem, reading: Reading | None = None, rows: int = 0) -> Result:
    """Refused as a whole, and none of its `rows` kept: those of another county or department are not ours."""
    outcome = outcome_of(file, reading, None, problem, "REFUSED")
    outcome = outcome.model_copy(update={"rows_read": rows, "rows_held": rows})
    return Result(outcome, file_problem=problem)


def outcome_of(
    file: File,
    reading: Reading | None,
    batch: Batch | None,
    problem: FileProblem | None,
    state: DeliveryState,
    *,
    refused: bool = False,
) -> Outcome:
    """What became of one batch; of a refused one every row is held."""
    feed = batch.contract.feed if batch else problem.feed if problem else None
    read_rows = batch.row_count if batch else 0
    held = (read_rows if refused else int(batch.held.sum())) if batch else 0
    tables = [t.table for t in batch.tables] if batch else list(reading.tables) if reading else []
    titles = [line for table in tables for line in table.title_lines]
    return Outcome(
        batch_id=batch_id_of(file, feed),
        feed=feed,
        department=file.department or "",
        file_name=file.name,
        container_name=file.container,
        sha256=file.sha256,
        received_no=file.received_no,
        received_at=file.received_at,
        arrived_at=file.arrived_at,
        as_of=batch.as_of if batch else _stated_for(titles or _seen_lines(reading), file),
        corrects_batch_id=batch.corrects.batch_id if batch and batch.corrects else None,
        rows_read=read_rows,
        rows_accepted=read_rows - held,
        rows_held=held,
        rows_unchanged=int(batch.unchanged.sum()) if batch and batch.unchanged is not None else 0,
        delivery_state=state,
        reason_code=problem.code if problem else None,
        reason=sentence(problem.code, problem.words) if problem else None,
        remedy=remedy(problem.code, problem.words) if problem else None,
        reason_en=sentence(problem.code, problem.words, english=True) if problem else None,
        remedy_en=remedy(problem.code, problem.words, english=True) if problem else None,
        encoding=reading.encoding if reading else None,
        column_map=batch.tables[0].column_map if batch else None,
        notes=tuple(map(shown_name, reading.notes)) if reading else (),
        sheets=tuple(shown_name(table.sheet) for table in tables if table.sheet),
        title=shown_name(titles[0]) if titles else None,
        unknown_columns=_masked_unknown(batch) if batch else (),
        warning_count=_warning_count(batch) if batch else 0,
        repair_count=_repair_count(batch) if batch else 0,
    )


def _seen_lines(reading: Reading | None) -> list[str]:
    """The first lines of a file in which no header was found."""
    refusal = reading.refusal if reading else None
    return [row.text for row in refusal.rows_seen] if refusal else []


def _stated_for(titles: Sequence[str], file: File) -> date | None:
    """For when a file without rows was meant: a nil return is of a period, and so is a refused file."""
    day = stated_date(titles, file.name)
    return day if day and day <= (file.received_at + FUTURE_ALLOWED).date() else None


def _warning_count(batch: Batch) -> int:
    """Warnings among the findings, one per cell."""
    return len(batch.notes) + sum(len(f.rows) for f in batch.findings if f.severity == "warning")


def _repair_count(batch: Batch) -> int:
    """Cells that were repaired."""
    return sum(len(rows) for _, _, rows in batch.repairs)


def _masked_unknown(batch: Batch) -> tuple[str, ...]:
    """Headers that the contract does not know."""
    found = [mask_shown(t.table.header[i]) for t in batch.tables for i in t.unknown]
    return tuple(dict.fromkeys(found))
