"""What titles, sheet or file name say of every row in place of a column: 培训工种：电工, a town, a term."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ingestion.contracts import Column, Contract
from ingestion.matching.other_names import keys_of
from ingestion.parsing.stated_towns import stated_towns
from ingestion.readers import Table
from ingestion.text.headers import same_spelling

# 培训机构：徐闻县职业技术学校　培训工种：养老护理员; a value ends before the next label or at a wide gap.
_LABELLED = re.compile(
    r"(?P<label>[\u4e00-\u9fff()]{2,12})\s*:\s*(?P<value>[^:]*?)(?=\s{2,}|[;,]\s*[\u4e00-\u9fff()]{2,12}\s*:|\s[\u4e00-\u9fff()]{2,12}\s*:|$)"
)
_SCHOOL_YEAR = re.compile(r"(20\d{2})\s*[-‐–—―~～至]+\s*(20\d{2})\s*学年")
_SEASON = re.compile(r"(20\d{2})\s*年?\s*(秋|春)季?(?:学?期|学年|\b|$|[^\u4e00-\u9fff]|(?=学|义|建|贫))")
_TERM = re.compile(r"第[一二]学期|[上下]学期|[春秋]季(?:学?期)?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年度")
_STAGE = re.compile(r"[(（]\s*([\u4e00-\u9fff]{2,6})\s*(?:阶段|部|组)?[)）]")
# Labels that say something of the sheet and not of its rows.
_OF_THE_SHEET = frozenset(
    {"单位", "日期", "时间", "地点", "类别", "类型", "级别", "名称", "状态", "编号", "备注", "说明"}
)
_LONGEST = 40


@dataclass(frozen=True)
class Lines:
    """The texts around a table, the nearest first."""

    titles: tuple[str, ...]
    sheet: str
    stem: str

    @property
    def in_turn(self) -> tuple[tuple[str, ...], ...]:
        """What stands on the sheet, and what the file is called."""
        return (*self.titles, self.sheet), (self.stem,)


def lines_of(table: Table, file_name: str) -> Lines:
    """Titles and notes above the header, sheet and file name after NFKC."""
    above = [*table.title_lines, *(row.text for row in table.skipped if row.kind in ("title", "unit"))]
    stem = file_name.rpartition(".")[0] or file_name
    wide = [re.sub("[\u3000\t]+", "  ", line) for line in above]
    return Lines(*(tuple(map(_plain, wide)), _plain(table.sheet), _plain(stem)))


def told_values(contract: Contract, positions: Mapping[str, int], lines: Lines) -> dict[str, str]:
    """Texts for required columns that the table has not, each said once and without contradiction."""
    missing = [c for c in contract.columns if c.required and c.name not in positions]
    if not missing:
        return {}
    labelled = _labelled(contract, lines)
    found: dict[str, str] = {}
    for column in missing:
        if (
            column.is_identity
            or column.type in ("person_name", "money_yuan", "count")
            or column.is_register_no
        ):
            continue
        text = labelled.get(column.name) or _told(column, contract, lines)
        if text:
            found[column.name] = text
    return found


def _told(column: Column, contract: Contract, lines: Lines) -> str | None:
    if column.name == contract.town_column:
        return _one(lines, stated_towns)
    if column.type == "school_year":
        return _one(lines, _school_years)
    if column.type == "year":
        return _one(lines, _YEAR.findall)
    if column.name == "term":
        return _one(lines, _terms)
    if column.name in contract.part_by and column.type == "code":
        words = {*column.codes, *column.spellings}
        return _one(lines, lambda text: [hit for hit in _STAGE.findall(text) if hit in words])
    return None


def _one(lines: Lines, look: object) -> str | None:
    """What the sheet, else the file name, says once; None where two things are said."""
    assert callable(look)
    for texts in lines.in_turn:
        said = {hit for text in texts for hit in look(text)}
        if said:
            return said.pop() if len(said) == 1 else None
    return None


def _school_years(text: str) -> Iterator[str]:
    for first, last in _SCHOOL_YEAR.findall(text):
        if int(last) == int(first) + 1:
            yield f"{first}-{last}"
    for year, season in _SEASON.findall(text):
        first = int(year) - (season == "春")
        yield f"{first}-{first + 1}"


def _terms(text: str) -> Iterator[str]:
    for hit in _TERM.findall(text):
        yield "第一学期" if hit[0] in "上秋" or hit[1] == "一" else "第二学期"


def _labelled(contract: Contract, lines: Lines) -> dict[str, str]:
    """Values behind a label that is a header of the contract."""
    owner: dict[str, set[str]] = {}
    for names, headers in _headers(contract):
        for key in (key for header in headers for key in keys_of(header)):
            owner.setdefault(same_spelling(key), set()).update(names)
    found: dict[str, set[str]] = {}
    for line in lines.titles:
        for hit in _LABELLED.finditer(line):
            value = hit["value"].strip()
            if hit["label"] in _OF_THE_SHEET or not value or len(value) > _LONGEST:
                continue
            for name in {n for key in keys_of(hit["label"]) for n in owner.get(same_spelling(key), ())}:
                found.setdefault(name, set()).add(value)
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def _headers(contract: Contract) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    yield from (((column.name,), column.headers) for column in contract.columns)
    yield from (((ends.first, ends.last), ends.headers) for ends in contract.ranges)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
