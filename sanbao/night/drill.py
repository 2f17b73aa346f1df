"""`sanbao drill`: a backup is restored beside the home, proven, compared and removed again.

A backup that nobody ever restored is a hope. The drill runs the same `restore` as an empty machine would,
verifies every byte of what came of it, and holds its figures against those that are published: of the newest
date, the oldest, and a few by chance, since a home of many years would be built for hours.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sanbao.errors import SanbaoError
from sanbao.night.build_state import known_batches, known_decisions
from sanbao.night.integrity import verify
from sanbao.night.restore import restore
from sanbao.night.safekeeping import Kept, last_backup, note_drill
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage

_BUILT = 3  # dates that are built for proof


@dataclass(frozen=True)
class Drill:
    """What was proven: so many files, these dates. `figures` is None where the data has moved on since."""

    path: Path
    file_count: int
    dates: list[str]
    figures: int | None


@tells_of_storage
def drill(
    settings: Settings, file: Path | None = None, on_node: Callable[[str, str], None] | None = None
) -> Drill:
    """Restore `file` (none: the last backup) for proof; raises SanbaoError.

    DRILL_NO_BACKUP without one, BACKUP_DAMAGED, DRILL_FAILED where what came of it is not whole or its
    figures are others, though it was made from the same deliveries.
    """
    path = file or _newest(settings)
    beside = settings.home / "backups" / ".drill"
    shutil.rmtree(beside, ignore_errors=True)  # of a drill that was killed
    for folder in (beside.parent, beside):  # `parents` would make the upper one as open as any
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = replace(settings, home=beside, apart=None, openlineage_url="")
    try:
        restored = restore(there, path, on_node, _some_of)
        if faults := verify(there):
            raise SanbaoError("DRILL_FAILED", file=str(path), detail=faults[0].sentence(settings.lang))
        figures = _compared(settings, there, path) if _same_data(settings, there) else None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    note_drill(settings, Kept(str(path), datetime.now(UTC).isoformat(), path.stat().st_size))
    return Drill(path, restored.file_count, restored.dates, figures)


def _some_of(dates: list[str]) -> list[str]:
    """The newest, the oldest, and by chance others: in the course of the months each has its turn."""
    ends = {*dates[:1], *dates[-1:]}
    others = [day for day in dates if day not in ends]
    return sorted({*ends, *random.sample(others, min(len(others), _BUILT - len(ends)))})


def _newest(settings: Settings) -> Path:
    kept = last_backup(settings)
    if kept is None or not Path(kept.path).is_file():
        raise SanbaoError("DRILL_NO_BACKUP")
    return Path(kept.path)


def _same_data(settings: Settings, there: Settings) -> bool:
    """Whether nothing came or was decided since the backup, so that all figures must be equal."""
    return (
        settings.serving.exists()
        and there.serving.exists()
        and known_batches(settings, None) == known_batches(there, None)
        and known_decisions(settings, None) == known_decisions(there, None)
    )


def _compared(settings: Settings, there: Settings, path: Path) -> int:
    """How many figures are equal; raises SanbaoError (DRILL_FAILED) naming one that is not."""
    import duckdb

    columns = "as_of, figure_id, area_level, area_code, area_name, value, numerator, denominator, count_state"
    with duckdb.connect() as connection:
        for name, home in (("here", settings), ("there", there)):
            file = str(home.serving.resolve()).replace("'", "''")
            connection.execute(f"attach '{file}' as {name} (read_only)")
        both = "select as_of from here.mart.fct_figure intersect select as_of from there.mart.fct_figure"
        here, there_ = (
            f"select {columns} from {name}.mart.fct_figure where as_of in ({both})"  # noqa: S608
            for name in ("here", "there")
        )
        different = connection.execute(
            f"select figure_id from (({here} except {there_}) union ({there_} except {here})) order by 1"  # noqa: S608
        ).fetchall()
        count = connection.execute(f"select count(*) from ({here})").fetchone()  # noqa: S608
    if different:
        raise SanbaoError("DRILL_FAILED", file=str(path), detail=f"{len(different)} × {different[0][0]}")
    return int(count[0]) if count else 0
