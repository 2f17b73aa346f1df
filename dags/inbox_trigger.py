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

Sight = dict[str, tuple[int, int]]  # path → size, mtime


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
        while True:
            now = await asyncio.to_thread(look, Path(self.inbox))
            still = {path: sight for path, sight in now.items() if before.get(path) == sight}
            news = {path for path, sight in still.items() if told.get(path) != sight}
            # A busy inbox waits until all of it lies still: one run for one delivery.
            if news and len(still) == len(now):
                told = still
                yield TriggerEvent({"files": len(news)})
            told = {path: sight for path, sight in told.items() if path in now}
            before = now
            await asyncio.sleep(self.seconds)


def look(inbox: Path) -> Sight:
    """Every visible file of the department folders, by size and time of change."""
    sight: Sight = {}
    for path in inbox.rglob("*"):
        if any(part.startswith(".") for part in path.relative_to(inbox).parts):
            continue
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue  # taken between listing and looking
        if path.is_file():
            sight[str(path)] = (stat.st_size, stat.st_mtime_ns)
    return sight
