"""The words with which a closing ends, and what it refuses to take for an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sanbao import airflow_closing as closing
from sanbao.errors import SanbaoError

ROW: closing.FrozenRow = {"month": "2019-12", "as_of": "2019-12-31", "known_by": "2020-01-10T08:00:00"}
CASE = {"subject": "月结", "body": "…"}
NAMES = {"freeze": "冻结", "examine": "核对", "approve": "待确认", "sign": "签字"}


def answered(option: str, reason: str = "") -> dict[str, Any]:
    user = {"id": "3", "name": "zhang"}
    return {"chosen_options": [option], "params_input": {"reason": reason}, "responded_by_user": user}


TIMEOUT = {"error": "nobody", "error_type": "timeout"}
BROKEN = {"error": "no such option", "error_type": "validation"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("case", "answer", "said"),
    [
        (CASE, answered("同意签发"), "已由 zhang 签发，报告已印，数据已发布。"),
        (CASE, answered("退回", " 再核 "), "zhang 退回，没有签发。原因：再核"),
        (CASE, answered("退回"), "zhang 退回，没有签发。没有写明原因。"),
        ({}, None, "以前已经签发，数据没有变化，没有再签。"),
    ],
)
def test_how_it_ended_is_said(case: dict[str, str], answer: dict[str, Any] | None, said: str) -> None:
    assert closing.conclude(ROW, case, answer, {"freeze": "success"}, NAMES) == f"2019-12：{said}"


@pytest.mark.parametrize(
    ("states", "event", "code", "word"),
    [
        ({"approve": "failed", "sign": "upstream_failed"}, TIMEOUT, "CLOSING_UNANSWERED", "7 天"),
        ({"approve": "failed", "sign": "upstream_failed"}, BROKEN, "CLOSING_INCOMPLETE", "待确认"),
        ({"approve": "failed", "sign": "upstream_failed"}, None, "CLOSING_INCOMPLETE", "待确认"),
        ({"examine": "failed", "approve": "upstream_failed"}, None, "CLOSING_INCOMPLETE", "核对"),
        ({"sign": "failed"}, answered("同意签发"), "CLOSING_INCOMPLETE", "签字"),
    ],
)
def test_a_closing_that_stopped_is_no_success(
    states: dict[str, str],
    event: dict[str, Any] | None,
    code: str,
    word: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = closing.answer_of(event) if event else None
    with pytest.raises(SanbaoError, match=code) as error:
        closing.conclude(ROW, CASE, answer, states, NAMES)
    assert word in str(error.value)
    assert "清除" in capsys.readouterr().out, "the log says what to do, too"


def test_an_answer_that_nobody_gave_signs_nothing() -> None:
    with pytest.raises(SanbaoError, match="CLOSING_UNANSWERED"):
        closing.sign(ROW, {"chosen_options": ["同意签发"], "responded_by_user": None, "params_input": {}})


def test_a_run_that_looks_back_tells_of_no_month() -> None:
    assert closing.newly_delivered({"as_of": "2019-12-31", "known_by": "2020-01-01"}) == {}
    assert closing.newly_delivered({"as_of": "2019-12-31", "backfill": True}) == {}


@pytest.mark.parametrize(("params", "key"), [({"month": None}, None), ({}, ""), ({"month": "2019-12"}, "x")])
def test_a_run_of_no_month_is_refused(params: dict[str, Any], key: str | None) -> None:
    with pytest.raises(SanbaoError, match="CLOSING_MONTH"):
        closing.freeze(params, key)


def test_a_month_that_is_not_over_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANBAO_TODAY", "2020-01-31")
    with pytest.raises(SanbaoError, match="CLOSING_TOO_EARLY"):
        closing.freeze({}, "2020-01")
    with pytest.raises(SanbaoError, match="NOTHING_KNOWN"):
        closing.freeze({}, "2019-12")
