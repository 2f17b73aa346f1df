"""What follows from a problem is not said beside it."""

import pytest

from ingestion.pipeline.load import check_bytes
from tests.unit.ingestion.problems.made import ALLOWANCE, CATALOG, INSURED, lines, text

HOUSEHOLD = CATALOG["register_household"]
PERSON = CATALOG["register_person"]


def problems(contract, rows):
    report = check_bytes(text(rows), "12月.csv", CATALOG, department=contract.department)
    return [(p.code, p.cell) for p in report.problems], report


@pytest.mark.parametrize(
    ("contract", "changes", "said"),
    [
        (INSURED, [{"id_number": "44089919"}], [("ID_LENGTH", "C10")]),
        # A key that cannot be read is no key: it clashes with nothing.
        (INSURED, [{"like": 2, "insurance_year": "今年"}], [("YEAR_FORM", "E10")]),
        # Dates that cannot be read stand in no order.
        (INSURED, [{"premium_paid_on": "上个月"}], [("DATE_FORM", "I10")]),
        (CATALOG["renovation_task"], [{"started_on": "2020-13-01"}], [("DATE_IMPOSSIBLE", "K10")]),
        # What hangs on a cell that cannot be read is not asked.
        (HOUSEHOLD, [{"is_exited": "大概", "exited_on": ""}], [("YES_NO_FORM", "O10")]),
        # A group with a row in doubt is left alone.
        (PERSON, [{"relation_code": "老大"}], [("CODE_UNKNOWN", "H10")]),
        (
            INSURED,
            [{"like": 2, "insurance_status": "退休"}],
            [("CODE_UNKNOWN", "F10"), ("INSURED_TWICE", "A10")],
        ),
        (INSURED, [{"premium_paid_on": "#N/A"}], [("FORMULA_ERROR", "I10")]),
        (ALLOWANCE, [{"like": 1}], [("DUPLICATE_ROW", "A10")]),
        # Two keys without their digits look the same, and are not.
        (
            INSURED,
            [{"insured_no": "4.1E+17"}, {"insured_no": "4.1E+17"}],
            [("NUMBER_SCIENTIFIC", "A10"), ("NUMBER_SCIENTIFIC", "A11")],
        ),
    ],
)  # fmt: skip
def test_one_message(contract, changes, said):
    assert sorted(problems(contract, lines(contract, changes))[0]) == sorted(said)


def shifted(row, at, step):
    """The cells of a row from `at` on, moved to the right (an empty cell comes in) or to the left."""
    if step > 0:
        return [*row[:at], "", *row[at:-1]]
    return [*row[:at], *row[at + 1 :], ""]


@pytest.mark.parametrize(("at", "step", "cell"), [(3, 1, "E10"), (0, 1, "C10"), (2, -1, "C10")])
def test_a_row_that_slipped_by_one_cell_has_one_message(at, step, cell):
    rows = lines(INSURED, [{}])
    rows[-1] = shifted(rows[-1], at, step)
    found, report = problems(INSURED, rows)
    assert found == [("ROW_SHIFTED", cell)]
    assert report.outcomes[0].rows_held == 1


def test_every_row_that_slipped_has_its_own_message_at_its_own_cell():
    rows = lines(INSURED, [{}, {}, {}])
    rows[-2] = shifted(rows[-2], 3, 1)
    rows[-1] = shifted(rows[-1], 2, -1)
    assert problems(INSURED, rows)[0] == [("ROW_SHIFTED", "C12"), ("ROW_SHIFTED", "E11")]


@pytest.mark.parametrize(
    "change",
    [
        {"insurance_year": "x", "premium_yuan": "y", "premium_paid_on": "z"},
        {"insurance_kind": "x", "insurance_status": "y", "is_paid": "z", "premium_yuan": "u"},
    ],
)
def test_several_wrong_cells_are_no_shift(change):
    found, _ = problems(INSURED, lines(INSURED, [change]))
    assert len(found) == len(change)
    assert "ROW_SHIFTED" not in dict(found)


def test_an_account_that_excel_cut_is_told_and_holds_no_payment():
    rows = lines(ALLOWANCE, [{"bank_account": "6.21728E+18"}])
    ((code, _),), report = problems(ALLOWANCE, rows)
    assert code == "NUMBER_SCIENTIFIC"
    assert report.outcomes[0].rows_held == 0
