"""Every check between feeds, on rows that it must find and on rows that it must leave alone."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import duckdb
import pytest

from ingestion.contracts import load_catalog
from ingestion.messages.cross_feed import cross_file_checks
from tests.integration.dbt_frame.tiny_lake import TinyLake
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.integration.dbt_guarantee.small_county import DECEMBER, EARLY, FIRST, LATE, id_number

pytestmark = pytest.mark.slow

KNOWN, UNREADABLE, UNKNOWN, FORMER, PRESENT = (id_number(1980, n) for n in (31, 32, 33, 34, 35))
NOVEMBER = date(2019, 11, 30)
VILLAGE = {"town_name": FIRST, "village_name": "芒海村"}
NO_VILLAGE = {"town_name": FIRST, "village_name": "无此村"}
Row = dict[str, Any]


def household(number: str, count: int, **more: Any) -> Row:
    return {
        "register_household_no": number,
        "head_name": f"主{number}",
        "member_count": count,
        **VILLAGE,
        **more,
    }


def person(number: str, household_no: str, name: str, id_number: str | None) -> Row:
    row = {"register_person_no": number, "register_household_no": household_no, "person_name": name}
    return {**row, "head_name": f"主{household_no}", "id_number": id_number, "relation_code": "户主"}


def people(flag: str, value: object, **more: Any) -> list[Row]:
    """One in the register, one without a readable number there, one not there, one not flagged.

    The last one is in the register, where the number has been changed since.
    """
    rows = [("甲", KNOWN, value), ("乙", UNREADABLE, value), ("丙", UNKNOWN, value), ("丁", UNKNOWN, None)]
    rows.append(("壬", FORMER, None))
    return [{"person_name": name, "id_number": number, flag: given, **more} for name, number, given in rows]


def heads(flag: str, value: object, **more: Any) -> list[Row]:
    """The same where the person is the head of the row, the third in no village."""
    rows = people(flag, value, **VILLAGE, **more)
    rows[2] |= NO_VILLAGE
    return [renamed(row, "person_name", "head_name") for row in rows]


def renamed(row: Row, name: str, as_name: str) -> Row:
    return {as_name if key == name else key: value for key, value in row.items()}


def land(lake: TinyLake) -> None:
    """Rows are numbered from 3."""

    def landed(feed: str, rows: list[Row], as_of: date = DECEMBER, **more: Any) -> None:
        lake.land(feed, rows, as_of=as_of, received_at=EARLY, **more)

    landed("village", [{"village_code": "XW-1", **VILLAGE}])
    waiting = {"row_json": '{"户编号": "户5", "户主姓名": "主户5"}', "speaks_for_on": DECEMBER}
    households = [
        household("户1", 2),
        household("户2", 3),
        household("户3", 1),
        household("户4", 1, **NO_VILLAGE),
        household("户7", 1, head_id_number=FORMER),
    ]
    landed("register_household", households, held=[{**waiting, "period": "2019-12-31", "part": FIRST}])
    persons = [
        person("1", "户1", "甲", KNOWN), person("2", "户1", "乙", None), person("3", "户2", "戊", None),
        person("4", "户4", "己", None), person("5", "户5", "庚", None), person("6", "户6", "辛", None),
        person("7", "户7", "壬", PRESENT),
    ]  # fmt: skip
    landed("register_person", [person("7", "户7", "壬", FORMER)], NOVEMBER)
    landed("register_person", persons)
    for feed in ("death_notice", "disability_card", "education_subsidy", "schooling_exemption"):
        own = {"school_year": "2019-2020", "term": "第一学期", "stage": "小学"}
        row = {"person_name": "壬", "id_number": FORMER, **(own if feed == "education_subsidy" else {})}
        landed(feed, [row])
    bought = {"contract_no": "1", "buyer_names": "外、壬", "buyer_id_number": f"{UNKNOWN}、{FORMER}"}
    landed("property_contract", [{**bought, "buyer_id_number_state": "valid、valid"}])
    landed("school_enrolment", people("is_registered", value=True, stage="小学"))
    month = {"pay_month": date(2019, 12, 1)}
    landed("subsistence_allowance", heads("is_registered", value=True, **month))
    support = heads("is_registered", value=True, **month)
    landed("destitute_support", [renamed(row, "head_name", "person_name") for row in support])
    landed("public_post", people("person_kind", "建档立卡", post_name="保洁员", **month))
    landed("training", people("person_kind", "建档立卡", trade="电工", finished_on=DECEMBER))
    landed("employment", [{"person_name": "壬", "id_number": FORMER, "work_area": "县内"}])
    landed("renovation_task", heads("household_kind", "建档立卡", task_batch="2019"))
    landed("housing_appraisal", [
        {"head_name": "甲", **VILLAGE},
        {"head_name": "丙", **NO_VILLAGE},
        {"head_name": "壬", "id_number": FORMER, **VILLAGE},
    ])  # fmt: skip
    insurance(lake)
    supply = [
        {**place, "works_name": "东井", "natural_village_name": "东村"} for place in (VILLAGE, NO_VILLAGE)
    ]
    landed("village_water_supply", supply)
    landed("audit_report", [{"document_no": "甲〔2019〕1号"}])
    landed("audit_issue", [{"document_no": number} for number in ("甲〔2019〕1号", "甲〔2019〕2号", None)])
    landed("industry_project", [{"project_name": "1", **VILLAGE}, {"project_name": "2", **NO_VILLAGE}])
    for feed in ("village_secretary", "party_village"):
        landed(feed, [VILLAGE, NO_VILLAGE])
    numbered = [{"register_household_no": f"户{n}"} for n in (1, 5, 9)] + [{"head_id_number": FORMER}]
    landed("household_income_survey", numbered)
    landed("household_visit", numbered)
    watched = [
        row | place for row, place in zip(numbered, (VILLAGE, VILLAGE, NO_VILLAGE, VILLAGE), strict=True)
    ]
    landed("monitoring_household", watched)
    landed("research_visit", [{"visit_no": "1", **VILLAGE}, {"visit_no": "2", **NO_VILLAGE}])
    landed("water_quality_test", [{"report_no": name, "works_name": name} for name in ("东井", "西井")])


def insurance(lake: TinyLake) -> None:
    for kind in ("居民", "职工"):
        rows = people("subsidised_as", "建档立卡", insurance_kind=kind, insurance_year=2019)
        rows = [{**row, "insured_no": f"{kind}{n}"} for n, row in enumerate(rows)]
        held = {
            "row_json": '{"个人编号": "居民9"}',
            "period": "2019",
            "part": "居民",
            "speaks_for_on": DECEMBER,
        }
        waiting = [held] if kind == "居民" else []
        lake.land("insurance_enrolment", rows, as_of=DECEMBER, received_at=EARLY, held=waiting)
    stays = people("poverty_mark", "建档立卡", settled_on=date(2019, 12, 1))
    stays = [{**row, "settlement_no": f"S{n}", "insured_no": f"居民{n}"} for n, row in enumerate(stays)]
    stays += [
        {"settlement_no": "S7", "insured_no": "居民7", "settled_on": date(2019, 12, 1)},
        {
            "settlement_no": "S8",
            "insured_no": "居民7",
            "settled_on": date(2020, 1, 1),
        },  # no roll of that year
        {"settlement_no": "S9", "insured_no": "居民9", "settled_on": date(2019, 12, 1)},  # held there
    ]
    lake.land("inpatient_settlement", stays, as_of=DECEMBER, received_at=EARLY)


EXPECTED = {
    ("HOUSEHOLD_SIZE", 4), ("HOUSEHOLD_WITHOUT_PERSON", 5), ("HOUSEHOLD_VILLAGE_UNKNOWN", 6),
    ("PERSON_WITHOUT_HOUSEHOLD", 8), ("PUPIL_NOT_REGISTERED", 5), ("ALLOWANCE_NOT_REGISTERED", 5),
    ("ALLOWANCE_VILLAGE_UNKNOWN", 5), ("SUPPORT_NOT_REGISTERED", 5), ("SUPPORT_VILLAGE_UNKNOWN", 5),
    ("TASK_NOT_REGISTERED", 5), ("TASK_VILLAGE_UNKNOWN", 5), ("APPRAISAL_VILLAGE_UNKNOWN", 4),
    ("INSURED_NOT_REGISTERED", 5), ("PATIENT_NOT_REGISTERED", 5), ("PATIENT_NOT_INSURED", 8),
    ("SUPPLY_VILLAGE_UNKNOWN", 4), ("WORKS_UNKNOWN", 4),
    ("HEAD_NUMBER_CHANGED", 7), ("PUPIL_NUMBER_CHANGED", 7), ("ALLOWANCE_NUMBER_CHANGED", 7),
    ("SUPPORT_NUMBER_CHANGED", 7), ("TASK_NUMBER_CHANGED", 7), ("APPRAISAL_NUMBER_CHANGED", 5),
    ("INSURED_NUMBER_CHANGED", 7), ("PATIENT_NUMBER_CHANGED", 7), ("DEATH_NUMBER_CHANGED", 3),
    ("CARD_NUMBER_CHANGED", 3), ("SUBSIDY_NUMBER_CHANGED", 3), ("EXEMPTION_NUMBER_CHANGED", 3),
    ("POST_NOT_REGISTERED", 5), ("POST_NUMBER_CHANGED", 7), ("TRAINEE_NOT_REGISTERED", 5),
    ("TRAINEE_NUMBER_CHANGED", 7), ("WORKER_NUMBER_CHANGED", 3),
    ("BUYER_NUMBER_CHANGED", 3), ("ISSUE_LETTER_UNKNOWN", 4), ("VISIT_VILLAGE_UNKNOWN", 4),
    ("PROJECT_VILLAGE_UNKNOWN", 4), ("SURVEY_NOT_REGISTERED", 5),
    ("SURVEY_NUMBER_CHANGED", 6), ("VISITED_NOT_REGISTERED", 5), ("VISITED_NUMBER_CHANGED", 6),
    ("SECRETARY_VILLAGE_UNKNOWN", 4), ("MODEL_VILLAGE_UNKNOWN", 4), ("MONITORED_NOT_REGISTERED", 5),
    ("MONITORED_VILLAGE_UNKNOWN", 5), ("MONITORED_NUMBER_CHANGED", 6),
}  # fmt: skip


def build(warehouse: Warehouse, as_of: date = DECEMBER) -> None:
    variables = json.dumps({"as_of": as_of.isoformat()})
    options = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    done = warehouse.dbt("build", "--vars", variables, "--select", "+fct_cross_file_problem", *options)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("cross_file"))
    land(TinyLake(made.lake))
    build(made)
    return made


def found(warehouse: Warehouse, as_of: date = DECEMBER) -> list[tuple[Any, ...]]:
    return warehouse.rows(
        f"select distinct code, source_row from mart.fct_cross_file_problem where as_of = '{as_of}'"
    )


def test_each_check_names_its_row_and_no_other(warehouse: Warehouse) -> None:
    assert {code for code, _ in EXPECTED} == {check.code for _, check in cross_file_checks(load_catalog())}
    assert set(found(warehouse)) == EXPECTED


def test_the_sentence_has_the_cell_and_no_id_number(warehouse: Warehouse) -> None:
    rows = dict(warehouse.rows("select code, any_value(message) from mart.fct_cross_file_problem group by 1"))
    assert rows["HOUSEHOLD_SIZE"] == (
        "第 4 行的“家庭人口数”是“3”，而《建档立卡贫困人口信息表》里这个“户编号”有 1 行。"
    )
    assert rows["PUPIL_NOT_REGISTERED"] == (
        f"第 5 行的“是否建档立卡”是“是”，而“身份证件号”“{UNKNOWN[:6]}************”"
        "在扶贫办的《建档立卡贫困人口信息表》里找不到。"
    )
    assert rows["PUPIL_NUMBER_CHANGED"] == (
        "第 7 行的“身份证件号”写的号码在扶贫办的《建档立卡贫困人口信息表》里已经改过，是改号以前的。"
    )
    (everything,) = warehouse.rows("select string_agg(cast(t as varchar)) from mart.fct_cross_file_problem t")
    assert UNKNOWN not in str(everything) and FORMER not in str(everything)


def test_damaged_rows_fail_the_data_tests(warehouse: Warehouse) -> None:
    with duckdb.connect(str(warehouse.home / "warehouse.duckdb")) as connection:
        connection.execute("create table kept as select * from mart.fct_cross_file_problem")
        connection.execute("insert into mart.fct_cross_file_problem select * from kept limit 1")
        connection.execute(
            "update mart.fct_cross_file_problem set found_count = 0 where code = 'HOUSEHOLD_SIZE'"
        )
        connection.execute("update mart.fct_cross_file_problem set message = null, remedy = null")
    warehouse.dbt("test", "--select", "fct_cross_file_problem", "--exclude-resource-type", "unit_test")
    assert warehouse.results() and set(warehouse.results().values()) == {"fail"}
    with duckdb.connect(str(warehouse.home / "warehouse.duckdb")) as connection:
        connection.execute("delete from mart.fct_cross_file_problem")
        connection.execute("insert into mart.fct_cross_file_problem select * from kept")


def test_a_feed_that_has_not_come_is_no_reason_to_complain(warehouse: Warehouse) -> None:
    """In February the register of households comes, that of persons does not."""
    february = date(2020, 2, 29)
    lake = TinyLake(warehouse.lake)
    lake.land("register_household", [household("户9", 1)], as_of=february, received_at=LATE)
    build(warehouse, february)
    codes = {code for code, _ in found(warehouse, february)}
    assert not codes & {"HOUSEHOLD_WITHOUT_PERSON", "HOUSEHOLD_SIZE"}
    assert "WORKS_UNKNOWN" in codes
