"""What the finance office keeps of the programme's money; the same at every scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

YEARS = (2016, 2017, 2018, 2019)
# Source → the first part of its documents' numbers, and what came of it in each of the four years, in yuan.
RECEIVED: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "省级": ("粤财农", (68_000_000, 72_500_000, 66_230_000, 58_180_000)),
    "对口帮扶市": ("佛对口帮扶", (20_000_000, 22_000_000, 24_000_000, 26_000_000)),
    "湛江市": ("湛财农", (12_000_000, 12_000_000, 12_000_000, 12_000_000)),
    "县级": ("徐财农", (11_000_000, 11_000_000, 11_000_000, 11_000_000)),
}
# How a year's money of a source is dealt out, and what is left of that of 2019 in the end: 9,473,000 yuan.
PROJECTS = (("产业发展", 40), ("危房改造", 25), ("教育补助", 15), ("村级基础设施", 20))
LEFT = {
    ("省级", "产业发展"): 6_120_000,
    ("对口帮扶市", "村级基础设施"): 3_053_000,
    ("县级", "产业发展"): 300_000,
}
PAYEES = ("各镇财政所", "徐闻县振兴农业发展有限公司", "湛江市第三建筑工程公司", "县教育局")
FIRST, LAST = "2016-01-01", "2019-12-31"


@dataclass(frozen=True)
class Entry:
    """One entry of a voucher: money that came in or went out."""

    voucher: str | None
    line: int | None
    day: str
    source: str
    document: str
    year: int
    project_no: str | None
    project: str
    yuan: float
    payee: str | None = None
    note: str | None = None
    balance: float | None = None
    status: str = "完工"

    @property
    def is_counted(self) -> bool:
        return self.source in RECEIVED and FIRST <= self.day <= LAST


def _lots() -> Iterator[Entry]:
    """One lot of money a year, source and project, as it came in; every third project has no number."""
    for at, (source, (office, sums)) in enumerate(RECEIVED.items()):
        for year, total in zip(YEARS, sums, strict=True):
            for line, (name, share) in enumerate(PROJECTS, start=1):
                day = f"{year}-{2 + 2 * at:02d}-{10 + line:02d}"
                number = f"XW{year}-{at + 1}{line:02d}" if (at + line) % 3 else None
                yield Entry(
                    f"DZ{year}-{at + 1:03d}", line, day, source, f"{office}〔{year}〕{11 + at}号", year,
                    number, f"{year}年{source}{name}项目", total * share / 100,
                )  # fmt: skip


def receipts() -> list[Entry]:
    """What came in: the county's own money without vouchers, some taken back and sent anew."""
    found = [replace(e, voucher=None, line=None) if e.source == "县级" else e for e in _lots()]
    lot = next(e for e in found if e.source == "湛江市" and e.year == 2018)
    one = replace(lot, line=1)
    back = replace(one, voucher="DZ2018-903", day="2018-09-03", yuan=-500_000.0, note="市财政收回后重新下达")
    found += [back, replace(back, voucher="DZ2018-911", day="2018-11-20", yuan=500_000.0)]
    of_2015 = replace(one, voucher="DZ2015-021", day="2015-12-20", year=2015, source="省级", yuan=1_000_000.0)
    of_2020 = replace(of_2015, voucher="DZ2020-001", day="2020-01-08", year=2020, yuan=2_000_000.0)
    central = replace(one, voucher="DZ2018-077", day="2018-05-08", source="中央", yuan=5_000_000.0)
    gift = replace(one, voucher="DZ2019-064", day="2019-06-30", year=2019, source="社会捐赠", yuan=356_820.5)
    found += [
        replace(of_2015, document="粤财农〔2015〕98号", project="2015年省级结转项目", project_no=None),
        replace(of_2020, document="粤财农〔2020〕1号", project="2020年省级产业发展项目", project_no=None),
        replace(central, document="财农〔2018〕15号", project="2018年中央专项项目", project_no="XW2018-901"),
        replace(gift, document="徐扶捐〔2019〕2号", project="广东扶贫济困日捐赠", project_no=None),
    ]
    return sorted(found, key=lambda e: (e.day, e.voucher or ""))


def _paid(at: int, lot: Entry) -> Iterator[Entry]:
    """A lot in three payments, the last two lines of one voucher."""
    left = next((yuan for (source, name), yuan in LEFT.items()
                 if lot.year == 2019 and lot.source == source and name in lot.project), 0)  # fmt: skip
    spent, balance = lot.yuan - left, lot.yuan
    first, second = round(spent * 0.3, 2), round(spent * 0.45, 2)
    for number, yuan in enumerate((first, second, round(spent - first - second, 2))):
        later = number > 0
        balance = round(balance - yuan, 2)
        yield replace(
            lot,
            voucher=f"ZF{lot.year}-{at * 2 + later + 1:04d}",
            line=max(1, number),
            day=f"{lot.year}-{min(12, int(lot.day[5:7]) + 1 + 3 * later):02d}-{4 + at % 20:02d}",
            yuan=yuan,
            payee=PAYEES[at % 4],
            balance=balance,
            status="在建" if lot.year == 2019 else ("完工", "已结项")[at % 2],
        )


def payments() -> list[Entry]:
    """What was spent; some came back, once under the number of its payment."""
    found = [payment for at, lot in enumerate(_lots()) for payment in _paid(at, lot)]
    one = next(e for e in found if e.source == "省级" and e.year == 2017)
    back = replace(one, voucher="ZF2017-9001", day="2017-08-18", yuan=-200_000.0, note="账号有误")
    found += [back, replace(back, voucher="ZF2017-9002", day="2017-09-06", yuan=200_000.0, note=None)]
    wrong = replace(one, voucher="ZF2019-9003", day="2019-11-12", yuan=88_000.5, balance=0.0)
    found += [wrong, replace(wrong, day="2019-11-28", yuan=-88_000.5, note="冲正")]
    of_2015 = replace(one, voucher="ZF2015-0007", day="2015-12-28", year=2015, yuan=1_000_000.0)
    central = replace(one, voucher="ZF2018-0777", day="2018-10-10", source="中央", yuan=4_321_000.0)
    gift = replace(one, voucher="ZF2019-0640", day="2019-12-10", source="社会捐赠", yuan=356_820.5)
    found += [
        replace(of_2015, document="粤财农〔2015〕98号", project="2015年省级结转项目", project_no=None),
        replace(central, document="财农〔2018〕15号", project="2018年中央专项项目", project_no="XW2018-901"),
        replace(gift, document="徐扶捐〔2019〕2号", project="广东扶贫济困日捐赠", project_no=None),
        replace(one, voucher="ZF2020-0001", day="2020-01-06", yuan=120_000.0),
    ]
    return sorted(found, key=lambda e: (e.day, e.voucher or "", e.line or 0))


def received_table() -> pd.DataFrame:
    """One row an entry."""
    rows: list[dict[str, Any]] = [
        {
            "document_no": e.document,
            "fund_source": e.source,
            "fund_year": e.year,
            "project_no": e.project_no,
            "project_name": e.project,
            "issued_on": pd.Timestamp(e.day) - pd.Timedelta(days=9),
            "received_on": pd.Timestamp(e.day),
            "amount_yuan": e.yuan,
            "allotted_yuan": e.yuan,
            "receipt_no": e.voucher,
            "line_no": e.line,
            "remark": e.note,
        }
        for e in receipts()
    ]
    return pd.DataFrame(rows).astype({"fund_year": "Int64", "line_no": "Int64", "remark": "object"})


def spent_table() -> pd.DataFrame:
    """One row an entry."""
    rows: list[dict[str, Any]] = [
        {
            "voucher_no": e.voucher,
            "line_no": e.line,
            "paid_on": pd.Timestamp(e.day),
            "fund_source": e.source,
            "document_no": e.document,
            "fund_year": e.year,
            "project_no": e.project_no,
            "project_name": e.project,
            "payee_name": e.payee,
            "purpose": f"拨付{e.project}款",
            "amount_yuan": e.yuan,
            "balance_yuan": e.balance,
            "project_status": e.status,
            "remark": e.note,
        }
        for e in payments()
    ]
    return pd.DataFrame(rows).astype({"fund_year": "Int64", "line_no": "Int64", "remark": "object"})


def figures() -> dict[str, float]:
    """What the vouchers are about, from how they were made up."""
    came = round(sum(e.yuan for e in receipts() if e.is_counted), 2)
    went = round(sum(e.yuan for e in payments() if e.is_counted), 2)
    return {
        "fund_in": round(came / 10_000, 2),
        "fund_used": round(went / 10_000, 2),
        "fund_use_rate": round(100 * went / came, 2),
    }
