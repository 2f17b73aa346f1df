"""The register of poor households, in its editions of 30 June, 30 November and 31 December 2019."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.people import Array, bank_accounts, generator, phones
from sample_county.world.population import County, registered_at, with_persons
from sample_county.world.studies import REASONS, STATUSES

EDITIONS = ("2019-06-30", "2019-11-30", "2019-12-31")
POVERTY_TYPES = {"destitute": "五保贫困户", "allowance": "低保贫困户", "labour": "一般贫困户"}
CAUSES = {
    "labour": (
        "因病",
        "因学",
        "缺土地",
        "缺技术",
        "缺资金",
        "因残",
        "自身发展动力不足",
        "因灾",
        "交通条件落后",
        "缺水",
    ),
    "allowance": ("因病", "因残", "缺劳力"),
    "destitute": ("缺劳力", "因残", "因病"),
}
EMPLOYEES = 216


def with_register_facts(county: County) -> County:
    """Adds what the register says of a person: health, labour, work, insurance; of a household: its
    type, years and income. All of it once, so that the editions agree."""
    rng = generator(county.seed, "register")
    persons = county.persons.copy()
    persons["health"] = _health(rng, persons)
    persons["labour"] = _labour(rng, persons)
    works = persons["labour"].isin(["普通劳动力", "技能劳动力"]).to_numpy(bool) & (
        rng.random(len(persons)) < 0.55
    )
    works |= (persons["fate"] == "left_after_compulsory").to_numpy(bool)
    area = rng.choice(["县内", "县外省内", "省外"], len(persons), p=[0.6, 0.34, 0.06])
    persons["work_area"] = pd.Series(area, index=persons.index, dtype="str").where(works)
    months = pd.Series(rng.integers(4, 13, len(persons)), index=persons.index, dtype="Int64")
    persons["work_months"] = months.where(works)
    persons["is_employee"] = _employees(rng, county, persons)
    persons["is_on_allowance"] = _on_allowance(rng, county)[persons["household"]]
    persons["is_on_support"] = (persons["kind"] == "destitute") & (
        (persons["role"] == "H") | (rng.random(len(persons)) < 0.93)
    )
    _household_facts(rng, county, persons)
    return with_persons(county, persons)


def _health(rng: np.random.Generator, persons: pd.DataFrame) -> Array:
    age, draw = persons["age"].to_numpy(np.int64), rng.random(len(persons))
    is_able = (persons["kind"] == "labour") & (persons["role"] == "H")
    result = np.where(draw < np.where(age >= 60, 0.35, np.where(age >= 40, 0.1, 0.005)), "长期慢性病", "健康")
    result = np.where((draw > 0.985) & (age >= 18), "患有大病", result)
    result = np.where((draw > 0.94) & (draw <= 0.975) & ~is_able, "残疾", result)
    result = np.where(persons["is_frail"] | (persons["fate"] == "disabled"), "残疾", result)
    return np.where(persons["fate"] == "ill", "患有大病", result)


def _labour(rng: np.random.Generator, persons: pd.DataFrame) -> Array:
    """Whole households without labour have nobody who could work; in the others the head can."""
    age, draw = persons["age"].to_numpy(np.int64), rng.random(len(persons))
    health = persons["health"].to_numpy(object)
    adult = np.where(draw < 0.1, "技能劳动力", np.where(draw < 0.2, "弱劳动力或半劳动力", "普通劳动力"))
    adult = np.where((age >= 60) & (draw < 0.5), "弱劳动力或半劳动力", adult)
    adult = np.where((age >= 60) & (draw >= 0.5), "无劳动力", adult)
    adult = np.where(
        np.isin(health, ["残疾", "患有大病"]), np.where(draw < 0.5, "丧失劳动力", "弱劳动力或半劳动力"), adult
    )
    studies = (persons["autumn"] > 1).to_numpy(bool)
    result = np.where((age < 16) | (age >= 70) | studies, "无劳动力", adult)
    result = np.where((persons["kind"] == "labour") & (persons["role"] == "H"), "普通劳动力", result)
    without = np.where((age >= 18) & (health == "残疾"), "丧失劳动力", "无劳动力")
    return np.where(persons["kind"] != "labour", without, result)


def _employees(rng: np.random.Generator, county: County, persons: pd.DataFrame) -> Array:
    can = (persons["labour"] == "普通劳动力") & persons["work_area"].notna() & persons["left_on"].isna()
    can &= (persons["age"] >= 20) & (persons["age"] <= 55)
    result = np.zeros(len(persons), dtype=bool)
    result[rng.permutation(np.flatnonzero(can))[: county.targets.count(EMPLOYEES)]] = True
    return result


def _on_allowance(rng: np.random.Generator, county: County) -> Array:
    """Households on 低保: all that have no labour and are not 特困, and some that have labour."""
    kind = county.households["kind"].to_numpy(object)
    with_labour = (kind == "labour") & (county.households["size"].to_numpy(np.int64) <= 7)
    result: Array = (kind == "allowance") | (with_labour & (rng.random(len(kind)) < 0.2))
    return result


def _household_facts(rng: np.random.Generator, county: County, persons: pd.DataFrame) -> None:
    households = county.households
    count = len(households)
    kind = households["kind"].to_numpy(object)
    on_allowance = np.zeros(count, dtype=bool)
    on_allowance[persons.loc[persons["is_on_allowance"], "household"]] = True
    poverty_type = pd.Series(kind).map(POVERTY_TYPES).to_numpy(object)
    households["poverty_type"] = np.where(on_allowance & (kind == "labour"), "低保贫困户", poverty_type)
    cause = np.full(count, "", dtype=object)
    for name, words in CAUSES.items():
        own = kind == name
        weights = np.linspace(2.0, 0.4, len(words))
        cause[own] = rng.choice(np.array(words, dtype=object), int(own.sum()), p=weights / weights.sum())
    households["cause"] = cause
    households["registered_year"] = rng.choice(
        [2014, 2015, 2016, 2017, 2018], count, p=[0.1, 0.05, 0.7, 0.1, 0.05]
    )
    lifted = np.maximum(
        rng.choice([2016, 2017, 2018, 2019], count, p=[0.2, 0.4, 0.33, 0.07]),
        households["registered_year"] + 1,
    )
    waiting = households["is_lifted"] & ~households["is_exited"]
    households["lifted_year"] = np.where(waiting, 2019, lifted)
    # Lifting of the year is decided in November; a tenth of it only in December.
    households["is_lifted_late"] = (households["lifted_year"] == 2019) & (rng.random(count) < 0.1)
    exit_day = np.where(rng.random(count) < 0.93, np.datetime64("2019-11-15"), np.datetime64("2019-12-20"))
    households["exited_on"] = np.where(households["is_lifted_late"], np.datetime64("2019-12-20"), exit_day)
    income = rng.lognormal(9.25, 0.22, count) * np.where(kind == "labour", 1.0, 0.9)
    households["income"] = np.round(
        np.where(households["is_lifted"], np.maximum(income, 8300 + income / 50), income * 0.5), 2
    )
    households["floor_area"] = np.round(20 * households["size"] ** 0.7 + rng.uniform(10, 60, count), 1)
    households["phone"] = phones(rng, count)
    households["bank_account"] = bank_accounts(0, count)


def household_table(county: County, day: str) -> pd.DataFrame:
    """The feed `register_household` in the edition of that day."""
    persons = registered_at(county, day)
    size = persons.groupby("household").size()
    heads = persons[persons["role"] == "H"].set_index("household")
    rows = county.households.loc[heads.index]
    town, village = county.places.village_texts(rows["village"].to_numpy(np.int64))
    natural = county.places.natural_villages["natural_village_name"].to_numpy(object)[rows["natural"]]
    is_lifted = rows["is_lifted"] & ((rows["lifted_year"] < 2019) | (day != EDITIONS[0]))
    is_lifted &= ~rows["is_lifted_late"] | (day == EDITIONS[-1])
    is_exited = rows["is_exited"] & is_lifted & (rows["exited_on"] <= pd.Timestamp(day))
    is_unsafe = rows["dwelling_grade"].isin(["C", "D"])
    table = pd.DataFrame(
        {
            "register_household_no": rows["household_no"],
            "county_name": "徐闻县",
            "town_name": town,
            "village_name": village,
            "natural_village_name": natural,
            "head_name": heads["name"],
            "head_id_number": heads["id_number"],
            "member_count": size.reindex(rows.index).astype("Int64"),
            "poverty_type": rows["poverty_type"],
            "labour_state": np.where(rows["kind"] == "labour", "有", "无"),
            "poverty_cause": rows["cause"],
            "registered_year": rows["registered_year"].astype("Int64"),
            "lifted_year": rows["lifted_year"].astype("Int64").where(is_lifted),
            "is_lifted": is_lifted.astype("boolean"),
            "is_exited": is_exited.astype("boolean"),
            "exited_on": rows["exited_on"].where(is_exited).astype("datetime64[s]"),
            "income_per_head_yuan": rows["income"],
            "is_unsafe_dwelling": is_unsafe.astype("boolean"),
            "dwelling_grade": rows["dwelling_grade"],
            "dwelling_area": rows["floor_area"],
            "has_safe_water": rows["has_safe_water"],
            "phone": rows["phone"],
            "bank_name": "徐闻农商银行",
            "bank_account": rows["bank_account"],
        }
    )
    return table.sort_values(["register_household_no"], ignore_index=True)


def person_table(county: County, day: str) -> pd.DataFrame:
    """The feed `register_person` in the edition of that day."""
    rows = registered_at(county, day)
    is_spring = day == EDITIONS[0]
    status = rows["spring" if is_spring else "autumn"].to_numpy(np.int64)
    reason = rows["fate"].map(REASONS) if not is_spring else pd.Series(None, index=rows.index, dtype="str")
    table = pd.DataFrame(
        {
            "register_household_no": rows["household_no"],
            "head_name": rows["head_name"],
            "register_person_no": rows["person_no"],
            "person_name": rows["name"],
            "sex": np.where(rows["is_male"], "男", "女"),
            "id_kind": "居民身份证",
            "id_number": rows["id_number"],
            "relation_code": rows["relation"],
            "birth_on": rows["birth_on"],
            "ethnicity": "汉族",
            "political_status": np.where((rows["age"] >= 30) & (rows.index % 29 == 0), "中共党员", "群众"),
            "schooling_level": _schooling(rows, status),
            "student_status": pd.Series(np.array(STATUSES, dtype=object)[status], rows.index).replace(
                "", None
            ),
            "health_status": rows["health"],
            "labour_capacity": rows["labour"],
            "work_area": rows["work_area"],
            "work_months": rows["work_months"],
            "has_resident_insurance": (~rows["is_employee"]).astype("boolean"),
            "has_employee_insurance": rows["is_employee"].astype("boolean"),
            "has_critical_illness_insurance": pd.array([True] * len(rows), dtype="boolean"),
            "has_subsistence_allowance": rows["is_on_allowance"].astype("boolean"),
            "has_destitute_support": rows["is_on_support"].astype("boolean"),
            "not_in_school_reason": reason.astype("str"),
            "phone": county.households["phone"].to_numpy(object)[rows["household"]],
        }
    )
    return table.sort_values("register_person_no", ignore_index=True)


def _schooling(rows: pd.DataFrame, status: Array) -> pd.Series[str]:
    """文化程度 of those who do not study any more; blank for children and students."""
    age = rows["age"].to_numpy(np.int64)
    level = np.select(
        [age >= 75, age >= 55, age >= 25],
        [
            np.where(rows.index % 2 == 0, "文盲或半文盲", "小学"),
            np.where(rows.index % 3 == 0, "初中", "小学"),
            np.where(rows.index % 5 == 0, "高中", "初中"),
        ],
        "初中",
    ).astype(object)
    level[(rows["fate"] == "left_after_college").to_numpy(bool)] = "大专"
    level[(rows["fate"].isin(["left_after_high", "left_after_voc", "left_after_tech"])).to_numpy(bool)] = (
        "高中"
    )
    level[(age < 16) | (status > 1)] = None
    return pd.Series(level, index=rows.index, dtype="str")
