"""A night over a home that lost a part or a bit: refused and named, or healed; never a wrong row served."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from benchmarks import integrity as tries
from sanbao.cli.app import main
from sanbao.errors import SanbaoError
from sanbao.night import load
from sanbao.night.load import receive_files
from sanbao.night.night import night
from sanbao.night.publish import publish_serving
from sanbao.night.published import read_published
from sanbao.settings import Settings

pytestmark = pytest.mark.slow
EARLIER = date(2019, 11, 30)


@pytest.mark.parametrize("what", [name for name in tries.AWAY if name not in tries.HEALED])
def test_what_is_gone_is_refused_and_the_published_stays(loaded_home: Settings, what: str) -> None:
    code = "KEY_LOST" if what == "hash key" else "HOME_NOT_WHOLE"
    assert tries.without(loaded_home, what) == f"{tries.NOTICED}: {code}"


@pytest.mark.long
def test_a_lost_warehouse_is_built_again_with_every_date_that_was_served(loaded_home: Settings) -> None:
    night(loaded_home, EARLIER)
    before = tries.contents(loaded_home.serving)
    shutil.rmtree(loaded_home.warehouse.parent)
    loaded_home.serving.unlink()
    summary = night(loaded_home)
    assert summary.rebuilt == [EARLIER.isoformat()]
    assert tries.contents(loaded_home.serving) == before


def test_a_damaged_warehouse_is_moved_aside_and_built_again(loaded_home: Settings) -> None:
    before = tries.contents(loaded_home.serving)
    with loaded_home.warehouse.open("r+b") as file:
        for block in range(12288, loaded_home.warehouse.stat().st_size, 1 << 18):
            file.seek(block + 5000)
            file.write(b"\xa5" * 64)
    publish_serving(loaded_home, force=True)
    assert tries.contents(loaded_home.serving) == before
    (aside,) = loaded_home.warehouse.parent.glob("warehouse.damaged-*.duckdb")
    assert aside.stat().st_size > 1 << 20


def test_a_damaged_serving_file_is_recognised_and_written_anew(loaded_home: Settings) -> None:
    before = tries.contents(loaded_home.serving)
    record = read_published(loaded_home)
    with loaded_home.serving.open("r+b") as file:
        file.write(b"\0" * 20_000)  # nothing of it can be read any more
    result = publish_serving(loaded_home)
    assert not result["skipped"]
    assert record is not None
    assert result["version"] > record.version
    assert tries.contents(loaded_home.serving) == before
    assert publish_serving(loaded_home)["skipped"]
    assert not publish_serving(loaded_home, force=True)["skipped"]


def test_bits_flipped_everywhere(loaded_home: Settings) -> None:
    dice = random.Random(7)
    seen = {
        "originals": tries.flip_originals(loaded_home, 20, dice),
        "records": tries.flip_records(loaded_home, 20, dice),
        "states": tries.flip_states(loaded_home, 20, dice),
        "lake": tries.flip_lake(loaded_home, 20, dice),
        "warehouse": tries.flip_database(loaded_home.warehouse, "mart", 20, dice),
        "serving": tries.flip_database(loaded_home.serving, "mart", 20, dice),
        "headers": tries.flip_database(loaded_home.serving, "mart", 10, dice, tries.HEADERS),
        "next publish": tries.flip_serving_record(loaded_home, 20, dice),
    }
    assert {name: found[tries.WRONG] for name, found in seen.items()} == dict.fromkeys(seen, 0)
    assert seen["originals"][tries.NOTICED] == seen["lake"][tries.NOTICED] == 20
    assert seen["serving"][tries.NOTICED] > 0


def test_a_changed_bit_of_the_lake_stops_the_night_before_it_builds(loaded_home: Settings) -> None:
    files = sorted((loaded_home.lake / "register_person").glob("[!_]*.parquet"))
    said = tries.night_after_flip(loaded_home, files, random.Random(3))
    assert said == f"{tries.NOTICED}: HOME_NOT_WHOLE"


def test_a_changed_original_does_not_load_and_the_others_do(
    loaded_home: Settings, small_county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = replace(loaded_home, home=loaded_home.home.parent / "fresh")
    shutil.copytree(small_county / "water", fresh.home / "inbox" / "water")
    waiting = receive_files(fresh)
    assert len(waiting) >= 2
    bad = waiting[0]
    path = fresh.home / "archive" / bad["sha256"][:2] / bad["sha256"]
    tries._flip(path, path.stat().st_size // 2, 0)
    with pytest.raises(load.LoadIncomplete) as caught:
        load.load_all(fresh, waiting, lambda what, done, of: None)
    error = caught.value.error()
    assert error.code == "ARCHIVE_DAMAGED"
    assert f"{bad['department']}/{bad['sha256'][:12]}" in error.sentence("zh")
    assert {row["file_name"] for row in caught.value.outcomes}
    assert [row["sha256"] for row in receive_files(fresh)] == [bad["sha256"]]


def test_less_than_was_served_is_refused_until_a_person_says_why(loaded_home: Settings) -> None:
    with duckdb.connect(str(loaded_home.warehouse)) as connection:
        connection.execute("delete from mart.dim_person where hash(person_key) % 2 = 0")
    before = tries.contents(loaded_home.serving)
    with pytest.raises(SanbaoError, match="SERVED_FALLS"):
        publish_serving(loaded_home, force=True)
    assert tries.contents(loaded_home.serving) == before
    publish_serving(loaded_home, force=True, accept_fall="两镇划出")
    with duckdb.connect(str(loaded_home.serving), read_only=True) as connection:
        (reason,) = connection.execute(
            "select accept_reason from meta.publish_log order by version desc"
        ).fetchone()  # type: ignore[misc]
    assert reason == "两镇划出"


def test_verify_says_what_is_wrong_and_how_to_mend_it(
    loaded_home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANBAO_HOME", str(loaded_home.home))

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["verify", *arguments])
        return int(ended.value.code or 0), capsys.readouterr().out

    assert run()[0] == 0
    lost = max((loaded_home.lake / "register_person").glob("[!_]*.parquet"))
    lost.unlink()
    tries._flip(loaded_home.serving, 2_000_000, 1)
    status, said = run("--json")
    faults = json.loads(said)["faults"]
    assert status == 1
    assert [f["code"] for f in faults] == ["LAKE_FILE_MISSING", "SERVING_FILE_CHANGED"]
    assert faults[0]["file_name"] in faults[0]["sentence"]
    assert run("--repair")[0] == 1
    assert lost.exists()
    publish_serving(loaded_home)
    assert run()[0] == 0
