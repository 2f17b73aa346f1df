"""Whom the party secretaries visited, and who is watched lest they be poor again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.housing import crowd_heads
from sample_county.world.people import days_between, generator
from sample_county.world.population import County, registered_at

LEVELS = ("村党组织书记", "镇委书记", "县委书记")
SECRETARIES = {"县委书记": "陈志远", "镇委书记": "林建国", "村党组织书记": "黄德海"}
NOT_VISITED, ONLY_BEFORE, WITHOUT_NUMBER, TWICE = 260, 90, 400, 900  # households at full scale
WATCHED_REGISTERED, WATCHED_OTHERS, CLEARED = 64, 52, 21
RISKS = ("因病", "因学", "因残", "因灾", "因意外事故", "因产业失败", "因务工不稳", "因缺劳力", "其他")


def with_visits(county: County) -> County:
    """Adds to each household how it was visited in the year."""
    rng = generator(county.seed, "secretaries")
    households = county.households
    fate = np.full(len(households), "visited", dtype=object)
    waiting = iter(rng.permutation(np.flatnonzero(~households["is_left"].to_numpy(bool))))
    for name, count in (
        ("never", NOT_VISITED),
        ("before", ONLY_BEFORE),
        ("without_number", WITHOUT_NUMBER),
        ("twice", TWICE),
    ):
        for _ in range(county.targets.count(count, least=1)):
            fate[next(waiting)] = name
    households["visit_fate"] = fate
    return county


def visit_table(county: County) -> pd.DataFrame:
    """One row a household and a visit; who left the register in December was visited, too."""
    rng = generator(county.seed, "visits_of_secretaries")
    heads = registered_at(county, "2019-11-30")
    heads = heads[heads["role"] == "H"].set_index("household")
    fate = county.households.loc[heads.index, "visit_fate"]
    seen = heads[(fate != "never").to_numpy()]
    again = heads[(fate == "twice").to_numpy()]
    rows = pd.concat([seen, again])
    own = county.households.loc[rows.index]
    town, village = county.places.village_texts(own["village"].to_numpy(np.int64))
    days = days_between(rng, len(rows), "2019-01-10", "2019-12-28")
    earlier = days_between(rng, len(rows), "2018-05-04", "2018-12-28")
    level = np.array(LEVELS, dtype=object)[np.minimum(rng.geometric(0.8, len(rows)) - 1, 2)]
    table = pd.DataFrame(
        {
            "secretary_level": level,
            "secretary_name": pd.Series(level).map(SECRETARIES).to_numpy(object),
            "visited_on": np.where(own["visit_fate"] == "before", earlier, days).astype("datetime64[s]"),
            "town_name": town,
            "village_name": village,
            "register_household_no": own["household_no"]
            .where(own["visit_fate"] != "without_number")
            .to_numpy(object),
            "head_name": rows["name"].to_numpy(object),
            "head_id_number": rows["id_number"].to_numpy(object),
            "problem_text": pd.Series([None] * len(rows), dtype="str"),
            "measures": pd.Series([None] * len(rows), dtype="str"),
            "is_solved": pd.array([True] * len(rows), dtype="boolean"),
        }
    )
    # two visits that fell on one day are one
    table = table[~pd.DataFrame({"household": rows.index, "on": table["visited_on"]}).duplicated()]
    order = ["town_name", "village_name", "visited_on", "head_id_number"]
    return table.sort_values(order, kind="stable", ignore_index=True)


def monitoring_table(county: County) -> pd.DataFrame:
    """Registered households and others that are watched, some of them not any more."""
    rng = generator(county.seed, "watched")
    heads = registered_at(county, "2019-12-31")
    heads = heads[heads["role"] == "H"].set_index("household")
    own = heads.iloc[rng.permutation(len(heads))[: county.targets.count(WATCHED_REGISTERED, least=2)]]
    others = crowd_heads(rng, county, county.targets.count(WATCHED_OTHERS, least=2))
    rows = pd.concat([own, others])
    count, registered = len(rows), len(own)
    village_at = [*county.households.loc[own.index, "village"], *others["village"]]
    town, village = county.places.village_texts(np.array(village_at, dtype=np.int64))
    numbers = [*county.households.loc[own.index, "household_no"], *([None] * len(others))]
    cleared = np.arange(count) % max(1, count // _cleared(county)) == 0
    cleared &= np.cumsum(cleared) <= _cleared(county)
    cleared_on = pd.Series(days_between(rng, count, "2019-09-01", "2019-12-30")).astype("datetime64[s]")
    # of some it is only said that the risk is gone, of some when it will be
    is_told = cleared & (np.arange(count) % 4 != 0)
    later = ~cleared & (np.arange(count) % 9 == 1)
    cleared_on = cleared_on.where(pd.Series(is_told)).mask(pd.Series(later), pd.Timestamp("2020-03-31"))
    return pd.DataFrame(
        {
            "town_name": town,
            "village_name": village,
            "register_household_no": pd.Series(numbers, dtype="object"),
            "head_name": rows["name"].to_numpy(object),
            "head_id_number": rows["id_number"].to_numpy(object),
            "member_count": pd.array(1 + np.arange(count) % 6, dtype="Int64"),
            "monitoring_kind": np.where(
                np.arange(count) % 17 == 5,
                "突发严重困难户",
                np.where(np.arange(count) < registered, "脱贫不稳定户", "边缘易致贫户"),
            ),
            "risk_kind": np.array(RISKS, dtype=object)[np.arange(count) % len(RISKS)],
            "listed_on": days_between(rng, count, "2019-03-01", "2019-08-30").astype("datetime64[s]"),
            "is_cleared": pd.Series(cleared, dtype="boolean").where(pd.Series(np.arange(count) % 7 != 3)),
            "cleared_on": cleared_on,
            "cleared_by": pd.Series(["帮扶" if gone else None for gone in cleared], dtype="object"),
            "measures": pd.Series(["产业帮扶"] * count, dtype="object"),
            "helper_name": pd.Series([None] * count, dtype="object"),
        }
    ).assign(is_cleared=lambda t: t["is_cleared"].mask(pd.Series(cleared), other=True))


def _cleared(county: County) -> int:
    return county.targets.count(CLEARED, least=1)


def figures(county: County) -> dict[str, float]:
    """How many households were visited in the year, and how many are watched."""
    households = county.households[~county.households["is_left"]]
    visited = int((~households["visit_fate"].isin(["never", "before"])).sum())
    watched = county.targets.count(WATCHED_REGISTERED, least=2) + county.targets.count(
        WATCHED_OTHERS, least=2
    )
    return {"visit_hh": visited, "mon_hh": watched - _cleared(county)}
