"""What the visits to the registered households found: food and clothing, what they live on, their income."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sample_county.calibration import REPORT_FIGURES
from sample_county.world.people import Array, days_between, generator
from sample_county.world.population import County, registered_at

ROUND, SPOT_CHECK = "2019", "2019-12"
VEGETABLES = "蔬菜"
OTHERS = ("菠萝", "香蕉", "水稻", "畜禽", "水产", "其他", "无")
SURVEYORS = ("陈小明", "林秀英", "黄国强", "吴海燕", "符永强")
# Fate → how many households at full scale, the states that follow, and the answers visit by visit
# (when, food, clothing). `old` was visited more than a year ago; of `two` visits on one day the worse holds.
YES, NO, BLANK = True, False, None
FATES: dict[str, tuple[int, str, str, tuple[tuple[str, bool | None, bool | None], ...]]] = {
    "hungry": (34, "NOT_MET", "MET", (("round", NO, YES),)),
    "bare": (21, "MET", "NOT_MET", (("round", YES, NO),)),
    "blank": (12, "UNKNOWN", "UNKNOWN", (("round", BLANK, BLANK),)),
    "never": (40, "UNKNOWN", "UNKNOWN", ()),
    "old": (30, "UNKNOWN", "UNKNOWN", (("old", YES, YES),)),
    "two": (9, "NOT_MET", "UNKNOWN", (("round", YES, BLANK), ("round", NO, YES))),
    "put_right": (45, "MET", "MET", (("round", NO, NO), ("spot", YES, YES))),
    "worse": (11, "NOT_MET", "UNKNOWN", (("round", YES, YES), ("spot", NO, BLANK))),
    "confirmed": (150, "MET", "MET", (("round", YES, YES), ("spot", YES, YES))),
}
FINE = (("round", YES, YES),)


def with_surveys(county: County) -> County:
    """Adds to each household the fate of its visits, the two states and what it lives on."""
    rng = generator(county.seed, "surveys")
    households = county.households
    count = len(households)
    fate = np.full(count, "fine", dtype=object)
    waiting = iter(rng.permutation(np.flatnonzero(~households["is_left"].to_numpy(bool))))
    for name, (number, *_) in FATES.items():
        for _ in range(county.targets.count(number, least=1)):
            fate[next(waiting)] = name
    households["survey_fate"] = fate
    households["food_state"] = pd.Series(fate).map({name: f[1] for name, f in FATES.items()}).fillna("MET")
    households["clothing_state"] = (
        pd.Series(fate).map({name: f[2] for name, f in FATES.items()}).fillna("MET")
    )
    town, _ = county.places.village_texts(households["village"].to_numpy(np.int64))
    is_nanshan = town == "南山镇"
    industry = rng.choice(np.array((VEGETABLES, *OTHERS), dtype=object), count)
    industry[is_nanshan] = rng.choice(np.array(OTHERS, dtype=object), int(is_nanshan.sum()))
    is_seen = ~np.isin(fate, ["never", "old"]) & ~households["is_left"].to_numpy(bool)
    growers = np.flatnonzero(is_nanshan & is_seen)[: county.targets.count(_growers())]
    industry[growers] = VEGETABLES
    industry[is_nanshan & (fate == "old")] = VEGETABLES
    households["main_industry"] = industry
    return county


def _growers() -> float:
    return REPORT_FIGURES["ind_nanshan_veg_hh"]


def survey_tables(county: County) -> dict[str, pd.DataFrame]:
    """The round of the year (old visits among it) and the spot checks of December."""
    rng = generator(county.seed, "visits")
    heads = registered_at(county, "2019-11-30")
    size = heads.groupby("household").size()
    heads = heads[heads["role"] == "H"].set_index("household")
    rows = county.households.loc[heads.index]
    day = {
        "old": days_between(rng, len(rows), "2018-10-08", "2018-12-20"),
        "round": days_between(rng, len(rows), "2019-10-08", "2019-11-28"),
        "spot": days_between(rng, len(rows), "2019-12-03", "2019-12-29"),
    }
    visits = pd.DataFrame(list(_visits(rows["survey_fate"])), columns=["at", "when", "food", "clothing"])
    own = rows.iloc[visits["at"]]
    days = np.array([day[when][at] for at, when in zip(visits["at"], visits["when"], strict=True)])
    town, village = county.places.village_texts(own["village"].to_numpy(np.int64))
    people = size.loc[own.index].to_numpy(np.int64)
    industry = own["main_industry"].to_numpy(object)
    # What a household was found to grow first is not always what it grew at the spot check.
    changed = (visits["when"] == "round") & own["survey_fate"].eq("confirmed").to_numpy()
    table = pd.DataFrame(
        {
            "register_household_no": own["household_no"].to_numpy(object),
            "town_name": town,
            "village_name": village,
            "head_name": heads.iloc[visits["at"]]["name"].to_numpy(object),
            "head_id_number": heads.iloc[visits["at"]]["id_number"].to_numpy(object),
            "surveyed_on": days.astype("datetime64[s]"),
            "surveyed_by": np.array(SURVEYORS, dtype=object)[visits["at"] % len(SURVEYORS)],
            "member_count": pd.array(people, dtype="Int64"),
            "has_enough_staple": visits["food"].astype("boolean"),
            "has_protein": visits["food"].astype("boolean"),
            "is_food_secure": visits["food"].astype("boolean"),
            "has_seasonal_clothes": visits["clothing"].astype("boolean"),
            "is_clothing_secure": visits["clothing"].astype("boolean"),
            "main_industry": np.where(changed & (visits["at"] % 2 == 0), VEGETABLES, industry),
            **_income(own["income"].to_numpy(np.float64), people),
            "remark": pd.Series([None] * len(visits), dtype="str"),
        }
    )
    is_spot = (visits["when"] == "spot").to_numpy()
    order = ["town_name", "register_household_no", "surveyed_on"]
    return {
        ROUND: table[~is_spot].sort_values(order, kind="stable", ignore_index=True),
        SPOT_CHECK: table[is_spot].sort_values(order, kind="stable", ignore_index=True),
    }


def _visits(fates: pd.Series[str]) -> Iterator[tuple[int, str, bool | None, bool | None]]:
    for at, fate in enumerate(fates):
        for when, food, clothing in FATES[fate][3] if fate in FATES else FINE:
            yield at, when, food, clothing


def _income(per_head: Array, people: Array) -> dict[str, Array]:
    """The income of a household in its parts, which add up."""
    total = np.round(per_head * people, 2)
    wage, property_ = np.round(total * 0.5, 2), np.round(total * 0.03, 2)
    transfer = np.round(total * 0.17, 2)
    return {
        "wage_income_yuan": wage,
        "business_income_yuan": np.round(total - wage - property_ - transfer, 2),
        "property_income_yuan": property_,
        "transfer_income_yuan": transfer,
        "total_income_yuan": total,
        "income_per_head_yuan": np.round(total / people, 2),
    }


def figures(county: County) -> dict[str, float]:
    """Households and people of the two places of the report, and the growers of one."""
    households = county.households[~county.households["is_left"]]
    persons = county.persons[county.persons["left_on"].isna()]
    size = persons.groupby("household").size().reindex(households.index)
    town, village = county.places.village_texts(households["village"].to_numpy(np.int64))
    places = {
        "ind_nanshan": town == "南山镇",
        "ind_manghai": (town == "南山镇") & (village == "芒海村"),
    }
    found: dict[str, float] = {}
    for name, own in places.items():
        found[f"{name}_hh"], found[f"{name}_pp"] = int(own.sum()), int(size[own].sum())
    grows = (households["main_industry"] == VEGETABLES).to_numpy(bool)
    is_seen = ~households["survey_fate"].isin(["never", "old"]).to_numpy(bool)
    found["ind_nanshan_veg_hh"] = int((places["ind_nanshan"] & grows & is_seen).sum())
    return found
