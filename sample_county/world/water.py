"""Water: the ledger of natural villages and the laboratory's results."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.world.geography import ARSENIC_TOWNS
from sample_county.world.people import Array, generator, split_total
from sample_county.world.population import County

PIPED_IN_OCTOBER = 1120 / 1154
# Ordinary natural villages without pipes whose households, lifted ones among them, have a problem.
TROUBLES = {"far": 3, "unknown_way": 2, "scarce": 1}
BAD_STATES = {
    "arsenic": "NOT_MET",
    "untested": "UNKNOWN",
    "far": "NOT_MET",
    "scarce": "NOT_MET",
    "outage": "NOT_MET",
    "unknown_way": "UNKNOWN",
}
LABORATORY = "徐闻县疾病预防控制中心"
FAILED_IN_SPRING = 8  # taps that failed in April and passed in September
ROUNDS = {"枯水期": ("2019-04-02", "2019-04-28"), "丰水期": ("2019-09-03", "2019-09-28")}


def with_water(county: County) -> County:
    """Adds to natural villages their supply, to households water_state and has_safe_water."""
    rng = generator(county.seed, "water")
    natural = county.places.natural_villages
    households = county.households
    registered = np.bincount(households.loc[~households["is_left"], "natural"], minlength=len(natural))
    natural["is_piped"] = _piped(rng, county, registered)
    natural["served_population"] = _served(rng, county)
    _works(rng, natural)
    _troubles(rng, county, registered)
    piped = natural["is_piped"].to_numpy(bool)
    fate = natural["water_fate"].to_numpy(object)
    natural["is_at_home"] = piped | (rng.random(len(natural)) < 0.4)
    natural.loc[np.isin(fate, ["far", "unknown_way"]), "is_at_home"] = False
    minutes = pd.Series(rng.integers(4, 18, len(natural)), dtype="Int64")
    minutes = minutes.mask(fate == "far", pd.Series(rng.integers(28, 50, len(natural)), dtype="Int64"))
    natural["fetch_minutes"] = minutes.mask(natural["is_at_home"], 0).mask(fate == "unknown_way")
    litres = np.round(
        np.where(piped, rng.uniform(60, 130, len(natural)), rng.uniform(38, 80, len(natural))), 1
    )
    natural["daily_litres_per_head"] = np.where(fate == "scarce", np.round(litres / 4, 1), litres)
    outage = np.where(piped, rng.integers(0, 20, len(natural)), rng.integers(5, 34, len(natural)))
    natural["outage_days"] = pd.Series(np.where(fate == "outage", outage + 45, outage), dtype="Int64")
    state = np.array([BAD_STATES.get(x, "MET") for x in fate], dtype=object)
    home = households["natural"].to_numpy(np.int64)
    households["water_state"] = state[home]
    # Blank where there is no pipe and nobody has found a problem.
    safe = pd.Series(state[home] == "MET").astype("boolean")
    households["has_safe_water"] = safe.where(piped[home] | (state[home] == "NOT_MET"))
    return county


def _piped(rng: np.random.Generator, county: County, registered: Array) -> Array:
    """All but the remotest: small villages, first those with a water trouble, few registered households."""
    natural = county.places.natural_villages
    population = natural["agricultural_population"].to_numpy(np.int64)
    trouble = natural["water_fate"].isin(["untested", "far", "scarce", "outage"]).to_numpy(bool)
    must_pipe = (natural["water_fate"] == "arsenic").to_numpy(bool)
    rank = rng.random(len(natural)) + 2.0 * trouble - 3.0 * must_pipe
    rank -= 0.03 * registered + (population > np.median(population) * 0.85)
    unpiped = np.argsort(-rank, kind="stable")[: len(natural) - county.targets.piped_natural_villages]
    result = np.ones(len(natural), dtype=bool)
    result[unpiped] = False
    return result


def _served(rng: np.random.Generator, county: County) -> Array:
    """Served population: whole piped villages, less a shortfall shared by some of them."""
    natural = county.places.natural_villages
    served = natural["agricultural_population"].to_numpy(np.int64) * natural["is_piped"].to_numpy(bool)
    # In a very small county the few villages without pipes may hold too many people already.
    shortfall = max(0, int(served.sum()) - county.targets.served_population)
    weight = served * (rng.random(len(served)) < 0.4) + served * 1e-6
    result: Array = served - np.minimum(split_total(weight, shortfall), served)
    return result


def _works(rng: np.random.Generator, natural: pd.DataFrame) -> None:
    """Which works supplies which natural village. Works names are unique in the county."""
    town = natural["town_name"].to_numpy(object)
    village = natural["village"].to_numpy(np.int64)
    is_special = (natural["water_fate"] != "good").to_numpy(bool)
    piped = natural["is_piped"].to_numpy(bool)
    draw = rng.random(int(village.max()) + 1)[village]
    kind = np.select(
        [~piped, is_special, draw < 0.2, draw < 0.6],
        ["分散", "小型集中", "城镇管网延伸", "千吨万人"],
        "小型集中",
    )
    place = natural["village_name"].str.removesuffix("村").to_numpy(object)
    spot = (natural["town_name"] + natural["village_name"] + natural["natural_village_name"]).to_numpy(object)
    names = {
        "城镇管网延伸": town + "自来水厂管网延伸工程",
        "千吨万人": town + np.where(village % 2 == 0, "第一", "第二") + "水厂",
        "小型集中": np.where(is_special, spot + "供水站", town + place + "集中供水站"),
        "分散": spot + "水井",
    }
    natural["works_kind"] = kind
    natural["works_name"] = np.select([kind == k for k in names], list(names.values()), "")
    natural["water_source"] = np.where(np.isin(kind, ["城镇管网延伸", "千吨万人"]), "地表", "地下")


def _troubles(rng: np.random.Generator, county: County, registered: Array) -> None:
    natural = county.places.natural_villages
    is_free = ~natural["is_piped"] & (natural["water_fate"] == "good")
    few = is_free.to_numpy(bool) & (registered >= 1) & (registered <= 8)
    order, start = rng.permutation(np.flatnonzero(few)), 0
    for trouble, count in TROUBLES.items():
        number = county.targets.count(count)
        natural.loc[order[start : start + number], "water_fate"] = trouble
        start += number


def supply_table(county: County, month: str) -> pd.DataFrame:
    """The feed `village_water_supply` of October or December 2019."""
    rng = generator(county.seed, "october")
    rows = county.places.natural_villages
    piped = rows["is_piped"].to_numpy(bool)
    if month == "2019-10":  # what the works of the autumn have joined to the pipes since
        late = np.flatnonzero(piped & (rows["water_fate"] == "good"))
        late = rng.permutation(late)[: round(piped.sum() * (1 - PIPED_IN_OCTOBER))]
        piped = piped.copy()
        piped[late] = False
    served = rows["served_population"].to_numpy(np.int64) * piped
    share = served / rows["agricultural_population"]
    return pd.DataFrame(
        {
            "town_name": rows["town_name"],
            "village_name": rows["village_name"],
            "natural_village_name": rows["natural_village_name"],
            "household_count": rows["household_count"].astype("Int64"),
            "agricultural_population": rows["agricultural_population"].astype("Int64"),
            "is_piped": pd.array(piped, dtype="boolean"),
            "served_household_count": pd.array(
                np.round(rows["household_count"] * share).astype(np.int64), dtype="Int64"
            ),
            "served_population": pd.array(served, dtype="Int64"),
            "works_name": rows["works_name"],
            "works_kind": rows["works_kind"],
            "water_source": rows["water_source"],
            "is_at_home": rows["is_at_home"].astype("boolean"),
            "outage_days": rows["outage_days"],
            "daily_litres_per_head": rows["daily_litres_per_head"],
            "fetch_minutes": rows["fetch_minutes"],
        }
    )


def quality_tables(county: County) -> dict[str, pd.DataFrame]:
    """The feed `water_quality_test`: two rounds, at a tap of each natural village and at larger plants."""
    rng = generator(county.seed, "tests")
    natural = county.places.natural_villages
    tested = natural[natural["water_fate"] != "untested"]
    plants = tested[tested["works_kind"].isin(["城镇管网延伸", "千吨万人"])].drop_duplicates("works_name")
    failing = rng.permutation(
        np.flatnonzero((tested["works_kind"] != "分散") & (tested["water_fate"] == "good"))
    )
    in_spring = np.zeros(len(tested), dtype=bool)
    in_spring[failing[: county.targets.count(FAILED_IN_SPRING)]] = True
    never = np.zeros(len(plants), dtype=bool)
    tables = {}
    for number, (label, (first, last)) in enumerate(ROUNDS.items(), start=1):
        tap = _results(rng, tested, first, last, fails_coliform=in_spring & (number == 1), kind="末梢水")
        plant = _results(rng, plants, first, last, fails_coliform=never, kind="出厂水")
        rows = pd.concat([tap, plant], ignore_index=True)
        rows.insert(0, "report_no", [f"XWCDC-2019-{number}-{i:05d}" for i in range(1, len(rows) + 1)])
        tables[label] = rows
    return tables


def _results(
    rng: np.random.Generator, works: pd.DataFrame, first: str, last: str, *, fails_coliform: Array, kind: str
) -> pd.DataFrame:
    count = len(works)
    start = np.datetime64(first, "D")
    span = int((np.datetime64(last, "D") - start).astype(np.int64))
    has_arsenic = (works["water_fate"] == "arsenic").to_numpy(bool)
    in_five_towns = works["town_name"].isin(ARSENIC_TOWNS).to_numpy(bool)
    below = np.where(in_five_towns, 0.45, 0.8)
    arsenic = _text(rng.uniform(0.001, 0.009, count), 4).where(rng.random(count) > below, "<0.001")
    arsenic = arsenic.mask(has_arsenic, _text(rng.uniform(0.055, 0.09, count), 3))
    arsenic = arsenic.mask(~in_five_towns & (rng.random(count) < 0.08))  # a verdict without a value
    is_plant = kind == "出厂水"
    point = works["works_name"] + "出水口" if is_plant else works["natural_village_name"] + "用户水龙头"
    coliform = pd.Series("未检出", index=arsenic.index).mask(fails_coliform, "23")
    return pd.DataFrame(
        {
            "sampling_point": point.to_numpy(object),
            "works_name": works["works_name"].to_numpy(object),
            "sample_kind": kind,
            "sampled_on": (start + rng.integers(0, span, count).astype("timedelta64[D]")).astype(
                "datetime64[s]"
            ),
            "arsenic_mg_l": arsenic,
            "fluoride_mg_l": _text(rng.uniform(0.08, 0.7, count), 2),
            "colony_count": pd.Series(rng.integers(0, 70, count)).astype("str"),
            "coliform": coliform,
            "turbidity_ntu": _text(rng.uniform(0.1, 0.9, count), 2),
            "ph": _text(rng.uniform(6.7, 8.2, count), 2),
            "verdict": np.where(has_arsenic | fails_coliform, "不合格", "合格"),
            "tested_by": LABORATORY,
        }
    )


def _text(values: Array, digits: int) -> pd.Series[str]:
    return pd.Series(np.round(values, digits)).map(f"{{:.{digits}f}}".format).astype("str")
