"""Which feed a table is: by its headers, then its title, then the file's name; the folder is a check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from ingestion.contracts import Catalog, Contract
from ingestion.contracts.loader import UNKNOWN_DEPARTMENT
from ingestion.matching.choices import Choices, by_choices
from ingestion.matching.marked_columns import feedback_columns
from ingestion.matching.other_names import (
    ID_HEADERS,
    TOWN_HEADERS,
    by_official_names,
    by_ranges,
    by_same_spelling,
    keys_of,
)
from ingestion.matching.told_months import month_columns, told_month, told_year
from ingestion.matching.told_values import Lines, lines_of, told_values
from ingestion.matching.units import contradiction
from ingestion.messages.problems import FileProblem, quoted
from ingestion.readers import Refusal, Table
from ingestion.text.headers import header_keys, normalise_header, same_spelling
from ingestion.text.masking import mask_shown

# Columns that number the rows: no contract wants them, nothing is lost with them.
ROW_NUMBER_HEADERS = frozenset({"序号", "序", "行号", "no", "no.", "编号"})
_ENOUGH_REQUIRED = 0.5  # of the required headers: then the table is meant to be this feed

# A row that is meant as a header, of which too few names are known to read the table by it.
_SEVERAL = 3  # known names that make a row a header
_SEVERAL_OF_OFFICE = 5  # known columns that make a table one of the office in whose folder it lies
_SUBJECT = 4  # characters that are enough to name it
# What a table is called besides its subject.
_KIND_OF_TABLE = re.compile(
    "(发放)?(花名册|名册|名单|台账|汇总表?|统计表?|情况表|一览表|明细表?|登记表?|信息表|结果表|审批表?|目录|表)+$"
)


@dataclass(frozen=True)
class MatchedTable:
    """A table with the position of each contract column in it."""

    table: Table
    contract: Contract
    positions: dict[str, int]
    column_map: str | None = None  # the period of the column map that was used
    told: Mapping[str, str] = field(default_factory=dict)  # columns that are not there: the text of every row
    choices: Choices = field(default_factory=dict)  # code columns that are a column for each code
    span: tuple[date, date] | None = None  # of one year: what titles, sheet or file name name

    def says(self, column: str) -> bool:
        """Whether the rows have a value of the column, in a column of their own or by the title."""
        return column in self.positions or column in self.told

    @property
    def unknown(self) -> list[int]:
        """Positions of columns that have a header and that the contract does not know."""
        known = {*self.positions.values(), *(feedback_columns(self.table.header) or ())}
        known |= {at for columns in self.choices.values() for at, _ in columns}
        return [
            i
            for i, header in enumerate(self.table.header)
            if i not in known and header and normalise_header(header) not in ROW_NUMBER_HEADERS
        ]


def known_headers(catalog: Catalog) -> frozenset[str]:
    """Every header and alias of every contract and the official names, in the form the readers compare."""
    return frozenset(
        key
        for contract in (*catalog.contracts, *(c for found in catalog.maps.values() for _, c in found))
        for h in contract.headers
        for form in keys_of(h)
        for key in (form, same_spelling(form))
    ) | (ID_HEADERS | TOWN_HEADERS)


def match_table(
    table: Table, catalog: Catalog, *, file_name: str, department: str | None, day: date | None = None
) -> MatchedTable | FileProblem:
    """The one feed that `table` is, with its columns, or why there is none.

    `day` is the date that the table states: a column map may hold for it.
    """
    month, lines = told_month(table, file_name), lines_of(table, file_name)
    tried = [_try(table, *catalog.at(feed, day)) for feed in catalog]
    candidates = [_with_told(match, month, lines) for match in tried]
    complete = [m for m in candidates if not _missing(m)]
    if not complete:
        return _nearest(table, candidates, file_name, department)
    ranked = sorted(complete, key=lambda m: _rank(m, file_name), reverse=True)
    if len(ranked) > 1 and _rank(ranked[0], file_name) == _rank(ranked[1], file_name):
        words = {"first": ranked[0].contract.title, "second": ranked[1].contract.title}
        return FileProblem("AMBIGUOUS_FEED", words)
    best = replace(ranked[0], span=told_year(table, file_name))
    misplaced = wrong_department(best.contract, catalog, department)
    return _twice(best) or misplaced or _data_above(best) or _two_units(best) or best


def wrong_department(contract: Contract, catalog: Catalog, department: str | None) -> FileProblem | None:
    """A problem when the file lies in another department's folder; no folder known, no check."""
    if department is None or department == contract.department:
        return None
    words = {"title": contract.title, "owner": contract.department_name, "right": contract.department}
    if department == UNKNOWN_DEPARTMENT:
        return FileProblem("UNKNOWN_DEPARTMENT", words, contract.feed)
    words["folder"] = catalog.departments.get(department, department)
    return FileProblem("WRONG_DEPARTMENT", words, contract.feed)


def feed_by_title(texts: Iterable[str], catalog: Catalog) -> Contract | None:
    """The only contract whose title is named in `texts`."""
    found = [c for c in catalog.contracts if _names_title(c, texts)]
    return found[0] if len(found) == 1 else None


def _lookup(contract: Contract) -> Mapping[str, tuple[str, int]]:
    """Header form → column name and how good a hit it is (0 is the contract's own header)."""
    return _lookup_of(tuple((column.name, column.headers) for column in contract.columns))


@lru_cache(maxsize=1000)  # a contract is held against every sheet
def _lookup_of(columns: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for depth in (0, 1):  # whole headers first, then their stems without a unit
        for name, headers in columns:
            for rank, header in enumerate(headers):
                forms = (normalise_header(header),) if depth == 0 else keys_of(header)
                for form in forms:
                    found.setdefault(form, (name, rank + 100 * depth))
    return MappingProxyType(found)


def _hit(header: str, lookup: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    """The contract column that a header names, and how bad the hit is."""
    for steps, key in enumerate(keys_of(header) if header else ()):
        if key in lookup:
            name, rank = lookup[key]
            return name, rank + 10 * steps
    return None


def _whole_keys(header: str) -> frozenset[str]:
    """The forms of a header that leave off no group above it: 户主/姓名 is 户主姓名 and not 姓名."""
    joined = header.replace("/", "")
    return frozenset(key for key in keys_of(header) if key.replace("/", "") in keys_of(joined))


def _try(table: Table, contract: Contract, column_map: str | None) -> MatchedTable:
    lookup = _lookup(contract)
    best: dict[str, tuple[int, int]] = {}  # column → (how bad the hit is, position)
    for position, header in enumerate(table.header):
        if (hit := _hit(header, lookup)) is not None:
            best[hit[0]] = min(best.get(hit[0], (10_000, 0)), (hit[1], position))
    positions = {name: position for name, (_, position) in best.items()}
    by_official_names(table, contract, positions)
    by_same_spelling(table, contract, positions)
    by_ranges(table, contract, positions)
    choices = by_choices(table, contract, positions)
    positions |= {name: columns[0][0] for name, columns in choices.items()}
    return MatchedTable(table, contract, positions, column_map, choices=choices)


def _with_told(match: MatchedTable, month: date | None, lines: Lines) -> MatchedTable:
    """The match with what titles, sheet or file name say in place of columns that are not there."""
    contract = match.contract
    required = [c.name for c in contract.columns if c.required]
    half = sum(name in match.positions for name in required) >= _ENOUGH_REQUIRED * len(required)
    if not half and not _names_subject(contract, (*lines.titles, lines.sheet, lines.stem)):
        return match
    told = told_values(contract, match.positions, lines)
    if month:
        absent = [c.name for c in month_columns(contract) if c.name not in match.positions]
        told |= dict.fromkeys(absent, f"{month:%Y-%m}")
    return replace(match, told=told) if told else match


def _missing(match: MatchedTable) -> list[str]:
    return [c.header for c in match.contract.columns if c.required and not match.says(c.name)]


def _rank(match: MatchedTable, file_name: str) -> tuple[bool, bool, int]:
    return (
        _names_title(match.contract, match.table.title_lines),
        _names_title(match.contract, (file_name, match.table.sheet)),
        len(match.positions),
    )


def _names_title(contract: Contract, texts: Iterable[str]) -> bool:
    plain = " ".join(normalise_header(text) for text in texts)
    return any(normalise_header(title) in plain for title in (contract.title, *contract.title_aliases))


def _names_subject(contract: Contract, texts: Iterable[str]) -> bool:
    """Whether the texts name what the table is of, whatever kind of list they call it."""
    plain = " ".join(normalise_header(text) for text in texts)
    titles = (normalise_header(title) for title in (contract.title, *contract.title_aliases))
    subjects = (_KIND_OF_TABLE.sub("", title) for title in titles)
    return any(len(subject) >= _SUBJECT and subject in plain for subject in subjects)


def _twice(match: MatchedTable) -> FileProblem | None:
    """Two columns for one of the contract, of which nothing says which is meant."""
    lookup = _lookup(match.contract)
    fitting: dict[str, list[int]] = {}
    for position, header in enumerate(match.table.header):
        if (hit := _hit(header, lookup)) is not None:
            fitting.setdefault(hit[0], []).append(position)
    doubled = {name: at for name, at in fitting.items() if _is_open(match, name, at)}
    if not doubled:
        return None
    if side_by_side(match.table.header):
        return FileProblem("TABLES_BESIDE", {"title": match.contract.title}, match.contract.feed)
    name = next(iter(doubled))
    found = [match.table.header[at] for at in doubled[name]]
    words = {"title": match.contract.title, "header": match.contract.column(name).header}
    words |= {"found": _listed(found)} if len(set(found)) > 1 else {}
    return FileProblem("HEADER_TWICE", words, match.contract.feed)


def _is_open(match: MatchedTable, name: str, positions: Sequence[int]) -> bool:
    """Whether several columns may be the one called `name`: it is the one whose whole header says so."""
    headers = match.contract.column(name).headers
    known = {normalise_header(h) for h in headers}
    whole = [at for at in positions if not known.isdisjoint(_whole_keys(match.table.header[at]))]
    if len(whole) == 1:
        return False
    own = [at for at in whole if normalise_header(headers[0]) in _whole_keys(match.table.header[at])]
    return len(positions) > 1 and len(own) != 1


def side_by_side(header: Sequence[str]) -> bool:
    """Whether the header stands twice in its row: two tables beside each other."""
    names = [normalise_header(h) for h in header if h and normalise_header(h) not in ROW_NUMBER_HEADERS]
    half = len(names) // 2
    return half > 1 and len(names) == 2 * half and names[:half] == names[half:]


def _data_above(match: MatchedTable) -> FileProblem | None:
    rows = [row.row for row in match.table.skipped if row.kind == "data"]
    if not rows:
        return None
    words = {"title": match.contract.title, "count": str(len(rows)), "row": str(rows[0])}
    words |= {"sheet": match.table.sheet, "header_row": str(match.table.header_row)}
    return FileProblem("DATA_ABOVE_HEADER", words, match.contract.feed)


def _two_units(match: MatchedTable) -> FileProblem | None:
    for column in match.contract.columns:
        position = match.positions.get(column.name)
        if contradiction(column, match.table, position):
            words = {"title": match.contract.title, "header": mask_shown(match.table.header[position or 0])}
            return FileProblem("TWO_UNITS", words, match.contract.feed)
    return None


def _nearest(
    table: Table, candidates: Sequence[MatchedTable], file_name: str, department: str | None
) -> FileProblem:
    """Name the feed that was meant, and for each missing column the headers that come closest."""

    texts = (*table.title_lines, file_name, table.sheet)

    def score(match: MatchedTable) -> tuple[bool, bool, int, float]:
        required = sum(c.required for c in match.contract.columns)
        share = 1 - len(_missing(match)) / required if required else 0.0
        titled = _names_title(match.contract, texts) or _names_subject(match.contract, texts)
        return titled and bool(match.positions), share >= _ENOUGH_REQUIRED, len(match.positions), share

    best = max(_of_the_office(candidates, department), key=score)
    titled, half, known, _ = score(best)
    # The folder is where the office itself put it.
    meant = half or (best.contract.department == department and known >= _SEVERAL_OF_OFFICE)
    if not titled and not meant:
        return FileProblem("NO_FEED", {"found": _listed(table.header)})
    taken = set(best.positions.values())
    free = [h for i, h in enumerate(table.header) if h and i not in taken]
    others = [h for i, h in enumerate(table.header) if h and i in taken]
    near = {header: _near(header, free, others) for header in _missing(best)}
    lines = [f"“{h}”（表中相近的有：{n}）" if n else f"“{h}”" for h, n in near.items()]
    english = [f"“{h}” (nearest in the file: {n})" if n else f"“{h}”" for h, n in near.items()]
    words = {"title": best.contract.title, "missing": "；".join(lines), "missing_en": "; ".join(english)}
    return FileProblem("MISSING_COLUMN", words, best.contract.feed, len(best.positions))


def _of_the_office(candidates: Sequence[MatchedTable], department: str | None) -> Sequence[MatchedTable]:
    """The feeds of the office whose folder the file lies in; without such an office, all of them.

    No office is told what lacks to the table of another.
    """
    own = [match for match in candidates if match.contract.department == department]
    return own or candidates


def _near(header: str, free: Sequence[str], others: Sequence[str]) -> str:
    """The three headers of the table that come closest; those that are no other column's first."""

    def closest(headers: Sequence[str]) -> list[str]:
        return sorted(headers, key=lambda h: SequenceMatcher(None, header, h).ratio(), reverse=True)

    near = [*closest(free), *closest(others)][:3]
    return _listed(near)


def _listed(headers: Iterable[str]) -> str:
    return quoted(h for h in headers if h)


def nearly_a_header(
    refusal: Refusal, catalog: Catalog, *, file_name: str, department: str | None
) -> FileProblem | None:
    """What the row that comes nearest to a header lacks, or its names; None where it is none."""
    if not refusal.rows_seen:
        return None
    first, *others = refusal.rows_seen
    header = tuple(first.text.split())
    known = known_headers(catalog)
    if sum(any(key in known for key in header_keys(name)) for name in header) < _SEVERAL:
        return None
    titles = tuple(row.text for row in others)
    table = Table(first.sheet, header, first.row, pd.DataFrame(), np.zeros(0, np.int32), titles)
    found = match_table(table, catalog, file_name=file_name, department=department)
    named = isinstance(found, FileProblem) and found.code in ("MISSING_COLUMN", "NO_FEED")
    return found if isinstance(found, FileProblem) and named else None
