"""Start and stop Superset on one address, with its state and secrets under SANBAO_HOME."""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from dashboards.passwords import LONG, SHORTEST, is_strong
from foundation.files import write_text
from foundation.secret_files import secret_setting
from sanbao.errors import SanbaoError
from sanbao.servers.keys import check_key, kept_secret, random_secret
from sanbao.servers.processes import Processes, Program, local_session, local_url, refuse_taken_port
from sanbao.settings import keep_private

_DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"
DEFAULT_PYTHON = _DASHBOARDS.parent / ".venv-superset" / "bin" / "python"
# Raise when `superset_bootstrap.py` changes what it prepares.
_BOOTSTRAP_VERSION = "6.1.0-2"
_NAME = "superset"  # in the record of programs


@dataclass(frozen=True)
class Superset:
    """A running server and the login of its administrator; without a `pid` it was started elsewhere."""

    url: str
    user: str
    password: str
    pid: int | None
    was_running: bool


def start(
    home: Path,
    port: int = 8088,
    python: Path = DEFAULT_PYTHON,
    *,
    host: str = "127.0.0.1",
    workers: int = 2,
    wait_seconds: float = 180,
    say: Callable[[str], None] = lambda text: None,
) -> Superset:
    """Prepare (first start only), launch and wait until healthy; a running one is left alone.

    Raises SanbaoError: SUPERSET_MISSING, PASSWORD_WEAK, KEY_LOST, KEY_MISMATCH, PORT_TAKEN, STACK_FAILED.
    """
    keep_private()
    home = home.resolve()
    if not python.is_file():
        raise SanbaoError("SUPERSET_MISSING", path=str(python))
    user, password = _credentials(home)
    url, address = local_url(host, port), f"{host}:{port}"
    running = _processes(home).running(_NAME)
    if running and running.address == address and _healthy(url):
        return Superset(url, user, password, running.process.pid, True)
    if running:
        stop(home)
    refuse_taken_port(host, port, "SANBAO_SUPERSET_PORT")
    _bootstrap(home, python, user, password, say)
    say("启动 Superset")
    shutil.rmtree(home / "superset" / "spill", ignore_errors=True)  # what a killed server left
    server = _program(home, address, python, workers)
    pid = _processes(home).start(server)
    late = SanbaoError("STACK_FAILED", what=server.title, log=str(server.log))
    try:
        _processes(home).wait([server], lambda: _healthy(url), late, seconds=wait_seconds, pause_seconds=0.3)
    except SanbaoError:
        stop(home)
        raise
    return Superset(url, user, password, pid, False)


def reach(url: str, *, wait_seconds: float = 180) -> Superset:
    """A server that is started elsewhere (SANBAO_SUPERSET_URL), as soon as it is healthy.

    Raises SanbaoError: SUPERSET_AWAY when it does not get healthy, SETTING_INVALID without a password.
    """
    password = secret_setting("SANBAO_SUPERSET_PASSWORD")
    if not password:
        raise SanbaoError("SETTING_INVALID", name="SANBAO_SUPERSET_PASSWORD", value="")
    until = time.monotonic() + wait_seconds
    while not _healthy(url):
        if time.monotonic() > until:
            raise SanbaoError("SUPERSET_AWAY", url=url)
        time.sleep(2)
    return Superset(url, os.environ.get("SANBAO_SUPERSET_USER", "admin"), password, None, True)


def stop(home: Path, *, wait_seconds: float = 20) -> bool:
    """End the server that `start` launched; False when none was running."""
    # Its master lets the workers answer what was asked before.
    return bool(_processes(home.resolve()).stop_all(wait_seconds, ends_children=True))


def is_running(home: Path) -> bool:
    return _processes(home.resolve()).running(_NAME) is not None


def family(home: Path) -> dict[int, str]:
    """Process number → program, of what runs of it."""
    return _processes(home.resolve()).family()


def recorded(home: Path) -> dict[str, int]:
    """Name → process number of what was started and not stopped."""
    return _processes(home.resolve()).recorded()


def _processes(home: Path) -> Processes:
    return Processes(home / "run" / "superset.json")


def _credentials(home: Path) -> tuple[str, str]:
    _refuse_other_secret_key(home)
    _secret(home, "superset_secret_key", "SANBAO_SUPERSET_SECRET_KEY", 48)
    password = _secret(home, "superset_admin_password", "SANBAO_SUPERSET_PASSWORD", 12)
    if not is_strong(password):
        raise SanbaoError("PASSWORD_WEAK", name="SANBAO_SUPERSET_PASSWORD", shortest=SHORTEST, long=LONG)
    return os.environ.get("SANBAO_SUPERSET_USER", "admin"), password


def _refuse_other_secret_key(home: Path) -> None:
    """The metadata database holds what only its key can read: not made anew once there is one."""
    database = home / "superset" / "superset.db"
    if not database.exists():
        return
    path = home / "secrets" / "superset_secret_key"
    key = secret_setting("SANBAO_SUPERSET_SECRET_KEY")
    if not key and path.exists():
        key = path.read_text(encoding="ascii").strip()
    check_key(path, key, database.parent / "secret_key.fingerprint")


def _secret(home: Path, name: str, variable: str, length: int) -> str:
    """From the environment, else generated once into a file only the operator can read."""
    return secret_setting(variable) or kept_secret(home / "secrets" / name, random_secret(length))


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SANBAO_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(_DASHBOARDS / "superset_config.py"),
        "SUPERSET_HOME": str(home / "superset"),
        "FLASK_APP": "superset.app:create_app()",
        "SCARF_ANALYTICS": "false",
        "PYTHONUNBUFFERED": "1",
    }


def _bootstrap(home: Path, python: Path, user: str, password: str, say: Callable[[str], None]) -> None:
    """Migrate the metadata database and create the administrator, unless that is done already."""
    state = home / "superset"
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker = state / "bootstrapped"
    # Keyed, so that the file says nothing about the password it was made with.
    key = _secret(home, "superset_secret_key", "SANBAO_SUPERSET_SECRET_KEY", 48).encode()
    text = f"{_BOOTSTRAP_VERSION}\n{user}\n{password}"
    done = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    if marker.exists() and marker.read_text(encoding="ascii").strip() == done:
        return
    say("准备 Superset 元数据库（仅首次，约半分钟）")
    login = {"SANBAO_SUPERSET_USER": user, "SANBAO_SUPERSET_PASSWORD": password}
    log = state / "bootstrap.log"
    with log.open("ab") as output:
        ended = subprocess.run(
            [str(python), str(_DASHBOARDS / "superset_bootstrap.py")],
            env={**_environment(home), **login},
            cwd=state,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode != 0:
        raise SanbaoError("STACK_FAILED", what="Superset", log=str(log))
    write_text(done + "\n", marker)


def _program(home: Path, address: str, python: Path, workers: int) -> Program:
    command = (
        str(python), "-m", "gunicorn", "--bind", address, "--worker-class", "gthread",
        "--workers", str(workers), "--threads", "8", "--timeout", "120", "--graceful-timeout", "3",
        "superset.app:create_app()",
    )  # fmt: skip
    state = home / "superset"
    return Program(
        _NAME, "Superset", command, _environment(home), state / "superset.log", cwd=state, address=address
    )


def _healthy(url: str) -> bool:
    try:
        return local_session().get(f"{url}/health", timeout=5).status_code == 200
    except requests.RequestException:
        return False
