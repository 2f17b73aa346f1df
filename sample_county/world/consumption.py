"""What is sold for the poor: points of sale, sales of the year, platforms; the same at every scale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sample_county.calibration import REPORT_FIGURES
from sample_county.world.geography import TOWN_NAMES
from sample_county.world.industry import shares

CITIES = ("上海", "杭州", "广州", "西安")
PRODUCTS = (("菠萝", "吨"), ("公港对虾", "斤"), ("公港海鸭蛋", "盒"), ("石参粉", "袋"), ("稻花鸡蛋", "盒"))
BUYERS = ("顺德区供销社", "县人民医院", "县第一中学", "广东省供销集团")
CHANNELS = ("消费点", "销售平台", "推介会", "单位采购")
SALES = 60
PLATFORMS = (
    ("尚德超市", "实体店", "徐闻县尚德商贸有限公司", "2019-03-18", "在营"),
    ("厚德超市", "实体店", "徐闻县厚德商贸有限公司", "2019-04-22", None),
    ("邮政扶贫产品展销平台", "展销平台", "中国邮政徐闻县分公司", "2019-06-30", "在营"),
)


def point_table() -> pd.DataFrame:
    """The 18 of the report, one at least in every town; three that closed or were not open yet."""
    count = int(REPORT_FIGURES["cons_points"])
    names = ("消费扶贫便民店", "扶贫产品专柜")
    points: list[tuple[str | None, str, str, str, str | None, str | None]] = [
        (
            f"XD{at + 1:02d}" if at % 3 else None,
            names[at // len(TOWN_NAMES)],
            TOWN_NAMES[at % len(TOWN_NAMES)],
            f"2019-{1 + at % 11:02d}-{6 + at}",
            "在营" if at % 4 else None,
            None,
        )
        for at in range(count)
    ]
    points[5] = (*points[5][:4], "停业", "2020-01-10")  # closed after the year: open on its last day
    points += [
        ("XD90", "消费扶贫便民店（旧）", "徐城街道", "2018-06-01", "停业", None),
        (None, "水果直销店", "曲界镇", "2018-09-12", None, "2019-08-31"),
        ("XD92", "消费扶贫新店", "海安镇", "2020-01-05", "在营", None),
    ]
    rows: list[dict[str, Any]] = [
        {
            "point_no": number,
            "point_name": name,
            "town_name": town,
            "address": f"{town}中心街{3 + at}号",
            "opened_on": pd.Timestamp(opened),
            "manager_name": None,
            "phone": None,
            "operation_status": status,
            "closed_on": pd.Timestamp(closed) if closed else pd.NaT,
        }
        for at, (number, name, town, opened, status, closed) in enumerate(points)
    ]
    return pd.DataFrame(rows).astype({"manager_name": "object", "phone": "object"})


def sales() -> Iterator[dict[str, Any]]:
    """Sales of the year that make the report's sum, a return among them; two of the year before."""
    amounts = shares(REPORT_FIGURES["cons_sales"], SALES)
    amounts[1], amounts[2] = amounts[1] + 120_000, amounts[2] - 120_000
    for at, amount in enumerate(amounts):
        yield _sale(f"2019-{1 + at % 12:02d}-{4 + at % 24:02d}", at, amount)
    yield _sale("2018-12-28", 2, 88_000, "北京")
    yield _sale("2018-11-06", 3, 41_500)


def _sale(day: str, at: int, amount: int, city: str | None = None) -> dict[str, Any]:
    channel, (product, unit) = CHANNELS[at % len(CHANNELS)], PRODUCTS[at % len(PRODUCTS)]
    if channel == "推介会":
        two = f"{CITIES[at // 4 % 4]}、{CITIES[(at // 4 + 1) % 4]}"
        city = city or (two if at % 16 == 2 else CITIES[at // 4 % 4])
        city = f"{city}市" if at % 12 == 10 else city
    elif at % 8 == 3:
        city = "深圳"  # of an office that bought: no place where a fair was held
    return {
        "sold_on": pd.Timestamp(day),
        "sale_channel": channel,
        "seller_name": f"{TOWN_NAMES[at % len(TOWN_NAMES)]}消费扶贫便民店",
        "city_name": city,
        "product_name": product,
        "quantity": float(20 + 7 * (at % 40)),
        "quantity_unit": unit,
        "amount_yuan": float(amount),
        "buyer_office": BUYERS[at % len(BUYERS)],
        "origin_town_name": TOWN_NAMES[(2 * at) % len(TOWN_NAMES)],
        "remark": "退货" if amount < 0 else None,
    }


def sale_table() -> pd.DataFrame:
    """One row a sale."""
    return pd.DataFrame(list(sales()))


def platform_table() -> pd.DataFrame:
    """The three of the report, and one that closed."""
    platforms = (*PLATFORMS, ("徐闻扶贫商城", "线上", "徐闻县电商公司", "2018-05-01", "停业"))
    columns = ["platform_name", "platform_kind", "operated_by", "opened_on", "operation_status"]
    table = pd.DataFrame(platforms, columns=columns)
    table["opened_on"] = pd.to_datetime(table["opened_on"])
    return table.assign(closed_on=pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]"))


def figures() -> dict[str, float]:
    """What the ledgers are about, from how they were made up."""
    of_year = [sale for sale in sales() if sale["sold_on"].year == 2019]
    cities = {city for s in of_year if s["sale_channel"] == "推介会" for city in s["city_name"].split("、")}
    cities = {city.removesuffix("市") for city in cities}
    return {
        "cons_points": REPORT_FIGURES["cons_points"],
        "cons_sales": sum(sale["amount_yuan"] for sale in of_year) / 10_000,
        "cons_cities": len(cities),
        "cons_platforms": len(PLATFORMS),
    }
