"""What was published last: version, hashes, dates, rows; sealed, beside the serving file and in the archive.

The copy in the archive outlives the loss of warehouse and serving file together: from it is known which
dates were served, and are to be built again before anything else is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.files import write_bytes
from sanbao.settings import Settings

if TYPE_CHECKING:
    from ingestion.lake.faults import Fault

Rows = dict[str, dict[str, int]]  # table → as_of → rows


@dataclass
class Published:
    """The version in force, by the record of who wrote it."""

    version: str = ""
    digest: str = ""  # of the builds that it shows
    sha256: dict[str, str] = field(default_factory=dict)  # version → hash of its file
    dates: dict[str, str] = field(default_factory=dict)  # as_of → known by
    rows: Rows = field(default_factory=dict)
    batches: list[str] = field(default_factory=list)


def _paths(settings: Settings) -> tuple[Path, Path]:
    return settings.serving_dir / "published.json", settings.home / "archive" / "published.json"


def read_published(settings: Settings) -> Published | None:
    """The newest record that is as it was written; None where nothing was published."""
    found = [record for path in _paths(settings) if (record := _read(path)) is not None]
    return max(found, key=lambda record: record.version, default=None)


def records_agree(settings: Settings) -> bool:
    """Whether both copies of the record are whole and the same."""
    one, other = (_read(path) for path in _paths(settings))
    return one is not None and one == other


def published_or_served(settings: Settings) -> Published | None:
    """The record, or what a serving file without one says of itself; None where neither can be read."""
    record = read_published(settings)
    if record is not None or not settings.serving.exists():
        return record
    import duckdb

    from dashboards.serving_tables import last_publish, rows_by_date

    try:
        with duckdb.connect(str(settings.serving), read_only=True) as connection:
            names = connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'mart'"
            ).fetchall()
            rows = rows_by_date(connection, {name: f'mart."{name}"' for (name,) in names})
        days = {day for counts in rows.values() for day in counts if day}
        return Published(last_publish(settings.serving).version, dates=dict.fromkeys(days, ""), rows=rows)
    except duckdb.Error:
        return None


def write_published(settings: Settings, record: Published) -> None:
    from ingestion.lake.sealed import sealed

    for path in reversed(_paths(settings)):
        write_bytes(sealed(asdict(record)), path)


def forget_published(settings: Settings) -> None:
    """Of a home that is there for proof alone: what is published next need not be what was."""
    for path in _paths(settings):
        path.unlink(missing_ok=True)


def _read(path: Path) -> Published | None:
    from ingestion.lake.sealed import RecordDamagedError, unsealed

    try:
        return Published(**unsealed(path))
    except (FileNotFoundError, RecordDamagedError):
        return None


def is_in_force(settings: Settings, record: Published) -> bool:
    """Whether the serving file is one of the versions that were written, unchanged."""
    return settings.serving.exists() and sha256_of(settings.serving) in record.sha256.values()


def damaged_versions(settings: Settings, record: Published | None) -> frozenset[str]:
    """Versions on disk that are not as they were written."""
    if record is None:
        return frozenset()
    return frozenset(
        version
        for version, path in _versions(settings).items()
        if version in record.sha256 and record.sha256[version] != sha256_of(path)
    )


def serving_faults(settings: Settings, on_bytes: Callable[[int], None] | None = None) -> list[Fault]:
    """What is wrong with the published files and their record."""
    from ingestion.lake.faults import Fault

    faults = [
        Fault("RECORD_DAMAGED", str(path.relative_to(settings.home)))
        for path in _paths(settings)
        if path.exists() and _read(path) is None
    ]
    record = read_published(settings)
    if record is None:
        if settings.serving.exists() and not faults:
            faults.append(Fault("PUBLISH_RECORD_LOST", "serving/published.json"))
        return faults
    if not settings.serving.exists():
        faults.append(Fault("SERVING_FILE_MISSING", "serving/serving.duckdb"))
    for path in (settings.serving, *_versions(settings).values()):
        if path.exists():
            if sha256_of(path) not in record.sha256.values():
                faults.append(Fault("SERVING_FILE_CHANGED", str(path.relative_to(settings.home))))
            if on_bytes:
                on_bytes(path.stat().st_size)
    return faults


def forgotten_batches(settings: Settings) -> list[Fault]:
    """Batches that were published, and of which no record of a landing is left."""
    from ingestion import Home
    from ingestion.lake.bundle import recorded_names
    from ingestion.lake.faults import Fault
    from ingestion.lake.landings import path_of

    record, home = read_published(settings), Home(settings.home)
    there = set(recorded_names(home.landings))
    gone = [batch for batch in (record.batches if record else ()) if batch not in there]
    return [Fault("BATCH_GONE", str(path_of(home, batch).relative_to(home.root))) for batch in gone]


def mend_records(settings: Settings) -> None:
    """Where one copy of the record is lost or damaged, write it from the other."""
    record = read_published(settings)
    if record is not None and not records_agree(settings):
        write_published(settings, record)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _versions(settings: Settings) -> dict[str, Path]:
    from dashboards.publish import version_of, versions

    return {version_of(path): path for path in versions(settings.serving_dir)}
