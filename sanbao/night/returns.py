"""What departments find in `returned/`: brought up to date after every build, and without one as well.

What became of a file and of each of its rows since is decided in dbt alone. A build that succeeds writes
it down; what was loaded after that is told as open, from its own outcome, so that no
clerk waits for a build that failed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sanbao.night.home import catalog
from sanbao.night.pool import in_processes
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage

if TYPE_CHECKING:
    from ingestion.returning.due import DueCopy

STATES_OF_WAREHOUSE = """
    select
        files.batch_id,
        files.is_open,
        held.source_sheet,
        cast(held.source_row as integer) as source_row,
        held.copy_state
    from intermediate.int_delivery__open as files
    left join (
        from intermediate.int_held_row__in_copy
        union all by name
        from intermediate.int_held_cell__in_copy
    ) as held on files.batch_id = held.batch_id
    order by all
"""


def states_path(settings: Settings) -> Path:
    """Where what the last build says of every file is written down: beside the records of the copies.

    Names of sheets are in it, which may be those of people: no folder for others to look into.
    """
    return settings.home / "archive" / "returns" / ".file_states"


def keep_states(settings: Settings, *, knows_everything: bool) -> None:
    """Write down what the warehouse that was just built says of every file.

    A build of what was known at an earlier moment takes the place of none that knew of more files.
    """
    import duckdb

    from ingestion.returning.states import STATES, kept_states, write_states

    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        found = connection.execute(STATES_OF_WAREHOUSE).to_arrow_table().cast(STATES)
    path = states_path(settings)
    kept = None if knows_everything else kept_states(path)
    if kept is not None and len(kept["batch_id"].unique()) >= len(found["batch_id"].unique()):
        return
    write_states(found, path)


def are_states_kept(settings: Settings) -> bool:
    """Whether what a build wrote down is there, and as it was written."""
    from ingestion.returning.states import kept_states

    return kept_states(states_path(settings)) is not None


@tells_of_storage
def renew_returns(settings: Settings) -> None:
    """Bring marked copies and receipt slips up to date with the last build and what was loaded since."""
    from ingestion import Home
    from ingestion import renew_returns as renew
    from ingestion.returning.states import read_states

    home = Home(settings.home)
    states = read_states(states_path(settings))
    renew(home, catalog(), states, settings.lang, partial(_write_all, settings))


def _write_all(settings: Settings, due: Sequence[Sequence[DueCopy]]) -> None:
    """Write the copies that are due, each name in a process of its own.

    A copy that ends its process twice, or when it is tried out, goes out as a note.
    """
    if not (ended := _in_processes(settings, due)):
        return
    tried = [[replace(copy, is_harmful=_is_harmful(settings, copy)) for copy in name] for name in ended]
    for name in _in_processes(settings, tried):
        _write(settings, [replace(copy, is_harmful=True) for copy in name])


def _in_processes(settings: Settings, due: Sequence[Sequence[DueCopy]]) -> list[Sequence[DueCopy]]:
    """Write them; returns those whose process ended, or wanted more memory than there is.

    What went wrong with one is raised when all others are written: it is no other department's trouble.
    """
    short_of_memory: list[Sequence[DueCopy]] = []
    errors: list[BaseException] = []

    def take(name: Sequence[DueCopy], done: Future[None]) -> None:
        error = done.exception()
        if isinstance(error, MemoryError):
            short_of_memory.append(name)
        elif error is not None:
            errors.append(error)

    queues = [deque([name]) for name in due]
    job = partial(_write, settings)
    ended = in_processes(queues, job, settings.workers, settings.file_seconds, take)
    if errors:
        raise errors[0]
    return ended + short_of_memory


@tells_of_storage
def _write(settings: Settings, due: Sequence[DueCopy]) -> None:
    from ingestion import Home
    from ingestion.returning.write import write_copies

    write_copies(Home(settings.home), catalog(), due, settings.lang)


def _is_harmful(settings: Settings, due: DueCopy) -> bool:
    from ingestion import Home
    from ingestion.readers.sandbox import TrialFailedError
    from ingestion.returning.write import ends_its_process

    try:
        return due.is_harmful or ends_its_process(Home(settings.home), due, settings.file_seconds)
    except TrialFailedError:
        return False
