"""A data test that nothing can break proves nothing: each is shown a broken warehouse."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from tests.integration.dbt_frame.warehouse import PROJECT, Warehouse

pytestmark = pytest.mark.slow

SINGULAR = sorted([*(PROJECT / "tests/figures").glob("*.sql"), *(PROJECT / "tests/guarantee").glob("*.sql")])
# test → what somebody does to the warehouse that it must notice
DAMAGE = {
    "figure_equals_its_members": "update mart.fct_figure set numerator = 0 where figure_id = 'reg_hh'",
    "numerator_is_part_of_denominator": (
        "update mart.fct_figure_member set member_key = 'x' "
        "where figure_id = 'ins_rate' and role = 'numerator'"
    ),
    "opened_list_is_its_figure": (
        "update mart.fct_figure_member set counted_amount = 0 where figure_id = 'lifted_rate'"
    ),
    "state_counts_add_up": "update mart.fct_figure set met_count = 0 where figure_id = 'ins_rate'",
    "hundred_percent_hides_nobody": (
        "update mart.rpt_self_assessment set unknown_count = 1 where figure_id = 'ins_rate'"
    ),
    "identities_by_definition": (
        "update mart.fct_identity set identity_state = 'BROKEN' where severity = 'DEFINITION'"
    ),
    "identities_of_the_report": (
        "update mart.fct_identity set identity_state = 'BROKEN' where severity = 'BLOCK'"
    ),
    "members_rest_on_the_feeds_of_their_figure": (
        "update mart.fct_figure_member set source_batch_id = (select min(batch_id) from mart.fct_delivery "
        "where feed = 'water_quality_test') where figure_id = 'reg_pp'"
    ),
    "everybody_is_judged": "delete from mart.fct_person_guarantee where register_person_no = '1'",
    "guaranteed_means_all_five": "update mart.fct_household_guarantee set water_state = 'UNKNOWN'",
    "roll_up_holds": "update mart.fct_household_guarantee set medical_state = 'UNKNOWN'",
}
REASONS = "states_and_reasons_fct_household_guarantee"
WRONG_REASON = "update mart.fct_household_guarantee set housing_reason_code = 'APPRAISED_UNSAFE'"


def test_every_singular_test_has_its_damage() -> None:
    assert {path.stem for path in SINGULAR} == set(DAMAGE)


@pytest.fixture(scope="module")
def broken(county: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Test name → its result over a copy with all the damage done."""
    copy = Warehouse(tmp_path_factory.mktemp("broken"))
    shutil.copytree(county.lake, copy.lake)
    shutil.copy(county.home / "warehouse.duckdb", copy.home)
    with duckdb.connect(str(copy.home / "warehouse.duckdb")) as connection:
        for damage in DAMAGE.values():
            connection.execute(damage)
        connection.execute(WRONG_REASON)
    copy.dbt("test", "--select", *(path.stem for path in SINGULAR), f"{REASONS}*")
    assert (copy.home / "target" / "run_results.json").exists()
    return {unique_id.split(".")[2]: status for unique_id, status in copy.results().items()}


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_damage_is_noticed(broken: dict[str, str], name: str) -> None:
    assert broken[name] in ("fail", "warn")


def test_a_state_that_contradicts_its_reason_is_noticed(broken: dict[str, str]) -> None:
    (status,) = [s for name, s in broken.items() if name.startswith(REASONS)]
    assert status == "fail"
