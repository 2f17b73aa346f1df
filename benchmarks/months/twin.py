"""The same county without its history: the right files of all months, taken in by one night of a new home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from sanbao.night.night import night
from sanbao.settings import Settings

# Table → what names a row, and what is compared. Caveats may speak of files that came wrong before.
_COMPARED = {
    "fct_figure": ("figure_id, area_level, area_code", "numerator, denominator, value"),
    "fct_guarantee": ("household_id, guarantee", "state, reason_code"),
}


def unlike_its_twin(settings: Settings, sources: list[Path], room: Path, day: date) -> Iterator[str]:
    """What a home says otherwise of a date than one that got the right files at once."""
    shutil.rmtree(room, ignore_errors=True)
    twin = replace(settings, home=room)
    for source in sources:
        shutil.copytree(source, twin.home / "inbox", dirs_exist_ok=True)
    # The same household has the same id only under the same key.
    key = settings.lake / "secret"
    twin.lake.mkdir(parents=True, mode=0o700)
    shutil.copytree(key, twin.lake / "secret") if key.is_dir() else shutil.copy2(key, twin.lake / "secret")
    night(twin, day)
    yield from _differences(settings, twin, day)
    shutil.rmtree(room)


def _differences(settings: Settings, twin: Settings, day: date) -> Iterator[str]:
    with closing(duckdb.connect()) as connection:
        for name, each in (("here", settings), ("there", twin)):
            connection.execute(f"attach '{each.serving.resolve()}' as {name} (read_only)")
        for table, (key, values) in _COMPARED.items():
            here, there = (
                f"select {key}, {values} from {name}.mart.{table} where as_of = date '{day}'"
                for name in ("here", "there")
            )
            # The same row on both sides differs once, not twice.
            sql = f"({here} except {there})"
            found = connection.execute(
                f"from ({sql} union all ({there} except {here})) order by all"
            ).fetchall()
            yield from (f"{day} {table}: {row}" for row in found)
