"""Settings: values that cannot be used, names that nobody reads, dates that were left in, contracts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from sanbao.checks.findings import Finding, found, of_error
from sanbao.errors import SanbaoError
from sanbao.night.home import catalog
from sanbao.settings import PROJECT_ROOT, VARIABLES, Settings

AREA = "configuration"
ANCHOR = "设置不对"
# Given by one program of ours to another, and by the compose file to its containers.
_INTERNAL = frozenset({"SANBAO_WAREHOUSE", "SANBAO_LAKE"})
_NAME = re.compile(r"^\s*(?:export\s+)?(SANBAO_\w+)\s*=", re.MULTILINE)


def check(
    settings: Settings, env: Mapping[str, str], wrong: Sequence[SanbaoError], root: Path = PROJECT_ROOT
) -> Iterator[Finding]:
    yield from (of_error(error, AREA, ANCHOR, settings.lang) for error in wrong)
    unknown = list(_unknown(env, root))
    yield from unknown
    if not wrong and not unknown:
        yield found("OK", "SETTINGS_GOOD", AREA, count=sum(name in env for name in VARIABLES))
    for name in ("SANBAO_AS_OF", "SANBAO_TODAY"):
        if env.get(name):
            yield found("NOTE", "DATE_FIXED", AREA, name=name, value=env[name])
    try:
        yield found("OK", "CONTRACTS_GOOD", AREA, count=len(catalog().contracts))
    except SanbaoError as error:
        yield of_error(error, AREA, "加一个部门", settings.lang)
    if not (settings.home / "archive").exists():
        yield found("NOTE", "HOME_EMPTY", AREA, home=settings.home)


def _unknown(env: Mapping[str, str], root: Path) -> Iterator[Finding]:
    """Names that look like settings and are none: most likely one letter of a name is wrong."""
    known = _known(root)
    given = {name: "env" for name in env if name.startswith("SANBAO_")}
    settings_file = root / ".env"
    if settings_file.is_file():
        given |= dict.fromkeys(_NAME.findall(settings_file.read_text("utf-8", "replace")), ".env")
    for name, where in sorted(given.items()):
        if name.removesuffix("_FILE") not in known:
            close = get_close_matches(name, known, 1)
            yield found(
                "NOTE", "SETTING_UNKNOWN", AREA, name=name, where=where, close=close[0] if close else "-"
            )


def _known(root: Path) -> set[str]:
    """Every name that the example or the compose file has; in an image there is neither."""
    names = {*VARIABLES, *_INTERNAL}
    for file in (".env.example", "docker-compose.yml"):
        if (root / file).is_file():
            names |= set(re.findall(r"\bSANBAO_[A-Z_]*[A-Z]\b", (root / file).read_text("utf-8")))
    return {name.removesuffix("_FILE") for name in names} | _OF_IMAGES


# What the compose file gives the programs in its images: neither file is there.
_OF_IMAGES = frozenset(
    {"SANBAO_SUPERSET_USER", "SANBAO_SUPERSET_PASSWORD", "SANBAO_AIRFLOW_USER", "SANBAO_LOG_DAYS"}
    | {"SANBAO_OPENLINEAGE_KEY", "SANBAO_BACKUPS_KEPT", "SANBAO_SFTP_HOST_KEY", "SANBAO_SECRETS"}
)
