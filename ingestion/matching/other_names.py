"""Names of columns that no contract need list: units behind them, official names, one word for another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from ingestion.contracts import Contract
from ingestion.matching.units import without_money_unit
from ingestion.readers import Table
from ingestion.text.headers import header_keys, same_spelling

_TRAILING_UNIT = re.compile(r"(mg/l|μg/l|ug/l|ntu|cfu/ml|mpn/100ml)$")
# Official names that mean the same in every table, whatever its contract calls the column.
ID_HEADERS = frozenset({
    "身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "居民身份证号", "居民身份证号码", "身份证",
    "证件号", "证件号码", "身份证件号", "身份证件号码",
})  # fmt: skip
TOWN_HEADERS = frozenset({
    "乡镇", "镇", "乡(镇)", "镇(乡)", "所属乡镇", "所在乡镇", "乡镇名称", "乡镇(街道)",
    "乡镇/街道", "镇(街道)", "镇街",
})  # fmt: skip


@lru_cache(maxsize=50_000)  # every sheet is held against the headers of all contracts, which stay the same
def keys_of(header: str) -> tuple[str, ...]:
    keys = header_keys(header)
    stems = [without_money_unit(_TRAILING_UNIT.sub("", key)) for key in keys]
    return tuple(dict.fromkeys([*keys, *filter(None, stems)]))


def by_official_names(table: Table, contract: Contract, positions: dict[str, int]) -> None:
    """Find an ID or town column that is still missing by a name in common use, if the sheet has one only."""
    columns = [c for c in contract.columns if c.is_identity]
    wanted = [c for c in columns if c.required] if len(columns) > 1 else columns
    towns = [c for c in contract.columns if c.name == contract.town_column]
    for column, names in ((wanted, ID_HEADERS), (towns, TOWN_HEADERS)):
        if len(column) != 1 or column[0].name in positions:
            continue
        free = [at for at in _called(tuple(table.header), names) if at not in positions.values()]
        if len(free) == 1:
            positions[column[0].name] = free[0]


def by_same_spelling(table: Table, contract: Contract, positions: dict[str, int]) -> None:
    """Find columns still missing by a header that says the same in other words, if only one does."""
    spelled = _spellings_of(tuple((c.name, c.headers) for c in contract.columns))
    taken = set(positions.values())
    found: dict[str, list[int]] = {}
    for at, header in enumerate(table.header):
        if not header or at in taken:
            continue
        named = {name for key in keys_of(header) for name in spelled.get(same_spelling(key), ())}
        if len(named) == 1 and not named <= positions.keys():
            found.setdefault(named.pop(), []).append(at)
    positions |= {name: at[0] for name, at in found.items() if len(at) == 1}


def by_ranges(table: Table, contract: Contract, positions: dict[str, int]) -> None:
    """Find columns still missing in one column that holds both ends of a time, or two codes."""
    pairs = [(ends.headers, (ends.first, ends.last)) for ends in contract.ranges]
    pairs += [(both.headers, both.columns) for both in contract.joined]
    for headers, columns in pairs:
        missing = [name for name in columns if name not in positions]
        names = {same_spelling(key) for header in headers for key in keys_of(header)}
        free = [
            at
            for at, header in enumerate(table.header)
            if header
            and at not in positions.values()
            and any(same_spelling(key) in names for key in keys_of(header))
        ]
        if missing and len(free) == 1:
            positions |= dict.fromkeys(missing, free[0])


@lru_cache(maxsize=1000)  # a contract is held against every sheet
def _spellings_of(columns: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, frozenset[str]]:
    """The one form of each header, with the columns that bear it."""
    found: dict[str, set[str]] = {}
    for name, headers in columns:
        for key in (key for header in headers for key in keys_of(header)):
            found.setdefault(same_spelling(key), set()).add(name)
    return MappingProxyType({form: frozenset(names) for form, names in found.items()})


@lru_cache(maxsize=1000)  # the same header for every contract
def _called(header: tuple[str, ...], names: frozenset[str]) -> tuple[int, ...]:
    """The columns of a sheet that bear one of `names`."""
    return tuple(
        at
        for at, name in enumerate(header)
        if name
        and not names.isdisjoint({form for key in keys_of(name) for form in (key, same_spelling(key))})
    )
