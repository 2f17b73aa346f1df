"""The insurance roll of 2019 and the year's inpatient settlements."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.people import Array, generator
from sample_county.world.population import County

EMPLOYEES = 20_000
IN_COUNTY_STAYS = 7172  # of registered persons, bills and their reversals left out
OUT_OF_COUNTY_STAYS = 950
REVERSED_BILLS = 60
ALL_STAYS = 30_000
HOSPITALS = {
    "县内": (
        "徐闻县人民医院",
        "徐闻县第二人民医院",
        "徐闻县中医医院",
        "徐闻县妇幼保健院",
        "迈陈镇中心卫生院",
        "下桥镇卫生院",
    ),
    "市内": ("广东医科大学附属医院", "湛江中心人民医院", "雷州市人民医院"),
    "省内": ("中山大学附属第一医院", "广东省人民医院"),
    "省外": ("海南省人民医院", "广西医科大学第一附属医院"),
}
ILLNESSES = (
    "肺炎",
    "脑梗死",
    "高血压",
    "慢性阻塞性肺病",
    "骨折",
    "糖尿病",
    "胃炎",
    "白内障",
    "肾结石",
    "阑尾炎",
    "冠心病",
)
EMPLOYERS = (
    "徐闻县教育局",
    "徐闻县人民医院",
    "徐闻海安港务公司",
    "徐闻县农业农村局",
    "勇士农场",
    "徐闻供电局",
    "徐闻华煌农产品公司",
)
LAST_DAY = np.datetime64("2019-12-31", "D")


def enrolment_tables(county: County) -> dict[str, pd.DataFrame]:
    """The feed `insurance_enrolment`: everybody, each in one of the two kinds."""
    rng = generator(county.seed, "insurance")
    persons, crowd = county.persons, county.crowd.copy()
    working = np.flatnonzero(((crowd["age"] >= 22) & (crowd["age"] <= 59)).to_numpy(bool))
    chosen = rng.permutation(working)[: county.targets.count(EMPLOYEES) - int(persons["is_employee"].sum())]
    crowd["is_employee"] = np.isin(np.arange(len(crowd)), chosen)
    columns = ["name", "id_number", "village", "is_employee", "household", "birth_on"]
    rows = pd.concat(
        [
            persons[columns].assign(is_registered=persons["left_on"].isna(), farm=""),
            crowd[[*columns, "farm"]].assign(is_registered=False),
        ],
        ignore_index=True,
    )
    rows["is_own"] = np.arange(len(rows)) < len(persons)
    # By place, as the roll is printed; who is registered stands among the others.
    rows = rows.iloc[np.lexsort((rng.permutation(len(rows)), rows["village"]))].reset_index(drop=True)
    rows["insured_no"] = (4_100_000_000 + pd.Series(np.arange(len(rows)))).astype("str")
    return {
        "居民": _roll(rng, county, rows[~rows["is_employee"]].reset_index(drop=True), "居民"),
        "职工": _roll(rng, county, rows[rows["is_employee"]].reset_index(drop=True), "职工"),
    }


def insured_numbers(tables: dict[str, pd.DataFrame]) -> pd.Series[str]:
    """个人编号 by ID number."""
    rolls = pd.concat([t[["id_number", "insured_no"]] for t in tables.values()])
    return rolls.set_index("id_number")["insured_no"]


def _roll(rng: np.random.Generator, county: County, rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    count = len(rows)
    own = rows["is_own"].to_numpy(bool)
    states = ["正常", "终止", "暂停", "参军", "服刑", "异地参保已核"]
    status = rng.choice(states, count, p=[0.985, 0.006, 0.004, 0.001, 0.001, 0.003]).astype(object)
    status[own] = "正常"
    is_paid = own | (status == "正常")
    paid_on = np.datetime64("2018-09-10", "D") + rng.integers(0, 170, count).astype("timedelta64[D]")
    birth = rows["birth_on"].to_numpy("datetime64[D]")
    paid_on = np.maximum(
        paid_on, np.minimum(birth + np.timedelta64(20, "D"), np.datetime64("2019-06-28", "D"))
    )
    first = np.maximum(
        birth, np.datetime64("2009-01-01", "D") + rng.integers(0, 3200, count).astype("timedelta64[D]")
    )
    premium = 220.0 if kind == "居民" else 3600.0
    return pd.DataFrame(
        {
            "insured_no": rows["insured_no"],
            "person_name": rows["name"],
            "id_number": rows["id_number"],
            "insurance_kind": kind,
            "insurance_year": pd.array(np.full(count, 2019), dtype="Int64"),
            "insurance_status": status,
            "is_paid": pd.array(is_paid, dtype="boolean"),
            "premium_yuan": np.where(is_paid, premium, 0.0),
            "premium_paid_on": pd.Series(paid_on.astype("datetime64[s]")).where(is_paid),
            "subsidised_as": pd.Series("建档立卡", index=rows.index, dtype="str").where(
                rows["is_registered"] & (kind == "居民")
            ),
            "insured_through": _through(county, rows, kind),
            "first_insured_on": np.minimum(first, paid_on).astype("datetime64[s]"),
        }
    )


def _through(county: County, rows: pd.DataFrame, kind: str) -> pd.Series[str]:
    if kind == "职工":
        employer = np.array(EMPLOYERS, dtype=object)[rows["household"].to_numpy(np.int64) % len(EMPLOYERS)]
        return pd.Series(employer, dtype="str")
    village = rows["village"].to_numpy(np.int64)
    town, name = county.places.village_texts(np.maximum(village, 0))
    return pd.Series(np.where(village < 0, rows["farm"], town + name), dtype="str")


def settlement_tables(county: County, insured_no: pd.Series[str]) -> dict[str, pd.DataFrame]:
    """The feed `inpatient_settlement`: settled at the hospital, and claimed by hand later."""
    rng = generator(county.seed, "stays")
    targets = county.targets
    own = county.persons[county.persons["left_on"].isna() & ~county.persons["joined_after_june"]]
    weight = 0.15 + (own["age"].to_numpy(np.float64) / 60) ** 2
    inside = _stays(rng, own, weight, targets.count(IN_COUNTY_STAYS), ("县内",))
    outside = _stays(rng, own, weight, targets.count(OUT_OF_COUNTY_STAYS), ("市内", "省内", "省外"))
    wrong = _stays(rng, own, weight, targets.count(REVERSED_BILLS), ("县内",))
    crowd = county.crowd
    others_count = targets.count(ALL_STAYS) - len(inside) - len(outside) - 2 * len(wrong)
    others = _stays(
        rng, crowd, 0.15 + (crowd["age"].to_numpy(np.float64) / 60) ** 2, others_count, tuple(HOSPITALS)
    )
    reversal = _reversed(wrong)
    registered = pd.concat([inside, outside, wrong, reversal]).assign(poverty_mark="建档立卡")
    rows = pd.concat([registered, others.assign(poverty_mark=None)], ignore_index=True)
    rows = rows.sort_values("settled_on", kind="stable", ignore_index=True)
    rows["settlement_no"] = [f"JS2019{i:07d}" for i in range(1, len(rows) + 1)]
    rows["insured_no"] = insured_no.reindex(rows["id_number"]).to_numpy()
    by_hand = (rows["care_place"] != "县内").to_numpy(bool) & (
        rows["id_number"].str[10:14].astype(int) % 5 < 3
    ).to_numpy(bool)
    rows["poverty_mark"] = rows["poverty_mark"].astype("str")
    table = rows[SETTLEMENT_COLUMNS]
    return {
        "联网结算": table[~by_hand].reset_index(drop=True),
        "手工报销": table[by_hand].reset_index(drop=True),
    }


SETTLEMENT_COLUMNS = [
    "settlement_no", "insured_no", "person_name", "id_number", "poverty_mark", "hospital_code",
    "hospital_name", "care_place", "admitted_on", "discharged_on", "settled_on", "diagnosis",
    "total_yuan", "deductible_yuan", "in_scope_yuan", "fund_paid_yuan", "critical_illness_paid_yuan",
    "relief_paid_yuan", "other_paid_yuan", "account_paid_yuan", "cash_paid_yuan", "self_paid_yuan",
    "is_reversal", "settlement_status",
]  # fmt: skip
MONEY_COLUMNS = [c for c in SETTLEMENT_COLUMNS if c.endswith("_yuan")]


def _stays(
    rng: np.random.Generator, people: pd.DataFrame, weight: Array, count: int, places: tuple[str, ...]
) -> pd.DataFrame:
    chosen = people.iloc[rng.choice(len(people), size=count, p=weight / weight.sum())]
    shares = {"县内": 0.78, "市内": 0.15, "省内": 0.05, "省外": 0.02}
    odds = np.array([shares[p] for p in places])
    place = rng.choice(places, count, p=odds / odds.sum()).astype(object)
    hospital = np.empty(count, dtype=object)
    code = np.empty(count, dtype=object)
    for number, name in enumerate(places):
        here = place == name
        pick = rng.integers(0, len(HOSPITALS[name]), int(here.sum()))
        hospital[here] = np.array(HOSPITALS[name], dtype=object)[pick]
        code[here] = np.char.add(f"YY{list(HOSPITALS).index(name)}{number}", pick.astype("U2"))
    settled = np.datetime64("2019-01-02", "D") + rng.integers(0, 360, count).astype("timedelta64[D]")
    wait = np.where(place == "县内", 0, rng.integers(10, 90, count)).astype("timedelta64[D]")
    discharged = settled - wait
    admitted = discharged - rng.integers(2, 21, count).astype("timedelta64[D]")
    birth = chosen["birth_on"].to_numpy("datetime64[D]")
    admitted = np.minimum(np.maximum(admitted, birth), discharged)
    rows = pd.DataFrame(
        {
            "person_name": chosen["name"].to_numpy(object),
            "id_number": chosen["id_number"].to_numpy(object),
            "hospital_code": code,
            "hospital_name": hospital,
            "care_place": place,
            "admitted_on": admitted.astype("datetime64[s]"),
            "discharged_on": np.maximum(discharged, birth).astype("datetime64[s]"),
            "settled_on": np.maximum(settled, birth).astype("datetime64[s]"),
            "diagnosis": rng.choice(ILLNESSES, count),
            "is_reversal": pd.array(np.zeros(count, bool), dtype="boolean"),
            "settlement_status": "正常",
        }
    )
    _bill(rng, rows, is_poor="fate" in people.columns)
    return rows


def _bill(rng: np.random.Generator, rows: pd.DataFrame, *, is_poor: bool) -> None:
    """Who pays what, in whole cents: total = fund + critical illness + relief + other + account + cash."""
    count = len(rows)
    away = (rows["care_place"] != "县内").to_numpy(bool)
    total = np.round(rng.lognormal(8.6, 0.55, count) * np.where(away, 3.0, 1.0) * 100).astype(np.int64)
    outside = (total * rng.uniform(0.02, 0.12, count)).astype(np.int64)
    in_scope = total - outside
    deductible = np.minimum(in_scope, np.where(away, 80_000, 20_000))
    fund = ((in_scope - deductible) * np.where(away, 0.6, 0.8)).astype(np.int64)
    rest = in_scope - fund
    critical = np.where(rest > 1_000_000, ((rest - 1_000_000) * 0.6).astype(np.int64), 0)
    relief = (
        np.maximum(((rest - critical) * 0.8).astype(np.int64), 1000) if is_poor else np.zeros(count, np.int64)
    )
    relief = np.minimum(relief, rest - critical)
    cash = total - fund - critical - relief
    cents = {
        "total": total, "deductible": deductible, "in_scope": in_scope, "fund_paid": fund,
        "critical_illness_paid": critical, "relief_paid": relief, "other_paid": np.zeros(count, np.int64),
        "account_paid": np.zeros(count, np.int64), "cash_paid": cash, "self_paid": outside,
    }  # fmt: skip
    for name, value in cents.items():
        rows[f"{name}_yuan"] = value / 100


def _reversed(bills: pd.DataFrame) -> pd.DataFrame:
    """The same stays under new numbers with negative amounts, a few days later."""
    result = bills.copy()
    result[MONEY_COLUMNS] = -bills[MONEY_COLUMNS]
    later = bills["settled_on"].to_numpy("datetime64[D]") + np.timedelta64(6, "D")
    result["settled_on"] = np.minimum(later, LAST_DAY).astype("datetime64[s]")
    result["is_reversal"] = pd.array(np.ones(len(bills), bool), dtype="boolean")
    result["settlement_status"] = "冲销"
    return result
