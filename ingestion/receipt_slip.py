"""The text in a department's return folder that says what became of each file it dropped."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from ingestion.contracts import Catalog
from ingestion.giving_back import copies
from ingestion.home import Home, write_bytes
from ingestion.outcome import Outcome
from ingestion.problems import remedy

NAME = "收件回执.txt"
_LISTED = 200
_COUNTY_TIME = ZoneInfo("Asia/Shanghai")
_RULE = "─" * 40


def write_slips(home: Home, catalog: Catalog) -> None:
    """Write `returned/<department>/收件回执.txt` of every department that dropped a file."""
    names = {sha: returned.name for sha, returned in copies(home).items()}
    entries: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
    for outcome in _outcomes(home):
        said = _said(home, catalog, outcome, names.get(outcome.sha256))
        entries[outcome.department].append((outcome.received_at, outcome.file_name, said))
    for arrival in _again(home):
        said = "与以前投递的一份完全相同，数据没有变化。"
        moment = datetime.fromisoformat(arrival["received_at"])
        entries[arrival["department"]].append((moment, arrival["file_name"], said))
    for department, own in entries.items():
        own.sort(key=lambda entry: entry[:2], reverse=True)
        head = [f"{catalog.departments.get(department, department)}　收件回执（最近的在最前）", _RULE]
        lines = [f"{_moment(moment)}　{name}\r\n    {said}" for moment, name, said in own[:_LISTED]]
        # With a byte order mark and CRLF, Notepad shows it right.
        text = "\r\n".join([*head, *lines, ""])
        path = home.returned / department / NAME
        if not path.exists() or path.read_bytes() != text.encode("utf-8-sig"):
            write_bytes(text.encode("utf-8-sig"), path)


def _said(home: Home, catalog: Catalog, outcome: Outcome, copy: str | None) -> str:
    title = f"《{catalog[outcome.feed].title}》" if outcome.feed else ""
    look = f"请看同一文件夹里的“{copy}”。" if copy else ""
    if outcome.delivery_state == "REFUSED":
        help_ = remedy(outcome.reason_code or "", {"title": title})
        return f"没有收下：{outcome.reason}{help_}{look}"
    if outcome.delivery_state == "NIL":
        return f"{title}本期无数据，已登记。"
    if outcome.corrects_batch_id:
        corrected = _corrected(home, outcome)
        rest = f"仍有 {outcome.rows_held:,} 行需要更正。" if outcome.rows_held else ""
        return f"{title}已更正 {corrected:,} 行。{rest}{look if rest else ''}"
    rest = f"，暂扣 {outcome.rows_held:,} 行" if outcome.delivery_state == "PARTIAL" else ""
    return f"{title}已收下 {outcome.rows_accepted:,} 行{rest}。{look}"


def _corrected(home: Home, outcome: Outcome) -> int:
    path = home.lake / "correction" / f"{outcome.batch_id}.parquet"
    rows = pq.read_table(path, columns=["is_accepted"]).to_pylist() if path.exists() else []
    return sum(1 for row in rows if row["is_accepted"])


def _outcomes(home: Home) -> list[Outcome]:
    return [
        Outcome.model_validate(entry)
        for path in sorted(home.outcomes.glob("[!.]*.json"))
        for entry in json.loads(path.read_text("utf-8"))
    ]


def _again(home: Home) -> list[dict[str, str]]:
    """Files whose bytes had come before."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(home.arrivals.glob("[!.]*.json"))]


def _moment(moment: datetime) -> str:
    local = moment.astimezone(_COUNTY_TIME)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
