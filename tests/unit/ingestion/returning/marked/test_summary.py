"""The summary's sentences for several cells are whole sentences."""

import pytest

from ingestion.lake.schema import PROBLEM
from ingestion.returning.marked.summary import causes_of


def causes(*problems):
    import pyarrow as pa

    rows = [
        {"batch_id": "b", "source_sheet": "", "source_row": n, "header": "列", "cell": f"A{n}", "code": "X",
         "severity": "error", "value_shown": value, "message": f"A{n} 的{message}", "remedy": ""}
        for n, (value, message) in enumerate(problems, start=1)
    ]  # fmt: skip
    return [cause.text for cause in causes_of(pa.Table.from_pylist(rows, schema=PROBLEM), ())]


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        ([("无", "“列”填的是“无”，不是身份证号。")], "“列”填的是“…”，不是身份证号。"),
        (
            [("90", "“列”合计“90”与明细之和 100 不一致。"), ("80", "“列”合计“80”与明细之和 120 不一致。")],
            "“列”合计“…”与明细之和 … 不一致。",
        ),
    ],
)
def test_a_value_leaves_its_place_behind(problems, said):
    assert causes(*problems) == [said]
