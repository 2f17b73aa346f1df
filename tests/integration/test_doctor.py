"""After a real night: the doctor, the metrics and the drill; faults of a real home are named and healed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sanbao.cli.app import main
from sanbao.night import journal, metrics
from sanbao.night.safekeeping import last_drill
from sanbao.settings import Settings
from tests.unit.sanbao.night.prometheus_text import parse

pytestmark = pytest.mark.slow


@pytest.fixture
def run(loaded_home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("SANBAO_HOME", str(loaded_home.home))
    monkeypatch.setenv("SANBAO_AS_OF", loaded_home.as_of.isoformat())
    return Run(capsys)


class Run:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return int(ended.value.code or 0), self._capsys.readouterr().out

    def errors(self) -> dict[str, str]:
        """What the doctor says of files, nights and modes: code → sentence."""
        findings = json.loads(self("doctor", "--json")[1])["findings"]
        areas = ("files", "night", "permissions", "leftovers", "clock", "backup")
        return {f["code"]: f["sentence"] for f in findings if f["area"] in areas and f["level"] == "ERROR"}


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_a_night_leaves_a_home_that_is_sound_but_for_its_backup(loaded_home: Settings, run: Run) -> None:
    assert set(run.errors()) == {"BACKUP_NEVER"}
    found = parse(metrics.path_of(loaded_home).read_text("utf-8"))
    (last,) = journal.nights(loaded_home)
    assert last.succeeded and list(last.phases) == ["receive", "load", "build", "publish", "return"]
    assert found["sanbao_night_success"].samples == {frozenset(): 1.0}
    read, accepted, held = (
        sum(found[f"sanbao_rows_{name}_total"].samples.values()) for name in ("read", "accepted", "held")
    )
    assert read == accepted + held > 10_000
    assert len(found["sanbao_feed_last_delivery_timestamp_seconds"].samples) > 30
    assert found["sanbao_last_publish_timestamp_seconds"].samples


def test_flipped_bytes_of_a_real_home_are_named_and_healed_by_what_the_doctor_says(
    loaded_home: Settings, run: Run
) -> None:
    lake = max((loaded_home.lake / "register_person").glob("[!_]*.parquet"))
    original = min(path for path in (loaded_home.home / "archive").glob("??/*") if len(path.name) == 64)
    kept = original.read_bytes()
    for path in (lake, original, loaded_home.serving):
        flip(path)
    said = run.errors()
    for code, path in (
        ("LAKE_FILE_CHANGED", lake),
        ("ARCHIVE_FILE_CHANGED", original),
        ("SERVING_FILE_CHANGED", loaded_home.serving),
    ):
        assert str(path.relative_to(loaded_home.home)) in said[code]
    run("verify", "--repair")
    run("publish")
    assert set(run.errors()) == {"ARCHIVE_FILE_CHANGED", "BACKUP_NEVER"}
    original.write_bytes(kept)  # what a backup gives back
    assert set(run.errors()) == {"BACKUP_NEVER"}


def test_a_drill_proves_the_backup_and_leaves_nothing(
    loaded_home: Settings, run: Run, tmp_path: Path
) -> None:
    run("backup", "--to", str(tmp_path / "safe"))
    status, said = run("drill", "--json")
    done = json.loads(said)
    assert status == 0 and done["dates"] == [loaded_home.as_of.isoformat()]
    assert done["files"] > 100 and done["figures"] > 100
    assert not (loaded_home.home / "backups" / ".drill").exists()
    proven = last_drill(loaded_home)
    assert proven is not None and proven.path == done["path"]
    assert run.errors() == {}
