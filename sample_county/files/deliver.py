"""Turn one plan and its clean rows into a file, and say where everything special ended up."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingestion.contracts import Contract
from sample_county.dirt import BLANK_CODES, IRREPARABLE, Cells, check_digit
from sample_county.files.cells import Style, write_cells
from sample_county.files.delimited import write_csv
from sample_county.files.layout import Positions, grouped_order, lay_out
from sample_county.files.plan import FilePlan
from sample_county.files.sheet import Cell, Sheet
from sample_county.files.workbooks import sheet_like, write_xls, write_xlsx
from sample_county.rare_formats.binary import xlsb
from sample_county.rare_formats.markup import html, ods, xml2003
from sample_county.rare_formats.page import Page

COVER = "填报说明"
Mask = npt.NDArray[np.bool_]
RARE_FORMATS: dict[str, Callable[[Sequence[Page]], bytes]] = {
    "ods": ods,
    "xlsb": xlsb,
    "xml": xml2003,
    "html": html,
}


@dataclass(frozen=True)
class Mark:
    """A row to be found again. With `overwrites` its cell holds `raw` instead of its clean value."""

    row: int  # label in the index of the clean table
    column_name: str
    code: str
    kind: str
    overwrites: bool = False
    raw: Cell = None


@dataclass(frozen=True)
class Placed:
    """Where a marked row stands: what faults.csv and expected_held.csv hold."""

    file: str
    sheet: str
    source_row: int
    column_name: str
    code: str
    feed: str
    kind: str


@dataclass(frozen=True)
class Job:
    """Everything a worker process needs for one file."""

    plan: FilePlan
    contract: Contract
    frame: pd.DataFrame
    path: Path
    seed: int
    may_spoil: Mask  # rows that may get an unusable ID
    may_repeat: Mask  # rows that may stand in the file twice
    marks: tuple[Mark, ...] = ()
    is_clean: bool = False


def rows_of(plan: FilePlan, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a delivery that go into this file, as far as they are known by its date."""
    keep = np.ones(len(table), dtype=np.bool_)
    for column, value in plan.only:
        keep &= (table[column] == value).to_numpy(dtype=np.bool_, na_value=False)
    if plan.between:
        column, after, until = plan.between
        keep &= (table[column] > pd.Timestamp(after)).to_numpy() if after else True
        keep &= (table[column] <= pd.Timestamp(until)).to_numpy() if until else True
    frame = table[keep]
    if plan.last:
        frame = frame.groupby(plan.last[0], sort=False).tail(plan.last[1])
    if plan.but_last:
        frame = frame.drop(index=frame.groupby(plan.but_last[0]).tail(plan.but_last[1]).index)
    return _as_known(frame, plan.known_until, plan.blank_with) if plan.known_until else frame


def _as_known(frame: pd.DataFrame, until: date, blank_with: Sequence[tuple[str, str]]) -> pd.DataFrame:
    known = frame.copy()
    for column in known.columns:
        if pd.api.types.is_datetime64_any_dtype(known[column]):
            known[column] = known[column].where(known[column] <= pd.Timestamp(until))
    for column, other in blank_with:
        known[column] = known[column].where(known[other].notna())
    return known


def deliver(*jobs: Job) -> list[Placed]:
    """Write the file, whose sheets may be of several feeds; deterministic in seed, plans and rows."""
    written = [_laid_out(job) for job in jobs]
    plan = jobs[0].plan
    cover = [sheet_like(COVER, [[line] for line in plan.cover])] if plan.cover else []
    _write(jobs[0].path, plan, [*cover, *(sheet for sheets, _ in written for sheet in sheets)])
    return [placed for _, found in written for placed in found]


def _laid_out(job: Job) -> tuple[list[Sheet], list[Placed]]:
    """The sheets of one feed, and where its marked rows stand in them."""
    plan = job.plan
    rng = np.random.default_rng([job.seed, zlib.crc32(f"{plan.name}{plan.sheet}".encode())])
    style = Style(
        variant=plan.variant,
        workbook=plan.is_workbook,
        native_dates=plan.native_dates,
        commas=plan.commas,
        in_wan=frozenset(plan.in_wan),
        in_micro=frozenset(plan.in_micro),
        ticks=frozenset(plan.ticks),
        vary_villages=plan.vary_villages,
        unsigned=frozenset(plan.unsigned),
        hand=plan.hand,
        is_clean=job.is_clean,
    )
    cells = write_cells(job.frame, job.contract, style, rng)
    marks = list(job.marks)
    if not job.is_clean:
        marks += _unusable_ids(job, rng)
    position_of = {label: at for at, label in enumerate(job.frame.index)}
    for name in {mark.column_name for mark in marks if mark.overwrites}:
        cells[name] = cells[name].copy()  # those of a clean text column are the table's own
    for mark in marks:
        if mark.overwrites:
            cells[mark.column_name][position_of[mark.row]] = mark.raw
    touched = np.zeros(len(job.frame), dtype=np.bool_)
    touched[[position_of[mark.row] for mark in marks]] = True
    order, is_repeat = _order(job, touched, rng)
    sheets = lay_out(plan, job.contract, job.frame, cells, order)
    return sheets, _placed(job, sheets, order, is_repeat, marks)


def _unusable_ids(job: Job, rng: np.random.Generator) -> list[Mark]:
    """ID numbers beyond repair on rows of people outside the register."""
    column = next((c for c in job.contract.columns if c.is_identity), None)
    if column is None or not job.plan.unusable_ids:
        return []
    marked = {mark.row for mark in job.marks}
    values: Cells = job.frame[column.name].to_numpy(dtype=object)
    # Where a blank number is only a warning, the row is not held.
    kinds = [
        k for k, (_, code) in IRREPARABLE.items() if code not in BLANK_CODES or column.blank_id == "error"
    ]
    marks = []
    draw = rng.random(len(values))
    for at in np.flatnonzero((draw < job.plan.unusable_ids) & job.may_spoil):
        label, value = job.frame.index[int(at)], values[at]
        if not isinstance(value, str) or label in marked:
            continue
        kind = kinds[int(rng.integers(len(kinds)))]
        if kind == "cut" and check_digit(f"{value[:15]}00") == "0":
            kind = "scientific"  # the zeros would happen to pass the checksum
        change, code = IRREPARABLE[kind]
        marks.append(Mark(int(label), column.name, code, f"unusable_id_{kind}", True, change(value)))
    return marks


def _order(job: Job, touched: Mask, rng: np.random.Generator) -> tuple[Positions, Mask]:
    """Positions in file order, and which of them are the second standing of a row."""
    size = len(job.frame)
    order = np.arange(size, dtype=np.int64)
    if job.plan.merge_by:
        order = grouped_order(job.frame[job.plan.merge_by])
    if job.is_clean or not job.plan.duplicates:
        return order, np.zeros(size, dtype=np.bool_)
    twice = (rng.random(size) < job.plan.duplicates) & job.may_repeat & ~touched
    repeated = np.repeat(order, 1 + twice[order].astype(np.int64))
    is_repeat = np.zeros(len(repeated), dtype=np.bool_)
    is_repeat[1:] = repeated[1:] == repeated[:-1]
    return repeated, is_repeat


def _write(path: Path, plan: FilePlan, sheets: list[Sheet]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match plan.format:
        case "xlsx":
            write_xlsx(path, sheets)
        case "xls":
            write_xls(path, sheets)
        case "csv":
            write_csv(path, sheets[0], plan.encoding)
        case "ods" | "xlsb" | "xml" | "html" as name:
            path.write_bytes(RARE_FORMATS[name]([sheet.as_page() for sheet in sheets]))
        case other:
            raise ValueError(f"{plan.name}: no writer for .{other}")


def _placed(
    job: Job, sheets: list[Sheet], order: Positions, is_repeat: Mask, marks: list[Mark]
) -> list[Placed]:
    place: dict[int, tuple[str, int]] = {}
    repeats: list[Placed] = []
    for sheet in sheets:
        for slot, row in zip(sheet.slots, sheet.body_rows, strict=True):
            if is_repeat[slot]:
                repeats.append(
                    Placed(
                        job.plan.name, sheet.name, row, "", "DUPLICATE_ROW", job.plan.feed, "duplicate_row"
                    )
                )
            else:
                place[int(order[slot])] = sheet.name, row
    position_of = {label: at for at, label in enumerate(job.frame.index)}
    found = [
        Placed(job.plan.name, *place[position_of[m.row]], m.column_name, m.code, job.plan.feed, m.kind)
        for m in marks
    ]
    return [*found, *repeats]
