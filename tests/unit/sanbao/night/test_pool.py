"""Loading side by side: a file that nobody answers for any more is noticed."""

import os
import subprocess
import sys
import time
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from pebble import ProcessPool
from pebble.pool.base_pool import PoolStatus

from sanbao.night import pool
from sanbao.night.pool import _lost, in_processes
from sanbao.settings import PROJECT_ROOT

WAITING, RUNNING, DONE = "waiting", "running", "done"


def _future(state: str) -> Future[list[dict[str, Any]]]:
    future: Future[list[dict[str, Any]]] = Future()
    if state != WAITING:
        future.set_running_or_notify_cancel()
    if state == DONE:
        future.set_result([])
    return future


@pytest.mark.parametrize(
    ("states", "workers", "lost"),
    [
        ([WAITING, WAITING], 2, 2),  # nobody works, and two wait
        ([RUNNING, WAITING], 2, 1),  # one works, the other worker should have taken the second
        ([RUNNING, WAITING], 1, 0),  # it waits for its turn
        ([RUNNING, RUNNING], 2, 0),
        ([DONE, RUNNING], 2, 0),
    ],
)
def test_what_waits_while_a_worker_is_free_is_lost(states: list[str], workers: int, lost: int) -> None:
    futures = [_future(state) for state in states]
    found = _lost(futures, workers)
    assert len(found) == lost
    assert all(future.cancelled() for future in found)
    assert {state for state, future in zip(states, futures, strict=True) if future in found} <= {WAITING}


PROGRAM = """
import sys
from collections import deque
from sanbao.night.pool import in_processes

if __name__ != "__main__":
    raise SystemExit("the program of a task cannot be run once more")
found = []
ended = in_processes([deque([1, 2]), deque([3])], float, 2, 60, lambda item, job: found.append(job.result()))
print(sorted(found), ended, __file__)
"""


def test_a_worker_does_not_run_the_program_that_started_it(tmp_path: Path) -> None:
    """As `airflow` is: what a worker imports of it wants a database that tasks may not have."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=120, cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout == f"[1.0, 2.0, 3.0] [] {program}\n"


def test_the_queue_with_the_most_left_goes_on() -> None:
    """Each queue in its order; of two that can go on, the one that would be the last of all."""
    begun: list[float] = []
    queues = [deque([1.0]), deque([5.0, 0.5]), deque([4.0, 3.0])]
    assert in_processes(queues, float, 1, 60, lambda item, _: begun.append(item), lambda item: item) == []
    assert begun == [4.0, 5.0, 3.0, 1.0, 0.5]


class _GivesUp(ProcessPool):
    """As pebble does when a worker cannot be started while an item is on its way to another one."""

    def schedule(self, *args: Any, **kwargs: Any) -> Any:
        future = super().schedule(*args, **kwargs)
        while not future.running():
            time.sleep(0.05)
        self._context.status = PoolStatus.ERROR
        return future


class _NeverLooks(ProcessPool):
    """A pool that notices neither the end of a worker nor that an item takes too long."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pool_manager.update_status = lambda: None  # type: ignore[method-assign]


@pytest.mark.parametrize("kind", [_GivesUp, _NeverLooks])
def test_an_item_nobody_answers_for_is_given_back(
    kind: type[ProcessPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "ProcessPool", kind)
    monkeypatch.setattr(pool, "_LOST_SECONDS", 0.5)
    seconds, begun = 1.0, time.monotonic()
    ended = in_processes([deque([60.0, 61.0])], time.sleep, 1, seconds, lambda item, future: None)
    assert ended == [60.0, 61.0]
    assert time.monotonic() - begun < 30
