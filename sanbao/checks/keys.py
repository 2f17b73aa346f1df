"""Keys and passwords: whether they are there, long enough, nobody's default, and not open to others.

No value is ever told: names, lengths and folders alone.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sanbao.checks.findings import Finding, Level, found
from sanbao.settings import PROJECT_ROOT, Settings, compose_secrets

AREA = "keys"
# Fewest characters. HS512 wants 64 bytes, Superset 42; a fernet key has 44, neither more nor less.
LEAST = {"airflow_jwt_secret": 64, "airflow_api_secret_key": 32, "superset_secret_key": 42}
_FERNET, _LEAST_PASSWORD = 44, 16
_DEFAULTS = frozenset(
    {"admin", "airflow", "password", "postgres", "superset", "changeme", "123456", "sanbao"}
)
MOUNTED = Path("/run/secrets")  # in a container
_SECRET = re.compile(r"""\{file: "[^"]*secrets}?/(\w+(?:\.pem)?)}?"\}""")
_ENDS_SOON = timedelta(days=30)


def check(settings: Settings, env: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    wrong = list[Finding]()
    compose = compose_secrets(env)
    if compose is not None:
        missing = [name for name in _of_compose(env) if not (compose / name).exists()]
        wrong += [found("ERROR", "SECRET_MISSING", AREA, path=compose / name) for name in missing]
        # The files in it are open to the containers' accounts: the folder shuts everybody else out.
        if stat.S_IMODE(compose.stat().st_mode) & 0o077:
            wrong.append(found("ERROR", "SECRETS_OPEN", AREA, path=compose))
    folders = [folder for folder in (settings.secrets, compose, MOUNTED) if folder and folder.is_dir()]
    files = [path for folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
    files = [path for path in files if not path.name.startswith(".")]
    for path in files:
        wrong += _of_file(path, now)
    yield from wrong
    if not files:
        yield found("OK", "KEYS_NONE", AREA)
    elif not wrong:
        yield found("OK", "KEYS_GOOD", AREA, count=len(files))


def _of_compose(env: Mapping[str, str]) -> list[str]:
    """The files that the compose file wants in its folder of secrets; a certificate may lie elsewhere."""
    compose = PROJECT_ROOT / "docker-compose.yml"
    names = _SECRET.findall(compose.read_text("utf-8")) if compose.is_file() else []
    own = {"door_certificate.pem": "SANBAO_TLS_CERTIFICATE", "door_key.pem": "SANBAO_TLS_KEY"}
    return [name for name in names if not env.get(own.get(name, ""))]


def _of_file(path: Path, now: datetime) -> Iterator[Finding]:
    name = path.name
    if name.endswith("certificate.pem"):
        yield from _of_certificate(path, now)
        return
    try:
        value = path.read_text("ascii").strip()
    except PermissionError:
        yield found("NOTE", "SECRET_UNREADABLE", AREA, path=path)
        return
    except UnicodeDecodeError:
        yield found("ERROR", "SECRET_ODD", AREA, path=path)
        return
    if value.lower() in _DEFAULTS:
        yield found("ERROR", "SECRET_DEFAULT", AREA, path=path)
    elif name == "airflow_fernet_key":
        if len(value) != _FERNET:
            yield found("ERROR", "SECRET_ODD", AREA, path=path)
    elif name in ("sftp_host_key", "door_key.pem"):
        if not value.startswith("-----BEGIN"):
            yield found("ERROR", "SECRET_ODD", AREA, path=path)
    else:
        least = LEAST.get(name, _LEAST_PASSWORD if name.endswith("_password") else 0)
        if len(value) < least:
            level: Level = "ERROR" if len(value) < least / 2 else "NOTE"
            yield found(level, "SECRET_SHORT", AREA, path=path, length=len(value), least=least)


def _of_certificate(path: Path, now: datetime) -> Iterator[Finding]:
    from cryptography import x509

    try:
        until = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except ValueError:
        yield found("ERROR", "SECRET_ODD", AREA, path=path)
        return
    if until < now + _ENDS_SOON:
        level: Level = "ERROR" if until < now else "NOTE"
        yield found(level, "CERTIFICATE_ENDS", AREA, path=path, until=until.date())
