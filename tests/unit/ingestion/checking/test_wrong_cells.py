"""A wrong cell costs the cell where the row can do without it, and the row where it cannot."""

import json

import openpyxl
import pytest

from ingestion.checking.columns import check
from ingestion.checking.periods import state_dates
from ingestion.checking.unknown_spellings import ASKED
from ingestion.contracts.carrying import carrying_columns
from ingestion.lake.write import accepted_table
from ingestion.matching.feeds import MatchedTable
from ingestion.pipeline.load import check_bytes
from ingestion.returning.marked.palette import FILLS
from tests.unit.ingestion.deliveries import drop
from tests.unit.ingestion.helpers import lake, new_home, table
from tests.unit.ingestion.problems.made import CATALOG, book, lines, saved, text

FEEDS = sorted(CATALOG)
CLEAN = 6  # rows without a fault that `lines` puts first
# What a formula leaves, and what no column of that type can hold.
SPOILT = {
    "text": "#REF!", "person_name": "#REF!", "id_number": "#REF!", "code": "看不懂", "yes_no": "看不懂",
    "date": "2019-02-30", "year": "去年", "year_month": "上月", "money_yuan": "若干", "count": "几个",
    "measurement": "够用", "test_value": "合格", "person_document": "#REF!", "school_year": "哪一年",
}  # fmt: skip


def batch_of(contract, changes):
    title, stated, header, *rows = lines(contract, changes)
    made = table(header, rows, title[0], stated[0])
    batch = check(
        contract, [MatchedTable(made, contract, {c.name: i for i, c in enumerate(contract.columns)})]
    )
    state_dates(batch, "2019年12月.xlsx")
    return batch


@pytest.mark.parametrize("spoilt", ["by type", "#REF!"])
@pytest.mark.parametrize("feed", FEEDS)
def test_one_wrong_cell_of_each_column(feed, spoilt):
    contract = CATALOG[feed]
    wrong = [{c.name: SPOILT[c.type] if spoilt == "by type" else spoilt} for c in contract.columns]
    batch = batch_of(contract, wrong)
    carrying, held = carrying_columns(contract), batch.held
    taken = accepted_table("b", batch, ~held).to_pylist()
    by_row = {row["_source_row"]: row for row in taken}
    assert not held[:CLEAN].any()
    for at, column in enumerate(contract.columns, start=CLEAN):
        said = [f for f in batch.findings if at in f.rows and f.column == column.name]
        assert said, column.name
        if column.name in carrying:
            softened = column.is_identity and column.unusable_id == "warning"
            assert held[at] == (not softened), column.name
        else:
            row = by_row[int(batch.row_number[at])]
            assert row[column.name] is None, column.name
            lost = said[0].severity == "error" or said[0].code in ("CODE_UNKNOWN", "NUMBER_SCIENTIFIC")
            assert row["_held_cells"] == (f",{column.name}," if lost else None)
            assert {f.costs for f in said if f.severity == "error"} <= {"cell"}


@pytest.mark.parametrize("feed", FEEDS)
def test_what_carries_a_row_follows_from_the_contract(feed):
    """An oracle of its own: without such a column a row would be of nobody, of no time, or of no amount."""
    contract = CATALOG[feed]
    carrying = carrying_columns(contract)
    raw = contract.model_dump()
    mapped = json.dumps(raw["entity"])
    for column in raw["columns"]:
        quoted = f'"{column["name"]}"'
        needed = (
            (not column["nullable"] and column["costs"] == "row")
            or column["type"] in ("id_number", "person_document")
            or column["name"] in raw["key"] + raw["period_by"] + raw["part_by"]
            or quoted in mapped.replace(": ", ":")
        )
        assert not needed or column["name"] in carrying
    assert len(carrying) < len(contract.columns) or feed == "attested_statement"


def test_of_two_dates_in_the_wrong_order_neither_is_taken():
    contract = CATALOG["inpatient_settlement"]
    batch = batch_of(contract, [{"admitted_on": "2019-10-20", "discharged_on": "2019-10-01"}])
    assert not batch.held.any()
    assert batch.held_cells.to_pylist()[-1] == ",admitted_on,discharged_on,"
    assert batch.columns["admitted_on"].to_pylist()[-1] is None


def test_a_value_out_of_bounds_is_not_taken():
    batch = batch_of(CATALOG["village_water_supply"], [{"outage_days": "400"}])
    assert not batch.held.any() and batch.columns["outage_days"].to_pylist()[-1] is None


@pytest.mark.parametrize("spoilt", ["#REF!", "待定"])
def test_a_wrong_cell_in_a_column_of_ticks_costs_that_cell(spoilt):
    contract = CATALOG["register_household"]
    _, _, header, *rows = lines(contract, [{}] * 4)
    at = [c.name for c in contract.columns].index("is_unsafe_dwelling")
    cells = ["√", "", "", "√", "", "", "", spoilt, "", "√"]
    made = table(header, [[*row[:at], cell, *row[at + 1 :]] for row, cell in zip(rows, cells, strict=True)])
    positions = {c.name: i for i, c in enumerate(contract.columns)}
    batch = check(contract, [MatchedTable(made, contract, positions)])
    expected = [{"√": True, "": False}.get(cell) for cell in cells]
    assert batch.columns["is_unsafe_dwelling"].to_pylist() == expected
    assert not batch.held.any()


@pytest.mark.parametrize("rows", [4, 5, 40])
def test_a_spelling_that_most_rows_have_is_one_question(rows):
    contract = CATALOG["register_person"]
    report = check_bytes(text(lines(contract, [{"sex": "M"}] * 40)[: 3 + CLEAN + rows]), "12月.csv", CATALOG)
    (outcome,) = report.outcomes
    said = [p.code for p in report.problems]
    # The rows as agreed say nothing of the sex; four may be slips of the pen.
    assert said == ([ASKED] if rows >= 5 else ["CODE_UNKNOWN"] * rows)
    assert (outcome.rows_held, outcome.cells_held) == (0, rows)


def test_a_question_is_kept_as_data_and_answered_by_a_line_of_the_contract(tmp_path):
    home, contract = new_home(tmp_path), CATALOG["register_person"]
    sent = text(lines(contract, [{"sex": "M"}] * 30 + [{"sex": "F"}] * 10))
    drop(home, sent, name="2019年12月人口.csv")
    (asked,) = [p for p in lake(home, "problem") if p["code"] == ASKED]
    assert (asked["column_name"], asked["value_shown"]) == ("sex", "“M”、“F”")
    sex = contract.column("sex")
    answered = sex.model_copy(update={"code_aliases": {**sex.code_aliases, "M": "男", "F": "女"}})
    columns = tuple(answered if c.name == "sex" else c for c in contract.columns)
    batch = batch_of(contract.model_copy(update={"columns": columns}), [{"sex": "M"}] * 30)
    assert (batch.questions, batch.held_cell_count) == ([], 0)


def test_a_town_that_writes_otherwise_is_asked_about_alone():
    contract = CATALOG["register_household"]
    odd = [{"town_name": "迈陈镇", "poverty_type": "丁"}] * 8
    batch = batch_of(contract, [{"town_name": "曲界镇"}] * 60 + odd)
    (question,) = batch.questions
    assert (question.column, len(question.rows), question.holds_rows) == ("poverty_type", 8, False)
    assert not batch.held.any()


def test_a_file_whose_rows_hang_on_the_question_waits_for_the_answer():
    contract = CATALOG["insurance_enrolment"]
    report = check_bytes(text(lines(contract, [{"insurance_status": "01"}] * 40)), "12月.csv", CATALOG)
    (outcome,) = report.outcomes
    assert (outcome.delivery_state, outcome.reason_code) == ("REFUSED", "CODE_SPELLING_UNKNOWN")
    assert [p.code for p in report.problems] == ["CODE_SPELLING_UNKNOWN"]
    assert "40 行写的是“01”" in (outcome.reason or "")


def test_the_cells_are_counted_beside_the_rows(tmp_path):
    home, contract = new_home(tmp_path), CATALOG["register_household"]
    wrong = [{"dwelling_area": "#REF!"}, {"is_exited": "大概"}, {"town_name": "大概镇"}]
    sent = text(lines(contract, wrong))
    (outcome,) = drop(home, sent, name="2019年12月户.csv")
    counts = outcome.rows_read, outcome.rows_accepted, outcome.rows_held, outcome.cells_held
    assert counts == (CLEAN + 3, CLEAN + 2, 1, 2)
    costs = {p["code"]: p["costs"] for p in lake(home, "problem") if p["severity"] == "error"}
    assert costs == {"FORMULA_ERROR": "cell", "YES_NO_FORM": "cell", "TOWN_UNKNOWN": "row"}
    slip = (home.returned / "poverty_relief" / "收件回执.txt").read_text("utf-8-sig")
    assert "暂扣 1 行，另有 2 格没有收下" in slip


def test_the_copy_tells_a_row_that_is_held_from_a_cell_that_was_not_taken(tmp_path):
    home, contract = new_home(tmp_path), CATALOG["register_household"]
    rows = lines(contract, [{"dwelling_area": "#REF!"}, {"town_name": "大概镇"}])
    drop(home, saved(book(户=rows)), name="2019年12月户.xlsx")
    (path,) = (home.returned / "poverty_relief").glob("*反馈*.xlsx")
    page = openpyxl.load_workbook(path)["户"]
    columns = {c.name: at for at, c in enumerate(contract.columns, start=1)}
    area = page.cell(len(rows) - 1, columns["dwelling_area"])
    town = page.cell(len(rows), columns["town_name"])
    assert [c.fill.fgColor.rgb[-6:] for c in (area, town)] == [FILLS["emptied"], FILLS["error"]]
