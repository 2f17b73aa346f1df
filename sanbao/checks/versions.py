"""Versions: Python, what is installed against what is pinned, and who wrote the databases."""

from __future__ import annotations

import functools
import re
import struct
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from sanbao.checks.findings import Finding, found
from sanbao.settings import PROJECT_ROOT, Settings

AREA = "versions"
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)\s*([^\\]*)", re.MULTILINE)
_MAGIC = b"DUCK"  # behind a checksum of eight bytes; then the version of the format, as eight bytes


def check(settings: Settings, root: Path = PROJECT_ROOT) -> Iterator[Finding]:
    wrong = [*_python(root), *_packages(root / "requirements" / "sanbao.txt", None)]
    wrong += [*_superset(settings, root), *_databases(settings)]
    yield from wrong
    if not any(each.level == "ERROR" for each in wrong):
        yield found("OK", "VERSIONS_GOOD", AREA, python=sys.version.split()[0])


def _python(root: Path) -> Iterator[Finding]:
    wanted = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    least = tuple(int(part) for part in wanted.removeprefix(">=").split("."))
    if sys.version_info[: len(least)] < least:
        yield found("ERROR", "PYTHON_OTHER", AREA, found=sys.version.split()[0], wanted=wanted)


def _packages(pins: Path, site: Path | None, folder: str = ".venv") -> Iterator[Finding]:
    """What is installed otherwise than the lock says; `site`: of another environment than this one."""
    wanted = pinned(pins)
    there = installed(site)
    wrong = [
        f"{name} {there.get(name, '-')}（{version}）"
        for name, version in sorted(wanted.items())
        if there.get(name) != version
    ]
    if wrong:
        shown = "、".join(wrong[:5]) + ("……" if len(wrong) > 5 else "")
        yield found("ERROR", "PACKAGES_OTHER", AREA, folder=folder, count=len(wrong), packages=shown)


def pinned(path: Path) -> dict[str, str]:
    """Package → version, of those lines of a lock that hold for this machine."""
    from packaging.markers import Marker

    found_pins: dict[str, str] = {}
    for name, version, rest in _PIN.findall(path.read_text("utf-8")):
        marker = rest.strip().removeprefix(";").strip()
        if not marker or Marker(marker).evaluate():
            found_pins[_plain(name)] = version
    return found_pins


@functools.cache
def installed(site: Path | None = None) -> dict[str, str]:
    """Package → version, of this environment or of the one whose packages lie in `site`."""
    there = distributions() if site is None else distributions(path=[str(site)])
    found_there: dict[str, str] = {}
    for each in there:
        found_there.setdefault(_plain(each.metadata["Name"] or ""), each.version)
    return found_there


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _superset(settings: Settings, root: Path) -> Iterator[Finding]:
    if settings.superset_url:
        return  # in an image of its own
    sites = sorted(settings.superset_venv.glob("lib/python3*/site-packages"))
    if not sites:
        yield found("NOTE", "SUPERSET_ABSENT", AREA, path=settings.superset_venv)
        return
    folder = settings.superset_venv.name
    yield from _packages(root / "requirements" / "superset.txt", sites[0], folder)
    # It opens what this environment writes.
    ours, theirs = installed().get("duckdb"), installed(sites[0]).get("duckdb")
    if ours != theirs:
        yield found("ERROR", "DUCKDB_DIFFERS", AREA, ours=ours, theirs=theirs, folder=folder)


def _databases(settings: Settings) -> Iterator[Finding]:
    newest: int | None = None
    for path in (settings.warehouse, settings.serving):
        version = storage_version(path)
        if version is None:
            continue
        newest = newest or _newest_storage()
        if version > newest:
            inside = path.relative_to(settings.home)
            yield found("ERROR", "STORAGE_NEWER", AREA, path=inside, found=version, known=newest)


def storage_version(path: Path) -> int | None:
    """The version of the format that a DuckDB file says of itself; None for what is none (or not there)."""
    try:
        with path.open("rb") as file:
            head = file.read(20)
    except FileNotFoundError:
        return None
    if len(head) < 20 or head[8:12] != _MAGIC:
        return None
    return int(struct.unpack("<Q", head[12:20])[0])


def _newest_storage() -> int:
    """The newest format that the DuckDB of this environment knows: it is asked to write it."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "newest.duckdb"
        with duckdb.connect() as connection:
            connection.execute(f"attach '{path}' as newest (storage_version 'latest')")
        version = storage_version(path)
    assert version is not None
    return version
