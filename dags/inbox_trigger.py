"""Watches the inbox, so that a night runs when files arrive and not only at 02:00.

Lives beside the DAG (and not in `sanbao`, which never imports Airflow); the dags folder is on the
PYTHONPATH of triggerer and dag-processor, which both import it by name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from sanbao.inbox_sight import Sight, look

PATIENCE = 12  # looks for which files that lie still wait for others of their folder


class InboxTrigger(BaseEventTrigger):
    """One event each time new files lie still in `inbox` for two looks. Takes nothing: `receive` does."""

    def __init__(self, inbox: str, seconds: float = 5.0) -> None:
        super().__init__()
        self.inbox = inbox
        self.seconds = seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return "inbox_trigger.InboxTrigger", {"inbox": self.inbox, "seconds": self.seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        before: Sight = {}
        told: Sight = {}
        waited = 0
        while True:
            now = await asyncio.to_thread(look, Path(self.inbox))
            still = {path: sight for path, sight in now.items() if before.get(path) == sight}
            news = {path for path, sight in still.items() if told.get(path) != sight}
            waited = waited + 1 if news else 0
            # One run for one delivery: a folder that is busy waits until all of it lies still. But a
            # file that never does keeps no other waiting for long, and no other folder at all.
            busy = {self._folder(path) for path in now.keys() - still.keys()}
            ready = {path for path in news if self._folder(path) not in busy}
            if ready or waited > PATIENCE:
                ready = news if waited > PATIENCE else ready
                waited = 0
                told |= {path: still[path] for path in ready}
                yield TriggerEvent({"files": len(ready)})
            told = {path: sight for path, sight in told.items() if path in now}
            before = now
            await asyncio.sleep(self.seconds)

    def _folder(self, path: str) -> str:
        """The department's folder in which a file lies."""
        return Path(path).relative_to(self.inbox).parts[0]
