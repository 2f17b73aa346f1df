"""Payrolls of 低保 and 特困, disability cards, deaths."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.housing import crowd_heads
from sample_county.world.people import Array, bank_accounts, generator
from sample_county.world.population import County

MONTHS = ("2019-10", "2019-11", "2019-12")
ALLOWANCE_HOUSEHOLDS = 7000
SUPPORTED_PERSONS = 4500
CARDS = 12_000
DEATHS = 3500
MOST_LISTED = 8  # members beside the head
KINDS = ("肢体残疾", "视力残疾", "听力残疾", "精神残疾", "智力残疾", "多重残疾", "言语残疾")
GRADES = ("一级", "二级", "三级", "四级")


def allowance_tables(county: County) -> dict[str, pd.DataFrame]:
    """The feed `subsistence_allowance`: one row per household, its other members beside the head."""
    rng = generator(county.seed, "allowance")
    persons = county.persons[county.persons["is_on_allowance"] & county.persons["left_on"].isna()]
    own = _wide(persons)
    own["is_registered"] = True
    others = _wide(_crowd_on_allowance(rng, county, county.targets.count(ALLOWANCE_HOUSEHOLDS) - len(own)))
    others["is_registered"] = False
    rows = pd.concat([own, others], ignore_index=True)
    town, village = county.places.village_texts(rows.pop("village").to_numpy(np.int64))
    rows["town_name"], rows["village_name"] = town, village
    rows = rows.sort_values(["town_name", "village_name"], kind="stable", ignore_index=True)
    rows["allowance_no"] = [f"DB{i:07d}" for i in range(1, len(rows) + 1)]
    rows["allowance_class"] = rng.choice(["A", "B", "C"], len(rows), p=[0.3, 0.5, 0.2])
    per_head = rows["allowance_class"].map({"A": 620.0, "B": 380.0, "C": 240.0})
    rows["monthly_yuan"] = per_head * rows["covered_count"].astype("float64")
    rows["support_from_month"] = _months(rng, len(rows), "2014-01", 66)
    rows["bank_account"] = bank_accounts(2_000_000, len(rows))
    return {month: _allowance_month(rng, rows, month) for month in MONTHS}


def _allowance_month(rng: np.random.Generator, rows: pd.DataFrame, month: str) -> pd.DataFrame:
    """The payroll of one month; in each some others join later or stop, never the registered."""
    draw = rng.random(len(rows))
    other = ~rows["is_registered"].to_numpy(bool)
    table = rows[~(other & (draw < 0.01))].copy()
    stops = (other & (draw > 0.995))[table.index]
    table["pay_month"] = pd.Timestamp(month).as_unit("s")
    table["amount_yuan"] = table["monthly_yuan"].mask(stops, 0.0)
    table["payment_status"] = "成功"
    reason = pd.Series(rng.choice(["收入超标", "死亡", "户籍迁出"], len(table)), table.index, dtype="str")
    table["stop_reason"] = reason.where(stops)
    table["stopped_on"] = pd.Series(pd.Timestamp(month).as_unit("s"), table.index).where(stops)
    table["is_registered"] = table["is_registered"].astype("boolean")
    listed = [f"member_{i}_{part}" for i in range(1, MOST_LISTED + 1) for part in ("name", "id_number")]
    first = ["allowance_no", "town_name", "village_name", "head_name", "id_number", "covered_count"]
    last = [
        "allowance_class",
        "support_from_month",
        "monthly_yuan",
        "pay_month",
        "amount_yuan",
        "payment_status",
        "stop_reason",
        "stopped_on",
        "is_registered",
        "bank_account",
    ]
    return table[[*first, *listed, *last]].reset_index(drop=True)


def _wide(persons: pd.DataFrame) -> pd.DataFrame:
    """One row per household: the head, then up to eight others."""
    place = persons.groupby("household").cumcount()
    heads = persons[place == 0].set_index("household")
    table = pd.DataFrame(
        {
            "village": heads["village"],
            "head_name": heads["name"],
            "id_number": heads["id_number"],
            "covered_count": persons.groupby("household").size().astype("Int64"),
        }
    )
    for i in range(1, MOST_LISTED + 1):
        others = persons[place == i].set_index("household")
        table[f"member_{i}_name"] = others["name"].reindex(table.index)
        table[f"member_{i}_id_number"] = others["id_number"].reindex(table.index)
    return table.reset_index(drop=True)


def _crowd_on_allowance(rng: np.random.Generator, county: County, count: int) -> pd.DataFrame:
    crowd = county.crowd[county.crowd["village"] >= 0]
    heads = crowd[crowd["role"] == "H"]
    chosen = rng.permutation(heads["household"].to_numpy(np.int64))[:count]
    return crowd[crowd["household"].isin(chosen)]


def support_tables(county: County) -> dict[str, pd.DataFrame]:
    """The feed `destitute_support`: one row per person. Who has died is off it in the month of death."""
    rng = generator(county.seed, "support")
    own = county.persons[county.persons["is_on_support"]].copy()
    fate = county.households["housing_fate"].to_numpy(object)[own["household"]]
    own["is_in_institution"] = fate == "institution"
    others = _crowd_on_support(rng, county, county.targets.count(SUPPORTED_PERSONS) - len(own))
    rows = pd.concat([own.assign(is_registered=True), others], ignore_index=True)
    rows["town_name"], rows["village_name"] = county.places.village_texts(rows["village"].to_numpy(np.int64))
    rows = rows.sort_values(["town_name", "village_name"], kind="stable", ignore_index=True)
    inside = rows["is_in_institution"].to_numpy(bool)
    rows["support_no"] = [f"TK{i:07d}" for i in range(1, len(rows) + 1)]
    rows["support_kind"] = np.where(inside, "集中", "分散")
    rows["support_institution"] = (rows["town_name"] + "敬老院").where(inside).astype("str")
    rows["care_grade"] = rng.choice(["一档", "二档", "三档"], len(rows), p=[0.15, 0.25, 0.6])
    rows["support_from_month"] = _months(rng, len(rows), "2010-01", 110)
    rows["monthly_yuan"] = np.where(inside, 1250.0, 960.0)
    rows["bank_account"] = bank_accounts(3_000_000, len(rows))
    return {month: _support_month(rows, month) for month in MONTHS}


def _support_month(rows: pd.DataFrame, month: str) -> pd.DataFrame:
    month_start = pd.Timestamp(month).as_unit("s")
    table = rows[rows["left_on"].isna() | (rows["left_on"] >= month_start + pd.offsets.MonthBegin(1))].copy()
    table["person_name"] = table["name"]
    table["pay_month"] = month_start
    table["amount_yuan"] = table["monthly_yuan"]
    table["payment_status"] = "成功"
    table["stop_reason"] = pd.Series(None, index=table.index, dtype="str")
    table["stopped_on"] = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    table["is_registered"] = table["is_registered"].astype("boolean")
    columns = [
        "support_no", "town_name", "village_name", "person_name", "id_number", "support_kind",
        "support_institution", "care_grade", "support_from_month", "monthly_yuan", "pay_month", "amount_yuan",
        "payment_status", "stop_reason", "stopped_on", "is_registered", "bank_account",
    ]  # fmt: skip
    return table[columns].reset_index(drop=True)


def _crowd_on_support(rng: np.random.Generator, county: County, count: int) -> pd.DataFrame:
    heads = crowd_heads(rng, county, len(county.crowd))
    old = heads[heads["age"] >= 62].iloc[: max(0, count)].copy()
    old["is_in_institution"] = rng.random(len(old)) < 0.08
    old["is_registered"] = False
    old["left_on"] = pd.Series(pd.NaT, index=old.index, dtype="datetime64[s]")
    return old


def card_table(county: County) -> pd.DataFrame:
    """The feed `disability_card`: everybody on the register whose health is 残疾, and others."""
    rng = generator(county.seed, "cards")
    persons = county.persons
    own = persons[(persons["health"] == "残疾") & persons["left_on"].isna()]
    crowd = county.crowd[county.crowd["village"] >= 0]
    others = crowd.iloc[rng.permutation(len(crowd))[: county.targets.count(CARDS) - len(own)]]
    rows = pd.concat([own, others], ignore_index=True)
    kind = rng.choice(len(KINDS), len(rows), p=[0.45, 0.12, 0.12, 0.12, 0.1, 0.05, 0.04])
    grade = rng.choice(len(GRADES), len(rows), p=[0.15, 0.25, 0.3, 0.3])
    grade = np.where(rows["fate"] == "disabled", 0, grade)
    town, village = county.places.village_texts(rows["village"].to_numpy(np.int64))
    # The card number is the ID number, the digit of the kind and the digit of the grade.
    digit = np.array([4, 1, 2, 6, 5, 7, 3])[kind] * 10 + grade + 1
    birth = rows["birth_on"].to_numpy("datetime64[D]").astype(np.int64)
    earliest = np.maximum(birth + 365, np.datetime64("2009-01-01").astype(np.int64))
    span = np.maximum(1, np.datetime64("2019-11-30").astype(np.int64) - earliest)
    issued = (earliest + (rng.random(len(rows)) * span).astype(np.int64)).astype("datetime64[D]")
    return pd.DataFrame(
        {
            "disability_card_no": rows["id_number"] + pd.Series(digit).astype("str"),
            "person_name": rows["name"],
            "sex": np.where(rows["is_male"], "男", "女"),
            "id_number": rows["id_number"],
            "disability_kind": np.array(KINDS, dtype=object)[kind],
            "disability_grade": np.array(GRADES, dtype=object)[grade],
            "issued_on": issued.astype("datetime64[s]"),
            "town_name": town,
            "village_name": village,
        }
    ).sort_values(["town_name", "village_name"], kind="stable", ignore_index=True)


def death_table(county: County) -> pd.DataFrame:
    """The feed `death_notice` of 2019: of the register only those who have left it by dying."""
    rng = generator(county.seed, "deaths")
    own = county.persons[county.persons["has_died"]].copy()
    own["died_on"] = own["left_on"]
    crowd = county.crowd[(county.crowd["village"] >= 0) & (county.crowd["role"] != "H")]
    weight = np.maximum(crowd["age"].to_numpy(np.float64) - 35, 0.5) ** 2
    count = county.targets.count(DEATHS) - len(own)
    others = crowd.iloc[rng.choice(len(crowd), size=count, replace=False, p=weight / weight.sum())].copy()
    first = np.datetime64("2019-07-01", "D")
    others["died_on"] = (first + rng.integers(0, 183, count).astype("timedelta64[D]")).astype("datetime64[s]")
    rows = pd.concat([own, others], ignore_index=True)
    rows["died_on"] = rows["died_on"].astype("datetime64[s]")
    rows = rows.sort_values("died_on", kind="stable", ignore_index=True)
    town, village = county.places.village_texts(rows["village"].to_numpy(np.int64))
    wait = rng.integers(1, 12, len(rows)) * np.timedelta64(1, "D")
    registered = np.minimum(rows["died_on"].to_numpy("datetime64[D]") + wait, np.datetime64("2019-12-31"))
    return pd.DataFrame(
        {
            "person_name": rows["name"],
            "sex": np.where(rows["is_male"], "男", "女"),
            "id_number": rows["id_number"],
            "birth_on": rows["birth_on"],
            "died_on": rows["died_on"],
            "registered_on": registered.astype("datetime64[s]"),
            "information_source": rng.choice(["殡葬登记", "公安注销"], len(rows)),
            "town_name": town,
            "village_name": village,
        }
    )


def _months(rng: np.random.Generator, count: int, first: str, span: int) -> Array:
    months: Array = (np.datetime64(first, "M") + rng.integers(0, span, count)).astype("datetime64[s]")
    return months
