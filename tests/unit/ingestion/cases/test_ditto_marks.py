"""同上: the cell above where the contract allows it, never a value."""

import pytest

from ingestion.contracts.model import Column
from tests.unit.ingestion.checking.test_columns import checked, found, small
from tests.unit.ingestion.helpers import Insured, id_number, table

MARKS = ["同上", " 同上 ", "〃", "″", '"', "”", "、、", "do.", "DO", "Ditto", "同前", "—〃—"]
PLACE = {"name": "village_name", "ditto": True}


def repaired(batch, code="cell_above"):
    return [
        (column, row) for column, found_, rows in batch.repairs if found_ == code for row in rows.tolist()
    ]


@pytest.mark.parametrize("mark", MARKS)
def test_the_cell_above_through_any_number_of_marks(mark):
    batch = small(
        [PLACE, {"name": "n"}], [["昌桥村", "1"], [mark, "2"], [mark, "3"], ["北插村", "4"], [mark, "5"]]
    )
    assert batch.columns["village_name"].to_pylist() == ["昌桥村", "昌桥村", "昌桥村", "北插村", "北插村"]
    assert (found(batch), repaired(batch)) == ([], [("village_name", row) for row in (1, 2, 4)])


@pytest.mark.parametrize("rows", [[["同上", "1"]], [["", "1"], ["同上", "2"]], [["〃", "1"], ["同上", "2"]]])
def test_nothing_stands_above(rows):
    batch = small([PLACE, {"name": "n"}], rows)
    marks = [i for i, (text, _) in enumerate(rows) if text]
    assert found(batch) == [("DITTO_MARK", "error", row, "village_name") for row in marks]
    assert batch.columns["village_name"].to_pylist() == [None] * len(rows)


@pytest.mark.parametrize("mark", [*MARKS, "同左"])
@pytest.mark.parametrize(
    "column",
    [
        {"type": "text"},
        {"type": "person_name", "pii": "name"},
        {"type": "id_number", "pii": "id_number"},
        {"type": "text", "pii": "bank_account"},
        {"type": "date"}, {"type": "year_month"}, {"type": "money_yuan"}, {"type": "count"},
        {"type": "yes_no"}, {"type": "code", "codes": ["甲"]},
    ],
    ids=lambda column: "-".join(map(str, column.values())),
)  # fmt: skip
def test_elsewhere_a_mark_is_a_problem_and_never_a_value(column, mark):
    above = {"id_number": id_number(1), "date": "2019-12-01", "year_month": "2019-12", "yes_no": "是"}
    text = above.get(column["type"], "甲" if column["type"] in ("text", "code", "person_name") else "12")
    batch = small([{"name": "x", **column}, {"name": "n"}], [[text, "1"], [mark, "2"]])
    assert found(batch) == [("DITTO_MARK", "error", 1, "x")]
    assert batch.columns["x"].to_pylist()[1] is None


def test_the_one_on_the_left_is_never_copied():
    batch = small([PLACE, {"name": "n"}], [["昌桥村", "1"], ["同左", "2"], ["同上", "3"]])
    assert found(batch) == [("DITTO_MARK", "error", row, "village_name") for row in (1, 2)]


def test_not_over_the_edge_of_a_table():
    places = ("昌桥村", "同上", "同上", "同上")
    rows = [[*row, place] for row, place in zip(Insured.rows(4), places, strict=True)]
    header = [*Insured.header, "参保单位"]
    one = table(header, rows[:2], Insured.title, sheet="甲")
    second = table(header, rows[2:], Insured.title, sheet="乙")
    batch = checked(one, second)
    assert batch.columns["insured_through"].to_pylist() == ["昌桥村", "昌桥村", None, None]


@pytest.mark.parametrize("kind", ["person_name", "id_number", "money_yuan", "count", "date"])
def test_no_contract_may_allow_it_for_names_and_numbers(kind):
    pii = {"person_name": "name", "id_number": "id_number"}.get(kind, "none")
    with pytest.raises(ValueError, match="同上"):
        Column(name="x", header="x", type=kind, pii=pii, ditto=True, description="x")
    with pytest.raises(ValueError, match="同上"):
        Column(name="x", header="x", type="text", pii="bank_account", ditto=True, description="x")
