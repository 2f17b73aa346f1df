"""Copy the served marts into a new serving file and put it in force in one step.

Readers open the file by name and see either the old version or the new one. Every version
is a hard link `serving.<version>.duckdb` beside `serving.duckdb`, which is how the last ones are
kept and how a reader can tell which one is in force.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from dashboards import serving_tables
from dashboards.disclosure import MIN_CANDIDATES, Report, agreeing_cells, attack
from dashboards.manifest import Model, read_served_models
from dashboards.origins import origins
from dashboards.serving_tables import IdNumbers
from dashboards.typed_names import NameRules
from dashboards.withheld import HealthColumn, withheld
from foundation.files import flush, put_in_place
from foundation.locks import alone

SERVING_NAME = "serving.duckdb"
_FEWEST_ROWS = 20  # that a table must lose before it can have fallen
_FALLS_NAMED = 3


class PublishRefused(Exception):
    """The new version must not be served. The message names table and column, never a value."""


class LessThanBefore(PublishRefused):
    """Dates that were served are gone, or a table fell beyond its limit."""


@dataclass(frozen=True)
class Before:
    """What is known of what was published: compared with, and not to be trusted where damaged."""

    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # table → as_of → rows
    damaged: frozenset[str] = frozenset()  # versions whose files are not as they were written
    # The file in force is one name of its version, until somebody copies the folder.
    is_current_damaged: bool = False
    # Dates that show what was known at another moment than before: fewer rows are to be expected.
    other_clock: frozenset[str] = frozenset()
    accepted_by: str | None = None  # a person says that less is right
    accept_reason: str | None = None


@dataclass(frozen=True)
class PublishResult:
    """`published` is False when the content equals the version in force.

    `candidates` is the least number of ID numbers that the attack left to guess, for anybody served.
    """

    version: str
    path: Path
    published: bool
    table_count: int
    row_count: int
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # table → as_of → rows
    candidates: int | None = None


def publish(
    warehouse: Path,
    serving_dir: Path,
    manifest: Path,
    id_numbers: IdNumbers,
    *,
    keep: int = 3,
    as_of: date | None = None,
    before: Before | None = None,
    force: bool = False,
    health_columns: tuple[HealthColumn, ...] = (),
    names: NameRules | None = None,
) -> PublishResult:
    """Publish every model with `meta.serve: true` as schema `mart` of `serving.duckdb`.

    `keep` older versions stay for `rollback`; `id_numbers` says what an ID number reads like;
    `health_columns` are where feeds have diagnoses, `names` where they have people's names; with `force` a
    version is written although nothing changed. Raises PublishRefused for a table that the warehouse lacks,
    an ID number in the data, columns from which ID numbers can be rebuilt, and what is withheld from
    everybody; LessThanBefore against `before`; ManifestError for an unusable manifest. In all cases the
    version in force is untouched.
    """
    before = before or Before()
    models = read_served_models(manifest)
    serving_dir.mkdir(parents=True, exist_ok=True)
    current = serving_dir / SERVING_NAME
    with _only_publisher(serving_dir):
        _sweep(serving_dir)
        with _warehouse(warehouse, spill=serving_dir / ".spill") as connection:
            _require_tables(connection, models)
            _refuse_id_numbers(connection, models, id_numbers)
            rows = serving_tables.rows_to_publish(connection, models)
            if before.accept_reason is None:
                _refuse_less(models, rows, before)
            fingerprint = serving_tables.fingerprint(connection, models)
            previous = _whole_version(serving_dir, before)
            last = serving_tables.last_publish(previous) if previous == current else None
            if last and last.fingerprint == fingerprint and last.candidates is not None and not force:
                return PublishResult(
                    last.version, current, False, last.table_count, last.row_count, rows, last.candidates
                )
            version = _new_version(serving_dir)
            draft = serving_dir / f"{SERVING_NAME}.{version}.tmp"
            stamp = serving_tables.Stamp(
                version, fingerprint, as_of, before.accepted_by, before.accept_reason
            )
            row_count = serving_tables.write(connection, models, draft, stamp, previous, names or NameRules())
            candidates = _judge(connection, draft, health_columns, id_numbers)
        _put_in_force(draft, version)
        _prune(serving_dir, keep, before.damaged)
    return PublishResult(version, current, True, len(models), row_count, rows, candidates)


def rollback(serving_dir: Path) -> PublishResult:
    """Put the version before the one in force back in force."""
    current = serving_dir / SERVING_NAME
    with _only_publisher(serving_dir):
        _sweep(serving_dir)
        older = ancestors(serving_dir)[:-1]
        if not older:
            raise PublishRefused("没有更早的发布版本可以退回（NO_OLDER_VERSION）")
        target = older[-1]
        draft = serving_dir / f"{SERVING_NAME}.{version_of(target)}.tmp"
        os.link(target, draft)
        put_in_place(draft, current)
        last = serving_tables.last_publish(target)
    return PublishResult(last.version, current, True, last.table_count, last.row_count)


def versions(serving_dir: Path) -> list[Path]:
    """Every version on disk, the one in force included, oldest first."""
    return sorted(serving_dir.glob("serving.2*.duckdb"))


def ancestors(serving_dir: Path) -> list[Path]:
    """The versions on disk that led to the one in force, itself last.

    A version that was rolled back is not among them, so that a second rollback cannot restore it.
    """
    current = serving_dir / SERVING_NAME
    known = set(serving_tables.logged_versions(current)) if current.exists() else set()
    return [path for path in versions(serving_dir) if version_of(path) in known]


def outlived_versions(serving_dir: Path, keep: int) -> list[Path]:
    """Versions beyond the one in force and the `keep` before it; none where nothing is in force."""
    kept = ancestors(serving_dir)[-(keep + 1) :]
    return [path for path in versions(serving_dir) if path not in kept] if kept else []


def version_of(path: Path) -> str:
    return path.name.removeprefix("serving.").removesuffix(".duckdb")


@contextmanager
def _only_publisher(serving_dir: Path) -> Iterator[None]:
    with alone(serving_dir / ".publish.lock"):
        yield


def _sweep(serving_dir: Path) -> None:
    """Remove what a killed publisher left; nobody reads these names."""
    for leftover in serving_dir.glob(f"{SERVING_NAME}.*.tmp*"):
        leftover.unlink()


@contextmanager
def _warehouse(warehouse: Path, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    if not warehouse.is_file():
        raise PublishRefused(f"找不到数据仓库 {warehouse}，请先运行 sanbao build（NO_WAREHOUSE）")
    connection = duckdb.connect(":memory:", config={"memory_limit": "1GB", "temp_directory": str(spill)})
    try:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach {_literal(warehouse)} as warehouse (read_only)")
        yield connection
    finally:
        connection.close()


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _require_tables(connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> None:
    missing = serving_tables.missing(connection, models)
    if missing:
        names = "、".join(missing)
        raise PublishRefused(f"数据仓库中缺少表：{names}，请先运行 sanbao build（MISSING_TABLE）")


def _refuse_id_numbers(
    connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...], id_numbers: IdNumbers
) -> None:
    found = serving_tables.columns_with_id_numbers(connection, models, id_numbers)
    if found:
        raise PublishRefused(f"以下列含有身份证号码，拒绝发布：{'、'.join(found)}（ID_NUMBER_IN_MART）")


def _refuse_less(models: tuple[Model, ...], rows: Mapping[str, Mapping[str, int]], before: Before) -> None:
    dates = {day for days in rows.values() for day in days}
    gone = sorted({day for days in before.rows.values() for day in days} - dates)
    if gone:
        raise LessThanBefore(f"已发布过的日期 {'、'.join(gone)} 没有了（DATE_GONE）")
    falls = [
        f"{model.label}（{model.name}）{day}：{was} 行 → {now} 行"
        for model in models
        for day, was in sorted(before.rows.get(model.name, {}).items())
        if day not in before.other_clock and is_fall(was, now := rows[model.name].get(day, 0), model.max_fall)
    ]
    if falls:
        more = f" 等 {len(falls)} 处" if len(falls) > _FALLS_NAMED else ""
        raise LessThanBefore(f"{'；'.join(falls[:_FALLS_NAMED])}{more}（TABLE_FELL）")


def is_fall(was: int, now: int, max_fall: float) -> bool:
    """Whether a table lost more than its limit; a few rows are no fall, however small the county."""
    return was - now >= _FEWEST_ROWS and now < was * (1 - max_fall)


def _whole_version(serving_dir: Path, before: Before) -> Path | None:
    """The version in force, or the newest that is as it was written."""
    current = serving_dir / SERVING_NAME
    if current.exists() and not before.is_current_damaged:
        return current
    whole = [path for path in reversed(versions(serving_dir)) if version_of(path) not in before.damaged]
    return whole[0] if whole else None


def _judge(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    health_columns: tuple[HealthColumn, ...],
    id_numbers: IdNumbers,
) -> int:
    """Attack the finished draft; it goes when it tells too much. Returns the least number left to guess."""
    if not serving_tables.has_truth(connection):
        draft.unlink()
        raise PublishRefused("数据仓库中没有登记人口，无法检查身份证号码能否被拼出（NO_TRUTH）")
    with serving_tables.attached(connection, draft):
        # Many short queries: a second thread would cost as much again and save little.
        connection.execute("set threads = 1")
        report = attack(connection)
        assert report.draft is not None
        kept_back = withheld(connection, report.draft, health_columns) if report.is_safe else []
        if report.is_safe and not kept_back:
            serving_tables.note_candidates(connection, report.minimum)
        refusal = "" if report.is_safe else _too_telling(connection, report, id_numbers)
    if refusal:
        draft.unlink()
        raise PublishRefused(refusal)
    if kept_back:
        draft.unlink()
        raise PublishRefused(f"以下列含有不得发布的内容：{'、'.join(kept_back)}（WITHHELD_IN_MART）")
    return report.minimum


def _too_telling(connection: duckdb.DuckDBPyConnection, report: Report, id_numbers: IdNumbers) -> str:
    """The columns, and where the cells were typed that agree."""
    columns = "、".join(
        f"{found}{''.join(origins(connection, agreeing_cells(connection, report, found), id_numbers.shown))}"
        for found in report.disclosures
    )
    return (
        f"由以下列可以把身份证号码缩小到 {report.minimum} 个（至少应剩 {MIN_CANDIDATES} 个）："
        f"{columns}（ID_NUMBER_CAN_BE_REBUILT）"
    )


def _new_version(serving_dir: Path) -> str:
    """UTC time to the microsecond, later than every version on disk whatever the clock says."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    newest = max((version_of(path) for path in versions(serving_dir)), default="")
    if stamp > newest:
        return stamp
    # The clock was set back: a longer name sorts after its own prefix.
    return f"{newest}Z"


def _put_in_force(draft: Path, version: str) -> None:
    """Swap the name; linking first means the version keeps its own name as well."""
    flush(draft)  # before it has a name that lasts
    os.link(draft, draft.parent / f"serving.{version}.duckdb")
    put_in_place(draft, draft.parent / SERVING_NAME)


def _prune(serving_dir: Path, keep: int, damaged: frozenset[str]) -> None:
    """Keep the version in force and the `keep` before it; what never was in force or is damaged goes."""
    whole = [path for path in ancestors(serving_dir) if version_of(path) not in damaged]
    kept = whole[-(keep + 1) :]
    for path in versions(serving_dir):
        if path not in kept:
            path.unlink()
