"""What the labour office keeps of training and workshops."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.calibration import REPORT_FIGURES
from sample_county.world.employment import able, others_of_age, places_of
from sample_county.world.people import Array
from sample_county.world.population import County

TRADES = ("中式烹调", "电工", "家政服务", "菠萝种植", "缝纫")
# How many there are at full scale of what the report does not print.
UNPAID, SECOND_COURSE, NEVER_CAME, OTHER_TRAINEES = 10, 20, 3, 45
# 718 trained and 995,250 yuan: 445 at 1,500, one at 1,350, the others at 1,200.
DEAREST, ODD = 445, 1_350.0
# Name, village, company, recognised, status, stopped.
WORKSHOPS = (
    ("华煌食品扶贫车间", "曲界镇", "徐闻县华煌食品公司", "2018-06-20", "在营", None),
    ("丰硒良姜扶贫车间", "龙塘镇", "广东丰硒良姜公司", "2018-08-15", "在营", None),
    ("迈陈北运菜扶贫车间", "迈陈镇", "正茂蔬菜合作社", "2018-11-02", None, None),
    ("下洋菠萝扶贫车间", "下洋镇", "红土地菠萝公司", "2019-03-12", "在营", None),
    ("锦和服装扶贫车间", "锦和镇", "锦绣制衣厂", "2019-04-30", "在营", None),
    ("南山冷链扶贫车间", "南山镇", "南山冷链公司", "2019-09-18", None, None),
    ("和安水产扶贫车间", "和安镇", "和安水产公司", "2019-12-31", "在营", "2020-03-31"),
    ("前山编织扶贫车间", "前山镇", "前山工艺厂", "2018-05-10", "停产", "2019-06-30"),
    ("西连香蕉扶贫车间", "西连镇", "西连香蕉公司", "2018-07-01", "停产", None),
    ("新寮海产扶贫车间", "新寮镇", "新寮海产公司", "2017-12-01", "注销", "2018-12-31"),
    ("角尾盐业扶贫车间", "角尾乡", "角尾盐业公司", "2020-01-10", "在营", None),
)


def training_table(county: County) -> pd.DataFrame:
    """One row a person and a course, a course in one piece; paid or not, ended this year or last."""
    count = county.targets.count
    trainees = able(county).iloc[::-1].reset_index(drop=True)
    total, dearest = count(REPORT_FIGURES["emp_train_pp"]), count(DEAREST)
    unpaid = count(UNPAID, least=1)
    money = np.where(np.arange(total) < dearest, 1_500.0, 1_200.0)
    money[dearest : dearest + 1] = ODD
    trained = _course(county, trainees.iloc[:total], money, "2019")
    trained.loc[: unpaid - 1, "paid_on"] = pd.NaT
    last_year = _course(county, trainees.iloc[total : total + unpaid], 1_500.0, "2018")
    last_year["paid_on"] = pd.Timestamp("2019-01-18")
    again = _course(county, trainees.iloc[40:][: count(SECOND_COURSE, least=1)], 0.0, "2019", "保健按摩")
    again["paid_on"], again["attended_days"] = pd.NaT, pd.NA
    rest = trainees.iloc[total + unpaid :]
    absent = _course(county, rest.iloc[: count(NEVER_CAME, least=1)], 0.0, "2019")
    absent["paid_on"], absent["attended_days"] = pd.NaT, 0
    others = others_of_age(county, count(OTHER_TRAINEES, least=2), 1_000)
    others = _course(county, others, 1_200.0, "2019").assign(person_kind="其他")
    early = _course(county, trainees.iloc[total + unpaid + 9 :].iloc[:2], 1_200.0, "2018")
    table = pd.concat([trained, last_year, again, absent, others, early], ignore_index=True)
    table = table.astype({"attended_days": "Int64", "lesson_count": "Int64", "has_certificate": "boolean"})
    return table.sort_values(["finished_on", "class_name"], kind="stable", ignore_index=True)


def _course(
    county: County, people: pd.DataFrame, money: Array | float, year: str, trade: str = ""
) -> pd.DataFrame:
    people = people.reset_index(drop=True)
    at = np.arange(len(people)) // max(3, county.targets.count(45))  # how many a class has
    trades = [trade or TRADES[n % len(TRADES)] for n in at]
    days = pd.to_datetime([f"{year}-{3 + 5 * n % 9:02d}-{5 + n % 20:02d}" for n in at])
    return pd.DataFrame(
        {
            "class_name": [f"{year}年{name}第{n + 1}期" for n, name in zip(at, trades, strict=True)],
            "trade": trades,
            "trained_by": "徐闻县职业技术学校",
            "started_on": days,
            "finished_on": days + pd.Timedelta(days=12),
            **places_of(county, people),
            "person_name": people["name"],
            "id_number": people["id_number"],
            "person_kind": "建档立卡",
            "lesson_count": 80,
            "attended_days": 10 + at % 3,
            "has_certificate": at % 4 > 0,
            "subsidy_yuan": money,
            "paid_on": days + pd.Timedelta(days=40),
            "remark": pd.Series(None, people.index, dtype=object),
        }
    )


def workshop_table() -> pd.DataFrame:
    """One row a workshop; the same at every scale."""
    columns = ["workshop_name", "town_name", "company_name", "recognised_on", "workshop_status", "stopped_on"]
    table = pd.DataFrame(WORKSHOPS, columns=columns)
    table["document_no"] = [f"徐人社〔{day[:4]}〕{7 + at}号" for at, day in enumerate(table["recognised_on"])]
    table["village_name"] = pd.Series(None, table.index, dtype=object)
    table["worker_count"], table["poor_worker_count"] = 30, 16
    table["recognised_on"] = pd.to_datetime(table["recognised_on"])
    table["stopped_on"] = pd.to_datetime(table["stopped_on"])
    table = table.astype({"worker_count": "Int64", "poor_worker_count": "Int64"})
    order = ["workshop_name", "town_name", "village_name", "company_name", "document_no", "recognised_on",
             "worker_count", "poor_worker_count", "workshop_status", "stopped_on"]  # fmt: skip
    return table[order]


def figures(county: County) -> dict[str, float]:
    """What the lists are about, from how they were made up."""
    table = training_table(county)
    registered = set(county.persons.loc[county.persons["left_on"].isna(), "id_number"])
    paid = table[table["id_number"].isin(registered) & (table["paid_on"].dt.year == 2019)]
    return {
        "emp_train_pp": county.targets.count(REPORT_FIGURES["emp_train_pp"]),
        "emp_train_amt": round(float(paid["subsidy_yuan"].sum()) / 10_000, 3),
        "emp_workshops": 7,
    }
