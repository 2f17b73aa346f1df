"""Runs told to OpenLineage: which file went into which lake table, which model was made of which.

Off unless SANBAO_OPENLINEAGE_URL says where to: the address of a server, or `file` for `lineage/` in the
home. The library is imported only then. What is told holds no name of a person or of a file: a file is its
department and hash, an error its code. A server that is away costs one attempt a step, never a night, and
`sanbao doctor` says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from foundation.files import write_text
from foundation.secret_files import secret_setting
from sanbao.night import journal
from sanbao.redact import kind_of
from sanbao.settings import Settings

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent

PRODUCER = "https://github.com/sanbao/sanbao"
NAMESPACE = "sanbao"
KEY = "SANBAO_OPENLINEAGE_KEY"
TO_FILES = "file"
NIGHT = "night"
_SECONDS = 5.0
_SHOWN = 200  # characters of an error
_NAMES = uuid.UUID("6f1d2b54-3f0f-5c0e-9a7c-2d9d3f8f7c11")
State = Literal["START", "COMPLETE", "FAIL"]
Fields = Sequence[tuple[str, str, str]]  # name, type, description
_RELATIONS = {"model": "warehouse", "seed": "seed", "snapshot": "warehouse"}


@dataclass(frozen=True)
class Told:
    """One run of one job, from its start to its end. `failed`: its code, '' where it went well."""

    job: str
    started_at: datetime
    ended_at: datetime
    inputs: tuple[str, ...] = ()
    output: str = ""
    fields: Fields = ()
    rows: int | None = None
    failed: str = ""
    kind: str = "TASK"  # of the job; MODEL: dbt's
    by: str = "SANBAO"


def is_on(settings: Settings) -> bool:
    return bool(settings.openlineage_url) and settings.apart is None


def failure_mark(settings: Settings) -> Path:
    """Holds when and of what kind the last attempt failed; gone when one succeeds."""
    return settings.home / "run" / "lineage_failed.txt"


def folder(settings: Settings) -> Path:
    return settings.home / "lineage"


def night_began(settings: Settings) -> None:
    _of_night(settings, "START", datetime.now(UTC))


def night_ended(settings: Settings, code: str = "") -> None:
    """The night is over; `code`: it failed, and with what."""
    _of_night(settings, "FAIL" if code else "COMPLETE", datetime.now(UTC), code)


def files_loaded(settings: Settings, outcomes: Iterable[Mapping[str, Any]], began: datetime) -> None:
    """What came of each file of a load; of several feeds in one file each is a run."""
    if not is_on(settings):
        return
    fields = _contract_fields()
    now = datetime.now(UTC)
    tell(settings, [_of_file(row, fields, began, now) for row in outcomes])


def _of_file(row: Mapping[str, Any], fields: Mapping[str, Fields], began: datetime, now: datetime) -> Told:
    feed = str(row["feed"] or "unknown")
    taken = bool(row["rows_accepted"])
    return Told(
        job=f"ingestion.{row['department']}.{feed}",
        started_at=began,
        ended_at=now,
        inputs=(f"inbox/{row['department']}/{row['sha256']}",),
        output=f"lake/{feed}" if taken else "",
        fields=fields.get(feed, ()) if taken else (),
        rows=int(row["rows_accepted"]) if taken else None,
        failed=str(row["reason_code"] or "REFUSED") if row["delivery_state"] == "REFUSED" else "",
    )


def models_built(settings: Settings, results: Iterable[Any]) -> None:
    """dbt's results of one run: models and seeds, each with what it was made of."""
    if is_on(settings):
        tell(settings, [told for result in results if (told := _of_model(result))])


def _of_model(result: Any) -> Told | None:
    node = result.node
    place = _RELATIONS.get(str(node.resource_type))
    times = [each for each in result.timing if each.name == "execute" and each.completed_at]
    if place is None or not times:  # a test, or a model that was skipped: it did not run
        return None
    return Told(
        job=f"dbt.{node.name}",
        started_at=times[0].started_at.replace(tzinfo=UTC),
        ended_at=times[0].completed_at.replace(tzinfo=UTC),
        inputs=tuple(_relation(unique_id) for unique_id in dict.fromkeys(node.depends_on_nodes)),
        output=f"{place}/{node.name}",
        fields=[(c.name, c.data_type or "", c.description or "") for c in node.columns.values()],
        failed="" if str(result.status) == "success" else "BUILD_FAILED",
        kind=str(node.resource_type).upper(),
        by="DBT",
    )


def _relation(unique_id: str) -> str:
    """`model.sanbao.x` → `warehouse/x`; a source is a table of the lake."""
    kind, name = unique_id.split(".")[0], unique_id.split(".")[-1]
    return f"{_RELATIONS.get(kind, 'lake')}/{name}"


def published(settings: Settings, tables: Iterable[str], began: datetime) -> None:
    """The marts that are in the serving file now, one run each."""
    if is_on(settings):
        now = datetime.now(UTC)
        runs = [Told(f"publish.{n}", began, now, (f"warehouse/{n}",), f"serving/{n}") for n in sorted(tables)]
        tell(settings, runs)


def tell(settings: Settings, runs: Iterable[Told]) -> None:
    """Send start and end of each run; never raises."""
    parent = _night_run(settings)
    _send(settings, lambda: (event for told in runs for event in _events(told, parent)))


def _of_night(settings: Settings, state: State, at: datetime, code: str = "") -> None:
    run = _night_run(settings)
    if is_on(settings) and run is not None:
        _send(settings, lambda: iter([_event(NIGHT, run, state, at, None, failed=code)]))


def _night_run(settings: Settings) -> str | None:
    """The same for every process of a night: it follows from when the night began."""
    nights = journal.nights(settings)
    return str(uuid.uuid5(_NAMES, nights[-1].started_at.isoformat())) if nights else None


def _events(told: Told, parent: str | None) -> Iterator[RunEvent]:
    run = str(uuid.uuid4())
    yield _event(told.job, run, "START", told.started_at, parent, told)
    end: State = "FAIL" if told.failed else "COMPLETE"
    yield _event(told.job, run, end, told.ended_at, parent, told, told.failed)


def _event(
    job: str, run: str, state: State, at: datetime, parent: str | None, told: Told | None = None,
    failed: str = "",
) -> RunEvent:  # fmt: skip
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
    from openlineage.client.facet_v2 import error_message_run, job_type_job, parent_run

    of_run: dict[str, Any] = {}
    if parent:
        above = parent_run.Run(runId=parent), parent_run.Job(namespace=NAMESPACE, name=NIGHT)
        of_run["parent"] = parent_run.ParentRunFacet(*above, producer=PRODUCER)
    if failed:
        said = error_message_run.ErrorMessageRunFacet(failed, "python", producer=PRODUCER)
        of_run["errorMessage"] = said
    kind, by = (told.kind, told.by) if told else ("DAG", "SANBAO")
    job_type = job_type_job.JobTypeJobFacet("BATCH", by, kind, producer=PRODUCER)
    return RunEvent(
        eventType=RunState[state],
        eventTime=at.isoformat(),
        run=Run(run, of_run),
        job=Job(NAMESPACE, job, {"jobType": job_type}),
        producer=PRODUCER,
        inputs=_inputs(told) if told else [],
        outputs=_outputs(told, is_done=state == "COMPLETE") if told else [],
    )


def _inputs(told: Told) -> list[InputDataset]:
    from openlineage.client.event_v2 import InputDataset

    return [InputDataset(NAMESPACE, name) for name in told.inputs]


def _outputs(told: Told, *, is_done: bool) -> list[OutputDataset]:
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics
    from openlineage.client.facet_v2 import schema_dataset

    if not told.output:
        return []
    facets: dict[str, Any] = {}
    if told.fields:
        fields = [schema_dataset.SchemaDatasetFacetFields(*field) for field in told.fields]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields, producer=PRODUCER)
    counts: dict[str, Any] = {}
    if is_done and told.rows is not None:
        counted = statistics.OutputStatisticsOutputDatasetFacet(rowCount=told.rows, producer=PRODUCER)
        counts["outputStatistics"] = counted
    return [OutputDataset(NAMESPACE, told.output, facets=facets, outputFacets=counts)]


def _contract_fields() -> dict[str, Fields]:
    from sanbao.night.home import catalog

    return {
        contract.feed: [(column.name, str(column.type), column.description) for column in contract.columns]
        for contract in catalog().contracts
    }


def _send(settings: Settings, events: Callable[[], Iterator[RunEvent]]) -> None:
    """All or, after the first that cannot be sent, no more: a server that is away is waited for once."""
    mark = failure_mark(settings)
    try:
        if settings.openlineage_url == TO_FILES:
            _write(settings, events())
        else:
            _post(settings, events())
    except Exception as error:  # noqa: BLE001  (whatever it is: the night goes on)
        with suppress(OSError):
            said = kind_of(error).splitlines()[0][:_SHOWN]
            write_text(f"{datetime.now(UTC).isoformat(timespec='seconds')} {said}\n", mark)
        return
    with suppress(OSError):
        mark.unlink(missing_ok=True)


def _write(settings: Settings, events: Iterator[RunEvent]) -> None:
    from openlineage.client.serde import Serde

    path = folder(settings) / f"{datetime.now(UTC):%Y-%m-%d}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = "".join(f"{Serde.to_json(event)}\n" for event in events)
    with path.open("a", encoding="utf-8") as file:  # one write, so that processes do not mix their lines
        file.write(lines)


def _post(settings: Settings, events: Iterator[RunEvent]) -> None:
    from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport

    key = secret_setting(KEY)
    config = HttpConfig(url=settings.openlineage_url, timeout=_SECONDS, retry={"total": 0})
    if key:
        config.auth = ApiKeyTokenProvider({"apiKey": key})
    transport = HttpTransport(config)
    try:
        for event in events:
            transport.emit(event)
    finally:
        transport.close()
