"""Superset is started here, or reached where somebody else started it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sanbao.errors import SanbaoError
from sanbao.servers import superset


class _Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Healthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_elsewhere_is_reached_with_the_password_of_a_file(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("a sentence for nobody\n", "utf-8")
    monkeypatch.setenv("SANBAO_SUPERSET_PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.setenv("SANBAO_SUPERSET_USER", "root-of-all")
    server = superset.reach(url)
    assert (server.url, server.user, server.password) == (url, "root-of-all", "a sentence for nobody")


def test_one_that_stays_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANBAO_SUPERSET_PASSWORD", "x")
    with pytest.raises(SanbaoError) as caught:
        superset.reach("http://127.0.0.1:9", wait_seconds=0)
    assert caught.value.code == "SUPERSET_AWAY"


def test_without_a_password_the_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANBAO_SUPERSET_PASSWORD", raising=False)
    monkeypatch.delenv("SANBAO_SUPERSET_PASSWORD_FILE", raising=False)
    with pytest.raises(SanbaoError) as caught:
        superset.reach("http://127.0.0.1:9", wait_seconds=0)
    assert caught.value.code == "SETTING_INVALID"
