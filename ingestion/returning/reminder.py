"""The words of a reminder (催报), and what is owed: by the board's rows and the day alone.

A feed is asked for from three days before it is due until it has arrived; held rows from the day after
they were held.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from foundation.language import Language, day_in_words
from ingestion.contracts import Catalog
from ingestion.contracts.county import load_county
from ingestion.returning.notices import RULE

NAMES: dict[Language, str] = {"zh": "催报通知.txt", "en": "reminder.txt"}
AHEAD = timedelta(days=3)
_NOT_THERE = ("MISSING", "REFUSED")
_WORDS: dict[str, tuple[str, str]] = {  # Chinese, English
    "head": ("{name}　催报通知（{today}）", "{department}: reminder of {today}"),
    "missing": ("应报未报：", "Due and not delivered:"),
    "waiting": ("暂扣待改：", "Held until corrected:"),
    "table": ("《{title}》（{owner}）", "{title} ({owner})"),
    "period": (
        "所属期 {period}，应于 {day}前报送，{when}。",
        "Period {period}, to be delivered by {day}: {when}.",
    ),
    "ahead": ("还有 {days} 天", "{days} day(s) left"),
    "today": ("今天到期", "due today"),
    "overdue": ("已逾期 {days} 天", "{days} day(s) overdue"),
    "refused": ("最近报来的一份没有收下：{reason}", "The latest file was not accepted: {reason}"),
    "part": (
        "已到一部分，与以前相比还缺 {count} 个部分：{parts}。",
        "Here in part; compared with before, {count} part(s) are missing: {parts}.",
    ),
    "drop": (
        "请把导出的文件放进收件箱的 {department} 文件夹；",
        "Put the exported file into the inbox folder {department};",
    ),
    "nil": (
        "本期确无数据的，也请报送一份表，在表中写明“本期无数据”。",
        "if there is nothing to report, send a sheet that says so (“本期无数据”).",
    ),
    "file": ("《{title}》（{owner}）“{file}”", "{title} ({owner}) “{file}”"),
    "rows": (
        "{count} 行，最早的已暂扣 {days} 天。请改正同一文件夹里的反馈文件后重新投递。",
        "{count} row(s), the oldest held for {days} day(s)."
        " Correct the feedback file in this folder and drop it again.",
    ),
    "contact": ("如有疑问，请联系{contact}。", "Questions: ask {contact}."),
}

Row = dict[str, Any]


def is_owed(row: Row, today: date) -> bool:
    """Whether a feed is due by then and has not come, or not with all its parts."""
    if row["due_on"] is None or today < row["due_on"] - AHEAD:
        return False
    return row["arrival_state"] in _NOT_THERE or row["missing_part_count"] > 0


def lines_of(
    department: str, catalog: Catalog, due: list[Row], held: list[Row], today: date, lang: Language
) -> list[str]:
    """A department's reminder; no line when nothing of `due` feeds and `held` rows is its own."""
    own = [row for row in due if row["department"] == department]
    missing = [line for row in own for line in _missing(row, catalog, today, lang)]
    waiting = list(_waiting([row for row in held if row["department"] == department], lang))
    if not missing and not waiting:
        return []
    name = catalog.departments[department]
    return [
        _say("head", lang, name=name, department=department, today=day_in_words(today, lang)),
        RULE,
        *([_say("missing", lang), *missing] if missing else []),
        *([_say("waiting", lang), *waiting] if waiting else []),
        RULE,
        _say("contact", lang, contact=load_county().contact),
    ]


def _missing(row: Row, catalog: Catalog, today: date, lang: Language) -> Iterator[str]:
    days = (row["due_on"] - today).days
    when = _say("ahead" if days > 0 else "overdue" if days < 0 else "today", lang, days=abs(days))
    period = row["expected_period_en" if lang == "en" else "expected_period"]
    reason = row["refused_reason_en" if lang == "en" else "refused_reason"]
    yield _say("table", lang, title=row["feed_title"], owner=row["owner"])
    yield "    " + _say("period", lang, period=period, day=day_in_words(row["due_on"], lang), when=when)
    if reason:
        yield "    " + _say("refused", lang, reason=reason)
    if row["arrival_state"] not in _NOT_THERE:
        yield "    " + _say("part", lang, count=row["missing_part_count"], parts=row["missing_parts"] or "")
    yield "    " + _say("drop", lang, department=row["department"])
    if _may_be_nil(row, catalog):
        yield "    " + _say("nil", lang)


def _may_be_nil(row: Row, catalog: Catalog) -> bool:
    """Whether there may be nothing to report, as far as the gate would take a nil return."""
    had_rows = catalog[row["feed"]].is_list_of_county and row["newest_on"]
    return row["arrival_state"] in _NOT_THERE and not had_rows


def _waiting(rows: list[Row], lang: Language) -> Iterator[str]:
    """One entry per file: how many of its rows are held, and for how long."""
    for title, owner, file_name in dict.fromkeys((r["feed_title"], r["owner"], r["file_name"]) for r in rows):
        ages = [row["age_days"] for row in rows if row["file_name"] == file_name]
        yield _say("file", lang, title=title, owner=owner, file=file_name)
        yield "    " + _say("rows", lang, count=len(ages), days=max(ages))


def _say(key: str, lang: Language, **values: object) -> str:
    return _WORDS[key][lang == "en"].format(**values)
