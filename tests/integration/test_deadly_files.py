"""A night with files that abort or stall their reader: they are refused, the others load."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion import Home, pending
from sanbao.night.load import load_all, receive_files
from sanbao.settings import Settings
from tests.unit.ingestion.deadly import NEVER_ENDS, NO_GUARD, deadly_workbook, start_with
from tests.unit.ingestion.helpers import Insured
from tests.unit.ingestion.readers.make import csv_text, xlsx


def drop(home: Settings, good: int, deadly: int) -> None:
    inbox = home.home / "inbox" / "health_insurance"
    inbox.mkdir(parents=True, exist_ok=True)
    for n in range(good):
        rows = [[Insured.title], list(Insured.header), *Insured.rows(8, first=8 * n + 1)]
        content = xlsx(rows) if n % 2 else csv_text(rows).encode()
        (inbox / f"参保{n}.xlsx").write_bytes(content)
    for n in range(deadly):
        (inbox / f"坏{n}.xlsx").write_bytes(deadly_workbook() + b"\0" * n)


def refused_and_loaded(home: Settings) -> tuple[int, int]:
    outcomes = load_all(home, receive_files(home), lambda what, done, of: None)
    assert {o["reason_code"] for o in outcomes if o["delivery_state"] == "REFUSED"} == {"FILE_KILLS_READER"}
    assert pending(Home(home.home)) == []
    states = [o["delivery_state"] for o in outcomes]
    return states.count("REFUSED"), states.count("LOADED")


@pytest.mark.slow
def test_files_that_abort_the_reader(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, good=5, deadly=2)
    start_with(NO_GUARD, tmp_path / "plant", monkeypatch)
    assert refused_and_loaded(home) == (2, 5)


@pytest.mark.slow
def test_a_file_that_never_ends(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, good=3, deadly=1)
    start_with(NEVER_ENDS, tmp_path / "plant", monkeypatch)
    assert refused_and_loaded(Settings(home=home.home, as_of=home.as_of, file_seconds=6)) == (1, 3)


@pytest.mark.slow
def test_a_night_that_is_broken_off_waits_for_no_file(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(home, good=1, deadly=0)
    other = home.home / "inbox" / "civil_affairs"
    other.mkdir(parents=True)
    (other / "坏.xlsx").write_bytes(deadly_workbook())
    start_with(NEVER_ENDS, tmp_path / "plant", monkeypatch)

    def break_off(what: str, done: int, of: int) -> None:
        raise KeyboardInterrupt

    # The other file would take an hour: the time limit of its process is as long.
    settings = Settings(home=home.home, as_of=home.as_of, file_seconds=3600, workers=2)
    with pytest.raises(KeyboardInterrupt):
        load_all(settings, receive_files(settings), break_off)
    assert len(pending(Home(home.home))) == 1
