"""When the last backup is proven: once a month, in the evening after the home was tidied up."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from foundation.language import COUNTY_TIME
from sanbao import airflow_tasks as steps


@dag(
    dag_id="backup_drill",
    dag_display_name="恢复演练",
    description="把最近的备份恢复到旁边，逐字节核对，比对指标，然后删掉：每月 2 日 22:00（北京时间）",
    schedule=CronTriggerTimetable("0 22 2 * *", timezone=COUNTY_TIME.key),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=30)},
    tags=["sanbao"],
)
def backup_drill() -> None:
    # One slot, as a build: it takes the memory of one.
    @task(pool="warehouse_writer", task_display_name="演练")
    def prove_backup() -> str:
        return steps.drill()

    prove_backup()


backup_drill()
