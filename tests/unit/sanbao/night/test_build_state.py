"""What was built from what: nothing twice, nothing mixed, and a broken date is not published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion import Home
from ingestion.lake.sealed import sealed
from ingestion.receiving.order import turn_of
from sanbao.errors import SanbaoError
from sanbao.night import build as builder
from sanbao.night import build_state
from sanbao.night.build import build, is_built
from sanbao.night.integrity import adopt, repair
from sanbao.night.lock import home_at_rest, night_lock, warehouse_lock
from sanbao.night.publish import publish_serving
from sanbao.settings import Settings

DAY = date(2019, 12, 31)
Runs = list[tuple[str | None, bool]]  # layer, resumed
Lock = Callable[[Settings, float], AbstractContextManager[None]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, as_of=DAY)
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_delivery__open (batch_id text, is_open bool)")
        for model in ("int_held_row__in_copy", "int_held_cell__in_copy"):
            connection.execute(
                f"create table intermediate.{model}"
                " (batch_id text, source_sheet text, source_row int, copy_state text)"
            )
    land(settings, "a-feed")
    return settings


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """dbt, replaced by a list of what it was asked to run."""
    seen: Runs = []
    monkeypatch.setattr(builder, "_run", recorder(seen))
    return seen


def recorder(seen: Runs, failing: str | None = None) -> Callable[..., list[str]]:
    def run(
        settings: Settings, day: date, known: object, layer: str | None, result: object, _: object
    ) -> list[str]:
        seen.append((layer, bool(getattr(result, "resumed", False))))
        return ["model (error)"] if (layer or "all") == failing else []

    return run


def land(settings: Settings, batch: str) -> None:
    folder = settings.lake / "delivery"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{batch}.parquet").touch()
    nothing = hashlib.sha256(b"").hexdigest()
    path = settings.home / "archive" / "landings" / f"{batch}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sealed({"name": batch, "number": 0, "files": {f"delivery/{batch}.parquet": nothing}}))


def test_the_same_inputs_are_built_once(settings: Settings, runs: Runs) -> None:
    assert not build(settings, DAY).skipped
    assert build(settings, DAY).skipped
    assert is_built(settings, DAY)
    assert runs == [(None, False)]


def test_a_new_batch_or_another_date_is_built(settings: Settings, runs: Runs) -> None:
    build(settings, DAY)
    build(settings, date(2019, 11, 30))
    land(settings, "b-feed")
    assert not is_built(settings, DAY)
    build(settings, DAY)
    assert len(runs) == 3


def test_a_changed_model_is_built(
    settings: Settings, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    (project / "target").mkdir(parents=True)
    (project / "a.sql").write_text("select 1")
    monkeypatch.setattr(build_state, "DBT_PROJECT", project)
    build(settings, DAY)
    (project / "target" / "run.json").write_text("generated")
    assert is_built(settings, DAY)
    (project / "a.sql").write_text("select 2")
    assert not is_built(settings, DAY)


def test_layers_add_up_to_a_build(settings: Settings, runs: Runs) -> None:
    for layer in build_state.LAYERS:
        assert not is_built(settings, DAY)
        build(settings, DAY, layer=layer)
    assert is_built(settings, DAY)
    assert [layer for layer, _ in runs] == list(build_state.LAYERS)


def test_a_layer_never_mixes_two_states_of_the_lake(settings: Settings, runs: Runs) -> None:
    build(settings, DAY, layer="staging")
    build(settings, DAY, layer="intermediate")
    land(settings, "b-feed")
    build(settings, DAY, layer="marts")
    assert [layer for layer, _ in runs[2:]] == ["staging", "intermediate", "marts"]


def test_what_failed_is_resumed_and_not_published(
    settings: Settings, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "_run", recorder(runs, failing="all"))
    with pytest.raises(SanbaoError, match="BUILD_FAILED"):
        build(settings, DAY)
    with pytest.raises(SanbaoError, match="BUILD_UNFINISHED"):
        publish_serving(settings, DAY)
    monkeypatch.setattr(builder, "_run", recorder(runs))
    assert build(settings, DAY).resumed
    assert build_state.read_state(settings).unfinished == []


def test_what_was_killed_is_built_from_its_start(
    settings: Settings, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(builder, "_run", killed)
    with pytest.raises(KeyboardInterrupt):
        build(settings, DAY)
    assert not is_built(settings, DAY)
    monkeypatch.setattr(builder, "_run", recorder(runs))
    assert not build(settings, DAY).resumed


def test_a_removed_warehouse_is_built_anew(settings: Settings, runs: Runs) -> None:
    build(settings, DAY)
    settings.warehouse.unlink()
    assert not is_built(settings, DAY)


@pytest.mark.parametrize("lock", [night_lock, warehouse_lock])
def test_two_nights_do_not_write_at_once(settings: Settings, lock: Lock) -> None:
    with (
        lock(settings, 0),
        pytest.raises(SanbaoError, match="HOME_BUSY"),
        lock(settings, 0),
    ):
        raise AssertionError("two writers at once")
    with lock(settings, 0):
        pass  # free again


@pytest.mark.parametrize("busy", ["a night", "a build", "a file"])
def test_nothing_is_mended_while_anything_writes(settings: Settings, busy: str) -> None:
    """A task of Airflow holds neither the night nor, while it loads a file, the warehouse."""
    locks = {
        "a night": night_lock(settings),
        "a build": warehouse_lock(settings),
        "a file": turn_of(Home(settings.home), "water"),
    }
    with locks[busy]:
        for mend in (lambda: repair(settings, print), lambda: adopt(settings)):
            with pytest.raises(SanbaoError, match="HOME_BUSY"):
                mend()
    with home_at_rest(settings):
        pass
