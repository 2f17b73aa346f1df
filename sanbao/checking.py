"""`sanbao check`: what would become of a file, said before it is sent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sanbao.ingest import catalog

SHOWN_PROBLEMS = 20


@dataclass(frozen=True)
class FileCheck:
    """The verdict on one file, as lines for a clerk and as records for a program."""

    ok: bool
    lines: list[str]
    records: dict[str, Any]


def check_one(file: Path, department: str | None) -> FileCheck:
    """Check `file` as if it lay in the inbox of `department` (none given: of any)."""
    from ingestion import check_file

    contracts = catalog()
    report = check_file(file, contracts, department=department)
    lines = []
    for outcome in report.outcomes:
        title = contracts[outcome.feed].title if outcome.feed else file.name
        state = "可以接收" if outcome.delivery_state in ("LOADED", "NIL") else "不能全部接收"
        lines.append(
            f"{title}：{state}，共 {outcome.rows_read} 行，"
            f"合格 {outcome.rows_accepted} 行，有错 {outcome.rows_held} 行。"
        )
        # A refusal's reason comes again below, as a problem with its remedy.
        if outcome.reason_code and outcome.delivery_state != "REFUSED":
            lines.append(f"  [{outcome.reason_code}] {outcome.reason}")
    for problem in report.problems[:SHOWN_PROBLEMS]:
        where = " ".join(part for part in (problem.sheet, problem.cell) if part)
        lines.append(f"  {where} [{problem.code}] {problem.message} {problem.remedy}".rstrip())
    if len(report.problems) > SHOWN_PROBLEMS:
        lines.append(f"  另有 {len(report.problems) - SHOWN_PROBLEMS} 处问题，用 --json 查看全部。")
    records = {
        "ok": report.ok,
        "outcomes": [outcome.model_dump(mode="json") for outcome in report.outcomes],
        "problems": [asdict(problem) for problem in report.problems],
    }
    return FileCheck(report.ok, lines, records)
