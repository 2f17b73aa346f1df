"""Cells to typed rows, by contract. Everything found has a column, a code and its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding, arrow_columns
from ingestion.checking.odd_rows import hold_merged_amounts, hold_stray_months, mark_shifted
from ingestion.checking.periods import set_periods
from ingestion.checking.rows import check_rows, mark_duplicates
from ingestion.checking.stray_ids import without_stray_ids
from ingestion.contracts import Column, Contract
from ingestion.contracts.model import Severity
from ingestion.matching.feeds import MatchedTable
from ingestion.matching.units import factor_of
from ingestion.messages.problems import WARNINGS
from ingestion.parsing import Coded, Parsed, Setting, parser_for
from ingestion.parsing.base import Mask, mask
from ingestion.parsing.column_types import ARROW_TYPES, COMPANIONS, TEXT

_FORMULA_ERROR = r"^\s*#(REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#+)\s*$"


def check(contract: Contract, tables: Sequence[MatchedTable], *, partial: bool = False) -> Batch:
    """Read every cell of `tables` by its contract and check rows against each other.

    Of a `partial` file (some rows of a delivery come back) groups of rows are not judged.
    """
    batch = Batch(contract, tables)
    batch.duplicate = np.zeros(batch.row_count, np.bool_)
    for column in contract.columns:
        if any(column.name in table.positions for table in tables):
            batch.texts[column.name] = _texts(batch, column)
    repeats = mark_duplicates(batch)
    for column in contract.columns:
        if column.name in batch.texts:
            _check_column(batch, column)
        else:
            _fill_missing(batch, column)
    _check_blank_ids(batch)
    mark_shifted(batch)
    hold_merged_amounts(batch)
    hold_stray_months(batch)
    set_periods(batch)
    check_rows(batch, partial=partial)
    if repeats is not None:
        # A repeated row has one message: that it repeats another.
        batch.leave_out(batch.duplicate)
        batch.findings.insert(0, repeats)
    return batch


def parse_like(batch: Batch, column: str, text: str, table: int) -> float | None:
    """One more number of a column, read with the parser and unit of its rows in that table."""
    declared = batch.contract.column(column)
    setting = Setting(declared, _factor(declared, batch.tables[table]))
    value = parser_for(declared)(pa.array([text], TEXT), setting).values[0].as_py()
    return None if value is None else float(value)


def _texts(batch: Batch, column: Column) -> Coded:
    chunks: list[pa.Array] = []
    for table in batch.tables:
        position = table.positions.get(column.name)
        if position is None:
            chunks.append(pa.repeat(pa.scalar("", TEXT), len(table.table.row_numbers)))
        else:
            chunks += arrow_columns(table, position)
    return Coded.of(pa.chunked_array(chunks, TEXT))


def _fill_missing(batch: Batch, column: Column) -> None:
    batch.columns[column.name] = pa.nulls(batch.row_count, ARROW_TYPES[column.type])
    if suffix := COMPANIONS.get(column.type):
        state = pa.scalar("blank" if column.type == "id_number" else None, TEXT)
        batch.columns[column.name + suffix] = pa.repeat(state, batch.row_count)


def _check_column(batch: Batch, column: Column) -> None:
    coded = batch.texts[column.name]
    parsed = _without_formula_errors(batch, column, _parse(batch, column, coded))
    parsed = without_stray_ids(batch, column, parsed)
    if column.name in batch.contract.part_by:
        parsed = _without_unknown_town(parsed)
    batch.columns[column.name] = parsed.values
    if parsed.companion is not None:
        batch.columns[column.name + COMPANIONS[column.type]] = parsed.companion
    assert parsed.blank is not None
    batch.blank[column.name] = parsed.blank
    for code, found in parsed.problems.items():
        if code in ("ID_BLANK", "ID_PLACEHOLDER"):
            continue  # judged together with the name beside them
        rows = np.flatnonzero(found)
        batch.findings.append(
            Finding(code, _severity(code, column, batch.contract), rows, column.name, _detail(code, column))
        )
    for code, found in parsed.repairs.items():
        batch.repairs.append((column.name, code, np.flatnonzero(found)))
    if not column.nullable and column.type != "id_number":
        _add(batch, "BLANK_REQUIRED", "error", parsed.blank, column.name)
    _check_bounds(batch, column, parsed)


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
    factors = [_factor(column, table) for table in batch.tables]
    parsed = _by_row(parser_for(column)(coded.texts, Setting(column, factors[0])), coded)
    for factor in set(factors) - {factors[0]}:
        other = _by_row(parser_for(column)(coded.texts, Setting(column, factor)), coded)
        there = np.isin(batch.table_of_row, [i for i, f in enumerate(factors) if f == factor])
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


def _factor(column: Column, table: MatchedTable) -> float:
    return factor_of(column, table.table, table.positions.get(column.name))


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
        if column.type != "id_number" or coded is None:
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
            _add(batch, code, "warning", found & soft, column.name)
            _add(batch, code, "error", found & ~soft, column.name)


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
    return column.unusable_id if column.type == "id_number" else "error"


def _detail(code: str, column: Column) -> str | None:
    if code != "CODE_UNKNOWN":
        return None
    return "、".join(column.codes)


def _add(
    batch: Batch, code: str, severity: Severity, found: Mask, column: str, detail: str | None = None
) -> None:
    rows = np.flatnonzero(found)
    if len(rows):
        batch.findings.append(Finding(code, severity, rows, column, detail))
