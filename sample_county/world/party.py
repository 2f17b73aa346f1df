"""What the party organization and the relief office keep: secretaries, model villages, documents.

The same at every scale, but for which villages there are.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from sample_county.calibration import REPORT_FIGURES
from sample_county.world.geography import TOWN_NAMES, Places

RED_VILLAGES = (("下洋镇", "墩尾村"), ("前山镇", "地塘村"), ("和安镇", "公港村"))
NAMES = ("陈志强", "林文", "黄德海", "李国华", "吴春梅", "符永明", "邓家伟", "蔡玉兰", "郑世平", "周康")
SCHOOLING = ("高中", "大专", "中专", "初中")
# Category → title of the county's document, its number where it has one.
FAMILIES = {
    "产业扶持": ("徐闻县产业扶贫奖补办法", "徐扶组〔2017〕12号"),
    "教育扶持": ("徐闻县建档立卡学生生活费补助实施细则", "徐教〔2016〕88号"),
    "农村低保": ("徐闻县农村最低生活保障实施办法", "徐府办〔2017〕9号"),
    "五保": ("徐闻县特困人员救助供养办法", None),
    "孤儿": ("徐闻县孤儿基本生活保障办法", None),
    "残疾人": ("徐闻县残疾人扶贫对象生活津贴办法", "徐残〔2018〕6号"),
    "技能培训": ("徐闻县贫困劳动力技能培训方案", "徐人社〔2018〕31号"),
    "就业创业": ("徐闻县贫困劳动力就业创业扶持办法", "徐人社〔2018〕32号"),
    "资金": ("徐闻县扶贫资金管理办法", "徐财农〔2016〕5号"),
    "安全住房": ("徐闻县农村危房改造实施方案", "徐建〔2017〕40号"),
}


def secretary_table(places: Places) -> pd.DataFrame:
    """The 15 of the year, one of whom has left again, beside those of other years and of elections."""
    count = int(REPORT_FIGURES["party_sec_filled"])
    rows: list[dict[str, Any]] = []
    for at in range(count + 25):
        town = TOWN_NAMES[at % len(TOWN_NAMES)]
        villages = places.villages.loc[places.villages["town_name"] == town, "village_name"].tolist()
        is_of_year = at < count
        year = 2019 if is_of_year or at % 4 == 0 else 2017 + at % 2
        kind = ("补齐", "配强")[at % 2] if is_of_year or year < 2019 else ("换届", "连任")[at // 4 % 2]
        rows.append(
            {
                "town_name": town,
                "village_name": villages[at // len(TOWN_NAMES) % len(villages)],
                "secretary_name": NAMES[(3 * at) % len(NAMES)],
                "sex": "女" if at % 6 == 4 else "男",
                "birth_month": pd.Timestamp(f"{1962 + at % 25}-{1 + at % 12:02d}-01"),
                "schooling_level": SCHOOLING[at % len(SCHOOLING)],
                "appointment_kind": kind,
                "appointed_on": pd.Timestamp(f"{year}-{1 + (5 * at) % 12:02d}-{3 + at % 25:02d}"),
                "left_on": pd.Timestamp("2019-12-20") if at == 3 else pd.NaT,
                "remark": None,
            }
        )
    return pd.DataFrame(rows).astype({"remark": "object"})


def model_table(places: Places) -> pd.DataFrame:
    """The three red villages, one of them of two levels; others that are none, or no longer one."""
    (other,) = places.villages.loc[places.villages["town_name"] == "曲界镇", "village_name"].tolist()[:1]
    models: list[tuple[str, str, str, str | None, str, str | None, str | None]] = [
        (*RED_VILLAGES[0], "红色村", "徐组通〔2018〕21号", "2018-09-12", None, "省"),
        (*RED_VILLAGES[0], "红色村", "徐组通〔2019〕8号", "2019-04-03", None, "市"),
        (*RED_VILLAGES[1], "红色村", "徐组通〔2018〕21号", "2018-09-12", None, "市"),
        (*RED_VILLAGES[2], "红色村", None, "2019-06-28", "2020-03-31", "市"),
        (*RED_VILLAGES[2], "党建示范点", None, "2017-07-01", None, None),
        ("曲界镇", other, "红色村", "徐组通〔2017〕30号", "2017-11-20", "2019-05-31", "县"),
        ("曲界镇", other, "软弱涣散整顿", None, "2019-03-15", None, "县"),
    ]
    columns = ["town_name", "village_name", "model_kind", "document_no", "listed_on", "delisted_on"]
    table = pd.DataFrame(models, columns=[*columns, "model_level"])
    dates = {name: pd.to_datetime(table[name]).astype("datetime64[s]") for name in columns[-2:]}
    return table.assign(**dates)


def document_table() -> pd.DataFrame:
    """The plan of the visits, the ten families, and what is of others, repealed, or not yet there."""
    county, office = "县", "县扶贫开发领导小组"
    documents: list[tuple[str | None, str, str, str, str, str, str | None]] = [
        ("徐委办〔2018〕15号", "中共徐闻县委书记到村入户遍访方案", "县委办", county, "2018-04-16",
         "遍访方案", None),
        *((number, title, office, county, f"{2016 + at % 4}-{2 + at:02d}-18", category, None)
          for at, (category, (title, number)) in enumerate(FAMILIES.items())),
        ("徐扶组〔2017〕12号", "徐闻县产业扶贫奖补办法", office, county, "2017-03-18", "资金", None),
        ("徐府办〔2014〕2号", "徐闻县五保供养实施细则", "县府办", county, "2014-05-09", "五保", "2017-12-31"),
        ("徐扶组〔2016〕3号", "徐闻县脱贫攻坚三年实施方案", office, county, "2016-06-20", "综合", None),
        ("粤办发〔2016〕13号", "关于新时期精准扶贫精准脱贫三年攻坚的实施意见", "省委办公厅", "省",
         "2016-06-10", "综合", None),
        ("粤扶组〔2018〕9号", "广东省三级书记遍访贫困对象行动方案", "省扶贫开发领导小组", "省",
         "2018-03-28", "遍访方案", None),
        ("徐委办〔2020〕1号", "中共徐闻县委书记2020年遍访方案", "县委办", county, "2020-01-09",
         "遍访方案", None),
    ]  # fmt: skip
    columns = ["document_no", "document_name", "issued_by", "issued_level", "issued_on", "policy_category"]
    table = pd.DataFrame(documents, columns=[*columns, "repealed_on"])
    for name in ("issued_on", "repealed_on"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    return table.assign(remark=pd.Series([None] * len(table), dtype="object"))


def figures() -> dict[str, float]:
    """What the ledgers are about, from how they were made up."""
    return {
        "visit_plan_doc": 1,
        "policy_families": len(FAMILIES),
        "party_sec_filled": REPORT_FIGURES["party_sec_filled"],
        "party_red_villages": len(RED_VILLAGES),
    }
