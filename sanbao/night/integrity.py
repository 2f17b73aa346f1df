"""`sanbao verify`, and the gate before every build: nothing is built from a home that is not whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from sanbao.errors import SanbaoError, mask
from sanbao.night.lock import home_at_rest
from sanbao.settings import Settings

if TYPE_CHECKING:
    from ingestion.lake.faults import Fault

_NAMED = 5  # faults that an error message names; `sanbao verify` names all
OnBytes = Callable[[int], None]


def require_whole(settings: Settings, *, contents: bool = True) -> None:
    """Raises SanbaoError (HOME_NOT_WHOLE) naming what is missing or damaged in archive records and lake.

    Without `contents` only records and names are compared: a night with nothing new has no more time.
    """
    from ingestion import Home
    from ingestion.lake.fixed import KEY
    from ingestion.lake.integrity import lake_faults

    finish_compaction(settings)
    faults = lake_faults(Home(settings.home), contents=contents)
    if faults and all(fault.where == f"lake/{KEY}" for fault in faults):
        lost = faults[0].code == "LAKE_FILE_MISSING"
        raise SanbaoError("KEY_LOST" if lost else "KEY_MISMATCH", key=str(settings.lake / KEY))
    _refuse(settings, faults)


def finish_compaction(settings: Settings) -> None:
    """Bring a compaction that was killed to its end; a record that cannot be read is told as a fault."""
    from ingestion import Home
    from ingestion.lake.compacted import finish
    from ingestion.lake.sealed import RecordDamagedError

    with suppress(RecordDamagedError):
        finish(Home(settings.home))


def require_served(settings: Settings) -> None:
    """Raises SanbaoError (HOME_NOT_WHOLE) when batches that were published are gone from the records."""
    from sanbao.night.published import forgotten_batches

    _refuse(settings, forgotten_batches(settings))


def _refuse(settings: Settings, faults: list[Fault]) -> None:
    if faults:
        raise SanbaoError("HOME_NOT_WHOLE", count=len(faults), detail=_named(faults, settings.lang))


def _named(faults: list[Fault], lang: str) -> str:
    said = [mask(fault.sentence(lang)) for fault in faults[:_NAMED]]
    return " ".join([*said, "…"] if len(faults) > _NAMED else said)


def verify(settings: Settings, on_bytes: OnBytes | None = None) -> list[Fault]:
    """Read everything: archive, records, lake, every published version, every block of the warehouse."""
    from ingestion import Home
    from ingestion.lake.faults import Fault
    from ingestion.lake.integrity import archive_faults, lake_faults
    from sanbao.night.published import forgotten_batches, serving_faults
    from sanbao.night.warehouse import damage

    finish_compaction(settings)
    home = Home(settings.home)
    faults = [*lake_faults(home, on_bytes=on_bytes), *archive_faults(home, on_bytes)]
    if settings.warehouse.exists():
        if damage(settings.warehouse) is not None:
            faults.append(Fault("WAREHOUSE_DAMAGED", _short(settings, "warehouse/warehouse.duckdb")))
        if on_bytes:
            on_bytes(settings.warehouse.stat().st_size)
    return [*faults, *forgotten_batches(settings), *serving_faults(settings, on_bytes)]


def names_and_records(settings: Settings) -> list[Fault]:
    """The same without the contents: what a night looks at before it takes anything in."""
    from ingestion import Home
    from ingestion.lake.integrity import lake_faults
    from sanbao.night.published import forgotten_batches

    return [*lake_faults(Home(settings.home), contents=False), *forgotten_batches(settings)]


def repair(settings: Settings, on_file: Callable[[str], None]) -> list[Fault]:
    """Make again what can be, while nothing else writes the home; returns the faults that are mended."""
    from ingestion import Home
    from ingestion.pipeline.repair import repair as make_again
    from sanbao.night.home import catalog
    from sanbao.night.published import mend_records, serving_faults

    with home_at_rest(settings):
        mended = make_again(Home(settings.home), catalog(), on_file)
        before = serving_faults(settings)
        mend_records(settings)
        after = set(serving_faults(settings))
    return [*mended, *(fault for fault in before if fault not in after)]


def adopt(settings: Settings) -> int:
    """Take a home of an older version as whole, and seal it; returns how many records were written."""
    from ingestion import Home
    from ingestion.lake.adopt import adopt as seal
    from sanbao.night.home import catalog

    with home_at_rest(settings):
        return seal(Home(settings.home), catalog())


def bytes_to_read(settings: Settings) -> int:
    """How much `verify` reads, for a progress bar."""
    from ingestion import Home
    from ingestion.lake.integrity import bytes_to_read as of_home

    databases = [settings.warehouse, *settings.serving_dir.glob("serving*.duckdb")]
    return of_home(Home(settings.home)) + sum(path.stat().st_size for path in databases if path.exists())


def _short(settings: Settings, name: str) -> str:
    return str((settings.home / name).relative_to(settings.home))
