"""The kind of document that each number of a person is of: by the row's own words, else by its shape."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding
from ingestion.contracts import Column
from ingestion.parsing.base import Mask, mask
from ingestion.parsing.column_types import KIND, TEXT
from ingestion.parsing.documents import CITIZEN, UNDER_ANY_NUMBER, bare_numbers, fits_kind, kinds_of
from ingestion.parsing.several import SEPARATOR

_NO_NUMBER = ("ID_BLANK", "ID_PLACEHOLDER")


def set_document_kinds(batch: Batch) -> None:
    """Fill the kind column of each number; numbers are read by the kind that their row names."""
    for column in batch.contract.columns:
        if column.type != "person_document":
            continue
        if column.name in batch.texts and column.kind_column in batch.texts:
            _by_declared_kind(batch, column, column.kind_column or "")
        else:
            batch.columns[column.name + KIND] = _kinds(batch.columns[column.name])


def _kinds(numbers: pa.Array) -> pa.Array:
    """By the shape of the number; of several in one cell each."""
    kinds = kinds_of(numbers)
    several = mask(pc.match_substring(numbers, SEPARATOR))
    if not several.any():
        return kinds
    at = pa.array(several)
    found = [text.split(SEPARATOR) for text in numbers.filter(at).to_pylist()]
    joined = [SEPARATOR.join(kind or "" for kind in kinds_of(pa.array(cell)).to_pylist()) for cell in found]
    return pc.replace_with_mask(kinds, at, pa.array(joined, TEXT))


def _by_declared_kind(batch: Batch, column: Column, kind_column: str) -> None:
    declared = batch.columns[kind_column]
    numbers = batch.columns[column.name]
    kinds = _kinds(numbers)
    filled = ~batch.is_blank(column.name)
    other = filled & mask(pc.not_equal(declared, CITIZEN))
    unread = other & ~mask(numbers.is_valid())
    if unread.any():
        numbers, kinds = _read_again(batch, column, kind_column, unread, kinds)
    there = mask(numbers.is_valid()) & mask(declared.is_valid())
    differs = there & ~mask(pc.equal(kinds, declared)) & ~mask(pc.is_in(declared, pa.array(UNDER_ANY_NUMBER)))
    fits = np.zeros(len(there), np.bool_)
    if differs.any():
        fits = differs & fits_kind(pc.fill_null(numbers, ""), declared)
        kinds = pc.if_else(pa.array(fits), declared, kinds)
        # The number of a disability card begins with that of its owner.
        rows = np.flatnonzero(differs & ~fits & ~mask(pc.equal(declared, "残疾人证")))
        if len(rows):
            detail = kinds.take(pa.array(rows))
            found = Finding("DOCUMENT_UNLIKE_KIND", "warning", rows, column.name, detail, beside=kind_column)
            batch.findings.append(found)
    batch.columns[column.name + KIND] = kinds


def _read_again(
    batch: Batch, column: Column, kind_column: str, unread: Mask, kinds: pa.Array
) -> tuple[pa.Array, pa.Array]:
    """Numbers that have no shape of their own: as such of the kind that the row names, or a problem."""
    rows = np.flatnonzero(unread)
    at = pa.array(rows)
    bare = bare_numbers(batch.texts[column.name].raw.take(at))
    declared = batch.columns[kind_column].take(at)
    fits = fits_kind(bare, declared)
    batch.findings = [_less(finding, column.name, rows) for finding in batch.findings]
    batch.findings = [finding for finding in batch.findings if len(finding.rows)]
    wrong = rows[~fits]
    if len(wrong):
        severity = column.unusable_id
        batch.findings.append(
            Finding("DOCUMENT_NUMBER_FORM", severity, wrong, column.name, beside=kind_column)
        )
    known = np.zeros(batch.row_count, np.bool_)
    known[rows[fits]] = True
    there, keep = pa.array(known), pa.array(fits)
    name = column.name
    batch.columns[name] = pc.replace_with_mask(batch.columns[name], there, bare.filter(keep))
    state = pa.repeat(pa.scalar("valid", TEXT), int(fits.sum()))
    batch.columns[f"{name}_state"] = pc.replace_with_mask(batch.columns[f"{name}_state"], there, state)
    return batch.columns[name], pc.replace_with_mask(kinds, there, declared.filter(keep))


def _less(finding: Finding, column: str, rows: np.ndarray) -> Finding:
    """A finding without what it says of the form of these numbers."""
    if finding.column != column or not finding.code.startswith("ID_") or finding.code in _NO_NUMBER:
        return finding
    return finding.only(~np.isin(finding.rows, rows))
