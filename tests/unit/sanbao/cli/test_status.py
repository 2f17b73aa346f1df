"""`sanbao status`: readable for a person, complete for a program."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sanbao.cli.app import guarded, make_app
from sanbao.queries.serving import known_town
from sanbao.settings import Settings
from tests.unit.sanbao.fake_board import AS_OF, TOWNS, FakeBoard

Ask = Callable[..., str]
RECEIVED = datetime(2020, 1, 10, 18, 30, tzinfo=UTC).replace(tzinfo=None)
HAN = re.compile(r"[\u3400-\u9fff]")
NAMES = ("水务局", "水质表", "水质中心", "水质.xlsx")  # the county's own, in every language
FILE: dict[str, Any] = {
    "department": "water", "department_name": "水务局", "feed": "water_quality_test",
    "file_name": "水质.xlsx", "as_of": date(2019, 12, 31), "received_at": RECEIVED,
    "delivery_state": "PARTIAL", "version": 2, "rows_read": 9, "rows_accepted": 7, "rows_held": 2,
    "rows_corrected": 1, "rows_still_held": 1, "is_in_force": True, "is_nil": False,
    "reason": "有 2 行有错误。", "reason_en": "2 rows have errors.", "remedy": "请改正后重新投递。",
    "remedy_en": "Correct them and drop the file again.",
}  # fmt: skip


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    board = FakeBoard(
        tmp_path,
        feeds=[
            {"arrival_state": "PARTIAL", "arrival_label": "部分", "arrival_label_en": "in part",
             "rows_still_held": 1, "version": 2, "refused_reason": "少了一半。",
             "refused_reason_en": "Half of it is missing."}
        ],
        files=[FILE],
        held=[
            {"source_row": 5, "cell": "F5", "message": "F5 没有填。", "message_en": "F5 is blank.",
             "remedy": "请补填。", "remedy_en": "Fill it in."},
            {"source_row": 6, "held_state": "CORRECTED"},
        ],
    )  # fmt: skip
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


def without_names(text: str) -> str:
    for name in (*NAMES, *TOWNS.values(), "海边镇"):
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            ("status",),
            ("Deliveries as of 2019-12-31", "Period due", "2019 Q4", "in part", "Half of it is missing.",
             "accepted in part", "2 rows have errors.", "Correct them and drop the file again."),
        ),
        (("status", "--held"), ("Days held", "F5 is blank.", "Fill it in.")),
    ],
)  # fmt: skip
def test_english_is_english_but_for_the_countys_own_names(
    ask: Ask, command: tuple[str, ...], told: tuple[str, ...]
) -> None:
    said = ask(*command, lang="en")
    for text in told:
        assert text in said, text
    assert not HAN.search(without_names(said))
    assert not re.search(r"\b[a-z]+_[a-z_]+\b", said), "no names of columns"


def test_a_person_is_told_the_remedy(ask: Ask) -> None:
    assert "请改正后重新投递。" in ask("status")
    assert "请补填。" in ask("status", "--held")


def test_reminders_are_english_by_setting(ask: Ask, tmp_path: Path) -> None:
    said = ask("remind", lang="en")
    assert said.strip() == "Reminders written: returned/water/reminder.txt"
    assert (tmp_path / "returned" / "water" / "reminder.txt").exists()
    ask("remind", "--today", "2020-01-16")
    assert [path.name for path in (tmp_path / "returned" / "water").iterdir()] == ["催报通知.txt"]


@pytest.mark.parametrize(("lang", "word"), [("zh", "请先运行 sanbao load。"), ("en", "Run `sanbao load`")])
@pytest.mark.parametrize("command", [("remind",), ("status",), ("status", "--held")])
def test_an_empty_home_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lang: Any,
    word: str,
    command: tuple[str, ...],
) -> None:
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))
    monkeypatch.setenv("SANBAO_LANG", lang)
    assert guarded(partial(make_app(lang), args=list(command)), lang) == 1
    told = capsys.readouterr()
    assert "[NOTHING_PUBLISHED]" in told.err and word in told.err and not told.out


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("status", "--as-of", "2019-06-30"), "AS_OF_NOT_PUBLISHED", "2019-12-31"),
        (("status", "--held", "--as-of", "2019-06-30"), "AS_OF_NOT_PUBLISHED", "2019-12-31"),
        (("remind", "--as-of", "2019-06-30"), "AS_OF_NOT_PUBLISHED", "2019-12-31"),
        (("members", "reg_hh", "--town", "海边镇"), "TOWN_UNKNOWN", "海安镇, 迈陈镇, 徐城街道"),
        (("members", "no_such"), "FIGURE_UNKNOWN", "sanbao figures"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_and_a_remedy(
    ask: Ask,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lang: Any,
    command: tuple[str, ...],
    code: str,
    told: str,
) -> None:
    monkeypatch.setenv("SANBAO_LANG", lang)
    assert guarded(partial(make_app(lang), args=list(command)), lang) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"[{code}] ") and told in said.err and not said.out
    assert len(said.err.splitlines()) == 2, "a sentence and a remedy"
    assert bool(HAN.search(without_names(said.err))) == (lang == "zh")


@pytest.mark.parametrize("town", ["迈陈镇", "迈陈", "徐闻县迈陈镇", " 440825102 "])
def test_a_town_is_known_by_what_people_write(town: str, ask: Ask, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, as_of=AS_OF)
    assert known_town(settings, town, AS_OF) == "迈陈镇"


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
    past = ask("remind", "--today", "2026-11-24")
    assert "没有写催报通知" in past and "2019-12-31" in past


def test_what_is_by_hand_is_counted(ask: Ask, tmp_path: Path) -> None:
    assert "人工认定" not in ask("status")
    kinds = [{}, {"override_state": "LAPSING"}, {"override_state": "REDUNDANT"},
             {"override_state": "UNFOUND", "is_in_force": False},
             {"override_state": "LAPSED", "is_in_force": False}]  # fmt: skip
    FakeBoard(tmp_path, overrides=kinds).publish(date(2020, 1, 16))
    assert "人工认定：有效 3 条，其中即将到期 1 条、文件已一致 1 条；登记册里没有的 1 条" in ask("status")
    assert "Overrides: 3 in force, of them 1 about to lapse" in ask("status", lang="en")
    counted = json.loads(ask("status", "--json"))["overrides"]
    assert counted == {"in_force": 3, "lapsing": 1, "redundant": 1, "unfound": 1}
