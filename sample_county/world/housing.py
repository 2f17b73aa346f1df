"""Dwellings: appraisals, renovation tasks and contracts of sale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.people import Array, days_between, generator
from sample_county.world.population import County

BATCHES = {"2018年存量": (2018, 615, 520), "2019年": (2019, 156, 132)}  # tasks, of them registered
NOT_ACCEPTED = 12  # registered, finished, not accepted yet
NOT_APPRAISED = 25
UNSAFE = 18  # C or D and no task
LOST_APPRAISALS = 60  # an accepted task is all there is
REAPPRAISED = 150  # A again after the works
OTHER_APPRAISALS = 800
CONTRACTS = 5000
FIRMS = ("徐闻县建设工程质量检测站", "湛江市房屋安全鉴定所", "广东粤西工程检测有限公司")
STRUCTURES = ("砖混", "砖木", "框架", "石木")


def with_dwellings(county: County) -> County:
    """Adds to households what is true of the dwelling: housing_fate, task_batch, housing_state."""
    rng = generator(county.seed, "dwellings")
    households, count = county.households, county.targets.count
    fate = np.where(households["is_left"], "left", "safe").astype(object)
    not_lifted = (~households["is_lifted"] & ~households["is_left"]).to_numpy(bool)
    in_institution = _in_institution(rng, county)
    fate[in_institution] = "institution"

    def take(name: str, number: int, allowed: Array) -> None:
        fate[rng.permutation(np.flatnonzero((fate == "safe") & allowed))[:number]] = name

    anybody = np.ones(len(fate), dtype=bool)
    take("unsafe", count(UNSAFE * 2 / 3), not_lifted)
    take("unsafe", count(UNSAFE / 3), ~not_lifted)
    take("not_accepted", count(NOT_ACCEPTED / 3), not_lifted)
    take("not_accepted", count(NOT_ACCEPTED * 2 / 3), ~not_lifted)
    take("not_appraised", count(NOT_APPRAISED * 2 / 5), not_lifted)
    take("not_appraised", count(NOT_APPRAISED * 3 / 5), ~not_lifted)
    tasks = sum(count(registered) for _, _, registered in BATCHES.values())
    finished = max(0, tasks - int((fate == "not_accepted").sum()))
    take("task_only", min(count(LOST_APPRAISALS), finished), anybody)
    take("reappraised", min(count(REAPPRAISED), finished - count(LOST_APPRAISALS)), anybody)
    take("renovated", finished - int(np.isin(fate, ["task_only", "reappraised"]).sum()), anybody)
    households["housing_fate"] = fate
    states = {"not_accepted": "UNKNOWN", "not_appraised": "UNKNOWN", "unsafe": "NOT_MET"}
    households["housing_state"] = [states.get(x, "MET") for x in fate]
    grade = np.where(rng.random(len(fate)) < 0.6, "A", "B").astype(object)
    grade[np.isin(fate, ["unsafe", "not_accepted"])] = "C"
    grade[(fate == "unsafe") & (rng.random(len(fate)) < 0.4)] = "D"
    grade[np.isin(fate, ["not_appraised", "task_only", "institution"])] = None
    households["dwelling_grade"] = pd.Series(grade, dtype="str")
    households["dwelling_no"] = households["household_no"].str.replace("^25", "NW", regex=True)
    return county


def _in_institution(rng: np.random.Generator, county: County) -> Array:
    """特困 who live alone and have moved to a town's home for the aged."""
    alone = (county.households["kind"] == "destitute") & (county.households["size"] == 1)
    return (alone & ~county.households["is_left"]).to_numpy(bool) & (rng.random(len(alone)) < 0.06)


def appraisal_table(county: County) -> pd.DataFrame:
    rng = generator(county.seed, "appraisals")
    households = county.households
    own = households[~households["housing_fate"].isin(["left", "not_appraised", "task_only", "institution"])]
    first = own.assign(
        grade=np.where(
            own["housing_fate"].isin(["renovated", "reappraised", "not_accepted"]),
            np.where(rng.random(len(own)) < 0.6, "D", "C"),
            own["dwelling_grade"].to_numpy(object),
        ),
        day=days_between(rng, len(own), "2018-01-10", "2019-08-30"),
    )
    had_task = own["housing_fate"].isin(["renovated", "reappraised", "not_accepted"])
    first["day"] = first["day"].where(
        ~had_task, pd.Series(days_between(rng, len(own), "2017-03-10", "2017-12-20"), own.index)
    )
    again = own[own["housing_fate"] == "reappraised"]
    # after the acceptance of the works, see _task_dates
    again = again.assign(grade="A", day=np.datetime64("2019-09-25", "s"))
    rows = pd.concat([first, again])
    owner = _owners(rng, county, rows)
    registered = _appraisals(rng, county, rows, owner["name"], owner["id_number"])
    registered["remark"] = pd.Series("产权人为家庭成员", index=owner.index, dtype="str").where(
        owner["role"] != "H"
    )
    table = pd.concat([registered, _other_appraisals(rng, county)], ignore_index=True)
    return table.sort_values(["town_name", "dwelling_file_no", "appraised_on"], ignore_index=True)


def _owners(rng: np.random.Generator, county: County, rows: pd.DataFrame) -> pd.DataFrame:
    """The head, or in three of a hundred another adult of the household."""
    persons = county.persons[county.persons["left_on"].isna()]
    heads = persons[persons["role"] == "H"].set_index("household")
    others = (
        persons[persons["role"].isin(["S", "M", "F"])].drop_duplicates("household").set_index("household")
    )
    owner = heads.loc[rows.index, ["name", "id_number", "role"]]
    swap = rows.index.isin(others.index) & (rows.index % 33 == 0)
    owner.loc[swap] = others.loc[rows.index[swap], ["name", "id_number", "role"]].to_numpy()
    return owner.reset_index(drop=True)


def _appraisals(
    rng: np.random.Generator, county: County, rows: pd.DataFrame, name: pd.Series[str], number: pd.Series[str]
) -> pd.DataFrame:
    town, village = county.places.village_texts(rows["village"].to_numpy(np.int64))
    natural = county.places.natural_villages["natural_village_name"].to_numpy(object)[rows["natural"]]
    count = len(rows)
    return pd.DataFrame(
        {
            "dwelling_file_no": rows["dwelling_no"].to_numpy(object),
            "town_name": town,
            "village_name": village,
            "head_name": name.to_numpy(),
            "id_number": number.to_numpy(),
            "appraised_by": rng.choice(FIRMS, count),
            "appraised_on": rows["day"].to_numpy("datetime64[s]"),
            "dwelling_grade": rows["grade"].to_numpy(object),
            "address": town + village + natural,
            "structure": rng.choice(STRUCTURES, count, p=[0.55, 0.25, 0.1, 0.1]),
            "remark": pd.Series([None] * count, dtype="str"),
        }
    )


def _other_appraisals(rng: np.random.Generator, county: County) -> pd.DataFrame:
    rows = crowd_heads(rng, county, county.targets.count(OTHER_APPRAISALS))
    rows["dwelling_no"] = [f"NF{i:07d}" for i in range(1, len(rows) + 1)]
    rows["grade"] = rng.choice(list("ABCD"), len(rows), p=[0.3, 0.4, 0.2, 0.1])
    rows["day"] = days_between(rng, len(rows), "2018-01-10", "2019-09-20")
    return _appraisals(rng, county, rows, rows["name"], rows["id_number"])


def crowd_heads(rng: np.random.Generator, county: County, count: int) -> pd.DataFrame:
    """Heads of households that were never on the register, in the towns' villages."""
    heads = county.crowd[(county.crowd["role"] == "H") & (county.crowd["village"] >= 0)]
    return heads.iloc[rng.permutation(len(heads))[:count]].copy()


def task_table(county: County) -> pd.DataFrame:
    rng = generator(county.seed, "tasks")
    households = county.households
    due = households[
        households["housing_fate"].isin(["renovated", "reappraised", "task_only", "not_accepted"])
    ]
    heads = county.persons[(county.persons["role"] == "H")].set_index("household")
    own = due.assign(name=heads["name"], id_number=heads["id_number"], household_kind="建档立卡")
    own = own.iloc[rng.permutation(len(own))]
    tables, start = [], 0
    for batch, (year, tasks, registered) in BATCHES.items():
        part = own.iloc[start : start + county.targets.count(registered)]
        start += len(part)
        others = crowd_heads(rng, county, max(0, county.targets.count(tasks) - len(part)))
        others["household_kind"] = rng.choice(
            ["低保", "分散供养特困", "贫困残疾"], len(others), p=[0.6, 0.25, 0.15]
        )
        others["dwelling_no"] = [f"NT{year}{i:05d}" for i in range(1, len(others) + 1)]
        others["housing_fate"] = np.where(rng.random(len(others)) < 0.03, "not_accepted", "renovated")
        tables.append(_tasks(rng, county, pd.concat([part, others]), batch, year))
    return pd.concat(tables, ignore_index=True)


def _tasks(
    rng: np.random.Generator, county: County, rows: pd.DataFrame, batch: str, year: int
) -> pd.DataFrame:
    town, village = county.places.village_texts(rows["village"].to_numpy(np.int64))
    count = len(rows)
    if year == 2018:
        started, finished = (
            days_between(rng, count, "2018-04-01", "2018-10-30"),
            days_between(rng, count, "2018-12-01", "2019-05-30"),
        )
    else:
        started, finished = (
            days_between(rng, count, "2019-02-20", "2019-05-30"),
            days_between(rng, count, "2019-06-20", "2019-08-10"),
        )
    late = (rows["housing_fate"] == "not_accepted").to_numpy(bool)
    finished = np.where(late, days_between(rng, count, "2019-11-20", "2019-12-28"), finished)
    wait = np.timedelta64(1, "D") * rng.integers(8, 40, count)
    accepted = pd.Series(finished + wait).where(~late)
    built_new = rng.random(count) < 0.75
    return pd.DataFrame(
        {
            "task_year": pd.array([year] * count, dtype="Int64"),
            "task_batch": batch,
            "town_name": town,
            "village_name": village,
            "head_name": rows["name"].to_numpy(),
            "id_number": rows["id_number"].to_numpy(),
            "household_kind": rows["household_kind"].to_numpy(),
            "former_grade": np.where(rng.random(count) < 0.7, "D", "C"),
            "renovation_kind": np.where(built_new, "新建", "修缮加固"),
            "floor_area": np.round(rng.uniform(40, 110, count), 1),
            "started_on": started.astype("datetime64[s]"),
            "finished_on": finished.astype("datetime64[s]"),
            "accepted_on": accepted.astype("datetime64[s]"),
            "acceptance_result": pd.Series("合格", index=accepted.index, dtype="str").where(~late),
            "amount_yuan": np.where(built_new, 40000.0, 15000.0),
            "paid_on": (accepted + pd.to_timedelta(rng.integers(3, 20, count), unit="D")).astype(
                "datetime64[s]"
            ),
            "dwelling_file_no": rows["dwelling_no"].to_numpy(object),
        }
    )


def _joined(buyers: pd.DataFrame, spouses: pd.DataFrame, is_joint: pd.Series[bool], what: str) -> Array:
    """What the cell of a contract holds: of a buyer, or of both spouses in the same order."""
    of_spouse = buyers["household"].map(spouses[what]).where(is_joint)
    both = buyers[what] + ";" + of_spouse.fillna("")
    return both.where(of_spouse.notna(), buyers[what]).to_numpy()


def property_table(county: County) -> pd.DataFrame:
    """Contracts of 2017 to 2019, some of two spouses; none of their buyers was ever on the register."""
    rng = generator(county.seed, "property")
    adults = county.crowd[(county.crowd["age"] >= 24) & (county.crowd["age"] <= 65)]
    buyers = adults.iloc[rng.permutation(len(adults))[: county.targets.count(CONTRACTS)]]
    count = len(buyers)
    spouses = county.crowd[county.crowd["role"] == "S"].drop_duplicates("household").set_index("household")
    is_joint = (buyers["role"] == "H") & (rng.random(count) < 0.35)
    day = np.timedelta64(1, "D")
    signed_on = np.sort(days_between(rng, count, "2017-01-05", "2019-12-20"))
    filed_on = signed_on + rng.integers(1, 20, count) * day
    signed, filed = pd.Series(signed_on), pd.Series(filed_on)
    registered = pd.Series(filed_on + rng.integers(60, 400, count) * day)
    area = np.round(rng.uniform(70, 145, count), 2)
    return pd.DataFrame(
        {
            "contract_no": [f"XW{d:%Y}{i:06d}" for i, d in enumerate(signed, start=1)],
            "buyer_names": _joined(buyers, spouses, is_joint, "name"),
            "buyer_id_number": _joined(buyers, spouses, is_joint, "id_number"),
            "address": _estate(rng, count),
            "property_use": rng.choice(
                ["商品住房", "住宅", "安置房", "车位", "商铺"], count, p=[0.7, 0.12, 0.03, 0.1, 0.05]
            ),
            "floor_area": area,
            "price_yuan": np.round(area * rng.uniform(3800, 6200, count), 2),
            "signed_on": signed,
            "filed_on": filed.astype("datetime64[s]"),
            "registered_on": registered.where(registered <= pd.Timestamp("2019-12-31")).astype(
                "datetime64[s]"
            ),
            "registration_kind": rng.choice(["买卖", "继承", "棚改安置"], count, p=[0.93, 0.04, 0.03]),
            "contract_status": np.where(rng.random(count) < 0.97, "有效", "注销"),
        }
    )


def _estate(rng: np.random.Generator, count: int) -> pd.Series[str]:
    estate = rng.choice(
        ["东方花园", "海湾新城", "红旗一品", "木兰雅居", "徐城华府", "海安港城"], count
    ).astype(object)
    building = pd.Series(rng.integers(1, 20, count)).astype("str")
    room = pd.Series(rng.integers(2, 18, count) * 100 + rng.integers(1, 5, count)).astype("str")
    return "徐闻县" + pd.Series(estate, dtype="str") + building + "栋" + room + "房"
