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

pytestmark = pytest.mark.slow


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


def claiming(path: Path, size: int) -> None:
    """A file that claims to be so large, and takes no room: `truncate -s`."""
    with path.open("wb") as file:
        file.truncate(size)


def test_a_file_that_claims_to_be_huge_is_named_and_stops_nobody(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    huge = home.inbox / "housing" / "x.csv"
    claiming(huge, 900 << 30)
    (home.inbox / "poverty_relief" / "户表.csv").write_bytes(sheet(register(3)))
    assert typed("receive") == 0
    said = capsys.readouterr().out
    assert "9 行" in said and "housing/x.csv: FILE_TOO_LARGE" in said
    assert "921,600 MB" in said and "1,024 MB" in said
    slip = (home.returned / "housing" / "收件回执.txt").read_text("utf-8-sig")
    assert "x.csv" in slip and "921,600 MB" in slip and "SANBAO_FILE_MB" in slip
    assert huge.stat().st_size == 900 << 30
    assert not list(home.claimed.iterdir())
    assert max(path.stat().st_size for path in home.archive.rglob("*")) < 1 << 20


def test_a_setting_says_how_large_a_file_may_be(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    claiming(home.inbox / "housing" / "x.csv", (2 << 20) + 1)
    monkeypatch.setenv("SANBAO_FILE_MB", "2")
    assert typed("receive") == 0
    said = capsys.readouterr().out
    assert "FILE_TOO_LARGE" in said and "3 MB" in said
    assert not list(home.receipts.iterdir())
    monkeypatch.setenv("SANBAO_FILE_MB", "3")
    assert typed("receive") == 0
    assert "FILE_TOO_LARGE" not in capsys.readouterr().out
    assert len(list(home.receipts.iterdir())) == 1


def test_many_files_that_together_have_no_room_stop_only_their_department(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANBAO_FILE_MB", str(1 << 30))
    for number in range(3):
        claiming(home.inbox / "housing" / f"{number}.csv", 300 << 30)
    (home.inbox / "poverty_relief" / "户表.csv").write_bytes(sheet(register(3)))
    assert typed("receive") == 0
    said = capsys.readouterr().out
    assert "9 行" in said and said.count("FILE_NO_ROOM") == 3
    assert "磁盘空间不够" in (home.returned / "housing" / "收件回执.txt").read_text("utf-8-sig")
    # Where nobody's files fit, nothing is begun.
    assert typed("receive") == 1
    assert "[DISK_FULL]" in capsys.readouterr().err
