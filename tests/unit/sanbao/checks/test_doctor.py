"""`sanbao doctor`: every kind of fault is planted, and must be noticed, named and answered."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml
from rich.cells import cell_len

from ingestion import Home
from ingestion.receiving.clock import believe
from sanbao.checks import configuration, doctor, keys, ports, space, versions
from sanbao.checks.findings import Finding
from sanbao.cli.app import main
from sanbao.night import journal
from sanbao.night.backup import backup
from sanbao.night.load import load_received, receive_files
from sanbao.night.published import Published, sha256_of, write_published
from sanbao.night.safekeeping import Kept, note_backup, note_drill
from sanbao.servers.processes import Listener
from sanbao.settings import PROJECT_ROOT, Settings

pytestmark = pytest.mark.slow

LONG_AGO = time.time() - 2 * 86_400
NUMBER = "440899197311070015"


@pytest.fixture(scope="module")
def _sound(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a file, a warehouse, a published file, a night, a backup and a drill: all is well."""
    root = tmp_path_factory.mktemp("sound")
    settings = Settings(home=root / "home", as_of=date(2019, 12, 31), workers=1)
    receive_files(settings)
    (settings.home / "inbox" / "water" / "a.csv").write_bytes(b"a,b\n1,2\n" * 50)
    journal.begin(settings, "command")
    for receipt in receive_files(settings):
        load_received(settings, receipt)
    for path in (settings.warehouse, settings.serving):
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema mart")
            connection.execute(
                "create table mart.fct_figure as select range as i, hash(range) from range(200000)"
            )
        path.chmod(0o640)
    write_published(settings, Published("20191231T000000000000Z", "", {"1": sha256_of(settings.serving)}))
    journal.end(settings)
    (settings.home / "metrics" / "sanbao.prom").touch(0o644)
    done = backup(settings, root / "safe")
    note_drill(settings, Kept(str(done.path), datetime.now(UTC).isoformat(), done.byte_count))
    return settings


@pytest.fixture
def sound(_sound: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy that a test may break. What only the machine's own state decides is left out."""
    shutil.copytree(_sound.home, tmp_path / "home")
    monkeypatch.setattr(ports, "listeners", list[Listener])
    monkeypatch.setattr(keys, "compose_secrets", lambda env: None)
    return Settings(home=tmp_path / "home", as_of=_sound.as_of)


def examined(settings: Settings, now: datetime | None = None, **env: str) -> dict[str, Finding]:
    """Code → finding, of those that are not well (of several of one code the first)."""
    given = {"SANBAO_HOME": str(settings.home), **env}
    _, findings = doctor.examine(given, now=now)
    bad: dict[str, Finding] = {}
    for finding in findings:
        if finding.level != "OK":
            bad.setdefault(finding.code, finding)
    return bad


# Of the machine that runs the tests, and not of the home.
OF_MACHINE = {"ZONE_OTHER", "BACKUP_BESIDE", "SUPERSET_ABSENT", "DISK_LOW", "PORT_UNKNOWN", "PACKAGES_OTHER"}


def said_of(settings: Settings, code: str, now: datetime | None = None, **env: str) -> str:
    """The sentence of the one fault that was planted; nothing else may be found beside it."""
    bad = {
        name: finding for name, finding in examined(settings, now, **env).items() if name not in OF_MACHINE
    }
    assert set(bad) == {code}, {name: finding.sentence("zh") for name, finding in bad.items()}
    assert bad[code].remedy("zh") and bad[code].remedy("en") and bad[code].anchor
    return bad[code].sentence("zh")


def flip(path: Path, at: int | None = None) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 1
    path.write_bytes(bytes(data))


def test_a_sound_home_is_found_sound(sound: Settings) -> None:
    assert set(examined(sound)) <= OF_MACHINE


def test_a_flipped_byte_in_the_archive_is_named(sound: Settings) -> None:
    (original,) = [
        path for path in (sound.home / "archive").glob("??/*") if path.is_file() and len(path.name) == 64
    ]
    flip(original)
    said = said_of(sound, "ARCHIVE_FILE_CHANGED")
    assert str(original.relative_to(sound.home)) in said and "a.csv" in said


def test_a_flipped_byte_in_the_lake_is_named(sound: Settings) -> None:
    file = next(path for path in sorted((sound.lake / "delivery").glob("[!_]*.parquet")))
    flip(file)
    assert f"lake/delivery/{file.name}" in said_of(sound, "LAKE_FILE_CHANGED")


def test_a_flipped_byte_in_the_serving_file_is_named(sound: Settings) -> None:
    flip(sound.serving)
    assert "serving/serving.duckdb" in said_of(sound, "SERVING_FILE_CHANGED")


def test_a_flipped_byte_in_the_warehouse_is_named(sound: Settings) -> None:
    flip(sound.warehouse, 12_288 + (1 << 18) // 2)
    assert "warehouse/warehouse.duckdb" in said_of(sound, "WAREHOUSE_DAMAGED")


@pytest.mark.parametrize(
    ("inside", "mode"),
    [("archive", 0o755), ("lake/secret/person_hash_key.parquet", 0o644), ("serving", 0o2755)],
)
def test_a_path_that_is_too_open_is_named(sound: Settings, inside: str, mode: int) -> None:
    (sound.home / inside).chmod(mode)
    said = said_of(sound, "MODE_TOO_OPEN")
    assert inside in said and f"{mode:04o}" in said


def test_something_that_is_none_of_ours_is_named(sound: Settings) -> None:
    (sound.home / "elsewhere").mkdir()
    assert "elsewhere" in said_of(sound, "PATH_UNKNOWN")


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root can give files away; run it as root")
def test_a_file_of_another_account_is_named(sound: Settings) -> None:
    file = sound.lake / "delivery" / "_empty.parquet"
    os.chown(file, 61009, -1)
    assert "lake/delivery/_empty.parquet 属于账号 61009" in said_of(sound, "OWNER_OTHER")
    drop = sound.home / "inbox" / "water" / "名册.csv"
    drop.write_bytes(b"")
    os.chown(file, os.geteuid(), -1)
    os.chown(drop, 61009, -1)
    assert "OWNER_OTHER" not in examined(sound)


def test_a_clock_that_went_back_is_noticed(sound: Settings) -> None:
    said = said_of(sound, "CLOCK_BACK", datetime.now(UTC) - timedelta(hours=3))
    assert "早于" in said
    believe(Home(sound.home), datetime.now(UTC) + timedelta(days=40))
    assert "早于" in said_of(sound, "CLOCK_BACK")


def test_a_clock_far_ahead_is_noticed(sound: Settings) -> None:
    bad = examined(sound, datetime.now(UTC) + timedelta(days=90))
    assert "CLOCK_AHEAD" in bad and "--clock-is-right" in bad["CLOCK_AHEAD"].remedy("zh")


def test_the_damaged_record_of_the_clock_is_said(sound: Settings) -> None:
    flip(sound.home / "archive" / "clock.json")
    assert "CLOCK_UNKNOWN" in examined(sound)


@pytest.fixture
def stranger(sound: Settings, tmp_path: Path) -> Iterator[Callable[[Path], int]]:
    """Another program that holds a lock on a file, as long as the test lasts."""
    running: list[subprocess.Popen[str]] = []

    def hold(path: Path) -> int:
        code = (
            "import fcntl, sys\nfile = open(sys.argv[1], 'r+')\n"
            "(fcntl.lockf if sys.argv[2] == 'posix' else fcntl.flock)(file, fcntl.LOCK_EX)\n"
            "print('held', flush=True)\nsys.stdin.read()"
        )
        kind = "posix" if path.suffix == ".duckdb" else "flock"
        program = subprocess.Popen(
            [sys.executable, "-c", code, str(path), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(program)
        assert program.stdout and program.stdout.readline() == "held\n"
        return program.pid

    yield hold
    for program in running:
        program.communicate("")


@pytest.mark.parametrize("inside", [".night.lock", "archive/locks/arriving.lock"])
def test_a_lock_of_another_program_is_named(
    sound: Settings, stranger: Callable[[Path], int], inside: str
) -> None:
    path = sound.home / inside
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o640)
    pid = stranger(path)
    said = said_of(sound, "LOCK_FOREIGN")
    assert inside in said and str(pid) in said and "python" in said


def test_a_tool_that_has_the_warehouse_open_is_named(
    sound: Settings, stranger: Callable[[Path], int]
) -> None:
    pid = stranger(sound.warehouse)
    bad = examined(sound)
    assert str(pid) in bad["LOCK_FOREIGN"].sentence("zh")
    assert "WAREHOUSE_BUSY" in bad or "WAREHOUSE_DAMAGED" not in bad


def test_a_lock_file_that_nobody_holds_is_nothing(sound: Settings) -> None:
    (sound.home / ".night.lock").touch(0o640)
    assert set(examined(sound)) <= OF_MACHINE


@pytest.mark.parametrize(
    "inside",
    ["lake/delivery/.0123456789abcdef.tmp", "serving/serving.duckdb.20200101T000000Z.tmp", "run/.x.tmp"],
)
def test_a_stale_draft_is_named_and_a_fresh_one_is_not(sound: Settings, inside: str) -> None:
    draft = sound.home / inside
    draft.touch(0o600)
    assert set(examined(sound)) <= OF_MACHINE
    os.utime(draft, (LONG_AGO, LONG_AGO))
    assert inside in said_of(sound, "DRAFT_LEFT")


def test_what_a_clerk_calls_so_is_the_clerks(sound: Settings) -> None:
    draft = sound.home / "inbox" / "water" / ".upload.tmp"
    draft.touch()
    os.utime(draft, (LONG_AGO, LONG_AGO))
    assert set(examined(sound)) <= OF_MACHINE


def test_a_load_that_was_begun_and_a_program_that_is_gone_are_named(sound: Settings) -> None:
    attempts = sound.home / "archive" / "attempts"
    attempts.mkdir(exist_ok=True)
    (attempts / ("ab" * 32)).touch(0o640)
    assert "abababababab" in said_of(sound, "LOAD_BEGUN")
    (attempts / ("ab" * 32)).unlink()
    record = {"scheduler": {"pid": 2**22 - 1, "created": 1.0, "address": ""}}
    (sound.home / "airflow").mkdir(mode=0o700)
    (sound.home / "airflow" / "processes.json").write_text(json.dumps(record))
    (sound.home / "airflow" / "processes.json").chmod(0o600)
    assert "scheduler" in said_of(sound, "PROGRAM_GONE")


def test_an_unfinished_restoration_is_said(sound: Settings) -> None:
    (sound.home / ".restoring").mkdir(mode=0o700)
    (sound.home / ".restoring" / "ready.json").touch(0o640)
    assert str(sound.home) in said_of(sound, "RESTORE_UNFINISHED")


def test_a_disk_that_is_too_full_is_named_with_what_the_night_needs(
    sound: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = sum(space.needed_in(sound).values())
    for free, code in ((need - 1, "DISK_TOO_FULL"), (2 * need, "DISK_LOW")):
        monkeypatch.setattr(space, "free_in", lambda folder, free=free: free)
        said = examined(sound)[code].sentence("zh")
        assert f"{need / 1e6:,.0f} MB" in said and "lake" in said and "serving" in said
    monkeypatch.setattr(space, "free_in", lambda folder: 4 * need)
    assert not {"DISK_TOO_FULL", "DISK_LOW"} & set(examined(sound))


def test_a_disk_without_room_for_more_files_is_said(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = {"f_files": 10**6, "f_favail": 12, "f_flag": 0, "f_bavail": 1 << 30, "f_bfree": 1 << 30}
    disk |= {"f_frsize": 4096, "f_blocks": 1 << 31}
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(**disk))
    assert "12" in examined(sound)["FILES_LOW"].sentence("zh")


def test_a_read_only_folder_is_said(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs

    def read_only(path: Any) -> Any:
        if Path(path).name == "lake":
            return SimpleNamespace(f_flag=os.ST_RDONLY, f_files=0, f_favail=0)
        return real(path)

    monkeypatch.setattr(os, "statvfs", read_only)
    assert "lake 写不了" in examined(sound)["NOT_WRITABLE"].sentence("zh")


def test_a_taken_port_is_named_with_who_took_it(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(keys, "compose_secrets", lambda env: None)
    with socket.socket() as taken, socket.socket() as free:
        for each in (taken, free):
            each.bind(("127.0.0.1", 0))
        taken.listen()
        port, other = taken.getsockname()[1], free.getsockname()[1]
        free.close()
        settings = {
            "SANBAO_AIRFLOW_PORT": str(port),
            "SANBAO_SUPERSET_PORT": str(other),
            "SANBAO_SFTP_PORT": str(other),
        }
        said = said_of(sound, "PORT_TAKEN_BY", **settings)
    assert str(port) in said and "SANBAO_AIRFLOW_PORT" in said and str(os.getpid()) in said


@pytest.mark.parametrize(
    ("host", "address", "bad"),
    [
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "0.0.0.0", True),
        ("10.1.2.3", "10.1.2.3", False),
        ("10.1.2.3", "127.0.0.1", False),
        ("10.1.2.3", "10.9.9.9", True),
        ("0.0.0.0", "::", False),
    ],
)
@pytest.mark.parametrize("port", [8080, 45123])
def test_ours_listen_only_where_the_setting_says(
    sound: Settings, monkeypatch: pytest.MonkeyPatch, host: str, address: str, bad: bool, port: int
) -> None:
    monkeypatch.setattr(ports.airflow, "family", lambda settings: {4711: "api-server"})
    settings = Settings(home=sound.home, as_of=sound.as_of, host=host)
    found = [f for f in ports.check(settings, [Listener(address, port, 4711)]) if f.level != "OK"]
    assert [f.code for f in found] == (["LISTENS_ELSEWHERE"] if bad else [])
    assert all(f"{address}:{port}" in f.sentence("zh") and "api-server" in f.sentence("zh") for f in found)


@pytest.mark.parametrize(("days", "level"), [(1, "OK"), (3, "NOTE"), (10, "ERROR")])
def test_an_old_backup_is_said(sound: Settings, days: int, level: str) -> None:
    kept = json.loads((sound.home / "run" / "backup.json").read_text())
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    note_backup(sound, Kept(kept["path"], at, kept["byte_count"]))
    finding = examined(sound).get("BACKUP_OLD")
    assert (finding.level if finding else "OK") == level
    assert finding is None or (
        f"{days} 天" in finding.sentence("zh") and kept["path"] in finding.sentence("zh")
    )


def test_a_backup_that_is_gone_changed_or_never_was_is_said(sound: Settings, tmp_path: Path) -> None:
    now = datetime.now(UTC).isoformat()
    note_backup(sound, Kept(str(tmp_path / "gone.tar.zst"), now, 1))
    assert "gone.tar.zst" in said_of(sound, "BACKUP_GONE")
    note_backup(sound, Kept("/nowhere/at/all/x.tar.zst", now, 1))  # of another container: nothing is known
    assert set(examined(sound)) <= OF_MACHINE
    (tmp_path / "half.tar.zst").write_bytes(b"12")
    note_backup(sound, Kept(str(tmp_path / "half.tar.zst"), now, 3))
    assert "half.tar.zst" in said_of(sound, "BACKUP_CHANGED")
    (sound.home / "run" / "backup.json").write_text("{")
    assert said_of(sound, "BACKUP_NEVER")


def test_an_old_drill_is_said(sound: Settings) -> None:
    note_drill(sound, Kept("x", (datetime.now(UTC) - timedelta(days=100)).isoformat()))
    assert "100 天" in said_of(sound, "DRILL_OLD")
    (sound.home / "run" / "drill.json").unlink()
    assert said_of(sound, "DRILL_NEVER")


def test_how_the_last_night_ended_is_said(sound: Settings) -> None:
    journal.begin(sound, "command")
    journal.end(sound, "BUILD_FAILED")
    (sound.home / "metrics" / "sanbao.prom").touch()
    assert "BUILD_FAILED" in said_of(sound, "NIGHT_FAILED")
    journal.begin(sound, "command")  # by this process, which lives
    assert set(examined(sound)) <= OF_MACHINE
    text = journal.path_of(sound).read_text()
    journal.path_of(sound).write_text(text.replace(f'"pid": {os.getpid()}', '"pid": 4194303'))
    assert said_of(sound, "NIGHT_KILLED")
    journal.path_of(sound).unlink()
    assert said_of(sound, "NIGHT_NEVER")


@pytest.mark.parametrize(("hours", "level"), [(25, "OK"), (30, "NOTE"), (80, "ERROR")])
def test_a_night_that_is_late_is_said(sound: Settings, hours: int, level: str) -> None:
    finding = examined(sound, datetime.now(UTC) + timedelta(hours=hours)).get("NIGHT_LATE")
    assert (finding.level if finding else "OK") == level


def test_a_night_of_airflow_that_never_ended_is_said(sound: Settings) -> None:
    journal.begin(sound, "airflow")
    assert set(examined(sound)) <= OF_MACHINE
    assert "NIGHT_KILLED" in examined(sound, datetime.now(UTC) + timedelta(hours=7))


def test_a_night_that_is_not_through_in_the_morning_is_said_until_it_is(sound: Settings) -> None:
    since = datetime.now(UTC) - timedelta(hours=4)
    journal.overdue(sound, since)
    assert "06:00" not in str(examined(sound).get("NIGHT_OVERDUE")), "the night of the fixture began since"
    journal.overdue(sound, datetime.now(UTC))
    assert "应在 06:00 前跑完" in said_of(sound, "NIGHT_OVERDUE")
    journal.begin(sound, "airflow")
    assert "NIGHT_OVERDUE" in examined(sound)
    journal.end(sound)
    (sound.home / "metrics" / "sanbao.prom").touch()
    assert "NIGHT_OVERDUE" not in examined(sound)


def test_metrics_older_than_the_night_are_said(sound: Settings) -> None:
    os.utime(sound.home / "metrics" / "sanbao.prom", (LONG_AGO, LONG_AGO))
    assert "metrics/sanbao.prom" in said_of(sound, "METRICS_OLD")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("airflow_jwt_secret", "a" * 40, "SECRET_SHORT"),
        ("superset_secret_key", "a" * 41, "SECRET_SHORT"),
        ("airflow_password", "a" * 15, "SECRET_SHORT"),
        ("airflow_password", "admin", "SECRET_DEFAULT"),
        ("airflow_fernet_key", "a" * 43, "SECRET_ODD"),
        ("sftp_host_key", "a" * 99, "SECRET_ODD"),
    ],
)
def test_a_weak_key_is_named_and_never_told(sound: Settings, name: str, value: str, code: str) -> None:
    sound.secrets.mkdir(mode=0o700)
    (sound.secrets / name).write_text(value + "\n")
    (sound.secrets / name).chmod(0o600)
    finding = examined(sound)[code]
    said = json.dumps(finding.record("zh")) + finding.sentence("en")
    assert name in said and value not in said


def test_the_folder_of_the_compose_file_is_looked_at(
    sound: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "of compose"
    subprocess.run(
        ["sh", str(PROJECT_ROOT / "scripts" / "secrets.sh"), str(folder)], check=True, capture_output=True
    )
    monkeypatch.setattr(keys, "compose_secrets", lambda env: folder)
    assert set(examined(sound)) <= OF_MACHINE
    assert len(list(folder.iterdir())) >= 13
    (folder / "redis_password").unlink()
    assert "redis_password" in said_of(sound, "SECRET_MISSING")
    shutil.copy(folder / "postgres_password", folder / "redis_password")
    folder.chmod(0o755)
    assert str(folder) in said_of(sound, "SECRETS_OPEN")


def test_a_certificate_that_ends_is_said(
    sound: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days, level in (("10", "NOTE"), ("300", None)):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=x", "-days", days,
             "-keyout", "/dev/null", "-out", str(tmp_path / "door_certificate.pem")],
            check=True, capture_output=True,
        )  # fmt: skip
        found = list(keys._of_file(tmp_path / "door_certificate.pem", datetime.now(UTC)))
        assert [f.level for f in found] == ([level] if level else [])


def test_settings_that_nobody_reads_or_can_use_are_named(sound: Settings) -> None:
    said = said_of(sound, "SETTING_UNKNOWN", SANBAO_WOKERS="3")
    assert "SANBAO_WOKERS" in said and "SANBAO_WORKERS" in said
    _, findings = doctor.examine({"SANBAO_HOME": str(sound.home), "SANBAO_KEEP": "x", "SANBAO_WORKERS": "0"})
    named = [f.sentence("zh") for f in findings if f.code == "SETTING_INVALID"]
    assert len(named) == 2 and "SANBAO_KEEP" in "".join(named) and "SANBAO_WORKERS" in "".join(named)
    assert "2020-01-16" in said_of(sound, "DATE_FIXED", SANBAO_TODAY="2020-01-16")


def test_every_setting_of_the_example_and_the_containers_is_known(sound: Settings) -> None:
    text = (PROJECT_ROOT / ".env.example").read_text() + (PROJECT_ROOT / "docker-compose.yml").read_text()
    names = set(re.findall(r"\bSANBAO_[A-Z_]*[A-Z]\b", text)) - {"SANBAO_HOME"}
    given = dict.fromkeys(names, "")
    assert len(names) > 40 and not list(configuration._unknown(given, PROJECT_ROOT))
    # In an image there is neither file; what the compose file gives its containers is known all the same.
    services = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text())["services"]
    for service in ("airflow-scheduler", "sftp", "backup", "housekeeping"):
        env = dict.fromkeys(services[service]["environment"], "")
        assert not list(configuration._unknown(env, sound.home))


def test_other_packages_than_pinned_are_named(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    here = versions.installed()
    lock = tmp_path / "requirements" / "sanbao.txt"
    lock.write_text(
        f"duckdb=={here['duckdb']} \\\n    --hash=sha256:00\nrich==0.0.1 \\\n    --hash=sha256:00\n"
        'colorama==0.4.6 ; sys_platform == "win32" \\\n    --hash=sha256:00\nNo_Such.Thing==1\n'
    )
    assert versions.pinned(lock) == {"duckdb": here["duckdb"], "rich": "0.0.1", "no-such-thing": "1"}
    (finding,) = versions._packages(lock, None)
    assert "rich" in finding.sentence("zh") and "no-such-thing" in finding.sentence("zh")
    assert "duckdb" not in finding.sentence("zh")
    (tmp_path / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.99"\n')
    (other,) = versions._python(tmp_path)
    assert ">=3.99" in other.sentence("zh")


def test_the_lock_of_the_project_is_read_whole() -> None:
    lines = (PROJECT_ROOT / "requirements" / "sanbao.txt").read_text().splitlines()
    pins = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
    read = versions.pinned(PROJECT_ROOT / "requirements" / "sanbao.txt")
    elsewhere = [
        line for line in pins if ";" in line and versions._plain(line.partition("==")[0]) not in read
    ]
    assert len(read) == len(pins) - len(elsewhere) > 100


def test_a_database_of_a_newer_version_is_named(sound: Settings) -> None:
    known = versions.storage_version(sound.serving)
    assert known is not None and known <= versions._newest_storage() < 900
    data = bytearray(sound.warehouse.read_bytes())
    data[12:20] = (999).to_bytes(8, "little")
    sound.warehouse.write_bytes(bytes(data))
    assert "warehouse/warehouse.duckdb" in examined(sound)["STORAGE_NEWER"].sentence("zh")


def test_a_check_that_breaks_keeps_no_other_from_being_made(
    sound: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(settings: Settings) -> Iterator[Finding]:
        raise RuntimeError(f"of {NUMBER}")

    monkeypatch.setattr(doctor.space, "check", broken)
    said = said_of(sound, "CHECK_FAILED")
    assert "RuntimeError" in said and NUMBER not in said


def test_it_is_read_at_eighty_columns_and_tells_no_number(
    sound: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (sound.home / f"名册{NUMBER}").mkdir()
    (sound.home / "lake").chmod(0o755)
    monkeypatch.setenv("SANBAO_HOME", str(sound.home))
    monkeypatch.setenv("SANBAO_LANG", "zh")
    for arguments in ([], ["--lang", "en"], ["--json"]):
        with pytest.raises(SystemExit) as ended:
            main(["doctor", *arguments])
        out = capsys.readouterr().out
        assert ended.value.code == 1 and NUMBER not in out and "440899" in out
        if arguments != ["--json"]:
            assert max(cell_len(line) for line in out.splitlines()) <= 80
            assert "docs/runbooks.md" in out and "sanbao accounts" in " ".join(out.split())
    records = json.loads(out)
    assert not records["ok"]
    (wrong,) = [each for each in records["findings"] if each["code"] == "MODE_TOO_OPEN"]
    assert wrong["level"] == "ERROR" and wrong["page"] == "docs/runbooks.md#权限不对"


def test_a_note_alone_is_no_failure(
    sound: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (sound.home / "elsewhere").mkdir()
    monkeypatch.setenv("SANBAO_HOME", str(sound.home))
    monkeypatch.setenv("SANBAO_LANG", "zh")
    monkeypatch.setattr(versions, "check", lambda settings: iter(()))
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--quick"])
    assert ended.value.code == 0
    assert "错误 0" in capsys.readouterr().out
