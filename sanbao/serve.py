"""The last steps of a night: publish the marts and let Superset know."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sanbao.build import LOCK_WAIT_SECONDS
from sanbao.build_state import DBT_PROJECT, read_state, tree_hash, write_atomically
from sanbao.errors import SanbaoError
from sanbao.lock import writer_lock
from sanbao.settings import PROJECT_ROOT, Settings

DASHBOARDS = PROJECT_ROOT / "dashboards"


def publish_serving(settings: Settings, as_of: date | None = None, force: bool = False) -> dict[str, Any]:
    """Publish the marts of every built date, unless exactly these are published; returns what was done."""
    mark = settings.serving_dir / "published.json"
    with writer_lock(settings.warehouse.parent / ".lock", LOCK_WAIT_SECONDS):
        state = read_state(settings)
        if state.unfinished:
            raise SanbaoError("BUILD_UNFINISHED", dates=", ".join(state.unfinished))
        digest = state.digest()
        if not force and settings.serving.exists() and mark.exists():
            done = json.loads(mark.read_text("utf-8"))
            if done["digest"] == digest:
                return {"skipped": True, "as_of": as_of and as_of.isoformat()}
        from dashboards.publish import PublishRefused, publish

        try:
            result = publish(
                settings.warehouse, settings.serving_dir, settings.manifest, keep=settings.keep, as_of=as_of
            )
        except PublishRefused as error:
            raise SanbaoError("PUBLISH_REFUSED", detail=str(error)) from error
        write_atomically(mark, json.dumps({"digest": digest}))
    return {
        "skipped": not result.published,
        "as_of": as_of and as_of.isoformat(),
        "version": result.version,
        "tables": result.table_count,
        "rows": result.row_count,
    }


def refresh_superset(settings: Settings) -> str:
    """Bring a running Superset's datasets and dashboards up to date; returns a line for the log.

    Superset reads the serving file afresh for every chart, so only changed definitions are sent: a
    dashboard that an analyst changed by hand is not overwritten every night.
    """
    from sanbao import superset_server

    if not superset_server.is_running(settings.home):
        return "Superset is not running: nothing to refresh"
    mark = settings.home / "superset" / "deployed.json"
    digest = tree_hash(DBT_PROJECT) + tree_hash(DASHBOARDS)
    if mark.exists() and json.loads(mark.read_text("utf-8"))["digest"] == digest:
        return "Superset's definitions are unchanged"
    from dashboards.deploy import deploy

    server = superset_server.start(
        settings.home,
        settings.superset_port,
        settings.superset_venv / "bin" / "python",
        host=settings.host,
    )
    result = deploy(server.url, server.user, server.password, settings.manifest, settings.serving)
    write_atomically(mark, json.dumps({"digest": digest, "dashboards": result.dashboards}))
    return f"Superset: {result.datasets} datasets, {result.charts} charts deployed"


def dashboard_addresses(settings: Settings) -> dict[str, str]:
    """Title → address of every deployed dashboard."""
    mark = settings.home / "superset" / "deployed.json"
    addresses: dict[str, str] = json.loads(mark.read_text("utf-8"))["dashboards"] if mark.exists() else {}
    return addresses
