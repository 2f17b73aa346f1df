"""Jobs in processes of their own, several at a time: one that ends its process ends no other."""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

Item = TypeVar("Item")
Result = TypeVar("Result")
# A worker that is free takes an item at once; that long without a word, and it has lost it.
_LOST_SECONDS = 180.0
_ENDED = (ProcessExpired, TimeoutError, BrokenProcessPool)


def in_processes(
    queues: Sequence[deque[Item]],
    job: Callable[[Item], Result],
    workers: int,
    seconds: float,
    take: Callable[[Item, Future[Result]], None],
    effort: Callable[[Item], float] = lambda item: 0.0,
) -> list[Item]:
    """Do `job` for every item, queues side by side, the items of one after another.

    A free worker goes on with the queue that has the most `effort` left, or one of them would be the last
    of all while the other workers have nothing to do.

    `take` puts away what came of an item. Returns those whose process ended, had to be ended after
    `seconds`, never took them, or gave no answer.
    """
    ended: list[Item] = []
    if not queues:
        return ended
    # spawn: a forked child would inherit threads of pyarrow and duckdb in mid-flight.
    context = multiprocessing.get_context("spawn")
    workers = min(workers, len(queues))
    with _without_main(), ProcessPool(workers, context=context) as pool, ExitStack() as broken_off:
        # Otherwise leaving the pool would wait for every item, after Ctrl-C too.
        broken_off.callback(pool.stop)
        running: dict[Future[Result], tuple[Item, deque[Item]]] = {}

        def start() -> None:
            while len(running) < workers and (queue := _longest(queues, running.values(), effort)):
                try:
                    future = pool.schedule(job, args=(queue[0],), timeout=seconds)
                except RuntimeError:  # a worker ended before it had an item to answer for: no pool any more
                    ended.extend(queue)
                    queue.clear()
                else:
                    running[future] = queue.popleft(), queue

        start()
        is_broken, answered = False, monotonic()
        while running:
            finished = wait(running, _LOST_SECONDS, return_when=FIRST_COMPLETED).done
            if finished:
                answered, lost = monotonic(), []
            elif pool.active and monotonic() - answered < seconds + _LOST_SECONDS:
                lost = _lost(running, workers)
            else:  # given up while an item was on its way, or silent for longer than any item may take
                lost = list(running)
            if lost:
                # Its pool cannot be relied on any more: what has not begun waits for another one.
                is_broken = True
                ended.extend(running.pop(future)[0] for future in lost)
                for queue in queues:
                    ended.extend(queue)
                    queue.clear()
            for future in finished:
                item, _ = running.pop(future)
                if isinstance(future.exception(), _ENDED):
                    ended.append(item)
                else:
                    take(item, future)
            start()
        if not is_broken:
            broken_off.pop_all()
    return ended


def _longest(
    queues: Iterable[deque[Item]],
    running: Iterable[tuple[Item, deque[Item]]],
    effort: Callable[[Item], float],
) -> deque[Item] | None:
    """The queue with the most left to do, of those of which no item is running; None where all are."""
    busy = {id(queue) for _, queue in running}
    free = [queue for queue in queues if queue and id(queue) not in busy]
    return max(free, key=lambda queue: sum(map(effort, queue)), default=None)


@contextmanager
def _without_main() -> Iterator[None]:
    """A process that is spawned meanwhile does not run the program of this one once more.

    Jobs are functions of modules; and a task of Airflow is run by `airflow`, which asks for a database
    that tasks have no access to.
    """
    main = sys.modules["__main__"]
    spec, file = main.__spec__, main.__dict__.pop("__file__", None)
    main.__spec__ = None
    try:
        yield
    finally:
        main.__spec__ = spec
        if file is not None:
            main.__file__ = file


def _lost(running: Iterable[Future[Result]], workers: int) -> list[Future[Result]]:
    """Items that were handed to a worker that was killed before it said that it has them.

    Nobody will ever answer for them: a worker is free, and they still wait for one.
    """
    waiting = [future for future in running if not future.running() and not future.done()]
    is_one_free = sum(future.running() for future in running) < workers
    return [future for future in waiting if future.cancel()] if is_one_free else []
