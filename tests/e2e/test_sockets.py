"""SANBAO_HOST is where both doors listen, and there is no other door."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import requests

from sanbao.servers import airflow, superset
from sanbao.servers.processes import local_url
from sanbao.settings import Settings
from tests.e2e.conftest import County, free_port
from tests.e2e.sockets import listening

pytestmark = [pytest.mark.slow, pytest.mark.e2e]
OTHER = "127.0.0.2"


def test_superset_listens_where_it_is_told(county: County, tmp_path: Path) -> None:
    """A copy of the prepared home, so that its metadata need not be made again."""
    home, port = tmp_path / "home", free_port()
    for part in ("superset", "secrets", "serving"):
        shutil.copytree(county.home / part, home / part, ignore=shutil.ignore_patterns("spill"))
    try:
        server = superset.start(home, port, host=OTHER)
        assert server.url == f"http://{OTHER}:{port}"
        assert listening(home) == {(OTHER, port)}
        assert superset.start(home, port, host=OTHER).was_running
        assert _answers(f"{server.url}/health")
        assert not _answers(f"http://127.0.0.1:{port}/health")
    finally:
        superset.stop(home)


def test_airflow_listens_where_it_is_told(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path / "home", as_of=date(2019, 12, 31), host=OTHER, airflow_port=free_port()
    )
    try:
        server = airflow.start(settings, lambda line: None)
        assert server.url == f"http://{OTHER}:{settings.airflow_port}"
        assert listening(settings.home) == {(OTHER, settings.airflow_port)}
    finally:
        airflow.stop(settings)


def _answers(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=5).ok
        except requests.ConnectionError:
            return False


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("10.1.2.3", "http://10.1.2.3:80"),
    ],
)
def test_how_a_program_on_this_machine_reaches_it(host: str, url: str) -> None:
    assert local_url(host, 80) == url
