"""Loading side by side: a file that nobody answers for any more is noticed."""

from concurrent.futures import Future
from typing import Any

import pytest

from sanbao.night.load import _lost

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
