"""What the labour office keeps of jobs and public posts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.calibration import REPORT_FIGURES
from sample_county.world.people import Array, bank_accounts, generator, phones
from sample_county.world.population import County

MONTHS = ("2019-10", "2019-11", "2019-12")
NEAR, PROVINCE, AWAY, SHUNDE = "县内", "县外省内", "省外", "顺德"
PLACES = {
    NEAR: "广东省湛江市徐闻县",
    PROVINCE: "广东省广州市",
    AWAY: "广西南宁市",
    SHUNDE: "广东省佛山市顺德区",
}
EMPLOYERS = {
    NEAR: ("华煌食品公司", "正茂蔬菜合作社", "县水泥厂"),
    PROVINCE: ("广州越秀制衣厂", "东莞长安电子厂", "湛江宝钢工地"),
    AWAY: ("南宁建筑工地", "海口酒店"),
    SHUNDE: ("顺德美的制冷", "顺德格兰仕"),
}
POSTS = ("保洁员", "护林员", "保安员", "护路员", "养老护理员")
# How many there are at full scale of what the report does not print.
ENDED, LATER, OF_OTHERS, LEFT = 120, 8, 60, 12
RETURNED, OTHER_POSTS = 6, 140


def able(county: County) -> pd.DataFrame:
    """Registered people old enough for work who do not study; those of whom the register says so first."""
    persons = county.persons
    can = persons["left_on"].isna() & (persons["age"] >= 17) & (persons["autumn"] <= 1)
    found = persons[can & (persons["kind"] == "labour") & (persons["age"] < 66)]
    rank = found["work_area"].isna().astype(int)
    rank += found["labour"].isin(["无劳动力", "丧失劳动力"]).astype(int)
    draw = generator(county.seed, "able").random(len(found))
    ranked: pd.DataFrame = found.assign(rank=rank, draw=draw).sort_values(["rank", "draw"])
    return ranked


def workers(county: County) -> pd.DataFrame:
    """Who has work on 31 December 2019, with `area` by the job that counts; the near ones first."""
    free, count = able(county), county.targets.count
    wanted = {
        SHUNDE: (PROVINCE, count(REPORT_FIGURES["emp_shunde"], least=1)),
        AWAY: (AWAY, count(REPORT_FIGURES["emp_out"] * 0.15)),
        PROVINCE: (PROVINCE, 0),
        NEAR: (NEAR, count(REPORT_FIGURES["emp_near"])),
    }
    wanted[PROVINCE] = (PROVINCE, count(REPORT_FIGURES["emp_out"]) - wanted[AWAY][1])
    chosen = []
    for area, (said, number) in wanted.items():
        fitting = (free["work_area"] == said).sort_values(ascending=False, kind="stable").index
        own = free.loc[fitting[:number]].assign(area=area)
        free = free.drop(index=own.index)
        chosen.append(own)
    return pd.concat(chosen[::-1])


def places_of(county: County, people: pd.DataFrame) -> pd.DataFrame:
    """Town and village of people; those of a farm have none."""
    villages = county.places.villages
    at = people["village"].to_numpy(np.int64)
    places: pd.DataFrame = villages[["town_name", "village_name"]].iloc[np.maximum(at, 0)]
    named: pd.DataFrame = places.reset_index(drop=True)
    return named.where(pd.Series(at >= 0))


def others_of_age(county: County, count: int, skip: int) -> pd.DataFrame:
    """Grown people who were never in the register."""
    crowd = county.crowd
    return crowd[(crowd["age"] >= 20) & (crowd["age"] < 55) & (crowd["village"] >= 0)].iloc[
        skip : skip + count
    ]


def _jobs(county: County, people: pd.DataFrame, area: object, first: str, last: str) -> pd.DataFrame:
    """One job each, begun between two months and going on."""
    people = people.reset_index(drop=True)
    rng = generator(county.seed, f"jobs {first} {last} {len(people)}")
    months = pd.date_range(first, last, freq="MS")
    jobs = pd.DataFrame(
        {
            **places_of(county, people),
            "register_household_no": people.get("household_no", pd.Series(None, people.index, dtype=object)),
            "person_name": people["name"],
            "sex": np.where(people["is_male"], "男", "女"),
            "id_number": people["id_number"],
            "work_area": area,
        }
    )
    where = jobs["work_area"]
    jobs["work_place"] = where.map(PLACES)
    draw = rng.integers(0, 6, len(jobs))
    jobs["employer"] = [EMPLOYERS[a][n % len(EMPLOYERS[a])] for a, n in zip(where, draw, strict=True)]
    channels = np.array(
        ["自主就业", "企业吸纳", "劳务输出", "灵活就业", "企业吸纳", "自主就业"], dtype=object
    )
    jobs["job_channel"] = np.where(where == SHUNDE, "劳务输出", channels[draw])
    jobs["started_month"] = months[rng.integers(0, len(months), len(jobs))]
    jobs["ended_month"] = pd.Series(pd.NaT, jobs.index, dtype="datetime64[s]")
    jobs["monthly_income_yuan"] = np.round(rng.normal(2900, 500, len(jobs)), -1)
    jobs["travel_subsidy_yuan"] = pd.Series(400.0, jobs.index).where(where != NEAR)
    jobs["phone"] = phones(rng, max(1, len(jobs)))[: len(jobs)]
    jobs["remark"] = pd.Series(None, jobs.index, dtype=object)
    return jobs


def _ending(jobs: pd.DataFrame, month: str | Array) -> pd.DataFrame:
    return jobs.assign(ended_month=pd.to_datetime(month))


def employment_table(county: County) -> pd.DataFrame:
    """One row a job: those of today, former ones, and some of people who are in no register."""
    count, everyone, own = county.targets.count, able(county), workers(county)
    now = _jobs(county, own, own["area"].to_numpy(object), "2017-01-01", "2019-11-01")
    now["job_channel"] = now["job_channel"].where(
        now.index >= count(REPORT_FIGURES["emp_workshop_pp"]), "扶贫车间"
    )
    in_posts = slice(
        _first_of_posts(county), _first_of_posts(county) + count(REPORT_FIGURES["emp_public_post"]) - 1
    )
    now.loc[in_posts, "job_channel"] = "公益性岗位"
    # a job that ended in December still counts on its last day
    ends = np.where(np.arange(len(now)) % 7 == 3, np.datetime64("2019-12-01"), np.datetime64("NaT", "D"))
    now["ended_month"] = ends.astype("datetime64[s]")
    former = own.iloc[::6]
    before = _ending(_jobs(county, former, NEAR, "2015-01-01", "2016-06-01"), "2016-11-01")
    # Beside the job that counts: an older one elsewhere, and one begun in the same month nearer by.
    away = own[own["area"].isin([PROVINCE, AWAY])].iloc[: count(30, least=2)]
    older = _jobs(county, away, NEAR, "2016-07-01", "2016-12-01")
    shunde = own[own["area"] == SHUNDE].iloc[: count(5, least=1)]
    beside = _jobs(county, shunde, NEAR, "2017-01-01", "2019-11-01")
    begun = now.set_index("id_number")["started_month"]
    beside["started_month"] = beside["id_number"].map(begun).to_numpy("datetime64[s]")
    without = everyone.drop(index=own.index)
    ended = _jobs(county, without.iloc[: count(ENDED, least=3)], NEAR, "2017-01-01", "2019-03-01")
    ended = _ending(ended, np.where(np.arange(len(ended)) % 2 == 0, "2019-11-01", "2019-06-01"))
    later = without.iloc[count(ENDED, least=3) :][: count(LATER, least=1)]
    left = county.persons[county.persons["left_on"].notna() & (county.persons["age"] >= 20)]
    left = left[~left["has_died"]].iloc[: count(LEFT, least=1)]
    others = others_of_age(county, count(OF_OTHERS, least=2), 0)
    tables = [
        now, before, older, beside, ended,
        _jobs(county, later, PROVINCE, "2020-01-01", "2020-01-01"),
        _jobs(county, others, PROVINCE, "2018-01-01", "2019-10-01"),
        _jobs(county, left, PROVINCE, "2018-01-01", "2019-06-01"),
    ]  # fmt: skip
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values(["town_name", "village_name"], kind="stable", ignore_index=True)


def _first_of_posts(county: County) -> int:
    """Behind the people of the workshops come those of the public posts."""
    return county.targets.count(REPORT_FIGURES["emp_workshop_pp"])


def _in_posts(county: County) -> pd.DataFrame:
    first = _first_of_posts(county)
    return workers(county).iloc[first : first + county.targets.count(REPORT_FIGURES["emp_public_post"])]


def post_tables(county: County) -> dict[str, pd.DataFrame]:
    """A payroll a month; some of December came back, and was no pay."""
    return {month: _payroll(county, month) for month in MONTHS}


def _payroll(county: County, month: str) -> pd.DataFrame:
    own, count = _in_posts(county), county.targets.count
    after = workers(county).iloc[_first_of_posts(county) + len(own) :]
    returned = after[after["area"] == NEAR].iloc[: count(RETURNED, least=2)]
    others = others_of_age(county, count(OTHER_POSTS, least=2), 500)
    if month != MONTHS[-1]:
        own, returned = own.iloc[: len(own) - len(own) // 30], returned.iloc[:0]
    kinds = np.repeat(["建档立卡", "建档立卡", "就业困难人员"], [len(own), len(returned), len(others)])
    people = pd.concat([own, returned, others], ignore_index=True)
    at = np.arange(len(people))
    table = pd.DataFrame(
        {
            **places_of(county, people),
            "person_name": people["name"],
            "id_number": people["id_number"],
            "person_kind": np.where(at % 11 == 5, "低保", kinds),
            "post_name": np.array(POSTS, dtype=object)[at % len(POSTS)],
            "employer": "村委会",
            "started_on": pd.Timestamp("2019-01-01") + pd.to_timedelta(at % 200, unit="D"),
            "left_on": pd.Series(pd.NaT, people.index, dtype="datetime64[s]"),
            "pay_month": pd.Timestamp(f"{month}-01"),
            "month_count": 1,
            "amount_yuan": np.where(at % len(POSTS) == 2, 1550.0, 800.0),
            "payment_status": "成功",
            "bank_account": bank_accounts(40_000, len(people)),
        }
    )
    table["person_kind"] = table["person_kind"].where(
        table["person_kind"].ne("低保") | (kinds == "就业困难人员"), kinds
    )
    # half of those that came back are a row of their own, half say so in the row
    back = table.iloc[len(own) : len(own) + len(returned)]
    said, rows = back.index[::2], back.iloc[1::2]
    table.loc[said, "payment_status"] = "退回"
    taken = rows.assign(amount_yuan=-rows["amount_yuan"], payment_status="退回")
    table = pd.concat([table, taken], ignore_index=True).astype({"month_count": "Int64"})
    return table.sort_values("town_name", kind="stable", ignore_index=True)


def figures(county: County) -> dict[str, float]:
    """What the lists are about, from how they were made up."""
    area = workers(county)["area"].value_counts()
    return {
        "emp_total": int(area.sum()),
        "emp_near": int(area.get(NEAR, 0)),
        "emp_out": int(area.get(PROVINCE, 0) + area.get(AWAY, 0)),
        "emp_shunde": int(area.get(SHUNDE, 0)),
        "emp_public_post": len(_in_posts(county)),
        "emp_workshop_pp": _first_of_posts(county),
    }
