"""Start and stop Superset on one address, with its state and secrets under SANBAO_HOME."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from dashboards.passwords import WEAK, is_strong
from sanbao.errors import SanbaoError
from sanbao.servers.keys import check_key
from sanbao.servers.processes import local_url, refuse_taken_port
from sanbao.settings import keep_private

_DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"
DEFAULT_PYTHON = _DASHBOARDS.parent / ".venv-superset" / "bin" / "python"
# Raise when `superset_bootstrap.py` changes what it prepares.
_BOOTSTRAP_VERSION = "6.1.0-2"


class SupersetError(RuntimeError):
    """Superset could not be prepared, started or reached; the message says where to look."""


@dataclass(frozen=True)
class Superset:
    """A running server and the login of its administrator."""

    url: str
    user: str
    password: str
    pid: int
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
    """Prepare (first start only), launch and wait until healthy; a running one is left alone."""
    keep_private()
    home = home.resolve()
    if not python.is_file():
        raise SupersetError(f"Superset 尚未安装：缺少 {python}，请先运行 make install（SUPERSET_MISSING）")
    user, password = _credentials(home)
    url = local_url(host, port)
    running = _running(home)
    if running and running[1] == f"{host}:{port}" and _healthy(url):
        return Superset(url, user, password, running[0], True)
    if running:
        stop(home)
    _refuse_taken_port(host, port)
    _bootstrap(home, python, user, password, say)
    say("启动 Superset")
    pid = _launch(home, f"{host}:{port}", python, workers)
    _wait_until_healthy(home, url, pid, wait_seconds)
    return Superset(url, user, password, pid, False)


def stop(home: Path, *, wait_seconds: float = 20) -> bool:
    """End the server that `start` launched; False when none was running."""
    running = _running(home.resolve())
    _pid_file(home.resolve()).unlink(missing_ok=True)
    if not running:
        return False
    master = psutil.Process(running[0])
    family = [master, *master.children(recursive=True)]
    master.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=wait_seconds)
    for process in alive:
        process.kill()
    return True


def is_running(home: Path) -> bool:
    return _running(home.resolve()) is not None


def _credentials(home: Path) -> tuple[str, str]:
    _refuse_other_secret_key(home)
    _secret(home, "superset_secret_key", "SANBAO_SUPERSET_SECRET_KEY", 48)
    password = _secret(home, "superset_admin_password", "SANBAO_SUPERSET_PASSWORD", 12)
    if not is_strong(password):
        raise SupersetError(f"SANBAO_SUPERSET_PASSWORD：{WEAK}")
    return os.environ.get("SANBAO_SUPERSET_USER", "admin"), password


def _refuse_other_secret_key(home: Path) -> None:
    """The metadata database holds what only its key can read: not made anew once there is one."""
    database = home / "superset" / "superset.db"
    if not database.exists():
        return
    path = home / "secrets" / "superset_secret_key"
    key = os.environ.get("SANBAO_SUPERSET_SECRET_KEY")
    if not key and path.exists():
        key = path.read_text(encoding="ascii").strip()
    check_key(path, key, database.parent / "secret_key.fingerprint")


def _secret(home: Path, name: str, variable: str, length: int) -> str:
    """From the environment, else generated once into a file only the operator can read."""
    if given := os.environ.get(variable):
        return given
    folder = home / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(length) + "\n")
        draft.replace(path)
    return path.read_text(encoding="ascii").strip()


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
        raise SupersetError(f"Superset 元数据库准备失败，详见 {log}（SUPERSET_BOOTSTRAP）")
    marker.write_text(done + "\n", encoding="ascii")


def _launch(home: Path, bind: str, python: Path, workers: int) -> int:
    shutil.rmtree(home / "superset" / "spill", ignore_errors=True)  # what a killed server left
    command = [
        str(python), "-m", "gunicorn", "--bind", bind, "--worker-class", "gthread",
        "--workers", str(workers), "--threads", "8", "--timeout", "120", "--graceful-timeout", "3",
        "superset.app:create_app()",
    ]  # fmt: skip
    with (home / "superset" / "superset.log").open("ab") as output:
        process = subprocess.Popen(
            command,
            env=_environment(home),
            cwd=home / "superset",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    record = {"pid": process.pid, "bind": bind, "started": psutil.Process(process.pid).create_time()}
    _pid_file(home).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _pid_file(home).write_text(json.dumps(record), encoding="ascii")
    return process.pid


def _pid_file(home: Path) -> Path:
    return home / "run" / "superset.json"


def _running(home: Path) -> tuple[int, str] | None:
    """(pid, address) of the server we launched; the start time guards against a reused pid."""
    try:
        record = json.loads(_pid_file(home).read_text(encoding="ascii"))
        process = psutil.Process(int(record["pid"]))
        same = abs(process.create_time() - float(record["started"])) < 1
        alive = same and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    # A server that an older version started is recorded without its address.
    return (int(record["pid"]), str(record.get("bind", ""))) if alive else None


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        refuse_taken_port(host, port, "SANBAO_SUPERSET_PORT")
    except SanbaoError as error:
        raise SupersetError(f"端口 {port} 已被占用，请设置 SANBAO_SUPERSET_PORT（PORT_TAKEN）") from error


def _healthy(url: str) -> bool:
    session = requests.Session()
    session.trust_env = False  # an office proxy must not answer for localhost
    try:
        return session.get(f"{url}/health", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def _wait_until_healthy(home: Path, url: str, pid: int, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline:
        if _healthy(url):
            return
        if _running(home) is None:
            break
        time.sleep(0.3)
    stop(home)
    raise SupersetError(f"Superset 未能启动，详见 {home / 'superset' / 'superset.log'}（SUPERSET_DOWN）")
