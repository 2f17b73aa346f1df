"""Cells to typed rows, by contract. Everything found has a column, a code and its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.ambiguous_months import AMBIGUOUS, settle_ambiguous_months
from ingestion.checking.batch import Batch, Finding, Rows
from ingestion.checking.cell_texts import DITTO, repeat_the_cell_above, texts_of, without_ditto_marks
from ingestion.checking.documents import set_document_kinds
from ingestion.checking.joined_codes import part_joined_codes
from ingestion.checking.odd_rows import hold_stray_months, mark_shifted, settle_merged_amounts
from ingestion.checking.own_numbers import without_own_numbers
from ingestion.checking.pairs import pair_values
from ingestion.checking.payments import hold_unsaid_reversals
from ingestion.checking.periods import set_periods
from ingestion.checking.ranges import settle_ranges
from ingestion.checking.rows import check_rows, keep_real_birthdays, mark_duplicates
from ingestion.checking.shown_cells import (
    UNCOMPUTED,
    tell_date_system,
    tell_struck_rows,
    uncomputed,
    without_scaled,
)
from ingestion.checking.stray_ids import without_stray_ids
from ingestion.checking.unknown_spellings import ask_about_columns
from ingestion.checking.wrong_cells import empty_wrong_cells
from ingestion.contracts import Column, Contract
from ingestion.contracts.model import Severity
from ingestion.matching.feeds import MatchedTable
from ingestion.matching.units import factor_of
from ingestion.messages.problems import WARNINGS
from ingestion.parsing import Coded, Parsed, Setting, parser_for
from ingestion.parsing.base import Mask, mask
from ingestion.parsing.column_types import ARROW_TYPES, COMPANIONS, KIND, TEXT, companion_suffixes
from ingestion.parsing.dates import PLACEHOLDER, YEAR_TOLD
from ingestion.parsing.told_years import YearTold
from ingestion.text.invisible import code_points

_OF_NUMBERS = re.compile(r"[0-9０-９XxＸｘ\s\u3400-\u9fff\U00020000-\U0003ffff]")
_NAMED = 4  # characters that a message names
_FORMULA_ERROR = r"^\s*#(REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#+)\s*$"


def check(
    contract: Contract, tables: Sequence[MatchedTable], *, file_name: str = "", partial: bool = False
) -> Batch:
    """Read every cell of `tables` by its contract and check rows against each other.

    Of a `partial` file (some rows of a delivery come back) groups of rows are not judged.
    """
    batch = Batch(contract, tables)
    batch.duplicate = np.zeros(batch.row_count, np.bool_)
    for column in contract.columns:
        if any(table.says(column.name) for table in tables):
            batch.texts[column.name] = texts_of(batch, column)
    part_joined_codes(batch)
    if not partial:  # the row above may not have come back
        repeat_the_cell_above(batch)
    repeats = mark_duplicates(batch)
    for column in contract.columns:
        if column.name in batch.texts:
            _check_column(batch, column)
        else:
            _fill_missing(batch, column)
    settle_ranges(batch)
    _tell_years(batch)
    set_document_kinds(batch)
    keep_real_birthdays(batch)
    without_own_numbers(batch)
    _check_blank_ids(batch)
    tell_struck_rows(batch)
    tell_date_system(batch)
    pair_values(batch)
    mark_shifted(batch)
    settle_merged_amounts(batch)
    settle_ambiguous_months(batch, file_name)
    hold_stray_months(batch)
    set_periods(batch)
    hold_unsaid_reversals(batch)
    if not partial:
        ask_about_columns(batch)
    empty_wrong_cells(batch)
    check_rows(batch, partial=partial)
    empty_wrong_cells(batch)
    if repeats is not None:
        # A repeated row has one message: that it repeats another.
        batch.leave_out(batch.duplicate)
        batch.findings.insert(0, repeats)
    return batch


def parse_like(batch: Batch, column: str, texts: Sequence[str], table: int) -> list[float | None]:
    """More numbers of a column, read with the parser and unit of its rows in that table."""
    if not any(texts):
        return [None] * len(texts)
    declared = batch.contract.column(column)
    setting = _setting(declared, batch.tables[table])
    values = parser_for(declared)(pa.array(texts, TEXT), setting).values.to_pylist()
    return [None if value is None else float(value) for value in values]


def _tell_years(batch: Batch) -> None:
    """Say once per column which year its dates without one were taken for."""
    for name, code, rows in batch.repairs:
        if code != YEAR_TOLD:
            continue
        years = {
            span[0].year for at in np.unique(batch.table_of_row[rows]) if (span := batch.tables[at].span)
        }
        words = {"title": batch.contract.title, "header": batch.contract.column(name).header}
        words |= {"count": str(len(rows)), "year": "、".join(map(str, sorted(years)))}
        batch.notes.append(("YEAR_TOLD", words))


def _fill_missing(batch: Batch, column: Column) -> None:
    batch.columns[column.name] = pa.nulls(batch.row_count, ARROW_TYPES[column.type])
    for suffix in companion_suffixes(column.type):
        state = pa.scalar("blank" if column.is_identity and suffix != KIND else None, TEXT)
        batch.columns[column.name + suffix] = pa.repeat(state, batch.row_count)


def _check_column(batch: Batch, column: Column) -> None:
    coded = batch.texts[column.name]
    parsed = _without_formula_errors(batch, column, _parse(batch, column, coded))
    parsed = without_ditto_marks(batch, column, parsed, _severity(DITTO, column, batch.contract))
    parsed = without_scaled(batch, column, without_stray_ids(batch, column, parsed))
    if column.name in batch.contract.part_by:
        parsed = _without_unknown_town(parsed)
    batch.columns[column.name] = parsed.values
    if parsed.companion is not None:
        batch.columns[column.name + COMPANIONS[column.type]] = parsed.companion
    parsed = _with_placeholder_dates(column, parsed)
    assert parsed.blank is not None
    batch.blank[column.name] = parsed.blank
    never = uncomputed(batch, column.name)
    _add(batch, UNCOMPUTED, _severity(UNCOMPUTED, column, batch.contract), never, column.name)
    for code, found in parsed.problems.items():
        if code in ("ID_BLANK", "ID_PLACEHOLDER"):
            continue  # judged together with the name beside them
        rows = np.flatnonzero(found)
        batch.findings.append(
            Finding(
                code,
                _severity(code, column, batch.contract),
                rows,
                column.name,
                _detail(batch, code, column, rows),
            )
        )
    for code, found in parsed.repairs.items():
        batch.repairs.append((column.name, code, np.flatnonzero(found)))
    if not column.nullable and not column.is_identity:
        _add(batch, "BLANK_REQUIRED", "error", parsed.blank & ~never, column.name)
    _check_bounds(batch, column, parsed)


def _with_placeholder_dates(column: Column, parsed: Parsed) -> Parsed:
    """A date that says that there is none is a blank cell; where one is needed it is a problem."""
    found = parsed.problems.get(PLACEHOLDER)
    if found is None:
        return parsed
    if column.nullable:
        assert parsed.blank is not None
        return replace(parsed, blank=parsed.blank | found)
    problems = {code: part for code, part in parsed.problems.items() if code != PLACEHOLDER}
    return replace(parsed, problems={**problems, "DATE_IS_PLACEHOLDER": found})


def _without_formula_errors(batch: Batch, column: Column, parsed: Parsed) -> Parsed:
    """An error value of Excel is named as what it is, and is no text, date or number gone wrong."""
    coded = batch.texts[column.name]
    if not pc.any(pc.starts_with(coded.texts, "#")).as_py():
        return parsed
    found = mask(pc.match_substring_regex(coded.texts, _FORMULA_ERROR))[coded.codes]
    if not found.any():
        return parsed
    _add(batch, "FORMULA_ERROR", _severity("FORMULA_ERROR", column, batch.contract), found, column.name)
    left = {code: rest for code, part in parsed.problems.items() if (rest := part & ~found).any()}
    values = pc.if_else(pa.array(found), pa.scalar(None, parsed.values.type), parsed.values)
    return replace(parsed, values=values, problems=left)


def _without_unknown_town(parsed: Parsed) -> Parsed:
    """A town that the county has not is no part: no later file would ever replace what lies under it."""
    unknown = parsed.problems.get("TOWN_UNKNOWN")
    if unknown is None:
        return parsed
    return replace(parsed, values=pc.if_else(pa.array(unknown), None, parsed.values))


def _parse(batch: Batch, column: Column, coded: Coded) -> Parsed:
    """The column row by row; tables with another unit in their header are parsed by that unit."""
    settings = [_setting(column, table) for table in batch.tables]
    parsed = _by_row(parser_for(column)(coded.texts, settings[0]), coded)
    others = [setting for at, setting in enumerate(settings) if setting not in settings[:at]][1:]
    for setting in others:
        other = _by_row(parser_for(column)(coded.texts, setting), coded)
        there = np.isin(batch.table_of_row, [i for i, s in enumerate(settings) if s == setting])
        parsed = _merged(parsed, other, there)
    return parsed


def _by_row(parsed: Parsed, coded: Coded) -> Parsed:
    """From one entry per distinct text to one per row."""
    if coded.by_row:
        return parsed
    codes = coded.codes
    at = pa.array(codes)
    return Parsed(
        parsed.values.take(at),
        {code: found[codes] for code, found in parsed.problems.items()},
        {code: found[codes] for code, found in parsed.repairs.items()},
        None if parsed.blank is None else parsed.blank[codes],
        None if parsed.companion is None else parsed.companion.take(at),
    )


def _merged(first: Parsed, other: Parsed, there: Mask) -> Parsed:
    """`other` where `there`, `first` elsewhere."""
    nothing = np.zeros(len(there), np.bool_)

    def masks(one: dict[str, Mask], two: dict[str, Mask]) -> dict[str, Mask]:
        both = {
            code: np.where(there, two.get(code, nothing), one.get(code, nothing)) for code in {**one, **two}
        }
        return {code: found for code, found in both.items() if found.any()}

    at = pa.array(there)
    return replace(
        first,
        values=pc.if_else(at, other.values, first.values),
        problems=masks(first.problems, other.problems),
        repairs=masks(first.repairs, other.repairs),
        companion=None if first.companion is None else pc.if_else(at, other.companion, first.companion),
    )


def _setting(column: Column, table: MatchedTable) -> Setting:
    factor = factor_of(column, table.table, table.positions.get(column.name))
    told = YearTold(*table.span, column.year_told) if column.year_told and table.span else None
    return Setting(column, factor, table.table.date_offset, told)


def _check_bounds(batch: Batch, column: Column, parsed: Parsed) -> None:
    for code, limit, beyond in (
        ("BELOW_MINIMUM", column.minimum, pc.less),
        ("ABOVE_MAXIMUM", column.maximum, pc.greater),
    ):
        if limit is not None:
            found = mask(beyond(parsed.values.cast(pa.float64()), limit))
            _add(batch, code, "error", found, column.name, f"{limit:g}")


def _check_blank_ids(batch: Batch) -> None:
    """A blank ID is a fault only where there is a person: the name beside it is filled, or it is required."""
    for column in batch.contract.columns:
        coded = batch.texts.get(column.name)
        if not column.is_identity or coded is None:
            continue
        blank = batch.is_blank(column.name)
        name = _name_beside(batch.contract, column)
        if name is not None and not column.required:
            blank = blank & ~batch.is_blank(name)
        placeholder = (
            blank & ~mask(pc.is_in(pc.utf8_trim_whitespace(coded.texts), pa.array([""])))[coded.codes]
        )
        soft = np.full(batch.row_count, column.blank_id == "warning")
        for needed in column.blank_id_needs:
            soft &= ~batch.is_blank(needed)
        for code, found in (("ID_BLANK", blank & ~placeholder), ("ID_PLACEHOLDER", placeholder)):
            told = found & ~uncomputed(batch, column.name)
            _add(batch, code, "warning", told & soft, column.name)
            _add(batch, code, "error", told & ~soft, column.name)


def _name_beside(contract: Contract, column: Column) -> str | None:
    """The name column that belongs to an ID column: member_3_id_number → member_3_name."""
    stem = column.name.removesuffix("id_number")
    names = {c.name for c in contract.columns if c.type == "person_name"}
    wanted = (f"{stem}name", "person_name" if not stem else "")
    return next((name for name in wanted if name in names), None)


def _severity(code: str, column: Column, contract: Contract) -> Severity:
    if code in WARNINGS:
        return "warning"
    if code == "TOWN_UNKNOWN":
        return "error" if column.name in contract.part_by else "warning"
    if code == "CODE_UNKNOWN":
        return column.unknown_code
    if code == "NUMBER_SCIENTIFIC":
        return "warning" if column.nullable else "error"  # a key without its digits names nobody
    return column.unusable_id if column.is_identity else "error"


def _detail(batch: Batch, code: str, column: Column, rows: Rows) -> pa.Array | str | None:
    if code == AMBIGUOUS:
        return "1"  # the month it was taken for
    if code == "CODE_UNKNOWN":
        return "、".join(column.codes)
    if code != "ID_CHARACTERS":
        return None
    texts = batch.texts[column.name].raw.take(pa.array(rows)).to_pylist()
    # Not the characters of a name that was typed here.
    odd = (_OF_NUMBERS.sub("", text)[:_NAMED] for text in texts)
    return pa.array([code_points(characters) or "汉字 (Han)" for characters in odd], TEXT)


def _add(
    batch: Batch, code: str, severity: Severity, found: Mask, column: str, detail: str | None = None
) -> None:
    rows = np.flatnonzero(found)
    if len(rows):
        batch.findings.append(Finding(code, severity, rows, column, detail))
