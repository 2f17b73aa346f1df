"""Several people in one cell: each with the number that stands in the same place."""

import re

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ingestion.contracts import Contract
from ingestion.parsing.several import values_of
from sanbao.codegen.problem_examples import clean_row
from tests.unit.ingestion.checking.test_columns import checked, found, small
from tests.unit.ingestion.helpers import id_number, new_home, table
from tests.unit.ingestion.marked import drop
from tests.unit.ingestion.problems.made import CATALOG, lines, text

DEED = CATALOG["property_contract"]
ONE, TWO = id_number(101), id_number(102, "19750606")
OWNERS = [
    {"name": "buyer_names", "type": "person_name", "pii": "name", "multiple": True},
    {"name": "buyer_id_number", "type": "id_number", "pii": "id_number", "multiple": True},
]
EVENTS = {"delivery": "events", "complete_for": "none"}
SEPARATORS = ["、", "，", ",", ";", "；", "/", "／", "\n", "\r\n", " 、 ", "、\n", "\u2028"]


def owners(names, numbers):
    return small(OWNERS, [[names, numbers]], **EVENTS)


def pairs(batch, row=0):
    cells = [batch.columns[c["name"]].to_pylist()[row] for c in OWNERS]
    return list(zip(*(cell.split("、") for cell in cells), strict=True))


@pytest.mark.parametrize("mark", SEPARATORS, ids=ascii)
@pytest.mark.parametrize("other", ["、", "\n"], ids=ascii)
def test_names_and_numbers_pair_up_by_order(mark, other):
    batch = owners(mark.join(["陈秀珍", "黄国栋", "林海生"]), other.join([ONE, TWO, id_number(103)]))
    assert found(batch) == []
    assert pairs(batch) == [("陈秀珍", ONE), ("黄国栋", TWO), ("林海生", id_number(103))]


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        ("陈秀珍 黄国栋", f"{ONE} {TWO}"),
        ("陈秀珍  黄国栋", f"{ONE}\u3000{TWO}"),
        ("陈秀珍、黄国栋", f"{ONE} {TWO}"),
        ("陈秀珍 黄国栋", f"{ONE}、{TWO}"),
        ("陈秀珍、黄国栋、", f"、{ONE}、{TWO}"),
        ("陈 秀珍、黄 国栋", f"{ONE[:6]} {ONE[6:14]} {ONE[14:]}、{TWO}"),
        ("陈秀珍，黄国栋", f"{ONE}；\u202d{TWO.lower()}"),
    ],
)
def test_blanks_part_them_where_nothing_else_does(names, numbers):
    batch = owners(names, numbers)
    assert (found(batch), pairs(batch)) == ([], [("陈秀珍", ONE), ("黄国栋", TWO)])


def test_one_owner_is_what_he_was():
    for name, number in [
        ("陈 秀珍", ONE),
        ("NGUYEN THI HOA", TWO),
        ("陈秀珍", f"{ONE[:6]} {ONE[6:14]} {ONE[14:]}"),
    ]:
        batch = owners(name, number)
        assert found(batch) == []
        assert len(pairs(batch)) == 1


@pytest.mark.parametrize(
    ("names", "numbers", "said"),
    [
        ("陈秀珍;黄国栋", ONE, "1 / 2"),
        ("陈秀珍", f"{ONE}、{TWO}", "2 / 1"),
        ("陈秀珍、黄国栋、林海生", f"{ONE}、{TWO}", "2 / 3"),
        ("陈秀珍、黄国栋", f"{ONE}、无", "1 / 2"),
        ("陈秀珍 黄国栋 林海生", f"{ONE}、{TWO}", "2 / 1"),
    ],
)
def test_unequal_numbers_are_a_problem_at_the_cell(names, numbers, said):
    batch = owners(names, numbers)
    assert found(batch) == [("SEVERAL_UNPAIRED", "error", 0, "buyer_id_number")]
    assert batch.findings[0].detail.to_pylist() == [said]


def test_one_wrong_number_among_several_is_said():
    batch = owners("陈秀珍、黄国栋", f"{ONE}、{TWO[:17] + ('0' if TWO[17] != '0' else '1')}")
    assert found(batch) == [("ID_CHECKSUM", "error", 0, "buyer_id_number")]


def test_who_stands_twice_is_there_once():
    batch = owners("陈秀珍、黄国栋、陈秀珍", f"{ONE}、{TWO}、{ONE}")
    assert (found(batch), pairs(batch)) == ([], [("陈秀珍", ONE), ("黄国栋", TWO)])
    assert "value_again" in {code for _, code, _ in batch.repairs}


def test_elsewhere_two_numbers_in_one_cell_stay_wrong():
    columns = [{**OWNERS[0], "multiple": False}, {**OWNERS[1], "multiple": False}]
    batch = small(
        columns, [["陈秀珍、黄国栋", text] for text in (f"{ONE}、{TWO}", f"{ONE}\n{TWO}", ONE + TWO)]
    )
    assert found(batch) == [("ID_SEVERAL", "error", row, "buyer_id_number") for row in range(3)]


NAME = st.text("陈秀珍黄国栋林海生", min_size=2, max_size=4)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(NAME, st.integers(1, 999)), min_size=1, max_size=9, unique_by=lambda p: p[1]),
    st.data(),
)
def test_any_owners_come_out_as_they_were_written(people, data):
    mark, other = (data.draw(st.sampled_from(SEPARATORS)) for _ in range(2))
    batch = owners(mark.join(n for n, _ in people), other.join(id_number(i) for _, i in people))
    assert found(batch) == []
    assert pairs(batch) == [(name, id_number(i)) for name, i in people]


@given(st.lists(st.text("ab1 ", min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=5))
def test_values_of_a_cell(values):
    assert values_of("、".join(values)) == [value.strip() for value in values]


def test_rows_are_those_of_the_file_and_the_lake_keeps_them(tmp_path):
    home = new_home(tmp_path)
    changes = [
        {"buyer_names": "陈秀珍、黄国栋", "buyer_id_number": f"{ONE}\n{TWO}"},
        {"buyer_names": "陈秀珍、黄国栋"},
    ]
    name = "2019年度商品房网签及不动产登记信息表.csv"
    (outcome,) = drop(home, text(lines(DEED, changes)), name=name, department="housing")
    assert (outcome.rows_read, outcome.rows_accepted, outcome.rows_held) == (8, 7, 1)
    rows = pq.read_table(home.lake / "property_contract" / f"{outcome.batch_id}.parquet").to_pylist()
    assert len(rows) == 7
    assert rows[6]["buyer_id_number"] == f"{ONE}、{TWO}"


def test_a_message_shows_no_number():
    rows = [[clean_row(DEED, n)[c.name] for c in DEED.columns] for n in range(1, 7)]
    rows[3][1], rows[3][2] = "陈秀珍", f"{ONE}、{TWO}"
    batch = checked(table([c.header for c in DEED.columns], rows, DEED.title))
    assert found(batch) == [("SEVERAL_UNPAIRED", "error", 3, "buyer_id_number")]
    assert not re.search(r"\d{12}", str(batch.findings[0].detail))


@pytest.mark.parametrize(
    "more",
    [
        {"columns": [{"name": "a", "type": "date", "multiple": True}], **EVENTS},
        {"columns": [{"name": "a", "multiple": True}], "key": ["a"], **EVENTS},
        {"columns": [OWNERS[0]]},
    ],
    ids=["of dates", "of keys", "of what is compared"],
)
def test_what_holds_one_value_only(more):
    columns = [{"header": "甲", "type": "text", "description": "x", **c} for c in more.pop("columns")]
    with pytest.raises(ValidationError):
        Contract.model_validate(
            {
                "feed": "f", "department": "d", "department_name": "局", "title": "表", "owner": "股",
                "description": "x", "cadence": "monthly", "due_day": 1, "max_age_days": 30,
                "delivery": "snapshot", "complete_for": "county", "columns": columns, **more,
            }
        )  # fmt: skip
