"""After a night nobody but the operator gets in where he has no business: the table, and real other users."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingestion import Groups, Home, prepare
from ingestion.lake import modes
from ingestion.lake.modes import PLACES, Given, repair, wrong_modes
from sanbao.cli.app import main
from sanbao.night.home import catalog, prepare_home
from sanbao.settings import Settings

pytestmark = pytest.mark.slow

# Numbers that no account of the system has; a process may take any of them on.
OURS, THEIRS, SUPERSET, NOBODY = 61001, 61002, 61003, 61009
# Succeeds when a single one of the files can be read.
ANY_OF = 'for f in "$@"; do cat "$f" && exit 0; done; exit 1; :'
GROUPS = {"sanbao-education": OURS, "sanbao-civil_affairs": THEIRS, "sanbao-serving": SUPERSET}


@dataclass(frozen=True)
class User:
    """Somebody on the same machine, in one group."""

    group: int

    def may(self, command: str, *paths: Path) -> bool:
        done = subprocess.run(
            ["/bin/sh", "-c", f'umask 007; {command} "$@"', "sh", *map(str, paths)],
            user=self.group,
            group=self.group,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
        return done.returncode == 0


@pytest.fixture
def shared(loaded_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The home of a night, where other users can reach it, with the groups of two departments."""
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root can be other users; run this test as root")
    monkeypatch.setattr(modes, "_group_id", GROUPS.get)
    base = Path(tempfile.mkdtemp(prefix="sanbao-modes-"))
    base.chmod(0o711)
    shutil.copytree(loaded_home.home, base / "home")
    settings = Settings(home=base / "home", as_of=loaded_home.as_of)
    (settings.home / "logs").mkdir(mode=0o700)
    (settings.home / "secrets").mkdir(mode=0o700)
    (settings.home / "logs" / "error.log").write_text("…", "utf-8")
    prepare_home(settings)
    yield settings
    shutil.rmtree(base)


def test_every_path_after_a_night_is_in_the_table_and_not_more_open(loaded_home: Settings) -> None:
    home = loaded_home.home
    assert len(list(home.rglob("*"))) > 200
    assert wrong_modes(home) == []
    for place in PLACES:
        for folder in modes._folders(home, place):
            mode = stat.S_IMODE(folder.stat().st_mode)
            # No groups on this machine: what a group would have is closed.
            assert mode == (0o700 if place.group else place.folder), (folder, oct(mode))
    key = home / "lake" / "secret" / "person_hash_key.parquet"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("inside", "mode"),
    [
        ("archive/receipts", 0o755),
        ("lake/secret/person_hash_key.parquet", 0o640),
        ("serving/serving.duckdb", 0o644),
        ("lake", 0o711),
    ],
)
def test_a_path_that_is_too_open_is_found(loaded_home: Settings, inside: str, mode: int) -> None:
    (loaded_home.home / inside).chmod(mode)
    assert [line.partition(":")[0] for line in wrong_modes(loaded_home.home)] == [inside]


def test_a_path_in_no_line_is_found(loaded_home: Settings) -> None:
    (loaded_home.home / "elsewhere").mkdir()
    assert wrong_modes(loaded_home.home) == ["elsewhere: in no line of the table"]


def test_the_next_night_closes_the_home_of_an_earlier_version(loaded_home: Settings) -> None:
    home = loaded_home.home
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert len(wrong_modes(home)) > 200
    prepare_home(loaded_home)
    assert wrong_modes(home) == []


def test_a_department_reaches_its_own_folders(shared: Settings) -> None:
    clerk, home = User(OURS), shared.home
    given = next(path for path in sorted((home / "returned" / "education").iterdir()) if path.is_file())
    assert clerk.may("cat", given)
    assert clerk.may(ANY_OF, home / "inbox", given)
    assert clerk.may("ls", home / "returned" / "education")
    drop = home / "inbox" / "education" / "花名册.csv"
    assert clerk.may("cp /dev/null", drop)
    assert clerk.may("cat", drop)
    assert drop.stat().st_gid == OURS
    assert clerk.may("rm", drop)
    assert not clerk.may("touch", home / "returned" / "education" / "x")


def test_a_department_reaches_nothing_of_anybody_else(shared: Settings) -> None:
    home = shared.home
    _drop(home / "inbox" / "civil_affairs" / "名册.csv", THEIRS)
    for user in (User(OURS), User(NOBODY), User(SUPERSET)):
        folders = [home, home / "inbox", home / "returned"]
        folders += [home / "inbox" / "civil_affairs", home / "returned" / "civil_affairs"]
        folders += [home / "inbox" / ".claimed"]
        private = ("archive", "lake", "warehouse", "reports", "secrets", "logs")
        folders += [home / name for name in private]
        assert not any(user.may("ls", folder) for folder in folders)
        assert not any(user.may("touch", folder / "x") for folder in folders)
        below = [home / "inbox" / "civil_affairs", home / "returned" / "civil_affairs"]
        files = [
            path
            for top in [*below, *(home / name for name in private)]
            for path in top.rglob("*")
            if path.is_file()
        ]
        assert {path.relative_to(home).parts[0] for path in files} >= {"inbox", "returned", "archive", "lake"}
        assert not user.may(ANY_OF, *files)
    assert User(THEIRS).may("cat", home / "inbox" / "civil_affairs" / "名册.csv")


def test_superset_reads_the_serving_file_and_departments_do_not(shared: Settings) -> None:
    assert User(SUPERSET).may("cat", shared.serving)
    assert not User(SUPERSET).may("touch", shared.serving_dir / "x")
    assert not User(OURS).may("cat", shared.serving)


def test_files_given_back_before_the_group_existed_become_readable(shared: Settings) -> None:
    folder = shared.home / "returned" / "education"
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 0, 0)
    given = next(path for path in sorted(folder.iterdir()) if path.is_file())
    assert not User(OURS).may("cat", given)
    repair(shared.home, Groups())
    assert User(OURS).may("cat", given)
    assert not User(THEIRS).may("cat", given)


def test_nothing_in_an_inbox_is_touched(shared: Settings) -> None:
    drop = shared.home / "inbox" / "education" / "a.csv"
    _drop(drop, OURS)
    link = shared.home / "inbox" / "education" / "link"
    secret = shared.home / "lake" / "secret" / "person_hash_key.parquet"
    link.symlink_to(secret)
    before = drop.stat(), secret.stat()
    prepare_home(shared)
    assert (drop.stat().st_mode, secret.stat().st_mode) == (before[0].st_mode, before[1].st_mode)
    assert secret.stat().st_gid == before[1].st_gid


def test_the_operator_is_told_which_folder_has_its_group(
    shared: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANBAO_HOME", str(shared.home))
    with pytest.raises(SystemExit) as ended:
        main(["accounts", "--json"])
    assert ended.value.code == 0
    rows = {row["folder"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["inbox/education"]["group"], rows["inbox/education"]["mode"]) == ("sanbao-education", "2770")
    assert rows["returned/education"]["mode"] == "2750"
    assert rows["inbox/water"]["state"] != rows["inbox/education"]["state"]
    assert rows["inbox/water"]["mode"] == "0700"


def test_a_group_given_by_hand_stands_and_others_are_shut_out(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root can give folders away; run this test as root")
    home = Home(tmp_path / "home")
    prepare(home, catalog())
    folder = home.inbox / "education"
    os.chown(folder, -1, OURS)
    folder.chmod(0o2777)
    given = repair(home.root, Groups(department="sanbao-none-{department}"))
    assert Given(folder, "sanbao-none-education", "no_group") in given
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2770
    assert folder.stat().st_gid == OURS


def _drop(path: Path, group: int) -> None:
    path.write_bytes(b"a,b\n")
    os.chown(path, group, group)
    path.chmod(0o660)
