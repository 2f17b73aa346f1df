"""Numbers that the register changed: whose the rows of departments are that still have the old ones."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dbt_frame.tiny_lake import TinyLake
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.integration.dbt_guarantee import small_county
from tests.integration.dbt_guarantee.small_county import (
    CHILD,
    DECEMBER,
    ELDER,
    FATHER,
    LATE,
    MOTHER,
    PUPIL,
    id_number,
    person,
)

pytestmark = pytest.mark.slow

NOVEMBER, BEFORE = date(2019, 11, 30), datetime.fromisoformat("2019-12-03 08:00")
NEW_FATHER, NEW_PUPIL, NEW_ELDER = (id_number(born, n) for born, n in ((1980, 51), (2009, 52), (1940, 53)))
OLD = (FATHER, PUPIL, ELDER, MOTHER, CHILD)
States = dict[tuple[str, ...], tuple[Any, ...]]


def registered(numbers: tuple[str, ...]) -> list[dict[str, Any]]:
    """The persons of the small county with these numbers."""
    places = (("户1", 1980, "普通劳动力"), ("户1", 2009, "无劳动力"), ("户2", 1940, "丧失劳动力"))
    places += (("户3", 1981, "普通劳动力"), ("户3", 2010, "无劳动力"))
    rows = [
        person(str(n), household, number, born, labour_capacity=capacity)
        for n, (number, (household, born, capacity)) in enumerate(zip(numbers, places, strict=True), start=1)
    ]
    rows[1]["student_status"] = "四年级"
    return rows


def built(root: Path, december: tuple[str, ...], known_by: str = "") -> Warehouse:
    """The small county; persons 1 and 2 are in the register of November, December's comes twice."""
    warehouse = Warehouse(root)
    lake = TinyLake(warehouse.lake)
    small_county.land(lake)
    lake.land("register_person", registered(OLD)[:2], as_of=NOVEMBER, received_at=BEFORE)
    lake.land("register_person", registered(december), as_of=DECEMBER, received_at=LATE)
    marts = ("fct_person_guarantee", "fct_household_guarantee", "fct_cross_file_problem")
    warehouse.run(*(f"+{name}" for name in marts), known_by=known_by)
    return warehouse


def states(warehouse: Warehouse) -> States:
    """What every person and household is judged to be, and why."""
    persons = warehouse.rows(
        "select 'person', register_person_no, education_state, medical_state, education_subsidy_state,"
        " education_reason_code, medical_reason_code from mart.fct_person_guarantee"
    )
    households = warehouse.rows(
        "select 'household', household_id, education_state, medical_state, housing_state, safety_net_state,"
        " housing_reason_code, safety_net_reason_code from mart.fct_household_guarantee"
    )
    return {row[:2]: row[2:] for row in [*persons, *households]}


def problems(warehouse: Warehouse) -> set[tuple[Any, ...]]:
    return set(
        warehouse.rows(
            "select code, source_row from mart.fct_cross_file_problem where code like '%_NUMBER_CHANGED'"
        )
    )


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> States:
    """The oracle: the same county, in which no number ever changed."""
    warehouse = built(tmp_path_factory.mktemp("unchanged"), OLD)
    assert problems(warehouse) == set()
    found = states(warehouse)
    assert len(found) == 8 and {"MET", "NOT_MET"} <= {state for row in found.values() for state in row}
    return found


def test_states_are_as_if_no_number_had_changed(unchanged: States, tmp_path: Path) -> None:
    """Of persons 1 and 2 November tells the old number, of person 3 only December's first file."""
    changed = built(tmp_path, (NEW_FATHER, NEW_PUPIL, NEW_ELDER, MOTHER, CHILD))
    assert states(changed) == unchanged
    assert problems(changed) == {
        ("INSURED_NUMBER_CHANGED", 3), ("INSURED_NUMBER_CHANGED", 4), ("PUPIL_NUMBER_CHANGED", 3),
        ("SUBSIDY_NUMBER_CHANGED", 3), ("APPRAISAL_NUMBER_CHANGED", 3), ("APPRAISAL_NUMBER_CHANGED", 4),
        ("SUPPORT_NUMBER_CHANGED", 3),
    }  # fmt: skip


def test_what_was_known_before_the_change_knows_nothing_of_it(unchanged: States, tmp_path: Path) -> None:
    changed = built(tmp_path, (NEW_FATHER, NEW_PUPIL, NEW_ELDER, MOTHER, CHILD), "2020-01-05 00:00:00")
    assert states(changed) == unchanged
    assert problems(changed) == set()


def test_of_two_who_swapped_numbers_nothing_wrong_is_said(unchanged: States, tmp_path: Path) -> None:
    """Persons 1 and 2, as November knew them; no department's row has a name that tells."""
    swapped = built(tmp_path, (PUPIL, FATHER, ELDER, MOTHER, CHILD))
    found = states(swapped)
    for who, before in unchanged.items():
        pairs = [(old, new) for old, new in zip(before, found[who], strict=True) if old != new]
        assert all(new in ("UNKNOWN", "HELD_ROW_MAY_BE_PERSON") or old not in ("MET", "NOT_MET")
                   for old, new in pairs), (who, pairs)  # fmt: skip
    assert found["person", "1"][1] == "UNKNOWN"
    assert ("INSURED_NUMBER_CHANGED", 3) in problems(swapped)
