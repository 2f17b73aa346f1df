"""Registers of households as they come month after month, as tables or as a CSV in an inbox."""

import csv
import dataclasses
import io
from datetime import UTC, datetime, timedelta

from ingestion import load_file, pending, receive
from tests.unit.ingestion.helpers import catalog, id_number
from tests.unit.ingestion.warehouse import settle_returns


def _holding_rows(contracts):
    """The contracts, with a column of households that costs the row, and leaves it its key and its town."""
    own = contracts["register_household"]
    columns = tuple(
        c.model_copy(update={"costs": "row"}) if c.name == "is_lifted" else c for c in own.columns
    )
    strict = own.model_copy(update={"columns": columns})
    return dataclasses.replace(
        contracts, contracts=tuple(strict if c.feed == own.feed else c for c in contracts.contracts)
    )


CATALOG = _holding_rows(catalog())
NOON = datetime(2020, 1, 2, 12, tzinfo=UTC)
TITLE = "徐闻县{month}建档立卡贫困户信息表"
TOWNS = ("徐城街道", "曲界镇", "海安镇")


def household(number, town, **change):
    """One row by header."""
    return {
        "户编号": f"H{number}",
        "县": "徐闻县",
        "乡(镇)": town,
        "行政村": "一村",
        "户主姓名": "陈文",
        "户主证件号码": id_number(number),
        "家庭人口数": str(number % 5 + 1),
        "户类型": "一般贫困户",
        "有无劳动能力": "有",
        "是否脱贫": "是",
        "退出标识": "否",
        "危房等级": "A",
        "联系电话": f"1380000{number:04d}",
        **change,
    }


def register(per_town=60, towns=TOWNS, first=1, **change):
    """A register with as many households per town; numbers run on from `first`."""
    places = [town for town in towns for _ in range(per_town)]
    return [household(first + n, town, **change) for n, town in enumerate(places)]


def sheet(rows, month="2019年12月", title=TITLE):
    """The register as a CSV."""
    out = io.StringIO()
    out.write(title.format(month=month) + "\r\n")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def drop(home, data, *, at=0, name="户表.csv", department="poverty_relief", contracts=CATALOG):
    """Drop a file and load it, `at` days after the first."""
    (home.inbox / department / name).write_bytes(data)
    receive(home, contracts, now=NOON + timedelta(days=at))
    outcomes = [o for receipt in pending(home) for o in load_file(home, contracts, receipt)]
    settle_returns(home, contracts)
    return outcomes
