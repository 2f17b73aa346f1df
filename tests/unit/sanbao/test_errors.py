"""Errors: a code, a sentence and a remedy in both languages, and never an ID number."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path

import pytest

from sanbao.cli.app import guarded, make_app
from sanbao.errors import TEXTS, SanbaoError, mask
from sanbao.words import TEXTS as WORDS

ID = "440899195001010014"


class _AnyText(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "x"


@pytest.mark.parametrize("code", TEXTS)
def test_every_code_speaks_both_languages(code: str) -> None:
    texts = [text.format_map(_AnyText()) for text in TEXTS[code]]
    assert all(texts)
    assert texts[2].isascii()


@pytest.mark.parametrize("key", WORDS)
def test_every_text_has_both_languages(key: str) -> None:
    assert all(WORDS[key])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"身份证{ID}。", "身份证440899************。"),
        ("44089919500101001X.xls", "440899************.xls"),
        ("440899500101001", "440899************"),
        ("户编号 2500100443", "户编号 2500100443"),
        ("20191231120000123456", "20191231120000123456"),
    ],
)
def test_mask_hides_id_numbers_and_nothing_else(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_an_error_masks_its_values_and_survives_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(SanbaoError("FILE_MISSING", file=f"{ID}.xls")))
    assert ID not in error.sentence("zh") + str(error)
    assert error.code == "FILE_MISSING"


def test_no_stack_trace_reaches_a_clerk(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))

    def run() -> None:
        raise ValueError(f"broken row of {ID}")

    assert guarded(run, "zh") == 1
    said = capsys.readouterr().err
    assert "[UNEXPECTED]" in said
    assert "Traceback" not in said
    assert ID not in said
    kept = next((tmp_path / "logs").glob("error-*.log")).read_text("utf-8")
    assert "broken row" in kept
    assert ID not in kept


@pytest.mark.parametrize(("lang", "word"), [("zh", "发布"), ("en", "Publish")])
def test_help_is_in_the_readers_language(lang: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: make_app("zh" if lang == "zh" else "en")(args=["--help"]), "zh") == 0
    assert word in capsys.readouterr().out


def test_what_cannot_be_logged_in_the_home_is_logged_beside_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANBAO_HOME", "/proc/nowhere")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def run() -> None:
        raise ValueError(f"broken row of {ID}")

    assert guarded(run, "zh") == 1
    (log,) = tmp_path.glob("error-*.log")
    assert str(log) in capsys.readouterr().err
    assert "ValueError" in log.read_text("utf-8") and ID not in log.read_text("utf-8")
    assert log.stat().st_mode & 0o777 == 0o600
