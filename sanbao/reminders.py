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
from sanbao.settings import Settings, month_end_before

NAME = "催报通知.txt"
AHEAD = timedelta(days=3)
_NOT_THERE = ("MISSING", "REFUSED")

Row = dict[str, Any]


@dataclass(frozen=True)
class Reminded:
    """`departments` now have a reminder; `speaks_for_now` is False when nothing was looked at or changed."""

    as_of: date
    today: date
    speaks_for_now: bool
    departments: tuple[str, ...] = ()


def remind(settings: Settings, as_of: date | None = None) -> Reminded:
    """Bring `returned/<department>/催报通知.txt` up to date with the board of `as_of` and the day.

    A warehouse that speaks for a past date knows nothing of what is owed now: then no file is touched.
    """
    from ingestion import Home
    from ingestion.notice import write_notice

    day, today = as_of or settings.as_of, settings.today
    now = month_end_before(today) <= day <= today and day in published_dates(settings)
    if not now:
        return Reminded(day, today, False)
    owed = _owed(settings, day)
    for department in catalog().departments:
        path = Home(settings.home).returned / department / NAME
        if department in owed:
            write_notice(path, owed[department])
        else:
            path.unlink(missing_ok=True)
    return Reminded(day, today, True, tuple(sorted(owed)))


def _owed(settings: Settings, as_of: date) -> dict[str, list[str]]:
    """Department → the lines of its reminder."""
    from ingestion.county import load_county
    from ingestion.notice import RULE

    today = settings.today
    due = [row for row in delivery_board.feeds(settings, as_of).records() if _is_owed(row, today)]
    held = [row for row in delivery_board.held(settings, as_of).records() if row["age_days"] > 0]
    notices: dict[str, list[str]] = {}
    for department, name in catalog().departments.items():
        missing = [line for row in due if row["department"] == department for line in _missing(row, today)]
        waiting = list(_waiting([row for row in held if row["department"] == department]))
        if missing or waiting:
            notices[department] = [
                f"{name}　催报通知（{_spoken(today)}）",
                RULE,
                *(["应报未报：", *missing] if missing else []),
                *(["暂扣待改：", *waiting] if waiting else []),
                RULE,
                f"如有疑问，请联系{load_county().contact}。",
            ]
    return notices


def _is_owed(row: Row, today: date) -> bool:
    """Whether a feed is due by then and has not come, or not with all its parts."""
    if row["due_on"] is None or today < row["due_on"] - AHEAD:
        return False
    return row["arrival_state"] in _NOT_THERE or row["missing_part_count"] > 0


def _missing(row: Row, today: date) -> Iterator[str]:
    days = (row["due_on"] - today).days
    when = f"还有 {days} 天" if days > 0 else "今天到期" if days == 0 else f"已逾期 {-days} 天"
    yield f"《{row['feed_title']}》（{row['owner']}）"
    yield f"    所属期 {row['expected_period']}，应于 {_spoken(row['due_on'])}前报送，{when}。"
    if row["refused_reason"]:
        yield f"    最近报来的一份没有收下：{row['refused_reason']}"
    if row["arrival_state"] not in _NOT_THERE:
        yield f"    已到一部分，与以前相比还缺 {row['missing_part_count']} 个分块。"
    yield f"    请把导出的文件放进收件箱的 {row['department']} 文件夹；"
    yield "    本期确无数据的，也请报送一份表，在表中写明“本期无数据”。"


def _waiting(rows: list[Row]) -> Iterator[str]:
    """One entry per file: how many of its rows are held, and for how long."""
    for title, owner, file_name in dict.fromkeys((r["feed_title"], r["owner"], r["file_name"]) for r in rows):
        ages = [row["age_days"] for row in rows if row["file_name"] == file_name]
        yield f"《{title}》（{owner}）“{file_name}”"
        yield f"    {len(ages)} 行，最早的已暂扣 {max(ages)} 天。请改正同一文件夹里的反馈文件后重新投递。"


def _spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
