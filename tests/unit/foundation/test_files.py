"""Files are there whole or not at all, with the mode they are to have, and nothing stays of a failure."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from foundation import files
from foundation.files import draft_in, draft_of, flush_folder, put_in_place, sweep_drafts, write_text


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_written_with_its_mode_and_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    write_text("三保障", path)
    assert (path.read_text("utf-8"), mode_of(path)) == ("三保障", 0o640)
    write_text("key", path, mode=0o600)
    assert (path.read_text("utf-8"), mode_of(path)) == ("key", 0o600)
    assert list(path.parent.iterdir()) == [path]


def test_until_it_is_in_place_nobody_else_can_read_it_and_the_old_one_stands(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_text("old", path)
    with draft_of(path) as file:
        file.write(b"new")
        file.flush()
        [draft] = [each for each in tmp_path.iterdir() if each != path]
        assert mode_of(draft) == 0o600
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_nothing_stays_of_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "a"
    write_text("old", path)

    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(OSError, match="no space"):
        write_text("new", path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_file_then_name_then_folder_reach_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def flushes(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def renames(*names: Path) -> None:
        done.append("name")
        replace(*names)

    monkeypatch.setattr(os, "fsync", flushes)
    monkeypatch.setattr(os, "replace", renames)
    write_text("x", tmp_path / "a")
    assert done == ["file", "name", "folder"]


@pytest.mark.parametrize(("number", "is_said"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_disk_that_cannot_flush_folders_will_do_and_one_that_fails_will_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_said: bool
) -> None:
    def fails(_: Path) -> None:
        raise OSError(number, "x")

    monkeypatch.setattr(files, "flush", fails)
    if is_said:
        with pytest.raises(OSError, match="x"):
            flush_folder(tmp_path)
    else:
        flush_folder(tmp_path)


def test_only_old_drafts_are_swept(tmp_path: Path) -> None:
    dead, alive, other = draft_in(tmp_path), draft_in(tmp_path), tmp_path / "kept.tmp"
    for path in (dead, alive, other):
        path.touch()
    for path in (dead, other):
        os.utime(path, (1e9, 1e9))
    (tmp_path / "link").symlink_to(tmp_path)
    sweep_drafts([tmp_path / "link", tmp_path / "none"])
    assert dead.exists()
    sweep_drafts([tmp_path])
    assert sorted(tmp_path.glob("*.tmp")) == sorted([alive, other])


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "slip").symlink_to(tmp_path / "secret")
    draft = draft_in(tmp_path)
    draft.write_text("slip")
    put_in_place(draft, tmp_path / "slip")
    assert (tmp_path / "secret").read_text() == "secret"
    assert (tmp_path / "slip").read_text() == "slip"
