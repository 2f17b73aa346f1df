"""Reminders: three days before a feed is due until it has come, and never from a past board."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from foundation.language import Language
from ingestion.returning.reminder import NAMES
from sanbao.night.reminders import remind
from tests.unit.sanbao.fake_board import FakeBoard

HAN = re.compile(r"[\u3400-\u9fff]")


def notice(home: Path, department: str = "water", lang: Language = "zh") -> str:
    path = home / "returned" / department / NAMES[lang]
    return path.read_bytes().decode("utf-8-sig") if path.exists() else ""


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2020, 1, 11), ""),
        (date(2020, 1, 12), "还有 3 天"),
        (date(2020, 1, 15), "今天到期"),
        (date(2020, 1, 16), "已逾期 1 天"),
        (date(2020, 1, 31), "已逾期 16 天"),
    ],
)
def test_what_is_due_is_asked_for_from_three_days_before(tmp_path: Path, today: date, said: str) -> None:
    settings = FakeBoard(tmp_path, feeds=[{}]).publish(today)
    assert remind(settings).departments == (("water",) if said else ())
    found = notice(tmp_path)
    assert bool(found) == bool(said)
    if said:
        for part in (
            said,
            "《水质表》（水质中心）",
            "2019年第4季度",
            "2020年1月15日前",
            "water 文件夹",
            "扶贫办",
        ):
            assert part in found, part


def test_it_opens_in_notepad_and_is_the_same_every_time(tmp_path: Path) -> None:
    settings = FakeBoard(tmp_path, feeds=[{}]).publish(date(2020, 1, 16))
    remind(settings)
    path = tmp_path / "returned" / "water" / NAMES["zh"]
    before = path.stat().st_mtime_ns
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n") > 3
    remind(settings)
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"arrival_state": "ARRIVED"}, ""),
        ({"arrival_state": "NIL"}, ""),
        ({"arrival_state": "LATE"}, ""),
        ({"arrival_state": "NOT_EXPECTED", "due_on": None}, ""),
        (
            {"arrival_state": "PARTIAL", "missing_part_count": 2, "missing_parts": "甲镇、乙镇"},
            "还缺 2 个部分：甲镇、乙镇。",
        ),
        ({"arrival_state": "PARTIAL", "missing_part_count": 0}, ""),
        ({"arrival_state": "REFUSED", "refused_reason": "少了一半。"}, "没有收下：少了一半。"),
    ],
)
def test_only_what_is_owed_is_asked_for(tmp_path: Path, row: dict[str, object], said: str) -> None:
    remind(FakeBoard(tmp_path, feeds=[row]).publish(date(2020, 1, 16)))
    assert bool(notice(tmp_path)) == bool(said)
    assert said in notice(tmp_path)


@pytest.mark.parametrize(
    ("row", "invited"),
    [
        ({}, True),
        ({"feed": "village_water_supply", "newest_on": None}, True),
        ({"feed": "village_water_supply", "newest_on": date(2019, 11, 30)}, False),
        ({"arrival_state": "PARTIAL", "missing_part_count": 2}, False),
    ],
)
def test_a_nil_return_is_invited_only_where_there_may_be_nothing(
    tmp_path: Path, row: dict[str, object], invited: bool
) -> None:
    remind(FakeBoard(tmp_path, feeds=[row]).publish(date(2020, 1, 16)))
    assert "water 文件夹" in notice(tmp_path)
    assert ("本期无数据" in notice(tmp_path)) is invited


def test_held_rows_are_named_from_the_day_after(tmp_path: Path) -> None:
    board = FakeBoard(tmp_path, held=[{"source_row": 5}, {"source_row": 9, "held_on": date(2020, 1, 6)}])
    remind(board.publish(date(2020, 1, 10)))
    assert "1 行，最早的已暂扣 4 天" in notice(tmp_path)
    remind(board.publish(date(2020, 1, 11)))
    assert "“水质.xlsx”" in notice(tmp_path)
    assert "2 行，最早的已暂扣 5 天" in notice(tmp_path)
    settled = FakeBoard(tmp_path, held=[{"source_row": 5, "held_state": "CORRECTED"}])
    assert remind(settled.publish(date(2020, 1, 11))).departments == ()
    assert notice(tmp_path) == ""


def test_english_is_english_but_for_the_countys_own_names(tmp_path: Path) -> None:
    refused = {"arrival_state": "REFUSED", "refused_reason": "少了一半。",
               "refused_reason_en": "Half of it is missing."}  # fmt: skip
    feeds = [{}, refused, {"arrival_state": "PARTIAL", "missing_part_count": 2}]
    held = [{"source_row": 5}, {"source_row": 9, "held_on": date(2020, 1, 6)}]
    board = FakeBoard(tmp_path, feeds=feeds, held=held)
    said = {}
    for today in (date(2020, 1, 12), date(2020, 1, 15), date(2020, 1, 16)):
        assert remind(replace(board.publish(today), lang="en")).departments == ("water",)
        said[today.day] = notice(tmp_path, lang="en")
    assert "3 day(s) left" in said[12] and "due today" in said[15] and "1 day(s) overdue" in said[16]
    for part in (
        "water: reminder of 2020-01-16",
        "水质表 (水质中心)",
        "Period 2019 Q4, to be delivered by 2020-01-15",
        "The latest file was not accepted: Half of it is missing.",
        "2 part(s) are missing",
        "inbox folder water",
        "2 row(s), the oldest held for 10 day(s).",
        "扶贫办信息股",
    ):
        assert part in said[16], part
    names = ("水质表", "水质中心", "水质.xlsx", "扶贫办信息股", "“本期无数据”")
    for text in said.values():
        for name in names:
            text = text.replace(name, "")
        assert not HAN.search(text)


def test_a_reminder_in_the_other_language_does_not_stay(tmp_path: Path) -> None:
    settings = FakeBoard(tmp_path, feeds=[{}]).publish(date(2020, 1, 16))
    remind(settings)
    remind(replace(settings, lang="en"))
    assert not notice(tmp_path) and notice(tmp_path, lang="en")
    remind(FakeBoard(tmp_path).publish(date(2020, 1, 17)))
    assert not notice(tmp_path, lang="en")


def test_it_is_taken_away_when_nothing_is_owed(tmp_path: Path) -> None:
    remind(FakeBoard(tmp_path, feeds=[{}, {"department": "housing"}]).publish(date(2020, 1, 16)))
    assert notice(tmp_path) and notice(tmp_path, "housing")
    remind(FakeBoard(tmp_path, feeds=[{"department": "housing"}]).publish(date(2020, 1, 17)))
    assert not notice(tmp_path)
    assert "已逾期 2 天" in notice(tmp_path, "housing")


@pytest.mark.parametrize("today", [date(2019, 12, 30), date(2020, 2, 1), date(2026, 11, 24)])
def test_a_board_of_another_time_touches_nothing(tmp_path: Path, today: date) -> None:
    board = FakeBoard(tmp_path, feeds=[{}])
    assert not remind(board.publish(today)).speaks_for_now
    assert notice(tmp_path) == ""
    remind(board.publish(date(2020, 1, 16)))
    before = notice(tmp_path)
    remind(FakeBoard(tmp_path).publish(today))
    assert notice(tmp_path) == before != ""


def test_the_published_date_that_speaks_for_the_day_is_taken(tmp_path: Path) -> None:
    settings = FakeBoard(tmp_path, feeds=[{}]).publish(date(2020, 1, 16))
    found = remind(replace(settings, as_of=date(2026, 10, 31)))
    assert (found.as_of, found.departments) == (date(2019, 12, 31), ("water",))
    assert not remind(replace(settings, as_of=date(2026, 10, 31), today=date(2026, 11, 24))).speaks_for_now


def test_without_anything_published_nothing_happens(tmp_path: Path) -> None:
    settings = FakeBoard(tmp_path).publish(date(2020, 1, 16))
    settings.serving.unlink()
    assert not remind(settings).speaks_for_now
