"""The enrolment roll of autumn 2019, the subsidies of two terms, the approvals to stay at home."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.people import Array, generator, phones
from sample_county.world.population import County
from sample_county.world.studies import HIGH, STAGES, STATUSES, TECH, VOC

# Rows of the roll by stage at full scale (the registered included), with the ages of the crowd.
ROLL = {
    "学前": (15_500, 3, 5),
    "小学": (46_000, 6, 11),
    "初中": (21_000, 12, 14),
    "普高": (8_500, 15, 17),
    "中职": (4_000, 15, 17),
}
GRADES = {
    "学前": ("小班", "中班", "大班"),
    "小学": ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    "初中": ("七年级", "八年级", "九年级"),
    "普高": ("高一", "高二", "高三"),
    "中职": ("职一", "职二", "职三"),
}
STANDARDS = {"小学": 1500.0, "初中": 1500.0, "普高": 1500.0, "中职": 1500.0, "技工": 1500.0, "大专": 3500.0}
TERMS = {"2018-2019-2": ("2018-2019", "第二学期"), "2019-2020-1": ("2019-2020", "第一学期")}
RETURNED_SHARE = 0.012
# What the fates of the pupils at home are called on an approval.
APPROVALS = {"ill": "重病", "disabled": "重度残疾", "postponed": "缓学", "suspended_approved": "休学"}
HIGH_SCHOOLS = ("徐闻县第一中学", "徐闻中学", "徐闻县实验中学")
VOC_SCHOOLS = ("徐闻县职业高级中学", "徐闻县中等职业技术学校")
TECH_SCHOOLS = ("湛江市技师学院", "广东省粤西技工学校", "湛江市高级技工学校")
COLLEGES = ("广东文理职业学院", "湛江幼儿师范专科学校", "广东农工商职业技术学院", "广州番禺职业技术学院")


def stage_of(status: Array) -> Array:
    """学段 on the roll, by status; blank for who is not on a county school's roll."""
    by_status = STAGES.copy()
    by_status[2] = "学前"
    by_status[TECH:] = ""
    stages: Array = by_status[status]
    return stages


def enrolment_table(county: County) -> pd.DataFrame:
    rng = generator(county.seed, "enrolment")
    own = county.persons[county.persons["enrolment_status"] != ""].copy()
    # Who is not in school any more is listed in the grade of last term.
    listed = np.where(
        own["autumn"] > 0, own["autumn"], np.maximum(own["spring"], 3 + np.clip(own["age"] - 7, 0, 8))
    )
    own["stage"] = stage_of(listed)
    own["grade"] = _grade(listed, own["age"].to_numpy(np.int64))
    own["is_registered"] = own["left_on"].isna()
    others = _crowd_pupils(rng, county, {s: int((own["stage"] == s).sum()) for s in ROLL})
    rows = pd.concat([own, others], ignore_index=True)
    rows["enrolment_status"] = rows["enrolment_status"].fillna("在校")
    return _enrolment(rng, county, rows)


def _grade(status: Array, age: Array) -> Array:
    names = np.array([*STATUSES], dtype=object)
    names[HIGH : HIGH + 3], names[VOC : VOC + 3] = GRADES["普高"], GRADES["中职"]
    kindergarten = np.array(GRADES["学前"], dtype=object)[np.clip(age - 3, 0, 2)]
    return np.where(status == 2, kindergarten, names[status])


def _crowd_pupils(rng: np.random.Generator, county: County, present: dict[str, int]) -> pd.DataFrame:
    parts, taken = [], np.zeros(len(county.crowd), dtype=bool)
    age = county.crowd["age"].to_numpy(np.int64)
    for stage, (total, youngest, oldest) in ROLL.items():
        free = np.flatnonzero(~taken & (age >= youngest) & (age <= oldest))
        chosen = rng.permutation(free)[: max(0, county.targets.count(total) - present.get(stage, 0))]
        taken[chosen] = True
        grade = np.array(GRADES[stage], dtype=object)[
            np.clip(age[chosen] - youngest, 0, len(GRADES[stage]) - 1)
        ]
        parts.append(county.crowd.iloc[chosen].assign(stage=stage, grade=grade, is_registered=False))
    return pd.concat(parts, ignore_index=True)


def _schools(county: County, rows: pd.DataFrame) -> Array:
    """Primary schools by village, the rest by town or county."""
    village = rows["village"].to_numpy(np.int64)
    known = np.maximum(village, 0)
    town, name = county.places.village_texts(known)
    base = pd.Series(name, dtype="str").str.replace("(村|社区)$", "", regex=True).to_numpy(object)
    town = np.where(village < 0, "徐城街道", town)
    pick = (rows["household"].to_numpy(np.int64) * 7) % 6
    by_stage = {
        "学前": town + np.array(["中心幼儿园", "第一幼儿园", "小太阳幼儿园"] * 2, dtype=object)[pick],
        "小学": np.where(pick < 2, town + "中心小学", town + base + "小学"),
        "初中": town + np.array(["初级中学", "第二中学"] * 3, dtype=object)[pick],
        "普高": np.array(HIGH_SCHOOLS * 2, dtype=object)[pick],
        "中职": np.array(VOC_SCHOOLS * 3, dtype=object)[pick],
        "技工": np.array(TECH_SCHOOLS * 2, dtype=object)[pick],
        "大专": np.array([*COLLEGES, *COLLEGES[:2]], dtype=object)[pick],
    }
    stage = rows["stage"].to_numpy(object)
    return np.select([stage == s for s in by_stage], list(by_stage.values()), "")


def _enrolment(rng: np.random.Generator, county: County, rows: pd.DataFrame) -> pd.DataFrame:
    rows["school_name"] = _schools(county, rows)
    order = ["stage", "school_name", "grade", "household"]
    rows = rows.sort_values(order, kind="stable", ignore_index=True)
    count = len(rows)
    school = pd.Series(pd.factorize(rows["school_name"])[0] + 1)
    grades = {g: i for names in GRADES.values() for i, g in enumerate(names)}
    admitted = 2019 - rows["grade"].map(grades).to_numpy(np.int64)
    status = rows["enrolment_status"]
    village = np.maximum(rows["village"].to_numpy(np.int64), 0)
    town, name = county.places.village_texts(village)
    boards = rng.random(count) < np.where(rows["stage"].isin(["学前", "小学"]), 0.03, 0.55)
    absent = pd.Series([None] * count, dtype="str")
    return pd.DataFrame(
        {
            "school_code": "XX" + school.astype("str").str.zfill(4),
            "school_name": rows["school_name"],
            "stage": rows["stage"],
            "grade": rows["grade"],
            "class_name": (pd.Series(rng.integers(1, 7, count)).astype("str") + "班"),
            "student_no": [f"L2019{i:08d}" for i in range(1, count + 1)],
            "person_name": rows["name"],
            "sex": np.where(rows["is_male"], "男", "女"),
            "birth_on": rows["birth_on"].astype("datetime64[s]"),
            "id_kind": "居民身份证",
            "id_number": rows["id_number"],
            "home_area_code": "440899",
            "address": pd.Series(np.where(rows["village"] >= 0, town + name, rows["farm"]), dtype="str"),
            "admitted_month": pd.Series(
                pd.to_datetime(admitted.astype("str") + np.full(count, "-09-01"))
            ).astype("datetime64[s]"),
            "attendance_kind": np.where(boards, "住校", "走读"),
            "is_migrant": pd.array(rng.random(count) < 0.02, dtype="boolean"),
            "is_left_behind": pd.array(rng.random(count) < 0.18, dtype="boolean"),
            "is_orphan": pd.array(np.zeros(count, bool), dtype="boolean"),
            "is_disabled": (status.isin(["送教上门", "随班就读", "特教"]) | rows["health"].eq("残疾")).astype(
                "boolean"
            ),
            "is_in_regular_class": (status == "随班就读").astype("boolean"),
            "is_registered": rows["is_registered"].astype("boolean"),
            "wants_subsidy": rows["is_registered"].astype("boolean"),
            "enrolment_status": status,
            "guardian_name": rows["head_name"].where(rows["head_name"] != rows["name"], absent),
            "guardian_phone": phones(rng, count),
        }
    )


def subsidy_tables(county: County) -> dict[str, pd.DataFrame]:
    """The feed `education_subsidy`: each term's payments, 技工 in files of their own."""
    rng = generator(county.seed, "subsidy")
    persons = county.persons
    tables: dict[str, pd.DataFrame] = {}
    for label, (school_year, term) in TERMS.items():
        is_spring = term == "第二学期"
        status = persons["spring" if is_spring else "autumn"].to_numpy(np.int64)
        rows = persons.assign(stage=STAGES[status])
        rows = rows[(rows["stage"] != "") & (is_spring | rows["left_on"].isna())]
        days = (
            ("2019-07-05", "2019-07-10", "2019-07-18")
            if is_spring
            else ("2019-12-10", "2019-12-17", "2019-12-25")
        )
        table = _payments(rng, county, rows, days)
        table.insert(0, "school_year", school_year)
        table.insert(1, "term", term)
        is_tech = (table["stage"] == "技工").to_numpy(bool)
        tables[label] = table[~is_tech].reset_index(drop=True)
        tables[f"{label}-技工"] = table[is_tech].reset_index(drop=True)
    return tables


def _payments(
    rng: np.random.Generator, county: County, rows: pd.DataFrame, days: tuple[str, str, str]
) -> pd.DataFrame:
    """One payment each; a few come back and are paid again, so that the net is one payment."""
    rows = rows.sort_values(["stage", "village", "person_no"], kind="stable")
    amount = rows["stage"].map(STANDARDS).to_numpy(np.float64)
    spouse = (rows["relation"] == "户主").to_numpy(bool)
    paid = pd.DataFrame(
        {
            "stage": rows["stage"].to_numpy(object),
            "school_name": _schools(county, rows),
            "person_name": rows["name"].to_numpy(object),
            "id_number": rows["id_number"].to_numpy(object),
            "head_name": rows["head_name"].to_numpy(object),
            "subsidy_kind": "生活费",
            "standard_yuan": amount,
            "amount_yuan": amount,
            "paid_on": pd.Timestamp(days[0]).as_unit("s"),
            "bank_name": "徐闻农商银行",
            "bank_account": county.households["bank_account"].to_numpy(object)[rows["household"]],
            "payee_name": rows["head_name"].to_numpy(object),
            "payee_relation": np.where(spouse, "本人", _payee_relation(rows)),
            "payment_status": "成功",
            "remark": pd.Series([None] * len(rows), dtype="str"),
        }
    )
    again = paid[rng.random(len(paid)) < RETURNED_SHARE]
    back = again.assign(
        amount_yuan=-again["amount_yuan"],
        paid_on=pd.Timestamp(days[1]).as_unit("s"),
        payment_status="退票",
        remark="账号有误退回",
    )
    anew = again.assign(paid_on=pd.Timestamp(days[2]).as_unit("s"), payment_status="补发", remark="退票补发")
    return pd.concat([paid, back, anew], ignore_index=True)


def _payee_relation(rows: pd.DataFrame) -> Array:
    return np.where(rows["role"] == "G", "祖父母", "父母")


def exemption_table(county: County) -> pd.DataFrame:
    """The feed `schooling_exemption`: the approvals of registered children, and a few others'."""
    rng = generator(county.seed, "exemption")
    own = county.persons[county.persons["fate"].isin(list(APPROVALS))]
    own = own.assign(exemption_kind=own["fate"].map(APPROVALS))
    children = county.crowd[county.crowd["age"].between(6, 14) & (county.crowd["village"] >= 0)]
    others = children.iloc[rng.permutation(len(children))[: county.targets.count(60, least=1)]]
    others = others.assign(exemption_kind=rng.choice(["重病", "重度残疾", "休学", "缓学"], len(others)))
    rows = pd.concat([own, others], ignore_index=True)
    rows = rows.iloc[rng.permutation(len(rows))].reset_index(drop=True)
    town, village = county.places.village_texts(rows["village"].to_numpy(np.int64))
    return pd.DataFrame(
        {
            "approval_no": [f"徐教免〔2019〕{i}号" for i in range(1, len(rows) + 1)],
            "town_name": town,
            "village_name": village,
            "person_name": rows["name"],
            "sex": np.where(rows["is_male"], "男", "女"),
            "birth_on": rows["birth_on"].astype("datetime64[s]"),
            "id_number": rows["id_number"],
            "exemption_kind": rows["exemption_kind"],
            "approved_on": pd.Timestamp("2019-08-26").as_unit("s"),
            "starts_on": pd.Timestamp("2019-09-01").as_unit("s"),
            "ends_on": pd.Timestamp("2020-08-31").as_unit("s"),
            "approved_by": "徐闻县教育局",
        }
    )
