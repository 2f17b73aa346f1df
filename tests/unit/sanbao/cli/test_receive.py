"""`sanbao receive`, as an operator types it: what was left in the inbox, and a clock that jumped."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundation.language import county_day
from ingestion import Home
from ingestion.receiving.clock import believe
from sanbao.cli.app import guarded, make_app
from sanbao.night.summary import summarise, summary_lines
from sanbao.settings import load_settings
from tests.unit.ingestion.deliveries import register, sheet
from tests.unit.ingestion.helpers import new_home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))
    monkeypatch.setenv("SANBAO_SETTLE_SECONDS", "0")
    monkeypatch.setenv("SANBAO_WORKERS", "1")
    return new_home(tmp_path)


def typed(*arguments: str) -> int:
    return guarded(lambda: make_app("zh")(args=list(arguments), prog_name="sanbao"), "zh")


def test_what_was_left_is_said_everywhere(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(home.inbox / "education" / "管道.csv")
    (home.inbox / "poverty_relief" / "户表.csv").write_bytes(sheet(register(3)))
    assert typed("receive") == 0
    said = capsys.readouterr().out
    assert "education/管道.csv: FILE_NOT_REGULAR" in said and "9 行" in said
    slip = (home.returned / "education" / "收件回执.txt").read_text("utf-8-sig")
    assert "还没有取走" in slip and "管道.csv" in slip and "请删除它" in slip
    settings = load_settings()
    lines = "\n".join(summary_lines(summarise(settings, settings.as_of, None, []), "zh"))
    assert "没有取走 (1)" in lines and "FILE_NOT_REGULAR" in lines
    (home.inbox / "education" / "管道.csv").unlink()
    assert typed("receive") == 0
    assert "FILE_NOT_REGULAR" not in capsys.readouterr().out
    assert "管道" not in (home.returned / "education" / "收件回执.txt").read_text("utf-8-sig")


def test_a_jumped_clock_is_said_with_both_times_and_can_be_confirmed(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    believed = now - timedelta(days=90)
    believe(home, believed)
    (home.inbox / "poverty_relief" / "户表.csv").write_bytes(sheet(register(3)))
    assert typed("receive") == 1
    said = capsys.readouterr().err
    assert "[CLOCK_JUMPED]" in said and "--clock-is-right" in said
    assert county_day(believed).isoformat() in said and county_day(now).strftime("%Y-%m") in said
    assert typed("receive", "--clock-is-right", "--json") == 0
    (outcome,) = json.loads(capsys.readouterr().out)
    assert outcome["delivery_state"] == "LOADED"
    assert typed("receive") == 0


def test_a_setting_says_how_far_a_clock_may_move(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    believe(home, datetime.now(UTC) - timedelta(days=90))
    (home.inbox / "poverty_relief" / "户表.csv").write_bytes(b"x")
    monkeypatch.setenv("SANBAO_CLOCK_JUMP_DAYS", "100")
    assert typed("receive") == 0
