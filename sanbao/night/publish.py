"""The last steps of a night: publish the marts and let Superset know."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime
from typing import Any

from sanbao.errors import SanbaoError, mask
from sanbao.night import lineage
from sanbao.night.build import NodeDone, build
from sanbao.night.build_state import BuildState, known_batches, read_state, write_state
from sanbao.night.lock import warehouse_lock
from sanbao.night.published import (
    Published,
    damaged_versions,
    is_in_force,
    published_or_served,
    records_agree,
    write_published,
)
from sanbao.night.warehouse import proven_damage, set_aside
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage


@tells_of_storage
def publish_serving(
    settings: Settings,
    as_of: date | None = None,
    force: bool = False,
    accept_fall: str | None = None,
    on_node: NodeDone | None = None,
) -> dict[str, Any]:
    """Publish the marts of every built date, unless exactly these are published; returns what was done.

    Dates that were served and that the warehouse has lost are built again first. A damaged serving file
    is written anew. Raises SanbaoError: BUILD_UNFINISHED, PUBLISH_REFUSED, or SERVED_FALLS where less
    would be served than before and no reason (`accept_fall`) is given.
    """
    record = published_or_served(settings)
    if record and not accept_fall:
        _require_batches(settings, record)
    if record is None and settings.serving.exists() and not accept_fall:
        # Both records are gone and the file cannot be read: less might be served without a word.
        raise SanbaoError("SERVED_FALLS", detail="发布文件读不出来，发布记录也没有了（RECORD_GONE）")
    rebuilt = _rebuild_lost(settings, record, on_node)
    try:
        return {**_publish(settings, as_of, force, record, accept_fall), "rebuilt": rebuilt, "aside": None}
    except Exception as error:
        with warehouse_lock(settings):
            reason = proven_damage(settings.warehouse)
            if reason is None:
                raise
            aside = set_aside(settings.warehouse)
        rebuilt = _rebuild_lost(settings, record, on_node)
        if not rebuilt:
            raise SanbaoError("WAREHOUSE_DAMAGED", detail=reason, aside=str(aside)) from error
        done = _publish(settings, as_of, force, record, accept_fall)
        return {**done, "rebuilt": rebuilt, "aside": str(aside)}


def _require_batches(settings: Settings, record: Published) -> None:
    """Batches that were served never go: raises SanbaoError (SERVED_FALLS) for a lake that forgot some."""
    forgotten = sorted(set(record.batches) - set(known_batches(settings, None)))
    if forgotten:
        named = "、".join(forgotten[:3])
        raise SanbaoError(
            "SERVED_FALLS", detail=f"{len(forgotten)} 个已发布过的批次没有了：{named}（BATCH_GONE）"
        )


def _rebuild_lost(settings: Settings, record: Published | None, on_node: NodeDone | None) -> list[str]:
    """Build the dates that were served and are not in the warehouse, by what was known then."""
    state = read_state(settings)
    served = record.dates if record else {}
    lost = {day: known for day, known in served.items() if day not in state.known or day in state.lost}
    half_built = {day for day in state.unfinished if day not in state.lost and day in state.known}
    rebuilt = []
    for day in sorted(lost.keys() - half_built):
        state = read_state(settings)
        state.lost = sorted({*state.lost, day})
        if settings.warehouse.exists():
            write_state(settings, state)
        known_by = datetime.fromisoformat(lost[day]) if lost[day] else None
        build(settings, date.fromisoformat(day), known_by, on_node=on_node)
        rebuilt.append(day)
    return rebuilt


def _publish(
    settings: Settings, as_of: date | None, force: bool, record: Published | None, accept_fall: str | None
) -> dict[str, Any]:
    with warehouse_lock(settings):
        state = read_state(settings)
        if state.unfinished:
            raise SanbaoError("BUILD_UNFINISHED", dates=", ".join(state.unfinished))
        digest = state.digest()
        whole = record is not None and is_in_force(settings, record)
        if record and whole and not force and record.digest == digest:
            if not records_agree(settings):
                write_published(settings, record)
            return {"skipped": True, "as_of": as_of and as_of.isoformat(), "candidates": None}
        began, batches = datetime.now(UTC), known_batches(settings, None)
        before = _before(settings, state, record, accept_fall, whole)
        result = _write_version(settings, as_of, before, force or not whole)
        _record(settings, state, record, result.version, result.rows, batches)
        lineage.published(settings, result.rows, began)
    return {
        "skipped": not result.published,
        "as_of": as_of and as_of.isoformat(),
        "version": result.version,
        "tables": result.table_count,
        "rows": result.row_count,
        "candidates": result.candidates,
    }


def publish_apart(settings: Settings, as_of: date) -> None:
    """A serving file of its own for a warehouse that was built apart; no record, no other file is touched."""
    assert settings.apart is not None
    from dashboards.publish import Before

    _write_version(settings, as_of, Before({}), force=True)


def _write_version(settings: Settings, as_of: date | None, before: Any, force: bool) -> Any:
    """The marts through the publish gate; raises SanbaoError (SERVED_FALLS, PUBLISH_REFUSED)."""
    from dashboards.publish import LessThanBefore, PublishRefused, publish
    from dashboards.serving_tables import IdNumbers
    from dashboards.typed_names import NameRules
    from ingestion.messages.plain_labels import plain_label
    from ingestion.text import masking

    try:
        return publish(
            settings.warehouse,
            settings.serving_dir,
            settings.manifest,
            IdNumbers(masking.SUSPECT, masking.PATTERN, masking.ODD, masking.LONG_GAP, masking.shown_name),
            keep=settings.keep,
            as_of=as_of,
            before=before,
            force=force,
            health_columns=_columns_of("health"),
            names=NameRules(_columns_of("name"), plain_label),
        )
    except LessThanBefore as error:
        raise SanbaoError("SERVED_FALLS", detail=str(error)) from error
    except PublishRefused as error:
        raise SanbaoError("PUBLISH_REFUSED", detail=str(error)) from error


def _before(
    settings: Settings,
    state: BuildState,
    record: Published | None,
    accept_fall: str | None,
    whole: bool,
) -> Any:
    """What the new version is compared with."""
    from dashboards.publish import Before

    by = getpass.getuser() if accept_fall else None
    reason = mask(accept_fall) if accept_fall else None
    if record is None:  # nothing was published, or nothing of it can be read any more
        return Before(is_current_damaged=True, accepted_by=by, accept_reason=reason)
    # A date that is asked for as it was known at an earlier moment has fewer rows, and rightly so.
    earlier = {day for day, known in state.known.items() if known < record.dates.get(day, "")}
    # Without hashes there is only what DuckDB proves of a file, and it could be read.
    damaged = bool(record.sha256) and not whole
    return Before(record.rows, damaged_versions(settings, record), damaged, frozenset(earlier), by, reason)


def _record(
    settings: Settings,
    state: BuildState,
    record: Published | None,
    version: str,
    rows: Any,
    batches: list[str],
) -> None:
    from dashboards.publish import version_of, versions
    from sanbao.night.published import sha256_of

    on_disk = {version_of(path): path for path in versions(settings.serving_dir)}
    hashes = {name: hash_ for name, hash_ in (record.sha256 if record else {}).items() if name in on_disk}
    hashes[version] = sha256_of(settings.serving)
    written = {table: dict(days) for table, days in rows.items()}
    write_published(settings, Published(version, state.digest(), hashes, dict(state.known), written, batches))


def _columns_of(pii: str) -> tuple[tuple[str, str], ...]:
    """(feed, column) of what the contracts call so: publishing looks for diagnoses and names among it."""
    from sanbao.night.home import catalog

    return tuple(
        (contract.feed, column.name)
        for contract in catalog().contracts
        for column in contract.columns
        if column.pii == pii
    )
