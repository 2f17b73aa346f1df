"""What the finance office keeps of the inspections of the programme's money; the same at every scale."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sample_county.world.geography import TOWN_NAMES

# Name, kind, led by, joined by, first and last day, towns, report.
Inspection = tuple[str, str, str, str | None, str, str | None, tuple[str, ...], str | None]
_FINANCE, _RELIEF = "县财政局", "县扶贫办"
INSPECTIONS: tuple[Inspection, ...] = (
    ("2018年扶贫资金专项检查", "专项检查", _FINANCE, None, "2018-08-13", "2018-08-24",
     TOWN_NAMES[:6], "徐财监〔2018〕9号"),
    ("三季度扶贫资金使用检查", "日常检查", _FINANCE, None, "2019-08-06", "2019-08-07", TOWN_NAMES[3:5], None),
    ("扶贫资金使用专项检查", "专项检查", _FINANCE, "县扶贫办、县审计局", "2019-08-12", "2019-08-30",
     TOWN_NAMES, "徐财监〔2019〕11号"),
    ("省定贫困村扶贫资金使用专题审查", "专题审查", _RELIEF, "县审计局、县财政局", "2019-10-14", "2019-10-25",
     TOWN_NAMES[1:9], "徐财监〔2019〕15号"),
    ("四季度扶贫资金使用检查", "日常检查", _FINANCE, None, "2019-10-21", None, TOWN_NAMES[7:9], None),
    ("扶贫项目资金绩效专题审查", "专题审查", _FINANCE, None, "2019-11-18", None, TOWN_NAMES[:2], None),
)  # fmt: skip


def inspection_table() -> pd.DataFrame:
    """One row an inspection and a town."""
    rows: list[dict[str, Any]] = [
        {
            "inspection_name": name,
            "inspection_kind": kind,
            "led_by": led_by,
            "joined_by": joined_by,
            "started_on": pd.Timestamp(first),
            "ended_on": pd.Timestamp(last) if last else pd.NaT,
            "town_name": town,
            "amount_yuan": 1_250_000.0 + 35_000 * at,
            "issue_count": at % 3,
            "report_no": report,
            "remark": None,
        }
        for name, kind, led_by, joined_by, first, last, towns, report in INSPECTIONS
        for at, town in enumerate(towns)
    ]
    return pd.DataFrame(rows).astype({"issue_count": "Int64", "remark": "object"})


def figures() -> dict[str, float]:
    """What the ledger is about, from how it was made up."""
    return {"fund_check_201908": 1, "fund_check_201910": 1}
