"""The county by two hands through a night each: every mart the same, and both as the truth file says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.same_behaviour import Side
from benchmarks.two_hands import AS_OF, differing_rows, judge, night

SCALE = 0.01
SEED = 2019


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Side, Side]:
    root = tmp_path_factory.mktemp("hands")
    first, second = (night(root, style, seed=SEED, scale=SCALE) for style in (1, 2))
    return root, first, second


@pytest.mark.slow
@pytest.mark.long
def test_every_mart_is_equal_row_by_row(hands: tuple[Path, Side, Side]) -> None:
    _, first, second = hands
    found = differing_rows(first, second)
    assert {"dim_household", "dim_person", "fct_figure", "fct_figure_member", "rpt_self_assessment"} <= set(
        found
    )
    assert found == dict.fromkeys(found, 0)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("style", [1, 2])
def test_both_are_as_the_truth_says(hands: tuple[Path, Side, Side], style: int) -> None:
    root = hands[0]
    judged = judge(hands[style], root / f"truth{style}")
    assert (judged.missing_households, judged.missing_persons, judged.wrong) == ([], [], [])
    assert judged.unknown_count == 0


@pytest.mark.slow
@pytest.mark.long
def test_one_other_state_and_one_person_less_are_seen(hands: tuple[Path, Side, Side], tmp_path: Path) -> None:
    """The comparison can fail: on a copy of the second warehouse."""
    root, first, second = hands
    copy = Side(second.checkout, tmp_path)
    (tmp_path / "warehouse").mkdir()
    warehouse = tmp_path / "warehouse/warehouse.duckdb"
    warehouse.write_bytes((second.home / "warehouse/warehouse.duckdb").read_bytes())
    with duckdb.connect(str(warehouse)) as connection:
        row = connection.execute(
            "select min(register_household_no) from mart.fct_household_guarantee where housing_state = 'MET'"
        ).fetchone()
        assert row is not None
        connection.execute(
            "update mart.fct_household_guarantee set housing_state = 'NOT_MET'"
            " where register_household_no = ?",
            row,
        )
        connection.execute(
            "delete from mart.fct_person_guarantee where register_person_no ="
            f" (select min(register_person_no) from mart.dim_person where as_of = '{AS_OF}')"
        )
    found = differing_rows(first, copy)
    assert {mart: count for mart, count in found.items() if count} == {
        "fct_household_guarantee": 2,
        "fct_person_guarantee": 1,
    }
    judged = judge(copy, root / "truth2")
    assert len(judged.missing_persons) == 1
    assert [str(wrong) for wrong in judged.wrong] == ["household housing: MET → NOT_MET"]


@pytest.mark.long
@pytest.mark.parametrize("style", [1, 2])
def test_spoiled_cells_make_up_no_state(style: int, tmp_path: Path) -> None:
    side = night(tmp_path, style, seed=SEED, scale=0.03, faults=60)
    assert judge(side, tmp_path / f"truth{style}").wrong == []
