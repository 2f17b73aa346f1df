"""What has no list behind it: figures that an office states in writing, and claims about those that have."""

from __future__ import annotations

import pandas as pd

# Figure, what it is called, value and unit as they are stated, office, day. The last is a claim: that figure
# is counted from rows, whatever is stated.
RELIEF, FARMING, PARTY, WATER = "徐闻县扶贫办", "徐闻县农业农村局", "徐闻县委组织部", "徐闻县水务局"
STATEMENTS: tuple[tuple[str, str, float, str, str, str], ...] = (
    ("wat_arsenic_invest", "五个乡镇饮水砷超标治理投资", 1.2, "亿元", WATER, "2019-10-12"),
    ("fund_progress", "扶贫资金处理进度", 100.0, "%", "徐闻县财政局", "2019-10-10"),
    ("party_models", "党建扶贫模式数", 3.0, "种", PARTY, "2019-09-30"),
    ("ind_park", "国家级、省级现代农业产业园投资", 5.5, "亿元", FARMING, "2019-10-08"),
    ("ind_process_park", "省级农产品加工园投资（旧）", 5800.0, "万元", FARMING, "2019-06-20"),
    ("ind_process_park", "省级农产品加工园投资", 6000.0, "万元", FARMING, "2019-10-08"),
    ("ind_strong_town", "曲界镇一二三产融合兴村强镇投资", 10_000_000.0, "元", FARMING, "2019-10-08"),
    ("ind_nanshan_gain", "南山镇种菜贫困户人均增收", 1300.0, "元", RELIEF, "2019-10-11"),
    ("ind_manghai_gain", "芒海村贫困户人均增收", 2100.0, "元", RELIEF, "2019-10-11"),
    ("emp_ws_huahuang", "华煌食品公司扶贫车间一年吸纳就业", 135.0, "人次", "华煌食品公司", "2019-09-27"),
    ("emp_ws_fengxi", "丰硒良姜公司扶贫车间一年吸纳就业", 438.0, "人次", "丰硒良姜公司", "2019-09-27"),
    ("research_days", "县党政一把手到村入户专题调研天数", 38.0, "天", "徐闻县委办", "2019-10-14"),
)


def statement_table() -> pd.DataFrame:
    """One row per statement; the same at every scale."""
    columns = ["figure_id", "item", "stated_value", "stated_unit", "attested_by", "attested_on"]
    table = pd.DataFrame(STATEMENTS, columns=columns)
    return pd.DataFrame(
        {
            "statement_no": [f"CJ2019-{number:03d}" for number in range(1, len(table) + 1)],
            **{name: table[name] for name in columns[:4]},
            "document_name": "关于" + table["item"] + "情况的说明",
            "attested_by": table["attested_by"],
            "attested_on": pd.to_datetime(table["attested_on"]),
            "remark": None,
        }
    )
