"""Checks between the cells of a row, and between rows: duplicates and the checks a contract declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding, Rows
from ingestion.checking.payments import plainly_pays
from ingestion.contracts.model import (
    AlikeCheck,
    FilledCountCheck,
    LikeIdCheck,
    NotBothCheck,
    OnePerGroupCheck,
    OrderCheck,
    RequiredWhenCheck,
    UniqueCheck,
)
from ingestion.parsing.base import Mask, fingerprints, mask, repeated, select
from ingestion.parsing.column_types import TEXT
from ingestion.parsing.dates import PLACEHOLDER, day_as_written
from ingestion.parsing.ids import has_eighteen_places


def mark_duplicates(batch: Batch) -> Finding | None:
    """Mark later copies of a row that is the same in every column the contract knows.

    Works on the column codes: a row can only be a copy if each of its cells occurs twice, and a
    column whose cells are all different ends the search at once.
    """
    names = sorted(batch.texts, key=lambda name: -len(batch.texts[name].texts))
    candidates: Rows = np.arange(batch.row_count)
    for name in names:
        candidates = candidates[repeated(batch.texts[name].keys()[candidates])]
        if not len(candidates):
            return None
    group = _groups([_codes(_cells(batch, name, candidates)) for name in names])
    first = _first_of(group)
    later = first != np.arange(len(group))
    if not later.any():
        return None
    rows = candidates[later]
    batch.duplicate[rows] = True
    return Finding("DUPLICATE_ROW", "warning", rows, _anchor(batch), like=candidates[first[later]])


def check_rows(batch: Batch, *, partial: bool = False) -> None:
    """Run the contract's own checks; what looks into other feeds is left to the warehouse."""
    for check in batch.contract.checks:
        if isinstance(check, OrderCheck):
            _order(batch, check)
        elif isinstance(check, RequiredWhenCheck):
            _required_when(batch, check)
        elif isinstance(check, NotBothCheck):
            _blank_when(batch, check)
        elif isinstance(check, UniqueCheck):
            _unique(batch, check)
        elif isinstance(check, FilledCountCheck):
            _filled_count(batch, check)
        elif isinstance(check, LikeIdCheck):
            _like_id(batch, check)
        elif isinstance(check, AlikeCheck):
            _alike(batch, check)
        elif isinstance(check, OnePerGroupCheck) and not partial:
            _one_per_group(batch, check)


def _order(batch: Batch, check: OrderCheck) -> None:
    """Each value against the last one before it that is filled; the earlier of the two is named."""
    last = batch.columns[check.columns[0]].cast(_ordered_type(batch, check))
    kinds = {batch.contract.column(name).type for name in check.columns}
    kind = "order_of_dates" if kinds <= {"date", "year", "year_month"} else "order_of_numbers"
    holder = np.zeros(batch.row_count, np.int64)  # which of the columns `last` came from
    open_ = np.ones(batch.row_count, np.bool_)  # one cause, one message per row
    for place, name in enumerate(check.columns[1:], start=1):
        current = batch.columns[name].cast(last.type)
        wrong = mask(pc.less(current, last)) & open_
        for before in np.unique(holder[wrong]):
            named = check.columns[int(before)]
            rows = np.flatnonzero(wrong & (holder == before))
            batch.findings.append(Finding(check.code, check.severity, rows, named, kind=kind, beside=name))
        open_ &= ~wrong
        holder[mask(current.is_valid())] = place
        last = pc.coalesce(current, last)


def _ordered_type(batch: Batch, check: OrderCheck) -> pa.DataType:
    kinds = {batch.columns[name].type for name in check.columns}
    return kinds.pop() if len(kinds) == 1 else pa.float64()


def _required_when(batch: Batch, check: RequiredWhenCheck) -> None:
    wrong = batch.is_blank(check.column) & _holds(batch, check.when, check.values)
    _found_beside(batch, check, wrong)


def _blank_when(batch: Batch, check: NotBothCheck) -> None:
    values = batch.columns[check.column]
    if pa.types.is_boolean(values.type):
        filled = mask(values)  # 否 is the nought of these
    elif (
        pa.types.is_decimal(values.type)
        or pa.types.is_integer(values.type)
        or pa.types.is_floating(values.type)
    ):
        filled = mask(pc.not_equal(values.cast(pa.float64()), 0.0))
    else:
        filled = ~batch.is_blank(check.column)
    wrong = filled & _holds(batch, check.when, check.values)
    _found_beside(batch, check, wrong)


def _filled_count(batch: Batch, check: FilledCountCheck) -> None:
    """A number that could not be read, and a held row, have messages of their own."""
    given = [name for name in check.columns if name in batch.texts]
    if not given:
        return  # a file without these columns says nothing about them
    filled = np.sum([~batch.is_blank(name) for name in given], axis=0)
    stated = batch.columns[check.column]
    differs = mask(pc.not_equal(stated, pa.array(filled))) & ~batch.held
    full = mask(pc.greater(stated, len(given))) & (filled == len(given))
    rows = np.flatnonzero(differs & ~full)
    if len(rows):
        texts = pa.array(filled[rows]).cast(TEXT)
        batch.findings.append(Finding(check.code, check.severity, rows, check.column, texts, kind=check.kind))


def _like_id(batch: Batch, check: LikeIdCheck) -> None:
    """Against the 7th to 14th place for a date, the 17th (odd for men) for a sex."""
    stated = batch.columns[check.column]
    told = _told_by_id(batch, check)
    rows = np.flatnonzero(mask(pc.not_equal(stated.cast(TEXT), told)))
    if len(rows):
        batch.findings.append(
            Finding(
                check.code,
                check.severity,
                rows,
                check.column,
                told.take(pa.array(rows)),
                kind=check.kind,
                beside=check.id_column,
            )
        )


def _told_by_id(batch: Batch, check: LikeIdCheck) -> pa.Array:
    """What a number of 18 places says of its owner, as text; null for every other number."""
    numbers = batch.columns[check.id_column]
    if not pa.types.is_date(batch.columns[check.column].type):
        man = pc.is_in(pc.utf8_slice_codeunits(numbers, 16, 17), pa.array(list("13579")))
        told = pc.if_else(man, "男", "女")
    else:
        born = pc.utf8_slice_codeunits(numbers, 6, 14)
        told = pc.replace_substring_regex(born, r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3")
    return select(told, has_eighteen_places(numbers))


def keep_real_birthdays(batch: Batch) -> None:
    """1970-01-01 is no placeholder of a date where the ID number beside it says the same."""
    for check in batch.contract.checks:
        if not isinstance(check, LikeIdCheck) or check.column not in batch.texts:
            continue
        told = _told_by_id(batch, check)
        for finding in [f for f in batch.findings if f.column == check.column and f.code == PLACEHOLDER]:
            coded, at = batch.texts[check.column], pa.array(finding.rows)
            days = day_as_written(coded.raw.take(at))
            real = mask(pc.equal(days.cast(TEXT), told.take(at)))
            if not real.any():
                continue
            there = np.zeros(batch.row_count, np.bool_)
            there[finding.rows[real]] = True
            values = batch.columns[check.column]
            batch.columns[check.column] = pc.replace_with_mask(values, there, days.filter(pa.array(real)))
            batch.blank[check.column] = batch.blank[check.column] & ~there
            batch.findings = [f for f in batch.findings if f is not finding]
            if not real.all():
                batch.findings.append(finding.only(~real))


def _unique(batch: Batch, check: UniqueCheck) -> None:
    """The first row with a key stays; a later one with other content is at fault.

    What takes a payment back, or pays it anew, has the key of that payment by right.
    """
    open_ = ~batch.duplicate
    if batch.contract.payments is not None:
        open_ = open_ & plainly_pays(batch)
    for name in check.columns:
        open_ = open_ & mask(batch.columns[name].is_valid())
    candidates: Rows = np.flatnonzero(open_)
    columns = [*check.columns, *(n for n in batch.contract.period_by if n not in check.columns)]
    for name in columns:
        values = batch.columns[name]
        picked = values if len(candidates) == len(values) else values.take(pa.array(candidates))
        candidates = candidates[repeated(_keys(picked))]
        if not len(candidates):
            return
    at = pa.array(candidates)
    first = _first_of(_groups([_codes(batch.columns[name].take(at)) for name in columns]))
    later = first != np.arange(len(candidates))
    if later.any():
        batch.findings.append(replace(clash(batch, check, candidates[later]), like=candidates[first[later]]))


def clash(batch: Batch, check: UniqueCheck, rows: Rows) -> Finding:
    """That `rows` share their key with others."""
    headers = "".join(f"“{batch.contract.column(name).header}”" for name in check.columns)
    return Finding(check.code, check.severity, rows, check.columns[0], headers, kind=check.kind)


def _alike(batch: Batch, check: AlikeCheck) -> None:
    """Named at each row that differs from the first of its group; blank cells say nothing."""
    valid = ~batch.duplicate
    for name in (*check.group, check.column):
        valid = valid & mask(batch.columns[name].is_valid())
    rows: Rows = np.flatnonzero(valid)
    if not len(rows):
        return
    first = _first_of(_groups([_codes(batch.columns[name])[rows] for name in check.group]))
    values = _codes(batch.columns[check.column])[rows]
    differs = values != values[first]
    if differs.any():
        like, beside = rows[first[differs]], check.group[-1]
        found = Finding(check.code, check.severity, rows[differs], check.column, kind=check.kind)
        batch.findings.append(replace(found, beside=beside, like=like))


def _one_per_group(batch: Batch, check: OnePerGroupCheck) -> None:
    """Named at the second row with the value, or at the group's first when there is none.

    A group with a row in doubt is left alone: what is wrong there has its own message.
    """
    valid = ~batch.duplicate
    for name in check.group:
        valid = valid & mask(batch.columns[name].is_valid())
    rows: Rows = np.flatnonzero(valid)
    if not len(rows):
        return
    values = batch.columns[check.column]
    group = _groups([_codes(batch.columns[name])[rows] for name in check.group])
    hit = mask(pc.equal(values, check.value))[rows]
    doubt = np.bincount(group, weights=(~mask(values.is_valid()) | batch.held)[rows]) > 0
    hits = np.bincount(group, weights=hit)
    lonely = _leaders(group)[(hits == 0) & ~doubt]
    _found_in_group(batch, check, "none_in_group", rows[lonely])
    heads = np.flatnonzero(hit)
    order = np.lexsort((heads, group[heads]))
    ordered = heads[order]
    again = np.r_[False, group[ordered][1:] == group[ordered][:-1]] if len(ordered) else np.zeros(0, np.bool_)
    starts = np.maximum.accumulate(np.where(again, 0, np.arange(len(ordered))))
    surplus = again & ~doubt[group[ordered]]
    found, earlier = rows[ordered[surplus]], rows[ordered[starts[surplus]]]
    by_row = np.argsort(found)
    _found_in_group(batch, check, "many_in_group", found[by_row], earlier[by_row])


def _leaders(group: npt.NDArray[np.int64]) -> Rows:
    """Per group, the position of its first row."""
    _, first = np.unique(group, return_index=True)
    return first.astype(np.int64)


def _found_beside(batch: Batch, check: RequiredWhenCheck | NotBothCheck, wrong: Mask) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        batch.findings.append(
            Finding(check.code, check.severity, rows, check.column, kind=check.kind, beside=check.when)
        )


def _found_in_group(
    batch: Batch, check: OnePerGroupCheck, kind: str, rows: Rows, like: Rows | None = None
) -> None:
    if len(rows):
        batch.findings.append(
            Finding(
                check.code,
                check.severity,
                rows,
                check.column,
                check.value,
                kind=kind,
                beside=check.group[0],
                like=like,
            )
        )


def _holds(batch: Batch, column: str, values: Sequence[str]) -> Mask:
    found = batch.columns[column]
    if pa.types.is_boolean(found.type):
        return mask(pc.is_in(found, pa.array([value == "是" for value in values])))
    return mask(pc.is_in(found.cast(TEXT), pa.array(values, TEXT)))


def _cells(batch: Batch, name: str, rows: Rows) -> pa.Array:
    coded = batch.texts[name]
    return coded.texts.take(pa.array(coded.codes[rows]))


def _keys(values: pa.Array) -> npt.NDArray[np.uint64]:
    """Per value a number that is the same for the same value."""
    if pa.types.is_string(values.type):
        return fingerprints(values)
    return _codes(values).astype(np.uint64)


def _codes(values: pa.Array) -> npt.NDArray[np.int64]:
    encoded = values.dictionary_encode()
    indices = pc.fill_null(encoded.indices, len(encoded.dictionary))
    codes: npt.NDArray[np.int64] = indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _groups(codes: Sequence[npt.NDArray[np.integer]]) -> npt.NDArray[np.int64]:
    """One number per distinct combination, dense from 0."""
    group: npt.NDArray[np.int64] = np.zeros(len(codes[0]), np.int64)
    for code in codes:
        combined = group * (int(code.max(initial=0)) + 1) + code
        _, group = np.unique(combined, return_inverse=True)
    return group


def _first_of(group: npt.NDArray[np.int64]) -> Rows:
    """For each entry, the position of the first entry of its group."""
    first = np.full(int(group.max(initial=-1)) + 1, len(group), np.int64)
    np.minimum.at(first, group, np.arange(len(group)))
    return first[group]


def _anchor(batch: Batch) -> str | None:
    """The first column of the contract that the file has: where a message about a whole row points."""
    return next((c.name for c in batch.contract.columns if c.name in batch.texts), None)
