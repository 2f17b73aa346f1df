"""Airflow on this machine: SQLite, LocalExecutor, its four programs and one generated login.

Sanbao never imports Airflow: it is started as programs and asked through its REST API.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from foundation.files import write_text
from sanbao.errors import SanbaoError
from sanbao.servers.keys import check_key, kept_secret, random_secret
from sanbao.servers.processes import Processes, Program, local_session, local_url, refuse_taken_port
from sanbao.settings import PROJECT_ROOT, Settings, keep_private

# Logs are read from the disk. The log servers listen on every address of the machine whatever is
# configured, and on fixed ports, which would clash with a second home.
PROGRAMS: dict[str, tuple[str, ...]] = {
    "api-server": (),
    "scheduler": ("--skip-serve-logs",),
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}
USER = "admin"
POOL = "warehouse_writer"
DAG_ID = "nightly_load"
AUTH_MANAGER = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
READY_SECONDS = 180
DAG_STATES_DONE = ("success", "failed")


@dataclass(frozen=True)
class Airflow:
    url: str
    user: str
    password: str
    was_running: bool


def start(settings: Settings, say: Callable[[str], None]) -> Airflow:
    """Bring Airflow up (prepare it on the first start) and wait until the DAG is there; idempotent."""
    keep_private()
    password = _secret(settings, "airflow_password")
    url = local_url(settings.host, settings.airflow_port)
    server = Airflow(url, USER, password, was_running=all(_processes(settings).running(n) for n in PROGRAMS))
    if server.was_running and _healthy(url):
        return server
    stop(settings)
    refuse_taken_port(settings.host, settings.airflow_port, "SANBAO_AIRFLOW_PORT")
    env = environment(settings)
    home = settings.home / "airflow"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    say("准备 Airflow 的元数据库 …")
    _migrate(settings, env)
    say("启动 Airflow …")
    programs = _programs(settings, env)
    for program in programs:
        _processes(settings).start(program)
    client = AirflowClient(server)
    late = SanbaoError("STACK_FAILED", what="Airflow", log=str(settings.logs))
    _processes(settings).wait(
        programs, lambda: _healthy(url) and client.dag_is_ready(), late, seconds=READY_SECONDS
    )
    client.ensure_pool()
    return server


def stop(settings: Settings) -> list[str]:
    return _processes(settings).stop_all()


def family(settings: Settings) -> dict[int, str]:
    """Process number → program, of what runs of Airflow."""
    return _processes(settings).family()


def recorded(settings: Settings) -> dict[str, int]:
    """Name → process number of the programs that were started and not stopped."""
    return _processes(settings).recorded()


def _processes(settings: Settings) -> Processes:
    return Processes(settings.home / "airflow" / "processes.json")


def _programs(settings: Settings, env: dict[str, str]) -> list[Program]:
    return [
        Program(
            name,
            f"Airflow {name}",
            (_airflow(), name, *arguments),
            env,
            settings.logs / f"airflow-{name}.log",
        )
        for name, arguments in PROGRAMS.items()
    ]


def _airflow() -> str:
    return str(Path(sys.executable).with_name("airflow"))


def environment(settings: Settings) -> dict[str, str]:
    """The environment of every Airflow program: configuration as variables, nothing to edit."""
    passwords = settings.secrets / "airflow_passwords.json"
    write_text(json.dumps({USER: _secret(settings, "airflow_password")}), passwords, mode=0o600)
    options = {
        "CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": str((os.cpu_count() or 2) + 2),
        "CORE__MAX_MAP_LENGTH": "4096",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__FERNET_KEY": _fernet_key(settings),
        "CORE__AUTH_MANAGER": AUTH_MANAGER,
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "CORE__EXECUTION_API_SERVER_URL": f"{local_url(settings.host, settings.airflow_port)}/execution/",
        "API__HOST": settings.host,
        "API__PORT": str(settings.airflow_port),
        "API__BASE_URL": local_url(settings.host, settings.airflow_port),
        "API__WORKERS": "1",
        "API__SECRET_KEY": _secret(settings, "airflow_api_secret_key", 48),
        # HS512 wants 64 bytes at least.
        "API_AUTH__JWT_SECRET": _secret(settings, "airflow_jwt_secret", 72),
        "DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False",  # its fixed port would clash with a second home
        # Airflow gives its logs modes of its own, whatever the umask.
        "LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o750",
        "LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o640",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return {
        **kept,
        **{f"AIRFLOW__{name}": value for name, value in options.items()},
        "AIRFLOW_HOME": str(settings.home / "airflow"),
        "SANBAO_HOME": str(settings.home),
        # Triggerer and dag-processor import the trigger by name; tasks import sanbao.
        "PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT / "dags"), str(PROJECT_ROOT)]),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "NO_PROXY": "*",
    }


def _secret(settings: Settings, name: str, byte_count: int = 18) -> str:
    return kept_secret(settings.secrets / name, random_secret(byte_count))


def _fernet_key(settings: Settings) -> str:
    """Airflow's database holds what only this key can read: not made anew once there is one."""
    path = settings.secrets / "airflow_fernet_key"
    database = settings.home / "airflow" / "airflow.db"
    if database.exists():
        key = path.read_text("ascii").strip() if path.exists() else None
        check_key(path, key, database.parent / "fernet_key.fingerprint")
    return kept_secret(path, lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())


def _migrate(settings: Settings, env: dict[str, str]) -> None:
    log = settings.logs / "airflow-db.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as output:
        done = subprocess.run(
            [_airflow(), "db", "migrate"], env=env, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise SanbaoError("STACK_FAILED", what="Airflow", log=str(log))


def _healthy(url: str) -> bool:
    try:
        health = local_session().get(f"{url}/api/v2/monitor/health", timeout=5).json()
    except (requests.RequestException, ValueError):
        return False
    return all(
        health.get(part, {}).get("status") == "healthy"
        for part in ("metadatabase", "scheduler", "dag_processor", "triggerer")
    )


class AirflowClient:
    """What Sanbao asks of Airflow's REST API (/api/v2)."""

    def __init__(self, server: Airflow) -> None:
        self._server = server
        self._http = local_session()

    def dag_is_ready(self) -> bool:
        return self._call("GET", f"/dags/{DAG_ID}").status_code == 200

    def ensure_pool(self) -> None:
        """The writer pool has one slot, because DuckDB has one writer."""
        pool = {"name": POOL, "slots": 1, "description": "DuckDB 只有一个写入者", "include_deferred": False}
        answer = self._call("POST", "/pools", json=pool)
        if answer.status_code not in (201, 409):
            answer.raise_for_status()

    def trigger(self, run_id: str, conf: dict[str, Any], dag_id: str = DAG_ID) -> None:
        """Start a run, unless one with this id was started before."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        answer = self._call("POST", f"/dags/{dag_id}/dagRuns", json=body)
        if answer.status_code != 409:
            answer.raise_for_status()

    def run_state(self, run_id: str, dag_id: str = DAG_ID) -> str:
        return str(self._get(f"/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def tasks(self, run_id: str, dag_id: str = DAG_ID) -> list[dict[str, Any]]:
        """The task instances of a run, mapped ones one by one."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit=1000"
        tasks: list[dict[str, Any]] = self._get(path)["task_instances"]
        return tasks

    def runs(self, dag_id: str = DAG_ID) -> list[dict[str, Any]]:
        runs: list[dict[str, Any]] = self._get(f"/dags/{dag_id}/dagRuns?limit=100")["dag_runs"]
        return runs

    def assets(self) -> list[str]:
        """The URIs of all assets."""
        return [str(asset["name"]) for asset in self._get("/assets?limit=1000")["assets"]]

    def asset_events(self, name: str) -> list[dict[str, Any]]:
        assets = self._get("/assets?limit=1000")["assets"]
        number = next(asset["id"] for asset in assets if asset["name"] == name)
        events: list[dict[str, Any]] = self._get(f"/assets/events?asset_id={number}")["asset_events"]
        return events

    def result(self, run_id: str, task_id: str, dag_id: str = DAG_ID) -> Any:
        """What a task returned."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
        return self._get(path)["value"]

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._call("GET", path)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        if "Authorization" not in self._http.headers:
            self._log_in()
        answer = self._http.request(method, f"{self._server.url}/api/v2{path}", timeout=30, **arguments)
        if answer.status_code == 401:  # the token has run out
            self._log_in()
            answer = self._http.request(method, f"{self._server.url}/api/v2{path}", timeout=30, **arguments)
        return answer

    def _log_in(self) -> None:
        login = {"username": self._server.user, "password": self._server.password}
        answer = self._http.post(f"{self._server.url}/auth/token", json=login, timeout=30)
        answer.raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
