"""What the tests of Superset share: one server over one published county."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboards.client import SupersetClient
from dashboards.deploy import deploy
from dashboards.publish import publish
from sanbao.servers import superset
from sanbao.servers.superset import Superset
from tests.unit.dashboards import fake_warehouse

LOCK_SECONDS = 8


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class County:
    home: Path
    warehouse: Path
    manifest: Path
    serving: Path
    server: Superset

    def client(self) -> SupersetClient:
        return SupersetClient(self.server.url, self.server.user, self.server.password)

    def deploy(self) -> None:
        deploy(self.server.url, self.server.user, self.server.password, self.manifest, self.serving)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    home = tmp_path_factory.mktemp("superset")
    port = free_port()
    warehouse, manifest = fake_warehouse.build(home / "warehouse")
    serving = publish(warehouse, home / "serving", manifest, fake_warehouse.ID_NUMBERS).path
    os.environ["SANBAO_SUPERSET_LOCK_SECONDS"] = str(LOCK_SECONDS)
    server = superset.start(home, port)
    try:
        made = County(home, warehouse, manifest, serving, server)
        made.deploy()
        yield made
    finally:
        del os.environ["SANBAO_SUPERSET_LOCK_SECONDS"]
        superset.stop(home)
    assert not superset.is_running(home)
