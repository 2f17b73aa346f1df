"""Three households whose guarantees are all different, as departments would send them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.integration.dbt_frame.tiny_lake import TinyLake

DECEMBER = date(2019, 12, 31)
EARLY, LATE = (datetime.fromisoformat(t) for t in ("2020-01-03 08:00", "2020-01-09 08:00"))
FIRST, SECOND = "徐城街道", "迈陈镇"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(born: int, sequence: int) -> str:
    """A checksum-valid number of the unassigned area 440899: no citizen has it."""
    body = f"440899{born}0501{sequence:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


FATHER, PUPIL, ELDER, MOTHER, CHILD, STRANGER = (
    id_number(born, n) for n, born in enumerate((1980, 2009, 1940, 1981, 2010, 2008), start=11)
)
AUTUMN = {"school_year": "2019-2020", "term": "第一学期", "subsidy_kind": "生活费"}
Row = dict[str, Any]


def household(number: str, town: str, village: str, natural: str, *, lifted: bool, exited: bool) -> Row:
    return {
        "register_household_no": number,
        "town_name": town,
        "village_name": village,
        "natural_village_name": natural,
        "head_name": "户主",
        "member_count": 2,
        "is_lifted": lifted,
        "is_exited": exited,
    }


def person(number: str, household_no: str, id_number: str, born: int, **more: Any) -> Row:
    row = {"register_person_no": number, "register_household_no": household_no, "id_number": id_number}
    row |= {"person_name": f"人{number}", "relation_code": "户主"}
    return {**row, "birth_on": date(born, 5, 1), **more}


def supply(town: str, village: str, natural: str, works: str, population: int, served: int) -> Row:
    return {
        "town_name": town,
        "village_name": village,
        "natural_village_name": natural,
        "agricultural_population": population,
        "is_piped": served > 0,
        "served_population": served,
        "works_name": works,
        "works_kind": "小型集中",
        "is_at_home": True,
        "outage_days": 3,
        "daily_litres_per_head": 60.0,
    }


def report(number: str, works: str, arsenic: float) -> Row:
    return {
        "report_no": number,
        "sampling_point": works,
        "works_name": works,
        "sample_kind": "末梢水",
        "sampled_on": date(2019, 9, 5),
        "arsenic_mg_l": arsenic,
        "arsenic_mg_l_op": "=",
        "verdict": "合格",
    }


def insured(number: str, id_number: str, kind: str, *, paid: bool = True) -> Row:
    row = {"insured_no": number, "id_number": id_number, "insurance_kind": kind, "insurance_year": 2019}
    return {**row, "person_name": number, "insurance_status": "正常", "is_paid": paid}


def pupil(name: str, id_number: str | None, stage: str) -> Row:
    return {"stage": stage, "person_name": name, "id_number": id_number, "enrolment_status": "在校"}


def land(lake: TinyLake) -> None:
    """户1 has all it needs, 户2 lives in a grade D house, 户3's child is on no roll, its water bad."""
    people(lake)
    places(lake)
    schools(lake)
    homes_and_cover(lake)


def people(lake: TinyLake) -> None:
    households = [
        household("户1", FIRST, "芒海村", "东村", lifted=True, exited=True),
        household("户2", FIRST, "芒海村", "东村", lifted=True, exited=False),
        household("户3", SECOND, "迈陈村", "西村", lifted=False, exited=False),
    ]
    for rows in (households[:2], households[2:]):  # the register comes by town
        lake.land("register_household", rows, as_of=DECEMBER, received_at=EARLY)
    persons = [
        person("1", "户1", FATHER, 1980, labour_capacity="普通劳动力"),
        person("2", "户1", PUPIL, 2009, labour_capacity="无劳动力", student_status="四年级"),
        person("3", "户2", ELDER, 1940, labour_capacity="丧失劳动力"),
        person("4", "户3", MOTHER, 1981, labour_capacity="普通劳动力"),
        person("5", "户3", CHILD, 2010, labour_capacity="无劳动力"),
    ]
    lake.land("register_person", persons, as_of=DECEMBER, received_at=EARLY)


def places(lake: TinyLake) -> None:
    villages = [
        {"village_code": code, "town_name": town, "village_name": name, "is_relative_poor": is_poor}
        for code, town, name, is_poor in (
            ("XW-1", FIRST, "芒海村", False),
            ("XW-2", SECOND, "迈陈村", True),
        )
    ]
    rest = {"village_kind": "村", "agricultural_population": 1}
    lake.land("village", [v | rest for v in villages], as_of=DECEMBER, received_at=EARLY)
    first = [
        supply(FIRST, "芒海村", "东村", "东井", 6000, 6000),
        supply(FIRST, "芒海村", "北村", "北井", 1000, 0),
    ]
    lake.land("village_water_supply", first, as_of=DECEMBER, received_at=EARLY)
    second = [supply(SECOND, "迈陈村", "西村", "西井", 3000, 3000)]
    lake.land("village_water_supply", second, as_of=DECEMBER, received_at=EARLY)
    reports = [report("R1", "东井", 0.02), report("R2", "西井", 0.06)]
    lake.land("water_quality_test", reports, as_of=DECEMBER, received_at=EARLY)


def schools(lake: TinyLake) -> None:
    for stage in ("初中", "普高", "中职"):
        rows = [pupil("外", STRANGER, stage)]
        lake.land("school_enrolment", rows, as_of=date(2019, 10, 15), received_at=EARLY)
    rows = [pupil("人2", PUPIL, "小学")]
    lake.land("school_enrolment", rows, as_of=date(2019, 10, 15), received_at=EARLY)
    paid = {**AUTUMN, "stage": "小学", "person_name": "人2", "id_number": PUPIL, "payment_status": "成功"}
    amounts = {"standard_yuan": 1500, "amount_yuan": 1500, "paid_on": date(2019, 12, 31)}
    lake.land("education_subsidy", [{**paid, **amounts}], as_of=DECEMBER, received_at=EARLY)


def homes_and_cover(lake: TinyLake) -> None:
    appraised = {"appraised_on": date(2019, 9, 30), "head_name": "户主"}
    for town, rows in {
        FIRST: [{"id_number": FATHER, "dwelling_grade": "B"}, {"id_number": ELDER, "dwelling_grade": "D"}],
        SECOND: [{"id_number": MOTHER, "dwelling_grade": "A"}],
    }.items():
        landed = [{**appraised, **row, "town_name": town} for row in rows]
        lake.land("housing_appraisal", landed, as_of=date(2019, 9, 30), received_at=EARLY)
    resident = [insured(str(i), number, "居民") for i, number in enumerate((PUPIL, ELDER, MOTHER, CHILD))]
    lake.land("insurance_enrolment", resident, as_of=date(2019, 6, 30), received_at=EARLY)
    employee = [insured("9", FATHER, "职工")]
    lake.land("insurance_enrolment", employee, as_of=date(2019, 6, 30), received_at=EARLY)
    support = {"support_no": "T1", "person_name": "人3", "id_number": ELDER, "support_kind": "分散"}
    month = {"town_name": FIRST, "pay_month": date(2019, 12, 1), "amount_yuan": 900}
    lake.land("destitute_support", [{**support, **month}], as_of=DECEMBER, received_at=EARLY)


def land_what_came_late(lake: TinyLake) -> None:
    """A corrected primary roll; the row that may be the child of 户3 is held for its ID number."""
    autumn = date(2019, 10, 15)
    held = {"person_name": "人5", "period": "2019-10-15", "part": "小学", "speaks_for_on": autumn}
    rows = [pupil("人2", PUPIL, "小学")]
    lake.land("school_enrolment", rows, as_of=autumn, received_at=LATE, held=[held])
