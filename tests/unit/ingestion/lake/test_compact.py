"""Compaction changes where rows lie, and nothing else: for any history, killed anywhere, damaged anywhere."""

import hashlib
import multiprocessing
import random
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion import Home, receive
from ingestion.lake import bundle, compacted
from ingestion.lake.batch_files import batches, own_files, read
from ingestion.lake.compact import LakeFileChangedError, bundle_records, compact
from ingestion.lake.home import write_parquet
from ingestion.lake.integrity import lake_faults
from ingestion.lake.sealed import read_every, sealed, unsealed
from ingestion.pipeline import decisions
from ingestion.pipeline.overrides import Override, Value, lift_override, record_override
from ingestion.pipeline.repair import repair
from tests.unit.ingestion.helpers import Insured, new_home
from tests.unit.ingestion.lake import killed_compaction
from tests.unit.ingestion.lake.compaction import History, keep, lake_files, outcomes, recorded, rows, told
from tests.unit.ingestion.marked import CATALOG, NOON, text
from tests.unit.ingestion.warehouse import settle_returns

pytestmark = pytest.mark.slow


def codes(home):
    return Counter(fault.code for fault in lake_faults(home))


@pytest.mark.parametrize("seed", range(4))
def test_any_history_comes_to_the_same_with_compactions_in_between(tmp_path, seed):
    plain, kept = new_home(tmp_path / "plain"), new_home(tmp_path / "kept")
    dice = random.Random(seed)
    for step in History(seed, 12).steps:
        step(plain)
        step(kept)
        if dice.random() < 0.4:
            keep(kept)
            assert codes(kept) == {}
    keep(kept)
    assert codes(kept) == {}
    assert rows(kept) == rows(plain)
    assert told(kept) == told(plain)
    assert len(lake_files(kept)) < len(lake_files(plain))


@pytest.fixture(scope="module")
def _grown(tmp_path_factory):
    """A home after some years, half of which are compacted already."""
    home = new_home(tmp_path_factory.mktemp("grown") / "home")
    steps = History(7, 10).steps
    for number, step in enumerate(steps):
        step(home)
        if number == 5:
            keep(home)
    taken = [outcome for outcome in outcomes(home) if outcome.rows_accepted and not outcome.corrects_batch_id]
    for number, outcome in enumerate(taken[-2:]):  # two of one year
        decisions.withdraw(
            home, outcome.batch_id, reason="投错", by="王", now=NOON + timedelta(days=1000 + number)
        )
    for number in range(2):
        value = Value(f"H{number}", None, "housing")
        by_hand = Override(value, "MET", date(2022, 12, 31), date(2023, 3, 31), "漏报", "照片")
        name = record_override(home, by_hand, by="王", now=NOON + timedelta(days=1010 + number))
        lift_override(home, name, reason="复核", by="王", now=NOON + timedelta(days=1020 + number))
    settle_returns(home, CATALOG)
    return home


@pytest.fixture
def home(_grown, tmp_path):
    shutil.copytree(_grown.root, tmp_path / "home")
    return Home(tmp_path / "home")


def test_what_was_written_for_each_batch_is_read_back(home):
    before = {
        (path.parent.name, path.stem): pq.read_table(path)
        for path in lake_files(home)
        if not compacted.is_compacted(path)
    }
    assert len(before) > 10
    keep(home)
    for (table, batch), was in before.items():
        assert read(home, table, batch).equals(was), (table, batch)
        names = was.column_names[1:3]
        assert read(home, table, batch, names).equals(was.select(names))
        assert batch in batches(home, table)
    assert read(home, "delivery", "ffffffffffffffff-none") is None


def test_a_year_of_a_feed_lies_in_few_files(home):
    keep(home)
    files = [path for path in lake_files(home) if compacted.is_compacted(path)]
    per_year = Counter((path.parent.name, path.stem.split("-")[1]) for path in files)
    assert set(per_year.values()) == {1}
    years = {year for _, year in per_year}
    assert len(years) > 1
    # What is the only one of its table and year keeps its own file until there is a second.
    alone = Counter(path.parent.name for path in lake_files(home) if not compacted.is_compacted(path))
    assert max(alone.values(), default=0) <= 4
    again = lake_files(home)
    keep(home)
    assert lake_files(home) == again
    assert not any(any(folder.glob("[!._]*")) for folder in (home.receipts, home.outcomes, home.landings))


def test_files_that_are_large_stay_as_they_are(home):
    sizes = {path: path.stat().st_size for path in lake_files(home)}
    assert compact(home, small_bytes=min(sizes.values())) == []
    assert {path: path.stat().st_size for path in lake_files(home)} == sizes


def test_files_of_other_columns_are_not_put_together(home):
    """A column that a file from before a contract's change lacks is not one that is empty."""
    own = own_files(home, "delivery")
    older = own[0]
    write_parquet(pq.read_table(older).drop_columns(["cells_held"]), older)
    landing = home.landings / f"{older.stem}.json"
    content = unsealed(landing)
    content["files"][f"delivery/{older.name}"] = hashlib.sha256(older.read_bytes()).hexdigest()
    landing.write_bytes(sealed(content))
    keep(home)
    assert "cells_held" not in read(home, "delivery", older.stem).column_names
    assert all("cells_held" in read(home, "delivery", path.stem).column_names for path in own[1:])
    assert codes(home) == {}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(3))
def test_a_compaction_that_is_killed_anywhere_loses_and_doubles_nothing(home, tmp_path, part):
    wanted, said = rows(home), recorded(home)
    shutil.copytree(home.root, tmp_path / "whole")
    keep(Home(tmp_path / "whole"))
    names = [path.relative_to(tmp_path / "whole") for path in lake_files(Home(tmp_path / "whole"))]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([killed_compaction.__name__])
    number, ended = part + 1, False
    while not ended:
        victim = Home(tmp_path / f"killed{number}")
        shutil.copytree(home.root, victim.root)
        process = context.Process(target=killed_compaction.main, args=(victim.root, number))
        process.start()
        process.join()
        ended = process.exitcode == 0
        assert ended or process.exitcode == -9
        compacted.finish(victim)  # what every command does first
        assert codes(victim) == {}, number
        assert rows(victim) == wanted, number
        assert recorded(victim) == said, number
        keep(victim)
        assert [path.relative_to(victim.root) for path in lake_files(victim)] == names, number
        assert not [*victim.root.rglob("*.new")], number
        shutil.rmtree(victim.root)
        number += 3
    assert number > 30, "hardly anything was tried"


def _spoil(path: Path) -> bytes:
    was = path.read_bytes()
    at = len(was) // 2
    path.write_bytes(was[:at] + bytes([was[at] ^ 1]) + was[at + 1 :])
    return was


@pytest.mark.parametrize(
    "table",
    [
        "insurance_enrolment",
        "delivery",
        "delivery_part",
        "problem",
        "withdrawal",
        "override",
        "override_lift",
    ],
)
@pytest.mark.parametrize("spoil", [_spoil, Path.unlink], ids=["changed", "gone"])
def test_a_compacted_file_that_is_damaged_is_named_and_made_again(home, table, spoil):
    keep(home)
    assert codes(home) == {}
    path = max((home.lake / table).glob("compacted-*"))
    was = path.read_bytes()
    spoil(path)
    (fault,) = lake_faults(home)
    assert fault.where == f"lake/{table}/{path.name}"
    assert fault.code == ("LAKE_FILE_CHANGED" if path.exists() else "LAKE_FILE_MISSING")
    assert repair(home, CATALOG) == [fault]
    assert path.read_bytes() == was
    assert codes(home) == {}


def test_no_damaged_file_is_put_together_with_others(home):
    own = own_files(home, "delivery")
    before = rows(home)
    was = _spoil(own[0])
    with pytest.raises(LakeFileChangedError):
        compact(home)
    own[0].write_bytes(was)
    assert rows(home) == before
    assert codes(home) == {}


def test_the_lost_record_of_what_is_compacted_is_written_again(home):
    keep(home)
    path = compacted.record_path(home)
    was = compacted.compaction(home)
    path.unlink()
    assert codes(home) == {"RECORD_LOST": 1}
    repair(home, CATALOG)
    assert {file.name: file for file in compacted.compaction(home).files} == {f.name: f for f in was.files}
    assert codes(home) == {}
    path.write_bytes(path.read_bytes().replace(b"compacted-", b"compacted_", 1))
    assert codes(home) == {"RECORD_DAMAGED": 1}
    repair(home, CATALOG)
    assert codes(home) == {}


def test_a_batch_that_lies_twice_is_named(home):
    own = next(path for path in own_files(home, "delivery"))
    data = own.read_bytes()
    keep(home)
    own.write_bytes(data)
    (fault,) = lake_faults(home)
    assert (fault.code, fault.where) == ("LAKE_FILE_TWICE", str(own.relative_to(home.root)))


@pytest.mark.parametrize("folder", ["receipts", "outcomes"])
def test_a_damaged_bundle_costs_one_record_which_is_made_again(home, folder):
    keep(home)
    said = told(home)
    _spoil(bundle.bundle_path(home.archive / folder))
    found = codes(home)
    assert found["RECORD_DAMAGED"] == 1
    repair(home, CATALOG)
    assert codes(home) == {}
    assert told(home) == said


def test_a_damaged_bundle_of_landings_is_named_and_nothing_is_made_up(home):
    keep(home)
    path = bundle.bundle_path(home.landings)
    was = _spoil(path)
    assert codes(home)["RECORD_DAMAGED"] == 1
    repair(home, CATALOG)
    assert codes(home)["RECORD_DAMAGED"] == 1
    path.write_bytes(was)
    assert codes(home) == {}


def test_a_record_with_a_file_of_its_own_holds_before_the_bundle(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_bytes(sealed({"is": name}))
    bundle.put_away(tmp_path, {name: {"is": name} for name in ("a", "b")})
    assert bundle.recorded_names(tmp_path) == ["a", "b"]
    assert unsealed(tmp_path / "a.json") == {"is": "a"}
    (tmp_path / "a.json").write_bytes(sealed({"is": "newer"}))
    assert read_every(tmp_path, dict) == {"a": {"is": "newer"}, "b": {"is": "b"}}
    bundle.forget(tmp_path / "a.json")
    assert bundle.recorded_names(tmp_path) == ["b"]
    with pytest.raises(FileNotFoundError):
        unsealed(tmp_path / "a.json")


def test_what_is_being_loaded_is_left_alone(home):
    """A receipt that waits keeps its own file, and so does what landed of it."""
    keep(home)
    (home.inbox / "health_insurance" / "新.csv").write_bytes(text(Insured.rows(12)))
    (receipt,) = receive(home, CATALOG)
    bundle_records(home)
    assert (home.receipts / f"{receipt.sha256}.json").exists()
