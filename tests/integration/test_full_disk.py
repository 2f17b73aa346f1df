"""A real disk that is full, or read-only: said as that, nothing lost, and the next night is right."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from sanbao import storage
from sanbao.cli.app import main
from sanbao.errors import SanbaoError
from sanbao.night import journal, load
from sanbao.night.build import build
from sanbao.night.load import load_received, receive_files
from sanbao.night.publish import publish_serving
from sanbao.night.returns import renew_returns
from sanbao.settings import Settings
from tests.integration.test_night_crash import differences, landed

pytestmark = pytest.mark.slow
FEW_FILES = ("water", "housing")
MB = 1 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 160 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("NOT TESTED: no file system may be mounted here; run this test as root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def only(disk: Path, free: int) -> Iterator[None]:
    """All but `free` bytes of the disk are taken."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(shutil.disk_usage(disk).free - free, 1))
    yield
    filler.unlink()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(SanbaoError) as caught:
        call()
    assert caught.value.sentence("zh") and caught.value.sentence("en")
    return caught.value.code


def take_in(settings: Settings) -> None:
    for receipt in receive_files(settings):
        load_received(settings, receipt)
    renew_returns(settings)


def test_files_are_taken_in_at_every_level(
    disk: Path, small_county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "refuse_full_disk", lambda settings: None)  # meet the full disk itself

    def fresh(home: Path) -> Settings:
        for department in FEW_FILES:
            shutil.copytree(small_county / department, home / "inbox" / department)
        return Settings(home=home, as_of=date(2019, 12, 31), workers=1)

    undisturbed = fresh(tmp_path / "undisturbed")
    take_in(undisturbed)
    expected = landed(undisturbed)
    names = sorted(path.name for path in (undisturbed.home / "archive" / "receipts").iterdir())
    full = 0
    for kilobytes in (0, 8, 32, 64, 96, 128, 192, 256, 384, 512, 700, 900, 1200, 1600, 2000):
        settings = fresh(disk / f"home-{kilobytes}")
        with only(disk, kilobytes << 10):
            for _ in range(2):  # the second try meets what the first one left
                try:
                    take_in(settings)
                except SanbaoError as error:
                    assert error.code == "DISK_FULL", kilobytes
                    full += 1
        take_in(settings)
        assert landed(settings) == expected, kilobytes
        assert sorted(path.name for path in (settings.home / "archive" / "receipts").iterdir()) == names
        assert not [path for path in (settings.home / "inbox").rglob("*") if path.is_file()]
        shutil.rmtree(settings.home)
    assert full >= 10


@pytest.mark.long
def test_a_build_and_a_publication_on_a_full_disk(loaded_home: Settings, disk: Path) -> None:
    settings = replace(loaded_home, home=disk / "home")
    shutil.copytree(loaded_home.home, settings.home)
    for free in (0, 2 * MB):
        with only(disk, free):
            assert code_of(lambda: build(settings, settings.as_of, force=True)) == "DISK_FULL"
            assert differences(settings.serving, loaded_home.serving) == {}
    build(settings, settings.as_of)
    with duckdb.connect(str(settings.warehouse)) as connection:  # something to publish
        connection.execute(
            "update mart.dim_person set register_person_no = 'x'"
            " where rowid = (select min(rowid) from mart.dim_person)"
        )
    for free in (0, MB // 2, 2 * MB):
        with only(disk, free):
            assert code_of(lambda: publish_serving(settings, force=True)) == "DISK_FULL"
            assert differences(settings.serving, loaded_home.serving) == {}
    publish_serving(settings, force=True)
    assert differences(settings.serving, loaded_home.serving) == {"dim_person": 2}


def test_a_night_that_will_not_fit_is_not_begun(
    disk: Path, small_county: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = disk / "home"
    shutil.copytree(small_county / "water", home / "inbox" / "water")
    before = sorted(str(path) for path in home.rglob("*"))
    monkeypatch.setenv("SANBAO_HOME", str(home))
    settings = Settings(home=home, as_of=date(2019, 12, 31))
    with only(disk, 20 * MB), pytest.raises(SystemExit):
        main(["load", "--as-of", "2019-12-31"])
    said = capsys.readouterr().err
    assert "[DISK_FULL]" in said and "21 MB" in said
    assert f"{storage.needed(settings) / 1e6:,.0f} MB" in said
    # What is kept of it is that it failed, for the doctor and for whoever watches the machine.
    (told,) = journal.nights(settings)
    assert told.code == "DISK_FULL"
    added = {path for path in map(str, home.rglob("*")) if "lock" not in path} - set(before)
    assert {Path(path).relative_to(home).parts[0] for path in added} == {"run", "metrics"}
    assert set(before) <= set(map(str, home.rglob("*")))


def test_a_read_only_disk_and_a_folder_that_is_not_ours(
    disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = disk / "home"
    settings = Settings(home=home, as_of=date(2019, 12, 31))
    receive_files(settings)
    monkeypatch.setenv("SANBAO_HOME", str(home))
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for command in (["load"], ["receive"], ["build"], ["publish"], ["backup"], ["up"]):
        with pytest.raises(SystemExit):
            main(command)
        said = capsys.readouterr().err
        assert "[HOME_READ_ONLY]" in said or "[NOTHING_TO_BACK_UP]" in said, (command, said)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    os.seteuid(61009)
    try:
        assert code_of(lambda: receive_files(settings)) == "HOME_NOT_ALLOWED"
    finally:
        os.seteuid(0)
    receive_files(settings)


def test_another_error_on_a_good_disk_stays_what_it_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, as_of=date(2019, 12, 31))
    for error in (
        ValueError("x"),
        SanbaoError("BUILD_FAILED", layer="all", detail="x"),
        PermissionError(13, "bind"),
    ):
        assert storage.storage_error(error, settings) is None
