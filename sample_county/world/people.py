"""ID numbers and names of people who do not exist."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[Any]

AREA = 440899  # assigned to no place: no citizen can have such a number
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
CHECK_DIGITS = np.array(list("10X98765432"))
FIRST_BIRTH_OF_SCHOOL_AGE_0 = np.datetime64("2018-09-01", "D")
LAST_BIRTH = np.datetime64("2019-05-31", "D")  # the insurance roll of June holds everybody

SURNAMES: dict[str, float] = {
    "陈": 15.0, "林": 9.0, "黄": 8.5, "李": 7.5, "吴": 6.0, "王": 5.0, "张": 4.0, "何": 3.2, "梁": 3.0,
    "邓": 2.8, "蔡": 2.6, "符": 2.4, "郑": 2.3, "周": 2.2, "许": 2.1, "郭": 1.9, "谢": 1.8, "劳": 1.6,
    "杨": 1.6, "莫": 1.5, "苏": 1.5, "钟": 1.4, "叶": 1.2, "洪": 1.2, "潘": 1.1, "程": 1.0, "邱": 1.0,
    "唐": 0.9, "庄": 0.9, "韩": 0.8, "方": 0.8, "刘": 0.8, "冯": 0.7, "曾": 0.7, "麦": 0.6, "宋": 0.6,
    "骆": 0.5, "戴": 0.5, "卓": 0.4, "揭": 0.3, "欧阳": 0.2,
}  # fmt: skip
RARE = ("堃", "喆", "㙍", "𬭎", "昇", "珺", "淼", "祎", "翀", "𫖯")
MALE_FIRST = "志文国建永明华德海伟家俊康荣玉世大成光振土日景其乃妃堪良春仕耀如锦培茂宏嘉子昌兴运泽"
MALE_LAST = "强明辉华生平军龙清贵福伟浩宇轩杰成荣财东飞权养进海兴才胜勇林武忠利旺坤恒锋鹏涛权尾丰"
FEMALE_FIRST = "秀丽美春玉小晓凤海月妃彩妙雪婷慧思雅少兰金淑桂水华碧惠爱梦诗家锦如素翠巧观土"
FEMALE_LAST = "英花兰珍梅娟芳玲霞燕莲妹琼婷怡敏娣清红香桃珠萍云萱琳莹颖洁蓉凤菊琴养"


# No given name drawn from the words above starts like this.
UNSHARED_FIRST = "梓"


def generator(seed: int, part: str) -> np.random.Generator:
    """A stream of its own for each part, so that a change in one leaves the others as they were."""
    return np.random.default_rng([seed, *part.encode()])


def births(rng: np.random.Generator, age: Array) -> Array:
    """A birth date for each age completed on 31 August 2019."""
    first = np.datetime64("2018-09", "M") - 12 * age.astype("timedelta64[M]")
    last = (first + np.timedelta64(12, "M")).astype("datetime64[D]")
    start = first.astype("datetime64[D]")
    span = (last - start).astype(np.int64)
    dates = start + (rng.random(len(age)) * span).astype("timedelta64[D]")
    newborn = dates > LAST_BIRTH
    moved: Array = np.where(newborn, dates - np.timedelta64(120, "D"), dates)
    return moved


def id_numbers(birth: Array, is_male: Array) -> pd.Series[str]:
    """Checksum-valid numbers, no two alike: birth date and sex as given."""
    days = birth.astype("datetime64[D]").astype(np.int64)
    group = pd.Series(days * 2 + is_male.astype(np.int64))
    rank = group.groupby(group.to_numpy()).cumcount().to_numpy()
    if len(rank) and rank.max() >= 500:
        raise ValueError("more than 500 people of one sex on one birth date: lower the scale")
    sequence = 2 * ((rank * 37 + days * 7) % 500) + is_male
    months = birth.astype("datetime64[M]").astype(np.int64)
    year, month = 1970 + months // 12, months % 12 + 1
    day = days - birth.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 1
    body = ((AREA * 10_000 + year) * 10_000 + month * 100 + day) * 1000 + sequence
    total = np.zeros(len(body), dtype=np.int64)
    for place, weight in enumerate(WEIGHTS):
        total += (body // 10 ** (16 - place)) % 10 * weight
    digits = pd.Series(body).astype("str")
    return digits + pd.Series(CHECK_DIGITS[total % 11]).astype("str")


def surnames(rng: np.random.Generator, count: int) -> Array:
    weights = np.array(list(SURNAMES.values()))
    return rng.choice(np.array(list(SURNAMES), dtype=object), size=count, p=weights / weights.sum())


def given_names(rng: np.random.Generator, is_male: Array) -> Array:
    """One or two characters; a few of them are outside GBK."""
    count = len(is_male)
    male = is_male.astype(bool)
    first = np.where(male, _pick(rng, MALE_FIRST, count), _pick(rng, FEMALE_FIRST, count))
    last = np.where(male, _pick(rng, MALE_LAST, count), _pick(rng, FEMALE_LAST, count))
    last = np.where(rng.random(count) < 0.002, _pick(rng, RARE, count), last)
    first = np.where(rng.random(count) < 0.2, "", first)
    full: Array = first + last
    return full


def _pick(rng: np.random.Generator, words: str | tuple[str, ...], count: int) -> Array:
    return np.array(list(words), dtype=object)[rng.integers(0, len(words), count)]


def days_between(rng: np.random.Generator, count: int, first: str, last: str) -> Array:
    """`count` days from first to last, both included."""
    start = np.datetime64(first, "D")
    span = int((np.datetime64(last, "D") - start).astype(np.int64)) + 1
    days: Array = (start + rng.integers(0, span, count).astype("timedelta64[D]")).astype("datetime64[s]")
    return days


def phones(rng: np.random.Generator, count: int) -> pd.Series[str]:
    return pd.Series(19_900_000_000 + rng.integers(0, 99_999_999, count)).astype("str")


def bank_accounts(first: int, count: int) -> pd.Series[str]:
    """Account numbers of 19 digits, no two alike."""
    return "62172810" + pd.Series(10_000_000_000 + first + np.arange(count)).astype("str")


def split_total(weights: Array, total: int, *, least: int = 0) -> Array:
    """Whole numbers in proportion to `weights` that sum to `total`, none under `least`."""
    spare = total - least * len(weights)
    if spare < 0:
        raise ValueError(f"{total} cannot give {least} to each of {len(weights)}")
    exact = weights / weights.sum() * spare
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: spare - int(whole.sum())]] += 1
    result: Array = whole + least
    return result


def pick_exact(rng: np.random.Generator, sizes: Array, allowed: Array, count: int, total: int) -> Array:
    """Positions of `count` of the `allowed` whose sizes sum to `total`, or as near as possible."""
    pool = rng.permutation(np.flatnonzero(allowed))
    chosen, rest = pool[:count].copy(), pool[count:].copy()
    for _ in range(4 * count + 50):
        gap = total - int(sizes[chosen].sum())
        if gap == 0 or not len(rest) or not len(chosen):
            break
        out = int(rng.integers(len(chosen)))
        wish = sizes[chosen[out]] + gap
        into = int(np.argmin(np.abs(sizes[rest] - wish)))
        if abs(sizes[rest[into]] - wish) < abs(gap):
            chosen[out], rest[into] = rest[into], chosen[out]
    return np.sort(chosen)
