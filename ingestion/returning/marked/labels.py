"""The words of the marked copy, in Chinese for clerks and in English by setting."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.matching.marked_columns import OWN_SHEETS
from ingestion.text.headers import OWN_COLUMNS


@dataclass(frozen=True)
class Labels:
    """Every fixed word; `{…}` are filled in."""

    sheet: str
    problem: str
    remedy: str
    title: str
    file: str
    received: str
    accounting: str
    accounting_heads: tuple[str, ...]
    causes: str
    cause_heads: tuple[str, ...]
    no_causes: str
    how: str
    how_lines: tuple[str, ...]
    how_refused: tuple[str, ...]
    states: dict[str, str]
    severities: dict[str, str]
    corrected: str
    reference: str
    code: str
    unknown_title: str
    legend: str
    legend_cells: tuple[str, str, str, str]  # error, emptied, warning, corrected
    notes_left_out: str


CHINESE = Labels(
    sheet=OWN_SHEETS["zh"],
    problem=OWN_COLUMNS["zh"][0],
    remedy=OWN_COLUMNS["zh"][1],
    title="核对反馈",
    file="文件",
    received="收到时间",
    accounting="收下了多少",
    accounting_heads=("报表", "结果", "读取", "收下", "暂扣", "此后已更正", "说明", "怎么办"),
    causes="问题汇总",
    cause_heads=("问题", "级别", "处数", "第一处（点击跳转）", "如何改正"),
    no_causes="没有发现问题。",
    how="怎样改、怎样交回",
    how_lines=(
        "1．只改红色、橙色和黄色的格（绿色的此后已更正）；其余各行不必动，也不必删除。",
        "2．改好后保存，放回原来的文件夹；系统自动核对，只更新改过的行。",
        "3．不必删除“问题”“如何改正”两列和本页；筛选“问题”列的非空白行，就能看到全部要改的行。",
    ),
    how_refused=(
        "1．请先按上面“怎么办”处理；有红色、橙色、黄色的格，也请一并改正。",
        "2．改好后保存，放回原来的文件夹；系统自动重新核对整份文件。",
        "3．不必删除“问题”“如何改正”两列和本页。",
    ),
    states={"LOADED": "已收下", "PARTIAL": "部分收下", "REFUSED": "没有收下", "NIL": "本期无数据"},
    severities={"error": "错误", "emptied": "格错", "warning": "提醒", "corrected": "已更正"},
    corrected="（此后已更正）",
    reference="〔编号 {reference}〕",
    code="代码",
    unknown_title="（没有认出是哪种报表）",
    legend="颜色",
    legend_cells=("错误：这一行暂扣", "格错：只有这一格不收", "提醒：请核对", "此后已更正"),
    notes_left_out="问题较多，只有前 {count} 格带批注；全部问题见各表右侧“问题”列。",
)
ENGLISH = Labels(
    sheet=OWN_SHEETS["en"],
    problem=OWN_COLUMNS["en"][0],
    remedy=OWN_COLUMNS["en"][1],
    title="Feedback",
    file="File",
    received="Received",
    accounting="What was taken",
    accounting_heads=(
        "Table",
        "Result",
        "Read",
        "Accepted",
        "Held",
        "Corrected since",
        "Reason",
        "What to do",
    ),
    causes="Problems by cause",
    cause_heads=("Problem", "Level", "Places", "First place (link)", "Remedy"),
    no_causes="No problem was found.",
    how="How to correct and give back",
    how_lines=(
        "1. Change red, orange and yellow cells only (green ones have been corrected); leave all other rows.",
        "2. Save and put the file back into the same folder; only the changed rows are updated.",
        "3. Leave the columns Problem and Remedy and this page; filter Problem for non-blank cells.",
    ),
    how_refused=(
        "1. First do what stands above under What to do, and correct red, orange and yellow cells too.",
        "2. Save and put the file back into the same folder; the whole file is checked again.",
        "3. Leave the columns Problem and Remedy and this page.",
    ),
    states={"LOADED": "accepted", "PARTIAL": "accepted in part", "REFUSED": "refused", "NIL": "nil return"},
    severities={"error": "error", "emptied": "cell error", "warning": "warning", "corrected": "corrected"},
    corrected="(corrected since)",
    reference="〔Ref. {reference}〕",
    code="Code",
    unknown_title="(table not recognised)",
    legend="Colours",
    legend_cells=(
        "error: the row is held",
        "cell error: that cell alone is not taken",
        "warning: please check",
        "corrected since",
    ),
    notes_left_out="Many problems: only the first {count} cells carry a note; see the column Problem.",
)
LABELS: dict[str, Labels] = {"zh": CHINESE, "en": ENGLISH}
