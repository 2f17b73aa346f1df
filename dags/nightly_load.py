"""When a night runs. Each task calls one function of `sanbao`; what a night does is written there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import (
    Asset,
    AssetAlias,
    AssetOrTimeSchedule,
    AssetWatcher,
    CronTriggerTimetable,
    DeadlineAlert,
    DeadlineReference,
    Param,
    SyncCallback,
    chain,
    dag,
    get_current_context,
    task,
)
from inbox_trigger import InboxTrigger

from foundation.language import COUNTY_TIME
from sanbao import airflow_closing as closing
from sanbao import airflow_tasks as steps

WRITER = "warehouse_writer"  # one slot: DuckDB has one writer

INBOX = Asset(
    "sanbao://inbox",
    watchers=[AssetWatcher(name="inbox", trigger=InboxTrigger(steps.inbox()))],
)
# A feed is a declaration: a new contract appears here by itself.
FEEDS = {feed: Asset(f"sanbao://{department}/{feed}") for department, feed in steps.feeds()}
# What `monthly_closing` waits for, month by month.
DEPARTMENTS = {name: Asset(f"sanbao://{name}") for name in closing.closing_departments()}
LANDED = AssetAlias("sanbao-landed")
PUBLISHED = Asset("sanbao://serving")


def params_of(context: Any) -> steps.Params:
    """What the run of a task is to do: in a backfill its logical date says for which day."""
    run = context["dag_run"]
    return steps.run_params(context["params"], run.run_type.value, run.logical_date)


@dag(
    dag_id="nightly_load",
    dag_display_name="每晚加工",
    description="收件、核对、加工、发布：每天定时（北京时间）以及收到新文件时运行",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable(steps.night_schedule(), timezone=COUNTY_TIME.key), assets=[INBOX]
    ),
    catchup=False,
    max_active_runs=1,
    # What the rules for Prometheus cannot see: a night that began and is not through in the morning.
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=steps.night_allowance(),
        callback=SyncCallback("sanbao.airflow_tasks.night_is_overdue"),
    ),
    params={
        "as_of": Param(None, type=["null", "string"], format="date", description="数据所属日期，空为默认"),
        "known_by": Param(None, type=["null", "string"], description="只用此时刻前收到的文件，空为全部"),
    },
    default_args={"retries": 2, "retry_delay": timedelta(seconds=20)},
    tags=["sanbao"],
)
def nightly_load() -> None:
    @task(task_display_name="收件")
    def receive(**context: Any) -> list[steps.Delivered]:
        return steps.receive(params_of(context))

    # A task for what one department delivered: its files wait for each other anyway, and each task
    # is a process that starts anew. Each file has its own limit of time (SANBAO_FILE_SECONDS).
    @task(
        task_display_name="核对入库",
        outlets=[LANDED],
        map_index_template="{{ delivered_by }}",
        max_active_tis_per_dagrun=2,
    )
    def load_department(delivered: steps.Delivered, **context: Any) -> list[dict[str, Any]]:
        get_current_context()["delivered_by"] = delivered["name"]  # names the mapped task in Airflow's pages
        outcomes = steps.load_department(delivered["files"])
        for outcome in outcomes:
            if outcome["rows_accepted"]:
                extra = {"batch_id": outcome["batch_id"], "rows": outcome["rows_accepted"]}
                context["outlet_events"][LANDED].add(FEEDS[outcome["feed"]], extra=extra)
        return outcomes

    # A night goes on without the file that failed (it stays pending), and without any new file.
    @task(task_display_name="加工", pool=WRITER, trigger_rule="all_done")
    def build(**context: Any) -> str:
        return steps.build(params_of(context))

    @task(task_display_name="发布", pool=WRITER, outlets=[PUBLISHED])
    def publish(**context: Any) -> dict[str, Any]:
        return steps.publish(params_of(context))

    # Airflow would tell of every outlet, also of a department without a month: only those that have
    # one are left, each with its months as partitions.
    @task(task_display_name="报齐", outlets=[*DEPARTMENTS.values()])
    def tell_delivered(**context: Any) -> dict[str, list[str]]:
        found = closing.newly_delivered(params_of(context))
        context["task"].outlets = [DEPARTMENTS[name] for name in found]
        for name, months in found.items():
            context["outlet_events"][DEPARTMENTS[name]].add_partitions(months)
        return found

    # When a layer failed, too: no clerk waits without word.
    @task(task_display_name="退回文件", trigger_rule="all_done")
    def renew_returns() -> None:
        steps.renew_returns()

    @task(task_display_name="催报")
    def remind(**context: Any) -> str:
        return steps.remind(params_of(context))

    @task(task_display_name="跨表核对")
    def give_cross_checks(**context: Any) -> str:
        return steps.give_cross_checks(params_of(context))

    @task(task_display_name="刷新仪表盘")
    def refresh_superset() -> str:
        return steps.refresh_superset()

    # Runs whatever happened, says it, and fails when a step before it failed: otherwise the run
    # would count as a success although a file or a layer did not.
    @task(task_display_name="小结", trigger_rule="all_done", retries=0, inlets=[*FEEDS.values()])
    def summarise(**context: Any) -> dict[str, Any]:
        ti = context["ti"]
        states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
        received = ti.xcom_pull(task_ids="receive") or []
        try:
            return steps.summarise(params_of(context), received, states)
        finally:
            if states.get("tell_delivered") == "success":
                closing.note_told(ti.xcom_pull(task_ids="tell_delivered"))

    loaded = load_department.expand(delivered=receive())
    done = summarise()
    published = publish()
    chain(loaded, build(), published, refresh_superset(), done)
    chain(published, renew_returns(), done)
    chain(published, remind(), done)
    chain(published, give_cross_checks(), done)
    chain(published, tell_delivered(), done)


nightly_load()
