"""What inspections and audits have found since 2016, and how far it is put right; the same at every scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

AUDIT_22 = "粤审农报〔2019〕22号"
AUDIT_2017, INSPECTION = "湛审农报〔2017〕15号", "湛巡五组〔2018〕3号"
# Number, name, kind, office, day, field, issues. The first three are those of the report.
_UPPER, _TEAM = "湛江市审计局", "市委第五交叉巡察组"
LETTERS = (
    (INSPECTION, "脱贫攻坚和乡村振兴工作反馈意见", "巡察", _TEAM, "2018-11-20", "精准扶贫", 25),
    (AUDIT_2017, "精准扶贫资金审计报告", "审计", _UPPER, "2017-09-15", None, 39),
    (AUDIT_22, "精准扶贫精准脱贫审计报告", "审计", "广东省审计厅", "2019-06-18", "精准扶贫", 7),
    ("徐审报〔2015〕8号", "扶贫资金审计报告", "审计", "县审计局", "2015-10-12", "精准扶贫", 6),
    ("徐审投报〔2019〕3号", "市政道路工程审计报告", "审计", "县审计局", "2019-03-11", "其他", 4),
    ("湛扶考〔2019〕2号", "2018年成效考核反馈", "考核", "湛江市扶贫办", "2019-04-02", "精准扶贫", 4),
    ("粤扶评〔2018〕5号", "第三方评估反馈", "第三方评估", "评估组", "2018-12-24", "精准扶贫", 2),
)
DAYS = {number: day for number, _, _, _, day, _, _ in LETTERS}
OFFICES = ("县扶贫办", "县教育局", "县住建局", "县财政局", "县农业农村局")
CATEGORIES = ("资金管理", "产业项目", "危房改造", "基础工作", "医疗救助")
OPEN, DONE, CLOSED = "整改中", "已整改", "销号"


@dataclass(frozen=True)
class Issue:
    """One issue (or several in one cell, `count`), a row for each office that has to see to it."""

    source: str
    document: str | None
    category: str
    text: str
    offices: tuple[tuple[str, str], ...]  # who, and how far it is there
    number: str | None = None
    count: int | None = None
    day: str | None = None
    closed_on: str | None = None
    amount: float | None = None

    @property
    def is_closed(self) -> bool:
        return all(status == CLOSED for _, status in self.offices) and (self.closed_on or "") <= "2019-12-31"

    @property
    def weight(self) -> int:
        return 1 if self.count is None else self.count


def letter_22() -> Iterator[Issue]:
    """The seven: 3 about subsidies, 4 about flats in three towns, of which two wait to be closed."""
    yield Issue(
        "审计",
        AUDIT_22,
        "教育资助",
        "1.贫困学生未落实教育资助政策。2.重复领取生活补助。",
        (("县教育局", CLOSED), ("县财政局", CLOSED)),
        "SJ22-1",
        2,
        closed_on="2019-11-08",
        amount=45600.0,
    )
    yield Issue(
        "审计",
        AUDIT_22,
        "教育资助",
        "非建档立卡贫困学生违规发放生活费补助。",
        (("县教育局", DONE),),
        "SJ22-2",
        amount=13500.0,
    )
    towns = (("迈陈镇", CLOSED), ("前山镇", CLOSED), ("城北乡", CLOSED))
    yield Issue(
        "审计",
        AUDIT_22,
        "购买商品房",
        "1至3.建档立卡贫困户在城镇购买商品房。",
        towns,
        "SJ22-3",
        3,
        closed_on="2019-12-05",
    )
    yield Issue("审计", AUDIT_22, "购买商品房", "4.帮扶干部核实不到位。", (("城北乡", DONE),), "SJ22-4")


def audit_2017() -> Iterator[Issue]:
    """39: five of them closed, four in one cell; one has no number, one is closed by half of its offices."""
    yield Issue(
        "审计",
        AUDIT_2017,
        "资金管理",
        "1.滞留。2.挪用。3.超范围。4.台账不清。",
        (("县财政局", OPEN),),
        "SJ15-1",
        4,
        amount=812000.0,
    )
    yield Issue(
        "审计", AUDIT_2017, "基础工作", "档案不全。", (("县扶贫办", CLOSED), ("县农业农村局", OPEN)), "SJ15-2"
    )
    yield Issue("审计", AUDIT_2017, "基础工作", "帮扶手册填写不规范。", (("县扶贫办", OPEN),))
    yield Issue(
        "审计",
        AUDIT_2017,
        "产业项目",
        "收益分配不及时。",
        (("县农业农村局", CLOSED),),
        "SJ15-4",
        closed_on="2020-01-06",
    )
    for at in range(5, 37):
        status = CLOSED if at < 10 else DONE if at < 14 else OPEN if at < 34 else "未启动"
        yield Issue(
            "审计",
            AUDIT_2017,
            CATEGORIES[at % 5],
            f"审计发现的第{at}项问题。",
            ((OFFICES[at % 5], status),),
            f"SJ15-{at}",
            closed_on="2018-06-30" if status == CLOSED else None,
        )


def inspection() -> Iterator[Issue]:
    """25, of which 21 are closed; the last three stand in one cell, and nobody dated them."""
    for at in range(1, 23):
        status = CLOSED if at <= 20 else OPEN
        offices = tuple((OFFICES[(at + n) % 5], status) for n in range(1 + (at % 6 == 0)))
        yield Issue(
            "巡察",
            INSPECTION,
            CATEGORIES[at % 5],
            f"巡察反馈的第{at}项问题。",
            offices,
            f"XC-{at:02d}",
            1 if at % 7 == 0 else None,
            closed_on="2019-08-30" if status == CLOSED else None,
        )
    yield Issue("巡察", INSPECTION, "其他", "村务公开不及时。", (("各镇", CLOSED),), "XC-23", day="")
    yield Issue(
        "巡察", INSPECTION, "其他", "1.分工不明。2.督办不力。", (("县扶贫办", OPEN),), "XC-24", 2, day=""
    )


def others() -> Iterator[Issue]:
    """Of other sources, or from before 2016."""
    yield Issue(
        "审计", "徐审报〔2015〕8号", "资金管理", "以前年度资金结转。", (("县财政局", CLOSED),), "SJ08-1"
    )
    for at, text in enumerate(("责任落实不够到位。", "动态管理不够精准。"), start=1):
        yield Issue("考核", "湛扶考〔2019〕2号", "基础工作", text, (("县扶贫办", CLOSED),), f"KH-{at}", 2)
    yield Issue(
        "第三方", "粤扶评〔2018〕5号", "基础工作", "漏评错退疑似户。", (("县扶贫办", DONE),), "PG-1", 2
    )
    for category, text in (
        ("医疗救助", "大病救助政策落实存在脱节。"),
        ("内生动力", "部分贫困户内生动力不足。"),
        ("种养增收", "种养增收不稳定。"),
    ):
        yield Issue("自查", None, category, text, (("县扶贫办", OPEN),), None, day="2019-12-10")


def report_table() -> pd.DataFrame:
    """One row a letter."""
    columns = ["document_no", "report_name", "supervision_kind", "supervised_by", "reported_on", "field"]
    table = pd.DataFrame(LETTERS, columns=[*columns, "issue_count"])
    table["reported_on"] = pd.to_datetime(table["reported_on"])
    return table.astype({"issue_count": "Int64"}).assign(remark=pd.Series([None] * len(table), dtype=object))


def issue_table() -> pd.DataFrame:
    """One row an issue and an office; what is summed stands in the first of an issue's rows."""
    rows: list[dict[str, Any]] = []
    for issue in (*inspection(), *audit_2017(), *letter_22(), *others()):
        day = issue.day if issue.day is not None else DAYS.get(issue.document or "", "")
        for at, (office, status) in enumerate(issue.offices):
            is_first = at == 0
            finished = issue.closed_on if status == CLOSED else "2019-10-20" if status == DONE else None
            rows.append(
                {
                    "issue_no": issue.number,
                    "issue_source": issue.source,
                    "document_no": issue.document,
                    "reported_on": pd.Timestamp(day) if day else pd.NaT,
                    "issue_category": issue.category,
                    "issue_text": issue.text,
                    "issue_count": issue.count if is_first else None,
                    "responsible_office": office,
                    "responsible_person": None,
                    "town_names": office if office[-1] in "镇乡" and len(office) == 3 else None,
                    "household_count": 2 if is_first and issue.category == "购买商品房" else None,
                    "amount_yuan": issue.amount if is_first else None,
                    "measures": f"由{office}牵头整改",
                    "due_on": pd.Timestamp("2020-06-30"),
                    "rectification_status": status,
                    "rectified_on": pd.Timestamp(finished) if finished else pd.NaT,
                    "closed_on": pd.Timestamp(issue.closed_on)
                    if status == CLOSED and issue.closed_on
                    else pd.NaT,
                    "evidence": "整改报告" if status in (DONE, CLOSED) else None,
                }
            )
    counts = dict.fromkeys(("issue_count", "household_count"), "Int64")
    return pd.DataFrame(rows).astype({**counts, "amount_yuan": "float64", "responsible_person": "object"})


def figures() -> dict[str, float]:
    """What the ledgers are about, from how they were made up."""
    of_letter, of_audit = list(letter_22()), [*letter_22(), *audit_2017()]
    of_inspection = list(inspection())
    found: dict[str, float] = {
        "rect_insp_n": 1,
        "rect_audit_n": 2,
        "aud_22_total": _weight(of_letter),
        "aud_22_edu": _weight(i for i in of_letter if i.category == "教育资助"),
        "aud_22_house": _weight(i for i in of_letter if i.category == "购买商品房"),
        "aud_22_done": _weight(of_letter),
    }
    found["gaps"] = _weight(issue for issue in others() if issue.source == "自查")
    for suffix, issues in (("", of_audit + of_inspection), ("_insp", of_inspection), ("_audit", of_audit)):
        closed = _weight(i for i in issues if i.is_closed)
        found[f"rect_issues{suffix}"], found[f"rect_closed{suffix}"] = _weight(issues), closed
        found[f"rect_ongoing{suffix}"] = _weight(issues) - closed
    return found


def _weight(issues: Any) -> int:
    return sum(issue.weight for issue in issues)
