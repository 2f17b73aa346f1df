"""When the home is tidied up: once a month, in the evening, when neither a night nor a backup runs."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from foundation.language import COUNTY_TIME
from sanbao import airflow_tasks as steps


@dag(
    dag_id="housekeeping",
    dag_display_name="每月整理",
    description="核对全部文件，合并零碎的入库文件，清理旧版本、旧日志和残留：每月 1 日 22:00（北京时间）",
    schedule=CronTriggerTimetable("0 22 1 * *", timezone=COUNTY_TIME.key),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
    tags=["sanbao"],
)
def housekeeping() -> None:
    # One slot, as a build: it waits for one that is running, and none begins meanwhile.
    @task(pool="warehouse_writer", task_display_name="整理")
    def keep_house() -> str:
        return steps.housekeeping()

    keep_house()


housekeeping()
