"""Files of a small county through staging, identity, unions and dimensions, seen with both clocks."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dbt_frame.tiny_lake import KEY, TinyLake
from tests.integration.dbt_frame.warehouse import Warehouse

pytestmark = pytest.mark.slow

NOVEMBER, DECEMBER = date(2019, 11, 30), date(2019, 12, 31)
# The lake keeps UTC without saying so.
EARLY, LATE, LATEST = (
    datetime.fromisoformat(t) for t in ("2019-12-03 08:00", "2020-01-03 08:00", "2020-01-09 08:00")
)
# Checksum-valid numbers of the unassigned area 440899.
ANNA, BERT, CARL, DORA = (
    "440899198001010010",
    "440899198001020016",
    "440899198001030011",
    "440899198001040017",
)


def household(number: str, **more: Any) -> dict[str, Any]:
    row = {
        "register_household_no": number,
        "town_name": "徐城街道",
        "village_name": "芒海村",
        "head_name": "户主",
    }
    return {**row, "member_count": 1, "registered_year": 2016, "is_lifted": True, "is_exited": False, **more}


def person(number: str, household_no: str, id_number: str | None) -> dict[str, Any]:
    row = {"register_person_no": number, "register_household_no": household_no, "person_name": number}
    return {**row, "id_number": id_number, "relation_code": "户主", "birth_on": date(1980, 1, 1), "sex": "男"}


def land_county(lake: TinyLake) -> None:
    """Two registers: 包 moves from 户1 to 户2, 陈 leaves; 丁 has no usable ID."""
    lake.land("register_household", [household("户1"), household("户9")], as_of=NOVEMBER, received_at=EARLY)
    lake.land(
        "register_person",
        [person("安", "户1", ANNA), person("包", "户1", BERT), person("陈", "户9", CARL)],
        as_of=NOVEMBER,
        received_at=EARLY,
    )
    places = [household("户1"), household("户2", town_name="外地农场")]
    lake.land("register_household", places[:1], as_of=DECEMBER, received_at=LATE)
    lake.land("register_household", places[1:], as_of=DECEMBER, received_at=LATE)
    lake.land(
        "register_person",
        [person("安", "户1", ANNA), person("包", "户2", BERT), person("丁", "户2", None)],
        as_of=DECEMBER,
        received_at=LATE,
    )
    village = {
        "village_code": "XW-1",
        "village_kind": "村",
        "is_relative_poor": False,
        "agricultural_population": 1,
    }
    lake.land(
        "village",
        [{**village, "town_name": "徐城", "village_name": "芒海村委会"}],
        as_of=NOVEMBER,
        received_at=EARLY,
    )
    payroll = {"allowance_no": "D1", "town_name": "徐城街道", "head_name": "安", "id_number": ANNA}
    members = {
        "member_1_name": "陈",
        "member_1_id_number": CARL,
        "member_2_name": "外",
        "member_2_id_number": DORA,
    }
    lake.land(
        "subsistence_allowance",
        [{**payroll, **members, "pay_month": date(2019, 12, 1), "amount_yuan": 300}],
        as_of=DECEMBER,
        received_at=LATE,
    )
    lake.land(
        "insurance_enrolment",
        [
            {
                "insured_no": "1",
                "person_name": "安",
                "id_number": ANNA,
                "insurance_kind": "居民",
                "insurance_year": 2019,
            },
            {
                "insured_no": "2",
                "person_name": "外",
                "id_number": DORA,
                "insurance_kind": "居民",
                "insurance_year": 2019,
            },
        ],
        as_of=date(2019, 6, 30),
        received_at=EARLY,
    )


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("county"))
    land_county(TinyLake(warehouse.lake))
    warehouse.build(tests=True)
    return warehouse


def person_key(identifier: str) -> str:
    inner = hashlib.sha256((KEY + identifier).encode()).hexdigest()
    return hashlib.sha256((KEY + inner).encode()).hexdigest()


def test_people_of_the_latest_register_are_identified(county: Warehouse) -> None:
    rows = county.rows(
        "select register_person_no, register_household_no, person_key, link_method "
        "from intermediate.int_register_person__identified order by 1"
    )
    assert rows == [
        ("丁", "户2", person_key("丁"), "register_no"),
        ("包", "户2", person_key(BERT), "exact_id"),
        ("安", "户1", person_key(ANNA), "exact_id"),
    ]


def test_history_keeps_who_was_registered_when(county: Warehouse) -> None:
    rows = county.rows(
        "select register_person_no, register_household_no, in_force_from, in_force_until "
        "from intermediate.int_register_person__history "
        "where register_person_no in ('包', '陈') order by 1, 3"
    )
    assert rows == [
        ("包", "户1", NOVEMBER, DECEMBER),
        ("包", "户2", DECEMBER, None),
        ("陈", "户9", NOVEMBER, DECEMBER),
    ]


def test_rows_are_linked_per_id_column_to_whoever_was_ever_registered(county: Warehouse) -> None:
    rows = county.rows(
        "select feed, id_column, person_key, link_method, link_confidence "
        "from intermediate.int_person__linked where feed not like 'register%' order by 1, 2"
    )
    assert rows == [
        ("insurance_enrolment", "id_number", person_key(ANNA), "exact_id", 1.0),
        ("subsistence_allowance", "id_number", person_key(ANNA), "exact_id", 1.0),
        ("subsistence_allowance", "member_1_id_number", person_key(CARL), "exact_id", 1.0),
    ]


def test_roster_makes_members_rows_and_leaves_strangers_out(county: Warehouse) -> None:
    rows = county.rows(
        "select person_name, group_no, id_column from intermediate.int_roster "
        "where feed = 'subsistence_allowance' order by 3"
    )
    assert rows == [("安", "D1", "id_number"), ("陈", "D1", "member_1_id_number")]
    assert county.rows("select count(*) from intermediate.int_roster where feed = 'insurance_enrolment'") == [
        (1,)
    ]


def test_payments_keep_the_unlinked(county: Warehouse) -> None:
    rows = county.rows("select feed, person_key, amount_yuan, pay_month from intermediate.int_payment")
    assert [(f, k, float(y), m) for f, k, y, m in rows] == [
        ("subsistence_allowance", person_key(ANNA), 300.0, date(2019, 12, 1))
    ]


def test_places_are_matched_by_name_and_strange_ones_kept(county: Warehouse) -> None:
    rows = county.rows(
        "select register_household_no, town_code, town_name, village_code, village_name "
        "from mart.dim_household where as_of = '2019-12-31' order by 1"
    )
    assert rows == [
        ("户1", "440825001", "徐城街道", "XW-1", "芒海村委会"),
        ("户2", None, "其他/农场", None, "芒海村"),
    ]


def test_marts_hold_no_id_number(county: Warehouse) -> None:
    masked = county.rows("select id_number_masked from mart.dim_person where as_of = '2019-12-31' order by 1")
    assert masked == [("440899************",), ("440899************",), (None,)]


@pytest.mark.slow
@pytest.mark.long
def test_an_older_as_of_with_known_by_gives_the_older_result_row_for_row(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    lake = TinyLake(warehouse.lake)
    land_county(lake)
    warehouse.build("2019-11-30", "2019-12-31 00:00:00")
    tables = ("mart.dim_household", "mart.dim_person", "mart.fct_feed_arrival", "mart.rpt_delivery_board")
    before = {t: warehouse.rows(f"select * from {t} where as_of = '2019-11-30' order by all") for t in tables}
    assert all(before.values())
    # a correction of November that arrives in January, and another as_of in between
    lake.land("register_person", [person("安", "户1", ANNA)], as_of=NOVEMBER, received_at=LATEST)
    warehouse.build("2019-12-31")
    kept = {t: warehouse.rows(f"select * from {t} where as_of = '2019-11-30' order by all") for t in tables}
    assert kept == before
    warehouse.build("2019-11-30", "2019-12-31 00:00:00")
    again = {t: warehouse.rows(f"select * from {t} where as_of = '2019-11-30' order by all") for t in tables}
    assert again == before


def test_a_partition_that_became_empty_is_empty(county: Warehouse) -> None:
    assert county.rows("select count(*) from mart.dim_person") == [(3,)]
    county.build("2019-12-31", "2019-01-01 00:00:00")
    assert county.rows("select count(*) from mart.dim_person") == [(0,)]
