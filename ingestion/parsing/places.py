"""The city of a place: 广东省广州市天河区体育中心 is 广州市."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.parsing.base import Parsed, Setting, compatible
from ingestion.parsing.words import parse_text

_BLANK = re.compile(r"\s")
_PROVINCE = re.compile(r"^(?:[\u4e00-\u9fff]{2,3}省|[\u4e00-\u9fff]{2,6}自治区|广东(?=.{2}))")
# 永辉超市 and 农贸集市 are no cities, 北京路 lies in another one.
_CITY = re.compile(r"^([\u4e00-\u9fff]{2,5}?(?<![超集夜菜花城门早])市)(?!场|民|区|政|级)")
_STREET = re.compile("^[路街大]")
# Cities whose name is enough: those of the province, the municipalities, the capitals of provinces.
_KNOWN = (
    "广州", "深圳", "珠海", "汕头", "佛山", "韶关", "湛江", "肇庆", "江门", "茂名", "惠州", "梅州",
    "汕尾", "河源", "阳江", "清远", "东莞", "中山", "潮州", "揭阳", "云浮", "北京", "上海", "天津",
    "重庆", "石家庄", "太原", "呼和浩特", "沈阳", "长春", "哈尔滨", "南京", "杭州", "合肥", "福州", "南昌",
    "济南", "郑州", "武汉", "长沙", "南宁", "海口", "成都", "贵阳", "昆明", "拉萨", "西安", "兰州",
    "西宁", "银川", "乌鲁木齐", "厦门", "青岛", "大连", "宁波",
)  # fmt: skip
_SHORT = 3  # a name alone, with or without its 市
_NO_CITY = re.compile(r"[镇乡村街路场馆店院校号楼厅心]$")


def parse_city(texts: pa.Array, setting: Setting) -> Parsed:
    """A city by its name, of whatever place in it; a place that names none is asked about."""
    parsed = parse_text(texts, setting)
    cities = [
        _city(text) if text else None for text in compatible(pc.fill_null(parsed.values, "")).to_pylist()
    ]
    filled = np.asarray(parsed.values.is_valid())
    unclear = filled & np.array([city is None for city in cities], np.bool_)
    values = pa.array(cities, pa.string())
    changed = filled & ~unclear & np.asarray(pc.fill_null(pc.not_equal(values, parsed.values), False))
    problems = parsed.problems | ({"CITY_UNCLEAR": unclear} if unclear.any() else {})
    repairs = parsed.repairs | ({"city_name": changed} if changed.any() else {})
    return Parsed(values, problems, repairs, parsed.blank)


def _city(text: str) -> str | None:
    plain = _BLANK.sub("", text)
    plain = _PROVINCE.sub("", plain) or plain
    if found := _CITY.match(plain):
        return found[1]
    known = next((name for name in _KNOWN if plain.startswith(name)), None)
    if known:
        return None if _STREET.match(plain.removeprefix(known)) else f"{known}市"
    return plain if len(plain) <= _SHORT and not _NO_CITY.search(plain) else None
