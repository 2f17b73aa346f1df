"""Superset's definitions: brought up to date when they have changed, and where to look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from foundation.files import write_text
from sanbao.files import tree_hash
from sanbao.settings import DBT_PROJECT, PROJECT_ROOT, Settings
from sanbao.storage import tells_of_storage

if TYPE_CHECKING:
    from sanbao.servers.superset import Superset

DASHBOARDS = PROJECT_ROOT / "dashboards"


@tells_of_storage
def refresh_superset(settings: Settings) -> str:
    """Bring a running Superset's datasets and dashboards up to date; returns a line for the log.

    Superset reads the serving file afresh for every chart, so only changed definitions are sent: a
    dashboard that an analyst changed by hand is not overwritten every night.
    """
    from sanbao.servers import superset

    if not settings.superset_url and not superset.is_running(settings.home):
        return "Superset is not running: nothing to refresh"
    mark = settings.home / "superset" / "deployed.json"
    digest = tree_hash(DBT_PROJECT) + tree_hash(DASHBOARDS)
    if mark.exists() and json.loads(mark.read_text("utf-8"))["digest"] == digest:
        return "Superset's definitions are unchanged"
    from dashboards.deploy import deploy

    server = _server(settings)
    result = deploy(server.url, server.user, server.password, settings.manifest, settings.serving)
    write_text(json.dumps({"digest": digest, "dashboards": result.dashboards}), mark)
    return f"Superset: {result.datasets} datasets, {result.charts} charts deployed"


def _server(settings: Settings) -> Superset:
    from sanbao.servers import superset

    if settings.superset_url:
        return superset.reach(settings.superset_url)
    return superset.start(
        settings.home,
        settings.superset_port,
        settings.superset_venv / "bin" / "python",
        host=settings.host,
    )


def dashboard_addresses(settings: Settings) -> dict[str, str]:
    """Title → address of every deployed dashboard."""
    mark = settings.home / "superset" / "deployed.json"
    addresses: dict[str, str] = json.loads(mark.read_text("utf-8"))["dashboards"] if mark.exists() else {}
    return addresses
