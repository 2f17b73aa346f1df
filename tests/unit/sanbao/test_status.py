"""`sanbao status`: readable for a person, complete for a program."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sanbao.cli import guarded, make_app
from tests.unit.sanbao.fake_board import FakeBoard

Ask = Callable[..., str]
RECEIVED = datetime(2020, 1, 10, 18, 30, tzinfo=UTC).replace(tzinfo=None)
FILE: dict[str, Any] = {
    "department": "water", "department_name": "水务局", "feed": "water_quality_test",
    "file_name": "水质.xlsx", "as_of": date(2019, 12, 31), "received_at": RECEIVED,
    "delivery_state": "PARTIAL", "version": 2, "rows_read": 9, "rows_accepted": 7, "rows_held": 2,
    "rows_corrected": 1, "rows_still_held": 1, "is_in_force": True, "is_nil": False,
    "reason": "有 2 行有错误。",
}  # fmt: skip


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    board = FakeBoard(
        tmp_path,
        feeds=[{"arrival_state": "PARTIAL", "arrival_label": "部分", "rows_still_held": 1, "version": 2}],
        files=[FILE],
        held=[
            {"source_row": 5, "cell": "F5", "message": "F5 没有填。"},
            {"source_row": 6, "held_state": "CORRECTED"},
        ],
    )
    board.publish(date(2020, 1, 16))
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))
    monkeypatch.setenv("SANBAO_TODAY", "2020-01-16")

    def run(*arguments: str, lang: Any = "zh") -> str:
        monkeypatch.setenv("SANBAO_LANG", lang)
        assert guarded(partial(make_app(lang), args=list(arguments)), lang) == 0
        return capsys.readouterr().out

    return run


def test_a_person_sees_the_board_and_the_files(ask: Ask) -> None:
    said = ask("status")
    for text in (
        "到数情况（截至 2019-12-31）",
        "水质表",
        "部分",
        "最近收到的文件（1 份中的 1 份）",
        "水质.xlsx",
    ):
        assert text in said, text
    assert "数据名称" in said, "labels of the data dictionary"
    assert "2020-01-11 02:30" in said, "the county's clock"
    assert "部分收下" in said


def test_english_names_the_columns_as_they_are(ask: Ask) -> None:
    said = ask("status", lang="en")
    assert "Deliveries as of 2019-12-31" in said
    assert "feed_title" in said and "PARTIAL" in said


def test_a_program_gets_both_parts(ask: Ask) -> None:
    found = json.loads(ask("status", "--json"))
    assert found["as_of"] == "2019-12-31"
    [feed], [file] = found["feeds"], found["files"]
    assert (feed["feed"], feed["arrival_state"], feed["version"]) == ("water_quality_test", "PARTIAL", 2)
    older = {"department", "feed", "file_name", "speaks_for_on", "received_at", "delivery_state", "rows_read",
             "rows_accepted", "rows_held", "reason"}  # fmt: skip
    assert older <= set(file)
    assert (file["version"], file["rows_corrected"], file["rows_still_held"]) == (2, 1, 1)


def test_the_quarantine_has_an_age_and_an_owner(ask: Ask) -> None:
    [row] = json.loads(ask("status", "--held", "--json"))
    assert (row["owner"], row["age_days"], row["source_row"]) == ("水质中心", 6, 5)
    said = ask("status", "--held")
    assert "暂扣待改的行：1 行" in said
    assert "F5 没有填。" in said


def test_reminders_can_be_written_for_a_day(ask: Ask, tmp_path: Path) -> None:
    assert "returned/water/" in ask("remind", "--today", "2020-01-16")
    assert json.loads(ask("remind", "--json"))["departments"] == ["water"]
    assert "没有写催报通知" in ask("remind", "--today", "2026-11-24")
