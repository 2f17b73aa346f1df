"""The inbox trigger: one event for one delivery, when all of it lies still."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from sanbao.inbox_sight import look
from sanbao.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow


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


def _listening(
    inbox: Path, seconds: float, until: Callable[[list[int]], bool], meanwhile: Callable[[], None]
) -> list[int]:
    """How many files each event tells of, while something is done again and again."""

    async def watch() -> list[int]:
        told: list[int] = []

        async def listen() -> None:
            async for event in _module().InboxTrigger(str(inbox), seconds=seconds).run():
                told.append(event.payload["files"])

        task = asyncio.create_task(listen())
        end = asyncio.get_running_loop().time() + 20
        while not until(told) and not task.done() and asyncio.get_running_loop().time() < end:
            meanwhile()
            await asyncio.sleep(seconds / 4)
        if task.done():
            task.result()
        task.cancel()
        return told

    return asyncio.run(watch())


def test_a_file_that_never_stops_growing_keeps_no_other_department_waiting(tmp_path: Path) -> None:
    for department, name in (("water", "endless.log"), ("education", "a.csv")):
        (tmp_path / department).mkdir()
        (tmp_path / department / name).write_text("x")

    def grow() -> None:
        with (tmp_path / "water" / "endless.log").open("a") as out:
            out.write("x")

    assert _listening(tmp_path, 0.05, lambda told: len(told) >= 1, grow) == [1]


def test_nor_those_of_its_own_department_for_long(tmp_path: Path) -> None:
    (tmp_path / "water").mkdir()
    for name in ("endless.log", "a.csv", "b.csv"):
        (tmp_path / "water" / name).write_text("x")

    def grow() -> None:
        with (tmp_path / "water" / "endless.log").open("a") as out:
            out.write("x")

    assert _listening(tmp_path, 0.05, lambda told: len(told) >= 1, grow) == [2]


def test_loops_and_what_cannot_be_looked_at_stop_no_watch(tmp_path: Path) -> None:
    (tmp_path / "water").mkdir()
    (tmp_path / "water" / "loop").symlink_to(tmp_path / "water")
    (tmp_path / "water" / "self").symlink_to("self")
    (tmp_path / "water" / "gone.csv").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "water" / "pipe.csv")
    (tmp_path / "water" / "~$a.csv").write_text("x")
    (tmp_path / "water" / "a.csv").write_text("x")
    assert set(look(tmp_path)) == {str(tmp_path / "water" / "a.csv")}
    assert _listening(tmp_path, 0.05, lambda told: len(told) >= 1, lambda: None) == [1]


def test_an_inbox_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert look(tmp_path / "nowhere") == {}
