"""An ID number in a cell, sheet or header that is to hold none: found at its place, gone from what lands."""

import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ingestion.checking.batch import Batch
from ingestion.checking.columns import check
from ingestion.checking.periods import state_dates
from ingestion.checking.wrong_cells import empty_wrong_cells
from ingestion.contracts.carrying import carrying_columns
from ingestion.lake.write import accepted_table
from ingestion.matching.feeds import MatchedTable
from ingestion.pipeline.load import check_bytes
from ingestion.readers import Table
from ingestion.text.masking import ids_in
from sanbao.codegen.problem_examples import STATED, faulty_rows
from tests.unit.ingestion.helpers import catalog, id_number
from tests.unit.ingestion.problems.made import book, lines, saved

CATALOG = catalog()
NUMBER = id_number(5)
FORMS = {
    "plain": NUMBER,
    "wide": NUMBER.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")),
    "circled": NUMBER.translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")),
    "bold": NUMBER.translate(str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")),
    "spaced": f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
    "old": NUMBER[:6] + NUMBER[8:17],
    "in_words": f"代办人{NUMBER}电话",
}
BY_RIGHT = ("id_number", "id_bearing", "bank_account")
CELLS = [
    (contract.feed, column.name)
    for contract in CATALOG.contracts
    for column in contract.columns
    if column.pii not in BY_RIGHT
]


def checked(feed: str, changes: list[dict[str, str]]) -> Batch:
    """A batch of clean rows and one row per entry of `changes`."""
    contract = CATALOG[feed]
    rows = faulty_rows(contract, changes)
    cells = pd.DataFrame(rows).astype("string[pyarrow]")
    header = tuple(column.header for column in contract.columns)
    numbers = np.arange(4, 4 + len(rows), dtype=np.int32)
    table = Table("", header, 3, cells, numbers, (contract.title, STATED), (), 0)
    batch = check(
        contract, [MatchedTable(table, contract, {c.name: i for i, c in enumerate(contract.columns)})]
    )
    state_dates(batch, "")
    return batch


def said_of(batch: Batch, row: int) -> dict[tuple[str, str | None], str]:
    """(code, column) → severity of what was found in a row."""
    return {(f.code, f.column): f.severity for f in batch.findings if row in f.rows}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("contract", CATALOG.contracts, ids=lambda c: c.feed)
def test_no_cell_lets_one_through(contract, form: str) -> None:
    columns = [contract.column(name) for feed, name in CELLS if feed == contract.feed]
    assert len(CELLS) > 180 and len(columns) > 3
    batch = checked(contract.feed, [{column.name: FORMS[form]} for column in columns])
    empty_wrong_cells(batch)
    clean = batch.row_count - len(columns)
    for row, column in enumerate(columns, clean):
        said = said_of(batch, row)
        mine = {code: severity for (code, name), severity in said.items() if name == column.name}
        assert mine, (column.name, said)
        if column.type in ("text", "person_name"):
            needed = not column.nullable or column.name in (*contract.key, *contract.part_by)
            masked = {"STRAY_ID_MASKED"}
            if column.is_register_no and form == "in_words":  # what is left of it is no number of a register
                masked.add("REGISTER_NO_FORM")
            assert set(mine) == ({"STRAY_ID"} if needed else masked), (column.name, said)
            is_no_number = "REGISTER_NO_FORM" in mine and column.name in carrying_columns(contract)
            assert batch.held[row] == ((needed and column.costs == "row") or is_no_number)
    landed = accepted_table("b", batch, batch.landing)
    for column in columns:
        texts = landed[column.name].cast(pa.string()).combine_chunks()
        assert not any(ids_in(texts).to_pylist()), column.name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (f"陈文{NUMBER}", "陈文"),
        (f"陈文（身份证号：{NUMBER}）", "陈文"),
        (f"{NUMBER} 陈小文", "陈小文"),
        (f"艾力·买买提 {NUMBER}", "艾力·买买提"),
        (NUMBER, None),
        (f"陈文代{NUMBER}本人未到场", None),
    ],
)
def test_of_a_name_with_a_number_the_name_is_taken(written: str, name: str | None) -> None:
    batch = checked("insurance_enrolment", [{"person_name": written}])
    row = batch.row_count - 1
    code, severity = ("STRAY_ID_IN_NAME", "warning") if name else ("STRAY_ID", "error")
    assert said_of(batch, row) == {(code, "person_name"): severity}
    assert batch.columns["person_name"][row].as_py() == name


def test_a_note_keeps_what_is_not_the_number() -> None:
    changes = [{"insured_through": f"代办人{NUMBER}"}, {"insured_through": f" {NUMBER}。"}]
    batch = checked("insurance_enrolment", changes)
    assert batch.columns["insured_through"].to_pylist()[-2:] == ["代办人440899************", None]
    assert not batch.held.any()


@pytest.mark.parametrize("feed", ["disability_card", "school_enrolment", "insurance_enrolment"])
def test_numbers_made_of_one_are_taken(feed: str) -> None:
    (column,) = [c.name for c in CATALOG[feed].columns if c.pii == "id_bearing"]
    batch = checked(feed, [{column: f"{NUMBER}44"}, {column: f"G{NUMBER}"}])
    assert not [f for f in batch.findings if f.code.startswith("STRAY_ID")]


def test_sheets_titles_and_headers_are_noted() -> None:
    contract = CATALOG["insurance_enrolment"]
    head, *rows = lines(contract)[2:]
    header = [*head, f"经办{NUMBER}"]
    made = book(**{f"名册{NUMBER}": [[f"{contract.title}{NUMBER}"], [STATED], header, *rows]})
    report = check_bytes(saved(made), "12月.xlsx", CATALOG)
    (note,) = [p for p in report.problems if p.code == "STRAY_ID_IN_LABEL"]
    assert "表页名、标题、表头" in note.message
    assert NUMBER not in report.to_json().decode()


@pytest.mark.slow
def test_the_search_costs_little_beside_reading_the_texts() -> None:
    """The text columns of 0.9 M rows, as if every text were another one (which they never are)."""
    texts = [pa.array([f"{word}{n}" for n in range(900_000)]) for word in ("陈文", "徐城街道东方", "XW2019")]
    started = time.process_time()
    for column in texts:
        column.to_pylist()
    floor = time.process_time() - started
    started = time.process_time()
    found = [ids_in(column) for column in texts]
    seconds = time.process_time() - started
    assert [f.true_count for f in found] == [0, 0, 0]
    assert seconds < 2 * floor, (seconds, floor)
