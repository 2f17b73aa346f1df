"""The reminders (催报): per department one text file of what it owes, taken away when it owes nothing.

What is owed follows from the board of the serving file and the day alone. A feed is asked for from three
days before it is due until it has arrived; held rows from the day after they were held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sanbao import delivery_board
from sanbao.board import published_dates
from sanbao.ingest import catalog
from sanbao.settings import Lang, Settings, month_end_before
from sanbao.storage import tells_of_storage

NAMES: dict[Lang, str] = {"zh": "催报通知.txt", "en": "reminder.txt"}
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


@dataclass(frozen=True)
class Reminded:
    """`departments` now have a reminder; `speaks_for_now` is False when nothing was looked at or changed."""

    as_of: date
    today: date
    speaks_for_now: bool
    departments: tuple[str, ...] = ()


@tells_of_storage
def remind(settings: Settings, as_of: date | None = None) -> Reminded:
    """Bring `returned/<department>/催报通知.txt` up to date with the board of `as_of` and the day.

    A warehouse that speaks for a past date knows nothing of what is owed now: then no file is touched.
    """
    from ingestion import Home
    from ingestion.notice import write_notice

    today, published = settings.today, published_dates(settings)
    day = as_of or _speaking(published, today) or settings.as_of
    now = month_end_before(today) <= day <= today and day in published
    if not now:
        return Reminded(day, today, False)
    owed = _owed(settings, day)
    for department in catalog().departments:
        folder = Home(settings.home).returned / department
        for lang, name in NAMES.items():
            if department in owed and lang == settings.lang:
                write_notice(folder / name, owed[department])
            else:
                (folder / name).unlink(missing_ok=True)
    return Reminded(day, today, True, tuple(sorted(owed)))


def _speaking(published: list[date], today: date) -> date | None:
    """The published date that says what is owed on `today`, if there is one."""
    return max((day for day in published if month_end_before(today) <= day <= today), default=None)


def _owed(settings: Settings, as_of: date) -> dict[str, list[str]]:
    """Department → the lines of its reminder."""
    from ingestion.county import load_county
    from ingestion.notice import RULE

    today, lang = settings.today, settings.lang
    due = [row for row in delivery_board.feeds(settings, as_of).records() if _is_owed(row, today)]
    held = [row for row in delivery_board.held(settings, as_of).records() if row["age_days"] > 0]
    notices: dict[str, list[str]] = {}
    for department, name in catalog().departments.items():
        own = [row for row in due if row["department"] == department]
        missing = [line for row in own for line in _missing(row, today, lang)]
        waiting = list(_waiting([row for row in held if row["department"] == department], lang))
        if missing or waiting:
            notices[department] = [
                _say("head", lang, name=name, department=department, today=_spoken(today, lang)),
                RULE,
                *([_say("missing", lang), *missing] if missing else []),
                *([_say("waiting", lang), *waiting] if waiting else []),
                RULE,
                _say("contact", lang, contact=load_county().contact),
            ]
    return notices


def _is_owed(row: Row, today: date) -> bool:
    """Whether a feed is due by then and has not come, or not with all its parts."""
    if row["due_on"] is None or today < row["due_on"] - AHEAD:
        return False
    return row["arrival_state"] in _NOT_THERE or row["missing_part_count"] > 0


def _missing(row: Row, today: date, lang: Lang) -> Iterator[str]:
    days = (row["due_on"] - today).days
    when = _say("ahead" if days > 0 else "overdue" if days < 0 else "today", lang, days=abs(days))
    period = row["expected_period_en" if lang == "en" else "expected_period"]
    reason = row["refused_reason_en" if lang == "en" else "refused_reason"]
    yield _say("table", lang, title=row["feed_title"], owner=row["owner"])
    yield "    " + _say("period", lang, period=period, day=_spoken(row["due_on"], lang), when=when)
    if reason:
        yield "    " + _say("refused", lang, reason=reason)
    if row["arrival_state"] not in _NOT_THERE:
        yield "    " + _say("part", lang, count=row["missing_part_count"], parts=row["missing_parts"] or "")
    yield "    " + _say("drop", lang, department=row["department"])
    if _may_be_nil(row):
        yield "    " + _say("nil", lang)


def _may_be_nil(row: Row) -> bool:
    """Whether there may be nothing to report: a list of the whole county does not come to nothing."""
    contract = catalog()[row["feed"]]
    is_list = contract.delivery == "snapshot" and contract.complete_for == "county"
    return row["arrival_state"] in _NOT_THERE and not (is_list and row["newest_on"])


def _waiting(rows: list[Row], lang: Lang) -> Iterator[str]:
    """One entry per file: how many of its rows are held, and for how long."""
    for title, owner, file_name in dict.fromkeys((r["feed_title"], r["owner"], r["file_name"]) for r in rows):
        ages = [row["age_days"] for row in rows if row["file_name"] == file_name]
        yield _say("file", lang, title=title, owner=owner, file=file_name)
        yield "    " + _say("rows", lang, count=len(ages), days=max(ages))


def _say(key: str, lang: Lang, **values: object) -> str:
    return _WORDS[key][lang == "en"].format(**values)


def _spoken(day: date, lang: Lang) -> str:
    return day.isoformat() if lang == "en" else f"{day.year}年{day.month}月{day.day}日"
