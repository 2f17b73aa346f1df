"""`make run` and `make stop`: the sample county, its nights through Airflow, Superset over the result."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import typer

from foundation.files import write_text
from sanbao.errors import SanbaoError, mask
from sanbao.night.build import is_built
from sanbao.night.load import outcomes_of
from sanbao.night.summary import summarise, summary_lines
from sanbao.queries.serving import loaded_in_all
from sanbao.servers import airflow as airflow_server
from sanbao.servers import superset as superset_server
from sanbao.servers.airflow import Airflow, AirflowClient
from sanbao.servers.dashboards import dashboard_addresses, refresh_superset
from sanbao.settings import Settings, load_settings, sample_marker
from sanbao.storage import tells_of_storage

# Three months of the sample county's files: the dashboard's trend needs more than one date.
SAMPLE_DATES = (date(2019, 10, 31), date(2019, 11, 30), date(2019, 12, 31))
RUN_SECONDS = 1800


@tells_of_storage
def up(settings: Settings) -> None:
    """Start everything, run what has not been run, and say where to look; a second call changes nothing."""
    if ensure_sample(settings):
        settings = load_settings()  # the sample county brings its own date
    server = airflow_server.start(settings, say)
    client = AirflowClient(server)
    dates = SAMPLE_DATES if sample_marker(settings.home).exists() else (settings.as_of,)
    due = [day for day in dates if not is_built(settings, day)]
    for day in due:
        run_night(settings, client, server, day)
    superset = superset_server.start(
        settings.home,
        settings.superset_port,
        settings.superset_venv / "bin" / "python",
        host=settings.host,
        say=say,
    )
    refresh_superset(settings)
    if due:
        _say_summary(settings, dates[-1])
    # Whichever run took the files in: the watcher's often comes before the one started here.
    files, read, accepted, held = loaded_in_all(settings)
    say(f"已装载 {files} 份数据：读入 {read:,} 行 = 收下 {accepted:,} + 暂扣 {held:,}。明细：sanbao status")
    _say_where(settings, server, superset)


def _say_summary(settings: Settings, day: date) -> None:
    """What loaded, what was held and what is missing at `day`, over all files that ever came."""
    from ingestion.lake.bundle import recorded_names

    hashes = recorded_names(settings.home / "archive" / "receipts")
    outcomes = [row for sha256 in hashes for row in outcomes_of(settings, sha256)]
    for line in summary_lines(summarise(settings, day, None, outcomes), settings.lang):
        say(mask(line))


def down(settings: Settings) -> None:
    """End what `up` started; the data stays."""
    stopped = airflow_server.stop(settings)
    if superset_server.stop(settings.home):
        stopped.append("superset")
    say("已停止：" + "、".join(stopped) if stopped else "没有正在运行的程序。")


def say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def ensure_sample(settings: Settings) -> bool:
    """Put the sample county into the inbox of a home that never received anything; True when done.

    Written aside first and then moved in, so that a killed call leaves no half county in the inbox.
    """
    aside, ready = settings.home / "sample.tmp", settings.home / "sample.ready"
    if not ready.exists():
        if settings.sample_scale == 0 or _has_data(settings):
            return False
        from sample_county import write

        say("生成虚拟县的部门报送文件 …")
        shutil.rmtree(aside, ignore_errors=True)
        write(aside, scale=settings.sample_scale, truth=settings.home / "sample.truth")
        aside.rename(ready)
    marker = {"as_of": SAMPLE_DATES[-1].isoformat(), "scale": settings.sample_scale}
    write_text(json.dumps(marker), sample_marker(settings.home))
    for path in sorted(path for path in ready.rglob("*") if path.is_file()):
        target = settings.home / "inbox" / path.relative_to(ready)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    shutil.rmtree(ready)
    return True


def _has_data(settings: Settings) -> bool:
    if sample_marker(settings.home).exists():
        return True
    from ingestion.lake.bundle import recorded_names

    receipts, inbox = settings.home / "archive" / "receipts", settings.home / "inbox"
    return bool(recorded_names(receipts)) or any(path.is_file() for path in inbox.rglob("*"))


def run_night(settings: Settings, client: AirflowClient, server: Airflow, day: date) -> None:
    """One night through the DAG; raises SanbaoError (RUN_FAILED) naming the failed tasks."""
    run_id = f"make-run__{day}__{datetime.now(UTC):%Y%m%dT%H%M%S}"
    client.trigger(run_id, {"as_of": day.isoformat()})
    say(f"{day}：夜间任务已开始（{server.url}/dags/{airflow_server.DAG_ID}）")
    _follow(client, run_id, str(day))
    if client.run_state(run_id) != "success":
        failed = [str(task["task_id"]) for task in client.tasks(run_id) if task["state"] == "failed"]
        raise SanbaoError("RUN_FAILED", detail=", ".join(sorted(set(failed))), url=server.url)


def _follow(client: AirflowClient, run_id: str, name: str) -> None:
    """Print a line whenever the run has moved on, until it ends."""
    until = time.monotonic() + RUN_SECONDS
    said = ""
    while client.run_state(run_id) not in airflow_server.DAG_STATES_DONE:
        line = _progress(client.tasks(run_id))
        if line != said:
            say(f"{name}：{line}")
            said = line
        if time.monotonic() > until:
            raise SanbaoError("RUN_FAILED", detail="timeout", url=run_id)
        time.sleep(2)


def _progress(tasks: list[dict[str, Any]]) -> str:
    loads = [task for task in tasks if task["task_id"] == "load_department" and task["map_index"] >= 0]
    states = Counter(str(task["state"]) for task in loads)
    busy = sorted({task["task_id"] for task in tasks if task["state"] == "running"})
    loaded = f"部门 {states['success']}/{len(loads)}" if loads else ""
    return "，".join(part for part in (loaded, "、".join(busy)) if part) or "排队中"


def _say_where(settings: Settings, airflow: Airflow, superset: superset_server.Superset) -> None:
    say("")
    for title, address in dashboard_addresses(settings).items():
        say(f"仪表盘《{title}》：{address}")
    say(f"Superset：{superset.url}    用户 {superset.user}    密码 {superset.password}")
    say(f"Airflow ：{airflow.url}    用户 {airflow.user}    密码 {airflow.password}")
    say(f"收件箱  ：{settings.home / 'inbox'}/<部门>/  （放入文件即自动运行）")
    say("停止：make stop")
