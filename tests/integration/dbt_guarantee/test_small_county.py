"""From a lake of a few rows to states and figures, and back in time."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.integration.dbt_frame.tiny_lake import TinyLake
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.integration.dbt_guarantee.build import build
from tests.integration.dbt_guarantee.small_county import PUPIL, land_what_came_late, pupil

pytestmark = pytest.mark.slow

GUARANTEES = ("education", "medical", "housing", "water", "safety_net", "food", "clothing")
LATEST = datetime.fromisoformat("2020-02-02 08:00")
PUBLISHED = {
    "fct_household_guarantee": "household_id",
    "fct_person_guarantee": "register_person_no",
    "fct_figure": "figure_id, area_level, area_code",
    "fct_figure_member": "figure_id, role, member_key",
    "rpt_self_assessment": "figure_id",
}


def states(warehouse: Warehouse, household_no: str) -> dict[str, str]:
    columns = ", ".join(f"{name}_state" for name in GUARANTEES)
    (row,) = warehouse.rows(
        f"select {columns} from mart.fct_household_guarantee where register_household_no = '{household_no}'"
    )
    return dict(zip(GUARANTEES, row, strict=True))


def figures(warehouse: Warehouse) -> dict[str, float | None]:
    rows = warehouse.rows("select figure_id, value from mart.fct_figure where area_level = 'county'")
    return {figure_id: None if value is None else float(value) for figure_id, value in rows}


def test_a_household_with_all_evidence_is_guaranteed(county: Warehouse) -> None:
    unasked = {"safety_net": "NOT_APPLICABLE", "food": "UNKNOWN", "clothing": "UNKNOWN"}
    assert states(county, "户1") == {**dict.fromkeys(GUARANTEES, "MET"), **unasked}
    counts = county.rows(
        "select not_met_count, unknown_count, is_guaranteed from mart.fct_household_guarantee "
        "where register_household_no = '户1'"
    )
    assert counts == [(0, 0, True)]


def test_what_lacks_is_said_with_its_reason(county: Warehouse) -> None:
    second, third = states(county, "户2"), states(county, "户3")
    assert (second["education"], second["housing"]) == ("NOT_APPLICABLE", "NOT_MET")
    assert second["safety_net"] == "MET"
    assert (third["education"], third["water"], third["housing"]) == ("NOT_MET", "NOT_MET", "MET")
    reasons = county.rows(
        "select education_reason_code, water_reason_code, water_reason, education_evidence_row "
        "from mart.fct_household_guarantee where register_household_no = '户3'"
    )
    assert reasons == [("NOT_ON_SCHOOL_ROLL", "ARSENIC_OVER_LIMIT", "砷超过采样日有效的限值。", None)]


def test_evidence_leads_back_to_the_row(county: Warehouse) -> None:
    (found,) = county.rows(
        "select housing_evidence_batch_id, housing_evidence_row from mart.fct_household_guarantee "
        "where register_household_no = '户2'"
    )
    (expected,) = county.rows(
        "select batch_id, source_row from staging.stg_housing_appraisal where dwelling_grade = 'D'"
    )
    assert found == expected


def test_figures_of_the_small_county(county: Warehouse) -> None:
    expected = {
        "reg_hh": 3, "reg_pp": 5, "lifted_hh": 2, "lifted_pp": 3, "lifted_rate": 60.0, "exited_hh": 1,
        "exited_pp": 2, "not_lifted_hh": 1, "lifted_not_exited_pp": 1, "vlg_with_poor": 2,
        "vlg_relative_poor": 1, "vlg_dispersed": 1,
        "edu_compulsory_pp": 2, "edu_in_school_pp": 1, "edu_enrol_rate": 50.0, "edu_subsidy_pp": 1,
        "edu_sub_compulsory": 1, "edu_sub_high": 0, "edu_sub_rate": 100.0, "dib_all_hh": 1, "dib_wubao_pp": 1,
        "dib_dibao_hh": None, "dib_rate": 100.0, "ins_resident_pp": 4, "ins_employee_pp": 1,
        "ins_rate": 100.0, "inpatient_times": None, "hous_2018_task": None, "wat_vlg": 3,
        "wat_vlg_on": 2, "wat_agri_pop": 1.0, "wat_pop_on": 0.9, "wat_cover": 90.0,
        "wat_quality_lifted": 100.0, "wat_arsenic_towns": 5, "grt_education": 50.0,
        "grt_housing": 66.67, "hous_2018_rate": None,
    }  # fmt: skip
    found = figures(county)
    assert {name: found[name] for name in expected} == expected


def test_no_id_number_reaches_a_mart(county: Warehouse) -> None:
    for table in PUBLISHED:
        (text,) = county.rows(f"select string_agg(cast(t as varchar), '') from mart.{table} as t")
        assert "440899" not in str(text)


def test_columns_that_only_a_macro_names_are_looked_after(county: Warehouse) -> None:
    """Of whatever a rule reads it is said where it lacks, wherever the rule is written."""
    read = set(county.rows("select feed, column_name from intermediate.int_feed__cell_count"))
    in_macros = {"industry_project": {"fund_document_no", "project_status", "project_no"}}
    in_macros["water_quality_test"] = {"ph", "turbidity_ntu", "fluoride_mg_l", "coliform", "colony_count"}
    assert {(feed, column) for feed, columns in in_macros.items() for column in columns} <= read
    # What is but shown, no figure rests on.
    assert not {("industry_project", "operated_by"), ("water_quality_test", "tested_by")} & read


def test_what_came_late_changes_the_state_and_an_earlier_known_by_changes_it_back(county: Warehouse) -> None:
    def published() -> dict[str, list[tuple[object, ...]]]:
        return {t: county.rows(f"select * from mart.{t} order by {keys}") for t, keys in PUBLISHED.items()}

    before = published()
    land_what_came_late(TinyLake(county.lake))
    build(county)
    assert states(county, "户3")["education"] == "UNKNOWN"
    build(county, known_by="2020-01-05 00:00:00")
    assert published() == before


@pytest.fixture
def own_county(county: Warehouse, tmp_path: Path) -> Warehouse:
    """A copy, for what leaves it otherwise than it was."""
    return Warehouse(shutil.copytree(county.home, tmp_path / "own"))


@pytest.mark.long
def test_another_date_is_kept_beside_and_knows_less(own_county: Warehouse) -> None:
    build(own_county, as_of="2020-01-31", known_by="2020-01-05 00:00:00")
    rows = own_county.rows(
        "select as_of, count(*), count(*) filter (where medical_reason_code = 'INSURANCE_ROLL_MISSING'), "
        "count(*) filter (where safety_net_reason_code = 'PAYROLL_MISSING') "
        "from mart.fct_household_guarantee group by as_of order by as_of"
    )
    found = [(str(day), *counts) for day, *counts in rows]
    assert found == [("2019-12-31", 3, 0, 0), ("2020-01-31", 3, 3, 1)]


@pytest.mark.long
def test_a_run_of_the_past_leaves_the_board_of_today_alone(own_county: Warehouse) -> None:
    def board() -> dict[object, tuple[object, ...]]:
        return {row[0]: row for row in own_county.rows("select * from mart.fct_delivery")}

    build(own_county, as_of="2020-01-31")
    lake = TinyLake(own_county.lake)
    rows = [pupil("人2", PUPIL, "小学")]
    lake.land("school_enrolment", rows, as_of=date(2020, 1, 20), received_at=LATEST)
    build(own_county, as_of="2020-01-31")
    today = board()
    assert any(row[-1] == date(2020, 1, 20) for row in today.values())
    lake.land("school_enrolment", rows, as_of=date(2019, 12, 20), received_at=LATEST)
    build(own_county, as_of="2019-12-31")
    after = board()
    assert {batch: after[batch] for batch in today} == today, "what held on the newest date still does"
    assert len(after) == len(today) + 1, "a file that came since is on the board"
