"""What a whole file says about itself: another county's, too many errors, totals that do not add up."""

from __future__ import annotations

import re
from collections.abc import Collection
from operator import ne

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding
from ingestion.checking.columns import parse_like
from ingestion.contracts.county import County
from ingestion.matching.units import factor_of
from ingestion.messages.problems import FileProblem
from ingestion.parsing import Setting
from ingestion.parsing.words import parse_town
from ingestion.readers import TotalsRow

COUNTY_COLUMN = "county_name"
HOME_COLUMN = "home_area_code"
_TOWN_LIKE = re.compile(r"(镇|乡|街道|街道办|街道办事处)$")
_MOST = 0.8  # of the rows: strangers marry in, but they are never the most
_SINCE_BEFORE = "累计"  # a total that may count earlier files in
_FEW_HELD = 5  # a short list with one wrong row is not a bad file


def wrong_county(batch: Batch, county: County, file_name: str) -> FileProblem | None:
    """A problem when title, county column, towns, home codes or ID numbers are those of another county."""
    titles = " ".join([file_name, *(line for t in batch.tables for line in t.table.title_lines)])
    named = [name for name in county.other_counties.values() if name in titles]
    if named and county.short_name not in titles:
        return _stranger(batch, named[0])
    if COUNTY_COLUMN in batch.texts:
        for name in county.other_counties.values():
            if _share(pc.starts_with(batch.columns[COUNTY_COLUMN], name[:2])) > _MOST:
                return _stranger(batch, name)
    if _are_foreign_towns(batch, county):
        return _stranger(batch, "")
    for column in (HOME_COLUMN, *(c.name for c in batch.contract.columns if c.is_identity)):
        if column not in batch.texts:
            continue
        area = pc.utf8_slice_codeunits(batch.columns[column], 0, 6)
        strangers = pc.is_in(area, pa.array(list(county.other_counties)))
        if _share(pc.if_else(area.is_valid(), strangers, None)) > _MOST:
            most = pc.mode(area.dictionary_encode().indices)[0]["mode"].as_py()
            return _stranger(
                batch, county.other_counties.get(area.dictionary_encode().dictionary[most].as_py(), "")
            )
    return None


def _are_foreign_towns(batch: Batch, county: County) -> bool:
    """Whether nearly all rows name towns, and none of this county's."""
    coded = batch.texts.get(batch.contract.town_column or "")
    if coded is None:
        return False
    named = parse_town(coded.texts, Setting(batch.contract.column("town_name")), county)
    unknown = named.problems.get("TOWN_UNKNOWN")
    if unknown is None:
        return False
    assert named.blank is not None
    names = [str(text) if odd else "" for text, odd in zip(named.values.to_pylist(), unknown, strict=True)]
    towns = {name for name in names if _TOWN_LIKE.search(name)}
    if len(towns) == 1:
        towns -= _slips(towns, set(county.town_names.values()))
    foreign = pa.array([name in towns for name in names], mask=named.blank)
    return _share(foreign.take(pa.array(coded.codes))) > _MOST


def _slips(names: Collection[str], own: Collection[str]) -> set[str]:
    """Those that are one of `own` but for a character: the town of a file can be wrong in all its rows."""
    alike = [(name, town) for name in names for town in own if len(name) == len(town)]
    return {name for name, town in alike if sum(map(ne, name, town)) == 1}


def _share(flags: pa.Array) -> float:
    """The share of True among the rows that say anything; 0 when too few do."""
    return float(pc.mean(flags).as_py() or 0.0) if pc.count(flags).as_py() > _FEW_HELD else 0.0


def _stranger(batch: Batch, name: str) -> FileProblem:
    return FileProblem("WRONG_COUNTY", {"county": name}, batch.contract.feed)


def too_many_held(batch: Batch) -> FileProblem | None:
    """A problem when more rows have errors than the contract allows."""
    errors = int((batch.held & ~batch.duplicate).sum())
    accepted = batch.row_count - int(batch.held.sum())
    over = errors > batch.contract.max_held_share * batch.row_count
    if errors and over and (errors >= _FEW_HELD or accepted == 0):
        words = {"title": batch.contract.title, "read": str(batch.row_count), "held": str(errors)}
        return FileProblem("TOO_MANY_HELD", words, batch.contract.feed)
    return None


def check_totals(batch: Batch) -> None:
    """Compare the totals rows that the reader set aside with the sum of the rows they stand for."""
    start = 0
    for number, matched in enumerate(batch.tables):
        size = len(matched.table.row_numbers)
        summed = [c.name for c in batch.contract.columns if c.type in ("money_yuan", "count")]
        stated = {name: _stated(batch, number, name) for name in summed if name in matched.positions}
        for at, totals in enumerate(matched.table.totals):
            if _SINCE_BEFORE in totals.label:
                continue  # with what earlier files hold
            for column, cells in stated.items():
                declared = batch.contract.column(column)
                factor = factor_of(declared, matched.table, matched.positions[column])
                _check_total(batch, totals, column, *cells[at], start, factor)
        start += size


def _stated(batch: Batch, number: int, column: str) -> list[tuple[str, float | None]]:
    """What each totals row of a table says of a column: its cell, and the number that this is."""
    matched = batch.tables[number]
    position = matched.positions[column]
    texts = [row.cells[position] if position < len(row.cells) else "" for row in matched.table.totals]
    return [*zip(texts, parse_like(batch, column, texts, number), strict=True)]


def _sum(batch: Batch, column: str, first: int, last: int) -> float | None:
    """The sum of rows of a column; None where there are none, or a cell that cannot be read."""
    rows = slice(first, last)
    values = batch.columns[column][rows].cast(pa.float64())
    unread = ~np.asarray(values.is_valid()) & ~batch.is_blank(column)[rows]
    return None if not len(values) or unread.any() else float(pc.sum(values).as_py() or 0.0)


def _is_about(total: float, stated: float) -> bool:
    return abs(total - stated) <= max(0.011, abs(stated) * 1e-6)


def _check_total(
    batch: Batch,
    totals: TotalsRow,
    column: str,
    text: str,
    stated: float | None,
    start: int,
    factor: float,
) -> None:
    """`stated` and the sums are in the contract's unit; the message is in the file's."""
    if stated is None:
        return
    ranges = [(totals.first, totals.last), *([totals.page] if totals.page else [])]
    sums = [_sum(batch, column, start + first, start + last) for first, last in ranges]
    total = sums[0]
    if total is None:
        return
    if not any(found is not None and _is_about(found, stated) for found in sums):
        batch.findings.append(
            Finding(
                "TOTALS_DISAGREE",
                "warning",
                np.array([start], np.int64),
                column,
                f"{total / factor:.{2 if factor == 1 else 6}f}".rstrip("0").rstrip("."),
                pa.array([text]),
                at_row=totals.row,
            )
        )
