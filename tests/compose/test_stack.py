"""The production stack for real: files by SFTP, a night by itself, pages by TLS, crashes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import psutil
import pytest

from sanbao.settings import PROJECT_ROOT, Settings
from tests.compose.departments import as_department, cut_off, drop, new_password
from tests.compose.stack import ASLEEP, ONCE, Stack, compose_command, wait_for
from tests.conftest import AS_OF

pytestmark = pytest.mark.compose

NIGHT_SECONDS = 900
DONE = ("success", "failed")


@pytest.fixture(scope="module")
def night(stack: Stack, small_county: Path) -> Iterator[dict[str, Any]]:
    """The run that the departments' files started by themselves, after its end."""
    before = {run["dag_run_id"] for run in stack.airflow().runs()}
    sent = sum(
        drop(stack, folder, new_password(stack, folder.name))
        for folder in sorted(small_county.iterdir())
        if folder.is_dir()
    )
    assert sent > 50

    started = time.monotonic()
    run = wait_for("a night by itself", lambda: _settled(stack, before), NIGHT_SECONDS)[-1]
    print(f"night of {sent} files by itself: {time.monotonic() - started:.0f} s")
    yield run


@pytest.fixture(scope="module")
def expected(_night_of_small_county: Settings) -> dict[str, Any]:
    """The figures of the same files, loaded on this machine without Airflow and containers."""
    return _figures(
        subprocess.run(
            [sys.executable, "-m", "sanbao.cli", "figures", "--json"],
            cwd=PROJECT_ROOT,
            env={
                **os.environ,
                "SANBAO_HOME": str(_night_of_small_county.home),
                "SANBAO_AS_OF": AS_OF.isoformat(),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )


def _settled(stack: Stack, before: set[str]) -> list[dict[str, Any]]:
    """The runs since then, once all that was dropped has been taken in and all of them are over.

    The last files may come when the first run has taken what was there: the next run takes those.
    """
    inbox = ("find", "/srv/sanbao/inbox", "-type", "f", "-not", "-path", "*/.*")
    waiting = stack.run("docker", "exec", stack.container("airflow-scheduler"), *inbox)
    runs = [run for run in stack.airflow().runs() if run["dag_run_id"] not in before]
    over = not waiting and all(run["state"] in DONE for run in runs)
    return sorted(runs, key=lambda run: str(run["start_date"])) if over else []


def _figures(text: str) -> dict[str, Any]:
    found = {row["figure_id"]: row for row in json.loads(text)}
    assert len(found) > 100
    return found


# --- before anything came in ----------------------------------------------------------------------


def test_every_service_is_up_and_healthy(stack: Stack) -> None:
    found = stack.containers()
    assert len(found) > 10
    for service, container in found.items():
        state = container["State"]
        if service in ONCE:
            assert (state["Status"], state["ExitCode"]) == ("exited", 0), service
        elif service in ASLEEP:
            assert state["Status"] == "running", service
        else:
            assert state["Health"]["Status"] == "healthy", service


def test_no_container_has_more_than_it_needs(stack: Stack) -> None:
    for service, container in stack.containers().items():
        host, user = container["HostConfig"], container["Config"]["User"]
        assert user not in ("", "root", "0", "0:0"), service
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert host["Memory"] > 0, service
        assert host["LogConfig"]["Config"]["max-size"] == "10m", service
        secrets = [value for value in container["Config"]["Env"] if _has_secret(stack, value)]
        assert not secrets, (service, [value.partition("=")[0] for value in secrets])


def _has_secret(stack: Stack, value: str) -> bool:
    return any(path.read_text("ascii").strip() in value for path in stack.secrets.iterdir())


def test_only_the_published_ports_listen_and_only_here(stack: Stack) -> None:
    published = {
        (binding["HostIp"], int(binding["HostPort"]))
        for container in stack.containers().values()
        for bindings in container["HostConfig"]["PortBindings"].values()
        for binding in bindings or []
    }
    assert published == {("127.0.0.1", port) for port in stack.ports.values()}
    listening = {
        (each.laddr.ip, each.laddr.port)
        for each in psutil.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN and each.laddr.port in stack.ports.values()
    }
    assert listening == published


def test_the_door_reaches_no_database(stack: Stack) -> None:
    networks = {
        service: {name.split("_")[-1] for name in container["NetworkSettings"]["Networks"]}
        for service, container in stack.containers().items()
    }
    assert networks["door"] == {"web", "outside"}
    assert networks["sftp"] == {"sftp"}
    assert networks["postgres"] == networks["redis"] == {"data"}
    looked_up = ["docker", "exec", stack.container("door"), "getent", "hosts"]
    assert subprocess.run([*looked_up, "superset"], capture_output=True, check=False).returncode == 0
    for database in ("postgres", "redis"):
        assert subprocess.run([*looked_up, database], capture_output=True, check=False).returncode != 0
    inside = json.loads(stack.run("docker", "network", "inspect", "sanbao-test_data", "sanbao-test_web"))
    assert all(network["Internal"] for network in inside)


def test_each_role_reaches_its_own_database_only(stack: Stack) -> None:
    postgres = stack.container("postgres")
    for role, other in (("airflow", "superset"), ("superset", "airflow")):
        password = stack.secret(f"{role}_database_password")
        for database, allowed in ((role, True), (other, False), ("postgres", False)):
            address = f"postgresql://{role}:{password}@127.0.0.1/{database}"
            done = subprocess.run(
                ["docker", "exec", postgres, "psql", address, "-tAc", "select 1"],
                capture_output=True,
                check=False,
            )
            assert (done.returncode == 0) == allowed, (role, database)


def test_superset_sees_what_is_published_and_no_more(stack: Stack) -> None:
    mounts = stack.containers()["superset"]["Mounts"]
    data = {mount["Destination"]: mount["RW"] for mount in mounts if mount["Type"] == "volume"}
    assert data == {"/srv/sanbao/serving": False, "/srv/sanbao/superset": True}
    written = subprocess.run(
        ["docker", "exec", stack.container("superset"), "touch", "/srv/sanbao/serving/x"],
        capture_output=True,
        check=False,
    )
    assert written.returncode != 0


def test_departments_are_apart(stack: Stack) -> None:
    own = new_password(stack, "education")
    other = new_password(stack, "water")

    async def put_aside(client: Any) -> None:
        async with client.open("/inbox/mine.csv.part", "wb") as file:  # such a name is not taken in
            await file.write(b"water")

    async def try_everything(client: Any) -> None:
        assert sorted(await client.listdir("/")) == ["inbox", "returned"]
        for path in (
            "/inbox/../../water",
            "/inbox/../water",
            "/../inbox/water",
            "/water",
            "/etc",
            "/archive",
        ):
            with pytest.raises(asyncssh.SFTPError):
                await client.listdir(path)
        assert await client.listdir("/inbox") == []
        for path in ("/inbox/../../water/mine.csv.part", "/inbox/mine.csv.part", "/srv/sanbao/inbox/water/x"):
            with pytest.raises(asyncssh.SFTPError):
                await client.open(path, "rb")
        for path in ("/returned/x.csv", "/x.csv", "/inbox/../../water/mine.csv.part"):
            with pytest.raises(asyncssh.SFTPError):
                await client.open(path, "wb")
        for make_link in (client.symlink, client.link):
            with pytest.raises(asyncssh.SFTPError):
                await make_link("/srv/sanbao/inbox/water/mine.csv.part", "/inbox/link.part")

    async def tidy(client: Any) -> None:
        assert "mine.csv.part" in await client.listdir("/inbox")
        await client.remove("/inbox/mine.csv.part")

    as_department(stack, "water", other, put_aside)
    as_department(stack, "education", own, try_everything)
    as_department(stack, "water", other, tidy)
    with pytest.raises(asyncssh.PermissionDenied):
        as_department(stack, "water", own, tidy)  # one department's password is not another's
    with pytest.raises(asyncssh.PermissionDenied):
        as_department(stack, "education", "", tidy)


def test_an_upload_that_is_cut_off_is_no_delivery(stack: Stack) -> None:
    cut_off(stack, "water", new_password(stack, "water"), "/inbox/half.csv")
    time.sleep(2)
    assert (
        stack.run("docker", "exec", stack.container("sftp"), "ls", "-A", "/srv/sanbao/inbox/water").split()
        == []
    )


# --- a night ----------------------------------------------------------------------------------------


def test_files_by_sftp_make_a_night_by_themselves(
    stack: Stack, night: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert night["state"] == "success"
    assert night["run_type"] == "asset_triggered"
    assert _figures(stack.sanbao("figures", "--json")) == expected


def test_a_department_reads_what_was_returned_to_it(stack: Stack, night: dict[str, Any]) -> None:
    async def read(client: Any) -> list[str]:
        names = [str(name) for name in await client.listdir("/returned") if not str(name).startswith(".")]
        for name in names:
            async with client.open(f"/returned/{name}", "rb") as file:
                assert await file.read(1)
            with pytest.raises(asyncssh.SFTPError):
                await client.remove(f"/returned/{name}")
        return names

    given = [as_department(stack, name, new_password(stack, name), read) for name in ("education", "water")]
    assert any(given)


def test_a_dashboard_is_served_by_tls(stack: Stack, night: dict[str, Any], expected: dict[str, Any]) -> None:
    with stack.superset() as client:
        titles = {
            board["dashboard_title"] for board in client.list_all("dashboard", ["id", "dashboard_title"])
        }
        assert titles >= {"县级总览", "到数情况"}
        charts = {
            chart["slice_name"]: chart["id"] for chart in client.list_all("chart", ["id", "slice_name"])
        }
        (people,) = client.chart_data(charts["建档立卡人口"], {"as_of": AS_OF.isoformat()})
    assert people["figure_number"] == expected["reg_pp"]["value"]
    page = stack.get("superset", "/login/")
    assert page.status_code == 200
    assert "Secure" in page.headers["Set-Cookie"]
    assert stack.get("airflow", "/").status_code == 200


# --- crashes ----------------------------------------------------------------------------------------

# While this task runs → the service whose main process ends.
CRASHES = {"build": "airflow-scheduler", "publish": "postgres", "refresh_superset": "superset"}


def test_a_night_ends_right_whatever_crashes_in_it(
    stack: Stack, night: dict[str, Any], expected: dict[str, Any]
) -> None:
    run_id = f"crashes-{int(time.time())}"
    stack.airflow().trigger(run_id, {"as_of": "2019-11-30"})
    left = dict(CRASHES)

    def ended() -> str | None:
        client = stack.airflow()
        for task in client.tasks(run_id):
            if task["state"] == "running" and task["task_id"] in left:
                stack.kill(left.pop(task["task_id"]))
                break
        state = client.run_state(run_id)
        return state if state in DONE else None

    started = time.monotonic()
    assert wait_for("the night with crashes", ended, NIGHT_SECONDS) == "success"
    print(
        f"night with crashes of {sorted(set(CRASHES.values()) - set(left.values()))}: "
        f"{time.monotonic() - started:.0f} s"
    )
    # The last step may be over between two looks.
    assert set(left) <= {"publish", "refresh_superset"}
    stack.run("sh", "scripts/wait_healthy.sh", *compose_command())
    assert _figures(stack.sanbao("figures", "--json")) == expected
    stack.sanbao("figures", "--as-of", "2019-11-30", "--json")
    stack.sanbao("verify")


def test_a_triggerer_that_crashed_sees_files_again(
    stack: Stack, night: dict[str, Any], small_county: Path
) -> None:
    stack.kill("airflow-triggerer")
    before = {run["dag_run_id"] for run in stack.airflow().runs()}
    drop(stack, small_county / "water", new_password(stack, "water"))

    runs = wait_for("a night by itself after a crash", lambda: _settled(stack, before), NIGHT_SECONDS)
    assert [run["state"] for run in runs] == ["success"] * len(runs)


def test_it_comes_back_as_it_was(stack: Stack, night: dict[str, Any], expected: dict[str, Any]) -> None:
    """What an upgrade does: every container is made anew, the volumes stay."""
    stack.compose("down")
    stack.up()
    assert _figures(stack.sanbao("figures", "--json")) == expected
    assert {run["state"] for run in stack.airflow().runs()} == {"success"}
    with stack.superset() as client:
        assert client.list_all("dashboard", ["id", "dashboard_title"])
