"""What has no list behind it: figures that an office states in writing."""

from __future__ import annotations

import pandas as pd

from sample_county.calibration import STATED_FIGURES

DOCUMENT = "关于农村饮水砷超标治理工程投资情况的说明"


def statement_table() -> pd.DataFrame:
    """One row per stated figure; the same at every scale."""
    return pd.DataFrame(
        {
            "statement_no": [f"CJ2019-{number:03d}" for number in range(1, len(STATED_FIGURES) + 1)],
            "figure_id": list(STATED_FIGURES),
            "item": "五个乡镇饮水砷超标治理投资",
            "stated_value": [float(value) for value in STATED_FIGURES.values()],
            "stated_unit": "万元",
            "document_name": DOCUMENT,
            "attested_by": "徐闻县水务局",
            "attested_on": pd.Timestamp("2019-10-12"),
            "remark": None,
        }
    )
