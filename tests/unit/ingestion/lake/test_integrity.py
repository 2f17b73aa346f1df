"""What is gone from archive or lake, or changed by one bit, is noticed and named; what was killed is not."""

import json
import random
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from foundation import files as files_module
from ingestion import load_file, pending, receive
from ingestion.lake.adopt import adopt
from ingestion.lake.archive import ArchiveDamagedError
from ingestion.lake.home import Home
from ingestion.lake.integrity import archive_faults, lake_faults
from ingestion.lake.sealed import sealed, unsealed
from ingestion.pipeline import decisions
from ingestion.pipeline.overrides import Override, Value, lift_override, record_override
from ingestion.pipeline.repair import repair
from ingestion.receiving import receive as receive_module
from ingestion.receiving.clock import ClockRule
from ingestion.receiving.inbox import NotOursError
from tests.unit.ingestion.deliveries import CATALOG, NOON, drop, household, register, sheet
from tests.unit.ingestion.helpers import id_number, new_home, tree

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def _loaded(tmp_path_factory):
    """Two months, a row that is held, a file let through, one withdrawn, an override that was lifted."""
    home = new_home(tmp_path_factory.mktemp("home"))
    wrong = household(999, "海安镇", 户主证件号码=id_number(999)[:-1] + "#")
    drop(home, sheet([*register(), wrong], "2019年11月"), name="十一月.csv")
    drop(home, sheet(register(29)), at=31, name="十二月.csv")
    decisions.accept(home, CATALOG, "十二月.csv", reason="搬迁", by="甲", now=NOON + timedelta(days=32))
    drop(home, sheet(register(61, first=7), "2020年1月"), at=60, name="一月.csv")
    decisions.withdraw(home, "一月.csv", reason="错表", by="甲", now=NOON + timedelta(days=61))
    by_hand = Override(
        Value("H1", None, "housing"), "MET", date(2019, 12, 31), date(2020, 3, 31), "漏报", "照片"
    )
    name = record_override(home, by_hand, by="甲", now=NOON + timedelta(days=62))
    lift_override(home, name, reason="复核", by="甲", now=NOON + timedelta(days=63))
    assert not lake_faults(home)
    assert not archive_faults(home)
    return home


@pytest.fixture
def home(_loaded, tmp_path):
    shutil.copytree(_loaded.root, tmp_path / "home")
    return type(_loaded)(tmp_path / "home")


def one(folder):
    return min(path for path in folder.glob("*") if not path.name.startswith(("_", ".")))


AWAY = {
    "lake": (lambda h: h.lake, "LAKE_FILE_MISSING"),
    "feed": (lambda h: h.lake / "register_household", "LAKE_FILE_MISSING"),
    "file": (lambda h: one(h.lake / "register_household"), "LAKE_FILE_MISSING"),
    "deliveries": (lambda h: h.lake / "delivery", "LAKE_FILE_MISSING"),
    "problems": (lambda h: one(h.lake / "problem"), "LAKE_FILE_MISSING"),
    "key": (lambda h: h.lake / "secret" / "person_hash_key.parquet", "LAKE_FILE_MISSING"),
    "archive": (lambda h: h.archive, "LAKE_FILE_UNKNOWN"),
    "receipts": (lambda h: h.receipts, "RECEIPT_LOST"),
    "receipt": (lambda h: one(h.receipts), "RECEIPT_LOST"),
    "outcomes": (lambda h: h.outcomes, "OUTCOME_LOST"),
    "outcome": (lambda h: one(h.outcomes), "OUTCOME_LOST"),
    "landings": (lambda h: h.landings, "LAKE_FILE_UNKNOWN"),
    "landing": (lambda h: one(h.landings), "LAKE_FILE_UNKNOWN"),
}


@pytest.mark.parametrize("what", AWAY)
def test_what_is_gone_is_named(home, what):
    where, code = AWAY[what]
    path = where(home)
    gone = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    # A night looks at names only before it begins; that is enough to see this.
    found = lake_faults(home, contents=False)
    assert code in {fault.code for fault in found}
    if code != "LAKE_FILE_UNKNOWN":
        assert {fault.where for fault in found} & {str(p.relative_to(home.root)) for p in gone}
    for fault in found:
        assert fault.where in fault.sentence("zh")
        assert fault.remedy("zh")
        assert fault.remedy("en")


def test_lake_rows_and_their_record_gone_together_are_missed(home):
    landing = one(home.landings)
    for name in unsealed(landing)["files"]:
        (home.lake / name).unlink()
    landing.unlink()
    assert "LANDING_LOST" in {fault.code for fault in lake_faults(home, contents=False)}


@pytest.mark.parametrize("kind", ["receipts", "outcomes", "landings"])
def test_two_records_that_took_each_others_place_are_named(home, kind):
    folder = getattr(home, kind)
    first, second, *_ = sorted(path for path in folder.glob("*") if not path.name.startswith(("_", ".")))
    for source, target in ((first, folder / "aside"), (second, first), (folder / "aside", second)):
        source.rename(target)
    damaged = {f.where for f in lake_faults(home, contents=False) if f.code == "RECORD_DAMAGED"}
    assert damaged == {str(path.relative_to(home.root)) for path in (first, second)}
    if kind != "landings":
        repair(home, CATALOG)
        assert not lake_faults(home)


def test_an_outcome_in_place_of_another_is_named(home):
    first, second, *_ = sorted(path for path in home.outcomes.glob("*") if not path.name.startswith("."))
    shutil.copyfile(first, second)
    assert str(second.relative_to(home.root)) in {f.where for f in lake_faults(home, contents=False)}
    repair(home, CATALOG)
    assert not lake_faults(home)


def test_a_fault_says_whose_file_it_is(home):
    (path,) = (
        p for p in (home.lake / "register_household").glob("*") if p.stem in _batches(home, "十一月.csv")
    )
    path.unlink()
    (fault,) = lake_faults(home)
    assert (fault.department, fault.feed) == ("poverty_relief", "register_household")
    assert "十一月.csv" in fault.sentence("zh")
    assert "2020-01-02" in fault.sentence("en")


def _batches(home, file_name):
    records = [unsealed(path) for path in home.landings.glob("[!_]*.json")]
    return {r["name"] for r in records if (r["outcome"] or {}).get("file_name") == file_name}


def test_a_fresh_home_is_whole(tmp_path):
    assert not lake_faults(Home(tmp_path))
    assert not lake_faults(new_home(tmp_path))


def test_one_bit_anywhere_is_noticed(home):
    files = [p for p in (*home.archive.rglob("*"), *home.lake.rglob("*")) if p.is_file() and p.stat().st_size]
    dice = random.Random(1)
    for path in dice.choices(files, weights=[p.stat().st_size for p in files], k=60):
        good = path.read_bytes()
        at = dice.randrange(len(good))
        path.write_bytes(good[:at] + bytes([good[at] ^ (1 << dice.randrange(8))]) + good[at + 1 :])
        found = [*lake_faults(home), *archive_faults(home)]
        if not found:  # only where the layout of a record changed, and nothing that it says
            assert path.suffix == ".json"
            assert json.loads(path.read_bytes()) == json.loads(good)
        else:
            assert str(path.relative_to(home.root)) in {fault.where for fault in found}
        path.write_bytes(good)
    assert not lake_faults(home)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("writes", range(12))
def test_what_a_killed_load_leaves_is_no_fault(home, monkeypatch, writes):
    (home.inbox / "poverty_relief" / "二月.csv").write_bytes(sheet(register(63), "2020年2月"))
    receive(home, CATALOG, now=NOON + timedelta(days=90))
    real, count = files_module.put_in_place, iter(range(100))

    def dies(partial, path):
        if next(count) == writes:
            raise Killed
        real(partial, path)

    with monkeypatch.context() as patch:
        patch.setattr(files_module, "put_in_place", dies)
        try:
            for receipt in pending(home):
                load_file(home, CATALOG, receipt)
            assert writes > 4
        except Killed:
            pass
    assert not lake_faults(home)
    for receipt in pending(home):
        load_file(home, CATALOG, receipt)
    assert not lake_faults(home)


@pytest.mark.parametrize("moment", [0, 1])
def test_a_withdrawal_that_was_killed_is_no_fault_and_takes_effect(home, monkeypatch, moment):
    before = set((home.lake / "withdrawal").iterdir())
    real, count = files_module.put_in_place, iter(range(100))

    def dies(partial, path):
        if next(count) == moment:
            raise Killed
        real(partial, path)

    with monkeypatch.context() as patch:
        patch.setattr(files_module, "put_in_place", dies)
        with pytest.raises(Killed):
            decisions.withdraw(home, "十一月.csv", reason="错", by="甲", now=NOON + timedelta(days=99))
    assert not lake_faults(home, contents=False)
    receive(home, CATALOG, now=NOON + timedelta(days=100))
    assert not lake_faults(home)
    assert len(set((home.lake / "withdrawal").glob("*.parquet")) - before) == moment


def test_repair_makes_the_same_bytes_again(home):
    before = tree(home)
    for path in home.lake.rglob("*.parquet"):
        if path.parent.name != "secret":
            path.unlink()
    for folder in (home.receipts, home.outcomes):
        shutil.rmtree(folder)
        folder.mkdir()
    assert repair(home, CATALOG)
    assert not lake_faults(home)
    assert tree(home) == before


def test_repair_mends_changed_bytes_and_never_puts_back_others(home):
    feed = home.lake / "register_household"
    for path in feed.glob("[!_]*"):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    stem = min(_batches(home, "十一月.csv"))
    landing = unsealed(home.landings / f"{stem}.json")
    home.archived(landing["receipt"]["sha256"]).write_bytes(b"not what came")
    repair(home, CATALOG)
    left = lake_faults(home)
    # The original of one is damaged too; what came after it is judged by it, and still comes out the same.
    assert [fault.where for fault in left if stem in fault.where] == [
        f"lake/register_household/{stem}.parquet"
    ]
    assert {fault.code for fault in archive_faults(home)} == {"ARCHIVE_FILE_CHANGED"}


def test_bytes_that_changed_in_the_archive_never_load_and_are_healed_when_they_come_again(home):
    data = sheet(register(62), "2020年2月")
    (home.inbox / "poverty_relief" / "二月.csv").write_bytes(data)
    (receipt,) = receive(home, CATALOG, now=NOON + timedelta(days=90))
    home.archived(receipt.sha256).write_bytes(data.replace("陈文".encode(), "陈武".encode(), 1))
    with pytest.raises(ArchiveDamagedError):
        load_file(home, CATALOG, receipt)
    assert [r.sha256 for r in pending(home)] == [receipt.sha256]
    assert not lake_faults(home)
    (home.inbox / "poverty_relief" / "二月再报.csv").write_bytes(data)
    receive(home, CATALOG, now=NOON + timedelta(days=91))
    assert home.archived(receipt.sha256).read_bytes() == data
    (outcome,) = load_file(home, CATALOG, receipt)
    assert outcome.delivery_state == "LOADED"


def test_a_home_of_an_older_version_is_refused_until_it_is_adopted(home):
    for path in home.receipts.glob("*.json"):
        path.write_bytes(json.dumps(unsealed(path)).encode())
    for path in home.outcomes.glob("*.json"):
        path.write_bytes(json.dumps(unsealed(path)["outcomes"]).encode())
    for path in (*home.decisions.glob("*.json"), *(home.archive / "returns").glob("*.json")):
        path.write_bytes(json.dumps(unsealed(path)).encode())
    shutil.rmtree(home.landings)
    assert {"RECORD_UNSEALED", "LAKE_FILE_UNKNOWN"} <= {fault.code for fault in lake_faults(home)}
    home.landings.mkdir()
    assert adopt(home, CATALOG)
    assert not lake_faults(home)
    assert not adopt(home, CATALOG)


def test_a_receipt_without_its_seal_is_not_taken(home):
    path = one(home.receipts)
    receipt = unsealed(path)
    path.write_bytes(json.dumps(receipt).encode())
    assert [fault.code for fault in lake_faults(home)] == ["RECORD_UNSEALED"]


def faults_by_code(home):
    return {fault.code: fault.where for fault in lake_faults(home, contents=False)}


def remove_all_of(home, sha256):
    """Everything that speaks of a file: original, receipt, outcome, landings, lake files."""
    for path in home.landings.glob("[!_]*.json"):
        landing = unsealed(path)
        if (landing["receipt"] or {}).get("sha256") == sha256:
            for name in landing["files"]:
                (home.lake / name).unlink()
            path.unlink()
    for folder in (home.receipts, home.outcomes):
        (folder / f"{sha256}.json").unlink()
    home.archived(sha256).unlink()


def test_a_file_of_which_everything_is_gone_is_missed_by_its_number(home):
    receipts = [unsealed(path) for path in home.receipts.glob("*.json")]
    (gone,) = (receipt for receipt in receipts if receipt["file_name"] == "十一月.csv")
    remove_all_of(home, gone["sha256"])
    assert faults_by_code(home) == {"ARRIVAL_LOST": f"archive/receipts#{gone['received_no']}"}
    assert not archive_faults(home)
    repair(home, CATALOG)
    assert "ARRIVAL_LOST" in faults_by_code(home)
    assert adopt(home, CATALOG) == 1  # a person knows of it
    assert not lake_faults(home)


def test_a_file_that_waits_and_is_gone_is_missed_too(home):
    (home.inbox / "poverty_relief" / "二月.csv").write_bytes(sheet(register(63), "2020年2月"))
    (receipt,) = receive(home, CATALOG, now=NOON + timedelta(days=90))
    home.archived(receipt.sha256).unlink()
    (home.receipts / f"{receipt.sha256}.json").unlink()
    assert faults_by_code(home) == {"ARRIVAL_LOST": f"archive/receipts#{receipt.received_no}"}


def test_a_number_that_was_given_up_is_no_fault(home, monkeypatch):
    """A claim that had to be put back, between two that were taken."""
    for name in ("a", "b", "c"):
        (home.inbox / "poverty_relief" / f"{name}.csv").write_bytes(name.encode())
    real = receive_module.archive_claim

    def refuses(home, claim, *rest):
        if claim.name == "b.csv":
            raise NotOursError("FILE_STILL_CHANGING")
        return real(home, claim, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(receive_module, "archive_claim", refuses)
        assert len(receive(home, CATALOG, now=NOON + timedelta(days=90))) == 2
    assert not lake_faults(home)
    assert len(receive(home, CATALOG, now=NOON + timedelta(days=91))) == 1
    assert not lake_faults(home)


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b'{"last')])
def test_the_memory_of_the_last_number_is_missed_and_made_again(home, spoil):
    path = home.archive / "last_number.json"
    last = unsealed(path)["last_number"]
    spoil(path)
    (code,) = faults_by_code(home)
    assert code in ("RECORD_LOST", "RECORD_DAMAGED")
    assert [fault.where for fault in repair(home, CATALOG)] == ["archive/last_number.json"]
    assert unsealed(path)["last_number"] == last
    assert not lake_faults(home)


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b'{"seen')])
def test_who_confirmed_the_clock_is_never_lost_without_a_word(home, spoil):
    path, later = home.archive / "clock.json", datetime(2027, 1, 1, tzinfo=UTC)
    (home.inbox / "poverty_relief" / "二月.csv").write_bytes(sheet(register(63), "2020年2月"))
    receive(home, CATALOG, now=later, clock=ClockRule(60, "甲"))
    assert not lake_faults(home, contents=False)
    spoil(path)
    assert faults_by_code(home) == {"CLOCK_RECORD_LOST": "archive/clock.json"}
    repair(home, CATALOG)
    assert not lake_faults(home, contents=False)
    begun_anew = unsealed(path)
    assert datetime.fromisoformat(begun_anew["seen_at"]) == later
    assert begun_anew["confirmed"] == [] and begun_anew["lost_before"]
    # Also after the next run, whose clock is held against the newest receipt.
    (home.inbox / "poverty_relief" / "三月.csv").write_bytes(b"x")
    receive(home, CATALOG, now=later + timedelta(days=1), clock=ClockRule(60))
    assert unsealed(path)["lost_before"] == begun_anew["lost_before"]


def test_records_of_an_earlier_round_put_back_are_named(home):
    """Both are whole, and fit one another: only what landed since tells."""
    (path,) = (p for p in home.receipts.glob("*.json") if unsealed(p)["file_name"] == "十二月.csv")
    outcome = home.outcomes / path.name
    late = path.read_bytes(), outcome.read_bytes()
    first = min(
        (unsealed(p) for p in home.landings.glob("[!_]*.json")),
        key=lambda each: (each["receipt"] or {}).get("sha256") != path.stem or each["receipt"]["round"],
    )
    assert first["receipt"]["round"] == 1
    path.write_bytes(sealed(first["receipt"]))
    outcome.write_bytes(sealed({"outcomes": [first["outcome"]]}))
    assert faults_by_code(home)["RECORD_OUTDATED"] == f"archive/receipts/{path.name}"
    repair(home, CATALOG)
    assert not lake_faults(home)
    assert (path.read_bytes(), outcome.read_bytes()) == late


def test_an_outcome_that_is_not_what_landed_is_named(home):
    path = one(home.outcomes)
    content = unsealed(path)
    content["outcomes"][0]["rows_accepted"] += 1
    path.write_bytes(sealed(content))
    assert faults_by_code(home) == {"RECORD_OUTDATED": f"archive/outcomes/{path.name}"}
    repair(home, CATALOG)
    assert not lake_faults(home)


def test_a_note_of_bytes_that_came_again_is_missed_and_made_again(home):
    (path,) = (p for p in home.receipts.glob("*.json") if unsealed(p)["file_name"] == "十一月.csv")
    receipt = path.read_bytes()
    (home.inbox / "poverty_relief" / "再报.csv").write_bytes(home.archived(path.stem).read_bytes())
    receive(home, CATALOG, now=NOON + timedelta(days=90))
    (note,) = home.arrivals.glob("*.json")
    said = note.read_bytes()
    shutil.rmtree(home.arrivals)
    assert faults_by_code(home) == {"RECORD_LOST": str(note.relative_to(home.root))}
    path.unlink()  # what is made again is the receipt of the first arrival, not of the second
    repair(home, CATALOG)
    assert (note.read_bytes(), path.read_bytes()) == (said, receipt)
    assert not lake_faults(home)
