"""The summary: what was taken, what is wrong by cause, how to give the file back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC

import pyarrow as pa

from foundation.language import COUNTY_TIME
from ingestion.returning.marked.labels import Labels
from ingestion.returning.marked.model import Accounting, Head, RowKey
from ingestion.text.masking import mask_ids, shown_name

_PLACE = re.compile(r"^(?:(?:表页|sheet )“[^”]*” )?(?:[A-Z]{1,3}\d+|第 \d+ 行|row \d+)(?:: | ?的?)")
_NUMBER_AT_END = re.compile(r"[-\w.,]+$", re.ASCII)
_NUMBER_AT_START = re.compile(r"^[-\w.,]+", re.ASCII)
_SAMPLE = 50
_ORDER = ("error", "emptied", "warning", "corrected")
_NEEDED = (
    "batch_id", "source_sheet", "source_row", "header", "cell", "code", "severity", "costs", "value_shown",
    "message", "remedy",
)  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """Problems with one cause. `row` is None for those of the file as a whole."""

    text: str
    severity: str
    count: int
    remedy: str
    sheet: str
    row: int | None
    cell: str


@dataclass
class _Group:
    remedy: str
    sheet: str
    row: int | None
    cell: str
    count: int = 0
    texts: set[str] = field(default_factory=set)  # some of them, to see what they share


def causes_of(problems: pa.Table, corrected: Iterable[RowKey]) -> list[Cause]:
    """Grouped by code and column; errors first, then the most frequent."""
    groups: dict[tuple[str, str, str], _Group] = {}
    done = frozenset(corrected)
    columns = [problems.column(name).to_pylist() for name in _NEEDED]
    for batch_id, sheet, row, header, cell, code, severity, costs, value, message, remedy in zip(
        *columns, strict=True
    ):
        sheet = sheet or ""
        text = message or ""
        if row is not None:
            severity = "emptied" if costs == "cell" else severity
            severity = "corrected" if (batch_id, sheet, row) in done else severity
            text = _PLACE.sub("", text)
            text = text.replace(f"“{value}”", "“…”", 1) if value else text
        key = (code or "", (header or "") if row is not None else text, severity or "")
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(remedy or "", sheet, row, cell or "")
        group.count += 1
        if len(group.texts) < _SAMPLE:
            group.texts.add(text)
    found = [
        Cause(_shared(g.texts), key[2], g.count, g.remedy, g.sheet, g.row, g.cell)
        for key, g in groups.items()
    ]
    return sorted(found, key=lambda c: (c.row is not None, _rank(c.severity), -c.count))


def _rank(severity: str) -> int:
    return _ORDER.index(severity) if severity in _ORDER else len(_ORDER)


def _shared(texts: Collection[str]) -> str:
    """What sentences of one kind share, with '…' where they differ."""
    if len(texts) == 1:
        return next(iter(texts))
    start = _shared_start(list(texts))
    end = _shared_start([text[len(start) :][::-1] for text in texts])[::-1]
    # Half a number that they share says nothing.
    return f"{_NUMBER_AT_END.sub('', start)}…{_NUMBER_AT_START.sub('', end)}"


def _shared_start(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    same = next((n for n, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
    return first if same is None else first[:same]


def received_text(head: Head) -> str:
    """The moment of arrival as the clerk's clock showed it."""
    moment = head.received_at if head.received_at.tzinfo else head.received_at.replace(tzinfo=UTC)
    return f"{moment.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M}（北京时间）"


def titled(accounting: Accounting, labels: Labels) -> str:
    """《…》 or that no table was recognised."""
    name = accounting.title.strip("《》")
    return f"《{mask_ids(name)}》" if name else labels.unknown_title


def how_lines(head: Head, labels: Labels) -> Sequence[str]:
    """How to give the file back; a refused one differently from one with held rows."""
    refused = any(a.state == "REFUSED" for a in head.accounting)
    return labels.how_refused if refused else labels.how_lines


def text_of(head: Head, problems: pa.Table, labels: Labels) -> str:
    """The summary as plain text, for a file whose format has no room for it."""
    lines = [labels.title, "", f"{labels.file}：{mask_ids(head.file_name)}"]
    lines += [f"{labels.received}：{received_text(head)}", ""]
    for accounting in head.accounting:
        lines += [*_accounting_lines(accounting, labels), ""]
    causes = causes_of(problems, head.corrected)
    if causes:
        lines += [f"{labels.causes}："]
        for number, cause in enumerate(causes, start=1):
            lines += _cause_lines(number, cause, labels)
        lines.append("")
    if any(cause.row is not None for cause in causes):
        lines += [f"{labels.how}：", *how_lines(head, labels)]
    return "\r\n".join(lines).rstrip() + "\r\n"


def _accounting_lines(accounting: Accounting, labels: Labels) -> list[str]:
    heads = labels.accounting_heads
    lines = [f"{titled(accounting, labels)}：{labels.states.get(accounting.state, accounting.state)}"]
    if accounting.rows_read:
        counts = (
            accounting.rows_read, accounting.rows_accepted, accounting.rows_held, accounting.rows_corrected
        )  # fmt: skip
        lines.append("　" + "，".join(f"{h} {n}" for h, n in zip(heads[2:6], counts, strict=True)))
    if accounting.reason:
        lines.append(f"　{heads[6]}：{accounting.reason}")
    if accounting.remedy:
        lines.append(f"　{heads[7]}：{accounting.remedy}")
    return lines


def _cause_lines(number: int, cause: Cause, labels: Labels) -> list[str]:
    severity = labels.severities.get(cause.severity, cause.severity)
    place = f"，{labels.cause_heads[3].partition('（')[0]} {place_of(cause)}" if cause.row is not None else ""
    return [f"{number}．[{severity}] {cause.text}（{cause.count}{place}）", f"　{cause.remedy}"]


def place_of(cause: Cause) -> str:
    """Where a cause first occurs, as a person says it."""
    cell = cause.cell or (str(cause.row) if cause.row is not None else "")
    return f"{shown_name(cause.sheet)} {cell}".strip() if cause.sheet else cell
