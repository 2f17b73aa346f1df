"""The last steps of a night: publish the marts and let Superset know."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sanbao.build import LOCK_WAIT_SECONDS
from sanbao.build_state import read_state, write_atomically
from sanbao.lock import writer_lock
from sanbao.settings import Settings


def publish_serving(settings: Settings, as_of: date | None = None, force: bool = False) -> dict[str, Any]:
    """Publish the marts of every built date, unless exactly these are published; returns what was done."""
    mark = settings.serving_dir / "published.json"
    with writer_lock(settings.warehouse.parent / ".lock", LOCK_WAIT_SECONDS):
        digest = read_state(settings).digest()
        if not force and settings.serving.exists() and mark.exists():
            done = json.loads(mark.read_text("utf-8"))
            if done["digest"] == digest:
                return {"skipped": True, "as_of": as_of and as_of.isoformat()}
        from dashboards.publish import publish

        result = publish(settings.warehouse, settings.serving_dir, settings.manifest, keep=settings.keep)
        write_atomically(mark, json.dumps({"digest": digest}))
    return {"skipped": False, "as_of": as_of and as_of.isoformat(), "result": str(result)}
