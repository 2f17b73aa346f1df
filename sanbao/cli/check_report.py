"""`sanbao check`: what would become of a file, said before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foundation.language import Language
from sanbao.night.home import catalog
from sanbao.words import text

if TYPE_CHECKING:
    from ingestion import Outcome, Problem

SHOWN_CAUSES = 20
SHOWN_CELLS = 5


@dataclass(frozen=True)
class FileCheck:
    """The verdict on one file, as lines for a clerk and as records for a program."""

    ok: bool
    lines: list[str]
    records: dict[str, Any]


def check_one(file: Path, department: str | None, lang: Language) -> FileCheck:
    """Check `file` as if it lay in the inbox of `department` (none given: of any)."""
    from ingestion import check_file

    report = check_file(file, catalog(), department=department)
    lines: list[str] = []
    for outcome in report.outcomes:
        lines += _verdict(outcome, file.name, lang)
    causes = _causes(report.problems)
    for cause in causes[:SHOWN_CAUSES]:
        lines += _cause_lines(cause, lang)
    if len(causes) > SHOWN_CAUSES:
        rest = sum(len(cause) for cause in causes[SHOWN_CAUSES:])
        lines.append("  " + text("check.more", lang, causes=len(causes) - SHOWN_CAUSES, places=rest))
    records = {
        "ok": report.ok,
        "outcomes": [outcome.model_dump(mode="json") for outcome in report.outcomes],
        "problems": [asdict(problem) for problem in report.problems],
    }
    return FileCheck(report.ok, lines, records)


def _verdict(outcome: Outcome, file_name: str, lang: Language) -> list[str]:
    title = catalog()[outcome.feed].title if outcome.feed else file_name
    key = "check.good" if outcome.delivery_state in ("LOADED", "NIL") else "check.bad"
    counts = {"read": outcome.rows_read, "accepted": outcome.rows_accepted, "held": outcome.rows_held}
    lines = [text(key, lang, title=title) + text("check.rows", lang, **counts)]
    if outcome.cells_held:
        lines[0] += text("check.cells", lang, cells=outcome.cells_held)
    # A refusal's reason comes again below, as a problem with its remedy.
    if outcome.reason_code and outcome.delivery_state != "REFUSED":
        lines.append(f"  [{outcome.reason_code}] {outcome.said(english=lang == 'en')}")
    return lines


def _causes(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Problems of one kind in one column together; those of a file as they come, then the most frequent."""
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        whole = problem.message if problem.row is None else ""
        groups.setdefault((problem.feed, problem.code, problem.header, whole), []).append(problem)
    return sorted(groups.values(), key=lambda cause: (cause[0].row is not None, -len(cause)))


def _cause_lines(cause: Sequence[Problem], lang: Language) -> list[str]:
    """The first problem of a cause in full, and where the others are."""
    first = cause[0]
    message, remedy = (first.message_en, first.remedy_en) if lang == "en" else (first.message, first.remedy)
    lines = [f"  [{first.code}] {message} {remedy}".rstrip()]
    if len(cause) > 1:
        places = [" ".join(part for part in (p.sheet, p.cell) if part) for p in cause[1 : SHOWN_CELLS + 1]]
        key = "check.like_it" if len(cause) <= SHOWN_CELLS + 1 else "check.like_it_more"
        listed = text("check.comma", lang).join(places)
        lines.append("    " + text(key, lang, count=len(cause) - 1, places=listed))
    return lines
