"""All checks, one after another; one that breaks is a finding itself and keeps no other from being made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from sanbao.checks import (
    backups,
    clocks,
    configuration,
    contents,
    keys,
    last_night,
    leftovers,
    permissions,
    ports,
    space,
    versions,
)
from sanbao.checks.findings import Finding, found, of_error
from sanbao.errors import SanbaoError
from sanbao.redact import kind_of
from sanbao.settings import Settings, usable_settings
from sanbao.storage import storage_error

Check = Callable[[], Iterable[Finding]]


def examine(
    env: Mapping[str, str], *, quick: bool = False, now: datetime | None = None
) -> tuple[Settings, list[Finding]]:
    """The settings that can be used, and every finding. `quick`: no file is read for its contents."""
    settings, wrong = usable_settings(env)
    moment = now or datetime.now(UTC)
    checks: dict[str, Check] = {
        "configuration": lambda: configuration.check(settings, env, wrong),
        "keys": lambda: keys.check(settings, env, moment),
        "versions": lambda: versions.check(settings),
        "clock": lambda: clocks.check(settings, moment),
        "space": lambda: space.check(settings),
        "permissions": lambda: permissions.check(settings),
        "ports": lambda: ports.check(settings),
        "leftovers": lambda: leftovers.check(settings, moment),
        "files": lambda: contents.check(settings, quick=quick),
        "night": lambda: last_night.check(settings, moment),
        "backup": lambda: backups.check(settings, moment),
    }
    return settings, [
        finding for area, check in checks.items() for finding in _guarded(settings, area, check)
    ]


def _guarded(settings: Settings, area: str, check: Check) -> list[Finding]:
    try:
        return list(check())
    except Exception as error:  # noqa: BLE001  (whatever it is, the other checks are made)
        of_disk = storage_error(error, settings)
        if of_disk is not None:
            return [of_error(of_disk, area, ANCHORS[of_disk.code], settings.lang)]
        if isinstance(error, SanbaoError):
            return [of_error(error, area, "夜间没跑完", settings.lang)]
        return [found("ERROR", "CHECK_FAILED", area, detail=kind_of(error))]


ANCHORS = {"DISK_FULL": "磁盘满了", "HOME_READ_ONLY": "磁盘满了", "HOME_NOT_ALLOWED": "权限不对"}
