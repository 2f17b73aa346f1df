"""`sanbao accept`, `retry` and `withdraw`, as an operator types them."""

import json
from datetime import UTC, datetime

import pytest

from ingestion.receiving.clock import believe
from sanbao.cli.app import guarded, make_app
from sanbao.night.build_state import known_decisions
from sanbao.settings import load_settings
from tests.unit.ingestion.deliveries import drop, register, sheet
from tests.unit.ingestion.helpers import new_home

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))
    home = new_home(tmp_path)
    drop(home, sheet(register(), "2019年11月"), name="十一月.csv")
    drop(home, sheet(register(30)), at=30, name="十二月.csv")
    believe(home, datetime.now(UTC))  # the night before this one
    return home


def typed(*arguments, lang="zh"):
    return guarded(lambda: make_app(lang)(args=list(arguments), prog_name="sanbao"), lang)


def test_let_through_then_withdrawn(home, capsys):
    assert typed("accept", "十二月.csv", "--reason", "搬迁", "--by", "王", "--json") == 0
    (outcome,) = json.loads(capsys.readouterr().out)
    assert (outcome["delivery_state"], outcome["rows_accepted"]) == ("LOADED", 90)
    assert typed("withdraw", outcome["batch_id"], "--reason", "投错") == 0
    said = capsys.readouterr().out
    assert "已撤回" in said and outcome["batch_id"] in said
    (gone,) = known_decisions(load_settings(), None)
    assert gone[0] == outcome["batch_id"]
    assert known_decisions(load_settings(), datetime(2020, 1, 1)) == []  # noqa: DTZ001  (the lake is naive UTC)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("accept", "没有.csv", "--reason", "x"), "FILE_NOT_RECEIVED"),
        (("accept", "十一月.csv", "--reason", "x"), "NOT_REFUSED"),
        (("retry", "十一月.csv"), "NOT_REFUSED"),
        (("withdraw", "没有.csv", "--reason", "x"), "FILE_NOT_RECEIVED"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(home, capsys, arguments, code):
    for lang in ("zh", "en"):
        assert typed(*arguments, lang=lang) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"[{code}]") and "Traceback" not in said and "{" not in said


def test_a_reason_is_required(home, capsys):
    assert typed("accept", "十二月.csv") == 2
    assert "--reason" in capsys.readouterr().err


def test_a_copy_at_hand_names_the_file(home, tmp_path, capsys):
    path = tmp_path / "改了名.csv"
    path.write_bytes(sheet(register(30)))
    assert typed("accept", str(path), "--reason", "搬迁") == 0
    assert "十二月.csv" in capsys.readouterr().out
