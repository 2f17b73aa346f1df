"""What departments find: by the last build, and by the outcomes alone of what no build knows."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion import Home, prepare
from ingestion.contracts import load_catalog
from ingestion.returning.states import States, read_states
from sanbao.errors import SanbaoError
from sanbao.night import build as build_module
from sanbao.night import night as night_module
from sanbao.night.build_state import BuildState
from sanbao.night.load import load_all, receive_files
from sanbao.night.night import night
from sanbao.night.returns import are_states_kept, keep_states, renew_returns, states_path
from sanbao.settings import Settings
from tests.unit.ingestion.marked import spoiled, text
from tests.unit.ingestion.problems.made import CATALOG, lines
from tests.unit.ingestion.problems.made import text as made_text

pytestmark = pytest.mark.slow

DAY = date(2019, 12, 31)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home", as_of=DAY, workers=1, settle_seconds=0)
    prepare(Home(settings.home), load_catalog())
    return settings


def drop(settings: Settings, name: str, wrong: tuple[int, ...]) -> None:
    data = text(spoiled(wrong=wrong))
    (settings.home / "inbox" / "health_insurance" / name).write_bytes(data)


def lying(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.home / "returned" / "health_insurance").iterdir())


def built(settings: Settings, states: dict[str, bool]) -> None:
    """A warehouse that says of these batches whether anything of them is open."""
    settings.warehouse.parent.mkdir(exist_ok=True)
    settings.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_delivery__open (batch_id text, is_open bool)")
        for model in ("int_held_row__in_copy", "int_held_cell__in_copy"):
            connection.execute(
                f"create table intermediate.{model}"
                " (batch_id text, source_sheet text, source_row int, copy_state text)"
            )
        for batch, is_open in states.items():
            connection.execute("insert into intermediate.int_delivery__open values (?, ?)", [batch, is_open])


def test_when_the_build_fails_what_was_loaded_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object, **named: object) -> None:
        raise SanbaoError("BUILD_FAILED", layer="marts", detail="x")

    drop(settings, "参保.csv", wrong=(2, 5))
    monkeypatch.setattr(night_module, "build", fails)
    with pytest.raises(SanbaoError, match="BUILD_FAILED"):
        night(settings)
    assert lying(settings) == ["参保.反馈.csv", "收件回执.txt"]


def test_copies_are_written_while_the_build_is_at_work(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(*given: object, **named: object) -> None:
        until = time.monotonic() + 60
        while "参保.反馈.csv" not in lying(settings) and time.monotonic() < until:
            time.sleep(0.02)
        seen.extend(lying(settings))
        raise SanbaoError("BUILD_FAILED", layer="marts", detail="x")

    seen: list[str] = []
    drop(settings, "参保.csv", wrong=(2, 5))
    monkeypatch.setattr(night_module, "build", waits)
    with pytest.raises(SanbaoError, match="BUILD_FAILED"):
        night(settings)
    assert "参保.反馈.csv" in seen


def test_when_the_copies_fail_as_well_the_failure_of_the_build_is_what_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(code: str) -> Callable[..., None]:
        def step(*given: object, **named: object) -> None:
            raise SanbaoError(code, layer="marts", detail="x", where="x", free="1", needed="2")

        return step

    drop(settings, "参保.csv", wrong=(2, 5))
    monkeypatch.setattr(night_module, "build", fails("BUILD_FAILED"))
    monkeypatch.setattr(night_module, "renew_returns", fails("DISK_FULL"))
    with pytest.raises(SanbaoError) as raised:
        night(settings)
    assert (raised.value.code, raised.value.__notes__) == ("BUILD_FAILED", ["DISK_FULL"])


def test_what_a_build_knows_is_told_by_it_and_the_rest_by_its_outcome(settings: Settings) -> None:
    drop(settings, "一.csv", wrong=(2, 5))
    (first,) = load_all(settings, receive_files(settings), lambda what, done, of: None)
    renew_returns(settings)
    assert lying(settings) == ["一.反馈.csv", "收件回执.txt"]
    built(settings, {first["batch_id"]: False})
    keep_states(settings, knows_everything=True)
    drop(settings, "二.csv", wrong=(3,))
    load_all(settings, receive_files(settings), lambda what, done, of: None)
    renew_returns(settings)
    assert lying(settings) == ["二.反馈.csv", "收件回执.txt"]


def test_loading_writes_nothing_for_departments(settings: Settings) -> None:
    drop(settings, "参保.csv", wrong=(2, 5))
    load_all(settings, receive_files(settings), lambda what, done, of: None)
    assert lying(settings) == []


def test_a_build_of_an_earlier_moment_takes_the_place_of_none_that_knew_more(settings: Settings) -> None:
    built(settings, {"a": False, "b": True})
    keep_states(settings, knows_everything=True)
    more = states_path(settings).read_bytes()
    built(settings, {"a": True})
    keep_states(settings, knows_everything=False)
    assert states_path(settings).read_bytes() == more
    built(settings, {"a": True, "b": True, "c": True})
    keep_states(settings, knows_everything=False)
    assert states_path(settings).read_bytes() != more
    built(settings, {"a": True})
    keep_states(settings, knows_everything=True)
    assert states_path(settings).read_bytes() != more


def damaged(kept: bytes) -> Iterator[bytes]:
    """Emptied, cut off, longer, another table, and bits turned all over it."""
    yield from (b"", kept[:10], kept[: len(kept) // 2], kept[:-1], kept + b"x", b"{}", kept[32:])
    for place in random.Random(10).sample(range(len(kept)), 60):
        flipped = bytearray(kept)
        flipped[place] ^= 1 << place % 8
        yield bytes(flipped)


def test_damaged_states_say_nothing_and_stop_nobody(settings: Settings) -> None:
    """A file that was settled by what they said is told as open, as if there had been no build yet."""
    drop(settings, "参保.csv", wrong=(2, 5))
    (row,) = load_all(settings, receive_files(settings), lambda what, done, of: None)
    built(settings, {row["batch_id"]: False})
    keep_states(settings, knows_everything=True)
    renew_returns(settings)
    assert lying(settings) == ["收件回执.txt"] and are_states_kept(settings)
    path = states_path(settings)
    kept = path.read_bytes()
    for data in damaged(kept):
        path.write_bytes(data)
        assert not are_states_kept(settings)
        assert read_states(path) == States()
    renew_returns(settings)
    assert lying(settings) == ["参保.反馈.csv", "收件回执.txt"]
    keep_states(settings, knows_everything=False)
    assert path.read_bytes() == kept


def test_a_build_that_would_find_nothing_to_do_writes_damaged_states_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(settings, {"a": True})
    keep_states(settings, knows_everything=True)
    state = BuildState(built={DAY.isoformat(): build_module.fingerprint(settings, DAY, None)})
    build_module.write_state(settings, state)
    assert build_module.build(settings, DAY).skipped
    states_path(settings).write_bytes(b"PAR1")

    def begins(*given: object) -> None:
        raise SanbaoError("BUILD_FAILED", layer="", detail="begun")

    monkeypatch.setattr(build_module, "_run_steps", begins)
    with pytest.raises(SanbaoError, match="begun"):
        build_module.build(settings, DAY)


def test_a_copy_that_cannot_be_put_down_keeps_no_other_department_waiting(settings: Settings) -> None:
    drop(settings, "参保.csv", wrong=(2, 5))
    wrong = made_text(lines(CATALOG["register_person"], [{"id_number": "12345"}] * 2 + [{}] * 40))
    (settings.home / "inbox" / "poverty_relief" / "2019年12月人口.csv").write_bytes(wrong)
    load_all(settings, receive_files(settings), lambda what, done, of: None)
    folder = settings.home / "returned" / "health_insurance"
    shutil.rmtree(folder)
    folder.write_bytes(b"")
    with pytest.raises((OSError, SanbaoError)):
        renew_returns(settings)
    assert list((settings.home / "returned" / "poverty_relief").glob("*反馈*"))
