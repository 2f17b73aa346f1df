"""The production stack as a test sees it: docker-compose.yml as it is, under a project name of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from dashboards.client import SupersetClient
from sanbao.servers.airflow import Airflow, AirflowClient
from sanbao.settings import PROJECT_ROOT

PROJECT = "sanbao-test"
ONCE = ("postgres-init", "airflow-init", "superset-init")
ASLEEP = ("housekeeping",)  # until its time of day: there is nothing to ask it


def engine_answers() -> bool:
    return (
        shutil.which("docker") is not None
        and subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0
    )


def compose_command() -> list[str]:
    """Version 2 where it is installed, else 1.29."""
    new = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ["docker", "compose"] if new.returncode == 0 else ["docker-compose"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """One project; `ports` by what listens there."""

    secrets: Path
    as_of: str
    ports: dict[str, int] = field(
        default_factory=lambda: {name: free_port() for name in ("superset", "airflow", "sftp")}
    )

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("SANBAO_")},
            "COMPOSE_PROJECT_NAME": PROJECT,
            "SANBAO_SECRETS": str(self.secrets),
            "SANBAO_TLS_CERTIFICATE": str(self.secrets / "door_certificate.pem"),
            "SANBAO_TLS_KEY": str(self.secrets / "door_key.pem"),
            "SANBAO_AS_OF": self.as_of,
            "SANBAO_SUPERSET_PORT": str(self.ports["superset"]),
            "SANBAO_AIRFLOW_PORT": str(self.ports["airflow"]),
            "SANBAO_SFTP_PORT": str(self.ports["sftp"]),
        }

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=PROJECT_ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def compose(self, *arguments: str) -> str:
        return self.run(*compose_command(), *arguments)

    def up(self) -> None:
        self.compose("up", "-d")
        self.run("sh", "scripts/wait_healthy.sh", *compose_command())

    def down(self) -> None:
        self.compose("down", "-v", "--remove-orphans")

    def container(self, service: str) -> str:
        """The id of the service's one container."""
        found = self.compose("ps", "-q", service).split()
        assert len(found) == 1, (service, found)
        return found[0]

    def containers(self) -> dict[str, dict[str, Any]]:
        """What Docker says of each: service → inspection."""
        ids = self.run("docker", "ps", "-aq", "--filter", f"label=com.docker.compose.project={PROJECT}")
        found: list[dict[str, Any]] = json.loads(self.run("docker", "inspect", *ids.split()))
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in found}

    def sanbao(self, *arguments: str, service: str = "airflow-scheduler") -> str:
        return self.run("docker", "exec", self.container(service), "sanbao", *arguments)

    def secret(self, name: str) -> str:
        return (self.secrets / name).read_text("ascii").strip()

    def kill(self, service: str) -> None:
        """A crash: `docker kill` would count as stopped by hand, and nobody would start it again."""
        state = self.containers()[service]["State"]
        os.kill(state["Pid"], signal.SIGKILL)

    @property
    def certificate(self) -> str:
        return str(self.secrets / "door_certificate.pem")

    def url(self, name: str) -> str:
        return f"https://127.0.0.1:{self.ports[name]}"

    def get(self, name: str, path: str, **arguments: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(self.url(name) + path, verify=self.certificate, timeout=30, **arguments)

    def airflow(self) -> AirflowClient:
        client = AirflowClient(
            Airflow(self.url("airflow"), "admin", self.secret("airflow_admin_password"), was_running=True)
        )
        client._http.verify = self.certificate
        return client

    def superset(self) -> SupersetClient:
        return SupersetClient(
            self.url("superset"), "admin", self.secret("superset_admin_password"), verify=self.certificate
        )


def wait_for(what: str, ready: Callable[[], Any], seconds: float) -> Any:
    """What `ready` gives as soon as it gives something; servers that are just away are asked again."""
    until = time.monotonic() + seconds
    problem: Exception | None = None
    while time.monotonic() < until:
        try:
            if found := ready():
                return found
            problem = None
        except requests.RequestException as error:
            problem = error
        time.sleep(2)
    raise AssertionError(f"{what}: not within {seconds} s ({problem})")


def figures(text: str) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The output of `sanbao figures --json`, by figure and date."""
    return {(row["figure_id"], str(row.get("as_of", ""))): row for row in json.loads(text)}
