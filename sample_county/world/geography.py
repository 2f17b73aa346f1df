"""Towns, administrative villages and natural villages.

Towns carry their real codes. Beyond the villages that public sources name, village names are made
up of the words that place names of the Leizhou peninsula are made of, and recur as they do there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_county.calibration import Targets
from sample_county.world.people import Array, generator, split_total

# Code of three digits under 440825, name, population of the 2000 census (merged towns added).
TOWNS = (
    ("001", "徐城街道", 66201),
    ("102", "迈陈镇", 46897),
    ("103", "海安镇", 22082),
    ("104", "曲界镇", 42349),
    ("105", "前山镇", 35583),
    ("106", "西连镇", 34560),
    ("107", "下桥镇", 35529),
    ("108", "龙塘镇", 51690),
    ("109", "下洋镇", 22766),
    ("110", "锦和镇", 36856),
    ("111", "和安镇", 28942),
    ("112", "新寮镇", 24090),
    ("113", "南山镇", 61390),
    ("201", "城北乡", 22483),
    ("204", "角尾乡", 25935),
)
TOWN_NAMES = tuple(name for _, name, _ in TOWNS)
ARSENIC_TOWNS = ("迈陈镇", "海安镇", "西连镇", "龙塘镇", "角尾乡")
RELATIVE_POOR = (
    ("南山镇", "芒海村"),
    ("下洋镇", "墩尾村"),
    ("龙塘镇", "赤农村"),
    ("迈陈镇", "迈陈村"),
    ("海安镇", "文部村"),
)
KNOWN_VILLAGES: dict[str, tuple[str, ...]] = {
    "南山镇": ("芒海村", "二桥村", "五里村"),
    "下洋镇": ("墩尾村",),
    "龙塘镇": ("赤农村", "青安村"),
    "迈陈镇": ("迈陈村",),
    "海安镇": ("文部村",),
    "锦和镇": ("六极村",),
    "前山镇": ("地塘村",),
    "和安镇": ("公港村",),
    "新寮镇": ("后海村", "塘口村", "烟楼村"),
    "徐城街道": ("东方社区", "红旗社区", "木兰社区"),
}
KNOWN_NATURAL = {"墩尾村": ("墩尾村", "上园村", "西尾湖村", "桐挖村")}
FIRST_WORDS = "东西南北大小下上新后前龙石白那迈山水田边和赤黄木竹青金福昌包调"
LAST_WORDS = "山坡塘湾园田港洋寮墩井岭坑仔桥堀尾埠门兰安宅胜沟沙头寨埚市"
FARMS = ("南华农场", "五一农场", "华海公司", "友好农场", "红星农场")


@dataclass(frozen=True)
class Places:
    """`villages` and `natural_villages` by position; the latter know their village's position."""

    villages: pd.DataFrame
    natural_villages: pd.DataFrame

    def village_texts(self, village: Array) -> tuple[Array, Array]:
        """Town and village names at village positions."""
        town = self.villages["town_name"].to_numpy(object)[village]
        name = self.villages["village_name"].to_numpy(object)[village]
        return town, name


def town_of_number(household_no: str) -> str:
    """The town whose code a household's number of the register has in it (see `identity.number`)."""
    return {code: name for code, name, _ in TOWNS}[household_no[2:5]]


def build_places(seed: int, targets: Targets) -> Places:
    rng = generator(seed, "places")
    villages = _villages(rng, targets)
    natural = _natural_villages(rng, targets, villages)
    natural["water_fate"] = _water_fates(rng, targets, villages, natural)
    sums = natural.groupby("village")[["agricultural_population", "household_count"]].sum()
    villages["natural_village_count"] = natural.groupby("village").size()
    villages[["agricultural_population", "household_count"]] = sums
    return Places(villages, natural)


def _villages(rng: np.random.Generator, targets: Targets) -> pd.DataFrame:
    population = np.array([p for _, _, p in TOWNS], dtype=np.float64)
    counts = np.maximum(split_total(population, targets.villages), [_known_count(t) for t in TOWN_NAMES])
    while counts.sum() > targets.villages:
        counts[np.argmax(counts - [_known_count(t) for t in TOWN_NAMES])] -= 1
    pool = np.array([a + b for a in FIRST_WORDS for b in LAST_WORDS], dtype=object)
    rows = []
    for (code, town, _), count in zip(TOWNS, counts, strict=True):
        known = KNOWN_VILLAGES.get(town, ())
        made = [str(x) for x in rng.permutation(pool) if f"{x}村" not in known][: count - len(known)]
        seats = 2 if count > 10 and town != "徐城街道" else 0  # 居: the town seat's neighbourhoods
        names = [*known, *(n + ("社区" if i < seats else "村") for i, n in enumerate(made))]
        rows += [(code, town, f"XW-{code}-{i:02d}", name) for i, name in enumerate(names, start=1)]
    villages = pd.DataFrame(rows, columns=["town", "town_name", "village_code", "village_name"])
    villages["town_code"] = "440825" + villages["town"]
    villages["village_kind"] = np.where(villages["village_name"].str.endswith("社区"), "居", "村")
    villages["has_poor"] = _with_poor(rng, villages, targets)
    villages["is_relative_poor"] = _relative_poor(rng, villages, targets)
    return villages


def _known_count(town: str) -> int:
    return max(1, len(KNOWN_VILLAGES.get(town, ())))


def _with_poor(rng: np.random.Generator, villages: pd.DataFrame, targets: Targets) -> Array:
    """All but a few villages; those few are neighbourhoods first, never a village that is named."""
    known = {(t, v) for t, names in KNOWN_VILLAGES.items() for v in names if t != "徐城街道"}
    is_named = np.array(
        [x in known for x in zip(villages["town_name"], villages["village_name"], strict=True)]
    )
    preference = rng.random(len(villages)) + 2 * (villages["village_kind"] == "居") - 9 * is_named
    without = np.argsort(-preference.to_numpy(), kind="stable")[: len(villages) - targets.villages_with_poor]
    has_poor = np.ones(len(villages), dtype=bool)
    has_poor[without] = False
    return has_poor


def _relative_poor(rng: np.random.Generator, villages: pd.DataFrame, targets: Targets) -> Array:
    is_named = np.array(
        [x in RELATIVE_POOR for x in zip(villages["town_name"], villages["village_name"], strict=True)]
    )
    eligible = villages["has_poor"].to_numpy(bool) & (villages["village_kind"] == "村").to_numpy(bool)
    preference = rng.random(len(villages)) + 9 * is_named - 99 * ~eligible
    result = np.zeros(len(villages), dtype=bool)
    result[np.argsort(-preference, kind="stable")[: targets.villages_relative_poor]] = True
    return result


def _natural_villages(rng: np.random.Generator, targets: Targets, villages: pd.DataFrame) -> pd.DataFrame:
    town_population = dict(zip(TOWN_NAMES, [p for _, _, p in TOWNS], strict=True))
    per_town = villages.groupby("town_name")["town_name"].transform("size")
    weight = villages["town_name"].map(town_population) / per_town * rng.uniform(0.6, 1.5, len(villages))
    counts = split_total(weight.to_numpy(np.float64), targets.natural_villages, least=2)
    village = np.repeat(np.arange(len(villages)), counts)
    size = rng.lognormal(0.0, 0.55, len(village))
    population = split_total(size, targets.agricultural_population, least=20)
    return pd.DataFrame(
        {
            "village": village,
            "town_name": villages["town_name"].to_numpy(object)[village],
            "village_name": villages["village_name"].to_numpy(object)[village],
            "natural_village_name": _natural_names(rng, villages["village_name"], counts),
            "agricultural_population": population,
            "household_count": np.maximum(
                4, np.round(population / rng.uniform(3.9, 4.8, len(village)))
            ).astype(np.int64),
        }
    )


def _natural_names(rng: np.random.Generator, villages: pd.Series[str], counts: Array) -> list[str]:
    """The first natural village is called like its village; no name twice within a village."""
    pool = [a + b + "村" for a in FIRST_WORDS for b in LAST_WORDS]
    names: list[str] = []
    for village, count in zip(villages, counts, strict=True):
        base = village.removesuffix("社区").removesuffix("村") + "村"
        own = list(KNOWN_NATURAL.get(village, (base,)))[:count]
        start = int(rng.integers(len(pool)))
        others = (pool[(start + 41 * i) % len(pool)] for i in range(count + 4))
        names += (own + [x for x in others if x not in own])[:count]
    return names


def _water_fates(
    rng: np.random.Generator, targets: Targets, villages: pd.DataFrame, natural: pd.DataFrame
) -> Array:
    """What is wrong with the water of a few natural villages; no lifted household lives in these.

    One with arsenic in each of the five towns; others have no test, are far from water, get too
    little of it, or too seldom. The rest are `good`.
    """
    town = natural["town_name"].to_numpy(object)
    village = natural["village"].to_numpy(np.int64)
    is_first = ~natural["village"].duplicated().to_numpy(bool)
    is_free = villages["has_poor"].to_numpy(bool)[village] & ~is_first & (town != "南山镇")
    fate = np.full(len(natural), "good", dtype=object)
    for arsenic_town in ARSENIC_TOWNS:
        fate[rng.choice(np.flatnonzero(is_free & (town == arsenic_town)))] = "arsenic"
    for name, count in (("untested", 3), ("far", 3), ("scarce", 2), ("outage", 2)):
        # at most one such place in a village, so that its other households have somewhere to live
        taken = np.isin(village, village[fate != "good"])
        free = rng.permutation(np.flatnonzero(is_free & ~taken & ~np.isin(town, ARSENIC_TOWNS)))
        _, one_each = np.unique(village[free], return_index=True)
        fate[rng.permutation(free[one_each])[: targets.count(count, least=1)]] = name
    return fate


def village_table(places: Places) -> pd.DataFrame:
    """The feed `village`."""
    columns = [
        "town_code",
        "town_name",
        "village_code",
        "village_name",
        "village_kind",
        "is_relative_poor",
        "natural_village_count",
        "household_count",
        "agricultural_population",
    ]
    table = places.villages[columns].astype({"is_relative_poor": "boolean"})
    return table.astype(dict.fromkeys(columns[-3:], "Int64"))
