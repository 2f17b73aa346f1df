"""How a judgement on one feed of a file is put: its batch id, its outcome, its result."""

from __future__ import annotations

from datetime import date, timedelta

from ingestion.checking.batch import Batch
from ingestion.gate.verdict import Verdict
from ingestion.lake.records import DeliveryState, Outcome
from ingestion.lake.result import File, Result, batch_id_of
from ingestion.messages.problems import FileProblem, remedy, sentence
from ingestion.parsing.stated_dates import stated_date
from ingestion.readers import Reading
from ingestion.text.masking import mask_shown, shown_name

FUTURE_ALLOWED = timedelta(days=366)


def result_of(file: File, verdict: Verdict, reading: Reading | None, stated_on: date | None) -> Result:
    """What is recorded of one feed in a file, or of a file that holds none.

    `stated_on` is the date that its titles or its name state, for a file without rows that are ours.
    """
    batch, problem, state = verdict.batch, verdict.problem, _state(verdict)
    said = problem or _note(verdict)
    feed = batch.contract.feed if batch else said.feed if said else None
    rows, held = _rows(verdict, state)
    tables = [t.table for t in batch.tables] if batch else list(reading.tables) if reading else []
    titles = [line for table in tables for line in table.title_lines]
    outcome = Outcome(
        batch_id=batch_id_of(file, feed),
        feed=feed,
        department=file.department or "",
        file_name=file.name,
        container_name=file.container,
        sha256=file.sha256,
        received_no=file.received_no,
        received_at=file.received_at,
        arrived_at=file.arrived_at,
        as_of=batch.as_of if batch else stated_on,
        corrects_batch_id=batch.corrects.batch_id if batch and batch.corrects else None,
        rows_read=rows,
        rows_accepted=rows - held,
        rows_held=held,
        cells_held=batch.held_cell_count if batch and state != "REFUSED" else 0,
        rows_unchanged=int(batch.unchanged.sum()) if batch and batch.unchanged is not None else 0,
        delivery_state=state,
        reason_code=said.code if said else None,
        reason=sentence(said.code, said.words) if said else None,
        remedy=remedy(said.code, said.words) if said else None,
        reason_en=sentence(said.code, said.words, english=True) if said else None,
        remedy_en=remedy(said.code, said.words, english=True) if said else None,
        encoding=reading.encoding if reading else None,
        column_map=batch.tables[0].column_map if batch else None,
        notes=tuple(map(shown_name, reading.notes)) if reading else (),
        sheets=tuple(shown_name(table.sheet) for table in tables if table.sheet),
        title=shown_name(titles[0]) if titles else None,
        unknown_columns=_masked_unknown(batch) if batch else (),
        absent_columns=batch.absent_columns if batch else (),
        warning_count=_warning_count(batch) if batch else 0,
        repair_count=_repair_count(batch) if batch else 0,
    )
    return Result(outcome, batch, verdict.parts, problem, verdict.corrections, reading, verdict.waiver)


def stated_for(file: File, reading: Reading | None) -> date | None:
    """For when a file without rows was meant: a nil return is of a period, and so is a refused file."""
    titles = [line for table in reading.tables for line in table.title_lines] if reading else []
    day = stated_date(titles or _seen_lines(reading), file.name)
    return day if day and day <= (file.received_at + FUTURE_ALLOWED).date() else None


def _state(verdict: Verdict) -> DeliveryState:
    if verdict.problem:
        return "REFUSED"
    if verdict.nil_of:
        return "NIL"
    return "PARTIAL" if _note(verdict) else "LOADED"


def _note(verdict: Verdict) -> FileProblem | None:
    """What is said of a file that was taken: the rows without errors, and the others held.

    Of wrong cells that no row needs only the cell is held. Later copies of a row are held, too, and ask
    nothing.
    """
    if verdict.nil_of:
        return FileProblem("NIL_RETURN", {"title": verdict.nil_of.title}, verdict.nil_of.feed)
    if (batch := verdict.batch) is None:
        return None
    errors, cells = int((batch.held & ~batch.duplicate).sum()), batch.held_cell_count
    if not errors and not cells:
        return None
    words = {"title": batch.contract.title, "held": str(errors), "cells": str(cells) if cells else ""}
    return FileProblem("ROWS_HELD" if errors else "CELLS_HELD", words, batch.contract.feed)


def _rows(verdict: Verdict, state: DeliveryState) -> tuple[int, int]:
    """Rows read and rows held; of a refused file every row is held."""
    if verdict.batch is None:
        return verdict.rows, verdict.rows
    rows = verdict.batch.row_count
    return rows, rows if state == "REFUSED" else int(verdict.batch.held.sum())


def _seen_lines(reading: Reading | None) -> list[str]:
    """The first lines of a file in which no header was found."""
    refusal = reading.refusal if reading else None
    return [row.text for row in refusal.rows_seen] if refusal else []


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
