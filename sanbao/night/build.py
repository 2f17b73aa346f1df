"""The second half of a night: dbt over the lake, in this process, by layer or all at once."""

from __future__ import annotations

import gc
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from foundation.files import write_text
from sanbao.errors import SanbaoError
from sanbao.night import lineage
from sanbao.night.build_state import ALL, LAYERS, BuildState, fingerprint, read_state, write_state
from sanbao.night.integrity import require_whole
from sanbao.night.lock import warehouse_lock
from sanbao.night.parsed_project import QUIET, environment, parsed_project
from sanbao.night.returns import are_states_kept, keep_states
from sanbao.night.warehouse import proven_damage, set_aside, sweep_spill
from sanbao.redact import kind_of, redacted
from sanbao.settings import DBT_PROJECT, Settings
from sanbao.storage import tells_of_storage

# A task of Airflow waits for a build that someone started by hand.
NodeDone = Callable[[str, str], None]  # unique id, status


@dataclass
class BuildResult:
    """What one build did; `skipped` when everything it reads was unchanged."""

    as_of: date
    layer: str | None
    skipped: bool = False
    resumed: bool = False
    aside: Path | None = None  # where a warehouse that could not be read was moved
    nodes: dict[str, int] = field(default_factory=dict)  # status → count
    seconds: float = 0.0


@tells_of_storage
def build(
    settings: Settings,
    as_of: date,
    known_by: datetime | None = None,
    layer: str | None = None,
    on_node: NodeDone | None = None,
    force: bool = False,
) -> BuildResult:
    """Build one layer, or with `layer=None` all; raises SanbaoError (BUILD_FAILED) naming the failed nodes.

    Nothing is done when the same inputs were built already. A layer brings those before it along when
    they were built from other inputs, so that no mart ever mixes two states of the lake. What failed
    before is resumed by `dbt retry`; what was killed is built again from its start.
    """
    started = time.monotonic()
    with warehouse_lock(settings):
        result = BuildResult(as_of, layer)
        mark = fingerprint(settings, as_of, known_by)
        state = read_state(settings)
        if not force and state.built.get(as_of.isoformat()) == mark and are_states_kept(settings):
            result.skipped = True
            return result
        require_whole(settings)
        state.start("" if force else mark)
        state.current = mark
        with _engine(settings):  # one that cannot be had leaves everything as it was
            _run_or_set_aside(settings, state, known_by, result, on_node)
        if settings.apart is None and "intermediate" in read_state(settings).done:
            everything = known_by is None or mark == fingerprint(settings, as_of, None)
            keep_states(settings, knows_everything=everything)
    result.seconds = round(time.monotonic() - started, 2)
    return result


@contextmanager
def _engine(settings: Settings) -> Iterator[None]:
    """The engine of a build, for its time; DuckDB is always there. Raises SanbaoError (SPARK_AWAY …)."""
    if settings.target == "duckdb":
        yield
        return
    from sanbao.night.spark import spark

    with spark(settings):
        yield


def _run_or_set_aside(
    settings: Settings,
    state: BuildState,
    known_by: datetime | None,
    result: BuildResult,
    on_node: NodeDone | None,
) -> None:
    """Run what is due, in a new warehouse where the old one proves damaged."""
    try:
        _run_steps(settings, state, known_by, result, on_node)
    except SanbaoError:
        if not (reason := proven_damage(settings.warehouse)):
            raise
        # Nothing of it can be trusted: this date is built in a new one, the others by `publish`.
        result.aside = set_aside(settings.warehouse)
        try:
            _run_steps(settings, BuildState(current=state.current), known_by, result, on_node)
        except SanbaoError as error:
            aside = str(result.aside)
            raise SanbaoError("WAREHOUSE_DAMAGED", detail=reason, aside=aside) from error


def _run_steps(
    settings: Settings,
    state: BuildState,
    known_by: datetime | None,
    result: BuildResult,
    on_node: NodeDone | None,
) -> None:
    """Run what is due of one build; raises SanbaoError (BUILD_FAILED)."""
    as_of, known = result.as_of, known_by or datetime.now(UTC).replace(tzinfo=None)
    steps = _steps(result.layer, state)
    result.skipped = not steps
    for step in steps:
        result.resumed = state.failed == (step or ALL)
        state.begin(step or ALL, as_of)
        write_state(settings, state)
        failed = _run(settings, as_of, known_by, step, result, on_node)
        state.end(step or ALL, as_of, not failed, known)
        write_state(settings, state)
        if failed:
            raise SanbaoError("BUILD_FAILED", layer=step or ALL, detail="; ".join(failed[:5]))


def _steps(layer: str | None, state: BuildState) -> list[str | None]:
    """The dbt runs that are due: everything in one, or the layers up to `layer` that are not done."""
    if layer is None:
        return [None]
    return [each for each in LAYERS[: LAYERS.index(layer) + 1] if each not in state.done]


def is_built(settings: Settings, as_of: date, known_by: datetime | None = None) -> bool:
    """Whether a build of these inputs would find nothing to do."""
    return read_state(settings).built.get(as_of.isoformat()) == fingerprint(settings, as_of, known_by)


def dbt_variables(as_of: date, known_by: datetime | None) -> str:
    moment = known_by.isoformat(sep=" ") if known_by else ""
    return json.dumps({"as_of": as_of.isoformat(), "known_by": moment})


# A night tests what it publishes (marts, reports, and the tests across models). The tests of inner
# layers and the unit tests prove the code, and belong to `make test`.
_UNTESTED = ("seeds", "models/staging", "models/intermediate")
_NOT_AT_NIGHT = ["--exclude-resource-type", "unit_test", "--exclude"]
_NOT_AT_NIGHT += [f"resource_type:test,path:{path}" for path in _UNTESTED]


def dbt_arguments(layer: str | None, as_of: date, known_by: datetime | None) -> list[str]:
    """The command line of `dbt build` for one layer or all."""
    arguments = ["build", *_NOT_AT_NIGHT, "--vars", dbt_variables(as_of, known_by)]
    if layer is not None:
        seeds = ["resource_type:seed"] if layer == LAYERS[0] else []
        # buildable: a test that also reads a later layer waits for that layer.
        arguments += ["--select", *seeds, f"path:models/{layer}", "--indirect-selection", "buildable"]
    return arguments


def _run(
    settings: Settings,
    as_of: date,
    known_by: datetime | None,
    layer: str | None,
    result: BuildResult,
    on_node: NodeDone | None,
) -> list[str]:
    """Invoke dbt; returns the names of what failed, each with its (masked) message."""
    arguments = dbt_arguments(layer, as_of, known_by)
    if result.resumed and (settings.manifest.parent / "run_results.json").exists():
        arguments = ["retry"]
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep_spill(settings.warehouse)
    with _dbt_environment(settings), _nothing_collected(), _with_lake(settings) as bring_back:
        # Imported here: it takes seconds, which a night with nothing new does not have.
        from dbt.cli.main import dbtRunner

        parsed = parsed_project(settings.dbt_dir / "parsed")
        with _log(settings) as say, warehouse_let_go():
            outcome = dbtRunner(parsed, [_listener(on_node, say)]).invoke([*QUIET, *arguments])
        _redact_results(settings)
        if outcome.success:
            bring_back(as_of, layer)
        lineage.models_built(settings, getattr(outcome.result, "results", []))
    if outcome.exception is not None:
        return [kind_of(outcome.exception)]
    failed = []
    for node in getattr(outcome.result, "results", []):
        status = str(node.status)
        result.nodes[status] = result.nodes.get(status, 0) + 1
        if status in ("error", "fail"):
            failed.append(f"{node.node.name} ({redacted(str(node.message))[:200]})")
    if not outcome.success and not failed:
        failed.append("dbt")
    return failed


@contextmanager
def _with_lake(settings: Settings) -> Iterator[Callable[[date, str | None], None]]:
    """What a target needs around a run of dbt: the lake before it, its tables back in the warehouse after it.

    Gives what does the latter, of one date and layer (None: all); DuckDB has nothing to do.
    """
    if settings.target == "duckdb":
        yield lambda as_of, layer: None
        return
    from sanbao.night.spark import lake_in_spark

    with lake_in_spark(settings) as bring_back:
        yield bring_back


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What dbt holds lives until its run is over; to look through it for garbage took a tenth of the run."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def warehouse_let_go() -> Iterator[None]:
    """dbt keeps the warehouse open from model to model; an open file is locked for everybody else."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    try:
        yield
    finally:
        if (opened := DuckDBConnectionManager._ENV) is not None:
            opened.close()
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


Say = Callable[[str], None]  # what happened goes into a log of ours


@contextmanager
def _log(settings: Settings) -> Iterator[Say]:
    """`logs/build.log` below dbt's folder, begun anew by every run."""
    path = settings.dbt_dir / "logs" / "build.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as log:
        yield lambda line: print(datetime.now(UTC).isoformat(timespec="seconds"), line, file=log, flush=True)


def _listener(on_node: NodeDone | None, say: Say) -> Callable[[Any], None]:
    # An error in here would end dbt's thread without a result, and dbt would wait for its node for ever.
    def listen(event: Any) -> None:
        with suppress(OSError, ValueError):  # a full disk; a terminal that was closed
            tell(event)

    def tell(event: Any) -> None:
        if event.info.name == "NodeFinished":
            node, status = str(event.data.node_info.unique_id), str(event.data.run_result.status)
            say(f"{status} {node} {redacted(str(event.data.run_result.message))}")
            if on_node:
                on_node(node, status)
        elif event.info.level in ("warn", "error"):
            say(f"{event.info.level} {event.info.name} {redacted(str(event.info.msg))}")

    return listen


def _redact_results(settings: Settings) -> None:
    """What dbt wrote of its nodes, which `dbt retry` reads, without the values in its messages."""
    path = settings.manifest.parent / "run_results.json"
    if not path.exists():
        return
    document = json.loads(path.read_text("utf-8"))
    for node in document["results"]:
        node["message"] = node["message"] and redacted(str(node["message"]))
        node["adapter_response"] = {}
    write_text(json.dumps(document, ensure_ascii=False), path)


@contextmanager
def _dbt_environment(settings: Settings) -> Iterator[None]:
    """dbt's profile and paths are given by the environment, for the time of one run."""
    given = {
        "SANBAO_WAREHOUSE": str(settings.warehouse),
        "SANBAO_LAKE": str(settings.lake),
        "SANBAO_DBT_MEMORY": settings.dbt_memory,
        "SANBAO_SPARK_HOST": settings.spark_host,
        "SANBAO_SPARK_PORT": str(settings.spark_port),
        "DBT_TARGET": settings.target,
        "DBT_TARGET_PATH": str(settings.dbt_dir / "target"),
        "DBT_LOG_PATH": str(settings.dbt_dir / "logs"),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
    }
    # A log that cannot be written, on a full disk, would be told by a stack trace for every line.
    logging.raiseExceptions, told = False, logging.raiseExceptions
    try:
        with environment(given):
            yield
    finally:
        logging.raiseExceptions = told
