"""The unit of a column of money or counts: by its header, a row of units, or what stands around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ingestion.contracts import Column
from ingestion.readers import Table
from ingestion.text.headers import clean_header, normalise_header

# 5000万元以上 and 五十万元 are amounts, 补助情况（万元） and 单位：户、万元 are units.
_MANY_YUAN = re.compile(
    r"(?<![\d.一二三四五六七八九两几数十百千])([十百千]?万|亿|千|百)[元圆](?!以上|以下|以内|左右|整)"
)
_YUAN = re.compile(r"(?:单位\s*[:为是]?\s*|[:(、,;/_]\s*|人民币\s*)[元圆](?![\u4e00-\u9fff])")
_WAN_ALONE = re.compile(r"\(万\)$")
_UNIT_OF_NOTE = re.compile(r"单位[:为是(]?.{0,12}元")
_COUNT_UNIT = re.compile(r"(万人|千人|万户)\)?$")
_MICRO_UNIT = re.compile(r"(μg/l|ug/l|微克/升)\)?$")
_FACTORS = {"百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_COUNT_FACTORS = {"万人": 1e4, "千人": 1e3, "万户": 1e4}


def factor_of(column: Column, table: Table, position: int | None) -> float:
    """How the file's unit of a column compares with the contract's; the header's word goes first."""
    if position is None:
        return 1.0
    header = normalise_header(table.header[position])
    if column.type == "test_value":
        return 0.001 if _MICRO_UNIT.search(header) and column.unit == "mg/L" else 1.0
    if column.type == "count":
        return _COUNT_FACTORS[unit[1]] if (unit := _COUNT_UNIT.search(header)) else 1.0
    if column.type != "money_yuan":
        return 1.0
    own, around = _own_factors(table, position), _factors_around(table)
    return next(iter(own or around), 1.0)


def contradiction(column: Column, table: Table, position: int | None) -> bool:
    """Whether the file names two units for a column of money: then nobody knows what its numbers mean."""
    if position is None or column.type != "money_yuan":
        return False
    own, around = _own_factors(table, position), _factors_around(table)
    if own:
        return len(own) > 1 or (bool(around) and not own <= around)
    return len(around) > 1


def without_money_unit(key: str) -> str:
    """A normalised header without the unit that was written behind it: 补助金额_万元 → 补助金额."""
    return re.sub(r"[-_、,:]?(单位:?)?([十百千]?万|亿|千)元(/\w{1,2})?$", "", key)


def _own_factors(table: Table, position: int) -> set[float]:
    """What the header of a column (with its group) and the row of units below it say."""
    found = _factors(table.header[position])
    if _WAN_ALONE.search(normalise_header(table.header[position])):
        found.add(1e4)
    for row in table.skipped:
        if row.kind == "unit" and position < len(row.cells):
            found |= _factors(f"({row.cells[position]})")
    return found


def _factors_around(table: Table) -> set[float]:
    """What title, unit line and sheet name say, and a note that speaks of the unit."""
    return {factor for line in _lines(table) for factor in _factors(line)}


def _lines(table: Table) -> Iterator[str]:
    yield from table.title_lines
    yield table.sheet
    for row in table.skipped:
        said = row.kind in ("title", "unit") and not row.cells
        noted = row.kind in ("note", "signature") and _UNIT_OF_NOTE.search(clean_header(row.text))
        if said or noted:
            yield row.text


def _factors(text: str) -> set[float]:
    plain = unicodedata.normalize("NFKC", text)
    found = {_FACTORS[many] for many in _MANY_YUAN.findall(clean_header(text))}
    return found | {1.0} if _YUAN.search(plain) else found
