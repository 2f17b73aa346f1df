"""The text in a department's return folder that says what became of each file it dropped."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from ingestion.contracts import Catalog
from ingestion.feedback.labels import Language
from ingestion.giving_back import copies
from ingestion.home import Home
from ingestion.notice import RULE, write_notice
from ingestion.outcome import Outcome
from ingestion.rounds import withdrawals

NAME = "收件回执.txt"
_ENGLISH_NAME = "receipts.txt"
_LISTED = 200
_COUNTY_TIME = ZoneInfo("Asia/Shanghai")
_WORDS: dict[str, tuple[str, str]] = {  # Chinese, English
    "head": ("{department}　收件回执（最近的在最前）", "{department}: receipts (latest first)"),
    "again": (
        "与以前投递的一份完全相同，数据没有变化。",
        "The same as a file that came before; nothing has changed.",
    ),
    "title": ("《{title}》", "{title}: "),
    "look": ("请看同一文件夹里的“{copy}”。", " See “{copy}” in this folder."),
    "refused": ("没有收下：{reason}{remedy}", "Not taken: {reason} {remedy}"),
    "withdrawn": (
        "已于{day}撤回，不再使用；要重新报送的，可以再次投递。",
        "Withdrawn on {day} and no longer used; it may be dropped again.",
    ),
    "nil": ("本期无数据，已登记。", "nothing to report, noted."),
    "corrected": ("已更正 {rows:,} 行。", "{rows:,} rows corrected."),
    "still": ("仍有 {rows:,} 行需要更正。", " {rows:,} rows are still to be corrected."),
    "taken": ("已收下 {rows:,} 行", "{rows:,} rows taken"),
    "held": ("，暂扣 {rows:,} 行", ", {rows:,} rows held"),
    "stop": ("。", "."),
}


def write_slips(home: Home, catalog: Catalog, lang: Language = "zh") -> None:
    """Write `returned/<department>/收件回执.txt` of every department that dropped a file."""
    words = {key: text[lang == "en"] for key, text in _WORDS.items()}
    names = {sha: returned.name for sha, returned in copies(home).items()}
    gone = withdrawals(home)
    entries: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
    for outcome in _outcomes(home):
        said = _said(home, catalog, outcome, names.get(outcome.sha256), lang)
        if moment := gone.get(outcome.batch_id) or gone.get(outcome.corrects_batch_id or ""):
            said = words["withdrawn"].format(day=_moment(moment, lang))
        entries[outcome.department].append((outcome.received_at, outcome.file_name, said))
    for arrival in _again(home):
        moment = datetime.fromisoformat(arrival["received_at"])
        entries[arrival["department"]].append((moment, arrival["file_name"], words["again"]))
    for department, own in entries.items():
        own.sort(key=lambda entry: entry[:2], reverse=True)
        named = catalog.departments.get(department, department) if lang == "zh" else department
        head = [words["head"].format(department=named), RULE]
        lines = [f"{_moment(moment, lang)}　{name}\r\n    {said}" for moment, name, said in own[:_LISTED]]
        name = NAME if lang == "zh" else _ENGLISH_NAME
        write_notice(home.returned / department / name, [*head, *lines])


def _said(home: Home, catalog: Catalog, outcome: Outcome, copy: str | None, lang: Language) -> str:
    def say(key: str, **named: object) -> str:
        return _WORDS[key][lang == "en"].format(**named)

    title = say("title", title=catalog[outcome.feed].title) if outcome.feed else ""
    look = say("look", copy=copy) if copy else ""
    english = lang == "en"
    if outcome.delivery_state == "REFUSED":
        reason, remedy = outcome.said(english=english), outcome.told(english=english)
        return say("refused", reason=reason, remedy=remedy) + look
    if outcome.delivery_state == "NIL":
        return title + say("nil")
    if outcome.corrects_batch_id:
        rest = say("still", rows=outcome.rows_held) + look if outcome.rows_held else ""
        return title + say("corrected", rows=_corrected(home, outcome)) + rest
    held = say("held", rows=outcome.rows_held) if outcome.delivery_state == "PARTIAL" else ""
    return title + say("taken", rows=outcome.rows_accepted) + held + say("stop") + look


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


def _moment(moment: datetime, lang: Language) -> str:
    local = moment.astimezone(_COUNTY_TIME)
    if lang == "en":
        return f"{local:%Y-%m-%d %H:%M}"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
