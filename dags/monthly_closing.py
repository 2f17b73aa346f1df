"""When a month is closed: when every department that owes files every month has delivered it, or by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.exceptions import HITLTriggerEventError
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Asset, Param, PartitionedAssetTimetable, chain, dag, task
from airflow.sdk.exceptions import AirflowFailException

from sanbao import airflow_closing as steps

# One asset for a department, whose partitions are months: `nightly_load` says which it has delivered.
# A conjunction waits for all of them with the same month.
DEPARTMENTS = [Asset(f"sanbao://{department}") for department in steps.closing_departments()]
NAMES = {
    "freeze": "冻结",
    "examine": "核对",
    "approve": "待确认",
    "sign": "签字",
    "print_documents": "打印",
    "publish": "发布",
}


def all_of(assets: list[Asset]) -> Any:
    """Every one of them."""
    found: Any = assets[0]
    for asset in assets[1:]:
        found = found & asset
    return found


class SignOff(ApprovalOperator):
    """Asks a person whether a month is to be signed, in the words that the office uses."""

    APPROVE = steps.APPROVE
    REJECT = steps.REJECT

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        # Airflow ends a task that skips others by an exception: what it returns is lost.
        context["ti"].xcom_push(key=steps.ANSWER, value=steps.answer_of(event))
        return super().execute_complete(context, event)

    def process_trigger_event_error(self, event: dict[str, Any]) -> None:
        # Nobody answered in time: that is the end of it. A second try is for an answer that Airflow
        # lost, as it does one that comes before the process that asked has ended: it is asked again.
        try:
            super().process_trigger_event_error(event)
        except HITLTriggerEventError as error:
            raise AirflowFailException(str(error)) from error


@dag(
    dag_id="monthly_closing",
    dag_display_name="月结",
    description="各部门都报齐一个月后自动开始：冻结、核对、由人确认、签字、打印、发布；也可以手工对任何一个月运行",
    schedule=PartitionedAssetTimetable(assets=all_of(DEPARTMENTS)),
    catchup=False,
    max_active_runs=3,  # a month that waits for its answer does not hold up the next
    params={
        "month": Param(None, type=["null", "string"], description="手工运行时要月结的月份，如 2019-12"),
    },
    default_args={"retries": 1, "retry_delay": timedelta(minutes=1)},
    tags=["sanbao"],
)
def monthly_closing() -> None:
    # One slot, as a build: what was known at a moment may have to be built apart.
    @task(pool="warehouse_writer", task_display_name=NAMES["freeze"])
    def freeze(**context: Any) -> steps.FrozenRow:
        return steps.freeze(context["params"], context["dag_run"].partition_key)

    # What forbids signing does not go away by itself: no second try. Where there is nothing to sign,
    # what follows is skipped, all but the last word.
    @task.short_circuit(task_display_name=NAMES["examine"], ignore_downstream_trigger_rules=False, retries=0)
    def examine(frozen: steps.FrozenRow) -> dict[str, str]:
        return steps.examine(frozen)

    approve = SignOff(
        task_id="approve",
        task_display_name=NAMES["approve"],
        subject="{{ ti.xcom_pull(task_ids='examine')['subject'] }}",
        body="{{ ti.xcom_pull(task_ids='examine')['body'] }}",
        params={
            "reason": Param(
                None,  # may stay empty: the page disables its buttons until what is required is filled
                type=["null", "string"],
                title="说明",
                description="退回的，写明原因；更正已签发的一期，写明更正的原因",
            )
        },
        assigned_users=steps.signers() or None,
        response_timeout=steps.patience(),
    )

    @task(task_display_name=NAMES["sign"], retries=0)
    def sign(frozen: steps.FrozenRow, **context: Any) -> dict[str, str]:
        return steps.sign(frozen, context["ti"].xcom_pull(task_ids="approve", key=steps.ANSWER))

    @task(task_display_name=NAMES["print_documents"])
    def print_documents(frozen: steps.FrozenRow) -> list[str]:
        return steps.print_documents(frozen)

    @task(pool="warehouse_writer", task_display_name=NAMES["publish"])
    def publish(frozen: steps.FrozenRow) -> str:
        return steps.publish(frozen)

    # Runs whatever happened, and says it; fails when a step before it failed.
    @task(task_display_name="小结", trigger_rule="all_done", retries=0)
    def conclude(**context: Any) -> str:
        ti = context["ti"]
        states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
        row, case = ti.xcom_pull(task_ids="freeze"), ti.xcom_pull(task_ids="examine")
        answer = ti.xcom_pull(task_ids="approve", key=steps.ANSWER)
        return steps.conclude(row, case, answer, states, NAMES)

    frozen = freeze()
    chain(examine(frozen), approve, sign(frozen), print_documents(frozen), publish(frozen), conclude())


monthly_closing()
