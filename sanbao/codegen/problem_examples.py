"""What each problem looks like to a clerk: small made-up tables, taken through the real checks.

`problem_examples.yml` says for each code what to change in a table without faults, or, where the
problem is one of the whole file, the words of its sentence. The documentation shows what comes out.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from ingestion.checking.columns import check
from ingestion.checking.periods import state_dates
from ingestion.contracts import Catalog, Column, Contract
from ingestion.contracts.cross_feed import CrossFileCheck
from ingestion.lake.problem_table import problem_table
from ingestion.lake.records import Outcome
from ingestion.matching.feeds import MatchedTable
from ingestion.messages.cross_feed import texts_of
from ingestion.messages.problems import remedy, sentence
from ingestion.parsing.ids import CHECK_OF_SUM, WEIGHTS
from ingestion.readers import Table
from ingestion.text.masking import mask_ids

SOURCE = Path(__file__).with_name("problem_examples.yml")
STATED = "统计截止日期：2019年12月31日"
_CLEAN_ROWS = 6
_AREA = "440899"  # of no place: no citizen has such a number
_BY_TYPE = {
    "person_name": "陈文",
    "date": "2019-10-15",
    "year": "2019",
    "year_month": "2019-12",
    "school_year": "2019-2020",
    "money_yuan": "300",
    "count": "3",
    "measurement": "60",
    "test_value": "0.05",
    "yes_no": "是",
}


@dataclass(frozen=True)
class Example:
    """One problem as it is shown; `cell` is '' for those of a file."""

    cell: str
    message: str
    remedy: str
    message_en: str
    remedy_en: str


@functools.cache
def planted() -> dict[str, dict[str, Any]]:
    """Code → `feed` and `rows` (per faulty row the cells that differ), or `words`."""
    return {code: case for code, case in _source().items() if code.isupper()}


@functools.cache
def _source() -> dict[str, dict[str, Any]]:
    # Every value is a text: a date that does not exist must stay what it is.
    found: dict[str, dict[str, Any]] = yaml.load(SOURCE.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506
    return found


def example(catalog: Catalog, code: str) -> Example:
    """The problem `code` as somebody meets it; KeyError where the YAML has none."""
    case = planted()[code]
    if "words" in case:
        words = case["words"]
        english = [say(code, words, english=True) for say in (sentence, remedy)]
        return Example(words.get("cell", ""), sentence(code, words), remedy(code, words), *english)
    contract = catalog[case["feed"]]
    table = _table(contract, faulty_rows(contract, case["rows"]))
    batch = check(
        contract, [MatchedTable(table, contract, {c.name: i for i, c in enumerate(contract.columns)})]
    )
    state_dates(batch, "")
    found = problem_table(_outcome(contract), batch).to_pylist()
    (row,) = [row for row in found if row["code"] == code]
    return Example(*(row[name] for name in ("cell", "message", "remedy", "message_en", "remedy_en")))


def cross_file_example(catalog: Catalog, contract: Contract, check: CrossFileCheck) -> Example:
    """A row that another feed knows nothing of, as the warehouse finds it."""
    value = mask_ids(clean_row(contract, 7)[check.column])
    words = {"row": "10", "value": value, "found": "4", "place": "下桥镇"}
    said = [*texts_of(catalog, contract, check), *texts_of(catalog, contract, check, english=True)]
    return Example("", *(text.format_map(words) for text in said))


def faulty_rows(contract: Contract, changes: list[dict[str, str]]) -> list[list[str]]:
    """Rows without faults, and after them one per entry of `changes`."""
    rows = [clean_row(contract, number) for number in range(1, _CLEAN_ROWS + len(changes) + 1)]
    for row, change in zip(rows[_CLEAN_ROWS:], changes, strict=True):
        row.update(rows[int(change["like"]) - 1] if "like" in change else {})
        row.update({contract.column(name).name: change[name] for name in change if name != "like"})
    return [[row[c.name] for c in contract.columns] for row in rows]


def clean_row(contract: Contract, number: int) -> dict[str, str]:
    """A row with which nothing is wrong, by column."""
    cells = {column.name: _clean_cell(column, number) for column in contract.columns}
    own: dict[str, str] = _source()["clean_rows"].get(contract.feed, {})
    return cells | own


def _clean_cell(column: Column, number: int) -> str:
    if column.name == "town_name":
        return "下桥镇"
    if column.is_identity:
        return id_number(number)
    if column.type == "code":
        return column.codes[0]
    if column.is_city:
        return "广州市"
    if column.is_register_no:
        return f"N{number}"
    return _BY_TYPE.get(column.type, f"{column.header[:4]}{number}")


def id_number(sequence: int) -> str:
    """A number with a right check digit that nobody has."""
    body = f"{_AREA}19800101{sequence:03d}"
    total = sum(int(digit) * int(weight) for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + chr(CHECK_OF_SUM[total])


def _table(contract: Contract, rows: list[list[str]]) -> Table:
    cells = pd.DataFrame(
        {
            i: pd.Series([row[i] for row in rows], dtype="string[pyarrow]")
            for i in range(len(contract.columns))
        }
    )
    numbers = np.arange(4, 4 + len(rows), dtype=np.int32)
    header = tuple(column.header for column in contract.columns)
    return Table("", header, 3, cells, numbers, (contract.title, STATED), (), 0)


def _outcome(contract: Contract) -> Outcome:
    return Outcome(
        batch_id="example", feed=contract.feed, department=contract.department, file_name="",
        container_name=None, sha256="", received_at=datetime(2020, 1, 1, tzinfo=UTC), as_of=None,
        rows_read=0, rows_accepted=0, rows_held=0, delivery_state="LOADED", reason_code=None, reason=None,
        encoding=None, sheets=(), title=None, unknown_columns=(), warning_count=0, repair_count=0,
    )  # fmt: skip
