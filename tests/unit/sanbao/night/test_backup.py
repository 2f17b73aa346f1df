"""A backup is whole or it is refused; it is restored into an empty home, killed in between or not."""

from __future__ import annotations

import io
import json
import os
import random
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from ingestion import Home, receive
from ingestion.lake.integrity import lake_faults
from ingestion.lake.modes import wrong_modes
from sanbao.errors import SanbaoError
from sanbao.night import backup as backup_module
from sanbao.night.backup import backup
from sanbao.night.backup_file import read_backup
from sanbao.night.home import catalog
from sanbao.night.load import load_received, receive_files
from sanbao.night.restore import restore
from sanbao.settings import Settings

pytestmark = pytest.mark.slow

FLIPS = 150


@pytest.fixture
def used(tmp_path: Path) -> Settings:
    """A home that has loaded a file, with its servers' secrets and settings; nothing is built."""
    settings = Settings(home=tmp_path / "home", as_of=date(2019, 12, 31), workers=1)
    receive_files(settings)
    (settings.home / "inbox" / "water" / "a.csv").write_bytes(b"a,b\n1,2\n" * 50)
    for receipt in receive_files(settings):
        load_received(settings, receipt)
    settings.secrets.mkdir(mode=0o700)
    (settings.secrets / "superset_secret_key").write_text("k" * 40)
    claim = settings.home / "inbox" / ".claimed" / "20191231T000000.000000Z-00000" / "water"
    claim.mkdir(parents=True)
    (claim / "left behind.csv").write_bytes(b"c\n")
    (settings.home / "superset").mkdir()
    with closing(sqlite3.connect(settings.home / "superset" / "superset.db")) as connection:
        connection.execute("create table dashboard (id integer, name text)")
        connection.execute("insert into dashboard values (1, '总览')")
        connection.commit()
    (settings.home / "superset" / "superset.log").write_text("…", "utf-8")
    (settings.home / "of a later version").mkdir()
    (settings.home / "of a later version" / "state.json").write_text("{}")
    return settings


def kept(home: Path) -> dict[str, bytes]:
    """Every file that has to be in a backup, by the rule told the other way round."""
    tops = {"archive", "lake", "returned", "secrets", "of a later version"}
    found = {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.relative_to(home).parts[0] in tops and path.suffix != ".lock"
    }
    # Bookkeeping that follows from the rest and holds the times of files.
    return {
        name: content for name, content in found.items() if ".renewed" not in name and "/.lock" not in name
    }


def elsewhere(settings: Settings) -> Settings:
    return replace(settings, home=settings.home.with_name("restored"))


def refused(call: Callable[[], object]) -> SanbaoError:
    with pytest.raises(SanbaoError) as caught:
        call()
    return caught.value


def test_everything_comes_back(used: Settings, tmp_path: Path) -> None:
    before = kept(used.home)
    assert any(name.startswith("lake/secret/") for name in before) and len(before) > 30
    done = backup(used, tmp_path / "backups")
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    assert [path.name for path in done.path.parent.iterdir()] == [done.path.name]
    there = elsewhere(used)
    restore(there, done.path)
    after = kept(there.home)
    assert after == {**after, **before}
    with closing(sqlite3.connect(there.home / "superset" / "superset.db")) as connection:
        assert connection.execute("select name from dashboard").fetchall() == [("总览",)]
    assert not (there.home / "superset" / "superset.log").exists()
    assert not (there.home / ".restoring").exists()
    assert wrong_modes(there.home) == [
        f"of a later version{rest}: in no line of the table" for rest in ("", "/state.json")
    ]
    # What had been claimed is received now; what was received before is known.
    (there.home / "inbox" / "water" / "again.csv").write_bytes(b"a,b\n1,2\n" * 50)
    assert [row["file_name"] for row in receive_files(there)] == ["left behind.csv"]


def test_a_changed_byte_is_refused_and_leaves_nothing(used: Settings, tmp_path: Path) -> None:
    content = backup(used, tmp_path / "a.tar.zst").path.read_bytes()
    random_places = random.Random(10)
    there = elsewhere(used)
    bad = tmp_path / "bad.tar.zst"
    without_effect = 0
    for _ in range(FLIPS):
        place = random_places.randrange(len(content))
        flipped = bytearray(content)
        flipped[place] ^= 1 << random_places.randrange(8)
        bad.write_bytes(flipped)
        try:
            read_backup(bad)
            without_effect += 1
        except SanbaoError as error:
            assert error.code == "BACKUP_DAMAGED"
            assert error.values["entry"]
    assert without_effect <= FLIPS // 50  # bits that the packing itself does not look at
    for length in (0, 1, 100, len(content) // 2, len(content) - 1):
        bad.write_bytes(content[:length])
        assert refused(lambda: restore(there, bad)).code == "BACKUP_DAMAGED"
        assert [path.name for path in there.home.iterdir()] == [".night.lock"]


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "lake/../../out", "lake/link", "lake//x"])
def test_an_entry_that_leads_elsewhere_is_refused(tmp_path: Path, name: str, used: Settings) -> None:
    path = tmp_path / "evil.tar.zst"
    with (
        pa.CompressedOutputStream(str(path), "zstd") as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        entry = tarfile.TarInfo(name)
        if name.endswith("link"):
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(entry, io.BytesIO())
    error = refused(lambda: restore(elsewhere(used), path))
    assert (error.code, error.values["entry"]) == ("BACKUP_DAMAGED", name)
    assert not (tmp_path / "out").exists()


def test_a_home_with_data_is_left_alone(used: Settings, tmp_path: Path) -> None:
    path = backup(used, tmp_path / "a.tar.zst").path
    before = kept(used.home)
    assert refused(lambda: restore(used, path)).code == "RESTORE_NOT_EMPTY"
    assert kept(used.home) == before
    waiting = elsewhere(used)
    (waiting.home / "inbox" / "water").mkdir(parents=True)
    (waiting.home / "inbox" / "water" / "new.csv").touch()
    assert refused(lambda: restore(waiting, path)).code == "RESTORE_NOT_EMPTY"


def test_a_home_that_never_received_anything_gives_no_backup(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", as_of=date(2019, 12, 31))
    receive_files(settings)
    assert refused(lambda: backup(settings, tmp_path / "b")).code == "NOTHING_TO_BACK_UP"
    assert not (tmp_path / "b").exists()


def test_a_restore_that_was_killed_goes_on(
    used: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backup(used, tmp_path / "a.tar.zst").path
    whole = elsewhere(used)
    restore(whole, path)
    rename = Path.rename
    for number in range(1, 20):
        there = replace(used, home=tmp_path / f"killed-{number}")
        done = 0

        def dies(self: Path, target: Path, at: int = number) -> Path:
            nonlocal done
            done += 1
            if done == at:
                raise KeyboardInterrupt
            return rename(self, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", dies)
            try:
                restore(there, path)
                break
            except KeyboardInterrupt:
                pass
        assert refused(lambda: receive_files(there)).code == "RESTORE_UNFINISHED"  # noqa: B023
        restore(there, path)
        assert kept(there.home) == kept(whole.home)
    assert number > 4


def test_superset_may_write_during_the_backup(used: Settings, tmp_path: Path) -> None:
    database, over = used.home / "superset" / "superset.db", threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            while not over.is_set():
                connection.execute("insert into dashboard select id + 1, name from dashboard limit 50")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        path = backup(used, tmp_path / "a.tar.zst").path
    finally:
        over.set()
        writer.join()
    restore(elsewhere(used), path)
    with closing(sqlite3.connect(elsewhere(used).home / "superset" / "superset.db")) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("select count(*) from dashboard").fetchone()[0] >= 1


def test_no_backup_is_left_half_written(
    used: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", dies)
    with pytest.raises(OSError, match="no space"):
        backup(used, tmp_path / "b")
    assert list((tmp_path / "b").iterdir()) == []


def test_what_a_killed_backup_left_is_removed(used: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    (folder / ".sanbao-20191231T000000Z.tar.zst.999999999.tmp").touch()
    living = folder / f".sanbao-20191231T000000Z.tar.zst.{os.getpid()}.tmp"
    living.touch()
    (used.home / "superset" / ".backup-x").mkdir()
    (used.home / "superset" / ".backup-x" / "copy.tmp").touch()
    done = backup(used, folder)
    assert sorted(folder.iterdir()) == sorted([done.path, living])
    assert not (used.home / "superset" / ".backup-x").exists()


@pytest.mark.parametrize("behind", ["itself", b"\0" * 512, b"x", b"\0" * (1 << 20)], ids=repr)
def test_a_backup_with_more_behind_it_is_refused(used: Settings, tmp_path: Path, behind: bytes | str) -> None:
    """`cat A A > B`, and whatever else belongs to no entry."""
    path = backup(used, tmp_path / "a.tar.zst").path
    content = path.read_bytes()
    path.write_bytes(content + (behind if isinstance(behind, bytes) else content))
    there = elsewhere(used)
    assert refused(lambda: restore(there, path)).code == "BACKUP_DAMAGED"
    assert [left.name for left in there.home.iterdir()] == [".night.lock"]


@pytest.mark.parametrize("mark", ["ready.json", "rebuild.json"])
def test_a_mark_that_no_restore_left_is_not_gone_on_with(used: Settings, tmp_path: Path, mark: str) -> None:
    path = backup(used, tmp_path / "a.tar.zst").path
    there = elsewhere(used)
    folder = there.home / ".restoring"
    folder.mkdir(parents=True)
    for manifest in (None, read_backup(path).digest):  # even where it names the backup
        todo = {"dates": {}, "file_count": 0, "manifest": manifest}
        (folder / mark).write_text(json.dumps(todo))
        assert refused(lambda: restore(there, path)).code == "RESTORE_UNLIKE"
        assert refused(lambda: receive_files(there)).code == "RESTORE_UNFINISHED"
    with pytest.raises(FileNotFoundError):
        restore(there, tmp_path / "none.tar.zst")


def test_a_restore_goes_on_only_with_its_own_backup(
    used: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = (backup(used, tmp_path / f"{name}.tar.zst").path for name in "ab")
    there = elsewhere(used)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("sanbao.night.restore._rebuild", dies)
        restore(there, path)
    assert refused(lambda: restore(there, other)).code == "RESTORE_UNLIKE"
    (there.home / "lake" / "secret" / "person_hash_key.parquet").rename(tmp_path / "key")
    error = refused(lambda: restore(there, path))
    assert error.values["detail"] == "lake/secret/person_hash_key.parquet"
    (tmp_path / "key").rename(there.home / "lake" / "secret" / "person_hash_key.parquet")
    assert restore(there, path).file_count > 30


def test_where_the_last_record_of_the_tar_ends_does_not_matter(used: Settings, tmp_path: Path) -> None:
    """Its two blocks of zeros may stand in two records: the reader stops at the first of them."""
    blocks = tarfile.RECORDSIZE // tarfile.BLOCKSIZE
    for n in range(blocks):
        (used.home / "archive" / "pad").write_bytes(b"p" * tarfile.BLOCKSIZE * (n + 1))
        assert backup(used, tmp_path / f"{n}.tar.zst").file_count > 30


def test_what_is_received_meanwhile_is_not_missed_in_the_backup(
    used: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose number is remembered between listing the records and reading the memory."""
    listed = backup_module._files

    def receives(top: Path) -> list[Path]:
        found = listed(top)
        if top.name == "archive":
            (used.home / "inbox" / "water" / "b.csv").write_bytes(b"b\n1\n")
            receive(Home(used.home), catalog())
        return found

    monkeypatch.setattr(backup_module, "_files", receives)
    path = backup(used, tmp_path / "a.tar.zst").path
    monkeypatch.undo()
    there = elsewhere(used)
    restore(there, path)
    assert not lake_faults(Home(there.home))
