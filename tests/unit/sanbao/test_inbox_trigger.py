"""The inbox trigger: one event for one delivery, when all of it lies still."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from sanbao.settings import PROJECT_ROOT


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("inbox_trigger", PROJECT_ROOT / "dags" / "inbox_trigger.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["inbox_trigger"] = module
    spec.loader.exec_module(module)
    return module


async def _events(inbox: Path, changes: list[str]) -> list[int]:
    """How many files each event tells of, while `changes` happen one after the other."""
    trigger = _module().InboxTrigger(str(inbox), seconds=0.05)
    told: list[int] = []

    async def listen() -> None:
        async for event in trigger.run():
            told.append(event.payload["files"])

    task = asyncio.create_task(listen())
    for change in changes:
        path = inbox / "water" / change
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        # Until it is told, if it is: a busy machine takes its time. Hidden names are never told.
        expected, until = len(told) + 1, asyncio.get_running_loop().time() + (0.5 if change[0] == "." else 10)
        while len(told) < expected and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.05)
    task.cancel()
    return told


def test_one_event_for_each_delivery(tmp_path: Path) -> None:
    assert asyncio.run(_events(tmp_path, ["a.csv", "b.csv"])) == [1, 1]


def test_files_that_wait_already_are_told_once(tmp_path: Path) -> None:
    (tmp_path / "water").mkdir()
    (tmp_path / "water" / "old.csv").write_text("x")
    assert asyncio.run(_events(tmp_path, [".hidden", "new.csv"])) == [1, 1]


def test_a_file_still_being_copied_is_waited_for(tmp_path: Path) -> None:
    async def copy() -> list[int]:
        path = tmp_path / "water" / "big.csv"
        path.parent.mkdir(parents=True)
        trigger = _module().InboxTrigger(str(tmp_path), seconds=0.2)
        told: list[int] = []

        async def listen() -> None:
            async for _ in trigger.run():
                told.append(path.stat().st_size)

        task = asyncio.create_task(listen())
        for size in range(1, 16):
            path.write_text("x" * size)
            await asyncio.sleep(0.05)
        while not told:
            await asyncio.sleep(0.1)
        task.cancel()
        return told

    assert asyncio.run(copy()) == [15]


def test_the_trigger_says_how_it_is_made_again(tmp_path: Path) -> None:
    path, arguments = _module().InboxTrigger(str(tmp_path)).serialize()
    assert path == "inbox_trigger.InboxTrigger"
    assert arguments == {"inbox": str(tmp_path), "seconds": 5.0}
