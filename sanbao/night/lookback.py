"""What was known at an earlier moment: a warehouse built apart from the one in force, and thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from sanbao.night.build import NodeDone, build
from sanbao.night.build_state import known_batches, known_decisions
from sanbao.night.publish import publish_apart
from sanbao.settings import Settings


def last_known(settings: Settings, known_by: datetime | None) -> datetime | None:
    """When the last of what is known by `known_by` (naive UTC; none: now) became known; None: nothing is.

    Two moments with the same answer know the same, so it names what a report rests on.
    """
    import duckdb

    batches = known_batches(settings, known_by)
    if not batches:
        return None
    files = [str(path) for path in sorted((settings.lake / "delivery").glob("*.parquet"))]
    sql = "select max(received_at) from read_parquet($files) where list_contains($batches, batch_id)"
    with duckdb.connect() as connection:
        found = connection.execute(sql, {"files": files, "batches": batches}).fetchone()
    decided = [moment for _, moment in known_decisions(settings, known_by)]
    moments = [moment for moment in ((found or (None,))[0], *decided) if moment is not None]
    return max(moments, default=None)


@contextmanager
def served_then(
    settings: Settings, as_of: date, known_by: datetime, on_node: NodeDone | None = None
) -> Iterator[Path]:
    """The serving file of `as_of` as it was known by `known_by` (naive UTC), for the time of the block."""
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".lookback-", dir=settings.warehouse.parent) as folder:
        apart = replace(settings, apart=Path(folder), as_of=as_of, target="duckdb")
        build(apart, as_of, known_by, on_node=on_node, force=True)
        publish_apart(apart, as_of)
        yield apart.serving
