"""The closing of a month as a person sees it in Airflow: through the REST API that its pages use."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psutil

from sanbao.servers import airflow
from sanbao.servers.airflow import AirflowClient

DAG = "monthly_closing"
SECONDS = 300
SECONDS_TO_READ = 5  # some rounds of the scheduler


def until(ready: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not ready():
        assert time.monotonic() < end, what
        time.sleep(1)


def states(client: AirflowClient, run_id: str) -> dict[str, str]:
    return {task["task_id"]: str(task["state"]) for task in client.tasks(run_id, DAG)}


def wait_until_done(client: AirflowClient, run_id: str) -> dict[str, str]:
    """The tasks' states when the run is at its end."""
    done = airflow.DAG_STATES_DONE
    until(lambda: client.run_state(run_id, DAG) in done, f"{run_id}: {states(client, run_id)}")
    return states(client, run_id)


def question(client: AirflowClient, run_id: str) -> dict[str, Any]:
    """What a person is asked, when the run has come so far and a person could have read it.

    Airflow takes a task for lost that is answered before the scheduler knows that the process which
    asked has ended; that is a matter of a second or two, in which nobody reads a page.
    """
    waits = "awaiting_input"
    until(lambda: states(client, run_id)["approve"] == waits, f"{run_id}: {states(client, run_id)}")
    (asks,) = [task for task in client.tasks(run_id, DAG) if task["task_id"] == "approve"]
    until(lambda: not _is_worked_on(str(asks["id"])), f"{run_id}: the process that asks does not end")
    time.sleep(SECONDS_TO_READ)
    details = client._get(f"/dags/{DAG}/dagRuns/{run_id}/hitlDetails")["hitl_details"]
    (found,) = details
    asked: dict[str, Any] = found
    return asked


def _is_worked_on(task_instance: str) -> bool:
    """Whether a worker's title names it."""
    titles = (process.info["cmdline"] or () for process in psutil.process_iter(["cmdline"]))
    return any(task_instance in word for title in titles for word in title)


def answer(client: AirflowClient, run_id: str, option: str, reason: str = "") -> None:
    """As the button and the field on the page."""
    path = f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"
    said = {"chosen_options": [option], "params_input": {"reason": reason}}
    client._call("PATCH", path, json=said).raise_for_status()


def clear(client: AirflowClient, run_id: str, task_id: str) -> None:
    """As “清除” on the page of a task."""
    wanted = {"dag_run_id": run_id, "task_ids": [task_id], "include_downstream": True}
    body = {**wanted, "dry_run": False, "only_failed": False}
    client._call("POST", f"/dags/{DAG}/clearTaskInstances", json=body).raise_for_status()


def log_of(client: AirflowClient, run_id: str, task_id: str) -> str:
    return str(client._get(f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task_id}/logs/1")["content"])
