"""Attacks on the inbox: nothing is cut, nothing crosses a department, nobody stops the others.

The whole of it, with thousands of tries: `python -m benchmarks.intake_races`.
"""

import os
import resource
import tempfile
import time
from pathlib import Path

import pytest

from benchmarks import intake_races
from foundation.files import write_bytes
from ingestion import receive
from ingestion.lake.home import sweep_partial
from ingestion.lake.not_taken import not_taken
from ingestion.receiving import claims, inbox
from ingestion.receiving.claims import KEPT_SECONDS
from tests.unit.ingestion.helpers import catalog, new_home

pytestmark = pytest.mark.slow

CATALOG = catalog()


@pytest.fixture
def reachable():
    """A folder that other accounts can reach: those of pytest are closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


needs_accounts = pytest.mark.skipif(os.geteuid() != 0, reason="accounts are made real: run as root")


@needs_accounts
@pytest.mark.parametrize("own_account", [True, False])
def test_no_slow_copy_is_cut(reachable, own_account):
    found = intake_races.slow_copies(reachable, 6, own_account=own_account, settle=0.3)
    assert (found["lost"], found["cut_for_good"], found["taken_half_then_whole"]) == (0, 0, 0)


@needs_accounts
def test_what_cannot_be_taken_is_named_and_stops_nobody(reachable):
    found = intake_races.obstacles(reachable)
    assert found["wrong_or_missing"] == []
    assert found["named_with_their_code"] == found["obstacles"] == 13
    assert found["departments_whose_file_came"] == found["departments"] >= 6
    assert (found["odd_names_taken"], found["crossed"], found["theirs_taken"]) == (3, 0, True)


@needs_accounts
def test_no_race_leads_out_of_the_folder(reachable):
    found = intake_races.races(reachable, 100)
    assert (found["crossed"], found["others_missing"], found["prey_gone"]) == (0, 0, 0)
    assert found["swaps"] > 60 and found["others"] > 0
    assert found["taken"] > 5


def test_jumping_clocks_change_no_order(tmp_path):
    found = intake_races.clock_jumps(tmp_path / "home", 40)
    assert (found["received"], found["out_of_order"], found["refused_wrongly_or_let_through"]) == (40, 0, 0)
    assert found["refused"] > 5


def drop(home, data=b"abc", name="education/a.csv"):
    path = home.inbox / name
    path.write_bytes(data)
    return path


def codes(home):
    return {left.name: left.code for left in not_taken(home)}


def test_a_file_that_is_open_for_writing_waits_until_it_is_closed(tmp_path):
    home = new_home(tmp_path)
    with drop(home).open("ab", buffering=0) as out:
        assert receive(home, CATALOG) == []
        assert codes(home) == {"a.csv": "FILE_STILL_OPEN"}
        out.write(b"def")
    (receipt,) = receive(home, CATALOG)
    assert receipt.size_bytes == 6
    assert codes(home) == {}


def test_a_file_that_changed_while_it_was_waited_for_is_left(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    path = drop(home)
    monkeypatch.setattr(inbox.time, "sleep", lambda _: path.write_bytes(b"abcdef"))
    assert receive(home, CATALOG, settle_seconds=5) == []
    assert codes(home) == {"a.csv": "FILE_STILL_CHANGING"}


def test_a_quiet_file_is_not_waited_for(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    drop(home)
    time.sleep(0.1)
    monkeypatch.setattr(inbox.time, "sleep", lambda _: pytest.fail("it lay still already"))
    assert len(receive(home, CATALOG, settle_seconds=0.05)) == 1


def test_a_copied_time_of_change_does_not_make_a_file_old(tmp_path, monkeypatch):
    home, waited = new_home(tmp_path), []
    os.utime(drop(home), (1e9, 1e9))
    monkeypatch.setattr(inbox.time, "sleep", waited.append)
    receive(home, CATALOG, settle_seconds=5)
    assert waited and 4 < waited[0] <= 5


def test_what_is_written_after_the_claim_is_not_lost(tmp_path, monkeypatch):
    """Where the system does not tell who has a file open, its bytes are kept and looked at again."""
    home = new_home(tmp_path)
    for module in (inbox, claims):
        monkeypatch.setattr(module, "has_writer", lambda descriptor: None)
    with drop(home, b"half").open("ab", buffering=0) as out:
        (half,) = receive(home, CATALOG)
        out.write(b" and half")
    (whole,) = receive(home, CATALOG)
    assert home.archived(half.sha256).read_bytes() == b"half"
    assert home.archived(whole.sha256).read_bytes() == b"half and half"
    assert whole.arrival > half.arrival
    (kept,) = home.kept.glob("*/*/*")
    assert receive(home, CATALOG) == [] and kept.exists()
    now = time.time()
    monkeypatch.setattr(inbox.time, "time", lambda: now + KEPT_SECONDS + 60)
    receive(home, CATALOG)
    assert not list(home.kept.iterdir())


def test_nobody_reaches_a_claimed_file_by_its_path(tmp_path):
    home = new_home(tmp_path)
    assert [folder.stat().st_mode & 0o777 for folder in (home.claimed, home.kept)] == [0o700, 0o700]


def test_a_kept_file_that_is_still_open_is_kept_however_old(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    now = time.time()
    with drop(home, b"half").open("ab", buffering=0) as out:
        os.utime(home.inbox / "education" / "a.csv", (now - 7200, now - 7200))
        monkeypatch.setattr(inbox.time, "time", lambda: now + 7200)
        assert len(receive(home, CATALOG)) == 1  # open, and still for more than an hour
        monkeypatch.setattr(inbox.time, "time", lambda: now + 10 * KEPT_SECONDS)
        assert receive(home, CATALOG) == []
        assert len(list(home.kept.glob("*/*/*"))) == 1
        out.write(b" and half")
    (whole,) = receive(home, CATALOG)
    assert home.archived(whole.sha256).read_bytes() == b"half and half"
    assert not list(home.kept.iterdir())


def test_a_claim_that_became_a_link_goes_back_and_is_not_followed(tmp_path):
    home = new_home(tmp_path)
    (tmp_path / "secret").write_bytes(b"secret")
    left = home.claimed / "20200102T120000.000000Z-00001" / "education"
    left.mkdir(parents=True)
    (left / "a.csv").symlink_to(tmp_path / "secret")
    assert receive(home, CATALOG) == []
    assert codes(home) == {"a.csv": "FILE_IS_LINK"}
    assert (home.inbox / "education" / "a.csv").is_symlink()
    assert not list(home.claimed.iterdir())


def test_a_name_that_is_taken_again_keeps_both_files(tmp_path):
    home = new_home(tmp_path)
    left = home.claimed / "20200102T120000.000000Z-00001" / "education"
    left.mkdir(parents=True)
    (left / "a.csv").write_bytes(b"first")
    with (left / "a.csv").open("ab"):
        drop(home, b"second")
        assert [r.size_bytes for r in receive(home, CATALOG)] == [6]
    assert [r.size_bytes for r in receive(home, CATALOG)] == [5]


def test_the_codes_that_are_told_of_what_was_left():
    """Each of them is brought about here or by `intake_races.obstacles`."""
    planted = {
        "FILE_STILL_CHANGING", "FILE_STILL_OPEN", "FILE_UNFINISHED", "FILE_NOT_READABLE", "FILE_NOT_MOVABLE",
        "FILE_IS_LINK", "FILE_HAS_OTHER_NAMES", "FILE_OF_OTHERS", "FILE_NOT_REGULAR", "FOLDER_NOT_READABLE",
        "FOLDER_ELSEWHERE", "FOLDER_TOO_DEEP", "FILE_TOO_LARGE", "FILE_NO_ROOM",
    }  # fmt: skip
    from ingestion.messages.problems import PROBLEMS

    assert {code for code, kind in PROBLEMS.items() if kind.effect == "left"} == planted


def test_a_part_file_is_told_of_when_nobody_goes_on_with_it(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    drop(home, name="education/a.csv.part")
    receive(home, CATALOG)
    assert codes(home) == {}
    monkeypatch.setattr(inbox, "UNFINISHED_SECONDS", -1.0)
    receive(home, CATALOG)
    assert codes(home) == {"a.csv.part": "FILE_UNFINISHED"}


def test_a_folder_on_another_disk_is_told(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    drop(home, name="education/a.csv")
    elsewhere = inbox._Place({"": "unknown", "education": "education"}, inbox.Owners({}, 0, 0), -1)
    found = inbox.Look()
    with inbox.opened(home.inbox, ()) as root:
        inbox._look_into(root, (), found, elsewhere)
    assert not found.seen
    assert {left.code for left in found.left} == {"FOLDER_ELSEWHERE"}


def test_half_written_files_of_dead_processes_are_swept(tmp_path):
    home = new_home(tmp_path)
    dead = [home.archive / ".1234.tmp", home.lake / "delivery" / ".x.99.tmp", home.serving / ".y.tmp"]
    dead.append(home.returned / "education" / ".z.tmp")
    dead += [home.root / ".1.tmp", home.warehouse / ".2.tmp", home.root / "secrets" / ".3.tmp"]
    (home.root / "secrets").mkdir()
    for path in dead:
        path.write_bytes(b"half")
        os.utime(path, (1e9, 1e9))
    (home.archive / ".alive.tmp").write_bytes(b"being written")
    sweep_partial(home)
    assert [path for path in dead if path.exists()] == []
    assert (home.archive / ".alive.tmp").exists()


def test_nothing_is_written_through_a_link_and_nothing_stays_of_a_failure(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "slip.txt").symlink_to(tmp_path / "secret")
    write_bytes(b"slip", tmp_path / "slip.txt")
    assert (tmp_path / "secret").read_bytes() == b"secret"
    assert (tmp_path / "slip.txt").read_bytes() == b"slip"
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_bytes(b"x", tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "secret", "slip.txt"]


def test_a_file_that_grows_too_large_while_it_is_claimed_goes_back(tmp_path, monkeypatch):
    home = new_home(tmp_path)
    path = drop(home)
    claimed = claims.claim_file

    def grown(home, seen, target):
        os.truncate(path, 900 << 30)
        return claimed(home, seen, target)

    monkeypatch.setattr("ingestion.receiving.receive.claim_file", grown)
    assert receive(home, CATALOG, largest=1 << 20) == []
    assert codes(home) == {"a.csv": "FILE_TOO_LARGE"}
    assert path.stat().st_size == 900 << 30


def test_a_large_file_is_copied_piece_by_piece(tmp_path):
    home = new_home(tmp_path)
    os.truncate(drop(home), 256 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (receipt,) = receive(home, CATALOG)
    assert receipt.size_bytes == 256 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10
